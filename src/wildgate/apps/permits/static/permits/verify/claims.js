// What a code says: the claims of a permit's page or of an endorsement, checked against the profile, as plain facts.

import { Fraction, NotDeterministic, decode, isBytes, isInteger } from "./cbor.js";
import { KIND, Refused, hex } from "./envelope.js";

export class Unfit extends Error {}

const [ISS, EXP, IAT, STATUS, PERMIT, ENDORSEMENT, NOTE, COMPANION] = [1, 4, 6, 65535, -65537, -65538, -65541, -65543];
const LATEST = 2 ** 33;
const LARGEST = 2n ** 64n - 1n;
const PARTY = /^[A-Z]{2}$/;
const encoder = new TextEncoder();
const MONTHS = { 1: 6, 2: 6, 3: 12, 4: 36, 5: 12, 6: 36, 7: 36, 8: 36, 9: 36, 10: 6, 11: 36, 12: 12, 13: 36, 14: 12, 15: 36 };
export const KINDS = { 1: "export-permit", 2: "re-export-certificate", 3: "import-permit", 4: "other-certificate",
  5: "introduction-from-the-sea-certificate", 6: "pre-convention-certificate", 7: "captive-bred-certificate",
  8: "travelling-exhibition-certificate", 9: "musical-instrument-certificate", 10: "sample-collection-certificate",
  11: "ownership-certificate", 12: "certificate-of-origin", 13: "artificially-propagated-certificate",
  14: "phytosanitary-certificate", 15: "scientific-exchange-label" };
const SOURCES = "WRDACFIOUXY";
const PURPOSES = "TZGQSHPMEBNL";
const STAGES = { 1: "export", 2: "re-export", 3: "import", 4: "transit", 5: "refusal" };
const APPENDICES = { 1: "I", 2: "II", 3: "III" };

export function readClaims(envelope) {
  try {
    if (envelope.kind === KIND.PERMIT) return readPermit(decode(envelope.payload));
    if (envelope.kind === KIND.ENDORSEMENT) return readEndorsement(decode(envelope.payload));
    if (envelope.kind === KIND.NOTE) return readNote(decode(envelope.payload));
    if (envelope.kind === KIND.COMPANION) return readCompanion(decode(envelope.payload));
  } catch (fault) {
    if (fault instanceof Unfit || fault instanceof NotDeterministic) throw new Refused("profile", { what: fault.message });
    throw fault;
  }
  throw new Refused("wrong-kind");
}

export function knownKeys(map, known, where) {
  if (!(map instanceof Map)) throw new Unfit(`${where} is not a map`);
  const extra = [...map.keys()].filter((key) => !known.includes(key));
  if (extra.some((key) => !isInteger(key) || key < 16)) throw new Unfit(`${where} has an unknown key`);
  return extra.length > 0;
}

export function time(map, key, what) {
  const value = map.get(key);
  if (!isInteger(value) || value < 0 || value >= LATEST) throw new Unfit(`${what} is missing or out of range`);
  return Number(value);
}

export function text(value, limit, what) {
  if (typeof value !== "string" || !value || encoder.encode(value).length > limit) throw new Unfit(`${what} is not a text of 1 to ${limit} bytes`);
  return value;
}

export function party(value, what) {
  if (typeof value !== "string" || !PARTY.test(value)) throw new Unfit(`${what} is not a country code of two letters`);
  return value;
}

function quantity(value, zero = false) {
  const whole = isInteger(value) && BigInt(value) <= LARGEST;
  if (!whole && !(value instanceof Fraction)) throw new Unfit("a quantity is not a positive number");
  const sign = whole ? BigInt(value) : value.mantissa;
  if (sign < 0n || (sign === 0n && !zero)) throw new Unfit("a quantity is not a positive number");
  return String(value);
}

const need = (condition, what) => { if (!condition) throw new Unfit(what); };
const list = (value, least, most) => Array.isArray(value) && value.length >= least && value.length <= most;

function readPermit(claims) {
  let newer = knownKeys(claims, [ISS, EXP, IAT, STATUS, PERMIT], "the code");
  const issuer = party(claims.get(ISS), "the issuing Party");
  const [issued, expires] = [time(claims, IAT, "the time of issue"), time(claims, EXP, "the last day of validity")];
  const [uri, index] = place(claims.get(STATUS), issuer);
  const body = claims.get(PERMIT);
  newer = knownKeys(body, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], "the permit") || newer;
  need(body.get(0) === 1, "it is of another version");
  const kind = body.get(2);
  need(isInteger(kind) && kind in KINDS, "the type of the permit is unknown");
  need(expires > issued && expires <= latestEnd(issued, MONTHS[kind]), "it is valid longer than its type allows, or for no time");
  const purpose = body.get(7) ?? null;
  need(purpose === null || (typeof purpose === "string" && purpose.length === 1 && PURPOSES.includes(purpose)), "the purpose is unknown");
  const digest = body.get(9);
  need(isBytes(digest) && digest.length === 32, "the digest of the record is not 32 bytes long");
  const [page, pages] = readPage(body.get(10));
  const mostUses = readUses(body.get(4));
  const facts = {
    number: text(body.get(1), 64, "the permit number"), party: issuer, kind: KINDS[kind], issued: stamp(issued),
    valid_until: stamp(expires).slice(0, 10), exporter: named(body.get(5)), importer: named(body.get(6)), purpose,
    lines: readLines(body.get(8)), page, pages, record_digest: hex(digest),
  };
  if (body.has(11)) facts.security_stamp = text(body.get(11), 32, "the security stamp");
  const related = readRelated(body.get(3));
  if (related.length) facts.related = related;
  if (mostUses !== null) { facts.multiple_use = true; facts.most_uses = mostUses || null; }
  return { type: "permit", party: issuer, issued, expires, uri, index, kind: Number(kind), page, pages, newer, mostUses, facts };
}

function place(claim, issuer) {
  need(claim instanceof Map && claim.size === 1 && claim.get("status_list") instanceof Map, "the place in the status list is missing");
  const found = claim.get("status_list");
  need(found.size === 2 && found.has("idx") && found.has("uri"), "the place in the status list is missing");
  const [uri, index] = [found.get("uri"), found.get("idx")];
  need(isStatusUri(uri) && uri.slice(0, 2) === issuer, "its status list is not one of the issuing Party");
  need(isInteger(index) && index >= 0 && index < 65536, "the place in the status list is out of range");
  return [uri, Number(index)];
}

export const isStatusUri = (uri) => typeof uri === "string" && /^[A-Z]{2}\/[0-9]{2}Q[1-4]\/(?:0|[1-9][0-9]{0,4})$/.test(uri);

// The last second of validity that `months` allow: the end of that day anywhere on Earth.
function latestEnd(issued, months) {
  const start = new Date(Math.floor(issued / 86400) * 86400000);
  const month = start.getUTCFullYear() * 12 + start.getUTCMonth() + months;
  const last = new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate();
  return Date.UTC(Math.floor(month / 12), month % 12, Math.min(start.getUTCDate(), last)) / 1000 + 2 * 86400 - 1;
}

function named(value) {
  need(list(value, 2, 2), "exporter or importer is missing");
  const [name, country] = value;
  if (country !== "") party(country, "the country of the exporter or importer");
  if (isBytes(name) && name.length === 8) return { name: null, country, check: hex(name) };
  if (name !== "") text(name, 48, "the name of the exporter or importer");
  return { name, country };
}

function readLines(value) {
  need(list(value, 1, 4), "it does not carry 1 to 4 lines");
  return value.map(readLine);
}

function readLine(line) {
  need(list(line, 7, 9), "a line is not complete");
  const [taxon, appendix, source, term, amount, unit, origin, number = "", marks = []] = line;
  text(taxon, 128, "a scientific name");
  need(isInteger(appendix) && appendix in APPENDICES, "an Appendix is not 1, 2 or 3");
  need(typeof source === "string" && isSource(source), "a source is unknown");
  need(areCodes(term, unit, origin), "a term, unit or country of origin is not a code");
  const shown = { taxon, appendix: APPENDICES[appendix], source, term, quantity: quantity(amount), unit, origin };
  if (line.length === 8 || (line.length === 9 && number !== "")) shown.origin_permit = text(number, 48, "the permit of origin");
  if (line.length === 9) {
    need(list(marks, 1, 64), "the marks are not a list");
    shown.marks = marks.map((mark) => text(mark, 48, "a mark"));
  }
  return shown;
}

const areCodes = (...codes) => /^[A-Z]{3} [A-Z]{3} [A-Z]{2}$/.test(codes.map((code) => (typeof code === "string" ? code : "?")).join(" "));
const isSource = (code) => (code.length === 1 || (code.length === 2 && "IO".includes(code[0]))) && [...code].every((letter) => SOURCES.includes(letter));

function readRelated(value) {
  if (value === undefined || value === null) return [];
  need(list(value, 1, 8), "the related permits are not a list");
  return value.map((number) => text(number, 64, "a related permit"));
}

function readUses(value) {
  if (value === undefined || value === null) return null;
  need(list(value, 1, 2) && value[0] === true, "the number of uses is not understood");
  if (value.length === 1) return 0;
  need(isInteger(value[1]) && value[1] > 0 && value[1] < 65536, "the number of uses is not understood");
  return Number(value[1]);
}

function readPage(value) {
  if (value === undefined || value === null) return [1, 1];
  need(list(value, 2, 2) && value.every(isInteger), "the page is not understood");
  const [page, pages] = value.map(Number);
  need(page >= 1 && page <= pages && pages <= 250, "the page is not understood");
  return [page, pages];
}

function readEndorsement(claims) {
  knownKeys(claims, [ISS, IAT, ENDORSEMENT], "the code");
  const issuer = party(claims.get(ISS), "the endorsing Party");
  const at = time(claims, IAT, "the time of endorsement");
  const body = claims.get(ENDORSEMENT);
  knownKeys(body, [0, 1, 2, 3, 4, 5, 6, 7, 8], "the endorsement");
  need(body.get(0) === 1, "it is of another version");
  const stage = body.get(3);
  need(isInteger(stage) && stage in STAGES, "the stage is unknown");
  need(/^[A-Z]{2}[A-Z0-9]{3}$/.test(text(body.get(4), 5, "the place")), "the place is not a UN/LOCODE");
  const packages = body.get(7) ?? null;
  need(packages === null || (isInteger(packages) && packages >= 0 && packages < 2 ** 32), "the number of packages is out of range");
  need(list(body.get(5), 1, 100), "it does not carry the quantities of 1 to 100 lines");
  const facts = {
    kind: "endorsement", party: issuer, number: text(body.get(1), 64, "the permit number"), stage: STAGES[stage],
    place: body.get(4), endorsed: stamp(at), quantities: body.get(5).map((amount) => quantity(amount, true)),
    transport_document: body.has(6) ? text(body.get(6), 48, "the transport document") : null,
    packages: packages === null ? null : Number(packages), permit_digest: digest16(body, 2),
    previous: body.has(8) ? digest16(body, 8) : null,
  };
  return { type: "endorsement", party: issuer, issued: at, facts };
}

const REASONS = ["not-listed", "not-covered", "personal-effects", "exempt"];
const CARRIED = ["", "luggage", "household", "sent"];

function readNote(claims) {
  knownKeys(claims, [ISS, EXP, IAT, NOTE], "the code");
  const issuer = party(claims.get(ISS), "the issuing Party");
  const [issued, expires] = [time(claims, IAT, "the time of issue"), time(claims, EXP, "the last day of validity")];
  need(issued < expires && expires <= issued + 366 * 86400, "it is valid longer than a year, or for no time");
  const body = claims.get(NOTE);
  knownKeys(body, [0, 1, 2, 3, 4, 5, 6, 7], "the note");
  need(body.get(0) === 1, "it is of another version");
  const [carried, purpose, items] = [4, 5, 7].map((key) => body.get(key));
  need(isInteger(carried) && carried >= 1 && carried < CARRIED.length, "the way of carrying is unknown");
  need(typeof purpose === "string" && purpose.length === 1 && PURPOSES.includes(purpose), "the purpose is unknown");
  need(list(items, 1, 8), "it does not carry 1 to 8 items");
  const facts = {
    kind: "note", party: issuer, number: text(body.get(1), 64, "the number"), issued: stamp(issued),
    valid_until: stamp(expires).slice(0, 10), from: party(body.get(2), "the country of departure"),
    to: party(body.get(3), "the country of destination"), carried: CARRIED[carried], purpose, law: day(body.get(6)),
    items: items.map(readItem),
  };
  return { type: "note", party: issuer, issued, expires, facts };
}

function readItem(item) {
  need(list(item, 7, 8), "an item is not complete");
  const [taxon, appendix, term, amount, unit, origin, why, rule] = item;
  text(taxon, 64, "a scientific name");
  need(isInteger(appendix) && appendix >= 0 && appendix <= 3, "an Appendix is not 0, 1, 2 or 3");
  need(areCodes(term, unit, origin), "a term, unit or country of origin is not a code");
  need(isInteger(why) && why >= 0 && why < REASONS.length, "the reason is unknown");
  need(item.length === 7 || (typeof rule === "string" && /^[A-Z][0-9]{2}$/.test(rule)), "the rule is unknown");
  return { taxon, appendix: APPENDICES[appendix] ?? null, term, quantity: quantity(amount), unit, origin, reason: REASONS[why], rule: rule ?? null };
}

const PAPERS = { 1: "label", 2: "blank" };

// The label on a parcel, or a pre-signed certificate that is not complete: neither is a permit.
function readCompanion(claims) {
  const label = claims instanceof Map && claims.has(STATUS);
  knownKeys(claims, label ? [ISS, EXP, IAT, STATUS, COMPANION] : [ISS, EXP, IAT, COMPANION], "the code");
  const issuer = party(claims.get(ISS), "the issuing Party");
  const [issued, expires] = [time(claims, IAT, "the time of issue"), time(claims, EXP, "the last day of validity")];
  need(issued < expires && expires <= issued + 1131 * 86400, "it is valid longer than three years, or for no time");
  const body = claims.get(COMPANION);
  knownKeys(body, [0, 1, 2, 3, 4], "the paper");
  need(body.get(0) === 1, "it is of another version");
  const [kind, paper] = [body.get(2), body.get(3)];
  need(isInteger(kind) && kind in KINDS, "the type of the permit is unknown");
  need(isInteger(paper) && paper in PAPERS && (PAPERS[paper] === "label") === label, "the kind of paper is unknown, or its place in the status list is wrong");
  const facts = { kind: PAPERS[paper], party: issuer, number: text(body.get(1), 64, "the permit number"), document: KINDS[kind],
    issued: stamp(issued), valid_until: stamp(expires).slice(0, 10) };
  if (!label) {
    need(!body.has(4), "a certificate that is not complete names no permit");
    return { type: "companion", party: issuer, issued, expires, facts };
  }
  facts.permit_digest = digest16(body, 4);
  const [uri, index] = place(claims.get(STATUS), issuer);
  return { type: "companion", party: issuer, issued, expires, uri, index, kind: Number(kind), facts };
}

function day(value) {
  const found = text(value, 10, "the day of the law");
  need(/^\d{4}-\d{2}-\d{2}$/.test(found) && !Number.isNaN(Date.parse(found)) && stamp(Date.parse(found) / 1000).startsWith(found), "the day of the law is not a date");
  return found;
}

function digest16(body, key) {
  const value = body.get(key);
  need(isBytes(value) && value.length === 16, "a digest is not 16 bytes long");
  return hex(value);
}

export const stamp = (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
