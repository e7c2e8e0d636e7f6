// The module in a page where files break, its worker ends and models go: each call is answered, and nothing is left behind.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FaultyServer } from './support/faulty.mjs';
import { launch } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';

const kWeights = 'weights/photos-camloss.safetensors';
const photo = png(scene(120, 90, 5));
let server, browser;
before(async () => {
  server = await FaultyServer.start(process.env.CAMLOSS_SITE);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A fresh page whose workers are noted in globalThis.workers; complaints: errors that nobody caught. */
async function freshPage() {
  server.mend();
  server.replace('bare.html', '<!doctype html><link rel="icon" href="data:,"><title>bare</title>');
  server.replace('photo.png', photo);
  const page = await browser.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(error.message));
  await page.addInitScript(() => {
    globalThis.workers = [];
    globalThis.Worker = class extends Worker {
      ended = false;
      constructor(...words) {
        super(...words);
        globalThis.workers.push(this);
      }
      terminate() {
        this.ended = true;
        super.terminate();
      }
    };
    globalThis.said = (promise) => Promise.race([promise.then(() => 'answered', (error) => `${error.name}: ${error.message}`),
      new Promise((done) => setTimeout(done, 8000, 'no answer'))]);
  });
  await page.goto(`${server.url}bare.html`);
  return page;
}

async function inPage(run, argument) {
  const page = await freshPage();
  try {
    return await page.evaluate(run, { weights: kWeights, ...argument });
  } finally {
    await page.close();
  }
}

/** From now on the file's connection breaks half-way. */
function breakOff(name, bytes) {
  server.faults.set(name, (response) => {
    response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(() => response.destroy(), 300));
  });
}

test('what a picture file was decoded to is given back, also where nobody waits for it any more', { timeout: 60000 }, async () => {
  const found = await inPage(async ({ weights }) => {
    const made = [], decode = globalThis.createImageBitmap;
    let begun = () => {};
    globalThis.createImageBitmap = (...words) => {
      const bitmap = decode(...words);
      made.push(bitmap);
      begun();
      return bitmap;
    };
    const { loadModel } = await import('./camloss.mjs');
    const model = await loadModel(weights), blob = await (await fetch('photo.png')).blob();
    await (await model.explain(blob)).overlay(blob);
    const controller = new AbortController();
    begun = () => controller.abort();
    const aborted = await globalThis.said(model.explain(blob, { signal: controller.signal }));
    const bitmaps = await Promise.all(made);
    await new Promise((done) => setTimeout(done, 50));
    return { aborted, widths: bitmaps.map(({ width }) => width) }; // a closed one has none
  });
  assert.match(found.aborted, /^AbortError/);
  assert.deepEqual(found.widths, [0, 0, 0]);
});

test('a call of a model whose worker broke is told so at once, and a model that is loaded then gets a new worker', { timeout: 60000 }, async () => {
  const found = await inPage(async ({ weights }) => {
    const { loadModel } = await import('./camloss-worker.mjs');
    const model = await loadModel(weights), blob = await (await fetch('photo.png')).blob(), result = await model.explain(blob);
    const waiting = globalThis.said(model.explain(blob));
    globalThis.workers[0].dispatchEvent(new ErrorEvent('error', { message: 'it broke' }));
    const messages = [await waiting, await globalThis.said(model.explain(blob)), await globalThis.said(result.heat(9, 9)), await globalThis.said(result.overlay(blob))];
    model.dispose();
    const next = await loadModel(weights), same = (await next.explain(blob)).logit === result.logit;
    return { messages, same, ended: globalThis.workers.map(({ ended }) => ended) };
  });
  for (const message of found.messages) assert.match(message, /^CamlossError: the worker failed: it broke — load the model again/);
  assert.equal(found.messages.length, 4);
  assert.equal(found.same, true);
  assert.deepEqual(found.ended, [true, false]);
});

test('where camloss.wasm fails no worker is left behind, however often a model is asked for', { timeout: 60000 }, async () => {
  const page = await freshPage();
  const load = (weights) => page.evaluate(async (path) => {
    const { loadModel } = await import('./camloss-worker.mjs');
    return { said: await globalThis.said(loadModel(path)), alive: globalThis.workers.filter(({ ended }) => !ended).length };
  }, weights);
  server.missing('camloss.wasm');
  for (let i = 0; i < 3; i++) {
    const found = await load(kWeights);
    assert.match(found.said, /^CamlossError: .*camloss\.wasm: the server answered 404/);
    assert.equal(found.alive, 0);
  }
  server.faults.delete('camloss.wasm');
  assert.deepEqual(await load(kWeights), { said: 'answered', alive: 1 });
  await page.close();
});

test('a model that is disposed of while a picture is made ready says so', { timeout: 60000 }, async () => {
  const message = await inPage(async ({ weights }) => {
    const { loadModel } = await import('./camloss-worker.mjs');
    const model = await loadModel(weights), canvas = Object.assign(document.createElement('canvas'), { width: 60, height: 50 });
    canvas.getContext('2d').fillRect(5, 5, 20, 20);
    const waiting = globalThis.said(model.explain(canvas));
    model.dispose();
    return waiting;
  });
  assert.match(message, /^CamlossError: the model was disposed of — load it again/);
});

test('an address that is none, and a response that breaks off, are named by the module in a worker', { timeout: 60000 }, async () => {
  const page = await freshPage();
  await page.evaluate(async (path) => {
    globalThis.module = await import('./camloss-worker.mjs');
    globalThis.model = await globalThis.module.loadModel(path);
  }, kWeights);
  server.cut(kWeights);
  breakOff('photo.png', photo);
  const messages = await page.evaluate(async (path) => [
    await globalThis.said(globalThis.module.loadModel('http://')),
    await globalThis.said(globalThis.module.loadModel(await fetch(path))),
    await globalThis.said(globalThis.model.explain(await fetch('photo.png'))),
    await globalThis.said(globalThis.model.explain(await fetch('none.png'))),
  ], kWeights);
  const named = ['http:\\/\\/ is not an address', 'http.*photos-camloss\\.safetensors could not be read to its end', 'http.*photo\\.png could not be read to its end',
    'http.*none\\.png: the server answered 404'];
  named.forEach((pattern, i) => assert.match(messages[i], new RegExp(`^CamlossError: ${pattern}`)));
  await page.close();
});

test('the element tells of a picture that breaks off, and of addresses that are none, by its event', { timeout: 60000 }, async () => {
  const page = await freshPage();
  breakOff('broken.png', photo);
  const messages = await page.evaluate(async (weights) => {
    await import('./camloss-element.mjs');
    const told = [];
    for (const [src, of] of [['broken.png', weights], ['http://', weights], ['photo.png', 'http://']]) {
      const element = document.createElement('camloss-map');
      Object.assign(element, { src, weights: of });
      const event = new Promise((done) => element.addEventListener('error', ({ detail }) => done(`${detail.name}: ${detail.message}`)));
      document.body.append(element);
      told.push(await Promise.race([event, new Promise((done) => setTimeout(done, 8000, 'no event'))]), element.shadowRoot.querySelector('.words').textContent);
    }
    return told;
  }, kWeights);
  assert.match(messages[0], /^CamlossError: http.*broken\.png could not be read to its end/);
  assert.match(messages[2], /^CamlossError: http:\/\/ is not an address/);
  assert.match(messages[4], /^CamlossError: http:\/\/ is not an address/);
  for (const at of [0, 2, 4]) assert.equal(`CamlossError: ${messages[at + 1]}`, messages[at]);
  assert.deepEqual(page.complaints, []);
  await page.close();
});
