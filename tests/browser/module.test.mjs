// The JavaScript module in a page: what the platform can draw is a picture, and addresses that fail are named.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FaultyServer } from './support/faulty.mjs';
import { launch } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';

const kWeights = 'weights/photos-camloss.safetensors';
let server, other, browser;
before(async () => {
  server = await FaultyServer.start(process.env.CAMLOSS_SITE);
  other = await FaultyServer.start(process.env.CAMLOSS_SITE); // another origin, without CORS
  const photo = png(scene(120, 90, 5));
  for (const s of [server, other]) {
    s.replace('bare.html', '<!doctype html><link rel="icon" href="data:,"><title>bare</title>');
    s.replace('photo.png', photo);
  }
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  await other?.stop();
});

/** Runs a function in a fresh page without a Content-Security-Policy. */
async function inPage(run, argument) {
  const page = await browser.newPage();
  try {
    await page.goto(`${server.url}bare.html`);
    return await page.evaluate(run, { weights: kWeights, other: other.url, ...argument });
  } finally {
    await page.close();
  }
}

test('image, canvas, bitmap, video frame, blob and response are the same picture, also those of an iframe', async () => {
  const logits = await inPage(async ({ weights }) => {
    const { loadModel } = await import('./camloss.mjs');
    const model = await loadModel(weights);
    const image = new Image();
    image.src = 'photo.png';
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: 120, height: 90 });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const off = new OffscreenCanvas(120, 90);
    off.getContext('2d').drawImage(image, 0, 0);
    const blob = await (await fetch('photo.png')).blob();
    const frame = document.body.appendChild(document.createElement('iframe'));
    const its = frame.contentDocument.body.appendChild(frame.contentDocument.createElement('canvas'));
    Object.assign(its, { width: 120, height: 90 }).getContext('2d').drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, 120, 90);
    const foreign = { data: new frame.contentWindow.Uint8ClampedArray(pixels.data), width: 120, height: 90 };
    const found = {};
    for (const [name, picture] of Object.entries({ pixels, image, canvas, off, foreign, its, blob,
      bitmap: await createImageBitmap(image), file: new File([blob], 'a.png'), response: await fetch('photo.png'),
      frame: new VideoFrame(canvas, { timestamp: 0 }) })) found[name] = (await model.explain(picture)).logit;
    const overlay = await model.explain(pixels).overlay(blob);
    found.overlay = overlay.data.length;
    return found;
  });
  assert.equal(logits.overlay, 4 * 120 * 90);
  for (const [name, logit] of Object.entries(logits)) {
    if (name === 'overlay') continue;
    // A video frame may hold its colours in another form.
    assert.ok(Math.abs(logit - logits.pixels) < (name === 'frame' ? 0.05 : 1e-6), `${name}: ${logit} for ${logits.pixels}`);
  }
});

test('an image of another server, one that is not loaded, and a damaged file are refused', async () => {
  const said = await inPage(async ({ weights, other: elsewhere }) => {
    const { loadModel } = await import('./camloss.mjs');
    const model = await loadModel(weights);
    const image = new Image();
    image.src = `${elsewhere}photo.png`;
    await image.decode();
    const messages = [];
    for (const picture of [image, new Image(), Object.assign(document.createElement('canvas'), { width: 33000, height: 1 }),
      new Blob(['no picture']), document.body, await fetch('none.png')]) {
      try {
        await model.explain(picture);
        messages.push('accepted');
      } catch (error) {
        messages.push(`${error.name}: ${error.message}`);
      }
    }
    return messages;
  });
  [/HTMLImageElement http.*photo\.png cannot be read.*crossorigin/, /HTMLImageElement has no pixels yet/, /too large: 33000x1/,
    /the Blob could not be decoded/, /HTMLBodyElement is not a picture/, /none\.png.*404/,
  ].forEach((pattern, i) => assert.match(said[i], new RegExp(`^CamlossError: .*${pattern.source}`)));
});

test('HTML for the WebAssembly, a cut one and a server without CORS are named, and the next load serves', async () => {
  const attempt = async ({ weights, source }) => {
    const { loadModel } = await import('./camloss.mjs');
    return loadModel(source ?? weights).then(() => 'loaded', (error) => `${error.name}: ${error.message}`);
  };
  server.replace('camloss.wasm', '<!doctype html>');
  assert.match(await inPage(attempt), /^CamlossError: http.*camloss\.wasm cannot be compiled/);
  server.cut('camloss.wasm');
  assert.match(await inPage(attempt), /^CamlossError: http.*camloss\.wasm /);
  server.faults.delete('camloss.wasm');
  assert.match(await inPage(attempt, { source: `${other.url}${kWeights}` }), /^CamlossError: http.*photos-camloss.*CORS/);
  assert.equal(await inPage(attempt), 'loaded');
});
