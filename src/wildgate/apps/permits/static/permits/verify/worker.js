// Keeps the verify page at hand without a signal. Signed lists are not kept here but in the page's own store, where
// their dates are watched; forms are never touched. The server writes KEEP = { name, page, files } above this line.

const { name, page, files } = KEEP;
const PATIENCE = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const kept = await caches.open(name);
    await kept.addAll(files.map((address) => new Request(address, { credentials: "omit", cache: "no-cache" })));
    await kept.put("/verify/", await fetch(page, { credentials: "omit", cache: "no-cache" }));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((each) => each.startsWith("wildgate-verify") && each !== name);
    await Promise.all(old.map((each) => caches.delete(each)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && address.pathname === "/verify/") event.respondWith(fresh(event.request, "/verify/"));
  else if (files.includes(address.pathname + address.search)) event.respondWith(fresh(event.request, address.pathname + address.search));
});

// The network first, so that a correction arrives; what was kept when it does not answer in time.
async function fresh(request, key) {
  const kept = async () => (await (await caches.open(name)).match(key)) ?? Response.error();
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); }).then(kept);
  return Promise.race([fetch(request).catch(kept), late]);
}
