// Orders and revenue by day, with the mean of seven days.

const WEEK = 7;

function meanOfWeek(values) {
  return values.map((_, at) =>
    at + 1 < WEEK ? null : values.slice(at + 1 - WEEK, at + 1).reduce((total, value) => total + value, 0) / WEEK);
}

function buildDays() {
  const found = rowsOf("days");
  if (!found?.length) return null;
  const byDay = groupedBy(ofOrigin(found), (row) => row.day);
  const days = daysBetween(page.facts.from, page.facts.to);
  const rows = days.map((day) => {
    const rows = byDay.get(day) ?? [];
    const [gross, returned] = [sumOfMoney(rows, "gross_revenue"), sumOfMoney(rows, "returned")];
    return [day, sum(rows, "orders"), gross, returned, gross + returned];
  });
  const orders = rows.map((row) => row[1]);
  const revenue = rows.map((row) => units(row[4]));
  const last = orders.slice(-30).reduce((a, b) => a + b, 0);
  const before = orders.slice(-60, -30).reduce((a, b) => a + b, 0);
  const change = orders.length >= 60 && before > 0 ? ((last - before) * 100) / before : null;
  const claim = change === null ? "days_claim_all" : Math.abs(change) < 2 ? "days_claim_steady" : change > 0 ? "days_claim_up" : "days_claim_down";
  const heading = (key) => headingOf("days", key);
  return {
    title: text(claim, { change: roughPercent(Math.abs(change ?? 0)), orders: whole(orders.reduce((a, b) => a + b, 0)), days: whole(days.length) }),
    reading: text("days_reading"),
    command: "lifecycle overview --view days" + originFlags(),
    table: {
      caption: text("days_caption"),
      columns: [
        { heading: heading("day"), kind: "text" }, { heading: heading("orders"), kind: "integer" },
        { heading: heading("gross_revenue"), kind: "money" }, { heading: heading("returned"), kind: "money" },
        { heading: text("figure_net_revenue"), kind: "money" },
      ],
      rows,
    },
    height: isNarrow() ? 420 : 520,
    traces: () => [
      { type: "bar", x: days, y: orders, name: text("days_orders"), marker: { color: color(5), opacity: 0.5 }, hovertemplate: "%{x}<br>%{y:,}<extra></extra>" },
      { type: "scatter", mode: "lines", x: days, y: meanOfWeek(orders), name: text("days_mean"), line: { color: color(0), width: 2.5 }, hovertemplate: "%{x}<br>%{y:,.1f}<extra>" + text("days_mean") + "</extra>" },
      { type: "bar", x: days, y: revenue, yaxis: "y2", name: text("days_revenue"), marker: { color: color(4), opacity: 0.5 }, hovertemplate: "%{x}<br>%{y:,.0f}<extra></extra>" },
      { type: "scatter", mode: "lines", x: days, y: meanOfWeek(revenue), yaxis: "y2", name: text("days_mean"), showlegend: false, line: { color: color(1), width: 2.5 }, hovertemplate: "%{x}<br>%{y:,.0f}<extra>" + text("days_mean") + "</extra>" },
    ],
    layout: () => ({
      bargap: 0.1,
      xaxis: dateAxis({ anchor: "y2", ...(days.length <= (isNarrow() ? 4 : 14) ? { dtick: EVERY_DAY, tickformat: "%Y-%m-%d" } : {}) }),
      yaxis: axis(text("axis_orders"), { domain: [0.55, 1], rangemode: "tozero", ...(Math.max(...orders) <= 5 ? { dtick: 1 } : {}) }),
      yaxis2: axis(text("axis_revenue", { currency: page.currency.code }), { domain: [0, 0.45], rangemode: "tozero" }),
    }),
  };
}

section("orders", [exhibit("days", buildDays), exhibit("hours", buildHours)]);
