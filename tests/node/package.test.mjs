// The npm package of the module: packed, installed offline in a project of its own, used and type-checked there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
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
const compiler = path.join(root, 'tests/bench/node_modules/typescript/bin/tsc');
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
    'LICENSE', 'README.md', 'camloss-plain.wasm', 'camloss.d.ts', 'camloss.mjs', 'camloss.wasm', 'package.json']);
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
  const { values, fields } = declared(await readFile(installed('camloss.d.ts'), 'utf8'));
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
  const text = await readFile(installed('camloss.d.ts'), 'utf8');
  const union = (name) => [...text.match(new RegExp(`export type ${name} =([^;]*);`))[1].matchAll(/'([^']+)'/g)].map(([, one]) => one);
  const dense = await module.loadModel(safetensors(randomTensors('dense', 24, 2), metadata('dense', 24)));
  assert.deepEqual(new Set(union('Method')), new Set([...model.info.methods, ...dense.info.methods, 'none']));
  for (const evidence of union('Evidence')) assert.equal(result.heat(5, 5, { evidence }).length, 25);
  model.dispose();
  dense.dispose();
});

test('a TypeScript program that uses the package compiles, and a wrong one does not',
  { skip: existsSync(compiler) ? false : 'typescript is not installed: npm ci --prefix tests/bench' }, async () => {
    await writeFile(path.join(project, 'use.ts'), `
      import { loadModel, configure, hasSimd, CamlossError, type Explanation, type Model } from 'camloss';
      configure({ simd: 'auto', wasm: new Uint8Array(8) });
      const model: Model = await loadModel(new URL('https://example.org/a.safetensors'), { name: 'a' });
      const r: Explanation = model.explain(new ImageData(4, 4), { method: 'hirescam', features: true });
      const heat: Float32Array = r.heat(4, 4, { evidence: 'class1' });
      const [first, second]: readonly [string, string] = model.info.classes;
      const mass: number = r.offCentreMass ?? 0;
      // @ts-expect-error there is no such method
      model.explain({ data: new Uint8Array(64), width: 4, height: 4 }, { method: 'saliency' });
      // @ts-expect-error the map may be missing
      r.map.length;
      // @ts-expect-error results are not to be written
      r.logit = heat[0]! + mass;
      // @ts-expect-error models come from loadModel
      new Model();
      if (!(new CamlossError(first + second) instanceof Error) || !hasSimd()) model.dispose();
    `);
    await run(process.execPath, [compiler, '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022',
      '--lib', 'es2022,dom', 'use.ts'], { cwd: project }).catch(({ stdout }) => assert.fail(stdout));
  });
