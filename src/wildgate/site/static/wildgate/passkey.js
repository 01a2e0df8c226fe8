// Shows what needs JavaScript, and says on the page what the browser refused when a passkey is made or used.
document.querySelectorAll("[data-passkey]").forEach((form) => { form.hidden = false; });
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const note = document.querySelector("[data-passkey-fault]");
  if (note) { note.hidden = false; note.setAttribute("tabindex", "-1"); note.focus(); }
});
