// The three filters. A customer has the channel and month of the activity that brought the first order.

const filter = { channel: null, month: null, kind: null };

/** Filters rows by the origin of their customers. */
function ofOrigin(rows) {
  return rows.filter((row) =>
    (filter.channel === null || row.channel === filter.channel)
    && (filter.month === null || row.start_month === filter.month));
}

/** Filters activities, or rows of their months. */
function ofCohorts(rows) {
  return ofOrigin(rows).filter((row) => filter.kind === null || row.kind === filter.kind);
}

function prepareFilters(changed) {
  const origins = [...(rowsOf("spans") ?? []), ...(rowsOf("cohort_months") ?? [])];
  const values = (rows, key) => [...new Set(rows.map((row) => row[key]))].filter((value) => value !== null).sort();
  const choices = {
    channel: values(origins, "channel"),
    month: values(origins, "start_month"),
    kind: values(rowsOf("cohort_months") ?? [], "kind"),
  };
  const form = document.getElementById("filters");
  for (const [name, found] of Object.entries(choices)) {
    const select = document.getElementById("filter-" + name);
    select.replaceChildren(h("option", { value: "" }, text("filter_all")));
    for (const value of found) {
      const label = name === "kind" ? text("kind_" + value) : value;
      select.append(h("option", { value: "=" + value }, label));
    }
    select.closest("label").hidden = found.length < 2;
    select.addEventListener("change", () => {
      filter[name] = select.value === "" ? null : select.value.slice(1);
      changed();
    });
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    Object.assign(filter, { channel: null, month: null, kind: null });
    queueMicrotask(changed);
  });
  form.hidden = Object.values(choices).every((found) => found.length < 2);
}
