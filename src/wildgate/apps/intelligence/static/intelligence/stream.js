// What is new in the intelligence space comes by itself, as long as it may be read. Without a script there is a link.
// The server tells only what this reader may see; when that right ends, what was told goes from the page too.
const MOST = 20;
const AGAIN = 30_000;

const place = document.querySelector("[data-stream]");
const list = place?.querySelector("[data-stream-list]");
const seen = new Set();
let source = null;
let cursor = place?.dataset.after ?? "";

function show(note) {
  for (const each of place.querySelectorAll("[data-stream-state]")) each.hidden = each.dataset.streamState !== note;
}

function add(event) {
  if (seen.has(event.lastEventId)) return; // told again after a cut line: the same cursor is the same pulse
  seen.add(event.lastEventId);
  cursor = event.lastEventId;
  const told = JSON.parse(event.data);
  const link = Object.assign(document.createElement("a"), { href: told.address, textContent: told.number });
  const item = document.createElement("li");
  const named = place.querySelector(`[data-stream-word="${CSS.escape(told.kind)}"]`) ?? place.querySelector("[data-stream-word=other]");
  const word = named?.textContent ?? "";
  item.append(word, " ", link, " ", told.title);
  list.prepend(item);
  while (list.children.length > MOST) list.lastElementChild.remove();
}

function clear() {
  list.replaceChildren();
  show("ended");
}

function open() {
  source = new EventSource(`${place.dataset.stream}${cursor ? `?after=${encodeURIComponent(cursor)}` : ""}`);
  source.addEventListener("open", () => show("open"));
  source.addEventListener("message", add);
  source.addEventListener("end", clear);
  source.addEventListener("again", () => show("again"));
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return; // it comes again by itself
    clear(); // refused: signed out, no contributor any more, or too many streams
    setTimeout(open, AGAIN);
  });
}

if (place && list && "EventSource" in window) open();
addEventListener("pagehide", () => source?.close());
