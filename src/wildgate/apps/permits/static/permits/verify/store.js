// What this device keeps: the trust list, the status lists of the home Party, and the root key it first saw.
// Nothing about a permit that was checked is kept. A list is never replaced by an older one.

import { decode } from "./cbor.js";
import { Refused, openEnvelope } from "./envelope.js";
import { Keyring, readTrustList } from "./lists.js";

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
    return { keys: new Keyring([found]), online: true };
  }
  if (!held) throw new Refused("no-lists");
  return { keys: new Keyring([await readTrustList(held.data, held.roots)]), online: Boolean(fresh) };
}

// Fetch the list and its digest file for one code, when they can be had. Called before a verdict while online.
export async function refresh(paths) {
  await Promise.all(paths.map(async (path) => keep(path, await download(`/status/${path}`))));
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

// The signature is checked when the list is used; here only its date decides whether it is newer.
async function keep(path, data) {
  if (!data) return;
  const held = await read(path);
  if (!held || issuedAt(data) >= issuedAt(held)) await write(path, data);
}

export const issuedAt = (data) => Number(claimsOf(data)?.get(6) ?? 0);

function claimsOf(data) {
  try {
    return decode(openEnvelope(data, 1 << 20).payload);
  } catch {
    return undefined;
  }
}

const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
