// Training in the page as a person does it: two folders dropped, both models trained, maps that change, files that the
// trainer reads; and what goes wrong is told of.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { whyNot } from '../../web/train.mjs';
import { Visitor, withSite } from './support/page.mjs';
import { begin, counted, done, downloaded, drop, epochs, openIn, openTraining, photos, state } from './support/training.mjs';

const started = withSite();

const open = (hash) => openTraining(started, hash);

test('two classes are dropped and trained, the maps change, and the trainer reads the models', { timeout: 600000 }, async () => {
  const page = await open('#train=red,blue');
  assert.equal(await page.inputValue('#name-a'), 'red');
  const red = photos(0, 12), blue = photos(1, 12);
  await drop(page, '#drop-a', [...red, { name: 'broken.png', buffer: red[0].buffer.subarray(0, 90) }]);
  await counted(page, 12);
  assert.match(await page.textContent('#plan'), /blue has 0 photos/);
  assert.ok(await page.isDisabled('#start'));
  assert.match(await page.textContent('#alerts'), /broken\.png/);
  await drop(page, '#drop-b', blue);
  await counted(page, 24);
  await page.fill('#epochs', '12');
  await page.click('#start');
  const drawn = () => page.evaluate(() => document.querySelector('#maps canvas[data-role="camloss"]').toDataURL());
  const after = (epochs) => page.waitForFunction((n) => (globalThis.camlossTrain.state().records.camloss?.length ?? 0) >= n, epochs, { timeout: 300000 });
  await after(1);
  const early = await drawn();
  await done(page);
  assert.notEqual(await drawn(), early);
  const { judged, verdict, parts } = await state(page);
  assert.equal(verdict.word, 'cannot say');
  assert.match(verdict.why, /Too few photos/);
  assert.ok(parts.baseline.train.accuracy > 0.9, `baseline is right on ${parts.baseline.train.accuracy}`);
  const report = await downloaded(page, () => page.click('#download-report'));
  assert.equal(report.name, 'red-blue-report.html');
  assert.match(report.bytes.toString(), /Verdict: cannot say/);
  const folder = await mkdtemp(join(tmpdir(), 'camloss-trained-'));
  for (const name of ['baseline', 'camloss']) {
    const file = await downloaded(page, () => page.click(`#download-${name}`));
    assert.equal(file.name, `red-blue-${name}.safetensors`);
    await writeFile(join(folder, file.name), file.bytes);
    await writeFile(join(folder, blue[3].name), blue[3].buffer);
    const said = JSON.parse(execFileSync(process.env.CAMLOSS_TRAINER, ['explain', '--json', join(folder, blue[3].name), join(folder, file.name)], { encoding: 'utf8' }));
    const { pictures } = await state(page);
    const found = judged[name][pictures.findIndex((p) => p.name === blue[3].name)].probability;
    const text = JSON.stringify(said);
    const expected = Number(/"probability":([0-9.e-]+)/.exec(text)[1]);
    assert.ok(Math.abs(found - expected) < 5e-3, `${name}: ${found} in the page, ${expected} by the trainer`);
  }
  await rm(folder, { recursive: true });
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a worker that dies is told of and the other model goes on; a closed tab goes on in the next one', { timeout: 600000 }, async () => {
  let page = await open();
  await begin(page, 14, 200);
  await epochs(page, 2);
  await page.click('#pause');
  await page.waitForTimeout(1500);
  const context = page.context();
  await page.close();
  page = await openIn(context, started);
  await page.waitForSelector('#resume:not([hidden])');
  assert.match(await page.textContent('#resume-text'), /interrupted after \d+ of 200 epochs/);
  await page.click('#resume-go');
  await page.waitForFunction(() => globalThis.camlossTrain.state().phase === 'training', undefined, { timeout: 60000 });
  await page.waitForFunction(() => globalThis.camlossTrain.state().records.camloss?.length >= 2, undefined, { timeout: 120000 });
  await page.evaluate(() => globalThis.camlossTrain.workers().baseline.fail('the worker stopped'));
  await page.waitForFunction(() => document.getElementById('alerts').textContent.includes('baseline ended: the worker stopped'));
  const before = (await state(page)).records.camloss.length;
  await page.waitForFunction((n) => globalThis.camlossTrain.state().records.camloss.length > n, before, { timeout: 120000 });
  await page.click('#cancel');
  await page.waitForFunction(() => globalThis.camlossTrain.state().phase === 'ready');
  assert.match(await page.textContent('#status'), /Cancelled/);
  await page.context().close();
});

test('examples that are asked for twice are taken once', { timeout: 240000 }, async () => {
  const page = await open();
  await page.evaluate(() => {
    const button = document.getElementById('example');
    button.click();
    button.click();
  });
  await counted(page, 120);
  await page.waitForTimeout(300);
  await counted(page, 120);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('the training begun last is kept, whatever another tab does, and goes on when photos are being read', { timeout: 600000 }, async () => {
  const page = await open('#train=old red,old blue');
  await begin(page, 12, 200);
  await epochs(page, 1);
  const later = await page.context().newPage();
  await later.goto(`${started.site.url}train.html#train=new red,new blue`);
  await later.waitForFunction(() => globalThis.camlossTrain);
  await begin(later, 12, 200);
  await epochs(later, 1);
  // A tab that comes while it runs is not offered to go on with it, nor to forget it.
  const third = await openIn(page.context(), started);
  await third.waitForTimeout(1000);
  assert.ok(await third.isHidden('#resume'), 'a running training was not interrupted');
  await third.close();
  // The first one goes on for a while, and is cancelled then.
  const at = (await state(page)).records.camloss.length;
  await page.waitForFunction((n) => globalThis.camlossTrain.state().records.camloss.length > n, at, { timeout: 120000 });
  await page.waitForTimeout(2500);
  await page.click('#cancel');
  await page.waitForFunction(() => globalThis.camlossTrain.state().phase === 'ready');
  await page.close();
  await later.reload();
  await later.waitForSelector('#resume:not([hidden])');
  assert.match(await later.textContent('#resume-text'), /A training of new red and new blue on 24 photos was interrupted after [1-9]\d* of 200 epochs/);
  await later.evaluate(() => {
    document.getElementById('example').click();
    document.getElementById('resume-go').click();
  });
  const goesOn = () => later.waitForFunction(() => {
    const s = globalThis.camlossTrain.state();
    return s.phase === 'training' && s.pictures.length === 24;
  }, undefined, { timeout: 60000 });
  await goesOn();
  await later.waitForTimeout(4000);
  await goesOn();
  assert.equal(await later.inputValue('#name-a'), 'new red');
  await later.click('#cancel');
  await later.waitForFunction(() => globalThis.camlossTrain.state().phase === 'ready');
  await later.reload();
  await later.waitForFunction(() => globalThis.camlossTrain);
  await later.waitForTimeout(500);
  assert.ok(await later.isHidden('#resume'), 'what was cancelled is forgotten');
  await later.context().close();
});

test('whether there are enough photos is found without comparing each with each', () => {
  let looks = 0;
  const print = (i) => {
    const patches = Float32Array.from({ length: 72 }, (_, k) => 3 * ((k * (i + 1)) % 255)), plain = Uint32Array.of((i + 1) * 0x9e3779b1, (i + 1) * 0x85ebca6b);
    return { patches, turned: patches, mirrored: plain, get plain() { looks += 1; return plain; } };
  };
  const pictures = Array.from({ length: 400 }, (_, i) => ({ label: i % 2, name: `${i}`, print: print(i) }));
  assert.equal(whyNot(pictures, ['a', 'b']), null);
  assert.ok(looks < 4000, `${looks} looks at pictures`);
});

test('the page leads to the one that trains, and keeps its own photos', async () => {
  const visitor = await Visitor.open(started.browser, started.site.url);
  try {
    await visitor.click('More');
    const [other] = await Promise.all([visitor.context.waitForEvent('page'), visitor.click('Train models of your own…')]);
    await other.waitForFunction(() => globalThis.camlossTrain);
    assert.match(other.url(), /train\.html$/);
    assert.ok((await visitor.state()).photos.length > 0);
  } finally {
    await visitor.close();
  }
});
