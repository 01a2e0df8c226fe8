// Deterministic CBOR (RFC 8949, 4.2.1), read only: one spelling of each item, anything else is refused.
// Integers are numbers, or BigInt beyond 2^53; byte strings Uint8Array; maps Map; tag 4 a Fraction.

const MAX_DEPTH = 8;
const SMALLEST_EXPONENT = -18;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class NotDeterministic extends Error {}

// mantissa * 10^exponent, as written; exponent is negative and the mantissa does not end in 0.
export class Fraction {
  constructor(exponent, mantissa) { this.exponent = exponent; this.mantissa = BigInt(mantissa); }

  toString() {
    const digits = String(this.mantissa < 0n ? -this.mantissa : this.mantissa).padStart(1 - this.exponent, "0");
    const at = digits.length + this.exponent;
    return `${this.mantissa < 0n ? "-" : ""}${digits.slice(0, at)}.${digits.slice(at)}`;
  }
}

export const isInteger = (value) => typeof value === "bigint" || Number.isInteger(value);
export const isBytes = (value) => value instanceof Uint8Array;

export function decode(data) {
  const reader = new Reader(data);
  const value = reader.item(MAX_DEPTH);
  if (reader.at !== data.length) throw new NotDeterministic("bytes follow the item");
  return value;
}

class Reader {
  constructor(data) {
    this.data = data;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.at = 0;
  }

  take(size) {
    const start = this.at;
    if (size > this.data.length - start) throw new NotDeterministic("cut short");
    this.at += Number(size);
    return this.data.subarray(start, this.at);
  }

  number(head) {
    const size = head & 31;
    if (size < 24) return size;
    if (size > 27 || head >= 0xe0) throw new NotDeterministic("indefinite length, float or reserved form");
    const width = 1 << (size - 24);
    const start = this.at;
    this.take(width);
    const number = width === 8 ? this.view.getBigUint64(start)
      : BigInt(width === 1 ? this.view.getUint8(start) : width === 2 ? this.view.getUint16(start) : this.view.getUint32(start));
    if (number < (width === 1 ? 24n : 1n << BigInt(4 * width))) throw new NotDeterministic("a number is written longer than needed");
    return small(number);
  }

  item(depth) {
    const head = this.take(1)[0];
    const number = this.number(head);
    switch (head >> 5) {
      case 0: return number;
      case 1: return small(-1n - BigInt(number));
      case 2: return this.take(number).slice();
      case 3: return text(this.take(number));
    }
    if (depth === 0) throw new NotDeterministic("nested too deeply");
    switch (head >> 5) {
      case 4: return this.array(number, depth - 1);
      case 5: return this.map(number, depth - 1);
      case 6: return this.tagged(number, depth - 1);
    }
    if (number < 20 || number > 22) throw new NotDeterministic("a simple value has no place here");
    return [false, true, null][number - 20];
  }

  array(count, depth) {
    if (count > this.data.length - this.at) throw new NotDeterministic("cut short");
    return Array.from({ length: Number(count) }, () => this.item(depth));
  }

  map(count, depth) {
    if (count > this.data.length - this.at) throw new NotDeterministic("cut short");
    const pairs = new Map();
    let last = new Uint8Array();
    for (let left = Number(count); left > 0; left -= 1) {
      const start = this.at;
      const head = this.data[start];
      if (head === undefined) throw new NotDeterministic("cut short");
      if (head >= 0x80 || (head >= 0x40 && head < 0x60)) throw new NotDeterministic("a map key is neither a number nor text");
      const key = this.item(0);
      const spelling = this.data.subarray(start, this.at);
      if (compare(spelling, last) <= 0) throw new NotDeterministic("map keys are repeated or out of order");
      last = spelling;
      pairs.set(key, this.item(depth));
    }
    return pairs;
  }

  tagged(tag, depth) {
    if (tag !== 4) throw new NotDeterministic("a tag has no place here");
    const pair = this.item(depth);
    if (!Array.isArray(pair) || pair.length !== 2 || !pair.every(isInteger)) throw new NotDeterministic("a decimal fraction is not two numbers");
    const [exponent, mantissa] = pair;
    if (exponent < SMALLEST_EXPONENT || exponent >= 0 || BigInt(mantissa) % 10n === 0n) throw new NotDeterministic("a decimal fraction is not in its shortest form");
    return new Fraction(Number(exponent), mantissa);
  }
}

function text(bytes) {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new NotDeterministic("text is not UTF-8");
  }
}

const small = (number) => (number >= Number.MIN_SAFE_INTEGER && number <= Number.MAX_SAFE_INTEGER ? Number(number) : number);

export function compare(one, other) {
  for (let i = 0; i < one.length && i < other.length; i += 1) if (one[i] !== other[i]) return one[i] - other[i];
  return one.length - other.length;
}
