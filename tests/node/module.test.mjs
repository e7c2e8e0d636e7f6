// The JavaScript module against a double-precision network written apart from it, and with wrong input.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';

import * as float64 from './float64_network.mjs';
import { metadata, picture, randomTensors, safetensors, weightsJson } from './random_weights.mjs';

const site = process.env.CAMLOSS_SITE ?? fileURLToPath(new URL('../../build/site', import.meta.url));
const load = (file) => import(pathToFileURL(path.join(site, file)));
const { loadModel, hasSimd } = await load('camloss.mjs');

function largest(values) {
  return values.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-12);
}

function assertClose(actual, expected, tolerance, what) {
  assert.equal(actual.length, expected.length, what);
  const scale = Math.max(1, largest(expected));
  let worst = 0;
  for (let i = 0; i < expected.length; ++i) worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
  assert.ok(worst / scale <= tolerance, `${what}: off by ${worst} at a scale of ${scale}`);
}

for (const [head, size, context, dilation] of [
  ['fcn', 96, 1, 1], ['fcn', 40, 1, 1], ['dense', 56, 1, 1], ['dense', 24, 1, 1],
  ['fcn', 96, 3, 2], ['fcn', 96, 3, 3], ['fcn', 8, 3, 1], ['fcn', 104, 5, 2], ['fcn', 40, 5, 1], ['fcn', 72, 7, 1], ['fcn', 24, 7, 2],
]) {
  const what = context > 1 ? `, context of ${context} with dilation ${dilation}` : '';
  test(`${head} at ${size}${what}: logit, maps and features equal the double-precision network`, async () => {
    const tensors = randomTensors(head, size, size, context);
    const more = context > 1 ? { 'camloss.context_dilation': String(dilation) } : {};
    const model = await loadModel(safetensors(tensors, metadata(head, size, { 'camloss.temperature': '2.5', ...more })));
    const { contextSize, contextDilation, receptiveField } = model.info;
    assert.deepEqual([contextSize, contextDilation, receptiveField], [context, dilation, 16 + 8 * dilation * (context - 1)]);
    for (const [width, height] of [[size, size], [131, 77], [9, 300]]) {
      const photo = picture(width, height, 5);
      const expected = float64.run(tensors, head, size, photo, 0.5, 0.25, dilation);
      const r = model.explain(photo, { method: 'hirescam', features: true });
      assertClose([r.logit], [expected.logit], 1e-4, 'logit');
      assertClose([r.probability], [1 / (1 + Math.exp(-expected.logit / 2.5))], 1e-5, 'probability');
      assertClose([r.beta], [expected.beta], 1e-4, 'beta');
      assertClose(r.features, expected.features, 1e-4, 'features');
      assertClose(r.map, expected.hirescam, 1e-4, 'hirescam');
      assert.ok(r.residual < 1e-4, `residual ${r.residual}`);
      assert.equal(r.label, r.probability > 0.5 ? 'orca' : 'leopard');
      if (head === 'fcn') assertClose(model.explain(photo).map, expected.cam, 1e-4, 'cam');
    }
    model.dispose();
  });
}

test('off-centre mass is the share of the evidence under the inverted Gaussian', async () => {
  const model = await loadModel(safetensors(randomTensors('fcn', 64, 3), metadata('fcn', 64)));
  const { map, cells, offCentreMass } = model.explain(picture(64, 64, 1));
  let weighted = 0, total = 0;
  for (let y = 0; y < cells; ++y) {
    for (let x = 0; x < cells; ++x) {
      const dx = x + 0.5 - cells / 2, dy = y + 0.5 - cells / 2, sigma = 0.25 * cells;
      const k = 1 - Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
      weighted += k * Math.abs(map[y * cells + x]);
      total += Math.abs(map[y * cells + x]);
    }
  }
  assertClose([offCentreMass], [weighted / total], 1e-5, 'off-centre mass');
  model.dispose();
});

test('safetensors and JSON of the same weights give the same result', async () => {
  const tensors = randomTensors('fcn', 32, 9), photo = picture(50, 40, 2);
  const a = await loadModel(safetensors(tensors, metadata('fcn', 32)));
  const b = await loadModel(weightsJson(tensors, metadata('fcn', 32)));
  assert.deepEqual(a.explain(photo).map, b.explain(photo).map);
  assert.deepEqual(a.info, b.info);
  assert.deepEqual(a.info.classes, ['leopard', 'orca']);
  assert.equal(a.info.defaultMethod, 'cam');
  a.dispose();
  b.dispose();
});

test('the build without SIMD gives the same result', async () => {
  const tensors = randomTensors('dense', 40, 4), photo = picture(70, 60, 8);
  const bytes = safetensors(tensors, metadata('dense', 40));
  const folder = await mkdtemp(path.join(tmpdir(), 'camloss-'));
  try {
    for (const file of ['camloss.mjs', 'camloss.wasm', 'camloss-plain.wasm']) {
      await writeFile(path.join(folder, file), await readFile(path.join(site, file)));
    }
    const plainModule = await import(pathToFileURL(path.join(folder, 'camloss.mjs')));
    plainModule.configure({ simd: false });
    const plain = await plainModule.loadModel(bytes), fast = await loadModel(bytes);
    assert.equal(plain.info.kernels, 'plain');
    assert.equal(fast.info.kernels, 'simd128');
    const wish = { method: 'hirescam' };
    assertClose(plain.explain(photo, wish).map, fast.explain(photo, wish).map, 1e-5, 'map');
    assert.throws(() => plainModule.configure({ simd: true }), /loaded already/);
  } finally {
    await rm(folder, { recursive: true });
  }
  assert.equal(hasSimd(), true);
});

test('methods of each head; a method that a head lacks is named', async () => {
  const photo = picture(40, 40, 3);
  for (const [head, lacking] of [['fcn', 'talk'], ['dense', 'cam']]) {
    const model = await loadModel(safetensors(randomTensors(head, 24, 6), metadata(head, 24)));
    for (const method of model.info.methods) {
      const r = model.explain(photo, { method });
      assert.equal(r.method, method);
      assert.ok(r.map.every(Number.isFinite), method);
      assert.equal(r.residual === null, !['cam', 'hirescam'].includes(method), method);
    }
    assert.throws(() => model.explain(photo, { method: lacking }), new RegExp(`${head}.*${lacking}`));
    assert.throws(() => model.explain(photo, { method: 'saliency' }), /unknown map method 'saliency'/);
    const none = model.explain(photo, { method: 'none' });
    assert.equal(none.map, null);
    assert.equal(none.offCentreMass, null);
    assert.throws(() => none.heat(4, 4), /no map/);
    model.dispose();
  }
});

test('a context: every method, also for a picture of one colour and for one pixel; a bad one is refused', async () => {
  const weights = (dilation, context = 3) => safetensors(randomTensors('fcn', 40, 6, context), metadata('fcn', 40, dilation));
  const model = await loadModel(weights({ 'camloss.context_dilation': '2' }));
  const flat = { data: new Uint8ClampedArray(4 * 20 * 30).fill(200), width: 20, height: 30 };
  for (const photo of [picture(40, 40, 3), flat, picture(1, 1, 1)]) {
    for (const method of model.info.methods) {
      const r = model.explain(photo, { method });
      assert.ok(Number.isFinite(r.logit) && r.map.every(Number.isFinite), method);
      assert.equal(r.residual === null, !['cam', 'hirescam'].includes(method), method);
      assert.ok((r.residual ?? 0) < 1e-4, method);
    }
  }
  const text = weightsJson(randomTensors('fcn', 40, 6, 3), metadata('fcn', 40, { 'camloss.context_dilation': '2' }));
  assert.deepEqual((await loadModel(text)).explain(flat).map, model.explain(flat).map);
  for (const dilation of ['x', '0', '-1', '1.5', '64', '99999999999999999999']) {
    await assert.rejects(loadModel(weights({ 'camloss.context_dilation': dilation })), /context_dilation/, dilation);
  }
  for (const even of [2, 4, 9]) await assert.rejects(loadModel(weights({}, even)), /fc0\.weight has the shape \[128, 32/);
  model.dispose();
});

test('the build without SIMD gives the same result with a context', async () => {
  // A second instance of the module, as in the test above it.
  const tensors = randomTensors('fcn', 72, 4, 3), photo = picture(70, 60, 8);
  const bytes = safetensors(tensors, metadata('fcn', 72, { 'camloss.context_dilation': '3' }));
  const folder = await mkdtemp(path.join(tmpdir(), 'camloss-'));
  try {
    for (const file of ['camloss.mjs', 'camloss-plain.wasm']) {
      await writeFile(path.join(folder, file), await readFile(path.join(site, file)));
    }
    const plainModule = await import(pathToFileURL(path.join(folder, 'camloss.mjs')));
    plainModule.configure({ simd: false });
    const plain = await plainModule.loadModel(bytes), fast = await loadModel(bytes);
    assert.equal(plain.info.kernels, 'plain');
    for (const method of ['cam', 'hirescam', 'occlusion']) {
      assertClose(plain.explain(photo, { method }).map, fast.explain(photo, { method }).map, 1e-5, method);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('heat: cut before enlarging, unscaled, bilinear', async () => {
  const model = await loadModel(safetensors(randomTensors('fcn', 40, 2), metadata('fcn', 40)));
  const r = model.explain(picture(40, 40, 1));
  const [w, h] = [23, 31];
  const enlarge = (map) => Float64Array.from({ length: w * h }, (_, i) => {
    const at = (o, n) => Math.min(Math.max((o + 0.5) * r.cells / n - 0.5, 0), r.cells - 1);
    const x = at(i % w, w), y = at(Math.floor(i / w), h), x0 = Math.floor(x), y0 = Math.floor(y);
    const x1 = Math.min(x0 + 1, r.cells - 1), y1 = Math.min(y0 + 1, r.cells - 1), fx = x - x0, fy = y - y0;
    const m = (yy, xx) => map[yy * r.cells + xx];
    return (1 - fy) * ((1 - fx) * m(y0, x0) + fx * m(y0, x1)) + fy * ((1 - fx) * m(y1, x0) + fx * m(y1, x1));
  });
  const class1 = r.map.map((v) => Math.max(v, 0)), class0 = r.map.map((v) => Math.max(-v, 0));
  assertClose(r.heat(w, h, { evidence: 'signed' }), enlarge(r.map), 1e-5, 'signed');
  assertClose(r.heat(w, h, { evidence: 'class1' }), enlarge(class1), 1e-5, 'class1');
  assertClose(r.heat(w, h, { evidence: 'class0' }), enlarge(class0), 1e-5, 'class0');
  assertClose(r.heat(w, h), enlarge(r.logit > 0 ? class1 : class0), 1e-5, 'predicted');
  assert.throws(() => r.heat(w, h, { evidence: 'both' }), /unknown evidence 'both'/);
  assert.throws(() => r.heat(0, h), /cannot be made/);
  model.dispose();
});

test('overlay: the heat in a colour map over the picture on white', async () => {
  const model = await loadModel(safetensors(randomTensors('fcn', 40, 2), metadata('fcn', 40)));
  const photo = picture(61, 47, 1);
  const r = model.explain(photo, { method: 'hirescam' });
  const white = (i) => Math.round(255 + (photo.data[i] - 255) * photo.data[i | 3] / 255);
  const differs = (actual, expected) => actual.data.reduce((worst, v, i) => Math.max(worst, Math.abs(v - expected(i))), 0);
  const heat = r.heat(61, 47), strongest = largest(r.map.map((v) => Math.max(r.logit > 0 ? v : -v, 0)));
  const grey = (scale) => (i) => (i % 4 === 3 ? 255 : Math.round(255 * Math.min(1, heat[i >> 2] / scale)));
  const drawn = r.overlay(photo, { colours: 'grey', opacity: 1 });
  assert.deepEqual([drawn.width, drawn.height, drawn.data.length], [61, 47, 4 * 61 * 47]);
  assert.ok(differs(drawn, grey(strongest)) <= 1, 'its own scale');
  assert.ok(differs(r.overlay(photo, { colours: 'grey', opacity: 1, scale: strongest / 3 }), grey(strongest / 3)) <= 1, 'a given scale');
  assert.ok(differs(r.overlay(photo, { opacity: 0 }), (i) => (i % 4 === 3 ? 255 : white(i))) <= 1, 'no heat');
  const half = r.overlay(photo, { colours: 'grey', opacity: 0.25 });
  assert.ok(differs(half, (i) => (i % 4 === 3 ? 255 : 0.75 * white(i) + 0.25 * grey(strongest)(i))) <= 1.5, 'blended');
  // Signed evidence at zero is the neutral middle of its colours, the same wherever it is zero.
  const none = r.overlay(photo, { evidence: 'signed', opacity: 1, scale: 1e30 });
  assert.equal(new Set(Array.from({ length: 61 * 47 }, (_, i) => none.data.slice(4 * i, 4 * i + 4).join())).size, 1);
  // A picture of another size than the one that was explained, and RGB.
  const rgb = { data: new Uint8Array(3 * 5 * 9).fill(80), width: 5, height: 9 };
  assert.equal(r.overlay(rgb).data.length, 4 * 5 * 9);
  assert.throws(() => r.overlay(photo, { evidence: 'both' }), /unknown evidence 'both'/);
  assert.throws(() => r.overlay(photo, { colours: 'rainbow' }), /"rainbow".*viridis/s);
  assert.throws(() => r.overlay({ ...photo, height: 46 }), /needs \d+ bytes/);
  assert.throws(() => model.explain(photo, { method: 'none' }).overlay(photo), /no map/);
  model.dispose();
});

test('the verdict is undecided between 0.35 and 0.65', async () => {
  const seen = new Set();
  for (const temperature of ['0.01', '1', '3', '100']) {
    for (let seed = 1; seed < 6; ++seed) {
      const model = await loadModel(safetensors(randomTensors('fcn', 24, seed), metadata('fcn', 24, { 'camloss.temperature': temperature })));
      const { verdict, label, probability } = model.explain(picture(30, 30, seed));
      assert.equal(verdict, probability >= 0.35 && probability <= 0.65 ? 'undecided' : label);
      seen.add(verdict);
      model.dispose();
    }
  }
  assert.deepEqual([...seen].sort(), ['leopard', 'orca', 'undecided']);
});

test('wrong weights and pictures are refused with a reason, and the module goes on', async () => {
  const good = safetensors(randomTensors('fcn', 24, 1), metadata('fcn', 24));
  await assert.rejects(loadModel(good.slice(0, good.length - 4), { name: 'cut.safetensors' }), /cut\.safetensors/);
  await assert.rejects(loadModel(new Uint8Array(0)), /CamlossError|weights/);
  await assert.rejects(loadModel(new TextEncoder().encode('{"conv0.weight": [1, 2')), /./);
  const nan = randomTensors('fcn', 24, 1);
  nan.get('fc2.bias').values[3] = NaN;
  await assert.rejects(loadModel(safetensors(nan, metadata('fcn', 24))), /fc2\.bias/);
  await assert.rejects(loadModel('/no/such/file.safetensors'), { name: 'CamlossError', message: /no such file.*check the path/i });
  const model = await loadModel(good);
  assert.throws(() => model.explain(new Uint8Array(40)), { name: 'CamlossError', message: /decode the file first/ });
  const photo = picture(10, 10, 1);
  for (const [bad, reason] of [
    [{ ...photo, width: 11 }, /11x10 needs 440 bytes/], [{ ...photo, width: 0 }, /whole numbers/],
    [{ ...photo, width: 2.5 }, /whole numbers/], [undefined, /whole numbers/], [{ ...photo, data: [...photo.data] }, /bytes/],
  ]) assert.throws(() => model.explain(bad), reason);
  assert.ok(model.explain(photo).map.length === 9);
  model.dispose();
  model.dispose();
  assert.throws(() => model.explain(photo), /disposed/);
});

test('RGB and RGBA of an opaque picture are the same; transparency shows white', async () => {
  const model = await loadModel(safetensors(randomTensors('fcn', 32, 7), metadata('fcn', 32)));
  const rgba = picture(37, 29, 4);
  const rgb = new Uint8Array(3 * 37 * 29).map((_, i) => rgba.data[4 * Math.floor(i / 3) + i % 3]);
  assert.equal(model.explain(rgba).logit, model.explain({ data: rgb, width: 37, height: 29 }).logit);
  const clear = { ...rgba, data: rgba.data.map((v, i) => (i % 4 === 3 ? 0 : v)) };
  const white = { ...rgba, data: new Uint8ClampedArray(rgba.data.length).fill(255) };
  assert.equal(model.explain(clear).logit, model.explain(white).logit);
  model.dispose();
});

test('10,000 calls and 200 loads leave the memory as it was', async () => {
  const bytes = safetensors(randomTensors('fcn', 8, 1), metadata('fcn', 8));
  const photo = picture(64, 64, 1);
  const model = await loadModel(bytes);
  const grown = () => process.memoryUsage().arrayBuffers + process.memoryUsage().external;
  for (let i = 0; i < 500; ++i) model.explain(photo);
  const before = grown();
  for (let i = 0; i < 10000; ++i) model.explain(photo);
  for (let i = 0; i < 200; ++i) (await loadModel(bytes)).dispose();
  globalThis.gc?.();
  assert.ok(grown() - before < 32 * 2 ** 20, `grew by ${grown() - before} bytes`);
  model.dispose();
});

test('runs in a worker', async () => {
  const weights = safetensors(randomTensors('fcn', 24, 1), metadata('fcn', 24));
  const source = `
    import { parentPort, workerData } from 'node:worker_threads';
    const { loadModel } = await import(workerData.url);
    const model = await loadModel(workerData.weights);
    parentPort.postMessage(model.explain(workerData.photo).logit);`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  const photo = picture(30, 30, 1);
  const logit = await new Promise((resolve, reject) => {
    const worker = new Worker(url, { workerData: { url: pathToFileURL(path.join(site, 'camloss.mjs')).href, weights, photo } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  assert.equal(logit, (await loadModel(weights)).explain(photo).logit);
});

test('module and binary stay below 100 KB compressed', async () => {
  let size = 0;
  for (const file of ['camloss.mjs', 'camloss.wasm']) size += gzipSync(await readFile(path.join(site, file)), { level: 9 }).length;
  assert.ok(size <= 100_000, `${size} bytes`);
});
