// Keeps the site's files, so that the page works without a network after the first visit. The network goes first, so
// that a new version or newly trained weights are seen at once.
const kCache = 'camloss';
const kFiles = ['./', 'style.css', 'favicon.svg', 'main.mjs', 'fetch.mjs', 'host.mjs', 'input.mjs', 'photos.mjs',
  'picture-size.mjs', 'decode-worker.mjs', 'camloss-app.mjs', 'camloss-app.wasm', 'weights/index.json'];

self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(kCache);
    await cache.addAll(kFiles);
    const pairs = await (await cache.match('weights/index.json')).json();
    const paths = pairs.flatMap((pair) => [pair.baseline, pair.camloss]).filter(Boolean);
    // A pair that is missing must not keep the rest from being there.
    await Promise.allSettled(paths.slice(0, 2).map((path) => cache.add(path)));
    await self.skipWaiting();
  })());
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith((async () => {
    const cache = await caches.open(kCache);
    try {
      const response = await fetch(request);
      if (response.ok) event.waitUntil(cache.put(request, response.clone()));
      return response;
    } catch (error) {
      const kept = await cache.match(request, { ignoreSearch: true });
      if (kept) return kept;
      throw error;
    }
  })());
});
