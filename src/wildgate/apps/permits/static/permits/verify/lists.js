// The signed lists: which keys speak for which Party (trust list), and the state of every permit (status lists).

import { NotDeterministic, decode, isBytes, isInteger } from "./cbor.js";
import { Unfit, isStatusUri, knownKeys, party, time } from "./claims.js";
import { KIND, Refused, STATUS_LIST, hex, kidOf, openEnvelope, publicKey, same, verifiedBy } from "./envelope.js";

const [SUB, EXP, IAT, TTL, LIST, DIGESTS, TRUST] = [2, 4, 6, 65534, 65533, -65540, -65539];
const NEXT_ROOT = 16;
const LARGEST = 1 << 20;
const SHARD_BYTES = 32768;
export const PURPOSE = { PERMIT: 1, ENDORSEMENT: 2, STATUS: 3, NOTE: 4 };
export const COMPROMISED = 2;

// A trust list signed by one of `roots` (thumbprints); with null the root inside it is taken, on the word of the caller.
export async function readTrustList(data, roots = null, newerThan = -1) {
  try {
    const envelope = openEnvelope(data, LARGEST);
    if (envelope.kind !== KIND.TRUST_LIST) throw new Unfit("it is not a trust list");
    const found = await trustList(decode(envelope.payload));
    const trusted = roots === null || roots.includes(found.root.thumbprint);
    if (!trusted || kidOf(found.root) !== envelope.kid || !(await verifiedBy(found.root, envelope))) throw new Refused("trust-root");
    if (found.sequence < newerThan) throw new Refused("trust-rollback", { found: found.sequence, seen: newerThan });
    return found;
  } catch (fault) {
    if (fault instanceof Unfit || fault instanceof NotDeterministic) throw new Refused("trust-list", { why: fault.message });
    throw fault;
  }
}

async function trustList(claims) {
  knownKeys(claims, [EXP, IAT, TTL, TRUST], "the list");
  const body = claims.get(TRUST);
  knownKeys(body, [0, 1, 2, 3, 4, 5, NEXT_ROOT], "the list");
  if (body.get(0) !== 1) throw new Unfit("it is of another version");
  const [sequence, entries, parties, operator] = [1, 2, 3, 4].map((key) => body.get(key));
  const root = await publicKey(body.get(5));
  const next = body.has(NEXT_ROOT) ? await publicKey(body.get(NEXT_ROOT)) : root;
  if (!isInteger(sequence) || !Array.isArray(entries) || entries.length > 10000 || !(parties instanceof Map) || typeof operator !== "string" || !root || !next) {
    throw new Unfit("a part of it is missing");
  }
  return {
    operator, sequence: Number(sequence), root, roots: [root, next], issued: time(claims, IAT, "the time of issue"),
    expires: time(claims, EXP, "the end of validity"), ttl: time(claims, TTL, "the time to live"),
    entries: await Promise.all(entries.map(trustEntry)),
    parties: new Map([...parties].map(([code, row]) => [party(code, "a Party"), partyEntry(row)])),
  };
}

async function trustEntry(row) {
  if (!Array.isArray(row) || row.length < 7 || row.length > 8) throw new Unfit("a key's entry is not complete");
  const [code, kid, purpose, cose, since, until, state, ...rest] = row;
  const key = await publicKey(cose);
  if (!key) throw new Unfit("a public key is not valid");
  if (!isBytes(kid) || hex(kid) !== kidOf(key)) throw new Unfit("a key is not named by its thumbprint");
  if (![1, 2, 3, 4].includes(purpose) || ![0, 1, 2].includes(state)) throw new Unfit("a key's purpose or state is unknown");
  if (![since, until, ...rest].every((moment) => isInteger(moment) && moment >= 0 && moment < 2 ** 33)) throw new Unfit("a key's time is out of range");
  return { party: party(code, "a key's Party"), kid: hex(kid), purpose, key, since: Number(since), until: Number(until), state };
}

function partyEntry(row) {
  if (!Array.isArray(row) || row.length !== 5 || typeof row[0] !== "string" || !(row[1] instanceof Map) || typeof row[3] !== "string") {
    throw new Unfit("a Party's entry is not complete");
  }
  return { statusBase: row[0], names: row[1], advisory: row[3] };
}

// The keys of one or several trust lists, found by their name; the strictest word on a key counts.
export class Keyring {
  constructor(lists) {
    this.lists = lists;
    this.byKid = new Map();
    const found = new Map();
    for (const source of lists) for (const entry of source.entries) {
      const kept = this.byKid.get(entry.kid);
      if (!kept || kept.entry.state < entry.state) this.byKid.set(entry.kid, { entry, source });
      found.set(entry.kid, [...(found.get(entry.kid) ?? []), [entry, source]]);
    }
    // Reasons to hold what a key signed, by its name: where several lists contradict each other.
    this.conflicts = new Map([...found].map(([kid, pairs]) => [kid, conflict(pairs, lists)]).filter(([, why]) => why));
  }

  find(kid) { return this.byKid.get(kid); }

  // What is said of a Party: by its own list, else by the first of the others.
  party(code) {
    const said = this.lists.filter((source) => source.parties.has(code));
    return (said.findLast((source) => source.operator === code) ?? said[0])?.parties.get(code);
  }

  knows(code) { return this.lists.some((source) => source.entries.some((entry) => entry.party === code)); }
}

export const sameKey = (one, other) => one.party === other.party && one.purpose === other.purpose && one.key.thumbprint === other.key.thumbprint;

function conflict([[first, source], ...rest], lists) {
  const other = rest.find(([entry]) => !sameKey(entry, first));
  if (other) return { code: "trust-conflict", values: { one: source.operator, other: other[1].operator } };
  const theirs = lists.findLast((list) => list.operator === first.party);
  if (theirs && !theirs.entries.some((entry) => entry.kid === first.kid)) {
    return { code: "trust-not-own", values: { one: source.operator, party: first.party } };
  }
  return null;
}

export async function readStatusList(data, uri, keys) {
  return unreadable(uri, async () => {
    const claims = await openList(data, uri, keys, STATUS_LIST, 40960);
    knownKeys(claims, [SUB, IAT, EXP, TTL, LIST], "the list");
    return { ...times(claims), packed: await inflate(claims.get(LIST)) };
  });
}

export async function readDigests(data, uri, keys) {
  return unreadable(uri, async () => {
    const claims = await openList(data, uri, keys, KIND.DIGESTS, LARGEST);
    knownKeys(claims, [SUB, IAT, EXP, TTL, DIGESTS], "the list");
    const body = claims.get(DIGESTS);
    knownKeys(body, [0, 1, 2], "the list");
    const [slots, annex] = [body.get(1), body.get(2)];
    if (!isBytes(slots) || slots.length % 8 || !(annex instanceof Map) || ![...annex.values()].every(isBytes)) throw new Unfit("a digest is not 8 bytes long");
    return { ...times(claims), slots, annex };
  });
}

export function holds(digests, index, page, digest) {
  const [slots, place] = page === 1 ? [digests.slots, index] : [digests.annex.get(index) ?? new Uint8Array(), page - 2];
  return same(slots.subarray(place * 8, place * 8 + 8), digest.subarray(0, 8));
}

// The 4 bits at `index`; a place beyond the list reads CANCELLED, as an unused one does.
export const stateAt = (list, index) => (index < list.packed.length * 2 ? (list.packed[index >> 1] >> ((index & 1) << 2)) & 15 : 1);

const times = (claims) => ({ issued: time(claims, IAT, "its time"), expires: time(claims, EXP, "its end"), ttl: time(claims, TTL, "its time to live") });

async function unreadable(uri, read) {
  try {
    return await read();
  } catch (fault) {
    if (fault instanceof Unfit || fault instanceof NotDeterministic || (fault instanceof Refused && fault.code !== "unsupported")) {
      throw new Refused("status-unreadable", { uri, why: fault.message });
    }
    throw fault;
  }
}

async function openList(data, uri, keys, kind, limit) {
  if (!isStatusUri(uri)) throw new Unfit("it is not the name of a list");
  const envelope = openEnvelope(data, limit);
  const found = keys.find(envelope.kid);
  if (envelope.kind !== kind || !found) throw new Unfit("it is of another kind or signed with an unknown key");
  const { entry } = found;
  if (entry.purpose !== PURPOSE.STATUS || entry.party !== uri.slice(0, 2) || entry.state === COMPROMISED) throw new Unfit("its key may not sign the status lists of this Party");
  if (!(await verifiedBy(entry.key, envelope))) throw new Unfit("its signature is wrong");
  const claims = decode(envelope.payload);
  if (!(claims instanceof Map) || claims.get(SUB) !== uri) throw new Unfit("it is the list of another name");
  const issued = claims.get(IAT);
  if (!isInteger(issued) || issued < entry.since || issued > entry.until) throw new Unfit("it was signed when its key was not in force");
  return claims;
}

// At most one shard of states: a hostile list cannot fill the memory.
async function inflate(listed) {
  if (!(listed instanceof Map) || listed.size !== 2 || listed.get("bits") !== 4 || !isBytes(listed.get("lst"))) throw new Unfit("it does not hold 4 bits for each permit");
  const reader = new Blob([listed.get("lst")]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const out = new Uint8Array(SHARD_BYTES);
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (size + part.value.length > SHARD_BYTES) throw new Unfit("it holds more or less than one shard");
      out.set(part.value, size);
      size += part.value.length;
    }
  } catch (fault) {
    if (fault instanceof Unfit) { await reader.cancel().catch(() => {}); throw fault; }
    throw new Unfit("it cannot be decompressed");
  }
  if (!size) throw new Unfit("it holds more or less than one shard");
  return out.subarray(0, size);
}
