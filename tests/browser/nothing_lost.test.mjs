// Nothing is lost: files that are gone, a stop, the clipboard, the link and the saved picture; names in any script.
import assert from 'node:assert/strict';
import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Visitor, withSite } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';
import { alertSays, press, select } from './support/structure.mjs';

const here = withSite();
const open = (options = {}) => Visitor.open(here.browser, here.site.url, { painted: false, ...options });
const own = (name, seed = 4) => ({ name, buffer: png(scene(90, 70, seed)) });

let folder;
before(async () => { folder = await mkdtemp(join(tmpdir(), 'camloss-lost-')); });
after(() => rm(folder, { recursive: true }));

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
  await v.mirrored('Its file is gone, so these models could not be asked. Add the photo once more to ask them.');
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

/** Runs of letters that the page has painted, with where their ink lies in the picture. */
const watchPainted = (v) => v.page.addInitScript(() => {
  globalThis.painted = [];
  const { fillText } = OffscreenCanvasRenderingContext2D.prototype;
  OffscreenCanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    const m = this.measureText(text), { width, height } = this.canvas;
    globalThis.painted.push({ text, left: x - m.actualBoundingBoxLeft, right: width - x - m.actualBoundingBoxRight,
      top: y - m.actualBoundingBoxAscent, bottom: height - y - m.actualBoundingBoxDescent });
    fillText.call(this, text, x, y);
  };
});

test('a run of letters is painted whole, in the order of reading, and cut where it is read last', { timeout: 180000 }, async () => {
  const v = await open({ painted: true, viewport: { width: 390, height: 844 }, deviceScaleFactor: 3 });
  await watchPainted(v);
  await v.page.reload();
  await v.analysed();
  const long = 'תצלום ארוך מאוד של לווייתן קטלן בים הצפוני בחורף';
  const names = ['שלום 123 עולם.png', 'a\u202Egnp.png', 'ดาวน์โหลดวาฬเพชฌฆาต.png', 'वन्य जीवन हिन्दी.png', 'e\u0301te\u0301.png',
    'שלום 🐋 עולם.png', 'วาฬ🐋.png', '👨‍👩‍👧‍👦.png', `${long}.png`];
  await v.choose(names.map((name, i) => ({ name, buffer: own('x', i + 3).buffer })));
  await v.until('count', 12 + names.length);
  await v.analysed();
  for (const name of names) {
    await v.page.locator('#results li button').nth(12 + names.indexOf(name)).evaluate((e) => e.click());
    await v.frames(6);
    await v.still();
  }
  await v.click('All photos');
  const painted = await v.page.evaluate(() => globalThis.painted);
  const texts = new Set(painted.map(({ text }) => text));
  for (const wanted of ['שלום 123 עולם', 'हिन्दी', 'e\u0301', '👨‍👩‍👧‍👦', '🐋', 'שלום ', ' עולם', 'วาฬ']) assert.ok(texts.has(wanted), `“${wanted}” of ${[...texts]}`);
  for (const { text, left, right, top, bottom } of painted) {
    assert.doesNotMatch(text, /[\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069]/, 'nothing turns what is beside it');
    assert.ok(Math.min(left, right, top, bottom) >= -1, `${text} is cut off: ${[left, right, top, bottom]}`);
  }
  const cut = [...texts].filter((text) => text.endsWith('…'));
  assert.ok(cut.some((text) => text.length > 8), 'a long name is cut');
  for (const text of cut) assert.ok(names.some((name) => name.startsWith(text.slice(0, -1))), `${text} begins where its name begins`);
  assert.deepEqual(v.complaints, []);
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
