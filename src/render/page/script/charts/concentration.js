// How much of the revenue comes from how few customers.

/** With fewer customers, shares say little. */
const FEW_CUSTOMERS = 20;

function buildConcentration() {
  const found = rowsOf("concentration");
  if (!found?.length) return null;
  // Each combination of the two filters has its own rows; no channel or month means all.
  const rows = found.filter((row) => row.channel === filter.channel && row.start_month === filter.month);
  if (rows.length === 0) return null;
  const { customers_in_all: customers, customers_for_half: half } = rows[0];
  const all = hundredths(rows[0].revenue_in_all);
  if (all <= 0n) return null;
  const share = (value) => (Number(value) * 100) / Number(all);
  const points = rows.map((row) => ({ top: row.top_pct, customers: row.customers, revenue: hundredths(row.revenue) }));
  const top20 = points.find((point) => point.top === 20);
  const curve = (key) => [0, ...points.map((point) => (key === "x" ? point.top : share(point.revenue)))];
  return {
    title: customers < FEW_CUSTOMERS ? text("concentration_few", { customers: whole(customers) }) : text("concentration_claim", {
      half: roughPercent((half * 100) / customers), top20: roughPercent(share(top20.revenue)),
    }),
    reading: text("concentration_reading", { customers: whole(customers) }),
    command: "lifecycle overview --view concentration" + originFlags(),
    table: {
      caption: text("concentration_caption"),
      columns: [
        { heading: headingOf("concentration", "top_pct"), kind: "integer" },
        { heading: headingOf("concentration", "customers"), kind: "integer" },
        { heading: headingOf("concentration", "revenue"), kind: "money" },
        { heading: headingOf("concentration", "revenue_pct"), kind: "percent" },
      ],
      rows: points.map((point) => [point.top, point.customers, point.revenue, share(point.revenue)]),
    },
    traces: customers < FEW_CUSTOMERS ? null : () => [
      {
        type: "scatter", mode: "lines+markers", x: curve("x"), y: curve("y"), name: text("concentration_curve"), fill: "tozeroy",
        fillcolor: dark ? "rgba(63,160,219,.18)" : "rgba(0,114,178,.12)", line: { color: color(0), width: 3 }, marker: { size: 5 },
        hovertemplate: text("concentration_hover") + "<extra></extra>",
      },
      { type: "scatter", mode: "lines", x: [0, 100], y: [0, 100], name: text("concentration_equal"), line: { color: colorVariable("soft"), dash: "dash" }, hoverinfo: "skip" },
      {
        type: "scatter", mode: "markers+text", x: [20], y: [share(top20.revenue)], showlegend: false, cliponaxis: false,
        text: [text("concentration_top20", { share: roughPercent(share(top20.revenue)) })], textposition: "bottom right",
        marker: { size: 12, symbol: "diamond", color: color(1) }, hoverinfo: "skip",
      },
    ],
    layout: () => ({
      xaxis: axis(text("concentration_x"), { range: [0, 100], ticksuffix: "%" }),
      yaxis: axis(text("concentration_y"), { range: [0, 102], ticksuffix: "%" }),
    }),
  };
}

section("concentration", [exhibit("concentration", buildConcentration)]);
