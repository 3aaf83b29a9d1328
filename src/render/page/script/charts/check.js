// The hold-out: actual figures beside those of the model and the plain guess.

function isFiltered() {
  return Object.values(filter).some((value) => value !== null);
}

/** The errors of the model and the guess in a total, as percentages of the actual value. */
function missed(total, key) {
  const [actual, said] = [Number(total.actual_revenue), Number(total[key])];
  return actual === 0 ? null : (Math.abs(said - actual) * 100) / actual;
}

/** Whether the plain guess was closer than the model, over the whole hold-out. */
function plainWasNearer() {
  const total = rowsOf("checks")?.find((row) => row.level === "total");
  if (!total) return false;
  const sums = Object.fromEntries(["actual_revenue", "model_revenue", "plain_revenue"].map((key) => [key, hundredths(total[key])]));
  return missed(sums, "plain_revenue") < missed(sums, "model_revenue");
}

function buildCheck() {
  const found = rowsOf("checks");
  if (!found?.length) return null;
  const wanted = new Set(activities().map((one) => one.id));
  const cohorts = found.filter((row) => row.level === "cohort" && wanted.has(row.activity_id));
  // Customers of all origins were held out together: with a filter, only its cohorts are shown.
  const rows = isFiltered() ? cohorts : found;
  if (rows.length === 0) return null;
  const totals = isFiltered() ? cohorts : found.filter((row) => row.level === "total");
  const total = Object.fromEntries(["actual_revenue", "model_revenue", "plain_revenue"].map((key) => [key, sumOfMoney(totals, key)]));
  const [model, guess] = [missed(total, "model_revenue"), missed(total, "plain_revenue")];
  const claim = model === null ? "check_claim_nothing" : guess < model ? "check_claim_guess" : "check_claim";
  const deciles = isFiltered() ? [] : found.filter((row) => row.level === "decile");
  const heading = (key) => headingOf("checks", key);
  const keys = [
    ["label", "text"], ["customers", "integer"], ["actual_orders", "integer"], ["model_orders", "ratio"], ["plain_orders", "ratio"],
    ["actual_revenue", "money"], ["model_revenue", "money"], ["plain_revenue", "money"], ["model_off_pct", "percent"], ["plain_off_pct", "percent"],
  ];
  const points = (key, name, at) => ({
    type: "scatter", mode: "markers", x: cohorts.map((row) => units(hundredths(row.actual_revenue))), y: cohorts.map((row) => units(hundredths(row[key]))),
    name, marker: { symbol: SYMBOLS[at], size: 9, color: color(at), opacity: 0.8 }, text: cohorts.map((row) => plain(row.label)),
    legendgroup: name, hovertemplate: "%{text}<br>%{x:,.0f} → %{y:,.0f}<extra>" + name + "</extra>",
  });
  const most = Math.max(0, ...cohorts.flatMap((row) => ["actual_revenue", "model_revenue", "plain_revenue"].map((key) => units(hundredths(row[key])))));
  const bars = (key, name, at, pattern) => ({
    type: "bar", x: deciles.map((row) => row.label), y: deciles.map((row) => row[key]), name, xaxis: "x2", yaxis: "y2", legendgroup: name,
    showlegend: cohorts.length === 0 || at === 5, marker: { color: color(at), pattern: { shape: pattern } },
    hovertemplate: "%{x}: %{y:,.1f}<extra>" + name + "</extra>",
  });
  const [hasCohorts, hasDeciles] = [cohorts.length > 0, deciles.length > 0];
  const beside = hasCohorts && hasDeciles && !isNarrow();
  const stacked = hasCohorts && hasDeciles && isNarrow();
  return {
    ofCohorts: true,
    title: text(claim, { model: roughPercent(model), guess: roughPercent(guess), actual: money(total.actual_revenue), currency: page.currency.code }),
    reading: [hasCohorts && text("check_reading_cohorts"), hasDeciles && text("check_reading_deciles"), text("check_reading_guess")].filter(Boolean).join(" "),
    command: commandOf("checks"),
    table: {
      caption: text("check_caption"),
      columns: [{ heading: heading("level"), kind: "text" }, ...keys.map(([key, kind]) => ({ heading: heading(key) + groupOf(key), kind }))],
      rows: rows.map((row) => [text("check_" + row.level), ...keys.map(([key]) => row[key])]),
    },
    height: stacked ? 720 : isNarrow() ? 380 : 440,
    traces: () => [
      ...(hasCohorts ? [
        { type: "scatter", mode: "lines", x: [0, most], y: [0, most], name: text("check_exact"), line: { color: colorVariable("soft"), dash: "dot" }, hoverinfo: "skip" },
        points("model_revenue", text("check_model"), 0), points("plain_revenue", text("check_guess"), 1),
      ] : []),
      ...(hasDeciles ? [
        bars("actual_orders", text("check_actual"), 5, ""), bars("model_orders", text("check_model"), 0, "/"), bars("plain_orders", text("check_guess"), 1, "x"),
      ] : []),
    ],
    layout: () => ({
      barmode: "group",
      ...(hasCohorts ? {
        xaxis: axis(text("check_x", { currency: page.currency.code }), { domain: [0, beside ? 0.45 : 1], rangemode: "tozero", nticks: isNarrow() ? 4 : 6 }),
        yaxis: axis(text("check_y"), { domain: [stacked ? 0.6 : 0, 1], rangemode: "tozero", anchor: "x" }),
      } : { xaxis: { visible: false }, yaxis: { visible: false } }),
      ...(hasDeciles ? {
        xaxis2: axis(text("check_deciles"), { domain: [beside ? 0.57 : 0, 1], type: "category", anchor: "y2" }),
        yaxis2: axis(text("check_orders"), { domain: [0, stacked ? 0.42 : 1], anchor: "x2", rangemode: "tozero" }),
      } : {}),
    }),
  };
}

/** Columns of orders and of revenue have the same headings. */
function groupOf(key) {
  if (/^(model|plain)_orders$/.test(key)) return " (" + headingOf("checks", "actual_orders") + ")";
  if (/^(model|plain)_revenue$/.test(key)) return " (" + headingOf("checks", "actual_revenue") + ")";
  return "";
}

section("predictions", [exhibit("check", buildCheck)]);
