// Who still buys: the members of a cohort who bought in each month since it started.

let retentionBy = null;

/** From this many activities on, rows are start months by default. */
const MANY_ACTIVITIES = 40;

function retentionControls() {
  const select = h(
    "select", { onchange: () => { retentionBy = select.value; update(); } },
    ...POOL_KEYS.map((by) => h("option", { value: by, selected: by === retentionRows() }, text("rows_" + by))),
  );
  return h("div", { class: "tools" }, h("label", {}, text("rows") + " ", select));
}

function retentionRows() {
  retentionBy ??= activities().length > MANY_ACTIVITIES ? "month" : "activity";
  return retentionBy;
}

function buildRetention() {
  if (!rowsOf("cohort_months")) return null;
  const by = retentionRows();
  const rows = pooledRows(by);
  if (!hasMonths(rows)) return null;
  const table = triangleTable(rows, "retention", "percent", text("retention_caption"), text("rows_" + by));
  const means = table.totals[0].slice(2);
  const last = means.findLastIndex((value) => value !== null);
  const at = Math.min(5, last);
  const names = monthColumns();
  const labels = rows.map((row, index) => (isNarrow() ? shortened(row.label, 9) : shortened(row.label, 32)) + "\u200b".repeat(index));
  const values = rows.map((row) => valuesOf(row.members, "retention"));
  const withMean = [...values, means];
  const everyLabel = [...labels.map(plain), "<b>" + plain(text("weighted_mean")) + "</b>"];
  // The first month is near 100 % by construction: scale the colours to the others.
  const later = withMean.flatMap((row) => row.slice(1)).filter((value) => value !== null);
  const cellText = (value) => (value === null ? "" : isNarrow() ? String(Math.round(value)) : fixed(value, 1));
  return {
    ofCohorts: true,
    title: text("retention_claim", { share: roughPercent(means[at]), month: at }),
    reading: text("retention_reading"),
    command: "lifecycle cohort report --view retention" + (by === "activity" ? "" : " --by " + by) + cohortFlags(),
    table,
    height: Math.max(260, 90 + 22 * everyLabel.length),
    traces: () => [{
      type: "heatmap", x: names, y: everyLabel, z: withMean, colorscale: heatScale(),
      zmin: 0, zmax: later.length ? Math.max(...later) : 100, xgap: 1, ygap: 1, hoverongaps: false,
      text: withMean.map((row) => row.map(cellText)), texttemplate: "%{text}", textfont: { color: colorVariable("text"), size: isNarrow() ? 9 : 11 },
      colorbar: { title: { text: text("retention_scale"), side: "right" }, thickness: 12, ticksuffix: "%" }, showscale: !isNarrow(),
      hovertemplate: "%{y}<br>%{x}: %{z:.2f}%<extra></extra>",
    }],
    layout: () => ({
      margin: { l: 8, r: 8, t: 32, b: 8 },
      xaxis: axis("", { side: "top", type: "category", showgrid: false }),
      yaxis: axis("", { autorange: "reversed", type: "category", showgrid: false, dtick: 1 }),
    }),
  };
}
