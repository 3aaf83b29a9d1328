// Elements. Texts become text nodes: no data is ever parsed as HTML.

function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const NUMBERS = new Set(["integer", "money", "percent", "ratio", "id", "exact"]);

/** A table of typed columns; the first column holds the rows' headers. `totals` go below. */
function tableElement(table) {
  const cell = (column, value, at) => h(
    at === 0 ? "th" : "td",
    { class: NUMBERS.has(column.kind) ? "number" : null, scope: at === 0 ? "row" : null },
    shown(value, column.kind),
  );
  const row = (values) => h("tr", {}, ...table.columns.map((column, at) => cell(column, values[at], at)));
  const head = table.columns.map((column) =>
    h("th", { scope: "col", class: NUMBERS.has(column.kind) ? "number" : null }, column.heading));
  return h(
    "table", {},
    h("caption", {}, table.caption),
    h("thead", {}, h("tr", {}, ...head)),
    h("tbody", {}, ...table.rows.map(row)),
    table.totals?.length ? h("tfoot", {}, ...table.totals.map(row)) : null,
  );
}

/** The table as tab-separated text, for spreadsheets. */
function tableText(table) {
  const line = (values) => values.map((value) => String(value).replace(/\s+/g, " ")).join("\t");
  const rows = [...table.rows, ...(table.totals ?? [])];
  const shownRows = rows.map((row) => line(table.columns.map((column, at) => shown(row[at], column.kind))));
  return [line(table.columns.map((column) => column.heading)), ...shownRows].join("\n") + "\n";
}

async function copyText(content, button, fallback) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(content);
    button.textContent = text("copied");
  } catch {
    // Without access to the clipboard, select the table to be copied by hand.
    const range = document.createRange();
    range.selectNodeContents(fallback);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    button.textContent = text("selected");
  }
  setTimeout(() => { button.textContent = label; }, 2000);
}
