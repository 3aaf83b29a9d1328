// The page's data: tables of columns and rows, some of them packed.

const page = JSON.parse(document.getElementById("data").textContent);

async function unpacked(id) {
  const packed = atob(document.getElementById(id).textContent.trim());
  const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

/** The rows of a table that pass the filters, as objects; null if there is no such table. */
function rowsOf(name) {
  const table = page.tables[name];
  if (!table) return null;
  table.objects ??= table.rows.map((row) =>
    Object.fromEntries(table.columns.map((column, at) => [column.key, row[at]])));
  return table.objects;
}

function headingOf(name, key) {
  return page.tables[name].columns.find((column) => column.key === key).heading;
}

function commandOf(name) {
  return page.tables[name].command;
}

/** Sums by key, in order of first occurrence. */
function groupedBy(rows, keyOf) {
  const groups = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  return groups;
}

function sum(rows, key) {
  return rows.reduce((total, row) => total + (row[key] ?? 0), 0);
}

function sumOfMoney(rows, key) {
  return rows.reduce((total, row) => total + (row[key] === null ? 0n : hundredths(row[key])), 0n);
}

const EVERY_DAY = 24 * 60 * 60 * 1000;

/** All days from one up to, but not including, another, as texts. */
function daysBetween(since, until) {
  const days = [];
  for (let at = Date.parse(since.slice(0, 10)); at < Date.parse(until.slice(0, 19) + "Z"); at += EVERY_DAY) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}
