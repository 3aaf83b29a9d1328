// What channels cost and bring back, and when each activity has paid back its budget.

/** The budget of the activities with a closed month, and the members it paid for. */
function budgetOf(members) {
  const counted = members.filter((one) => one.budget !== null && one.months.length > 0);
  if (counted.length === 0) return { budget: null, size: 0 };
  return {
    budget: counted.reduce((total, one) => total + one.budget, 0n),
    size: counted.reduce((total, one) => total + (one.size ?? 0), 0),
  };
}

function buildChannels() {
  const found = rowsOf("cohort_months") ? pooledRows("channel") : [];
  if (!hasMonths(found)) return null;
  const rows = found.map((row) => {
    const sums = latestPool(row.members);
    const { budget, size } = budgetOf(row.members);
    return {
      label: row.label, activities: row.members.length, size: row.size, budget,
      cac: budget === null ? null : divided(budget, size),
      ltv: sums === null ? null : MEASURES.ltv(sums), ratio: sums === null ? null : MEASURES.ratio(sums),
      profit: sums === null ? null : sums.profit, earned: (sums?.budgetedProfit ?? -1n) >= 0n, payback: paybackOf(row.members),
    };
  });
  const priced = rows.filter((row) => row.ratio !== null).sort((a, b) => a.ratio - b.ratio);
  const earned = priced.filter((row) => row.earned);
  const best = priced.at(-1);
  // With a margin below one, it takes more revenue.
  const breakEven = 1 / page.facts.gross_margin;
  if (priced.length === 0) return null;
  const keys = [
    ["label", "text"], ["activities", "integer"], ["size", "integer"], ["budget", "money"], ["cac", "money"], ["ltv", "money"],
    ["ratio", "ratio"], ["profit", "money"], ["payback", "integer"],
  ];
  return {
    ofCohorts: true,
    title: text("channels_claim", { earned: earned.length, all: priced.length, best: best.label, ratio: fixed(best.ratio, 2) }),
    reading: text("channels_reading"),
    command: "lifecycle cohort report --view payback --by channel" + cohortFlags(),
    table: {
      caption: text("channels_caption"),
      columns: keys.map(([key, kind]) => ({ heading: text("channels_" + key), kind })),
      rows: rows.map((row) => keys.map(([key]) => row[key])),
    },
    height: 130 + 44 * Math.max(priced.length, 2),
    traces: () => {
      const side = (wanted, name, at) => {
        const bars = priced.filter((row) => row.earned === wanted);
        return {
          type: "bar", orientation: "h", y: bars.map((row) => plain(row.label)), x: bars.map((row) => row.ratio), name,
          marker: { color: color(at), pattern: { shape: wanted ? "" : "/" } },
          text: bars.map((row) => fixed(row.ratio, 2) + (isNarrow() ? "" : " · " + text("channels_budget") + " " + money(row.budget))),
          textposition: "outside", cliponaxis: false,
          hovertemplate: "%{y}: %{x:.2f}<extra></extra>",
        };
      };
      return [side(true, text("channels_earned"), 0), side(false, text("channels_not_earned"), 4)];
    },
    layout: () => ({
      barmode: "overlay",
      // Leave room for the labels beside the longest bar.
      xaxis: axis(text("axis_ratio"), { range: [0, Math.max(best.ratio, breakEven) * (isNarrow() ? 1.2 : 1.3)] }),
      yaxis: axis("", { type: "category", categoryorder: "array", categoryarray: priced.map((row) => plain(row.label)) }),
      shapes: [{ type: "line", x0: breakEven, x1: breakEven, yref: "paper", y0: 0, y1: 1, layer: "below", line: { color: colorVariable("text"), dash: "dot", width: 2 } }],
    }),
  };
}

function buildProfit() {
  const all = rowsOf("cohort_months") ? pooledRows("activity") : [];
  const rows = all.filter((row) => row.members[0].budget !== null);
  if (!hasMonths(rows)) return null;
  const names = monthColumns();
  const known = rows.filter((row) => row.members[0].months.length > 0).map((row) => ({ ...row, payback: paybackOf(row.members), values: valuesOf(row.members, "profit") }));
  const paid = known.filter((row) => row.payback !== null);
  const paybacks = paid.map((row) => row.payback).sort((a, b) => a - b);
  const median = paybacks.length ? paybacks[Math.floor((paybacks.length - 1) / 2)] : null;
  const table = triangleTable(all, "profit", "money", text("profit_caption"), text("rows_activity"));
  table.columns.push({ heading: text("channels_payback"), kind: "integer" });
  table.rows.forEach((row, at) => row.push(paybackOf(all[at].members)));
  return {
    ofCohorts: true,
    title: text(median === null ? "profit_claim_none" : "profit_claim", { paid: paid.length, all: known.length, median }),
    reading: text("profit_reading"),
    command: "lifecycle cohort report --view profit" + cohortFlags(),
    table,
    traces: () => {
      const curve = (row, first) => {
        const even = row.payback !== null;
        return {
          type: "scatter", mode: "lines+markers", x: names, y: row.values.map(units), connectgaps: false,
          name: text(even ? "profit_paid" : "profit_unpaid"), legendgroup: String(even), showlegend: first,
          line: { color: color(even ? 0 : 1), width: 1.5, dash: even ? "solid" : "dash" },
          marker: { size: row.values.map((_, at) => (even && at === row.payback ? 10 : 0.1)), symbol: "diamond" },
          opacity: 0.75, text: names.map(() => plain(row.label)), hovertemplate: "%{text}<br>%{x}: %{y:,.0f}<extra></extra>",
        };
      };
      const unpaid = known.filter((row) => row.payback === null);
      return [...paid.map((row, at) => curve(row, at === 0)), ...unpaid.map((row, at) => curve(row, at === 0))];
    },
    layout: () => ({
      xaxis: axis(text("axis_offset"), { type: "category", range: [-0.3, offsets() - 0.7] }),
      yaxis: axis(text("axis_profit", { currency: page.currency.code }), { zeroline: true, zerolinewidth: 2 }),
    }),
  };
}

section("cohorts", [
  exhibit("retention", buildRetention, { controls: retentionControls }), exhibit("ltv", buildLtv),
  exhibit("channels", buildChannels), exhibit("profit", buildProfit),
]);
