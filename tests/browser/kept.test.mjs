// Nothing is lost: photos kept for the next visit, storage that is denied or full, files that are gone, a stop, the
// clipboard, the link and the saved picture; names in any script.
import assert from 'node:assert/strict';
import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Visitor, withSite } from './support/page.mjs';
import { png, random, scene } from './support/pictures.mjs';

const here = withSite();
const open = (options = {}) => Visitor.open(here.browser, here.site.url, { painted: false, ...options });
const own = (name, seed = 4) => ({ name, buffer: png(scene(90, 70, seed)) });

let folder;
before(async () => { folder = await mkdtemp(join(tmpdir(), 'camloss-kept-')); });
after(() => rm(folder, { recursive: true }));

const control = (v, name) => v.page.locator('#results button', { hasText: name });
const press = (v, name) => control(v, name).evaluate((e) => e.click());
const keepBox = (v) => v.page.getByRole('checkbox', { name: /Keep my photos/ });
const alertSays = (v, text) =>
  v.page.waitForFunction((wanted) => document.getElementById('alerts').textContent.includes(wanted), text, { timeout: 60000, polling: 25 });

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

const select = async (v, name) => {
  await v.page.locator('#results li button', { hasText: name }).evaluate((e) => e.click());
  await v.mirrored(`Selected: ${name}`);
};
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

test('a photo whose file is deleted keeps its answers, and undo brings it back; both are said', async () => {
  const v = await open();
  const paths = [];
  for (const name of ['gone.png', 'here.png', 'taken.png']) {
    paths.push(join(folder, name));
    await writeFile(paths.at(-1), own(name, 20 + paths.length).buffer);
  }
  await v.page.setInputFiles('#photo-input', paths);
  await v.until('has', 'taken.png');
  await v.analysed();
  await v.page.locator('#results li button', { hasText: 'gone.png' }).evaluate((e) => e.click());
  await v.mirrored('Selected: gone.png');
  const before = await v.photo('gone.png');
  await press(v, 'Remove this photo');
  await v.until('count', 14);
  await unlink(paths[0]);
  await v.page.keyboard.press('Control+z');
  await v.until('count', 15);
  await alertSays(v, 'gone.png could not be read from the disk — what was found of it stays');
  assert.deepEqual(await v.photo('gone.png'), before);
  // Another input size asks for the pixels of all; one that has none is no reason to wait for ever.
  await unlink(paths[2]);
  await v.click('Models');
  await v.click('Dense pair');
  await alertSays(v, 'taken.png could not be read from the disk — what was found of it stays');
  await v.still();
  const { photos } = await v.state();
  assert.deepEqual(photos.slice(12).map((p) => [p.name, p.results.length]), [['gone.png', 0], ['here.png', 2], ['taken.png', 0]]);
  await v.page.locator('#results li button', { hasText: 'gone.png' }).evaluate((e) => e.click());
  await v.mirrored('Selected: gone.png: its file is gone.');
  const cells = await v.page.locator('#results tbody tr', { hasText: 'gone.png' }).locator('td').allTextContents();
  assert.equal(cells[1], 'its file is gone');
  await v.click('Models');
  await v.click('Test pair');
  await v.still();
  assert.equal((await v.photo('here.png')).results.length, 2);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('stopping a new analysis keeps what is done and says how many keep their earlier answers', async () => {
  const v = await open();
  await v.choose(Array.from({ length: 30 }, (_, i) => own(`p${i}.png`, i)));
  await v.until('has', 'p29.png');
  await v.analysed();
  await v.page.focus('#canvas');
  // Six: the slowest method.
  await v.page.evaluate(() => {
    const button = [...document.querySelectorAll('#results button')].find((e) => e.textContent.startsWith('Stop the analysis'));
    const select = [...document.querySelectorAll('#results select')].find((e) => e.labels[0].textContent.startsWith('Map method'));
    select.value = 'occlusion';
    select.dispatchEvent(new Event('change'));
    setTimeout(() => { button.removeAttribute('aria-disabled'); button.click(); }, 30);
  });
  await v.page.waitForFunction(() => /Stopped: \d+ photos keep their earlier answers\. What is done stays\./.test(document.getElementById('alerts').textContent),
    undefined, { timeout: 60000, polling: 25 });
  await v.still();
  const methods = (await v.state()).photos.map((p) => p.results.map((r) => r.method)).flat();
  assert.ok(methods.includes('cam'), 'it went on');
  assert.ok(methods.length === 84, 'no answer is lost');
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('the picture is copied; where the browser refuses, that is said', async () => {
  const v = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
  await v.page.focus('#canvas');
  await v.key('c');
  await alertSays(v, 'The picture is in the clipboard');
  const width = await v.page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    return (await createImageBitmap(await item.getType('image/png'))).width;
  });
  assert.equal(width, 2360);
  await v.page.evaluate(() => { Clipboard.prototype.write = () => Promise.reject(new Error('not allowed')); });
  await v.key('c');
  await alertSays(v, 'The picture could not be copied: not allowed — save it instead (S)');
  await v.close();
});

test('the copied link of one’s own photo is said to hold no photo', async () => {
  const v = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
  await v.choose([own('one.png')]);
  await v.until('has', 'one.png');
  await select(v, 'one.png');
  await press(v, 'Copy the link');
  await alertSays(v, 'The link holds the view, not the photo: that never leaves this machine');
  assert.equal(await v.page.evaluate(() => navigator.clipboard.readText()), v.page.url());
  await v.close();
});

test('the saved picture shows the view: the painted probe, the table', { timeout: 120000 }, async () => {
  const v = await open({ painted: true, acceptDownloads: true });
  const grey = (bytes) => v.page.evaluate(async (text) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) count += [0, 1, 2].every((c) => Math.abs(data[i + c] - 127) < 2) ? 1 : 0;
    return count;
  }, bytes.toString('base64'));
  const before = await v.download(() => v.key('s'));
  await press(v, 'Paint over it');
  await v.mirrored('1 spot is painted over.');
  await v.still();
  const probe = await v.download(() => v.key('s'));
  const [none, painted] = [await grey(before.bytes), await grey(probe.bytes)];
  assert.ok(painted > none + 20000, `${none} grey pixels, then ${painted}`);
  await v.click('All photos');
  const table = await v.download(() => v.key('s'));
  assert.equal(table.name, 'camloss-photos.png');
  assert.notEqual(table.bytes.length, probe.bytes.length);
  await v.close();
});

test('a link carries the settings of the view', async () => {
  const v = await open();
  const choose = (label, value) => v.page.getByLabel(label).evaluate((e, chosen) => { e.value = chosen; e.dispatchEvent(new Event('change')); }, value);
  await choose('Evidence drawn', 'signed');
  await v.page.getByLabel('Same scale for both maps').evaluate((e) => e.click());
  await v.page.getByLabel('Outline the strongest fifth').evaluate((e) => e.click());
  await v.page.getByLabel('Opacity').evaluate((e) => { e.value = 85; e.dispatchEvent(new Event('input')); });
  await v.page.waitForFunction(() => location.hash.includes('opacity=85'));
  const hash = await v.page.evaluate(() => location.hash);
  for (const part of ['evidence=signed', 'colours=diverging', 'scale=same', 'outline=1']) assert.ok(hash.includes(part), `${part} in ${hash}`);
  const again = await open({ hash });
  await again.mirrored('Selected: ');
  assert.equal(await again.page.getByLabel('Evidence drawn').inputValue(), 'signed');
  assert.equal(await again.page.getByLabel('Opacity').inputValue(), '85');
  assert.ok(await again.page.getByLabel('Same scale for both maps').isChecked());
  await again.close();
  await v.close();
});

test('names are drawn in any script', async () => {
  const v = await open({ painted: true, viewport: { width: 1200, height: 760 } });
  const title = async (name) => {
    await v.choose([{ name, buffer: own('x').buffer }]);
    await v.until('has', name);
    await v.analysed();
    await v.mirrored(`Selected: ${name}`);
    await v.page.waitForTimeout(300);
    await v.still();
    return v.page.screenshot({ clip: { x: 0, y: 64, width: 500, height: 40 } });
  };
  const unknown = await title('????.png');
  for (const names of [['ორკა.png', 'ლეოპ.png'], ['אורק.png', 'נמרי.png'], ['Ορκα ўѓ.png', 'Ορκα ѓў.png'], ['e\u0301e\u0301.png', 'e\u0300e\u0300.png']]) {
    const [one, other] = [await title(names[0]), await title(names[1])];
    assert.ok(!one.equals(other), `${names} look alike`);
    assert.ok(!one.equals(unknown));
  }
  await v.page.screenshot({ path: join(folder, 'names.png') });
  assert.deepEqual(v.complaints, []);
  await v.close();
});
