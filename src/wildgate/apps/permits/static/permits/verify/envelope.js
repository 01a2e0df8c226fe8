// The envelope of everything signed: one strict spelling of COSE_Sign1 (RFC 9052), and the keys that check it.

import { NotDeterministic, compare, decode, isBytes } from "./cbor.js";

export const KIND = { PERMIT: 65001, ENDORSEMENT: 65002, TRUST_LIST: 65003, DIGESTS: 65004, NOTE: 65005, COMPANION: 65008 };
export const STATUS_LIST = "application/statuslist+cwt";
export const LARGEST_TOKEN = 1024;
const SIGNATURE = 64;
const KID = 8;
const ES256 = -7;
const EDDSA = -8;

// A reason that is told: its code, and the values of its sentence.
export class Refused extends Error {
  constructor(code, values = {}) { super(code); this.code = code; this.values = values; }
}

export function openEnvelope(data, limit = LARGEST_TOKEN) {
  if (data.length > limit) throw new Refused("too-large", { size: data.length, limit, length: data.length });
  if (data[0] !== 0xd2) throw new Refused("not-a-seal");
  const parts = split(data);
  if (!parts) throw damaged("it is not written as the four parts of a signed message");
  const [protectedHeader, payload, signature] = parts;
  return { ...readHeader(protectedHeader), payload, signature, signed: sigStructure(protectedHeader, payload) };
}

function split(data) {
  const tail = data.length - SIGNATURE - 2;
  if (tail < 6 || data[1] !== 0x84 || data[tail] !== 0x58 || data[tail + 1] !== SIGNATURE) return null;
  const header = byteString(data, 2);
  if (!header || header[1] >= tail || data[header[1]] !== 0xa0) return null;
  const body = byteString(data, header[1] + 1);
  if (!body || body[1] !== tail) return null;
  return [data.subarray(...header), data.subarray(...body), data.subarray(tail + 2)];
}

// Where the byte string at `at` begins and ends; null unless it is one in its shortest form.
function byteString(data, at) {
  const head = data[at];
  if (head >= 0x40 && head < 0x58) return [at + 1, at + 1 + head - 0x40];
  if (!(head >= 0x58 && head <= 0x5a)) return null;
  const width = 1 << (head - 0x58);
  let size = 0;
  for (const byte of data.subarray(at + 1, at + 1 + width)) size = size * 256 + byte;
  if (size < (width === 1 ? 24 : 2 ** (4 * width))) return null;
  return [at + 1 + width, at + 1 + width + size];
}

function readHeader(bytes) {
  let header;
  try {
    header = decode(bytes);
  } catch (fault) {
    if (fault instanceof NotDeterministic) throw damaged(fault.message);
    throw fault;
  }
  if (!(header instanceof Map) || header.size !== 3 || ![1, 4, 16].every((key) => header.has(key))) {
    throw damaged("its header does not have exactly an algorithm, a key and a type");
  }
  const [alg, kid, kind] = [1, 4, 16].map((key) => header.get(key));
  if (alg !== ES256 && alg !== EDDSA) throw new Refused("algorithm", { alg: String(alg) });
  if (!isBytes(kid) || kid.length !== KID) throw damaged("its key is not named by 8 bytes");
  if (!Number.isInteger(kind) && kind !== STATUS_LIST) throw damaged("its type is not understood");
  return { alg, kid: hex(kid), kind };
}

const damaged = (what) => new Refused("not-canonical", { what });

function bstr(data) {
  const size = data.length;
  const head = size < 24 ? [0x40 | size] : size < 256 ? [0x58, size] : size < 65536 ? [0x59, size >> 8, size & 255]
    : [0x5a, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255];
  return join(Uint8Array.from(head), data);
}

function sigStructure(header, payload) {
  return join(Uint8Array.of(0x84, 0x6a), new TextEncoder().encode("Signature1"), bstr(header), Uint8Array.of(0x40), bstr(payload));
}

export function join(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { out.set(part, at); at += part.length; }
  return out;
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

// A public key from its COSE form; null unless it is a point of P-256 or an Ed25519 key with the required members only.
export async function publicKey(cose) {
  if (!(cose instanceof Map)) return null;
  const [type, curve, x, y] = [1, -1, -2, -3].map((label) => cose.get(label));
  if (!isBytes(x) || x.length !== 32) return null;
  if (type === 2 && curve === 1 && cose.size === 4 && isBytes(y) && y.length === 32 && onP256(big(x), big(y))) {
    return { alg: ES256, raw: join(Uint8Array.of(4), x, y), thumbprint: hex(await sha256(join(
      Uint8Array.of(0xa4, 1, 2, 0x20, 1, 0x21, 0x58, 0x20), x, Uint8Array.of(0x22, 0x58, 0x20), y))) };
  }
  if (type === 1 && curve === 6 && cose.size === 3) {
    return { alg: EDDSA, raw: x, thumbprint: hex(await sha256(join(Uint8Array.of(0xa3, 1, 1, 0x20, 6, 0x21, 0x58, 0x20), x))) };
  }
  return null;
}

export const kidOf = (key) => key.thumbprint.slice(0, 2 * KID);

// Whether `key` signed the envelope. Refused("unsupported") where this browser cannot check that algorithm.
export async function verifiedBy(key, envelope) {
  if (key.alg !== envelope.alg) return false;
  const name = key.alg === ES256 ? { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } : { name: "Ed25519" };
  let loaded;
  try {
    loaded = key.loaded ??= await crypto.subtle.importKey("raw", key.raw, name, false, ["verify"]);
  } catch {
    throw new Refused("unsupported");
  }
  return crypto.subtle.verify(name, loaded, envelope.signature, envelope.signed);
}

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const big = (bytes) => BigInt(`0x${hex(bytes)}`);
const onP256 = (x, y) => x < P && y < P && (y * y - (x * x - 3n) * x - B) % P === 0n;

export const same = (one, other) => compare(one, other) === 0;
