// The paper, the seal and the goods: what is printed, what was signed and what was counted must agree line by line.

const WHOLE = /^\d{1,15}(?:\.\d{1,6})?$/;
const BY_COMMAS = /^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/;
const BY_GAPS = /^[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3})+(?:\.\d*)?$/;
const GROUP_BY_COMMAS = ["en", "ar"];

// The one spelling of a typed quantity: no grouping, no needless zeros; null for what is not a number. A comma goes only
// where a page groups thousands by it: 12,5 is twelve and a half to many officers. The rule of the desk (customs/typed.py).
export function plain(text, language = "en") {
  const typed = text.trim();
  const grouped = BY_GAPS.test(typed) || (GROUP_BY_COMMAS.includes(language.slice(0, 2)) && BY_COMMAS.test(typed));
  const bare = grouped ? typed.replace(/[,\s]/g, "") : typed;
  if (!WHOLE.test(bare)) return null;
  const [whole, part = ""] = bare.split(".");
  const fraction = part.replace(/0+$/, "");
  return whole.replace(/^0+(?=\d)/, "") + (fraction ? `.${fraction}` : "");
}

// Compares two plain quantities: negative, zero or positive.
export function compared(one, other) {
  const scaled = (text) => {
    const [whole, part = ""] = text.split(".");
    return BigInt(whole + part.padEnd(18, "0"));
  };
  const [a, b] = [scaled(one), scaled(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}

// Where two readings of one permit differ: a forged copy beside the genuine code that was read before.
export function differences(forged, genuine) {
  return genuine.lines.flatMap((line, at) => {
    const other = forged.lines?.[at];
    if (!other) return [];
    return ["taxon", "term", "quantity", "unit", "source", "origin"].filter((part) => other[part] !== line[part])
      .map((part) => ({ line: at + 1, part, there: other[part], genuine: line[part] }));
  });
}
