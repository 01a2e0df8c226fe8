// What this device keeps: the trust list, the status lists of the home Party, and the root key it first saw.
// Nothing about a permit that was checked is kept. A list is never replaced by an older one.

import { decode } from "./cbor.js";
import { KIND, Refused, STATUS_LIST, openEnvelope } from "./envelope.js";
import { Keyring, readDigests, readStatusList, readTrustList, sameKey } from "./lists.js";

const NAME = "wildgate-verify";
const TIMEOUT = 8000;

const request = (asked) => new Promise((resolve, reject) => {
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

async function open() {
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("files");
  return request(asked);
}

const database = open();
const files = async (mode) => (await database).transaction("files", mode).objectStore("files");

export const read = async (path) => request((await files("readonly")).get(path));
const write = async (path, data) => request((await files("readwrite")).put(data, path));
const SLACK = 300;
const PARTNER = "trust:";
const partnerNames = async () => (await request((await files("readonly")).getAllKeys())).filter((name) => String(name).startsWith(PARTNER));

// The signed file at `address`; undefined without a connection or where there is none.
async function download(address) {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT), cache: "no-cache", credentials: "omit" });
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : undefined;
  } catch {
    return undefined;
  }
}

// The keyring of this device, renewed where possible. Refused("no-lists") before the first visit with a connection.
export async function keyring() {
  const held = await read("trust");
  const fresh = await download("/trust.cwt");
  if (fresh && !(held && same(held.data, fresh))) {
    const found = await readTrustList(fresh, held ? held.roots : null, held ? held.sequence : -1);
    const roots = found.roots.map((root) => root.thumbprint);
    await write("trust", { data: fresh, roots, sequence: found.sequence });
    return { keys: new Keyring([found, ...await partners()]), online: true };
  }
  if (!held) throw new Refused("no-lists");
  return { keys: new Keyring([await readTrustList(held.data, held.roots), ...await partners()]), online: Boolean(fresh) };
}

// The lists of other authorities that were compared and kept on this device.
export async function partners() {
  const kept = await Promise.all((await partnerNames()).map(read));
  return Promise.all(kept.map(({ data, roots }) => readTrustList(data, roots)));
}

export const forget = async (keeper) => request((await files("readwrite")).delete(PARTNER + keeper));

// A signed file of another authority. A trust list is taken when its root key was compared (`fingerprint`), or when it
// follows from the one kept before; a status list when a known key signed it. Returns the trust list, or null.
export async function take(data, name, now, fingerprint = "") {
  let kind;
  try {
    ({ kind } = openEnvelope(data, 1 << 20));
  } catch {
    throw new Refused("not-a-list", { file: name });
  }
  if (kind === KIND.TRUST_LIST) return takeTrust(data, now, fingerprint);
  if (kind !== STATUS_LIST && kind !== KIND.DIGESTS) throw new Refused("not-a-list", { file: name });
  const uri = String(claimsOf(data)?.get(2));
  const { keys } = await keyring();
  await (kind === STATUS_LIST ? readStatusList : readDigests)(data, uri, keys);
  const path = kind === STATUS_LIST ? `${uri}.cwt` : uri.replace(/\/(\d+)$/, "/digests/$1.cwt");
  const old = await keep(path, data);
  if (old) throw old;
  return null;
}

async function takeTrust(data, now, fingerprint) {
  const found = await readTrustList(data);
  const keeper = found.operator;
  const own = await read("trust");
  if (own && (await readTrustList(own.data, own.roots)).operator === keeper) throw new Refused("trust-own", { keeper });
  if (now > found.expires) throw new Refused("trust-ended", { day: new Date(found.expires * 1000).toISOString().slice(0, 10), keeper });
  const held = await read(PARTNER + keeper);
  if (held && found.sequence < held.sequence) throw new Refused("trust-rollback", { found: found.sequence, seen: held.sequence });
  if (!held?.roots.includes(found.root.thumbprint)) {
    if (!fingerprint) return found;
    const typed = fingerprint.replace(/[^0-9a-z]/gi, "").toLowerCase();
    if (typed !== spokenPrint(found.root) && typed !== found.root.thumbprint) throw new Refused("trust-fingerprint", { keeper });
  }
  const others = new Set([...found.entries.map((entry) => entry.party), ...found.parties.keys()].filter((party) => party !== keeper));
  if (/^[A-Z]{2}$/.test(keeper) && others.size) throw new Refused("trust-speaks-for", { keeper, others: [...others].sort().join(", ") });
  for (const list of (await keyring()).keys.lists) if (list.operator !== keeper) disputed(found, list);
  await write(PARTNER + keeper, { data, roots: found.roots.map((root) => root.thumbprint), sequence: found.sequence });
  return null;
}

function disputed(found, list) {
  for (const entry of found.entries) {
    const other = list.entries.find((one) => one.kid === entry.kid);
    if (other && !sameKey(other, entry)) {
      throw new Refused("trust-disputed", { keeper: found.operator, kid: entry.kid, party: entry.party, source: list.operator, other: other.party });
    }
  }
}

// The fingerprint as digits: what is read aloud.
const spokenPrint = (root) => (BigInt(`0x${root.thumbprint}`) % 10n ** 60n).toString().padStart(60, "0");

// Fetch the list and its digest file for one code, when they can be had. Called before a verdict while online.
export async function refresh(paths) {
  const old = await Promise.all(paths.map(async (path) => keep(path, await download(`/status/${path}`))));
  return old.find(Boolean);
}

// Everything of `party` that its index names and this device does not hold as new; `tell(done, of)` as it goes.
export async function fetchAll(party, tell = () => {}) {
  const index = await download(`/status/${party}/index.cwt`);
  const shards = index ? claimsOf(index)?.get(-65542)?.get(1) : undefined;
  const wanted = [];
  for (const [uri, [issued]] of shards ?? []) {
    for (const path of [`${uri}.cwt`, uri.replace(/\/(\d+)$/, "/digests/$1.cwt")]) {
      const held = await read(path);
      if (!held || issuedAt(held) < Number(issued)) wanted.push(path);
    }
  }
  for (const [done, path] of wanted.entries()) {
    tell(done, wanted.length);
    await refresh([path]);
  }
}

// The signature is checked when the list is used; here only its date decides whether it is newer. Answers with the
// reason when what came is an old list.
async function keep(path, data) {
  if (!data) return;
  const held = await read(path);
  const [found, seen] = [issuedAt(data), held ? issuedAt(held) : 0];
  if (found >= seen) await write(path, data);
  if (found < seen - SLACK) return new Refused("status-rollback", { uri: path.replace(/\.cwt$/, ""), found: spoken(found), seen: spoken(seen) });
  return undefined;
}

const spoken = (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;

export const issuedAt = (data) => Number(claimsOf(data)?.get(6) ?? 0);

function claimsOf(data) {
  try {
    return decode(openEnvelope(data, 1 << 20).payload);
  } catch {
    return undefined;
  }
}

const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
