// Keeps the site's files, so that the page works without a network after the first visit, and never mixes versions.
//
// A snapshot is one cache with all files of one version, each checked against the sums in version.json, and the weights
// in use. A page that was opened from the network gets its files from there; the snapshot helps out only where it is of
// the same version. A page that was opened without a network has all its files from one snapshot.

const kHome = new URL('./', self.location).href;
const kSnapshot = `camloss ${kHome} `;           // then the moment it was made, then its version
const kSessions = `camloss-sessions ${kHome}`;   // which snapshot belongs to which open page
const kComplete = 'snapshot-is-complete';

const address = (path) => new URL(path === 'index.html' ? './' : path, kHome).href;
const fetchFresh = (path) => fetch(address(path), { cache: 'no-cache' });

async function sum(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @returns {Promise<{version: string, files: Object<string, string>}>} what the server has; files: path → SHA-256 */
async function siteVersion() {
  const response = await fetchFresh('version.json');
  if (!response.ok) throw new Error('version.json is not there');
  return response.json();
}

/** The newest complete snapshot: { name, version, cache }, or null. */
async function newest() {
  const names = (await caches.keys()).filter((name) => name.startsWith(kSnapshot)).sort().reverse();
  for (const name of names) {
    const cache = await caches.open(name);
    if (await cache.match(address(kComplete))) return { name, version: name.slice(kSnapshot.length).split(' ')[1], cache };
  }
  return null;
}

/** Paths of the pairs that a page takes by itself, for the samples and for photos, and of every pair that the last snapshot held. */
async function weightsToKeep(list, old) {
  const entries = await list.clone().json();
  const needed = [true, false].map((samples) => entries.findIndex((pair) => (pair.samples === true) === samples));
  const pairs = entries.map((pair) => [pair.baseline, pair.camloss].filter(Boolean));
  const kept = await Promise.all(pairs.map(async (paths, i) =>
    needed.includes(i) || (old && (await Promise.all(paths.map((path) => old.cache.match(address(path))))).every(Boolean))));
  return pairs.filter((_, i) => kept[i]).flat();
}

async function sameBytes(a, b) {
  if (!a || !b) return false;
  const [x, y] = (await Promise.all([a.clone().arrayBuffer(), b.clone().arrayBuffer()])).map((buffer) => new Uint8Array(buffer));
  return x.length === y.length && x.every((byte, i) => byte === y[i]);
}

/** Makes a new snapshot where version or weights are not those of the newest. */
async function refresh() {
  const { version, files } = await siteVersion();
  const old = await newest();
  const found = new Map();
  let changed = old?.version !== version;
  if (changed) {
    await Promise.all(Object.entries(files).map(async ([path, expected]) => {
      const response = await fetchFresh(path);
      if (!response.ok || await sum(await response.clone().arrayBuffer()) !== expected) {
        throw new Error(`${path} is not that of version ${version}`);
      }
      found.set(path, response);
    }));
  }
  const list = await fetchFresh('weights/index.json');
  if (list.ok) {
    found.set('weights/index.json', list);
    for (const path of await weightsToKeep(list, old)) {
      const response = await fetchFresh(path);
      if (response.ok) found.set(path, response);
    }
    for (const [path, response] of found) {
      if (!Object.hasOwn(files, path)) changed ||= !await sameBytes(response, await old?.cache.match(address(path)));
    }
  }
  if (!changed) return;
  const cache = await caches.open(`${kSnapshot}${String(Date.now()).padStart(15, '0')} ${version}`);
  for (const path of Object.keys(files)) {
    await cache.put(address(path), found.get(path) ?? await old.cache.match(address(path)));
  }
  for (const [path, response] of found) if (!Object.hasOwn(files, path)) await cache.put(address(path), response);
  await cache.put(address(kComplete), new Response(''));
  await forgetOld();
}

const sessions = new Map();  // client → { snapshot: its name or '', offline }

async function remember(id, session) {
  sessions.set(id, session);
  // Also where it outlives this worker, which the browser stops when it is idle.
  await (await caches.open(kSessions)).put(address(`session/${id}`), new Response(JSON.stringify(session)));
}

async function sessionOf(id) {
  if (!sessions.has(id)) {
    const kept = await (await caches.open(kSessions)).match(address(`session/${id}`));
    if (kept) sessions.set(id, await kept.json());
  }
  return sessions.get(id);
}

/** Deletes snapshots that are neither the newest nor belong to an open page. */
async function forgetOld() {
  const store = await caches.open(kSessions);
  const used = new Set([(await newest())?.name]);
  for (const request of await store.keys()) {
    const id = request.url.split('/').pop();
    if (sessions.has(id) || await self.clients.get(id)) used.add((await sessionOf(id)).snapshot);
    else await store.delete(request);
  }
  for (const name of await caches.keys()) {
    if (name.startsWith(kSnapshot) && !used.has(name)) await caches.delete(name);
  }
}

async function openPage(event) {
  const [page, site, kept] = await Promise.all([fetch(event.request).catch(() => null), siteVersion().catch(() => null), newest()]);
  const asked = event.request.url.replace(/[?#].*$/, '').replace(/index\.html$/, '');
  const keptPage = page ? null : await kept?.cache.match(asked);
  if (!keptPage) {
    const snapshot = kept && kept.version === site?.version ? kept.name : '';
    await remember(event.resultingClientId, { snapshot, offline: false });
    event.waitUntil(refresh().catch(() => {}));  // the next visit tries again
    return page ?? Response.error();
  }
  await remember(event.resultingClientId, { snapshot: kept.name, offline: true });
  return keptPage;
}

async function fetchFile(event) {
  const { request, clientId } = event;
  // Unknown is the page of the first visit: it was loaded just before the snapshot was made.
  const session = await sessionOf(clientId) ?? { snapshot: (await newest())?.name ?? '', offline: false };
  const keptFile = async () => session.snapshot && (await caches.open(session.snapshot)).match(request.url, { ignoreSearch: true });
  if (session.offline) return (await keptFile()) || fetch(request);
  try {
    return await fetch(request);
  } catch (error) {
    // Weights may have changed without a new version: a pair must not be half from here, half from there.
    const kept = request.url.startsWith(address('weights/')) ? null : await keptFile();
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener('install', (event) => event.waitUntil(refresh().then(() => self.skipWaiting())));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(kHome)) return;
  event.respondWith(request.mode === 'navigate' ? openPage(event) : fetchFile(event));
});
