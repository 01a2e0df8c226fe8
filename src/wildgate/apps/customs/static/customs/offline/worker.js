// Keeps the page for posts without a signal at hand. The server writes KEEP = { name, page, files } above this line.
// The page is fetched as the officer who is signed in; what is entered on it never passes through here.

const { name, page, files } = KEEP;
const PATIENCE = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const kept = await caches.open(name);
    await kept.addAll(files.map((address) => new Request(address, { cache: "no-cache" })));
    const shell = await fetch(page, { credentials: "same-origin", cache: "no-cache" });
    if (!shell.ok || shell.redirected) throw new Error("not signed in");
    await kept.put(page, shell);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((each) => each.startsWith("wildgate-border") && each !== name);
    await Promise.all(old.map((each) => caches.delete(each)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  const key = address.pathname + address.search;
  if (event.request.mode === "navigate" && address.pathname === page) event.respondWith(fresh(event.request, page));
  else if (files.includes(key)) event.respondWith(fresh(event.request, key));
});

// The network first, so that a correction arrives; what was kept when it does not answer in time.
async function fresh(request, key) {
  const kept = async () => (await (await caches.open(name)).match(key)) ?? Response.error();
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); }).then(kept);
  return Promise.race([fetch(request).catch(kept), late]);
}
