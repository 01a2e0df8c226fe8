// This device's own key and its queue of endorsements. The private key cannot leave the browser; each record names the
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
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("device");
    asked.result.createObjectStore("queue", { keyPath: ["device", "sequence"] });
  };
  return request(asked);
}

const database = open();
const store = async (name, mode = "readonly") => (await database).transaction(name, mode).objectStore(name);

// { keys, device, officer, name, station, until, sequence, previous }, or undefined before the first enrolment.
export const held = async () => request((await store("device")).get("own"));
const hold = async (own) => request((await store("device", "readwrite")).put(own, "own"));

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

// Sign what the officer entered and put it at the end of the queue. One at a time, also over several windows.
export async function keep(entered, shown) {
  return navigator.locks.request(NAME, async () => {
    const own = await held();
    const sequence = own.sequence + 1;
    const made = `${new Date().toISOString().slice(0, 19)}Z`;
    const body = JSON.stringify({ version: 1, device: own.device, sequence, previous: own.previous, made, ...entered });
    const bytes = new TextEncoder().encode(body);
    const signature = hex(new Uint8Array(await crypto.subtle.sign({ ...CURVE, hash: "SHA-256" }, own.keys.privateKey, bytes)));
    const digest = hex(await sha256(bytes));
    const record = { device: own.device, person: own.person, sequence, digest, body, signature, made, shown, answer: null };
    const change = (await database).transaction(["device", "queue"], "readwrite");
    change.objectStore("queue").add(record);
    change.objectStore("device").put({ ...own, sequence, previous: digest }, "own");
    await new Promise((resolve, reject) => { change.oncomplete = resolve; change.onabort = () => reject(change.error); });
    return record;
  });
}

export async function answered(record, answer) {
  await request((await store("queue", "readwrite")).put({ ...record, answer }));
}

// What was answered long ago is no longer needed: the register has it.
export async function tidy() {
  const oldest = new Date(Date.now() - KEPT_DAYS * 86400000).toISOString();
  for (const each of await everything()) {
    if (each.answer && each.made < oldest) await request((await store("queue", "readwrite")).delete([each.device, each.sequence]));
  }
}
