// Grades: the mix at each update, who moved, and who is about to.

const LADDER = ["vip", "gold", "silver", "bronze"];

function buildMix() {
  const found = rowsOf("grade_mix");
  if (!found?.length) return null;
  const rows = [...groupedBy(ofOrigin(found), (row) => row.as_of)].map(([at, rows]) =>
    [at, ...LADDER.map((grade) => sum(rows, grade))]);
  if (rows.length === 0) return null;
  const last = rows.at(-1);
  const all = last.slice(1).reduce((a, b) => a + b, 0);
  const above = all - last[4];
  return {
    title: text(above === 0 ? "mix_claim_none" : "mix_claim", { share: roughPercent(all === 0 ? null : (above * 100) / all), vip: whole(last[1]) }),
    reading: text("mix_reading"),
    command: "lifecycle overview --view grades" + originFlags(),
    table: {
      caption: text("mix_caption"),
      columns: [{ heading: text("axis_update"), kind: "timestamp" }, ...LADDER.map((grade) => ({ heading: grade.toUpperCase(), kind: "integer" }))],
      rows,
    },
    traces: () => rows.length === 1 ? [{
      type: "bar", x: LADDER.map((grade) => grade.toUpperCase()), y: last.slice(1).map((count) => count || null), text: last.slice(1).map(whole),
      textposition: "outside", cliponaxis: false, marker: { color: LADDER.map((_, at) => color(at)) }, hovertemplate: "%{x}: %{y:,}<extra></extra>",
    }] : LADDER.map((grade, at) => ({
      type: "scatter", mode: "lines+markers", x: rows.map((row) => row[0]), y: rows.map((row) => row[at + 1] || null),
      name: grade.toUpperCase(), line: { color: color(at), dash: DASHES[at], width: 2.5 },
      marker: { symbol: SYMBOLS[at], size: 5, maxdisplayed: 12 }, hovertemplate: "%{x|%Y-%m-%d}: %{y:,}<extra>" + grade.toUpperCase() + "</extra>",
    })),
    layout: () => ({
      xaxis: rows.length === 1 ? axis(shown(last[0], "timestamp"), { type: "category" }) : dateAxis(),
      yaxis: axis(text("axis_customers_log"), { type: "log", dtick: 1 }),
    }),
  };
}

function buildMigration() {
  const found = rowsOf("grade_moves");
  if (!found?.length) return null;
  const sources = [...LADDER, "new"];
  const flows = groupedBy(ofOrigin(found), (row) => row.from_grade.toLowerCase());
  const counts = sources.map((from) => LADDER.map((to) => sum(flows.get(from) ?? [], to)));
  let [rose, fell] = [0, 0];
  counts.slice(0, 4).forEach((row, from) => row.forEach((count, to) => {
    if (to < from) rose += count;
    if (to > from) fell += count;
  }));
  if (counts.flat().every((count) => count === 0)) return null;
  const name = (from) => (from === "new" ? text("migration_new") : from.toUpperCase());
  // Customers who stayed in the largest grade would hide the others.
  const links = counts.flatMap((row, from) => row.map((count, to) => ({ from, to, count })))
    .filter((link) => link.count > 0 && (link.from < 3 || link.to < 3));
  const hidden = counts[3][3] + counts[4][3];
  if (links.length === 0) return null;
  // Bands from the highest grade down on both sides; the library would order them by size, and does not accept empty ones.
  const [height, gap] = [isNarrow() ? 304 : 384, 14];
  const side = (names, key) => names.map((label, at) => ({ label, at, key, size: links.reduce((all, link) => all + (link[key] === at ? link.count : 0), 0) }))
    .filter((node) => node.size > 0);
  const sides = [side(sources.map(name), "from"), side(LADDER.map((grade) => grade.toUpperCase()), "to")];
  const total = links.reduce((all, link) => all + link.count, 0);
  const scale = Math.min(...sides.map((nodes) => (height - gap * (nodes.length - 1)) / total));
  for (const nodes of sides) {
    let top = 0;
    for (const node of nodes) {
      node.centre = Math.min(Math.max((top + (node.size * scale) / 2) / height, 0.001), 0.999);
      top += node.size * scale + gap;
    }
  }
  const nodes = sides.flat();
  const placeOf = (key, at) => nodes.findIndex((node) => node.key === key && node.at === at);
  const translucent = (hex) => hex + "66";
  const flowColor = (link) => (link.from === 4 ? translucent("#8a94a0") : link.to < link.from ? translucent(color(0)) : link.to > link.from ? translucent(color(1)) : translucent("#8a94a0"));
  const direction = (link) => (link.from === 4 || link.from === link.to ? "" : link.to < link.from ? "▲" : "▼");
  const [since, until] = [found[0].from, found[0].to].map((at) => at.slice(0, 10));
  return {
    title: text("migration_claim", { rose: whole(rose), fell: whole(fell), since, until }),
    reading: text("migration_reading", { hidden: whole(hidden) }),
    command: "lifecycle overview --view migration" + originFlags(),
    table: {
      caption: text("migration_caption", { since, until }),
      columns: [{ heading: text("migration_from"), kind: "text" }, ...LADDER.map((grade) => ({ heading: grade.toUpperCase(), kind: "integer" }))],
      rows: sources.map((from, at) => [name(from), ...counts[at]]),
    },
    traces: () => [{
      type: "sankey", arrangement: "snap", orientation: "h",
      node: {
        label: nodes.map((node) => node.label), pad: gap, thickness: 14, x: nodes.map((node) => (node.key === "from" ? 0.001 : 0.999)),
        y: nodes.map((node) => node.centre), color: nodes.map((node) => (node.at < 4 ? color(node.at) : "#8a94a0")), line: { width: 0 },
        hovertemplate: "%{label}: %{value:,}<extra></extra>",
      },
      link: {
        source: links.map((link) => placeOf("from", link.from)), target: links.map((link) => placeOf("to", link.to)),
        value: links.map((link) => link.count), color: links.map(flowColor), label: links.map(direction),
        hovertemplate: "%{source.label} → %{target.label} %{label}: %{value:,}<extra></extra>",
      },
    }],
    layout: () => ({ margin: { l: 8, r: 8, t: 8, b: 8 } }),
  };
}

function buildOutlook() {
  const found = rowsOf("grade_outlook");
  if (!found?.length) return null;
  const rows = [...groupedBy(ofOrigin(found), (row) => [row.outlook, row.grade, row.to_grade].join("/")).values()].map((rows) =>
    ({ ...rows[0], customers: sum(rows, "customers"), value: sumOfMoney(rows, "value") }));
  if (rows.length === 0) return null;
  const of = (outlook) => rows.filter((row) => row.outlook === outlook);
  const total = (rows) => [sum(rows, "customers"), rows.reduce((all, row) => all + row.value, 0n)];
  const [[atRisk, riskValue], [near, nearValue]] = [total(of("at_risk")), total(of("near"))];
  const label = (row) => row.grade + " → " + row.to_grade;
  return {
    title: text("outlook_claim", { at_risk: whole(atRisk), risk_value: money(riskValue), near: whole(near), near_value: money(nearValue), currency: page.currency.code }),
    reading: text("outlook_reading"),
    command: "lifecycle overview --view outlook" + originFlags(),
    table: {
      caption: text("outlook_caption"),
      columns: [
        { heading: text("outlook"), kind: "text" }, { heading: text("outlook_grade"), kind: "text" }, { heading: text("outlook_to"), kind: "text" },
        { heading: text("outlook_customers"), kind: "integer" }, { heading: text("outlook_value"), kind: "money" },
      ],
      rows: rows.map((row) => [text("outlook_" + row.outlook), row.grade, row.to_grade, row.customers, row.value]),
    },
    height: 120 + 40 * rows.length,
    traces: () => ["at_risk", "near"].map((outlook, at) => ({
      type: "bar", orientation: "h", y: of(outlook).map(label), x: of(outlook).map((row) => row.customers), name: text("outlook_" + outlook),
      marker: { color: color(at === 0 ? 4 : 0), pattern: { shape: at === 0 ? "/" : "" } },
      text: of(outlook).map((row) => whole(row.customers) + (isNarrow() ? "" : " · " + money(row.value))), textposition: "outside", cliponaxis: false,
      hovertemplate: "%{y}: %{x:,}<extra></extra>",
    })),
    layout: () => ({
      barmode: "overlay", xaxis: axis(text("outlook_customers"), { range: [0, Math.max(...rows.map((row) => row.customers)) * 1.3] }),
      yaxis: axis("", { type: "category", autorange: "reversed" }),
    }),
  };
}

section("grades", [exhibit("mix", buildMix), exhibit("migration", buildMigration), exhibit("outlook", buildOutlook)]);
