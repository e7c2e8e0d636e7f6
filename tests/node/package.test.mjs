// The npm package of the module: packed, installed offline in a project of its own, used and type-checked there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { packModule } from '../../web/tools/npm-package.mjs';
import * as float64 from './float64_network.mjs';
import { metadata, picture, randomTensors, safetensors } from './random_weights.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const site = process.env.CAMLOSS_SITE ?? path.join(root, 'build/site');
const run = promisify(execFile);

let scratch, project; // temporary folder; the project in it
const tensors = randomTensors('fcn', 48, 11), photo = picture(60, 50, 4);

before(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'camloss-package-'));
  project = path.join(scratch, 'project');
  await mkdir(project);
  await writeFile(path.join(project, 'package.json'), '{"name": "scratch", "private": true, "type": "module"}');
  const tarball = await packModule(site, path.join(scratch, 'npm'));
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--cache', path.join(scratch, 'cache'), tarball], { cwd: project });
  await writeFile(path.join(project, 'camloss.safetensors'), safetensors(tensors, metadata('fcn', 48)));
  await writeFile(path.join(project, 'photo.rgba'), photo.data);
});
after(() => rm(scratch, { recursive: true, force: true }));

const installed = (file) => path.join(project, 'node_modules/camloss', file);

async function runInProject(source) {
  await writeFile(path.join(project, 'main.mjs'), source);
  const { stdout, stderr } = await run(process.execPath, ['main.mjs'], { cwd: project });
  assert.equal(stderr, '');
  return stdout;
}

test('the package has the module, its binaries, types, a README and the licence, and the project\'s version', async () => {
  assert.deepEqual((await readdir(installed('.'))).sort(), [
    'LICENSE', 'README.md', 'bundled', 'camloss-element.d.mts', 'camloss-element.mjs', 'camloss-plain.wasm', 'camloss-thread.mjs',
    'camloss-worker.d.mts', 'camloss-worker.mjs', 'camloss.cjs', 'camloss.d.cts', 'camloss.d.mts', 'camloss.mjs', 'camloss.wasm',
    'element', 'package.json', 'worker']);
  const { version, dependencies } = JSON.parse(await readFile(installed('package.json'), 'utf8'));
  const [, ofProject] = (await readFile(path.join(root, 'CMakeLists.txt'), 'utf8')).match(/project\(camloss VERSION ([\d.]+)/);
  assert.equal(version, ofProject);
  assert.equal(dependencies, undefined);
});

test('import from the package explains a picture as the double-precision network does', async () => {
  const printed = await runInProject(`
    import { readFile } from 'node:fs/promises';
    import { loadModel } from 'camloss';
    const model = await loadModel('camloss.safetensors');
    const r = model.explain({ data: new Uint8Array(await readFile('photo.rgba')), width: 60, height: 50 });
    console.log(JSON.stringify({ logit: r.logit, map: [...r.map], kernels: model.info.kernels }));`);
  const { logit, map, kernels } = JSON.parse(printed), expected = float64.run(tensors, 'fcn', 48, photo);
  assert.equal(kernels, 'simd128');
  assert.ok(Math.abs(logit - expected.logit) < 1e-4 * Math.max(1, Math.abs(expected.logit)), `logit ${logit}`);
  assert.equal(map.length, 36);
  for (const [i, value] of map.entries()) assert.ok(Math.abs(value - expected.cam[i]) < 1e-4, `cell ${i}`);
});

test('the README\'s example runs as it stands', async () => {
  const readme = await readFile(installed('README.md'), 'utf8');
  const [, example] = readme.match(/```js\n([\s\S]*?)```/);
  const code = example.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('import'));
  assert.ok(code.length <= 10, `${code.length} lines`);
  const printed = await runInProject(`
    import { readFile } from 'node:fs/promises';
    const canvas = { width: 60, height: 50 };
    const data = new Uint8ClampedArray(await readFile('photo.rgba'));
    const context = { getImageData: (x, y, width, height) => ({ data, width, height }) };
    ${example}
    console.log(heat.length);`);
  const { logit } = float64.run(tensors, 'fcn', 48, photo);
  const [verdict, mass, residual, length] = printed.trim().split('\n');
  const [label, probability] = verdict.split(' ');
  assert.equal(label, logit > 0 ? 'orca' : 'leopard');
  assert.ok(Math.abs(Number(probability) - 1 / (1 + Math.exp(-logit))) < 1e-4);
  assert.ok(Number(mass) > 0 && Number(mass) < 1);
  assert.ok(Number(residual) < 1e-4);
  assert.equal(Number(length), 60 * 50);
});

/** Names that a declaration file exports as values, and the fields of its classes and interfaces. */
function declared(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const values = [...code.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
  const fields = {};
  for (const [, name, body] of code.matchAll(/^export (?:class|interface) (\w+)[^{]*\{\n([\s\S]*?)^\}/gm)) {
    const found = [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??(?=[(:])/gm)].map(([, field]) => field);
    fields[name] = [...new Set(found)].filter((field) => field !== 'constructor').sort(); // one name, several overloads
  }
  return { values: values.sort(), fields };
}

test('the types declare exactly what the module has', async () => {
  const { values, fields } = declared(await readFile(installed('camloss.d.mts'), 'utf8'));
  const module = await import(pathToFileURL(installed('camloss.mjs')));
  assert.deepEqual(values, Object.keys(module).sort());
  const model = await module.loadModel(safetensors(tensors, metadata('fcn', 48)));
  const result = model.explain(photo, { features: true });
  const own = (object) => [
    ...Object.keys(object),
    ...Object.getOwnPropertyNames(Object.getPrototypeOf(object)).filter((name) => name !== 'constructor'),
  ].sort();
  assert.deepEqual(fields.Model, own(model));
  assert.deepEqual(fields.Explanation, own(result));
  assert.deepEqual(fields.ModelInfo, Object.keys(model.info).sort());
  for (const [name, kind] of [['loadModel', 'function'], ['configure', 'function'], ['hasSimd', 'function']]) {
    assert.equal(typeof module[name], kind);
  }
  // The unions name every method and every kind of evidence, and no other.
  const text = await readFile(installed('camloss.d.mts'), 'utf8');
  const union = (name) => [...text.match(new RegExp(`export type ${name} =([^;]*);`))[1].matchAll(/'([^']+)'/g)].map(([, one]) => one);
  const dense = await module.loadModel(safetensors(randomTensors('dense', 24, 2), metadata('dense', 24)));
  assert.deepEqual(new Set(union('Method')), new Set([...model.info.methods, ...dense.info.methods, 'none']));
  for (const evidence of union('Evidence')) assert.equal(result.heat(5, 5, { evidence }).length, 25);
  model.dispose();
  dense.dispose();
});

test('require gives the same module to CommonJS, with the same answer', async () => {
  await writeFile(path.join(project, 'main.cjs'), `
    const { readFileSync } = require('node:fs');
    const camloss = require('camloss');
    camloss.loadModel('camloss.safetensors').then((model) => {
      const r = model.explain({ data: new Uint8Array(readFileSync('photo.rgba')), width: 60, height: 50 });
      console.log(JSON.stringify({ logit: r.logit, names: Object.keys(camloss).sort() }));
      return camloss.loadModel('none.safetensors');
    }).catch((error) => console.log(error instanceof camloss.CamlossError, error.message));`);
  const { stdout, stderr } = await run(process.execPath, ['main.cjs'], { cwd: project });
  assert.equal(stderr, '');
  const [said, refused] = stdout.trim().split('\n'), { logit, names } = JSON.parse(said);
  const expected = float64.run(tensors, 'fcn', 48, photo);
  assert.ok(Math.abs(logit - expected.logit) < 1e-4 * Math.max(1, Math.abs(expected.logit)), `logit ${logit}`);
  assert.deepEqual(names, Object.keys(await import(pathToFileURL(installed('camloss.mjs')))).sort());
  assert.match(refused, /^true cannot read none\.safetensors/);
});

test('the form for bundlers, with the WebAssembly inside, gives the same answer, also of the plain build', async () => {
  for (const simd of [true, false]) {
    const printed = await runInProject(`
      import { readFile } from 'node:fs/promises';
      import { configure, loadModel } from './node_modules/camloss/bundled/camloss.mjs';
      configure({ simd: ${simd} });
      const model = await loadModel('camloss.safetensors');
      const r = model.explain({ data: new Uint8Array(await readFile('photo.rgba')), width: 60, height: 50 });
      console.log(JSON.stringify({ logit: r.logit, kernels: model.info.kernels }));`);
    const { logit, kernels } = JSON.parse(printed), expected = float64.run(tensors, 'fcn', 48, photo);
    assert.equal(kernels, simd ? 'simd128' : 'plain');
    assert.ok(Math.abs(logit - expected.logit) < 1e-4 * Math.max(1, Math.abs(expected.logit)), `logit ${logit}`);
  }
});

test('the form for bundlers decodes its WebAssembly once', async () => {
  const printed = await runInProject(`
    const decode = globalThis.atob;
    let count = 0;
    globalThis.atob = (text) => {
      count++;
      return decode(text);
    };
    const { loadModel } = await import('./node_modules/camloss/bundled/camloss.mjs');
    await loadModel('camloss.safetensors');
    await loadModel('camloss.safetensors');
    console.log(count);`);
  assert.equal(printed, '1\n');
});

test('worker and element can be imported where there is neither; the worker\'s form then runs on the same thread', async () => {
  const printed = await runInProject(`
    import { readFile } from 'node:fs/promises';
    import { CamlossMap } from 'camloss/element';
    import { loadModel } from 'camloss/worker';
    const model = await loadModel('camloss.safetensors');
    const picture = { data: new Uint8Array(await readFile('photo.rgba')), width: 60, height: 50 };
    const r = await model.explain(picture);
    const overlay = await r.overlay(picture);
    console.log(JSON.stringify([model.inWorker, r.logit, (await r.heat(5, 4)).length, overlay.data.length, typeof CamlossMap]));
    model.dispose();
    await model.explain(picture).catch((error) => console.log(error.message));`);
  const [said, refused] = printed.trim().split('\n');
  const { logit } = float64.run(tensors, 'fcn', 48, photo);
  const [inWorker, found, ...rest] = JSON.parse(said);
  assert.equal(inWorker, false);
  assert.ok(Math.abs(found - logit) < 1e-4 * Math.max(1, Math.abs(logit)));
  assert.deepEqual(rest, [20, 12000, 'function']);
  assert.match(refused, /disposed of/);
});
