// Lists of other authorities on this device: taken after their root key was compared, shown side by side, forgotten.

import { Refused } from "./envelope.js";
import { forget, keyring, partners, take } from "./store.js";

export async function showLists(box, speaker) {
  if (!box) return;
  const [input, note, compare, typed, rows] = ["input[type=file]", "[role=status]", ".compare", "input[type=text]", "ul"].map((part) => box.querySelector(part));
  let waiting = null;
  box.hidden = false;

  async function shown() {
    const { lists, conflicts } = await keyring().then(({ keys }) => keys).catch(async () => ({ lists: await partners(), conflicts: new Map() }));
    rows.replaceChildren(...lists.map((list, at) => row(list, at > 0)));
    if (conflicts.size) note.textContent = speaker.label("disagree");
  }

  function row(list, foreign) {
    const item = document.createElement("li");
    item.append(speaker.label("list_of", { keeper: list.operator, number: list.sequence, date: speaker.when(list.issued) }));
    if (!foreign) return item;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet small";
    button.textContent = speaker.label("list_forget");
    button.addEventListener("click", async () => { await forget(list.operator); await shown(); });
    item.append(" ", button);
    return item;
  }

  async function taking(data, name, fingerprint = "") {
    const unknown = await take(data, name, Date.now() / 1000, fingerprint);
    waiting = unknown ? { data, name } : null;
    compare.hidden = !unknown;
    note.textContent = unknown ? speaker.label("compare", { keeper: unknown.operator }) : speaker.label("list_taken");
    if (unknown) typed.focus();
    await shown();
  }

  async function told(work) {
    try {
      await work();
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      note.textContent = speaker.say(fault);
    }
  }

  input.addEventListener("change", () => told(async () => {
    for (const file of input.files) await taking(new Uint8Array(await file.arrayBuffer()), file.name);
    input.value = "";
  }));
  compare.querySelector("button").addEventListener("click", () => told(async () => {
    if (waiting) await taking(waiting.data, waiting.name, typed.value || "-");
    typed.value = "";
  }));
  box.addEventListener("toggle", () => { if (box.open) shown(); });
}
