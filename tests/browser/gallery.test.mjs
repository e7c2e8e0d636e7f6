// Many photos: folders with labels, by drop and by dialog, sorting, and a drop that is cancelled.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, startSite, Visitor } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';

let site, browser, folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camloss-folder-'));
  for (const [i, name] of ['leopard', 'orca', 'something else'].entries()) {
    await mkdir(join(folder, name));
    for (const k of [1, 2]) await writeFile(join(folder, name, `${name} ${k}.png`), png(scene(80 + 10 * k, 60, 3 * i + k)));
  }
  await writeFile(join(folder, 'loose.png'), png(scene(50, 50, 30)));
  await writeFile(join(folder, 'leopard', '.hidden.png'), 'not for us');
  site = await startSite();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.close();
  await rm(folder, { recursive: true });
});

// All rows of the table are in sight.
const tall = { viewport: { width: 1400, height: 1900 }, painted: false };
const expectedLabels = [['leopard 1.png', 'leopard'], ['leopard 2.png', 'leopard'], ['loose.png', null], ['orca 1.png', 'orca'],
  ['orca 2.png', 'orca'], ['something else 1.png', 'something else'], ['something else 2.png', 'something else']];

async function labelsOfOwn(v) {
  await v.until('has', 'something else 2.png');
  await v.analysed();
  const { photos } = await v.state();
  return photos.slice(12).map(({ name, label }) => [name, label]).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Lets the browser itself drop paths of the disk, as a file manager would. */
async function dropPaths(v, paths) {
  const session = await v.context.newCDPSession(v.page);
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data: { items: [], files: paths, dragOperationsMask: 1 } });
    await v.frames(2);
  }
}

test('the strip leads to the photos on which the models differ, where there are any', async () => {
  const led = [];
  for (const sure of [50, 95]) {
    const v = await Visitor.open(browser, `${site.url}#sure=${sure}`, tall);
    await v.choose([31, 32, 33, 34, 35, 36].map((seed) => ({ name: `${seed}.png`, buffer: png(scene(80, 60, seed)) })));
    await v.until('count', 18);
    await v.analysed();
    await v.still();
    const said = /Of 6 photos they differ on (none|\d)/.exec(await v.page.textContent('#results'));
    const leads = (await v.widgets()).some((w) => w.name === 'Show them');
    assert.equal(leads, said[1] !== 'none', said[0]);
    led.push(leads);
    await v.close();
  }
  assert.deepEqual(led, [true, false], 'both were seen');
});

test('sub-folders of a dropped folder are labels, and give confusion matrices', async () => {
  const v = await Visitor.open(browser, site.url, tall);
  await dropPaths(v, [folder]);
  assert.deepEqual(await labelsOfOwn(v), expectedLabels);
  await v.click('All photos');
  // Of a drop those come first on which the models differ most; the samples no longer count in the matrices.
  const rows = (await v.widgets()).filter((w) => w.name.startsWith('row ')).sort((a, b) => a.y - b.y).map((w) => w.name.slice(4));
  const { photos } = await v.state();
  const gap = (p) => Math.abs(Math.fround(p.results[0].probability - p.results[1].probability));
  assert.deepEqual(rows, [...photos].sort((a, b) => gap(b) - gap(a)).map((p) => p.name).slice(0, rows.length));
  await v.mirrored(`Of 7 photos they differ on ${photos.slice(12).filter((p) => p.results[0].verdict !== p.results[1].verdict ||
    (p.results[0].verdict === 'sure' && p.results[0].label !== p.results[1].label)).length || 'none'}.`);
  const verdict = ({ probability: p }) => (p < 0.35 ? 0 : p > 0.65 ? 1 : 2);
  const orcas = photos.slice(12).filter((p) => p.label === 'orca');
  assert.equal(orcas.length, 2);
  for (const column of [0, 1, 2]) {
    const count = orcas.filter((p) => verdict(p.results[0]) === column).length;
    await v.click(`cell 01${column}`);
    assert.equal((await v.widgets()).filter((w) => w.name.startsWith('row ')).length, count, `column ${column}`);
    await v.click(`cell 01${column}`);
  }
  // A summary counts what the rows say; the likelier class stands beside it under its own name.
  const known = photos.slice(12).filter((p) => ['leopard', 'orca'].includes(p.label));
  for (const [slot, role] of ['Baseline', 'CAMLoss'].entries()) {
    const sure = known.filter((p) => p.results[slot].verdict === 'sure');
    assert.deepEqual(sure, known.filter((p) => verdict(p.results[slot]) !== 2));
    const right = sure.filter((p) => p.results[slot].label === p.label).length;
    const likelier = known.filter((p) => p.results[slot].label === p.label).length;
    await v.mirrored(`${role}: Sure and right ${right}, unsure ${4 - sure.length}, wrong ${sure.length - right}. Counting the likelier class: ${likelier} of 4.`);
  }
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('of a photo without a folder one says beside it, or by a key, what it is, and takes it back', async () => {
  const v = await Visitor.open(browser, site.url, tall);
  await v.choose([{ name: 'whose.png', buffer: png(scene(90, 70, 4)) }]);
  await v.until('has', 'whose.png');
  await v.analysed();
  const label = async () => (await v.photo('whose.png')).label;
  assert.equal(await label(), null);
  await v.click('Orca');
  assert.equal(await label(), 'orca');
  const [{ label: likelier, verdict }] = (await v.photo('whose.png')).results;
  const says = (truth) => {
    const [right, unsure, wrong] = [verdict === 'sure' && likelier === truth, verdict === 'unsure', verdict === 'sure' && likelier !== truth].map(Number);
    return v.mirrored(`Baseline: Sure and right ${right}, unsure ${unsure}, wrong ${wrong}. Counting the likelier class: ${Number(likelier === truth)} of 1.`);
  };
  await says('orca');
  await v.click('Leopard');
  assert.equal(await label(), 'leopard');
  await says('leopard');
  await v.click('Leopard');
  assert.equal(await label(), null, 'a second click takes it back');
  for (const expected of ['leopard', 'orca', null]) {
    await v.key('l');
    assert.equal(await label(), expected);
  }
  // What the samples show is known and stays so.
  await v.key('ArrowLeft');
  const before = (await v.state()).photos.map((p) => p.label);
  await v.key('l');
  assert.deepEqual((await v.state()).photos.map((p) => p.label), before);
  assert.ok(!(await v.widgets()).some((w) => w.name === 'Orca'), 'no question about a sample');
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('several dropped folders are classes themselves; a chosen folder is read like a dropped one', async () => {
  const v = await Visitor.open(browser, site.url, { painted: false });
  await dropPaths(v, ['leopard', 'orca', 'something else'].map((name) => join(folder, name)));
  assert.deepEqual(await labelsOfOwn(v), expectedLabels.filter(([name]) => name !== 'loose.png'));
  await v.click('More');
  await v.click('Start over with the samples');
  await v.until('count', 12);
  await v.page.setInputFiles('#folder-input', folder);
  assert.deepEqual(await labelsOfOwn(v), expectedLabels);
  await v.close();
});

test('the table sorts by what one clicks, there and back', async () => {
  const v = await Visitor.open(browser, site.url, tall);
  await v.click('All photos');
  const { photos } = await v.state();
  const order = async () => (await v.widgets()).filter((w) => w.name.startsWith('row ')).sort((a, b) => a.y - b.y).map((w) => w.name.slice(4));
  const own = photos.map((p) => p.name);
  assert.deepEqual(await order(), own);
  const by = (value) => photos.map((p, i) => [value(p), i, p.name]);
  const up = (value) => by(value).sort(([a, i], [b, j]) => (a < b ? -1 : a > b ? 1 : i - j)).map(([, , name]) => name);
  const down = (value) => by(value).sort(([a, i], [b, j]) => (a < b ? 1 : a > b ? -1 : i - j)).map(([, , name]) => name);
  for (const [column, value] of [['Photo', (p) => p.name], ['Label', (p) => p.label], ['Baseline', (p) => p.results[0].probability],
    ['CAMLoss', (p) => p.results[1].probability], ['Off centre', (p) => p.results[0].offCentreMass],
    ['Off centre 2', (p) => p.results[1].offCentreMass],
    ['Difference', (p) => -Math.abs(Math.fround(p.results[0].probability - p.results[1].probability))]]) {
    await v.click(`sort ${column}`);
    assert.deepEqual(await order(), up(value), `${column}, up`);
    if (!['Photo', 'Difference'].includes(column)) continue;
    await v.click(`sort ${column}`);
    assert.deepEqual(await order(), down(value), `${column}, down`);
    await v.click(`sort ${column}`);
    assert.deepEqual(await order(), own, `${column}, as they came`);
  }
  await v.close();
});

test('a long drop tells how far it is and can be cancelled; what is done stays', async () => {
  const v = await Visitor.open(browser, site.url, { painted: false });
  const many = 40;
  const file = png(scene(1500, 1000, 77));
  await v.drop(Array.from({ length: many }, (_, i) => ({ name: `many ${i}.png`, buffer: file })));
  await v.page.waitForFunction(() => globalThis.camloss.widgets().some((w) => w.name === 'Cancel'), undefined, { polling: 30 });
  const cancel = (await v.widgets()).find((w) => w.name === 'Cancel');
  await v.page.mouse.move(cancel.x + cancel.width / 2, cancel.y + cancel.height / 2);
  await v.frames(2);
  await v.page.mouse.down();
  await v.frames(2);
  await v.page.mouse.up();
  await v.page.waitForFunction(() => !globalThis.camloss.widgets().some((w) => w.name === 'Cancel'), undefined, { polling: 30 });
  await v.analysed();
  await v.still();
  const { photos } = await v.state();
  assert.ok(photos.length >= 12 && photos.length < 12 + many, `${photos.length - 12} of ${many} were kept`);
  // The page goes on as before.
  await v.choose([{ name: 'later.png', buffer: png(scene(60, 60, 9)) }]);
  await v.until('has', 'later.png');
  assert.deepEqual(v.complaints, []);
  await v.close();
});
