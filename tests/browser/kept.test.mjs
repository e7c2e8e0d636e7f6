// Photos are kept for the next visit where that is switched on; storage that is denied or full, and other tabs, are told of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor, withSite } from './support/page.mjs';
import { png, random, scene } from './support/pictures.mjs';
import { alertSays, press, select } from './support/structure.mjs';

const here = withSite();
const open = (options = {}) => Visitor.open(here.browser, here.site.url, { painted: false, ...options });
const own = (name, seed = 4) => ({ name, buffer: png(scene(90, 70, seed)) });

const keepBox = (v) => v.page.getByRole('checkbox', { name: /Keep my photos/ });

/** The records that are kept, in their order. */
const records = (v) => v.page.evaluate(async () => {
  if (!(await indexedDB.databases()).some(({ name }) => name === 'camloss')) return [];
  const opening = indexedDB.open('camloss');
  await new Promise((resolve) => { opening.onsuccess = opening.onerror = resolve; });
  const database = opening.result;
  if (!database.objectStoreNames.contains('records')) {
    database.close();
    return [];
  }
  const all = database.transaction('records').objectStore('records').getAll();
  await new Promise((resolve) => { all.onsuccess = resolve; });
  database.close();
  return all.result;
});

/** Waits until that many photos are kept, one of them with the label where one is asked for. */
async function kept(v, count, label) {
  // Asked from here: waitForFunction takes a promise itself for the answer.
  for (const end = Date.now() + 60000; ; await v.page.waitForTimeout(100)) {
    const all = await records(v);
    if (all.length === count && (label === undefined || all.some(({ label: said }) => said === label))) return;
    assert.ok(Date.now() < end, `not ${count} photos are kept with ${label} but ${JSON.stringify(all)}`);
  }
}

async function opened(v, count) {
  await v.until('count', count);
  await v.analysed();
  await v.still();
}

test('photos, labels and paint survive a reload once that is switched on, and go when they are deleted', { timeout: 180000 }, async () => {
  const v = await open();
  await v.choose([own('one.png'), own('two.png', 5), own('three.png', 6)]);
  await v.until('has', 'three.png');
  await v.analysed();
  assert.deepEqual(await v.page.evaluate(async () => (await indexedDB.databases()).length), 0, 'nothing is stored unasked');
  await keepBox(v).evaluate((e) => e.click());
  await alertSays(v, 'are kept on this machine until you delete them');
  await kept(v, 3);
  await v.page.locator('#results li button', { hasText: 'one.png' }).evaluate((e) => e.click());
  await v.mirrored('Selected: one.png');
  await v.page.getByRole('radio', { name: 'orca' }).evaluate((e) => e.click());
  await press(v, 'Paint over it');
  await v.mirrored('1 spot is painted over.');
  await v.page.locator('#results li button', { hasText: 'three.png' }).evaluate((e) => e.click());
  await v.mirrored('Selected: three.png');
  await press(v, 'Remove this photo');
  await kept(v, 2, 'orca');
  const before = (await v.state()).photos;
  await v.page.waitForTimeout(600);

  await v.page.reload();
  await opened(v, 14);
  assert.deepEqual((await v.state()).photos, before);
  assert.ok(await keepBox(v).isChecked());
  await v.page.locator('#results li button', { hasText: 'one.png' }).evaluate((e) => e.click());
  await v.mirrored('Selected: one.png (label orca)');
  await v.mirrored('1 spot is painted over.');
  await press(v, 'Delete what is kept');
  await alertSays(v, 'What was kept is deleted');
  await kept(v, 0);
  assert.equal((await v.state()).photos.length, 14, 'the photos stay on the page');
  await v.page.reload();
  await opened(v, 12);
  assert.equal(await keepBox(v).isChecked(), false);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

const names = async (v) => (await v.state()).photos.slice(12).map((p) => p.name);

test('kept photos are there after every reload, in their order, with what came and went between', { timeout: 240000 }, async () => {
  const v = await open();
  await keepBox(v).evaluate((e) => e.click());
  await alertSays(v, 'are kept on this machine until you delete them');
  // The larger one comes first and is read last.
  const next = random(3);
  const large = { width: 3000, height: 2000, data: Uint8Array.from({ length: 4 * 3000 * 2000 }, (_, i) => (i % 4 === 3 ? 255 : (i >> 6) + (next() * 9))) };
  await v.choose([{ name: 'one.png', buffer: png(large) }, own('two.png', 5), own('three.png', 6)]);
  await v.until('count', 15);
  await v.analysed();
  await kept(v, 3);
  await select(v, 'two.png');
  await v.page.getByRole('radio', { name: 'orca' }).evaluate((e) => e.click());
  await press(v, 'Paint over it');
  await v.mirrored('1 spot is painted over.');
  await select(v, 'three.png');
  await press(v, 'Remove this photo');
  await kept(v, 2, 'orca');
  await v.page.waitForTimeout(600);

  await v.page.reload();
  await opened(v, 14);
  assert.deepEqual(await names(v), ['one.png', 'two.png']);
  await v.choose([own('four.png', 8)]);
  await v.until('has', 'four.png');
  await kept(v, 3, 'orca');
  await v.page.reload();
  await opened(v, 15);
  assert.deepEqual(await names(v), ['one.png', 'two.png', 'four.png']);
  await select(v, 'two.png');
  await v.mirrored('Selected: two.png (label orca)');
  await v.mirrored('1 spot is painted over.');
  // All are taken out, and that is undone.
  await press(v, 'Start over with the samples');
  await kept(v, 0);
  await v.mirrored('Undo: removal of 3 photos');  // before that the button is disabled
  await press(v, 'Undo');
  await kept(v, 3, 'orca');
  await v.page.reload();
  await opened(v, 15);
  assert.deepEqual(await names(v), ['one.png', 'two.png', 'four.png']);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('what is there after a reload is not written anew, a photo that came before is kept, and the link’s sample stays', { timeout: 120000 }, async () => {
  const v = await open({ serviceWorkers: 'block' });
  await v.choose([own('one.png'), own('two.png', 5)]);
  await v.until('has', 'two.png');
  await keepBox(v).evaluate((e) => e.click());
  await kept(v, 2);
  const sample = (await v.state()).photos[4].name;
  await select(v, sample);
  await v.page.waitForFunction(() => location.hash.includes('sample='));
  await v.page.waitForTimeout(600);
  await v.context.addInitScript(() => {
    globalThis.puts = 0;
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (...all) { globalThis.puts += 1; return put.apply(this, all); };
  });
  // The list of weights comes late: photos can be dropped before what was kept is read.
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await v.page.route('**/weights/index.json', async (route) => { await held; await route.continue(); });
  await v.page.reload();
  await v.page.waitForFunction(() => globalThis.camloss?.state().photos.length === 12);
  await v.choose([own('early.png', 9)]);
  await v.page.waitForFunction(() => globalThis.camloss.state().photos.length === 13);
  await v.page.waitForTimeout(1000);
  release();
  await opened(v, 15);
  await kept(v, 3);
  await v.page.waitForTimeout(800);
  assert.equal(await v.page.evaluate(() => globalThis.puts), 2, 'a record and a file, of the new one');
  await v.page.unroute('**/weights/index.json');
  await v.page.goto(`${here.site.url}#sample=${encodeURIComponent(sample)}`);
  await v.page.reload();
  await opened(v, 15);
  await v.mirrored(`Selected: ${sample}`);
  assert.deepEqual(await names(v), ['one.png', 'two.png', 'early.png']);
  await v.close();
});

test('a kept photo that cannot be read at one visit is not deleted', { timeout: 120000 }, async () => {
  const v = await open({ serviceWorkers: 'block' });
  await v.choose([own('one.png'), own('two.png', 5)]);
  await v.until('has', 'two.png');
  await keepBox(v).evaluate((e) => e.click());
  await kept(v, 2);
  await v.page.waitForTimeout(600);
  await v.page.route('**/decode-worker.mjs', (route) => route.abort());
  await v.page.reload();
  await alertSays(v, 'one.png could not be decoded');
  await alertSays(v, 'two.png could not be decoded');
  await v.page.waitForTimeout(1000);
  await kept(v, 2);
  await v.page.unroute('**/decode-worker.mjs');
  await v.page.reload();
  await opened(v, 14);
  assert.deepEqual(await names(v), ['one.png', 'two.png']);
  await v.close();
});

test('after kept photos could not be read keeping is off, and can be switched on', { timeout: 120000 }, async () => {
  const v = await open();
  await v.choose([own('one.png')]);
  await v.until('has', 'one.png');
  await keepBox(v).evaluate((e) => e.click());
  await kept(v, 1);
  await v.context.addInitScript(() => {
    const { getAll } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.getAll = function (...all) {
      IDBObjectStore.prototype.getAll = getAll;
      throw new DOMException(`${this.name} cannot be read`, 'DataError', all);
    };
  });
  await v.page.reload();
  await alertSays(v, 'The kept photos could not be read: records cannot be read');
  assert.equal(await keepBox(v).isChecked(), false);
  await v.choose([own('two.png', 5)]);
  await v.until('has', 'two.png');
  await v.page.waitForTimeout(800);
  await kept(v, 1);
  await keepBox(v).evaluate((e) => e.click());
  await alertSays(v, 'are kept on this machine until you delete them');
  await kept(v, 2);
  await v.close();
});

test('what is kept can be deleted while another tab is open, and that one is told', { timeout: 120000 }, async () => {
  const v = await open();
  await v.choose([own('one.png')]);
  await v.until('has', 'one.png');
  await keepBox(v).evaluate((e) => e.click());
  await kept(v, 1);
  const other = Object.assign(Object.create(Object.getPrototypeOf(v)), v, { page: await v.context.newPage() });
  await other.page.goto(here.site.url);
  await opened(other, 13);
  assert.ok(await keepBox(other).isChecked());
  await press(other, 'Delete what is kept');
  await alertSays(other, 'What was kept is deleted; the photos on the page stay until you close it');
  await alertSays(v, 'What was kept is deleted: another tab of this page asked for that');
  await v.page.waitForFunction(() => ![...document.querySelectorAll('#results input[type=checkbox]')].some((e) => e.checked));
  await kept(other, 0);
  await v.close();
});

test('a photo that another tab took out is kept again where it is still shown; a record without its file is left out', { timeout: 120000 }, async () => {
  const v = await open();
  await v.choose([own('one.png'), own('two.png', 5)]);
  await v.until('has', 'two.png');
  await keepBox(v).evaluate((e) => e.click());
  await kept(v, 2);
  const other = Object.assign(Object.create(Object.getPrototypeOf(v)), v, { page: await v.context.newPage() });
  await other.page.goto(here.site.url);
  await opened(other, 14);
  await select(other, 'one.png');
  await press(other, 'Remove this photo');
  await kept(other, 1);
  await other.page.close();
  await select(v, 'one.png');
  await v.page.getByRole('radio', { name: 'orca' }).evaluate((e) => e.click());
  await kept(v, 2);
  await v.page.reload();
  await opened(v, 14);
  assert.deepEqual((await names(v)).sort(), ['one.png', 'two.png']);
  // As an earlier edition may have left it.
  await v.page.evaluate(async () => {
    const opening = indexedDB.open('camloss');
    await new Promise((resolve) => { opening.onsuccess = resolve; });
    const files = opening.result.transaction('files', 'readwrite').objectStore('files');
    const keys = files.getAllKeys();
    keys.onsuccess = () => files.delete(keys.result[0]);
    await new Promise((resolve) => { files.transaction.oncomplete = resolve; });
    opening.result.close();
  });
  await v.page.reload();
  await opened(v, 13);
  assert.equal((await names(v)).length, 1);
  assert.ok(await keepBox(v).isChecked());
  assert.doesNotMatch(await v.alerts(), /could not be/);
  await v.close();
});

test('without being switched on nothing is kept, and the menu on the canvas switches it too', async () => {
  const v = await open();
  await v.choose([own('one.png')]);
  await v.until('has', 'one.png');
  await v.page.reload();
  await opened(v, 12);
  await v.choose([own('one.png')]);
  await v.until('has', 'one.png');
  await v.click('More');
  await v.click('Keep my photos on this machine');
  await kept(v, 1);
  await v.page.reload();
  await opened(v, 13);
  await v.close();
});

test('storage that is denied is said, and nothing else is lost', async () => {
  const v = await open();
  await v.page.evaluate(() => { IDBFactory.prototype.open = () => { throw new DOMException('access is denied', 'SecurityError'); }; });
  await v.choose([own('one.png')]);
  await v.until('has', 'one.png');
  await keepBox(v).evaluate((e) => e.click());
  await alertSays(v, 'Photos cannot be kept: the browser denies storage (access is denied). All else works as before');
  await v.page.waitForFunction(() => ![...document.querySelectorAll('#results input[type=checkbox]')].some((e) => e.checked));
  await v.choose([own('two.png', 5)]);
  await v.until('has', 'two.png');
  assert.deepEqual((await v.state()).photos.slice(12).map((p) => p.name), ['one.png', 'two.png']);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('storage that is full is said with the photo’s name; what was kept before stays', { timeout: 180000 }, async () => {
  const v = await open();
  const session = await v.context.newCDPSession(v.page);
  // The page's own files take their share: the photo gets what is left when they are all there.
  const usage = () => v.page.evaluate(async () => { await navigator.serviceWorker.ready; return (await navigator.storage.estimate()).usage; });
  let used = -1;
  for (let now = await usage(); now !== used; now = await usage()) {
    used = now;
    await v.page.waitForTimeout(1500);
  }
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(here.site.url).origin, quotaSize: used + 700000 });
  await keepBox(v).evaluate((e) => e.click());
  await v.choose([own('small.png')]);
  await v.until('has', 'small.png');
  await kept(v, 1);
  const next = random(3);
  const noise = { width: 900, height: 700, data: Uint8Array.from({ length: 4 * 900 * 700 }, (_, i) => (i % 4 === 3 ? 255 : next() * 256)) };
  await v.choose([{ name: 'large.png', buffer: png(noise) }]);
  await alertSays(v, 'large.png could not be kept: the storage of this browser is full');
  await v.until('has', 'large.png');
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(here.site.url).origin });
  await v.page.reload();
  await opened(v, 13);
  assert.equal((await v.state()).photos.at(-1).name, 'small.png');
  await press(v, 'Delete what is kept');
  await kept(v, 0);
  await v.close();
});
