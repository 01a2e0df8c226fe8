// The border desk of a post without a signal: read a code, compare, count, photograph, sign on this device, send later.

import { readClaims } from "../../permits/verify/claims.js";
import { Refused, openEnvelope } from "../../permits/verify/envelope.js";
import { codeIn, isCode, reader, watch } from "../../permits/verify/camera.js";
import { Speaker, verdictNodes } from "../../permits/verify/show.js";
import { fetchAll, keyring, read, refresh } from "../../permits/verify/store.js";
import { fromText } from "../../permits/verify/text.js";
import { digestsPath, statusPath, verdict } from "../../permits/verify/verdict.js";
import { compared, differences, readings } from "./counting.js";
import {
  answered, enrol, everything, gone, held, keep, photograph, photographs, refuse, tidy, waiting,
} from "./device.js";
import { $, fill, make } from "./parts.js";
import { forget, framed, taken } from "./pictures.js";

const desk = $("offline");
const { party, decoder, worker, state, enrolment, sync: syncAddress, pictures: picturesAddress, words: wordsAddress } = desk.dataset;
const speaker = fetch(wordsAddress).then((found) => found.json()).then((words) => new Speaker(words));
const eyes = reader(decoder);
const ARRIVAL = ["import-permit", "introduction-from-the-sea-certificate"];
const MOST = 50; // in one message: the server takes so many together, and a weak signal carries them
const ANSWER_MS = 60000;
const UPLOAD_MS = 300000;
const EXACT = /^\d{1,15}(?:\.\d{1,6})?$/;
const seen = new Map();
let current = null;
let stop = null;

const banner = (tone, title, ...lines) => {
  const node = make("div", { class: `verdict ${tone}`, role: "status", tabindex: "-1" },
    make("div", {}, make("h2", {}, title), ...lines.map((line) => make("p", {}, line))));
  return node;
};

function showOnly(...nodes) {
  $("answer").replaceChildren(...nodes);
  $("answer").querySelector("[tabindex]")?.focus();
}

async function check(text) {
  const told = await speaker;
  current = null;
  $("count").hidden = true;
  try {
    const { keys, online } = await keyring();
    const claims = claimsOf(text);
    if (online && claims?.uri) await refresh([statusPath(claims.uri), digestsPath(claims.uri)]);
    const role = wayOf(claims, told.words);
    const found = await verdict(text, role, Date.now() / 1000, { keys, files: read, words: told.words });
    showOnly(...verdictNodes(found, role, told));
    if (!found.genuine) nameDifferences(claims, told);
    else if (found.facts.lines) await offer(found);
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    showOnly(banner("hold", fill("not_checked"), told.say(fault)));
  }
}

// Goods of another country's permit arrive here, and so do those of a paper that is used on arrival; all others leave.
const wayOf = (claims, words) => (claims && (claims.party !== party || words.used_on_arrival.includes(claims.kind)) ? "import" : "export");

function claimsOf(text) {
  try {
    return readClaims(openEnvelope(fromText(text)));
  } catch (fault) {
    if (fault instanceof Refused) return null;
    throw fault;
  }
}

// A copy that was altered, beside the genuine one of the same number that this device read before.
function nameDifferences(claims, told) {
  const genuine = claims && seen.get(claims.facts.number)?.get(claims.page ?? 1);
  if (!genuine) return;
  const found = differences(claims.facts, genuine.facts);
  const shown = (part, value) => (part === "quantity" ? told.numbers.format(value) : value);
  if (found.length) {
    $("answer").append(make("section", { class: "card" }, make("h2", {}, fill("differs")), make("ul", { class: "list" },
      ...found.map((each) => make("li", {}, fill("differs_line", { line: each.line, there: shown(each.part, each.there), genuine: shown(each.part, each.genuine) }))))));
  }
}

// The form to compare and count, once every page was read and while nothing speaks against it.
async function offer(found) {
  const { facts } = found;
  if (!seen.has(facts.number)) seen.set(facts.number, new Map());
  const pages = seen.get(facts.number);
  pages.set(facts.page, found);
  if (found.answer !== "accept" || facts.party !== party) return;
  if (pages.size < facts.pages) { $("answer").append(make("p", {}, fill("more_pages", { page: pages.size, pages: facts.pages }))); return; }
  const own = await held();
  if (!own) { $("answer").append(make("p", {}, fill("enrol_first"))); return; }
  const permit = pages.get(1).digest;
  const before = (await everything()).find((each) => each.shown.permit === permit && each.answer?.outcome !== "refused");
  if (before && !facts.multiple_use) { showOnly(banner("no", fill("used_here"), fill("used_here_when", { date: (await speaker).when(Date.parse(before.made) / 1000) }))); return; }
  const lines = [...pages.keys()].sort((a, b) => a - b).flatMap((page) => pages.get(page).facts.lines);
  current = { permit, facts, lines, asOf: found.lists_as_of };
  forget({ unlessOf: permit });
  const told = await speaker;
  $("lines").replaceChildren(...lines.map((line, at) => lineFields(line, at, told)));
  $("way").hidden = !facts.multiple_use;
  turn();
  $("id_port").value ||= own.station;
  $("count").hidden = false;
  $("count-fault").hidden = true;
}

function lineFields(line, at, told) {
  const unit = told.words.units[line.unit] ? ` (${told.words.units[line.unit]})` : "";
  const entry = (name, label) => make("div", { class: "field" }, make("label", { for: `id_${name}-${at}` }, `${label}${unit}`),
    make("input", { id: `id_${name}-${at}`, inputmode: "decimal", autocomplete: "off", maxlength: "30" }));
  const legend = make("legend", {}, make("b", {}, `${at + 1}`), " ", make("span", { class: "taxon" }, line.taxon), ` · ${told.named("terms", line.term)}`);
  const set = make("fieldset", { class: "stack" }, legend, make("div", { class: "pair" }, entry("paper", fill("paper")), entry("counted", fill("counted"))));
  if (line.term === "LIV") set.append(make("div", { class: "dead" }, entry("dead", `${fill("dead")} ${fill("optional")}`)));
  return set;
}

// Which way the goods go: by the paper, or as the officer says for one that crosses several times.
const stageNow = () => (current.facts.multiple_use ? $("id_way").value : ARRIVAL.includes(current.facts.kind) ? "import" : "export");

// Who died on the way is counted where the living arrive.
function turn() {
  for (const each of $("lines").querySelectorAll(".dead")) each.hidden = stageNow() !== "import";
}

function fault(text, field) {
  const node = $("count-fault");
  node.replaceChildren(text);
  node.hidden = false;
  for (const each of $("count").querySelectorAll("[aria-invalid]")) { each.removeAttribute("aria-invalid"); each.removeAttribute("aria-describedby"); }
  const input = field && $(field);
  if (input) { input.setAttribute("aria-invalid", "true"); input.setAttribute("aria-describedby", "count-fault"); input.focus(); } else node.focus();
}

// The one number that was typed; null where it is none, or where it may be two: then the officer is asked.
function typed(id, otherwise, values) {
  const found = readings($(id).value);
  if (found.length === 1 && EXACT.test(found[0])) return found[0].replace(/(\.\d*[1-9])0+$/, "$1");
  fault(found.length > 1 ? fill("two_ways", { ...values, whole: found[0], part: found[1] }) : fill(otherwise, values), id);
  return null;
}

const fits = (text, most) => text && new TextEncoder().encode(text).length <= most;

async function endorse(event) {
  event.preventDefault();
  if (!current) return;
  const told = await speaker;
  const [counted, dead] = [[], []];
  for (const [at, line] of current.lines.entries()) {
    const values = { line: at + 1, seal: told.numbers.format(line.quantity) };
    const paper = typed(`id_paper-${at}`, "no_paper", values);
    if (paper === null) return;
    if (compared(paper, line.quantity) !== 0) {
      $("count").hidden = true;
      showOnly(banner("no", fill("altered"), fill("altered_line", { ...values, paper: told.numbers.format(paper) })));
      return;
    }
    const goods = typed(`id_counted-${at}`, "no_count", values);
    if (goods === null) return;
    if (line.unit === "NAR" && goods.includes(".")) { fault(fill("no_count", values), `id_counted-${at}`); return; }
    if (compared(goods, line.quantity) > 0) { fault(fill("too_much", { ...values, goods: told.numbers.format(goods) }), `id_counted-${at}`); return; }
    counted.push(goods);
    const died = stageNow() === "import" && $(`id_dead-${at}`)?.value.trim() ? typed(`id_dead-${at}`, "no_count", values) : "0";
    if (died === null) return;
    if (line.unit === "NAR" && died.includes(".")) { fault(fill("no_count", values), `id_dead-${at}`); return; }
    if (compared(died, goods) > 0) { fault(fill("more_dead", values), `id_dead-${at}`); return; }
    dead.push(died);
  }
  if (counted.every((amount) => amount === "0")) { fault(fill("nothing"), "id_counted-0"); return; }
  const [port, document, packages] = ["port", "transport_document", "packages"].map((name) => $(`id_${name}`).value.replace(/[\p{C}\p{Z}]+/gu, " ").trim());
  if (!fits(port, 60)) { fault(fill("no_port"), "id_port"); return; }
  if (!fits(document, 48)) { fault(fill("no_document"), "id_transport_document"); return; }
  if (packages && !/^[1-9]\d{0,8}$/.test(packages)) { fault(fill("no_packages"), "id_packages"); return; }
  const stage = stageNow();
  const { permit, lines, facts: { number } } = current;
  const amounts = counted.map((amount, at) => `${told.numbers.format(amount)} ${told.words.units[lines[at].unit] ?? ""}`.trim()).join(", ");
  const signing = current;
  current = null; // a second press finds nothing to sign
  try {
    const photographed = await taken();
    await keep({ permit, number, stage, quantities: counted, port, transport_document: document, packages: packages ? Number(packages) : null, lists_as_of: signing.asOf, ...(dead.some((amount) => amount !== "0") ? { dead } : {}) },
      { permit, number, amounts }, photographed);
  } catch (problem) {
    current ??= signing; // nothing was kept: the officer can press again
    if (problem?.name !== "QuotaExceededError") throw problem;
    fault(fill("no_room"), "id_photographs");
    return;
  }
  forget();
  $("count").hidden = true;
  $("count").reset();
  $("id_code").value = "";
  showOnly(banner("ok", fill("stored"), `${fill("counted")}: ${amounts}`, fill("stored_more", { number })));
  await list();
  if (navigator.onLine) await send();
}

const TONES = { endorsed: "ok", refused: "no", "double-use": "no" };

async function list() {
  const told = await speaker;
  const records = (await everything()).sort((one, other) => (one.made < other.made ? 1 : -1));
  const open = records.filter((each) => !each.answer).length;
  const { keys, refused, waiting: unsent } = await photographs();
  $("queue-note").textContent = [open ? fill("waiting", { count: open }) : "", unsent.length ? fill("photographs_waiting", { count: unsent.length }) : ""]
    .filter(Boolean).join(" ") || fill("none_waiting");
  $("queue").replaceChildren(...records.map((each) => {
    const outcome = each.answer?.outcome;
    const tag = make("span", { class: `tag ${TONES[outcome] ?? "hold"}` }, fill(outcome ?? "stored_tag"));
    const item = make("li", {}, make("div", {}, make("span", { class: "code" }, each.shown.number), " ", tag,
      make("small", {}, `${each.shown.amounts} · ${told.when(Date.parse(each.made) / 1000)}`)));
    if (each.answer?.sentence) item.firstChild.append(make("p", {}, each.answer.sentence));
    if (each.answer?.url) item.firstChild.append(make("a", { href: each.answer.url }, fill("see")));
    const its = (device, sequence) => device === each.device && sequence === each.sequence;
    const here = keys.filter((key) => its(...key)).length;
    if (here) item.firstChild.append(make("small", {}, fill("photographs_here", { count: here })));
    const stopped = refused.filter((row) => its(row.device, row.sequence));
    if (stopped.length) item.firstChild.append(make("ul", { class: "tasks" }, ...stopped.map((row) => framed(row.bytes, row.place, async () => {
      await gone([row.device, row.sequence, row.place]);
      await list();
      $("sync").focus();
    }, row.refused))));
    return item;
  }));
}

async function ask(address, options = {}) {
  const answer = await fetch(address, { credentials: "same-origin", redirect: "error", cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS), ...options });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused("told", { text: found.errors?.[0]?.reason ?? String(answer.status) });
  return found;
}

const post = (address, csrf, body) => ask(address, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": csrf }, body: JSON.stringify(body) });

const lost = (fault) => fault instanceof TypeError || fault?.name === "TimeoutError";

// Post what waits, in order, a message after the other. One at a time; a record that the register has gets the answer
// that it got before: when a message is lost half-way, or the battery dies, it is sent again.
const sendRecords = () => navigator.locks.request("wildgate-border-send", async () => {
  const all = await waiting();
  if (!all.length) return;
  const double = [];
  try {
    const { csrf, person } = await ask(state);
    const mine = all.filter((each) => each.person === person);
    if (!mine.length) { $("sync-note").textContent = fill("another_officer"); return; }
    let sent = 0;
    for (const device of new Set(mine.map((each) => each.device))) {
      const queue = mine.filter((each) => each.device === device);
      for (let at = 0; at < queue.length; at += MOST) {
        const { answers, errors } = await sendSome(device, queue.slice(at, at + MOST), csrf);
        sent += answers.length;
        double.push(...answers.filter((answer) => answer.outcome === "double-use"));
        $("sync-note").textContent = errors.length ? errors[0].reason : fill("sent", { count: sent });
        if (errors.length || !answers.length) break;
        await list();
      }
    }
  } catch (fault) {
    if (!(fault instanceof Refused) && !lost(fault)) throw fault;
    $("sync-note").textContent = fault instanceof Refused ? fault.values.text : fill("no_signal");
  }
  if (double.length) showOnly(banner("no", fill("alarm"), ...double.map((answer) => answer.sentence)));
  await list();
});

async function sendSome(device, queue, csrf) {
  const told = await post(syncAddress, csrf, { device, records: queue.map(({ body, signature }) => ({ body, signature })) });
  for (const [at, answer] of told.answers.entries()) await answered(queue[at], answer);
  return told;
}

// Photographs follow the endorsement that they belong to, one by one and under a lock of their own: a slow one holds no
// endorsement up. One that the register has is answered as before; one that it refuses stays until the officer removes it.
const sendPhotographs = () => navigator.locks.request("wildgate-border-photographs", async () => {
  const { waiting: unsent } = await photographs();
  if (!unsent.length) return;
  const records = await everything();
  try {
    const { csrf, person } = await ask(state);
    for (const key of unsent) {
      const record = records.find((each) => each.device === key[0] && each.sequence === key[1]);
      if (record?.answer && record.person === person) await sendPhotograph(key, csrf);
    }
  } catch (fault) {
    if (!(fault instanceof Refused) && !lost(fault)) throw fault;
    $("sync-note").textContent = fault instanceof Refused ? fault.values.text : fill("no_signal");
  }
  await list();
});

async function sendPhotograph(key, csrf) {
  const row = await photograph(key);
  const form = new FormData();
  form.append("record", row.record);
  form.append("digest", row.digest);
  form.append("photograph", new Blob([row.bytes], { type: "image/jpeg" }), `photograph-${row.place}.jpg`);
  const answer = await fetch(picturesAddress, { method: "POST", credentials: "same-origin", redirect: "error", cache: "no-store",
    headers: { "X-CSRFToken": csrf }, body: form, signal: AbortSignal.timeout(UPLOAD_MS) });
  if (answer.ok) await gone(key);
  else if (answer.status === 422) await refuse(row, (await answer.json()).errors[0].reason);
  await list();
}

async function send() {
  $("sync-note").textContent = "";
  await sendRecords();
  await sendPhotographs();
}

async function enrolHere() {
  try {
    const { csrf } = await ask(state);
    await enrol((point) => post(enrolment, csrf, { public_key: point }));
    navigator.storage?.persist?.(); // or the browser may throw away what waits when the device is full
    await ready();
  } catch (fault) {
    if (!(fault instanceof Refused) && !lost(fault)) throw fault;
    $("device-note").textContent = fault instanceof Refused ? fault.values.text : fill("no_signal");
  }
}

async function ready() {
  const own = await held();
  const told = await speaker;
  const ended = own && Date.parse(own.until) < Date.now();
  $("enrol").hidden = Boolean(own) && !ended && own.person === Number(desk.dataset.person);
  $("device-note").textContent = own ? fill(ended ? "ended" : "enrolled", { name: own.name, station: own.station, date: told.when(own.until.slice(0, 10)) }) : fill("not_enrolled");
}

async function scan() {
  if (stop) { endScan(); return; }
  const look = await eyes;
  $("camera").hidden = false;
  try {
    stop = await watch($("camera"), look, (text) => {
      if (!isCode(text)) return false;
      endScan();
      check(text);
      return true;
    });
  } catch {
    endScan();
    showOnly(banner("hold", fill("no_camera")));
  }
}

async function readPicture() {
  const [file] = $("id_picture").files;
  $("id_picture").value = "";
  if (!file) return;
  const code = await codeIn(await eyes, file);
  if (code) await check(code);
  else showOnly(banner("hold", fill("not_checked"), (await speaker).say(new Refused("no-code-found"))));
}

function endScan() {
  stop?.();
  stop = null;
  $("camera").hidden = true;
}

async function prepare() {
  try {
    if (worker && "serviceWorker" in navigator) await navigator.serviceWorker.register(worker, { scope: location.pathname });
    const { keys } = await keyring();
    await fetchAll(party);
    $("lists-note").textContent = fill("ready", { date: (await speaker).when(keys.lists[0].issued) });
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    $("lists-note").textContent = (await speaker).say(fault);
  }
}

$("read").addEventListener("submit", (event) => { event.preventDefault(); const text = $("id_code").value.trim(); if (text) check(text); });
$("id_picture").addEventListener("change", readPicture);
$("count").addEventListener("submit", endorse);
$("id_way").addEventListener("change", turn);
$("scan").addEventListener("click", scan);
$("sync").addEventListener("click", send);
$("enrol").addEventListener("click", enrolHere);
addEventListener("online", send);

if (globalThis.crypto?.subtle && globalThis.indexedDB && navigator.locks && globalThis.DecompressionStream) {
  desk.hidden = false;
  $("picture").hidden = !(await eyes);
  if (await eyes && navigator.mediaDevices?.getUserMedia) $("scan").hidden = false;
  await ready();
  await tidy();
  await list();
  await prepare();
  if (navigator.onLine) await sendRecords();
  desk.dataset.ready = "yes";
  if (navigator.onLine) await sendPhotographs();
} else $("too-old").hidden = false;
