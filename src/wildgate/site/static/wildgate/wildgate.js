// What a page gains where scripts run: nothing here is needed to do one's work.

const all = (selector, root = document) =>
  [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];

// Errors first: the summary takes the focus so that a screen reader starts there.
function focusErrors(root) {
  all("[data-focus]", root).slice(0, 1).forEach((summary) => summary.focus());
}

// Drafts keep themselves: a form with data-autosave="address" is sent there a second after the last change.
function autosave(form) {
  const note = form.querySelector("[data-autosave-status]");
  const say = (key, more = "") => { if (note) note.textContent = `${note.dataset[key] ?? ""} ${more}`.trim(); };
  let timer = 0;
  let running = null;
  const save = async () => {
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    running?.abort();
    const mine = running = new AbortController();
    say("saving");
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body, signal: mine.signal, credentials: "same-origin", redirect: "error",
        headers: { "X-CSRFToken": body.get("csrfmiddlewaretoken") ?? "", "X-Autosave": "1" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      say("saved", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }));
    } catch (fault) {
      if (fault.name !== "AbortError") say("failed");
    }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 1000); });
  form.addEventListener("submit", () => { clearTimeout(timer); running?.abort(); });
}

function copyButton(button) {
  if (!navigator.clipboard) return;
  const usual = button.innerHTML;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.innerHTML = usual; }, 2000);
  });
}

// Officers' tables: arrow keys (or j and k) walk over the rows' links, Home and End jump.
function walkRows(table) {
  table.addEventListener("keydown", (event) => {
    const links = all(".row-link", table);
    const at = links.indexOf(event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    links[Math.max(0, Math.min(to, links.length - 1))].focus();
  });
}

// One press sends a form once.
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
}

function enhance(root) {
  all("form[data-autosave]", root).forEach(autosave);
  all("[data-copy]", root).forEach(copyButton);
  all("table.rows", root).forEach(walkRows);
  all("form[method=post]", root).forEach(sendOnce);
  all("[data-print]", root).forEach((button) => { button.hidden = false; button.addEventListener("click", () => print()); });
  focusErrors(root);
}

enhance(document);
addEventListener("pageshow", (event) => { if (event.persisted) all("form[data-sent]").forEach((form) => delete form.dataset.sent); });
addEventListener("htmx:load", (event) => { if (event.target !== document.body) enhance(event.target); });
// Menus close by Escape and when the focus or a press goes elsewhere.
addEventListener("keydown", (event) => {
  const menu = all(".menu[open], .bar-ways [open]").pop();
  if (event.key === "Escape" && menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
for (const kind of ["click", "focusin"]) addEventListener(kind, (event) => all(".bar-ways [open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
