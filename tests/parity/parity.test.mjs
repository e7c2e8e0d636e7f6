// The same answer everywhere: of each drawn picture the trainer, the module in Node.js on the page's decoder's pixels, and
// the page give the same probability, or refuse it with the same kind of message; docs/reliability.md has the table.
// CAMLOSS_WRITE_TABLE=1 writes that table from this run.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serve } from '../../web/tools/serve.mjs';
import { launch, Visitor } from '../browser/support/page.mjs';
import { withPackages } from '../packages.mjs';
import { canvasPictures, corpus } from './corpus.mjs';
import { askNode, askPackage, askPage, askTrainer } from './readers.mjs';

const kTolerance = { ink: 1e-2, other: 5e-3, odd: 5e-3 }; // of probability; every program has its own way from CMYK to RGB
const kWeights = ['weights/photos-baseline.safetensors', 'weights/photos-camloss.safetensors'];
const trainer = process.env.CAMLOSS_TRAINER, site = process.env.CAMLOSS_SITE;
const document = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));

let scratch, server, browser, visitor, models, pictures, byTrainer;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'camloss-parity-'));
  server = await serve(site, { port: 0 });
  browser = await launch();
  visitor = await Visitor.open(browser, server.url, { painted: false });
  const { loadModel } = await import(pathToFileURL(join(site, 'camloss.mjs')));
  models = await Promise.all(kWeights.map((path) => loadModel(join(site, path))));
  const encoded = [];
  for (const wish of canvasPictures()) encoded.push(await byCanvas(wish));
  pictures = corpus({ canvas: () => encoded.shift() });
  byTrainer = await askTrainer(trainer, join(scratch, 'pictures'), pictures, kWeights.map((path) => join(site, path)));
});
after(async () => {
  for (const model of models ?? []) model.dispose();
  await visitor?.close();
  await browser?.close();
  await server?.close();
  await rm(scratch, { recursive: true, force: true });
});

/** A file as a canvas of the browser encodes it. */
async function byCanvas({ picture, type, quality }) {
  const text = await visitor.page.evaluate(async ({ bytes, width, height, kind, q }) => {
    const canvas = new OffscreenCanvas(width, height);
    const pixels = Uint8ClampedArray.from(atob(bytes), (c) => c.charCodeAt(0));
    canvas.getContext('2d', { willReadFrequently: true }).putImageData(new ImageData(pixels, width, height), 0, 0);
    const file = new Uint8Array(await (await canvas.convertToBlob({ type: kind, quality: q })).arrayBuffer());
    return btoa(Array.from(file, (byte) => String.fromCharCode(byte)).join(''));
  }, { bytes: Buffer.from(picture.data).toString('base64'), width: picture.width, height: picture.height, kind: type, q: quality });
  return Buffer.from(text, 'base64');
}

/** The greatest difference of two answers' figures; a sentence where one refuses and the other does not. */
function difference(a, b) {
  if (a.refused || b.refused) return a.refused === b.refused ? 0 : `${a.message ?? a.probabilities} — ${b.message ?? b.probabilities}`;
  return Math.max(...a.probabilities.map((p, i) => Math.abs(p - b.probabilities[i])));
}

const kFormats = { JPEG: /\.jpg$/, PNG: /\.png$/, WebP: /\.webp$/, GIF: /\.gif$/, BMP: /\.bmp$/ };
const formatOf = ({ name, group }) => (group === 'others' ? 'no picture, or of another format'
  : Object.keys(kFormats).find((format) => kFormats[format].test(name)));

/** Rows of the table: format → pictures, explained, refused, and each reader's greatest difference from the trainer. */
const rows = new Map();
function noted(picture, reader, value) {
  const format = formatOf(picture) + (picture.kind === 'ink' ? ', CMYK' : '');
  const row = rows.get(format) ?? { pictures: new Set(), refused: new Set(), node: 0, page: 0 };
  rows.set(format, row);
  row.pictures.add(picture.name);
  if (byTrainer.get(picture.name).refused) row.refused.add(picture.name);
  row[reader] = Math.max(row[reader], value);
}

async function compare(reader, answers) {
  const wrong = [];
  for (const picture of pictures) {
    const found = difference(byTrainer.get(picture.name), answers.get(picture.name));
    if (typeof found === 'string' || found > kTolerance[picture.kind]) wrong.push(`${picture.name}: ${found}`);
    else noted(picture, reader, found);
  }
  assert.deepEqual(wrong, []);
}

test('at least 150 drawn pictures, each of its own name, each answered by the trainer', () => {
  assert.ok(pictures.length >= 150, `${pictures.length} pictures`);
  assert.equal(new Set(pictures.map(({ name }) => name)).size, pictures.length);
  for (const { name } of pictures) assert.ok(byTrainer.has(name), `the trainer said nothing of ${name}`);
  const unsure = [...byTrainer.values()].filter(({ probabilities }) => probabilities?.some((p) => p > 0.05 && p < 0.95));
  assert.ok(unsure.length > 150, `only ${unsure.length} pictures would show a difference`);
});

test('the module in Node.js, on the pixels of the page\'s decoder, says what the trainer says', { timeout: 300000 }, async () => {
  await compare('node', await askNode(visitor.page, pictures, models));
});

test('the page says what the trainer says', { timeout: 300000 }, async () => {
  await compare('page', await askPage(visitor, pictures, kWeights));
});

test('the table in docs/reliability.md is that of this run', async () => {
  assert.ok(rows.size >= 6, 'the tests before did not end');
  const share = (value) => (value < 1e-4 ? 'below 1e-4' : value.toExponential(1));
  const table = ['| format | pictures | explained by all three | refused by all three | module in Node.js against trainer | page against trainer |',
    '|---|---|---|---|---|---|',
    ...[...rows].map(([format, row]) => `| ${format} | ${row.pictures.size} | ${row.pictures.size - row.refused.size} | ${row.refused.size} | ` +
      `${share(row.node)} | ${share(row.page)} |`)].join('\n');
  const text = await readFile(document, 'utf8');
  const start = text.indexOf('| format | pictures | explained by all three');
  assert.ok(start > 0, 'docs/reliability.md has no such table');
  const end = text.indexOf('\n\n', start), written = text.slice(start, end);
  if (process.env.CAMLOSS_WRITE_TABLE) {
    await writeFile(document, text.slice(0, start) + table + text.slice(end));
    return;
  }
  // The counts are those of the corpus; the differences are of the machine that wrote them.
  const counts = (lines) => lines.split('\n').slice(2).map((line) => line.split('|').slice(1, 5).map((cell) => cell.trim()));
  assert.deepEqual(counts(table), counts(written), 'run it again with CAMLOSS_WRITE_TABLE=1');
  console.log(table);
});

test('the module in Node.js with sharp, and with jpeg-js, says what the trainer says of whole pictures', { timeout: 300000 }, async (t) => {
  const missing = await withPackages(new URL('.', import.meta.url));
  if (missing !== null) return t.skip(missing);
  // What sharp shows otherwise: the default picture of an animated PNG, and black where a GIF's first frame leaves the screen.
  const known = new Set(['apng-hidden.png', 'apng-hidden-part.png', 'part.gif', 'part-background.gif', 'part-then-whole.gif', 'beyond-screen-offset.gif']);
  const whole = pictures.filter(({ kind, name }) => kind !== 'odd' && !byTrainer.get(name).refused && formatOf({ name }) !== 'BMP');
  // jpeg-js enlarges colours without smoothing and reads no CMYK without Adobe's mark. Smoothing counts most in 8 x 8 pixels.
  const tolerances = { sharp: 5e-3, 'jpeg-js': 0.08 };
  for (const [decoder, tolerance] of Object.entries(tolerances)) {
    const wrong = [];
    let worst = 0, count = 0;
    const asked = whole.filter(({ name }) => (decoder === 'sharp' ? !known.has(name) : name.endsWith('.jpg') && name !== 'cmyk-without-marker.jpg'));
    const answers = await askPackage(join(scratch, decoder), site, decoder, new URL('node_modules/', import.meta.url), asked, kWeights);
    for (const picture of asked) {
      const found = difference(byTrainer.get(picture.name), answers.get(picture.name));
      if (typeof found === 'string' || found > Math.max(tolerance, kTolerance[picture.kind])) wrong.push(`${picture.name}: ${found}`);
      else worst = Math.max(worst, found);
      count++;
    }
    assert.deepEqual(wrong, [], decoder);
    console.log(`${decoder}: ${count} pictures, at most ${worst.toFixed(4)} of probability from the trainer`);
  }
});
