// The hours at which each age group orders, beside the multipliers of the score.

function buildHours() {
  const found = rowsOf("hours");
  const score = rowsOf("score_hours");
  if (!found?.length || !score) return null;
  const groups = [...new Set(found.map((row) => row.age_group))];
  const known = ["10s", "20s", "30s", "40s", "50+"].filter((group) => groups.includes(group));
  const shownGroups = groups.includes(null) ? [...known, null] : known;
  const counts = groupedBy(ofOrigin(found), (row) => row.hour + "/" + row.age_group);
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  const orders = hours.map((hour) => shownGroups.map((group) => sum(counts.get(hour + "/" + group) ?? [], "orders")));
  const total = (at) => orders.reduce((sum, row) => sum + row[at], 0);
  const totals = shownGroups.map((_, at) => total(at));
  const byHour = orders.map((row) => row.reduce((a, b) => a + b, 0));
  const all = byHour.reduce((a, b) => a + b, 0);
  if (all === 0) return null;
  const busiest = byHour.indexOf(Math.max(...byHour));
  const label = (group) => (group === null ? text("age_unknown") : text("age_" + group.replace("+", "plus")));
  const leading = totals.indexOf(Math.max(...totals));
  const names = shownGroups.map(label);
  // Relative to the group's mean hour, like the multipliers.
  const relative = orders.map((row) => row.map((count, at) => (totals[at] === 0 ? null : (count * 24) / totals[at])));
  const scoreMeans = known.map((group) => score.reduce((sum, row) => sum + row[group], 0) / 24);
  const expected = score.map((row) => known.map((group, at) => (scoreMeans[at] === 0 ? null : row[group] / scoreMeans[at])));
  const hourNames = hours.map((hour) => String(hour).padStart(2, "0"));
  const half = names.length / (names.length + known.length);
  const heat = (more) => ({
    type: "heatmap", y: hourNames, colorscale: heatScale(), zmin: 0, zmax: 2.2, xgap: 1, ygap: 1,
    hoverongaps: false, texttemplate: "%{text}", textfont: { color: colorVariable("text"), size: isNarrow() ? 9 : 11 }, ...more,
  });
  return {
    title: text(known.length === 0 ? "hours_claim_unknown" : "hours_claim", {
      hour: hourNames[busiest] + ":00", share: roughPercent((byHour[busiest] * 100) / all), group: label(shownGroups[leading]),
    }),
    reading: text(known.length === 0 ? "hours_reading_unknown" : "hours_reading"),
    command: "lifecycle overview --view hours" + originFlags() + (known.length === 0 ? "" : "; lifecycle propensity hours"),
    table: {
      caption: text("hours_caption"),
      columns: [
        { heading: text("axis_hour"), kind: "text" },
        ...names.map((name) => ({ heading: name, kind: "integer" })),
        ...known.map((group) => ({ heading: text("hours_score", { group: label(group) }), kind: "ratio" })),
      ],
      rows: hours.map((hour) => [hourNames[hour], ...orders[hour], ...known.map((group) => score[hour][group])]),
    },
    height: isNarrow() ? 560 : 620,
    traces: () => [
      heat({
        x: names, z: relative, text: orders.map((row) => row.map(whole)), xaxis: "x", name: text("hours_orders"),
        showscale: !isNarrow(), colorbar: { title: { text: text("hours_scale"), side: "right" }, thickness: 12 },
        customdata: orders, hovertemplate: "%{y}:00, %{x}<br>" + text("hours_hover") + "<extra></extra>",
      }),
      ...(known.length === 0 ? [] : [heat({
        x: known.map(label), z: expected, text: score.map((row) => known.map((group) => fixed(row[group], 1))), xaxis: "x2", showscale: false,
        hovertemplate: "%{y}:00, %{x}<br>×%{text}<extra></extra>",
      })]),
    ],
    layout: () => ({
      margin: { l: 44, r: 8, t: 48, b: 28 },
      yaxis: axis(text("axis_hour"), { autorange: "reversed", type: "category", dtick: 1 }),
      xaxis: axis("", { domain: [0, known.length === 0 ? 1 : half - 0.02], type: "category", side: "bottom" }),
      ...(known.length === 0 ? {} : { xaxis2: axis("", { domain: [half + 0.02, 1], type: "category" }) }),
      annotations: [
        { text: text("hours_orders"), xref: "x domain", yref: "paper", x: 0.5, y: 1.01, yanchor: "bottom", showarrow: false },
        ...(known.length === 0 ? [] : [{ text: text("hours_multipliers"), xref: "x2 domain", yref: "paper", x: 0.5, y: 1.01, yanchor: "bottom", showarrow: false }]),
      ],
    }),
  };
}
