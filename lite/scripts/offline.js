// Keeps what it has once fetched, so that a lesson opens without a network too. build.py writes
// BUILD, a digest of the site, and FILES, the names of its files, above, and JupyterLite's own
// service worker below: that brings files to Python, which is left to it.
const OURS = `dlscratch ${registration.scope} `;
const KEPT = OURS + BUILD; // nothing is mixed with what another build left
const NAMED_BY_CONTENT = /\.[0-9a-f]{7,}\.(js|woff2?)$|\?_=[0-9a-f]+$|\/static\/pyodide-/;
const PATIENCE = 3000; // milliseconds for a network that says nothing

self.addEventListener("activate", (event) => event.waitUntil(replaceOldBuild()));

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method !== "GET" || !url.startsWith(registration.scope)) return;
  if (/\/api\/(drive|stdin|service-worker)/.test(url)) return;
  event.stopImmediatePropagation();
  event.respondWith(answer(event));
});

async function answer(event) {
  const { request } = event;
  const cache = await caches.open(KEPT);
  const kept = await cache.match(request, { ignoreSearch: request.mode === "navigate" });
  if (kept && NAMED_BY_CONTENT.test(request.url)) return kept;
  const fetched = fetch(request).then((response) => {
    if (response.ok) event.waitUntil(cache.put(request, response.clone()));
    return response;
  });
  if (!kept) return fetched;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  return Promise.race([fetched.catch(() => kept), late]);
}

async function replaceOldBuild() {
  const cache = await caches.open(KEPT);
  for (const name of await caches.keys()) {
    if (!name.startsWith(OURS) || name === KEPT) continue;
    const old = await caches.open(name);
    for (const request of await old.keys()) {
      const file = decodeURI(request.url.slice(registration.scope.length).split("?")[0]);
      if (NAMED_BY_CONTENT.test(request.url) && FILES.includes(file)) {
        await cache.put(request, await old.match(request));
      }
    }
    await caches.delete(name);
  }
}
