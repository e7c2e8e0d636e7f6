// Every format a person may bring: the page's figures are those of the module without UI on the same pixels, and those
// of the trainer on the same file. CAMLOSS_TRAINER names the latter; without it that test is skipped.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { cmykJpeg, greyJpeg, ycckJpeg } from './support/jpeg.mjs';
import { baselinePath, camlossPath, launch, startSite, Visitor } from './support/page.mjs';
import { bmp, oriented, png, scene, withOrientation } from './support/pictures.mjs';

const kTolerance = 5e-3;      // of the probability, as between page and trainer
const kInkTolerance = 1e-2;  // of CMYK, for which every program has its own way to RGB
const trainer = process.env.CAMLOSS_TRAINER;
const readable = new Map();  // name → file, of all that was compared

let site, browser, v, model;
before(async () => {
  site = await startSite();
  browser = await launch();
  v = await Visitor.open(browser, site.url);
  const { loadModel } = await import(pathToFileURL(join(site.folder, 'camloss.mjs')));
  model = await loadModel(await readFile(join(site.folder, baselinePath)));
});
after(async () => {
  model?.dispose();
  await v?.close();
  await browser?.close();
  await site?.close();
});

/** Adds a photo and compares its baseline figures with those of `pixels`. */
async function compare(name, buffer, pixels, tolerance = kTolerance) {
  readable.set(name, buffer);
  await v.choose([{ name, buffer }]);
  await v.until('has', name);
  const found = (await v.photo(name)).results[0];
  const expected = model.explain(pixels, { method: 'cam' });
  assert.ok(Math.abs(found.probability - expected.probability) <= tolerance,
            `${name}: ${found.probability} instead of ${expected.probability}`);
  assert.ok(Math.abs(found.offCentreMass - expected.offCentreMass) <= tolerance);
}

/** Encodes pixels in the browser; returns the file and the pixels that the browser decodes from it. */
async function encode(pixels, type, quality = 0.9) {
  const { file, decoded } = await v.page.evaluate(async ({ bytes, width, height, type: kind, quality: q }) => {
    const raw = Uint8ClampedArray.from(atob(bytes), (c) => c.charCodeAt(0));
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.putImageData(new ImageData(raw, width, height), 0, 0);
    const blob = await canvas.convertToBlob({ type: kind, quality: q });
    context.drawImage(await createImageBitmap(blob), 0, 0);
    const text = (array) => { let s = ''; for (const b of array) s += String.fromCharCode(b); return btoa(s); };
    return { file: text(new Uint8Array(await blob.arrayBuffer())), decoded: text(context.getImageData(0, 0, width, height).data) };
  }, { bytes: Buffer.from(pixels.data).toString('base64'), width: pixels.width, height: pixels.height, type, quality });
  return { file: Buffer.from(file, 'base64'),
           decoded: { data: new Uint8Array(Buffer.from(decoded, 'base64')), width: pixels.width, height: pixels.height } };
}

/** Pixels composited on white. */
function onWhite({ data, width, height }) {
  const out = Uint8Array.from(data);
  for (let i = 0; i < out.length; i += 4) {
    for (let c = 0; c < 3; c++) out[i + c] = Math.round((data[i + c] * data[i + 3] + 255 * (255 - data[i + 3])) / 255);
    out[i + 3] = 255;
  }
  return { data: out, width, height };
}

for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`a JPEG with EXIF orientation ${orientation} is turned upright`, async () => {
    const { file, decoded } = await encode(scene(200, 120, 30), 'image/jpeg');
    await compare(`turned-${orientation}.jpg`, withOrientation(file, orientation), oriented(decoded, orientation));
  });
}

test('WebP, BMP, grey, 16-bit and large pictures', async () => {
  const { file, decoded } = await encode(scene(150, 220, 31), 'image/webp');
  await compare('photo.webp', file, decoded);
  const plain = scene(163, 97, 32);
  await compare('photo.bmp', bmp(plain), plain);
  await compare('photo16.png', png(plain, 'rgb16'), plain);
  const grey = scene(120, 120, 33);
  for (let i = 0; i < grey.data.length; i += 4) grey.data[i + 1] = grey.data[i + 2] = grey.data[i];
  await compare('grey.png', png(grey, 'grey'), grey);
  const large = scene(4000, 3000, 34);
  await compare('large.png', png(large, 'rgb'), large);
});

test('grey, CMYK and YCCK JPEGs', async () => {
  const picture = scene(163, 121, 38);
  const grey = { ...picture, data: Uint8Array.from(picture.data, (_, i) => (i % 4 === 3 ? 255 : picture.data[i - i % 4 + 1])) };
  await compare('grey.jpg', greyJpeg(picture), grey);
  await compare('cmyk.jpg', cmykJpeg(picture), picture, kInkTolerance);
  await compare('ycck.jpg', ycckJpeg(picture), picture, kInkTolerance);
});

test('what is transparent counts as white', async () => {
  const picture = scene(140, 90, 35, (u, w) => (Math.hypot(u - 0.5, w - 0.5) < 0.3 ? 255 : Math.round(255 * u)));
  await compare('alpha.png', png(picture), onWhite(picture));
});

test('a picture of one pixel, and very long ones', async () => {
  for (const [width, height] of [[1, 1], [1, 700], [3000, 2]]) {
    const picture = scene(width, height, 36);
    await compare(`tiny-${width}x${height}.png`, png(picture), picture);
  }
});

test('page and trainer say the same of every readable file', { skip: trainer ? false : 'CAMLOSS_TRAINER is not set' }, async () => {
  assert.ok(readable.size >= 18);
  const folder = await mkdtemp(join(tmpdir(), 'camloss-formats-'));
  await Promise.all([...readable].map(([name, file]) => writeFile(join(folder, name), file)));
  const weights = [baselinePath, camlossPath].map((path) => join(site.folder, path));
  const text = execFileSync(trainer, ['explain', ...[...readable.keys()].map((name) => join(folder, name)),
    ...weights.flatMap((path) => ['--weights', path]), '--json'], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  await rm(folder, { recursive: true });
  const worst = { ink: 0, other: 0 };
  const { images } = JSON.parse(text);
  assert.equal(images.length, readable.size);
  for (const { file, models } of images) {
    const name = file.slice(folder.length + 1);
    const kind = /cmyk|ycck/.test(name) ? 'ink' : 'other';
    const { results } = await v.photo(name);
    for (const [i, r] of models.entries()) {
      const difference = Math.max(Math.abs(r.probability - results[i].probability), Math.abs(r.off_centre_mass - results[i].offCentreMass));
      worst[kind] = Math.max(worst[kind], difference);
      assert.ok(difference <= (kind === 'ink' ? kInkTolerance : kTolerance), `${name}: ${difference}`);
    }
  }
  console.log(`page against trainer, ${images.length} files: at most ${worst.other.toExponential(1)}, CMYK ${worst.ink.toExponential(1)}`);
});

test('a picture above fifty megapixels is reduced and says so; far above it is refused', { timeout: 240000 }, async () => {
  const flat = { data: new Uint8Array(12000 * 9000 * 4).fill(120), width: 12000, height: 9000 };
  await v.choose([{ name: 'huge.png', buffer: png(flat, 'grey') }]);
  await v.until('has', 'huge.png', 180000);
  assert.match(await v.alerts(), /huge\.png has 108 megapixels and was reduced to \d+ × \d+/);
  const bomb = png(scene(8, 8, 1));
  bomb.writeUInt32BE(60000, 16);
  bomb.writeUInt32BE(60000, 20);
  await v.choose([{ name: 'bomb.png', buffer: bomb }]);
  await v.page.waitForFunction(() => /bomb\.png has 3600 megapixels, more than the limit of 200/.test(document.getElementById('alerts').textContent));
  assert.equal(await v.photo('bomb.png'), undefined);
});

test('damaged and disguised files are refused with a reason', async () => {
  const { file } = await encode(scene(300, 200, 37), 'image/jpeg');
  const cases = [{ name: 'page.jpg', buffer: Buffer.from('<html><script>document.title="run"</script></html>') },
    { name: 'drawing.jpg', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1"/>') },
    { name: 'head.jpg', buffer: file.subarray(0, 20) },
    { name: 'half.jpg', buffer: file.subarray(0, file.length / 2) }, { name: '<img src=x onerror=alert(1)>.png', buffer: Buffer.from('x') },
    { name: `${'long'.repeat(60)}.png`, buffer: Buffer.from('x') }];
  await v.choose(cases);
  for (const { name } of cases) {
    await v.page.waitForFunction((n) => document.getElementById('alerts').textContent.includes(n), name);
  }
  assert.match(await v.page.title(), /^camloss/);
  assert.equal(await v.page.locator('#alerts img').count(), 0);
  assert.deepEqual(v.complaints, []);
});
