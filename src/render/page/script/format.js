// Numbers as the command prints them: rounded half-up on the decimal text, amounts exactly.

/** An amount as embedded (a number, or a text with decimals) in whole hundredths. */
function hundredths(amount) {
  const text = String(amount);
  const negative = text.startsWith("-");
  const [units, fraction = ""] = text.replace("-", "").split(".");
  const value = BigInt(units) * 100n + BigInt((fraction + "00").slice(0, 2));
  return negative ? -value : value;
}

/** Divided half-up, away from zero; null without a divisor. */
function divided(value, by) {
  const divisor = BigInt(by);
  if (divisor <= 0n) return null;
  const size = value < 0n ? -value : value;
  const quotient = (2n * size + divisor) / (2n * divisor);
  return value < 0n ? -quotient : quotient;
}

function grouped(digits) {
  return String(digits).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function whole(number) {
  return number < 0 ? "-" + grouped(-number) : grouped(number);
}

/** Hundredths with the currency's decimals. */
function money(value) {
  if (value === null || value === undefined) return MISSING;
  const size = value < 0n ? -value : value;
  const decimals = page.currency.decimals;
  const units = decimals === 0 ? (size + 50n) / 100n : size / 100n;
  const fraction = decimals === 0 ? "" : "." + String(size % 100n).padStart(2, "0");
  const zero = units === 0n && !/[1-9]/.test(fraction);
  return (value < 0n && !zero ? "-" : "") + grouped(units) + fraction;
}

function fixed(value, places) {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  const [mantissa, exponent] = String(Math.abs(value)).split("e");
  // The shortest decimal text without an exponent, then rounded as text.
  let [units, fraction = ""] = mantissa.split(".");
  if (exponent !== undefined) {
    const shift = Number(exponent);
    if (shift > 0) return value.toExponential(places).replace("e+", "e");
    fraction = "0".repeat(-shift - 1) + units + fraction;
    units = "0";
  }
  const padded = (fraction + "0".repeat(places + 1)).slice(0, places + 1);
  let scaled = BigInt(units + padded.slice(0, places));
  if (padded[places] >= "5") scaled += 1n;
  const text = String(scaled).padStart(places + 1, "0");
  const sign = value < 0 && scaled !== 0n ? "-" : "";
  return sign + grouped(text.slice(0, text.length - places)) + "." + text.slice(text.length - places);
}

const MISSING = "-";

function percent(value) {
  const text = fixed(value, 2);
  return text === MISSING ? text : text + "%";
}

/** For titles, which need no hundredths: 12 %, 3.4 %. */
function roughPercent(value) {
  if (value === null || !Number.isFinite(value)) return MISSING;
  return (Math.abs(value) >= 10 ? whole(Math.round(value)) : fixed(value, 1)) + "%";
}

/** A value of a column as the command's table shows it. */
function shown(value, kind) {
  if (value === null || value === undefined) return MISSING;
  switch (kind) {
    case "money": return money(typeof value === "bigint" ? value : hundredths(value));
    case "percent": return percent(value);
    case "ratio": return fixed(value, 2);
    case "integer": return whole(value);
    case "timestamp": return String(value).replace("T", " ");
    case "boolean": return text(value ? "yes" : "no");
    default: return String(value);
  }
}

/** A text in the page's language with {names} filled in; {name|day|days} is the word for one, or for other numbers. */
function text(key, values = {}) {
  const template = page.texts[key];
  if (template === undefined) throw new Error("no text for " + key);
  return template
    .replace(/\{(\w+)\|(.+?)\|(.+?)\}/g, (_, name, one, other) => (String(values[name]) === "1" ? one : other))
    .replace(/(?<!%)\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** A text from the data for a chart: the library interprets some tags and entities, so they are escaped. */
function plain(value) {
  return String(value).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** An amount for a chart's axis. */
function units(value) {
  return value === null ? null : Number(value) / 100;
}
