// Light and dark themes, and colours that colour-blind readers can distinguish (Okabe and Ito, 2008).

const OKABE_ITO = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442"];
const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid"];
const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "x", "star", "cross"];

let dark = false;

function color(at) {
  const chosen = OKABE_ITO[at % OKABE_ITO.length];
  // The darkest blue is too dark on a dark background.
  return dark && chosen === "#0072B2" ? "#3FA0DB" : chosen;
}

/** From low to high in one hue, by lightness: readable with any colour vision and in grey; the page's text is legible on
 * all of it. */
function heatScale() {
  return dark ? [[0, "#1b222c"], [0.5, "#1d4661"], [1, "#286d9b"]] : [[0, "#f6f8fa"], [0.5, "#b5d4e9"], [1, "#62abdb"]];
}

function colorVariable(name) {
  return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}

function setTheme(toDark, redraw) {
  dark = toDark;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  document.getElementById("theme").setAttribute("aria-pressed", String(dark));
  redraw?.();
}

function prepareTheme(redraw) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  setTheme(system.matches);
  system.addEventListener("change", () => setTheme(system.matches, redraw));
  document.getElementById("theme").addEventListener("click", () => setTheme(!dark, redraw));
  // Paper is white.
  let before = false;
  addEventListener("beforeprint", () => { before = dark; if (dark) setTheme(false, redraw); });
  addEventListener("afterprint", () => { if (before) setTheme(true, redraw); });
}

function isNarrow() {
  return document.documentElement.clientWidth < 640;
}

function axis(title, more = {}) {
  return {
    title: { text: title, standoff: 8 }, automargin: true, gridcolor: colorVariable("grid"), linecolor: colorVariable("line"),
    zerolinecolor: colorVariable("soft"), exponentformat: "B", fixedrange: true, ...more,
  };
}

/** Month names in the page's language. */
function dateAxis(more = {}) {
  const korean = document.documentElement.lang === "ko";
  const formats = [{ dtickrange: [null, "M1"], value: "%Y-%m-%d" }, { dtickrange: ["M1", null], value: "%Y-%m" }];
  return axis("", { type: "date", ...(korean ? { tickformatstops: formats } : {}), ...more });
}

function layout(more = {}) {
  const size = isNarrow() ? 11 : 13;
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: false, hovermode: "closest", autosize: true,
    font: { family: getComputedStyle(document.body).fontFamily, size, color: colorVariable("text") },
    margin: isNarrow() ? { l: 46, r: 8, t: 12, b: 40 } : { l: 64, r: 16, t: 16, b: 48 },
    legend: { orientation: "h", x: 0, y: 1.02, xanchor: "left", yanchor: "bottom" },
    hoverlabel: { bgcolor: colorVariable("raised"), bordercolor: colorVariable("soft"), font: { color: colorVariable("text") }, align: "left" },
    separators: ".,", ...more,
  };
}
