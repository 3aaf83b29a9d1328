// Assembles the page: texts and tables at once, then the charts when their library is unpacked.

function prepareAbout() {
  document.getElementById("subtitle").textContent = page.facts_line;
  const facts = page.about.map(([heading, value]) => [h("dt", {}, heading), h("dd", {}, value)]).flat();
  const commands = [...new Set(Object.values(page.tables).map((table) => table.command))].join("\n");
  document.getElementById("about").append(
    h("h2", {}, text("about")), h("dl", {}, ...facts),
    h("p", {}, text("about_commands")), h("pre", { tabindex: "0", "aria-label": text("about_commands") }, commands),
    ...(page.left_out.length ? [h("p", {}, text("left_out")), h("ul", {}, ...page.left_out.map((line) => h("li", {}, line)))] : []),
  );
}

function prepareSections() {
  const main = document.getElementById("main");
  for (const part of sections) {
    part.element = h("section", { "aria-labelledby": part.id + "-heading" },
      h("h2", { id: part.id + "-heading" }, text("section_" + part.id)),
      ...part.exhibits.map(prepareExhibit));
    main.append(part.element);
  }
}

function update() {
  for (const part of sections) {
    part.exhibits.forEach(updateExhibit);
    part.element.hidden = part.exhibits.every((exhibit) => exhibit.shown === null);
  }
  const state = Object.entries(filter).filter(([, value]) => value !== null)
    .map(([name, value]) => (name === "kind" ? text("kind_" + value) : value));
  document.getElementById("filter-state").textContent = state.length ? text("filter_state", { filters: state.join(", ") }) : "";
}

function redraw() {
  sections.forEach((part) => part.exhibits.forEach(drawChart));
}

/** The library sets some styles as attributes, which the page's policy forbids; as properties they are allowed. */
function setStylesAsProperties() {
  const { setAttribute } = Element.prototype;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style" && this.style) this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
}

/** Runs the chart library, which the page's policy allows by its digest. */
function runPlotly(source) {
  const script = document.createElement("script");
  script.textContent = source;
  document.body.append(script);
  if (!window.Plotly) throw new Error("the charts' script did not run");
}

async function start() {
  Object.assign(page.tables, JSON.parse(await unpacked("packed-tables")));
  prepareTheme(redraw);
  prepareFilters(update);
  prepareAbout();
  prepareSections();
  update();
  setStylesAsProperties();
  runPlotly(await unpacked("packed-plotly"));
  redraw();
  let pending = null;
  addEventListener("resize", () => { clearTimeout(pending); pending = setTimeout(update, 150); });
  document.documentElement.dataset.ready = "true";
}

start().catch((error) => {
  const failure = document.getElementById("failure");
  failure.textContent = (page.texts.failure ?? "") + " " + error.message;
  failure.hidden = false;
  console.error(error);
});
