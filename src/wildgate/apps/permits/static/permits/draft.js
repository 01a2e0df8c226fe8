// Drafts come alive when somebody begins to type: htmx is fetched then, so that the page itself opens light.
const form = document.querySelector("form#step[data-htmx]");
const panel = document.querySelector("#ruling");

function enliven() {
  const script = document.createElement("script");
  script.src = form.dataset.htmx;
  // What was typed while the script was on its way is told again, so that nothing waits for the next key.
  script.onload = () => document.activeElement?.dispatchEvent(new Event("input", { bubbles: true }));
  document.head.append(script);
}

// Without a connection the text stays on the page, and the page says so.
function unsaved() {
  panel.querySelector(".saved, .error")?.remove();
  const told = document.createElement("p");
  told.className = "error";
  told.setAttribute("role", "alert");
  told.textContent = panel.dataset.failed;
  panel.prepend(told);
}

form?.addEventListener("focusin", enliven, { once: true });
panel?.addEventListener("htmx:sendError", unsaved);
panel?.addEventListener("htmx:responseError", unsaved);
