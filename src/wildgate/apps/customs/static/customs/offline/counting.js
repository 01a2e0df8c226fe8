// The paper, the seal and the goods: what is printed, what was signed and what was counted must agree line by line.

const DECIMALS = /^([0-9]+)(?:[.,\u066b]([0-9]+))?$/;
const GROUPS = /^(?!0[^0-9])([0-9]{1,3}(?:([ \u00a0\u2009\u202f\u066c.,])[0-9]{3})(?:\2[0-9]{3})*)(?:(?!\2)[.,\u066b]([0-9]+))?$/;

// Every number that a typed text may mean, each spelt as nobody reads it otherwise: none, one, or two where 1,200 is
// twelve hundred to one reader and one point two to another. The rule of apps/species/figures.py, held to it by a test.
export function readings(text) {
  const plain = digits(text.trim());
  return [[GROUPS, 3], [DECIMALS, 2]].flatMap(([shape, last]) => {
    const found = shape.exec(plain);
    return found ? [spelt(found[1].replace(/[^0-9]/g, ""), found[last] ?? "")] : [];
  });
}

function spelt(whole, fraction) {
  const bare = whole.replace(/^0+(?=.)/, "");
  const part = fraction.replace(/0+$/, "");
  const told = part.length === 3 && bare !== "0" && bare.length <= 3 ? `${part}0` : part;
  return told ? `${bare}.${told}` : bare;
}

// Digits of any script as 0 to 9: Unicode keeps the ten of each together, beginning with its zero.
const digits = (text) => text.replace(/(?![0-9])\p{Nd}/gu, (digit) => {
  const code = digit.codePointAt(0);
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
});

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
