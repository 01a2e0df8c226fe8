// The public page, where scripts run: codes are checked on this device, also without a signal.
// Without this module the same form is answered by the server.

import { readClaims } from "./claims.js";
import { KIND, Refused, openEnvelope } from "./envelope.js";
import { codeIn, isCode, reader, watch } from "./camera.js";
import { showLists } from "./partners.js";
import { Speaker, verdictNodes } from "./show.js";
import { fetchAll, keyring, read, refresh } from "./store.js";
import { fromText } from "./text.js";
import { digestsPath, statusPath, verdict } from "./verdict.js";

const form = document.querySelector("form#verify");
const answer = document.querySelector("#answer");
const note = document.querySelector("#device-note");
const video = document.querySelector("#camera");
const { party, words: wordsAddress, decoder, worker } = form.dataset;
const field = form.elements.namedItem("code");
const picture = form.elements.namedItem("file");
const speaker = fetch(wordsAddress).then((found) => found.json()).then((words) => new Speaker(words));
const eyes = reader(decoder);
let stop = null;

async function check(text) {
  const told = await speaker;
  if (navigator.onLine && isNote(text)) {
    field.value = text;
    form.submit();
    return;
  }
  try {
    const { keys, online } = await keyring();
    const wanted = listsOf(text);
    const old = online && wanted ? await refresh(wanted) : undefined;
    const found = await verdict(text, form.elements.namedItem("role").value, Date.now() / 1000, { keys, files: read, words: told.words });
    if (online && found.genuine && found.facts.kind === "note") {
      form.submit(); // only the authority's own page knows whether a listing changed since; the note names nobody
      return;
    }
    show(found, told);
    note.textContent = old ? told.say(old) : online ? told.label("here") : told.label("offline");
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    refused(fault, told);
  }
}

// A note hangs on the law of the day, which the server knows; without a signal its last day bounds it.
function isNote(text) {
  try {
    return openEnvelope(fromText(text)).kind === KIND.NOTE;
  } catch (fault) {
    if (fault instanceof Refused) return false;
    throw fault;
  }
}

// The lists that tell about this code, when it can be read at all; whether it is genuine is seen later.
function listsOf(text) {
  try {
    const { uri } = readClaims(openEnvelope(fromText(text)));
    return uri ? [statusPath(uri), digestsPath(uri)] : null;
  } catch (fault) {
    if (fault instanceof Refused) return null;
    throw fault;
  }
}

function show(found, told) {
  answer.replaceChildren(...verdictNodes(found, form.elements.namedItem("role").value, told));
  document.querySelector("#intro").hidden = true;
  answer.querySelector(".verdict").focus();
}

function refused(fault, told) {
  show({ genuine: false, state: "unknown", answer: "hold", reasons: [fault], facts: {}, lists_as_of: null, digest: null }, told);
}

async function checkPicture(file) {
  const look = await eyes;
  const code = await codeIn(look, file);
  if (code) await check(code);
  else if (navigator.onLine) form.submit();
  else refused(new Refused(look ? "no-code-found" : "online-only"), await speaker);
}

// Old browsers, and pages that were not sent over https, cannot check by themselves: the server does it for them.
const able = Boolean(globalThis.crypto?.subtle && globalThis.DecompressionStream && globalThis.indexedDB);

form.addEventListener("submit", async (event) => {
  if (!able) return;
  const file = picture.files[0];
  const text = field.value.trim();
  if (!file && !text) return;
  if (file && !file.type.startsWith("image/")) {
    if (navigator.onLine) return;
    event.preventDefault();
    refused(new Refused("online-only"), await speaker);
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  await (file ? checkPicture(file) : check(text));
}, { capture: true });

document.querySelector("#scan").addEventListener("click", async () => {
  if (stop) { endScan(); return; }
  const look = await eyes;
  video.hidden = false;
  try {
    stop = await watch(video, look, (text) => {
      if (!isCode(text)) return false;
      endScan();
      check(text);
      return true;
    });
  } catch {
    endScan();
    refused(new Refused("no-camera"), await speaker);
  }
});

function endScan() {
  stop?.();
  stop = null;
  video.hidden = true;
}

// A QR code opens /verify/#digits: what follows # never leaves this device.
function readFragment() {
  const text = decodeURIComponent(location.hash.slice(1).replace(/%(?![0-9a-f]{2})/gi, "%25"));
  if (!isCode(text)) return;
  history.replaceState(null, "", location.pathname + location.search);
  field.value = text;
  if (able) check(text);
  else form.requestSubmit();
}

// Made ready for a border without a signal: the page by its worker, the home Party's lists by name.
async function prepare() {
  const told = await speaker;
  try {
    if (worker && "serviceWorker" in navigator) await navigator.serviceWorker.register(worker, { scope: "/verify/" });
    const { keys } = await keyring();
    await fetchAll(party, (done, all) => { note.textContent = `${done} / ${all}`; });
    note.textContent = told.label("ready", { date: told.when(keys.lists[0].issued) });
  } catch (fault) {
    if (fault instanceof Refused) note.textContent = told.say(fault);
    else throw fault;
  }
}

if (able && await eyes && navigator.mediaDevices?.getUserMedia) document.querySelector("#scan").hidden = false;
if (able) await showLists(document.querySelector("#lists"), await speaker);
form.dataset.ready = "yes";
if (location.hash.length > 32) readFragment();
else if (able) await prepare();
addEventListener("hashchange", readFragment);
