// A token as text: decimal digits behind the # of a web address, digits alone, or CP1: and Base45 (RFC 9285).

import { LARGEST_TOKEN, Refused } from "./envelope.js";

const LONGEST = 4096;
const GROUP = 17;
const TAIL_BYTES = { 0: 0, 3: 1, 5: 2, 8: 3, 10: 4, 13: 5, 15: 6 };
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const ADDRESS = /^https?:\/\/[^\s#/?]+(?:[/?][^\s#]*)?$/i;

export function fromText(text) {
  if (text.length > LONGEST) throw tooLong(text.length);
  const code = text.replace(/^[\ufeff\0 \t\r\n]+|[\ufeff\0 \t\r\n]+$/g, "");
  if (code.startsWith("HC1:")) throw new Refused("health-certificate");
  const digits = afterAddress(code);
  let found;
  if (code.startsWith("CP1:")) found = fromBase45(code.slice(4));
  else if (/^\p{Nd}(?:[^]*\p{Nd})?$/u.test(digits)) found = fromDigits(digits);
  else throw new Refused("not-a-permit-code");
  if (found.length > LARGEST_TOKEN) throw tooLong(text.length);
  return found;
}

// The address itself proves nothing: any host is taken.
function afterAddress(code) {
  const at = code.indexOf("#");
  return at > 0 && ADDRESS.test(code.slice(0, at)) ? code.slice(at + 1) : code;
}

export function fromDigits(digits) {
  const size = TAIL_BYTES[digits.length % GROUP];
  if (!/^[0-9]*$/.test(digits) || size === undefined) throw misread("digits are missing or were added");
  const out = [];
  for (let at = 0; at < digits.length; at += GROUP) {
    const group = digits.slice(at, at + GROUP);
    let value = BigInt(group);
    const bytes = group.length === GROUP ? 7 : size;
    if (value >> BigInt(8 * bytes)) throw misread("a group of digits is out of range");
    const part = [];
    for (let i = 0; i < bytes; i += 1, value >>= 8n) part.unshift(Number(value & 255n));
    out.push(...part);
  }
  return Uint8Array.from(out);
}

export function fromBase45(text) {
  const values = Array.from(text, (letter) => ALPHABET.indexOf(letter));
  if (values.includes(-1) || values.length % 3 === 1) throw misread("letters are missing or foreign");
  const out = [];
  for (let at = 0; at < values.length; at += 3) {
    const [low, middle, high = 0] = values.slice(at, at + 3);
    const value = low + middle * 45 + high * 2025;
    const pair = at + 2 < values.length;
    if (value > (pair ? 65535 : 255)) throw misread("a group of letters is out of range");
    out.push(...(pair ? [value >> 8, value & 255] : [value]));
  }
  return Uint8Array.from(out);
}

const misread = (what) => new Refused("misread", { what });
const tooLong = (length) => new Refused("too-large", { length, size: length, limit: LONGEST });
