// The verdict: may this permit be relied on, by this reader, now? The same rules and the same codes as wildgate.seal.
// The table of answers by role and state comes as data (words.table), so that it exists once.

import { readClaims, stamp } from "./claims.js";
import { KIND, Refused, hex, openEnvelope, sha256, verifiedBy } from "./envelope.js";
import { COMPROMISED, PURPOSE, holds, readDigests, readStatusList, stateAt } from "./lists.js";
import { fromText } from "./text.js";

const SLACK = 300;
const TOO_LATE = { 0: "key-time", 1: "key-retired", 2: "key-stolen-after" };
const PURPOSES = { [KIND.PERMIT]: PURPOSE.PERMIT, [KIND.ENDORSEMENT]: PURPOSE.ENDORSEMENT, [KIND.NOTE]: PURPOSE.NOTE, [KIND.COMPANION]: PURPOSE.PERMIT };
const WHAT = { [KIND.PERMIT]: "permits", [KIND.ENDORSEMENT]: "endorsements", [KIND.NOTE]: "notes", [KIND.COMPANION]: "permits" };
const UNDECIDED = ["unsupported", "unknown-party"]; // cannot be checked here: neither genuine nor forged
const STATES = { 0: "valid", 1: "cancelled", 2: "suspended", 3: "replaced", 12: "partly-used", 13: "exported", 14: "used", 15: "lost" };

// `files(path)` answers with the bytes of a status file, or undefined; `now` is in seconds.
export async function verdict(data, role, now, { keys, files, words }) {
  try {
    const token = data[0] === 0xd2 ? data : fromText(typeof data === "string" ? data : new TextDecoder().decode(data));
    const envelope = openEnvelope(token);
    const { entry, source, claims } = await trusted(envelope, keys);
    await outOfTime(claims, entry, now, { keys, files });
    const digest = await sha256(envelope.signed);
    const notes = notesOn(source, keys, now);
    const conflict = keys.conflicts.get(entry.kid);
    if (conflict) notes.push(["hold", conflict]);
    if (claims.type === "endorsement") return endorsed(claims, entry, notes, digest);
    if (claims.type === "note") return noted(claims, entry, now, notes, digest);
    if (claims.type === "companion") return await beside(claims, entry, role, now, notes, digest, { keys, files, words });
    return await permit(claims, digest, entry, role, now, notes, { keys, files, words });
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    if (UNDECIDED.includes(fault.code)) return result(false, "unknown", "hold", [told(fault.code, fault.values)]);
    return result(false, "unknown", "refuse", [told(fault.code, fault.values)], fault.facts, fault.digest);
  }
}

async function trusted(envelope, keys) {
  const purpose = PURPOSES[envelope.kind];
  if (purpose === undefined) throw new Refused("wrong-kind");
  const found = keys.find(envelope.kid);
  if (!found) {
    const { party } = readClaims(envelope);
    throw new Refused(keys.knows(party) ? "unknown-key" : "unknown-party", { party });
  }
  const { entry, source } = found;
  if (entry.purpose !== purpose) throw new Refused("key-purpose", { what: WHAT[envelope.kind] });
  if (entry.key.alg !== envelope.alg) throw new Refused("key-algorithm");
  if (!(await verifiedBy(entry.key, envelope))) throw new Refused("signature");
  const claims = readClaims(envelope);
  if (claims.party !== entry.party) throw new Refused("key-party", { owner: entry.party, party: claims.party });
  return { entry, source, claims };
}

async function outOfTime(claims, entry, now, { keys, files }) {
  if (claims.issued < entry.since) throw new Refused("key-time", { date: claims.issued, party: entry.party });
  if (claims.issued > entry.until) throw new Refused(TOO_LATE[entry.state], { date: claims.issued, party: entry.party });
  if (claims.issued > now + SLACK && !(await behind(claims, now, { keys, files }))) throw new Refused("issued-in-future", { date: claims.issued });
}

// A list that was signed later than now proves that the clock is behind: then now says nothing about a date.
async function behind(claims, now, { keys, files }) {
  const { list } = claims.uri ? await statusOf(claims, { keys, files }) : {};
  return Math.max(newest(keys), list?.issued ?? 0) > now + SLACK;
}

const newest = (keys) => Math.max(...keys.lists.map((list) => list.issued));

function notesOn(source, keys, now) {
  if (newest(keys) > now + SLACK) return [["hold", told("clock-behind", { date: newest(keys) })]];
  if (now > source.expires) return [["hold", told("trust-expired", { date: source.expires })]];
  return now > source.issued + source.ttl ? [["accept", told("trust-as-of", { date: source.issued })]] : [];
}

async function permit(claims, digest, entry, role, now, notes, { keys, files, words }) {
  const party = claims.party;
  const listed = await registered(claims, digest, { keys, files });
  if (entry.state === COMPROMISED) {
    if (listed === null) return unproven("key-stolen", claims, notes, digest);
    if (!listed) throw refused("key-stolen-unlisted", { party }, claims, digest);
    notes.push(["accept", told("key-stolen-listed", { party })]);
  }
  if (listed === false) throw refused("not-in-register", { party }, claims, digest);
  const status = await statusOf(claims, { keys, files });
  let [state, rulings] = ["expired", [["refuse", told("expired", { date: claims.facts.valid_until })]]];
  if (now <= claims.expires) [state, rulings] = judge(claims, status, role, now, words);
  const said = rulings.map(([, why]) => why.code);
  rulings = [...rulings, ...notes.filter(([, why]) => !said.includes(why.code)), ...remarks(claims, keys)];
  const answers = rulings.map(([answer]) => answer);
  const answer = ["refuse", "hold"].find((one) => answers.includes(one)) ?? "accept";
  return result(true, state, answer, rulings.map(([, why]) => why), claims.facts, digest, status.list?.issued ?? null, now);
}

// A label tells of its permit but never stands for it; a blank is nothing until it is completed.
async function beside(claims, entry, role, now, notes, digest, { keys, files, words }) {
  if (entry.state === COMPROMISED) return unproven("key-stolen", claims, notes, digest);
  const { number } = claims.facts;
  const over = told("expired", { date: claims.facts.valid_until });
  if (claims.facts.kind === "blank") {
    const whys = [told("incomplete", { number }), ...(now > claims.expires ? [over] : [])];
    return result(true, "incomplete", "refuse", whys, claims.facts, digest);
  }
  const status = await statusOf(claims, { keys, files });
  let [state, rulings] = ["expired", [["refuse", over]]];
  if (now <= claims.expires) [state, rulings] = judge(claims, status, role, now, words);
  const grave = rulings.filter(([answer]) => answer !== "accept");
  const answer = grave.some(([one]) => one === "refuse") ? "refuse" : "hold";
  const reasons = [told("label", { number }), ...[...grave, ...notes].map(([, why]) => why)];
  return result(true, state, answer, reasons, claims.facts, digest, status.list?.issued ?? null, now);
}

async function registered(claims, digest, { keys, files }) {
  const data = await files(digestsPath(claims.uri));
  if (!data) return null;
  let register;
  try {
    register = await readDigests(data, claims.uri, keys);
  } catch (fault) {
    if (fault instanceof Refused) return null;
    throw fault;
  }
  if (holds(register, claims.index, claims.page, digest)) return true;
  return register.issued <= claims.issued ? null : false;
}

async function statusOf(claims, { keys, files }) {
  const data = await files(statusPath(claims.uri));
  if (!data) return {};
  try {
    return { list: await readStatusList(data, claims.uri, keys) };
  } catch (fault) {
    if (fault instanceof Refused) return { problem: told(fault.code, fault.values) };
    throw fault;
  }
}

function judge(claims, { list, problem }, role, now, words) {
  const missing = ["hold", told("status-missing", { party: claims.party })];
  if (problem) return ["unknown", [missing, ["hold", problem]]];
  if (!list) return ["unknown", [missing]];
  const state = STATES[stateAt(list, claims.index)];
  const doubt = doubtOf(claims, list, now);
  if (!state || doubt) return ["unknown", [["hold", told(doubt || "status-newer", { date: list.issued })]]];
  const [answer, code, sentence] = answerTo(role, state, claims, words);
  const rulings = [[answer, { code, values: {}, sentence }]];
  if (now > list.issued + list.ttl) rulings.push(["accept", told("status-as-of", { date: list.issued })]);
  return [state, rulings];
}

// The table, but what is used on arrival only is never endorsed first, and any number of crossings has no balance.
function answerTo(role, state, claims, words) {
  if (role === "import" && state === "valid" && words.used_on_arrival.includes(claims.kind)) return words.arrival;
  if (claims.mostUses === 0 && state === "partly-used" && role !== "public") return words.crossing;
  return words.table[state][role];
}

function doubtOf(claims, list, now) {
  if (list.issued > now + SLACK) return "clock-behind";
  if (now > list.expires) return "status-expired";
  return list.issued < claims.issued && claims.type === "permit" ? "status-older" : "";
}

function remarks(claims, keys) {
  const found = [];
  if (claims.pages > 1) found.push(["accept", told("scan-every-page", { page: claims.page, pages: claims.pages })]);
  if (claims.newer) found.push(["accept", told("newer-profile")]);
  const advisory = keys.party(claims.party)?.advisory;
  if (advisory) found.push(["accept", told("advisory", { text: advisory })]);
  return found;
}

function endorsed(claims, entry, notes, digest) {
  if (entry.state === COMPROMISED) return unproven("key-stolen-endorsement", claims, notes, digest);
  return standing("endorsement", told("endorsement", { party: claims.party }), claims, notes, digest);
}

// A note stands until its last day; whether a listing changed before that day, only the authority's own page knows.
function noted(claims, entry, now, notes, digest) {
  if (entry.state === COMPROMISED) return unproven("key-stolen-note", claims, notes, digest);
  if (now > claims.expires) return result(true, "expired", "refuse", [told("expired", { date: claims.facts.valid_until })], claims.facts, digest);
  return standing("valid", told("note", { party: claims.party, law: claims.facts.law }), claims, notes, digest);
}

function standing(state, why, claims, notes, digest) {
  const answer = notes.some(([one]) => one === "hold") ? "hold" : "accept";
  return result(true, state, answer, [why, ...notes.map(([, note]) => note)], claims.facts, digest);
}

// Neither genuine nor forged as far as anybody here can tell: whoever stole a key signs as well as its owner.
function unproven(code, claims, notes, digest) {
  return result(false, "unknown", "hold", [told(code, { party: claims.party }), ...notes.map(([, note]) => note)], claims.facts, digest);
}

function refused(code, values, claims, digest) {
  return Object.assign(new Refused(code, values), { facts: claims.facts, digest });
}

function result(genuine, state, answer, reasons, facts = {}, digest = null, asOf = null, now = null) {
  return { genuine, state, answer, reasons, facts, lists_as_of: asOf === null ? null : stamp(asOf),
    age: asOf === null ? null : Math.max(0, Math.floor(now - asOf)), digest: digest ? hex(digest) : null };
}

const told = (code, values = {}) => ({ code, values });
export const statusPath = (uri) => `${uri}.cwt`;
export const digestsPath = (uri) => uri.replace(/\/(\d+)$/, "/digests/$1.cwt");
