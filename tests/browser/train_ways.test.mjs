// Ways through the page that trains: by keys alone, on a phone, with folders of both classes at once, on to the page that
// compares; the example of web/README.md; and its memory.
// CAMLOSS_TRAIN_PHOTOS sets the photos of the test of memory (default 120); 1000 is what the limit is for.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { twoClasses } from '../../web/train-files.mjs';
import { withSite } from './support/page.mjs';
import { begin, counted, done, downloaded, drop, openTraining, photos, state } from './support/training.mjs';

const started = withSite();
const many = Number(process.env.CAMLOSS_TRAIN_PHOTOS ?? 120);

const asInput = (files) => files.map((f) => ({ mimeType: 'image/png', ...f }));

test('by keys alone: names, photos, start, downloads', { timeout: 300000 }, async () => {
  const page = await openTraining(started);
  const focused = () => page.evaluate(() => document.activeElement.id);
  const tabTo = async (id) => {
    for (let i = 0; i < 60 && await focused() !== id; ++i) await page.keyboard.press('Tab');
    assert.equal(await focused(), id);
    const box = await page.evaluate(() => getComputedStyle(document.activeElement.closest('.button') ?? document.activeElement).outlineStyle);
    assert.notEqual(box, 'none', `${id} shows that it has the focus`);
  };
  for (const [slot, name, files] of [['a', 'red', photos(0, 12)], ['b', 'blue', photos(1, 12)]]) {
    await tabTo(`name-${slot}`);
    await page.keyboard.type(name);
    await tabTo(`files-${slot}`);
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Space')]);
    await chooser.setFiles(asInput(files));
    await counted(page, slot === 'a' ? 12 : 24);
  }
  await tabTo('epochs');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('2');
  for (let i = 0; i < 60 && await focused() !== 'start'; ++i) await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await done(page);
  await tabTo('open-pair');
  for (const name of ['baseline', 'camloss']) {
    await tabTo(`download-${name}`);
    const file = await downloaded(page, () => page.keyboard.press('Enter'));
    assert.equal(file.name, `red-blue-${name}.safetensors`);
    assert.ok(file.bytes.length > 100000);
  }
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('on a phone: taps alone, nothing beyond the screen, every control large enough', { timeout: 300000 }, async () => {
  const page = await openTraining(started, '', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 3 });
  for (const [slot, name, files] of [['a', 'red', photos(0, 12)], ['b', 'blue', photos(1, 12)]]) {
    await page.tap(`#name-${slot}`);
    await page.fill(`#name-${slot}`, name);
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.tap(`#files-${slot}`)]);
    await chooser.setFiles(asInput(files));
    await counted(page, slot === 'a' ? 12 : 24);
  }
  await page.fill('#epochs', '2');
  await page.tap('#start');
  await done(page);
  const { wide, small } = await page.evaluate(() => {
    const controls = [...document.querySelectorAll('button, .button, select, input:not([type=file]), summary')].filter((e) => e.offsetParent !== null);
    return { wide: document.documentElement.scrollWidth, small: controls.filter((e) => e.getBoundingClientRect().height < 42).map((e) => e.id || e.textContent) };
  });
  assert.ok(wide <= 390, `the page is ${wide} pixels wide`);
  assert.deepEqual(small, []);
  const file = await downloaded(page, () => page.tap('#download-camloss'));
  assert.equal(file.name, 'red-blue-camloss.safetensors');
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('few photos are shown more often, unless a person says how often', { timeout: 120000 }, async () => {
  const page = await openTraining(started);
  const plan = () => page.textContent('#plan');
  assert.equal(await page.inputValue('#epochs'), '80');
  await drop(page, '#drop-a', photos(0, 12));
  await counted(page, 12);
  await drop(page, '#drop-b', photos(1, 12));
  await counted(page, 24);
  const trained = Number(/(\d+) to train on/.exec(await page.textContent('#count-a'))[1]);
  const wanted = Math.ceil(960 / Math.ceil(2 * trained / 16));
  assert.ok(wanted > 80);
  assert.equal(await page.inputValue('#epochs'), String(wanted));
  assert.match(await plan(), new RegExp(`for ${wanted} epochs`));
  await page.fill('#epochs', '7');
  await drop(page, '#drop-a', photos(0, 13).slice(12));
  await counted(page, 25);
  assert.equal(await page.inputValue('#epochs'), '7');
  assert.match(await plan(), /for 7 epochs/);
  // An empty field leaves it to the recipe again; the example's few epochs are for the example alone.
  await page.fill('#epochs', '');
  assert.match(await plan(), new RegExp(`for ${wanted} epochs`));
  await page.click('#example');
  await counted(page, 120);
  assert.equal(await page.inputValue('#epochs'), '16');
  await page.click('#clear');
  await drop(page, '#drop-a', photos(0, 12));
  await counted(page, 12);
  await drop(page, '#drop-b', photos(1, 12));
  await counted(page, 24);
  assert.equal(await page.inputValue('#epochs'), String(wanted));
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('both curves are whole on a phone, below each other', { timeout: 120000 }, async () => {
  const page = await openTraining(started, '', { viewport: { width: 390, height: 844 } });
  await begin(page, 12, 3);
  await done(page);
  const boxes = await page.evaluate(() => [...document.querySelectorAll('#curves svg')].map((e) => {
    const { left, right, top } = e.getBoundingClientRect();
    return { left, right, top, seen: e.parentElement.scrollWidth <= e.parentElement.clientWidth };
  }));
  assert.equal(boxes.length, 2);
  for (const { left, right, seen } of boxes) assert.ok(seen && left >= 0 && right <= 390 && right - left > 250, JSON.stringify(boxes));
  assert.ok(boxes[1].top > boxes[0].top);
  await page.context().close();
});

test('a folder of two folders, and two folders at once, fill both classes', { timeout: 120000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'camloss-two-'));
  for (const [name, files] of [['cats', photos(0, 3)], ['dogs', photos(1, 4)]]) {
    await mkdir(join(folder, name));
    for (const f of files) await writeFile(join(folder, name, f.name), f.buffer);
  }
  const page = await openTraining(started);
  await page.setInputFiles('#folder-b', folder);
  await counted(page, 7);
  assert.deepEqual([await page.inputValue('#name-a'), await page.inputValue('#name-b')], ['cats', 'dogs']);
  assert.match(await page.textContent('#count-a'), /3 photos/);
  assert.match(await page.textContent('#count-b'), /4 photos/);
  await page.click('#clear');
  await counted(page, 0);
  await page.setInputFiles('#folder-a', join(folder, 'dogs'));
  await counted(page, 4);
  assert.match(await page.textContent('#count-a'), /4 photos/, 'one folder is one class');
  await drop(page, 'body', photos(0, 1));
  await page.waitForFunction(() => document.getElementById('alerts').textContent.includes('Drop photos on one of the two classes, or two folders at once'));
  await page.context().close();
  await rm(folder, { recursive: true });

  const of = (...labels) => labels.map((label) => ({ file: null, label }));
  assert.deepEqual(twoClasses(of('orca', 'leopard', 'orca'), ['', '']), ['leopard', 'orca']);
  assert.deepEqual(twoClasses(of('orca', 'leopard'), ['Orca', '']), ['orca', 'leopard']);
  assert.equal(twoClasses(of('burst 1', 'burst 2'), ['orca', '']), null, 'bursts of a class that has a name');
  assert.equal(twoClasses(of('', 'leopard'), ['', '']), null);
  assert.equal(twoClasses(of('a', 'b', 'c'), ['', '']), null);
});

test('the trained pair opens where photos are compared, with the photos that are wanted, and nothing leaves the browser', { timeout: 300000 }, async () => {
  const page = await openTraining(started, '#train=red,blue');
  const asked = [];
  page.context().on('request', (request) => asked.push(request));
  await begin(page, 12, 6);
  await done(page);
  const { pictures, judged } = await state(page);
  const held = pictures.filter((p) => p.part === 1);
  const [other] = await Promise.all([page.context().waitForEvent('page'), page.click('#open-pair')]);
  await other.waitForFunction((names) => {
    const s = globalThis.camloss?.state();
    return s && names.every((name) => s.photos.some((p) => p.name === name && p.results.length === 2));
  }, held.map((p) => p.name), { timeout: 120000 });
  const { photos: shown } = await other.evaluate(() => globalThis.camloss.state());
  for (const { name, label } of held) {
    const photo = shown.find((p) => p.name === name), index = pictures.findIndex((p) => p.name === name);
    assert.equal(photo.label, ['red', 'blue'][label]);
    for (const [i, model] of ['baseline', 'camloss'].entries()) {
      const expected = judged[model][index].probability;
      assert.ok(Math.abs(photo.results[i].probability - expected) < 5e-3, `${name}, ${model}: ${photo.results[i].probability} instead of ${expected}`);
    }
  }
  assert.ok(!shown.some((p) => p.name === pictures.find((q) => q.part === 0).name), 'photos that were trained on stay out');
  assert.deepEqual(asked.filter((r) => r.method() !== 'GET' || !r.url().startsWith(started.site.url)).map((r) => r.url()), []);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('the example of the README trains as it stands', { timeout: 300000 }, async () => {
  const readme = await readFile(new URL('../../web/README.md', import.meta.url), 'utf8');
  const [, example] = /## Training in a page[^]*?```js\n([^]*?)```/.exec(readme);
  const { folder, url } = started.site;
  await writeFile(join(folder, 'example.html'), '<!doctype html><meta charset="utf-8"><progress id="bar"></progress><script type="module" src="example.mjs"></script>');
  await writeFile(join(folder, 'example.mjs'), `const bar = document.getElementById('bar');
const photos = async (label) => Promise.all(Array.from({ length: 12 }, async (_, i) => (await fetch(\`example-\${label}-\${i}.png\`)).blob()));
const reds = await photos(0), blues = await photos(1);
reds.push(new Blob(['no picture']));
const { train: ignored } = await import('./train.mjs');
${example}
globalThis.example = { verdict: metrics.verdict, camloss: metrics.parts.camloss, leftOut: metrics.leftOut, share: bar.value, classes: model.info.classes,
  said: (await model.explain(reds[0])).probability, bytes: [baseline.length, camloss.length] };`);
  for (const label of [0, 1]) for (const [i, f] of photos(label, 12).entries()) await writeFile(join(folder, `example-${label}-${i}.png`), f.buffer);
  const page = await started.browser.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`${url}example.html`);
  const wasm = page.waitForRequest('**/camloss-train.wasm');
  await wasm;
  await page.waitForFunction(() => globalThis.example, undefined, { timeout: 240000 });
  const said = await page.evaluate(() => globalThis.example);
  assert.deepEqual(problems, []);
  assert.equal(said.verdict.word, 'cannot say');
  assert.equal(said.camloss.val.n, 4);
  assert.equal(said.share, 1);
  assert.deepEqual(said.classes, ['red', 'blue']);
  assert.deepEqual(said.leftOut.map((l) => l.name), ['red 13']);
  assert.ok(said.said > 0 && said.said < 1);
  await page.close();
});

test(`${many} photos: the tab stays below 400 MB`, { timeout: 1200000 }, async () => {
  const session = await started.browser.newBrowserCDPSession();
  /** What the tab has for itself, MB: without the browser's own program, which all tabs share. */
  const largest = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const sizes = await Promise.all(processInfo.filter(({ type }) => type === 'renderer').map(async ({ id }) => {
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      return ['RssAnon', 'RssShmem'].reduce((sum, name) => sum + Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024 / 1e6, 0);
    }));
    return Math.max(...sizes);
  };
  const page = await openTraining(started, '#train=red,blue');
  const empty = await largest();
  for (const [label, zone] of [[0, 'drop-a'], [1, 'drop-b']]) {
    await page.evaluate(async ([count, seed, id]) => {
      const canvas = new OffscreenCanvas(256, 192), context = canvas.getContext('2d', { willReadFrequently: true }), data = new DataTransfer();
      for (let i = 0; i < count; ++i) {
        for (let k = 0; k < 40; ++k) {
          context.fillStyle = `hsl(${(i * 31 + k * 77 + seed * 140) % 360} 60% ${20 + (i * 7 + k * 13) % 60}%)`;
          context.fillRect((i * 7919 * (k + 1)) % 256, (i * 104729 + k * 997) % 192, 70, 50);
        }
        data.items.add(new File([await canvas.convertToBlob({ type: 'image/jpeg' })], `${id}-${i}.jpg`));
      }
      document.getElementById(id).dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    }, [many / 2, label, zone]);
    await page.waitForFunction((n) => globalThis.camlossTrain.state().phase === 'ready' && globalThis.camlossTrain.state().pictures.length >= n, (label + 1) * many / 2 * 0.9, { timeout: 600000 });
  }
  const prepared = await largest();
  await page.fill('#epochs', '2');
  await page.click('#start');
  let peak = prepared;
  for (let over = false; !over;) {
    peak = Math.max(peak, await largest());
    over = await page.evaluate(() => globalThis.camlossTrain.state().verdict !== null);
    await page.waitForTimeout(100);
  }
  console.log(`${many} photos: the tab took ${empty.toFixed(0)} MB empty, ${prepared.toFixed(0)} with the photos, ${peak.toFixed(0)} at most`);
  assert.ok(peak < 400, `the tab grew to ${peak.toFixed(0)} MB`);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});
