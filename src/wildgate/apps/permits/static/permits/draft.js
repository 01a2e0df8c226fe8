// Drafts come alive when somebody begins to type: htmx is fetched then, so that the page itself opens light.
const form = document.querySelector("form#step[data-htmx]");

function enliven() {
  const script = document.createElement("script");
  script.src = form.dataset.htmx;
  // What was typed while the script was on its way is told again, so that nothing waits for the next key.
  script.onload = () => document.activeElement?.dispatchEvent(new Event("input", { bubbles: true }));
  document.head.append(script);
}

form?.addEventListener("focusin", enliven, { once: true });
