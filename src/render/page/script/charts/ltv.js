// Revenue per member of each cohort so far, and what the open months are expected to bring.

/** The predictions of the filtered activities, by activity and offset; empty without a prediction. */
function predictions() {
  const wanted = new Set(activities().map((one) => one.id));
  const rows = (rowsOf("predicted_months") ?? []).filter((row) => wanted.has(row.activity_id));
  return new Map([...groupedBy(rows, (row) => row.activity_id)]
    .map(([id, rows]) => [id, new Map(rows.map((row) => [row.month_offset, row]))]));
}

/**
 * Revenue per member of all activities with a prediction, by offset: actual in closed months, expected in open ones. The
 * band adds up the activities' own, as if all errors went the same way.
 */
function expectedMean(members, predicted) {
  const included = members.filter((one) => one.size > 0 && (predicted.has(one.id) || one.months.length >= offsets()));
  const size = included.reduce((total, one) => total + one.size, 0);
  if (size === 0 || predicted.size === 0) return null;
  return Array.from({ length: offsets() }, (_, offset) => {
    const totals = { expected: 0n, low: 0n, high: 0n };
    for (const one of included) {
      const month = one.months[offset];
      // Months that were open at the time of the prediction stay predicted, to be compared with what came.
      const open = predicted.get(one.id)?.get(offset);
      if (month === undefined && open === undefined) return null;
      for (const key of Object.keys(totals)) {
        totals[key] += hundredths(open === undefined ? month.ltv_cumulative : open[key]);
      }
    }
    return { size, ...Object.fromEntries(Object.entries(totals).map(([key, value]) => [key, divided(value, size)])) };
  });
}

function buildLtv() {
  const rows = rowsOf("cohort_months") ? pooledRows("activity") : [];
  if (!hasMonths(rows)) return null;
  const table = triangleTable(rows, "ltv", "money", text("ltv_caption"), text("rows_activity"));
  const means = table.totals[0].slice(2);
  const last = means.findLastIndex((value) => value !== null);
  const names = monthColumns();
  const predicted = predictions();
  const expected = expectedMean(rows.flatMap((row) => row.members), predicted);
  const line = (row) => {
    const values = valuesOf(row.members, "ltv").map(units);
    return {
      type: "scatter", mode: "lines", x: names, y: values, showlegend: false, connectgaps: false,
      line: { color: colorVariable("soft"), width: 1 }, opacity: 0.45,
      text: names.map(() => plain(row.label)), hovertemplate: "%{text}<br>%{x}: %{y:,.0f}<extra></extra>",
    };
  };
  const band = (key) => expected.map((point) => (point === null ? null : units(point[key])));
  const expectedTraces = () => (expected === null ? [] : [
    { type: "scatter", mode: "lines", x: names, y: band("low"), line: { width: 0 }, showlegend: false, hoverinfo: "skip" },
    {
      type: "scatter", mode: "lines", x: names, y: band("high"), fill: "tonexty", line: { width: 0 }, name: text("ltv_band"),
      fillcolor: dark ? "rgba(255,140,60,.22)" : "rgba(213,94,0,.16)", hoverinfo: "skip",
    },
    {
      type: "scatter", mode: "lines+markers", x: names, y: band("expected"), name: text("ltv_expected"),
      line: { color: color(1), width: 2.5, dash: "dash" }, marker: { symbol: "square", size: 6 },
      hovertemplate: "%{x}: %{y:,.0f}<extra>" + text("ltv_expected") + "</extra>",
    },
  ]);
  if (expected !== null) {
    const row = (key) => [text("ltv_" + key), expected[0]?.size ?? null, ...expected.map((point) => (point === null ? null : point[key]))];
    table.totals.push(row("expected"), row("low"), row("high"));
  }
  const end = expected?.[offsets() - 1];
  return {
    ofCohorts: true,
    title: end
      ? text("ltv_claim_expected", { expected: money(end.expected), low: money(end.low), high: money(end.high), end: offsets() - 1, currency: page.currency.code })
      : text("ltv_claim", { ltv: money(means[last]), month: last, currency: page.currency.code }),
    reading: expected === null ? text("ltv_reading") : text("ltv_reading_expected") + (plainWasNearer() ? " " + text("ltv_plain_nearer") : ""),
    command: "lifecycle cohort report --view ltv" + cohortFlags() + (expected === null ? "" : "; " + commandOf("predicted_months").replace("--all-months", isFiltered() ? "--all-months" : "--mean")),
    table,
    traces: () => [
      ...rows.map(line), ...expectedTraces(),
      {
        type: "scatter", mode: "lines+markers", x: names, y: means.map(units), name: text("weighted_mean"),
        line: { color: color(0), width: 4 }, marker: { size: 7 }, hovertemplate: "%{x}: %{y:,.0f}<extra>" + text("weighted_mean") + "</extra>",
      },
    ],
    layout: () => ({
      xaxis: axis(text("axis_offset"), { type: "category", range: [-0.3, offsets() - 0.7] }),
      yaxis: axis(text("axis_ltv", { currency: page.currency.code }), { rangemode: "tozero" }),
    }),
  };
}
