// While a file is worked off the page looks again by itself, each second; without a script there is a link for it.
const EVERY = 1000;

async function look() {
  const shown = document.querySelector("[data-progress]");
  if (!shown) return;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-progress]");
    if (!fresh) { location.reload(); return; }
    shown.replaceWith(document.importNode(fresh, true));
  } catch { /* the server is busy or the network is gone: the next look may reach it */ }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
