-- what: the members of frozen cohorts who are in the segment, with its label
-- grain: one row per activity and member
-- parameters: none
-- reads: segment_customers
-- makes: segment_members
CREATE OR REPLACE TEMP TABLE segment_members AS
SELECT members.activity_id, members.user_id, customers.label
FROM cohort_members AS members
JOIN segment_customers AS customers ON customers.user_id = members.user_id;
