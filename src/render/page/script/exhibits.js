// An exhibit: a claim, how to read it, a chart, and the table behind it.

const sections = [];

/** A section of the page with its exhibits. */
function section(id, exhibits) {
  sections.push({ id, exhibits });
}

/**
 * An exhibit. `build` returns what to show for the current filters, or null if there is nothing to show:
 * { title, reading, table, command, body, traces, layout, height, ofCohorts }, the last if it follows the kind of cohort.
 * `controls` come before the chart.
 */
function exhibit(id, build, { controls = null } = {}) {
  return { id, build, controls };
}

function prepareExhibit(part) {
  const chart = h("div", { class: "chart", id: part.id + "-chart", role: "img", "aria-labelledby": part.id + "-title" });
  const elements = {
    title: h("h3", { id: part.id + "-title" }),
    reading: h("p", { class: "reading" }),
    chart,
    body: h("div", {}),
    table: h("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": part.id + "-title" }),
    command: h("code"),
  };
  const copy = h("button", { type: "button", onclick: () => copyText(tableText(part.shown.table), copy, elements.table) }, text("copy"));
  const picture = h("button", { type: "button", onclick: () => savePicture(part) }, text("picture"));
  elements.picture = picture;
  const figure = h(
    "figure", { class: "claim", id: part.id },
    elements.title, elements.reading, part.controls?.() ?? null, elements.body, chart,
    h("div", { class: "tools" }, picture, h("span", {}, text("command") + " "), elements.command),
    h("details", {}, h("summary", {}, text("table")), h("div", { class: "tools" }, copy), elements.table),
  );
  part.elements = { ...elements, figure };
  return figure;
}

function updateExhibit(part) {
  const { title, reading, chart, body, table, command, figure, picture } = part.elements;
  const made = part.build();
  part.shown = made;
  figure.hidden = made === null;
  if (made === null) return;
  title.replaceChildren(made.title);
  if (filter.kind !== null && !made.ofCohorts) title.append(h("span", { class: "scope" }, text("scope_kind")));
  reading.replaceChildren(made.reading);
  command.replaceChildren(made.command);
  body.replaceChildren(...(made.body ?? []));
  table.replaceChildren(tableElement(made.table));
  chart.hidden = !made.traces;
  picture.hidden = !made.traces;
  drawChart(part);
}

function drawChart(part) {
  const made = part.shown;
  if (!window.Plotly || !made?.traces) return;
  const { chart } = part.elements;
  const height = made.height ?? (isNarrow() ? 320 : 400);
  chart.style.height = height + "px";
  const config = { displayModeBar: false, responsive: true, doubleClick: false, scrollZoom: false };
  const { width } = chart.getBoundingClientRect();
  Plotly.react(chart, made.traces(), layout({ height, width, ...made.layout() }), config);
}

function savePicture(part) {
  const { width, height } = part.elements.chart.getBoundingClientRect();
  Plotly.downloadImage(part.elements.chart, { format: "png", width, height, scale: 2, filename: part.id });
}
