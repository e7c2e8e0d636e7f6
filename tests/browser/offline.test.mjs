// The page without its server: after one visit, from a sub-path, and never with files of two versions.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FaultyServer } from './support/faulty.mjs';
import { baselinePath, camlossPath, Visitor, withSite } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';

const siteVersion = fileURLToPath(new URL('../../web/tools/site-version.mjs', import.meta.url));

const here = withSite();

/** Waits until there is a complete snapshot of `version`, and the worker that serves it is at work. */
async function kept(v, version) {
  // Asked from here: waitForFunction takes a promise itself for the answer.
  for (const end = Date.now() + 60000; ; await v.page.waitForTimeout(100)) {
    const there = await v.page.evaluate(async (wanted) => {
      const snapshots = (await caches.keys()).filter((name) => name.startsWith('camloss ') && name.endsWith(wanted));
      const complete = await Promise.all(snapshots.map(async (name) =>
        (await (await caches.open(name)).keys()).some(({ url }) => url.endsWith('/snapshot-is-complete'))));
      const worker = (await navigator.serviceWorker.getRegistration())?.active;
      return worker?.state === 'activated' && complete.includes(true);
    }, version);
    if (there) return;
    assert.ok(Date.now() < end, `no snapshot of version ${version} after a minute`);
  }
}

const versionOf = async () => JSON.parse(await readFile(join(here.site.folder, 'version.json'), 'utf8')).version;

/** A new version of the site, in which the page calls itself `title`. */
async function publish(title) {
  const file = join(here.site.folder, 'main.mjs');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^(document\.title = .*\n)?/, `document.title = ${JSON.stringify(title)};\n`));
  execFileSync(process.execPath, [siteVersion, here.site.folder]);
  return versionOf();
}

test('after the first visit the page works without its server, from a sub-path', { timeout: 120000 }, async (t) => {
  const server = await FaultyServer.start(here.site.folder, '/some/where/');
  t.after(() => server.stop());
  const v = await Visitor.open(here.browser, server.url);
  await kept(v, await versionOf());
  const online = (await v.state()).photos;
  await server.stop();
  v.complaints.length = 0;
  await v.page.reload();
  await v.analysed();
  assert.deepEqual((await v.state()).photos, online, 'the samples have the same figures');
  await v.choose([{ name: 'offline.png', buffer: png(scene(300, 200, 70)) }]);
  await v.until('has', 'offline.png');
  await v.page.goto(`${server.url}train.html?a=b#train=red,blue`);
  await v.page.waitForFunction(() => globalThis.camlossTrain);
  assert.equal(await v.page.inputValue('#name-b'), 'blue');
  await v.page.goto(`${server.url}index.html`);
  await v.analysed();
  // The one thing that cannot be had is a new version of what keeps the files.
  assert.deepEqual(v.complaints.filter((text) => !/service worker|sw\.mjs/i.test(text)), []);
  await v.close();
});

test('a page never has files of two versions', { timeout: 180000 }, async (t) => {
  const one = await publish('camloss one');
  const server = await FaultyServer.start(here.site.folder);
  t.after(() => server.stop());
  const v = await Visitor.open(here.browser, server.url);
  await kept(v, one);
  assert.equal(await v.page.title(), 'camloss one');

  // The connection breaks while the second version is loaded: no file of the first stands in.
  const two = await publish('camloss two');
  server.cut('camloss-app.wasm');
  await v.page.reload();
  await v.page.waitForFunction(() => document.getElementById('alerts').textContent !== '');
  assert.equal(await v.page.title(), 'camloss two');
  assert.match(await v.alerts(), /could not be loaded: the download broke off after \d+ bytes\. Check the connection and reload/);

  // Without a network all of the first is there still.
  await server.stop();
  await v.page.reload();
  await v.analysed();
  assert.equal(await v.page.title(), 'camloss one');

  // The second follows as a whole, and is what is kept from then on.
  server.mend();
  await server.restart();
  await v.page.reload();
  await v.analysed();
  assert.equal(await v.page.title(), 'camloss two');
  await kept(v, two);
  await server.stop();
  await v.page.reload();
  await v.analysed();
  assert.equal(await v.page.title(), 'camloss two');
  await v.close();
});

test('weights trained anew are seen at once, and a pair is kept as a pair', { timeout: 120000 }, async (t) => {
  const server = await FaultyServer.start(here.site.folder);
  t.after(() => server.stop());
  const v = await Visitor.open(here.browser, server.url);
  await kept(v, await versionOf());
  const before = (await v.state()).photos[0].results;
  const files = await Promise.all([baselinePath, camlossPath].map((path) => readFile(join(here.site.folder, path))));
  await Promise.all([[baselinePath, files[1]], [camlossPath, files[0]]].map(([path, bytes]) => writeFile(join(here.site.folder, path), bytes)));
  await v.page.reload();
  await v.analysed();
  const after = (await v.state()).photos[0].results;
  assert.deepEqual(after.map((r) => r.probability), before.map((r) => r.probability).reverse());
  // One of the two is cut off: the other is shown alone, none from the snapshot joins it.
  server.cut(camlossPath);
  await v.page.reload();
  await v.analysed(1);
  assert.match(await v.alerts(), /test-camloss\.safetensors: the download broke off/);
  await server.stop();
  await Promise.all([[baselinePath, files[0]], [camlossPath, files[1]]].map(([path, bytes]) => writeFile(join(here.site.folder, path), bytes)));
  await v.close();
});

test('a strict policy holds: nothing violates it and nothing is asked of another origin', { timeout: 120000 }, async () => {
  const context = await here.browser.newContext({ viewport: { width: 1200, height: 800 }, acceptDownloads: true });
  await context.addInitScript(() => {
    globalThis.violations = [];
    addEventListener('securitypolicyviolation', (e) => globalThis.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
  });
  const v = new Visitor();
  v.context = context;
  v.page = await context.newPage();
  const requests = [], complaints = [];
  context.on('request', (r) => requests.push(r.url()));
  v.page.on('console', (m) => { if (['error', 'warning'].includes(m.type())) complaints.push(m.text()); });
  await v.page.goto(here.site.url);
  await v.analysed();
  const policy = await v.page.getAttribute('meta[http-equiv="Content-Security-Policy"]', 'content');
  assert.match(policy, /default-src 'none'/);
  assert.ok(!/unsafe-inline|'unsafe-eval'|\*|https?:/.test(policy), policy);
  await v.choose([{ name: 'one.png', buffer: png(scene(200, 150, 71)) }]);
  await v.until('has', 'one.png');
  await v.download(() => v.key('s'));
  await v.click('Models');
  await v.click('Dense pair');
  await v.until('model', 'weights/test-dense-b.safetensors');
  const origin = new URL(here.site.url).origin;
  assert.ok(requests.length > 10);
  assert.deepEqual(requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith(`blob:${origin}/`)), []);
  assert.deepEqual(await v.page.evaluate(() => globalThis.violations), []);
  assert.deepEqual(complaints, []);
  // The policy does stop what it is there to stop.
  await v.page.evaluate(() => document.body.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.ran = true' })));
  await v.page.evaluate(() => fetch('https://example.com/').catch(() => {}));
  await v.page.waitForFunction(() => globalThis.violations.length >= 2);
  assert.equal(await v.page.evaluate(() => globalThis.ran), undefined);
  await v.close();
});
