// The page as a person uses it: first screen, photos by button, drop and paste, views, keys, link, export.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { baselinePath, camlossPath, launch, startSite, Visitor } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';
import { randomWeights } from './support/weights.mjs';

let site, browser, visitor;
before(async () => {
  site = await startSite();
  browser = await launch();
  visitor = await Visitor.open(browser, site.url);
});
after(async () => {
  await visitor?.close();
  await browser?.close();
  await site?.close();
});

test('the first screen shows analysed samples with both models', async () => {
  const { frame, photos } = await visitor.state();
  assert.ok(frame > 0);
  assert.ok(photos.length >= 8);
  for (const photo of photos) {
    assert.deepEqual(photo.results.map((r) => [r.model, r.recipe, r.method]),
                     [[baselinePath, 'baseline', 'cam'], [camlossPath, 'camloss', 'cam']]);
    for (const r of photo.results) {
      assert.ok(r.probability >= 0 && r.probability <= 1);
      assert.equal(r.label, r.probability > 0.5 ? 'orca' : 'leopard');
      assert.ok(r.offCentreMass >= 0 && r.offCentreMass <= 1);
      assert.ok(Number.isFinite(r.logit));
    }
  }
  await visitor.still();
  assert.match(await visitor.page.textContent('#results'), /Selected: (leopard|orca) \d, /);
});

test('a chosen photo is appended, selected, and gets the figures of the module without UI', async () => {
  const picture = scene(317, 211, 5);
  const before = (await visitor.state()).photos.length;
  await visitor.choose([{ name: 'chosen.png', buffer: png(picture) }]);
  await visitor.until('has', 'chosen.png');
  await visitor.analysed();
  const { photos } = await visitor.state();
  assert.equal(photos.length, before + 1);
  assert.equal(photos.at(-1).name, 'chosen.png');
  assert.equal(photos.at(-1).label, null);
  const { loadModel } = await import(pathToFileURL(join(site.folder, 'camloss.mjs')));
  for (const [i, path] of [baselinePath, camlossPath].entries()) {
    const model = await loadModel(await readFile(join(site.folder, path)));
    const expected = model.explain(picture, { method: 'cam' });
    const found = photos.at(-1).results[i];
    assert.ok(Math.abs(found.probability - expected.probability) < 1e-3);
    assert.ok(Math.abs(found.logit - expected.logit) < 5e-3 * Math.max(1, Math.abs(expected.logit)));
    assert.ok(Math.abs(found.offCentreMass - expected.offCentreMass) < 1e-3);
    model.dispose();
  }
  await visitor.page.waitForFunction(() => document.getElementById('results').textContent.includes('Selected: chosen.png'));
});

test('files dropped on the page are taken, weights among them are used', async () => {
  const before = (await visitor.state()).photos.length;
  await visitor.drop([{ name: 'one.png', buffer: png(scene(64, 48, 6)) }, { name: 'two.png', buffer: png(scene(48, 64, 7), 'rgb') }]);
  await visitor.until('has', 'two.png');
  assert.equal((await visitor.state()).photos.length, before + 2);
  const v = await Visitor.open(browser, site.url);
  await v.drop([{ name: 'mine.safetensors', buffer: randomWeights({ recipe: 'camloss', seed: 21 }) },
    { name: 'other.safetensors', buffer: randomWeights({ recipe: 'baseline', seed: 22 }) }]);
  await v.until('model', 'mine.safetensors');
  await v.analysed();
  const [a, b] = (await v.state()).photos[0].results;
  assert.deepEqual([a.model, a.recipe, b.model, b.recipe], ['other.safetensors', 'baseline', 'mine.safetensors', 'camloss']);
  // One model of other classes stands alone.
  await v.drop([{ name: 'cats.safetensors', buffer: randomWeights({ recipe: 'camloss', seed: 23, classes: 'cat,dog' }) }]);
  await v.until('model', 'cats.safetensors');
  await v.analysed(1);
  assert.match((await v.state()).photos[0].results[0].label, /cat|dog/);
  await v.drop([{ name: 'broken.safetensors', buffer: Buffer.from('not weights at all') }]);
  await v.page.waitForFunction(() => document.getElementById('alerts').textContent.includes('broken.safetensors'));
  await v.analysed(1);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('a picture is pasted from the clipboard', async () => {
  const before = (await visitor.state()).photos.length;
  await visitor.page.evaluate((bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], 'image.png', { type: 'image/png' }));
    window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }));
  }, png(scene(30, 30, 8)).toString('base64'));
  await visitor.until('count', before + 1);
  await visitor.analysed();
});

test('bad files give a message with name and reason for ten seconds, and the page goes on', async () => {
  const { photos } = await visitor.state();
  const good = png(scene(40, 30, 9));
  await visitor.choose([{ name: 'notes.jpg', buffer: Buffer.from('this is text, no picture') }, { name: 'empty.png', buffer: Buffer.alloc(0) },
    { name: 'cut.png', buffer: good.subarray(0, 60) }, { name: 'fine.png', buffer: good }]);
  await visitor.until('has', 'fine.png');
  await visitor.page.waitForFunction(() => ['notes.jpg', 'empty.png', 'cut.png'].every((name) => document.querySelector('[role=alert]').textContent.includes(name)));
  const text = await visitor.alerts();
  assert.match(text, /notes\.jpg is not a picture/);
  assert.match(text, /empty\.png is empty/);
  assert.match(text, /cut\.png could not be decoded/);
  const shown = (await visitor.widgets()).filter((w) => w.name === 'Close message').length;
  assert.ok(shown >= 3, 'the messages are drawn as well');
  await visitor.page.waitForTimeout(10000);
  assert.match(await visitor.alerts(), /cut\.png/);
  assert.equal((await visitor.state()).photos.length, photos.length + 1);
});

test('arrow keys walk through the photos, digits choose the method, ? opens the help', async () => {
  const v = await Visitor.open(browser, site.url, { hash: '#sample=leopard%202%2C%20usual%20background', painted: false });
  const selected = async () => /Selected: ([^(:]+)/.exec(await v.page.textContent('#results'))[1].trim();
  const names = (await v.state()).photos.map((p) => p.name);
  const at = names.indexOf('leopard 2, usual background');
  assert.equal(await selected(), names[at]);
  await v.key('ArrowRight');
  await v.page.waitForFunction((name) => document.getElementById('results').textContent.includes(`Selected: ${name}`), names[at + 1]);
  await v.key('ArrowLeft');
  await v.page.waitForFunction((name) => document.getElementById('results').textContent.includes(`Selected: ${name}`), names[at]);
  const methods = new Set();
  for (const digit of '123456') {
    await v.key(digit);
    await v.page.waitForTimeout(600);
    const found = new Set((await v.state()).photos.flatMap((p) => p.results.map((r) => r.method)));
    assert.equal(found.size, 1);
    methods.add([...found][0]);
  }
  assert.ok(methods.size >= 5, `six keys gave ${[...methods]}`);
  await v.key('1');
  await v.until('method', 'cam');
  await v.key('?');
  assert.ok((await v.widgets()).some((w) => w.name === 'Close'));
  await v.key('Escape');
  assert.ok(!(await v.widgets()).some((w) => w.name === 'Close'));
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('drawn samples and photos have weights of their own, until somebody chooses', async (t) => {
  const other = await startSite();
  t.after(() => other.close());
  const index = join(other.folder, 'weights/index.json');
  const [photos, samples] = JSON.parse(await readFile(index, 'utf8'));
  await writeFile(index, JSON.stringify([photos, { ...samples, samples: true }]));
  const v = await Visitor.open(browser, other.url, { painted: false });
  const models = async () => new Set((await v.state()).photos.flatMap((p) => p.results.map((r) => r.model)));
  assert.deepEqual(await models(), new Set([samples.baseline, samples.camloss]));
  assert.doesNotMatch(await v.page.evaluate(() => location.hash), /weights=/, 'nobody has chosen');
  await v.choose([{ name: 'mine.png', buffer: png(scene(60, 50, 3)) }]);
  await v.until('has', 'mine.png');
  await v.analysed();
  const modelsOf = (list) => new Set(list.flatMap((p) => p.results.map((r) => r.model)));
  const all = (await v.state()).photos;
  assert.deepEqual(modelsOf(all.slice(-1)), new Set([photos.baseline, photos.camloss]));
  assert.deepEqual(modelsOf(all.slice(0, -1)), new Set([samples.baseline, samples.camloss]), 'the drawings keep theirs');
  assert.equal(await v.alerts(), '', 'no alarm about it');
  await v.mirrored('Weights: Test pair.');
  await v.click('More');
  await v.click('Start over with the samples');
  await v.analysed();
  assert.deepEqual(await models(), new Set([samples.baseline, samples.camloss]));
  await v.click('Models');
  await v.click('Dense pair');
  await v.choose([{ name: 'mine.png', buffer: png(scene(60, 50, 3)) }]);
  await v.until('has', 'mine.png');
  await v.analysed();
  assert.deepEqual(await models(), new Set([samples.baseline, samples.camloss]), 'what was chosen stays');
  assert.match(await v.page.evaluate(() => location.hash), /weights=Dense%20pair/);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('the link names sample, method, weights and page, and opens them again', async () => {
  const v = await Visitor.open(browser, site.url, { painted: false });
  await v.click('Models');
  await v.click('Dense pair');
  await v.until('model', 'weights/test-dense-b.safetensors');
  await v.analysed();
  await v.click('Centre');
  await v.key('ArrowRight');
  await v.key('2');
  await v.still();
  const hash = await v.page.evaluate(() => location.hash);
  for (const part of ['sample=', 'method=', 'weights=Dense%20pair', 'page=split']) assert.ok(hash.includes(part), `${part} in ${hash}`);
  const text = await v.page.textContent('#results > div');
  const again = await Visitor.open(browser, site.url, { hash });
  await again.still();
  assert.equal(await again.page.textContent('#results > div'), text);
  assert.deepEqual((await again.state()).photos, (await v.state()).photos);
  assert.ok((await again.widgets()).find((w) => w.name === 'Centre').on);
  await v.close();
  // Typed into an open page, which the browser does not load anew for it; back leads to the view before.
  await again.page.evaluate(() => { location.hash = '#page=photos'; });
  const shows = (view) => again.page.waitForFunction((name) => globalThis.camloss.widgets().find((w) => w.name === name)?.on, view, { timeout: 20000, polling: 50 });
  await shows('All photos');
  await again.page.evaluate((link) => { location.hash = link; }, hash);
  await shows('Centre');
  await again.still();
  assert.equal(await again.page.textContent('#results > div'), text);
  await again.page.goBack();
  await shows('All photos');
  await again.page.evaluate(() => { location.hash = '#train=cat,dog'; });
  await again.page.waitForURL(/train\.html#train=cat,dog$/);
  await again.close();
});

test('table and PNG are saved as files that can be read back', async () => {
  const v = await Visitor.open(browser, site.url);
  await v.choose([{ name: '=cmd,"x".png', buffer: png(scene(50, 40, 10)) }]);
  await v.until('has', '=cmd,"x".png');
  await v.click('All photos');
  const csv = await v.download(() => v.click('Save CSV'));
  assert.equal(csv.name, 'camloss-results.csv');
  const lines = csv.bytes.toString().trim().split('\r\n');
  const { photos } = await v.state();
  assert.equal(lines.length, photos.length + 1);
  const columns = lines[0].split(',');
  assert.equal(columns.length, 22);
  assert.ok(lines.at(-1).startsWith('"\'=cmd,""x"".png",,50,40,'), lines.at(-1));
  const first = lines[1].replace(/"[^"]*"/g, 'name').split(',');
  assert.ok(Math.abs(Number(first[columns.indexOf('baseline_probability')]) - photos[0].results[0].probability) < 1e-6);
  await v.click('Compare');
  const picture = await v.download(() => v.key('s'));
  assert.match(picture.name, /^camloss-.*\.png$/);
  assert.equal(picture.bytes.readUInt32BE(16), 2360, 'twice 1180 units wide');
  assert.ok(picture.bytes.readUInt32BE(20) > 1000);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('a cell of a confusion matrix filters the table, a row leads to its photo', async () => {
  const v = await Visitor.open(browser, site.url);
  await v.click('All photos');
  const { photos } = await v.state();
  const verdict = (p) => (p < 0.35 ? 0 : p > 0.65 ? 1 : 2);
  const wanted = photos.filter((p) => p.label === 'orca' && verdict(p.results[1].probability) === verdict(photos.find((q) => q.label === 'orca').results[1].probability));
  const column = verdict(wanted[0].results[1].probability);
  await v.click(`cell 11${column}`);
  const rows = (await v.widgets()).filter((w) => w.name.startsWith('row '));
  assert.ok(rows.length > 0 && rows.length <= wanted.length);
  assert.ok(rows.every((r) => wanted.some((p) => r.name === `row ${p.name}`)));
  await v.click(rows[0].name);
  assert.ok((await v.widgets()).find((w) => w.name === 'Compare').on);
  await v.page.waitForFunction((name) => document.getElementById('results').textContent.includes(`Selected: ${name}`), rows[0].name.slice(4));
  await v.close();
});

test('only files of the site are asked for, and the console stays empty', () => {
  const origin = new URL(site.url).origin;
  assert.ok(visitor.requests.length > 5);
  assert.deepEqual(visitor.requests.filter((url) => !url.startsWith(origin) && !url.startsWith('blob:')), []);
  assert.deepEqual(visitor.complaints, []);
});
