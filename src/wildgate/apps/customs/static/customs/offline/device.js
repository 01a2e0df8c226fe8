// This device's own key, its queue of endorsements and the photographs beside them. The private key cannot leave the browser; each record names the
// one before it, so that none can be dropped or exchanged unseen.

import { hex, sha256 } from "../../permits/verify/envelope.js";

const NAME = "wildgate-border";
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const KEPT_DAYS = 30;

const request = (asked) => new Promise((resolve, reject) => {
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

async function open() {
  const asked = indexedDB.open(NAME, 2);
  asked.onupgradeneeded = ({ oldVersion }) => {
    if (!oldVersion) {
      asked.result.createObjectStore("device");
      asked.result.createObjectStore("queue", { keyPath: ["device", "sequence"] });
    }
    const photographs = asked.result.createObjectStore("photographs", { keyPath: ["device", "sequence", "place"] });
    photographs.createIndex("refused", "refused");
  };
  const found = await request(asked);
  found.onversionchange = () => found.close();
  return found;
}

const database = open();
const store = async (name, mode = "readonly") => (await database).transaction(name, mode).objectStore(name);

// Done is what lies on the disk: a battery may die at any moment.
async function written(names, change) {
  const all = (await database).transaction(names, "readwrite", { durability: "strict" });
  try {
    change(...names.map((name) => all.objectStore(name)));
  } catch (fault) {
    all.abort(); // else what came before the fault would be kept alone
    throw fault;
  }
  await new Promise((resolve, reject) => { all.oncomplete = resolve; all.onabort = () => reject(all.error); });
}

// { keys, device, officer, name, station, until, sequence, previous }, or undefined before the first enrolment.
export const held = async () => request((await store("device")).get("own"));
const hold = (own) => written(["device"], (device) => { device.put(own, "own"); });

export const everything = async () => request((await store("queue")).getAll());
export const waiting = async () => (await everything()).filter((each) => !each.answer);

// A new key, enrolled by `tell(point)`. What an earlier one signed stays in the queue under its own name.
export async function enrol(tell) {
  const keys = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const point = hex(new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey)));
  const own = { keys, ...await tell(point) };
  await hold(own);
  return own;
}

// Sign what the officer entered and put it at the end of the queue, with its photographs: all or nothing. One at a time,
// also over several windows.
export async function keep(entered, shown, photographs = []) {
  return navigator.locks.request(NAME, async () => {
    const own = await held();
    const sequence = own.sequence + 1;
    const made = `${new Date().toISOString().slice(0, 19)}Z`;
    const named = photographs.length ? { photographs: photographs.map((each) => each.digest) } : {};
    const body = JSON.stringify({ version: 1, device: own.device, sequence, previous: own.previous, made, ...entered, ...named });
    const bytes = new TextEncoder().encode(body);
    const signature = hex(new Uint8Array(await crypto.subtle.sign({ ...CURVE, hash: "SHA-256" }, own.keys.privateKey, bytes)));
    const digest = hex(await sha256(bytes));
    const record = { device: own.device, person: own.person, sequence, digest, body, signature, made, shown, answer: null };
    await written(["queue", "photographs", "device"], (queue, pictures, device) => {
      queue.add(record);
      for (const [at, each] of photographs.entries()) {
        pictures.add({ device: own.device, sequence, place: at + 1, record: digest, digest: each.digest, bytes: each.bytes });
      }
      device.put({ ...own, sequence, previous: digest }, "own");
    });
    return record;
  });
}

export const answered = (record, answer) => written(["queue"], (queue) => { queue.put({ ...record, answer }); });

const keyed = (key) => key.join("/");

// The keys of all photographs that are still here, in the order of the queue, and of those the refused ones as they are.
export async function photographs() {
  const kept = await store("photographs");
  const [keys, refused] = await Promise.all([request(kept.getAllKeys()), request(kept.index("refused").getAll())]);
  const stopped = new Set(refused.map((each) => keyed([each.device, each.sequence, each.place])));
  return { keys, refused, waiting: keys.filter((key) => !stopped.has(keyed(key))) };
}

export const photograph = async (key) => request((await store("photographs")).get(key));
export const gone = (key) => written(["photographs"], (kept) => { kept.delete(key); });
export const refuse = (row, sentence) => written(["photographs"], (kept) => { kept.put({ ...row, refused: sentence }); });

// What was answered long ago is no longer needed, the register has it; but not while photographs of it are here.
export async function tidy() {
  const oldest = new Date(Date.now() - KEPT_DAYS * 86400000).toISOString();
  const here = new Set((await photographs()).keys.map((key) => keyed(key.slice(0, 2))));
  for (const { answer, made, device, sequence } of await everything()) {
    if (answer && made < oldest && !here.has(keyed([device, sequence]))) {
      await written(["queue"], (queue) => { queue.delete([device, sequence]); });
    }
  }
}
