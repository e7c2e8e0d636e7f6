// What the page takes and refuses at its door: foreign kinds, long sides, odd headers, links, the camera; and the way
// back through the views, the browser's own menu, paper, and a start that fails.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { FaultyServer } from './support/faulty.mjs';
import { greyJpeg } from './support/jpeg.mjs';
import { baselinePath, Visitor, withSite } from './support/page.mjs';
import { bmp, png, scene } from './support/pictures.mjs';

const here = withSite();

const alertSays = (v, text) =>
  v.page.waitForFunction((wanted) => document.getElementById('alerts').textContent.includes(wanted), text, { timeout: 60000 });

/** The first box of an ISO media file. */
function ftyp(...brands) {
  const box = Buffer.alloc(8 + 4 * (brands.length + 1) + 500);
  box.writeUInt32BE(8 + 4 * (brands.length + 1), 0);
  box.write(`ftyp${brands[0]}\0\0\0\0${brands.slice(1).join('')}`, 4, 'latin1');
  return box;
}

/** A picture of flat grey, however long. */
const flat = (width, height) => png({ data: new Uint8Array(width * height * 4).fill(120), width, height }, 'grey');

test('kinds that the browser cannot read are called by their name, with what to do', async () => {
  const v = await Visitor.open(here.browser, here.site.url, { painted: false });
  const before = (await v.state()).photos.length;
  await v.choose([{ name: 'IMG_1.HEIC', buffer: ftyp('heic', 'mif1', 'heic') }, { name: 'IMG_2.jpg', buffer: ftyp('mif1', 'mif1', 'heic') },
    { name: 'scan.tif', buffer: Buffer.concat([Buffer.from('II*\0', 'latin1'), Buffer.alloc(200)]) },
    { name: 'new.jxl', buffer: Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.alloc(200, 1)]) }]);
  for (const text of ['IMG_1.HEIC is HEIC', 'IMG_2.jpg is HEIC', 'scan.tif is TIFF', 'new.jxl is JPEG XL']) {
    await alertSays(v, `${text}, which this browser cannot read — export it as JPEG`);
  }
  assert.equal((await v.state()).photos.length, before);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('a side beyond 32768 pixels is refused by name and limit, one of 32768 is taken, and the page comes to rest', async () => {
  const v = await Visitor.open(here.browser, here.site.url, { painted: false });
  await v.choose([{ name: 'too-long.png', buffer: flat(32769, 1) }, { name: 'too-high.png', buffer: flat(1, 32769) },
    { name: 'long.png', buffer: flat(32768, 1) }]);
  await alertSays(v, 'too-long.png is 32769 × 1 pixels, longer than the limit of 32768 a side');
  await alertSays(v, 'too-high.png is 1 × 32769 pixels');
  await v.until('has', 'long.png');
  await v.analysed();
  await v.still();
  assert.equal(await v.photo('too-long.png'), undefined);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('a BMP of OS/2 and a JPEG with odd segments are analysed as what they show', async () => {
  const v = await Visitor.open(here.browser, here.site.url, { painted: false });
  const picture = scene(163, 121, 38);
  const grey = { ...picture, data: Uint8Array.from(picture.data, (_, i) => (i % 4 === 3 ? 255 : picture.data[i - i % 4 + 1])) };
  const jpeg = greyJpeg(picture);
  const second = 2;  // the first segment's end is where the second begins
  const at = second + 2 + jpeg.readUInt16BE(second + 2);
  const stray = Buffer.concat([jpeg.subarray(0, at), Buffer.from([0x00]), jpeg.subarray(at)]);
  const { loadModel } = await import(pathToFileURL(join(here.site.folder, 'camloss.mjs')));
  const model = await loadModel(await readFile(join(here.site.folder, baselinePath)));
  for (const [name, buffer, pixels] of [['os2.bmp', bmp(picture, { os2: true }), picture], ['stray.jpg', stray, grey]]) {
    await v.choose([{ name, buffer }]);
    await v.until('has', name);
    const expected = model.explain(pixels, { method: 'cam' });
    assert.ok(Math.abs((await v.photo(name)).results[0].probability - expected.probability) < 5e-3, name);
  }
  model.dispose();
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('a dropped link gets advice, and so does nothing at all', async () => {
  const v = await Visitor.open(here.browser, here.site.url, { painted: false });
  for (const [type, text, said] of [['text/uri-list', 'https://example.org/orca.jpg', 'That is a link, not a picture — save or copy the picture first'],
    ['text/plain', 'orca', 'There was no photo in that']]) {
    const transfer = await v.page.evaluateHandle(([kind, content]) => {
      const data = new DataTransfer();
      data.setData(kind, content);
      return data;
    }, [type, text]);
    await v.page.dispatchEvent('#canvas', 'drop', { dataTransfer: transfer });
    await alertSays(v, said);
  }
  assert.ok(v.requests.every((url) => url.startsWith(here.site.url) || url.startsWith('blob:')), 'nothing was fetched from elsewhere');
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('the camera\'s input takes a photo, and a refused camera is told of', async () => {
  const v = await Visitor.open(here.browser, here.site.url, { painted: false });
  const input = v.page.locator('#camera-input');
  assert.deepEqual([await input.getAttribute('accept'), await input.getAttribute('capture')], ['image/*', 'environment']);
  await input.setInputFiles({ name: 'shot.png', mimeType: 'image/png', buffer: png(scene(90, 60, 3)) });
  await v.until('has', 'shot.png');
  await input.dispatchEvent('cancel');
  await alertSays(v, 'No photo came from the camera');
  assert.ok(await v.photo('shot.png'), 'nothing else is lost');
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('Back and Forward go through the views, and the photos stay', async () => {
  const v = await Visitor.open(here.browser, here.site.url, { painted: false });
  await v.choose([{ name: 'mine.png', buffer: png(scene(90, 60, 3)) }]);
  await v.until('has', 'mine.png');
  const seen = async (name) => {
    await v.page.waitForFunction((wanted) => globalThis.camloss.widgets().some((w) => w.name === wanted && w.on), name, { timeout: 30000 });
    assert.ok(await v.photo('mine.png'));
  };
  const steps = await v.page.evaluate(() => history.length);
  await v.click('Probe');
  await v.click('All photos');
  await seen('All photos');
  await v.page.waitForFunction((n) => history.length === n, steps + 2);
  await v.page.goBack();
  await seen('Probe');
  assert.match(v.page.url(), /page=probe/);
  await v.page.goBack();
  await seen('Compare');
  await v.page.goForward();
  await seen('Probe');
  await v.key('ArrowLeft');  // another photo is no step of its own
  await v.still();
  assert.equal(await v.page.evaluate(() => history.length), steps + 2);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('a right click has the browser\'s own menu, which saves what is seen, and leaves no button pressed', async () => {
  const v = await Visitor.open(here.browser, here.site.url);
  await v.still();
  await v.page.waitForTimeout(300);  // the frame has been shown; only what is kept can be saved now
  const colours = await v.page.evaluate(async () => {
    const bitmap = await createImageBitmap(await new Promise((done) => document.getElementById('canvas').toBlob(done)));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    return new Set(new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer)).size;
  });
  assert.ok(colours > 1000, `${colours} colours in the picture that the menu saves`);
  const kept = (type) => v.page.evaluate((pointerType) => document.getElementById('canvas')
    .dispatchEvent(new PointerEvent('contextmenu', { pointerType, cancelable: true, bubbles: true })), type);
  assert.equal(await kept('mouse'), true);
  assert.equal(await kept('touch'), false, 'a long press is the program\'s');
  await v.page.mouse.move(500, 400);
  await v.page.mouse.down({ button: 'right' });
  await v.click('Probe');
  assert.ok((await v.widgets()).some((w) => w.name === 'Probe' && w.on));
  await v.close();
});

test('on paper the canvas keeps its shape', async () => {
  const v = await Visitor.open(here.browser, here.site.url);
  const shape = () => v.page.evaluate(() => {
    const canvas = document.getElementById('canvas');
    return { drawn: canvas.width / canvas.height, fit: getComputedStyle(canvas).objectFit };
  });
  const { drawn } = await shape();
  await v.page.emulateMedia({ media: 'print' });
  const printed = await shape();
  assert.equal(printed.fit, 'contain', 'whatever box the paper gives, the picture is not squeezed');
  assert.ok(Math.abs(printed.drawn - drawn) < 0.02);
  await v.close();
});

test('the first moment says what the page is and how much comes; a start that fails can be tried again', async () => {
  const server = await FaultyServer.start(here.site.folder);
  const context = await here.browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  let letOn;
  const held = new Promise((resolve) => { letOn = resolve; });
  server.faults.set('camloss-app.wasm', (response, bytes) => {
    response.writeHead(200, { 'Content-Type': 'application/wasm', 'Content-Length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2));
    held.then(() => response.destroy());
  });
  await page.goto(server.url);
  assert.match(await page.locator('#start-what').innerText(), /Where does a photo classifier look.*Two models.*never leave this machine\./s);
  await page.waitForFunction(() => /^Loading the program, \d+\.\d MiB, then the two models…$/.test(document.getElementById('start-text').textContent));
  letOn();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  server.mend();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'start-again', 'keys reach the button');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => globalThis.camloss?.state().photos.every((p) => p.results.length === 2), undefined, { timeout: 60000 });
  assert.equal(await page.locator('#start').isVisible(), false);
  await context.close();
  await server.stop();
});
