// The JavaScript module as a guest: pictures and files of any realm, addresses that fail, sizes beyond the limits, aborts.
import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';

import { metadata, picture, randomTensors, safetensors } from './random_weights.mjs';

const site = process.env.CAMLOSS_SITE ?? fileURLToPath(new URL('../../build/site', import.meta.url));
const address = pathToFileURL(path.join(site, 'camloss.mjs')).href;
const { loadModel, whyNoPair, CamlossError } = await import(address);
const weights = safetensors(randomTensors('fcn', 32, 3), metadata('fcn', 32));
const photo = picture(50, 40, 2);
const html = '<!doctype html><title>Not found</title>';

let server, url, model, logit;
before(async () => {
  const answers = {
    '/page': [200, 'text/html', html], '/page.wasm': [200, 'application/wasm', html],
    '/weights': [200, 'application/octet-stream', weights],
  };
  server = createServer((request, response) => {
    if (request.url === '/stalls') return;
    if (request.url === '/cut') {
      response.writeHead(200, { 'Content-Length': weights.length }).write(weights.subarray(0, 1000), () => response.destroy());
      return;
    }
    const [status, type, bytes] = answers[request.url] ?? [404, 'text/plain', 'no'];
    response.writeHead(status, { 'Content-Type': type }).end(bytes);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${server.address().port}`;
  model = await loadModel(weights);
  logit = model.explain(photo).logit;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const refusal = (message) => ({ name: 'CamlossError', message });
const same = (picture_) => assert.equal(model.explain(picture_).logit, logit);

test('a size beyond the limits is refused before anything is allocated, and the next call is as before', () => {
  for (const [width, height] of [[32768, 32768], [32769, 1], [2 ** 32 + 50, 40], [20000, 10001]]) {
    const huge = { data: new Uint8Array(4), width, height };
    assert.throws(() => model.explain(huge), refusal(/too large.*32768 pixels a side and 200 megapixels/));
    same(photo);
    assert.throws(() => model.explain(photo).overlay(huge), refusal(/too large/));
    same(photo);
  }
  // Truly there, though never touched.
  assert.throws(() => model.explain({ data: new Uint8Array(2 ** 32), width: 32768, height: 32768 }), refusal(/too large/));
  const r = model.explain(photo);
  for (const [width, height] of [[100.5, 80.25], [0, 4], [-1, 4], ['9', 9], [NaN, 9], [16385, 1], [2 ** 32 + 1, 1]]) {
    assert.throws(() => r.heat(width, height), refusal(/cannot be made.*whole number of 1 to 16384/), `${width}x${height}`);
  }
  assert.throws(() => r.overlay(photo, { opacity: 'much' }), refusal(/opacity is much/));
  same(photo);
});

test('memory that cannot be had is an error, and the next call is as before', () => {
  // 196 megapixels of RGBA need 748 MiB, and to be drawn on 2056 MiB more: together beyond the 2 GiB of the core.
  const big = { data: new Uint8Array(4 * 14000 * 14000), width: 14000, height: 14000 };
  const r = model.explain(photo);
  assert.throws(() => r.overlay(big), refusal(/MiB of memory.*smaller/));
  same(photo);
  assert.equal(r.overlay(photo).data.length, photo.data.length);
});

test('arrays of another realm, bare and shared buffers are pictures and weights', async () => {
  const { Uint8Array: Foreign, ArrayBuffer: ForeignBuffer } = vm.runInNewContext('({ Uint8Array, ArrayBuffer })');
  const size = { width: 50, height: 40 };
  same({ data: Foreign.from(photo.data), ...size });
  same({ data: photo.data.slice().buffer, ...size });
  const foreign = new ForeignBuffer(photo.data.length), shared = new SharedArrayBuffer(photo.data.length);
  new Uint8Array(foreign).set(photo.data);
  new Uint8Array(shared).set(photo.data);
  same({ data: foreign, ...size });
  same({ data: shared, ...size });
  same({ data: new Uint8Array(shared), ...size });
  const file = new ForeignBuffer(weights.length), sharedFile = new SharedArrayBuffer(weights.length);
  new Uint8Array(file).set(weights);
  new Uint8Array(sharedFile).set(weights);
  for (const source of [file, sharedFile, Foreign.from(weights), new Blob([weights]), new Response(weights)]) {
    assert.equal((await loadModel(source)).explain(photo).logit, logit);
  }
});

test('what is not a picture or a file is refused by the name of its type', async () => {
  const size = { width: 50, height: 40 };
  for (const [data, name] of [[new Float32Array(8000), 'Float32Array'], [[...photo.data], 'Array'], ['text', 'String'], [null, 'null']]) {
    assert.throws(() => model.explain({ data, ...size }), refusal(new RegExp(`not ${name}`)));
  }
  for (const bad of [undefined, null, 7, 'photo.jpg', new Map(), () => 0]) {
    assert.throws(() => model.explain(bad), refusal(/is not a picture/), String(bad));
  }
  for (const bytes of [new Float32Array(8), new ArrayBuffer(8), new SharedArrayBuffer(8)]) {
    assert.throws(() => model.explain(bytes), refusal(/these are bytes/));
  }
  class HTMLImageElement { get [Symbol.toStringTag]() { return 'HTMLImageElement'; } complete = true; naturalWidth = 4; naturalHeight = 4; }
  assert.throws(() => model.explain(new HTMLImageElement()), refusal(/HTMLImageElement cannot be drawn here/));
  for (const [bad, name] of [[undefined, 'undefined'], [7, 'Number'], [{}, 'Object'], [Promise.resolve(), 'Promise']]) {
    await assert.rejects(loadModel(bad), refusal(new RegExp(`^${name} is not a file`)));
  }
});

test('every failure of an address is a CamlossError that names it', async () => {
  await assert.rejects(loadModel(`${url}/none`), refusal(new RegExp(`${url}/none.*404`)));
  await assert.rejects(loadModel(`${url}/cut`), refusal(new RegExp(`${url}/cut.*read to its end`)));
  await assert.rejects(loadModel(`${url}/page`), refusal(new RegExp(`${url}/page.*HTML`)));
  await assert.rejects(loadModel('http://127.0.0.1:1/w'), refusal(/127\.0\.0\.1:1\/w could not be fetched/));
  await assert.rejects(loadModel(await fetch(`${url}/none`)), refusal(/none.*404/));
  await assert.rejects(loadModel('/no/such.safetensors'), refusal(/\/no\/such\.safetensors.*check the path/));
  assert.equal((await loadModel(`${url}/weights`)).explain(photo).logit, logit);
});

test('a WebAssembly that fails is named, and a later one serves', async () => {
  const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
  for (const [i, [wasm, reason]] of [
    ['/no/such.wasm', /\/no\/such\.wasm.*check the path/], [`${url}/page.wasm`, new RegExp(`${url}/page.wasm is an HTML page`)],
    [`${url}/none`, /none.*404/], [empty, /not this module's file.*camloss_release/], [empty.subarray(0, 6), /cannot be compiled/],
    [`${url}/weights`, new RegExp(`${url}/weights cannot be compiled`)], [{}, /Object is not a file/],
  ].entries()) {
    const fresh = await import(`${address}?${i}`); // an instance of the module of its own
    fresh.configure({ wasm });
    await assert.rejects(fresh.loadModel(weights), refusal(reason));
    fresh.configure({ wasm: path.join(site, 'camloss.wasm') });
    assert.equal((await fresh.loadModel(weights)).explain(photo).logit, logit);
  }
});

test('a signal ends a load with its reason and harms no other', async () => {
  await assert.rejects(loadModel(weights, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  const control = new AbortController();
  const stalled = loadModel(`${url}/stalls`, { signal: control.signal });
  setTimeout(() => control.abort(new Error('enough')), 50);
  await assert.rejects(stalled, { message: 'enough' });
  assert.equal((await loadModel(weights, { signal: new AbortController().signal })).explain(photo).logit, logit);
});

test('models of different classes are no pair', async () => {
  const others = await loadModel(safetensors(randomTensors('fcn', 32, 3), metadata('fcn', 32, { 'camloss.classes': 'cat,dog' })));
  assert.equal(whyNoPair(model, await loadModel(weights)), null);
  assert.match(whyNoPair(model, others), /leopard and orca against cat and dog/);
});

test('a JPEG is decoded by the jpeg-js beside the module and turned as its first EXIF segment says', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'camloss-'));
  try {
    for (const file of ['camloss.mjs', 'camloss.wasm']) await copyFile(path.join(site, file), path.join(folder, file));
    // Stands in for the decoder: what is tested is how it is found, called and turned.
    const stub = path.join(folder, 'node_modules/jpeg-js');
    await mkdir(stub, { recursive: true });
    await writeFile(path.join(stub, 'package.json'), '{"name": "jpeg-js", "main": "index.js"}');
    await writeFile(path.join(stub, 'index.js'), `exports.decode = (bytes, { useTArray }) => {
      if (!useTArray || bytes[0] !== 0xff) throw new Error('wrong call');
      return { width: 3, height: 2, data: Uint8Array.from({ length: 24 }, (_, i) => (i % 4 === 3 ? 255 : 9 * i)) };
    };`);
    const guest = await import(pathToFileURL(path.join(folder, 'camloss.mjs')));
    const its = await guest.loadModel(weights);
    const exif = (orientation) => [0xff, 0xe1, 0, 34, 69, 120, 105, 102, 0, 0, 73, 73, 42, 0, 8, 0, 0, 0, 1, 0,
      0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
    const jpeg = (...segments) => new Blob([Uint8Array.from([0xff, 0xd8, ...segments.flat(), 0xff, 0xda, 0, 2])]);
    // Where each pixel of the upright picture comes from in the stored 3x2 one.
    const turned = { 1: [3, [0, 1, 2, 3, 4, 5]], 2: [3, [2, 1, 0, 5, 4, 3]], 3: [3, [5, 4, 3, 2, 1, 0]], 4: [3, [3, 4, 5, 0, 1, 2]],
      5: [2, [0, 3, 1, 4, 2, 5]], 6: [2, [3, 0, 4, 1, 5, 2]], 7: [2, [5, 2, 4, 1, 3, 0]], 8: [2, [2, 5, 1, 4, 0, 3]] };
    for (const [orientation, [width, order]] of Object.entries(turned)) {
      const data = Uint8Array.from({ length: 24 }, (_, i) => (i % 4 === 3 ? 255 : 9 * (4 * order[i >> 2] + i % 4)));
      const expected = its.explain({ data, width, height: 6 / width }).logit;
      assert.equal((await its.explain(jpeg(exif(Number(orientation))))).logit, expected, `orientation ${orientation}`);
      assert.equal((await its.explain(jpeg(exif(Number(orientation)), exif(3)))).logit, expected, `${orientation}, then 3`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a picture file without a decoder: the error says what to install', async () => {
  const jpeg = new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0xd9])]), png = new Blob([new Uint8Array([0x89, 0x50])]);
  await assert.rejects(model.explain(jpeg), (error) => error instanceof CamlossError && /npm install sharp, or jpeg-js/.test(error.message));
  await assert.rejects(model.explain(png), refusal(/npm install sharp;/));
  await assert.rejects(model.explain(await fetch(`${url}/none`)), refusal(/404/));
});
