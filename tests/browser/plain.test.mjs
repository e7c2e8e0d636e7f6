// The plain form, for browsers without WebGL 2: it classifies, draws the maps, and says what it cannot do.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { baselinePath, camlossPath, launch, startSite, Visitor } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';

let site, browser;
before(async () => {
  site = await startSite();
  browser = await launch(['--disable-gpu', '--disable-3d-apis']);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

async function visit(options = {}) {
  const v = await Visitor.open(browser, site.url, { ready: false, ...options });
  await v.page.waitForFunction(() => globalThis.camloss !== undefined);
  return v;
}

test('photos are classified as by the module, and the maps are drawn', async () => {
  const v = await visit();
  const picture = scene(317, 211, 5);
  await v.choose([{ name: 'chosen.png', buffer: png(picture) }]);
  await v.drop([{ name: 'dropped.png', buffer: png(scene(90, 160, 6)) }]);
  await v.until('has', 'dropped.png');
  const { photos, frame } = await v.state();
  assert.equal(frame, 2);
  assert.deepEqual(photos.map((p) => [p.name, p.label]), [['chosen.png', null], ['dropped.png', null]]);
  const { loadModel } = await import(pathToFileURL(join(site.folder, 'camloss.mjs')));
  for (const [i, path] of [baselinePath, camlossPath].entries()) {
    const model = await loadModel(await readFile(join(site.folder, path)));
    const expected = model.explain(picture);
    const found = photos[0].results[i];
    assert.equal(found.model, path);
    assert.equal(found.label, expected.label);
    for (const key of ['probability', 'offCentreMass']) assert.ok(Math.abs(found[key] - expected[key]) < 1e-3);
    model.dispose();
  }
  // Three pictures each; the maps differ from the photo and from each other.
  const drawn = await v.page.evaluate(() => [...document.querySelectorAll('section:last-of-type canvas')].map((c) => {
    const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
    return { width: c.width, height: c.height, mean: data.reduce((a, b) => a + b, 0) / data.length };
  }));
  assert.equal(drawn.length, 3);
  assert.ok(drawn.every(({ width, height }) => width === 320 && height === 213));
  assert.equal(new Set(drawn.map(({ mean }) => mean.toFixed(2))).size, 3);
  const bars = await v.page.evaluate(() => [...document.querySelectorAll('section:last-of-type .share')]
    .map((e) => e.getBoundingClientRect().width / e.parentElement.getBoundingClientRect().width));
  bars.forEach((share, i) => assert.ok(Math.abs(share - (1 - photos[0].results[i].offCentreMass)) < 0.01));
  assert.equal(bars.length, 2);
  assert.match(await v.page.textContent('#results'), /chosen\.png: Baseline .*CAMLoss /);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('masks are no photos, camera and folder are read, and what is not sure leans', async () => {
  const v = await visit();
  const set = (id, files) => v.page.setInputFiles(id, files.map(({ name, seed }) => ({ name, mimeType: 'image/png', buffer: png(scene(60, 80, seed)) })));
  await set('#camera-input', [{ name: 'camera.png', seed: 1 }]);
  await v.until('has', 'camera.png');
  await v.choose([{ name: 'photo.png', buffer: png(scene(60, 80, 2)) }, { name: 'photo.mask.png', buffer: png(scene(60, 80, 3)) }]);
  await v.until('has', 'photo.png');
  const folder = await mkdtemp(join(tmpdir(), 'camloss-plain-'));
  await mkdir(join(folder, 'orca'));
  await writeFile(join(folder, 'orca', 'one.png'), png(scene(60, 80, 4)));
  await v.page.setInputFiles('#folder-input', folder);
  await v.until('has', 'one.png');
  await rm(folder, { recursive: true });
  const { photos } = await v.state();
  assert.deepEqual(photos.map((p) => [p.name, p.label]), [['camera.png', null], ['photo.png', null], ['one.png', 'orca']]);
  const said = await v.page.evaluate(() => [...document.querySelectorAll('figcaption strong')].map((e) => e.textContent).reverse());
  const results = photos.flatMap((p) => p.results);
  assert.equal(said.length, results.length);
  for (const { verdict, label, probability } of results) {
    assert.equal(verdict, Math.max(probability, 1 - probability) > 0.65 ? 'sure' : 'unsure');
    assert.ok(said.includes(`${verdict === 'sure' ? '' : 'leans to '}${label}, ${Math.round(100 * Math.max(probability, 1 - probability))} %`), said.join(' | '));
  }
  await v.close();
});

test('bad files and hostile names are told of as text, other weights are used for what is there', async () => {
  const v = await visit({ viewport: { width: 360, height: 740 } });
  await v.choose([{ name: '<img src=x onerror=alert(1)>.jpg', buffer: Buffer.from('no picture') },
    { name: 'photo\u202Egnp.exe', buffer: png(scene(60, 80, 7)) }, { name: 'own.safetensors', buffer: Buffer.from('x') },
    { name: 'cut.png', buffer: png(scene(60, 80, 7)).subarray(0, 70) }]);
  await v.until('has', 'photo\u202Egnp.exe');
  await v.page.waitForFunction(() => document.querySelectorAll('#alerts p').length === 3);
  const text = await v.alerts();
  assert.match(text, /<img src=x onerror=alert\(1\)>\.jpg is not a picture/);
  assert.match(text, /cut\.png could not be decoded/);
  assert.match(text, /own\.safetensors was not opened — own weights need/);
  assert.ok(await v.page.isVisible('#alerts'), 'for everybody to see');
  assert.equal(await v.page.locator('img').count(), 0);
  assert.ok(await v.page.evaluate(() => document.documentElement.scrollWidth <= 360), 'nothing is wider than the screen');
  await v.page.selectOption('select', { label: 'Dense pair' });
  await v.until('model', 'weights/test-dense-b.safetensors');
  assert.equal(await v.page.locator('section:not(#results)').count(), 1);
  assert.deepEqual(v.complaints, []);
  await v.close();
});
