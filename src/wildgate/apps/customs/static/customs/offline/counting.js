// The paper, the seal and the goods: what is printed, what was signed and what was counted must agree line by line.

const WHOLE = /^\d{1,15}(?:\.\d{1,6})?$/;

// The one spelling of a typed quantity: no grouping, no needless zeros; null for what is not a number.
export function plain(text) {
  const bare = text.trim().replace(/,(?=\d{3}(?:\D|$))/g, "");
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
