// The figures of the period, against the period before and over the last thirty days.

/** The sums of a span over the filtered origins, and figures made of them; null if the span is not in the file. */
function figuresOf(span) {
  const rows = ofOrigin(rowsOf("spans")).filter((row) => row.span === span);
  if (rows.length === 0) return null;
  const [orders, buyers] = [sum(rows, "orders"), sum(rows, "buyers")];
  const [gross, returned] = [sumOfMoney(rows, "gross_revenue"), sumOfMoney(rows, "returned")];
  return {
    customers: sum(rows, "customers"),
    buyers,
    first_time_buyers: sum(rows, "first_time_buyers"),
    orders,
    gross_revenue: gross,
    returned,
    net_revenue: gross + returned,
    average_order_value: divided(gross + returned, orders),
    repeat_rate: buyers > 0 ? (sum(rows, "repeat_buyers") * 100) / buyers : null,
  };
}

const FIGURES = [
  ["customers", "integer"], ["buyers", "integer"], ["first_time_buyers", "integer"], ["orders", "integer"],
  ["gross_revenue", "money"], ["returned", "money"], ["net_revenue", "money"], ["average_order_value", "money"],
  ["repeat_rate", "percent"],
];

/** The change of a figure in per cent; of a percentage, in points. */
function changeOf(now, before, kind) {
  if (now === null || before === null || now === undefined || before === undefined) return null;
  if (kind === "percent") return now - before;
  const [a, b] = [Number(now), Number(before)];
  return b === 0 ? null : ((a - b) * 100) / Math.abs(b);
}

function changeText(now, before, kind) {
  const change = changeOf(now, before, kind);
  if (change === null) return null;
  const sign = change > 0 ? "+" : change < 0 ? "−" : "±";
  const arrow = change > 0 ? "▲ " : change < 0 ? "▼ " : "";
  return arrow + sign + fixed(Math.abs(change), 1) + (kind === "percent" ? " " + text("points") : "%");
}

function buildOverview() {
  if (!rowsOf("spans")) return null;
  const [period, previous, last, beforeLast] = ["period", "previous", "last_30_days", "previous_30_days"].map(figuresOf);
  if (!period) return null;
  const hasReturns = period.returned !== 0n;
  const figures = FIGURES.filter(([key]) => hasReturns || !["gross_revenue", "returned"].includes(key));
  const cards = figures.filter(([key]) => key !== "returned").map(([key, kind]) => {
    const lines = [];
    if (previous) lines.push([changeText(period[key], previous[key], kind), "against_previous"]);
    if (last && beforeLast) lines.push([changeText(last[key], beforeLast[key], kind), "against_30_days"]);
    return h(
      "li", { class: "card", "data-figure": key },
      h("div", { class: "label" }, text("figure_" + key) + (kind === "money" ? " (" + page.currency.code + ")" : "")),
      h("div", { class: "value" }, shown(period[key], kind)),
      ...lines.filter(([change]) => change !== null)
        .map(([change, against]) => h("div", { class: "change" }, text(against, { change }))),
    );
  });
  const value = (figures, key) => (figures ? figures[key] : null);
  const rows = figures.map(([key, kind]) => [
    text("figure_" + key), ...[period, previous, last, beforeLast].map((span) => shown(value(span, key), kind)),
  ]);
  const columns = ["figure", "span_period", "span_previous", "span_last_30_days", "span_previous_30_days"];
  return {
    title: text("overview_claim", {
      buyers: whole(period.buyers), orders: whole(period.orders), revenue: money(period.net_revenue), currency: page.currency.code,
    }),
    reading: text(previous ? "overview_reading" : "overview_reading_first"),
    body: [h("ul", { class: "cards" }, ...cards)],
    command: "lifecycle overview" + originFlags(),
    table: {
      caption: text("overview_caption"),
      columns: columns.map((key, at) => ({ heading: text(key), kind: at === 0 ? "text" : "exact" })),
      rows,
    },
  };
}

/** A flag with a value, quoted for a shell; empty without a value. */
function flag(name, value) {
  if (value === null) return "";
  return " " + name + " " + (/^[\w.+-]+$/.test(value) ? value : "'" + value.replace(/'/g, "'\\''") + "'");
}

/** The flags with which `overview` applies the same filters. */
function originFlags() {
  return flag("--channel", filter.channel) + flag("--start-month", filter.month) + page.facts.period_flags;
}

section("overview", [exhibit("overview", buildOverview)]);
