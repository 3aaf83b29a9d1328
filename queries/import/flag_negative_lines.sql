-- what: marks the orders of a negative amount, where every line is an order
-- grain: one row a line
-- parameters: none
UPDATE import_lines
SET problem = 'negative amount', example = CAST(amount AS VARCHAR)
WHERE problem IS NULL
  AND amount < 0;
