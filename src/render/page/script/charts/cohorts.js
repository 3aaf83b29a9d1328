// Activities pooled as in the command: sums over the activities that have a month, never means of means.

/** The filtered activities with their months by offset. */
function activities() {
  const rows = ofCohorts(rowsOf("cohort_months") ?? []);
  return [...groupedBy(rows, (row) => row.activity_id).values()].map((rows) => {
    const months = [];
    for (const row of rows) if (row.month_offset !== null) months[row.month_offset] = row;
    const { activity_id: id, name, channel, start_month, start_date, cohort_size: size } = rows[0];
    const budget = rows[0].budget === null ? null : hundredths(rows[0].budget);
    return { id, name, channel, start_month, start_date, size, budget, months };
  });
}

const POOL_KEYS = ["activity", "month", "channel"];

/** Rows of a triangle: single activities, or pools of a month or a channel. */
function pooledRows(by) {
  const key = { activity: (one) => one.id, month: (one) => one.start_month, channel: (one) => one.channel }[by];
  return [...groupedBy(activities(), key).values()].map((members) => {
    const [first] = members;
    const label = { activity: first.name, month: first.start_month, channel: first.channel }[by];
    const sizes = members.filter((one) => one.size !== null);
    return { label, id: first.id, members, size: sizes.length ? sizes.reduce((total, one) => total + one.size, 0) : null };
  });
}

function offsets() {
  return Math.max(page.facts.cohort_months, 0);
}

/** The sums of a month over several activities; null if none has it. */
function pool(members, offset) {
  return poolOf(members.map((one) => [one, one.months[offset]]));
}

/** The sums of each activity's last month. */
function latestPool(members) {
  return poolOf(members.map((one) => [one, one.months.findLast((month) => month !== undefined)]));
}

function poolOf(pairs) {
  const found = pairs.filter(([, month]) => month !== undefined);
  if (found.length === 0) return null;
  const total = { activities: 0, size: 0, active: 0, orders: 0, revenue: 0n, ltv: 0n, profit: 0n, budget: 0n, budgetedLtv: 0n, budgetedProfit: null };
  for (const [one, month] of found) {
    const [ltv, profit] = [hundredths(month.ltv_cumulative), hundredths(month.cumulative_profit)];
    total.activities += 1;
    total.size += one.size ?? 0;
    total.active += month.active_users;
    total.orders += month.monthly_orders;
    total.revenue += hundredths(month.monthly_revenue);
    total.ltv += ltv;
    total.profit += profit;
    if (one.budget !== null && one.budget > 0n) {
      total.budget += one.budget;
      total.budgetedLtv += ltv;
    }
    if (one.budget !== null) total.budgetedProfit = (total.budgetedProfit ?? 0n) + profit;
  }
  return total;
}

const MEASURES = {
  retention: (sums) => (sums.size > 0 ? (sums.active * 100) / sums.size : null),
  ltv: (sums) => divided(sums.ltv, sums.size),
  ratio: (sums) => (sums.budget > 0n ? Number(sums.budgetedLtv) / Number(sums.budget) : null),
  profit: (sums) => sums.profit,
};

/** A row's values of a measure by offset. */
function valuesOf(members, measure) {
  return Array.from({ length: offsets() }, (_, offset) => {
    const sums = pool(members, offset);
    return sums === null ? null : MEASURES[measure](sums);
  });
}

/** The first offset in which the activities with a budget had covered it; null: not yet, or earlier months were dropped. */
function paybackOf(members) {
  const pools = Array.from({ length: offsets() }, (_, offset) => pool(members, offset));
  const even = pools.findIndex((sums) => sums !== null && sums.budgetedProfit !== null && sums.budgetedProfit >= 0n);
  if (even === -1) return null;
  const startsLate = (one) => one.budget !== null && even > 0 && one.months.findIndex((month) => month !== undefined) === even;
  return members.some(startsLate) ? null : even;
}

/** The flags with which `cohort report` applies the same filters. */
function cohortFlags() {
  const kind = flag("--cohorts", filter.kind) + (filter.kind === null ? page.facts.cohort_flags : page.facts.cohort_flags.replace(/ --cohorts \w+/, ""));
  if (filter.month === null) return flag("--channel", filter.channel) + kind;
  const [year, month] = filter.month.split("-").map(Number);
  const next = new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
  return flag("--channel", filter.channel) + flag("--since", filter.month + "-01") + flag("--until", next) + kind;
}

function monthColumns() {
  return Array.from({ length: offsets() }, (_, offset) => "M" + offset);
}

/** A triangle's table: rows, their sizes, the months, and the weighted mean below. */
function triangleTable(rows, measure, kind, caption, heading) {
  const all = rows.flatMap((row) => row.members);
  const size = rows.reduce((total, row) => total + (row.size ?? 0), 0);
  return {
    caption,
    columns: [
      { heading, kind: "text" }, { heading: text("cohort_size"), kind: "integer" },
      ...monthColumns().map((name) => ({ heading: name, kind })),
    ],
    rows: rows.map((row) => [row.label, row.size, ...valuesOf(row.members, measure)]),
    totals: measure === "profit" ? [] : [[text("weighted_mean"), size, ...valuesOf(all, measure)]],
  };
}

function hasMonths(rows) {
  return rows.some((row) => row.members.some((one) => one.months.length > 0));
}

/** Shortened to fit a narrow screen. */
function shortened(label, length) {
  const letters = [...label];
  return letters.length <= length ? label : letters.slice(0, length - 1).join("") + "…";
}
