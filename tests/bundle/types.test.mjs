// The package's types: they resolve as bundlers and as Node.js look for them, and beside a copied file; what they forbid is an
// error.
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { withPackages } from '../packages.mjs';
import { makeProject } from './project.mjs';

const kUse = (from) => `
import { loadModel, configure, compiledModule, hasSimd, CamlossError, type Explanation, type Model } from '${from}';
configure({ simd: 'auto', wasm: new Uint8Array(8) });
export async function use(): Promise<void> {
  const model: Model = await loadModel(new URL('https://example.org/a.safetensors'), { name: 'a' });
  const r: Explanation = model.explain(new ImageData(4, 4), { method: 'hirescam', features: true });
  const later: Explanation = await model.explain(new Blob([]));
  const heat: Float32Array = r.heat(4, 4, { evidence: 'class1' });
  const [first, second]: readonly [string, string] = model.info.classes;
  const mass: number = later.offCentreMass ?? 0;
  const module: WebAssembly.Module = await compiledModule();
  // @ts-expect-error there is no such method
  model.explain({ data: new Uint8Array(64), width: 4, height: 4 }, { method: 'saliency' });
  // @ts-expect-error the map may be missing
  r.map.length;
  // @ts-expect-error results are not to be written
  r.logit = heat[0]! + mass;
  // @ts-expect-error models come from loadModel
  new Model();
  if (!(new CamlossError(first + second) instanceof Error) || !hasSimd() || !module) model.dispose();
}
`;
const kUseMore = `
import { loadModel, type Model } from 'camloss/worker';
import { CamlossMap, type CamlossMapEvents } from 'camloss/element';
export async function use(): Promise<number> {
  const model: Model = await loadModel('a.safetensors');
  const r = await model.explain(document.createElement('canvas'));
  const overlay = await r.overlay(new Blob([]));
  // @ts-expect-error the heat map is a promise
  (r.heat(4, 4)).length;
  const element = document.querySelector('camloss-map');
  if (element instanceof CamlossMap) element.addEventListener('result', (event) => {
    const { detail } = event as CamlossMapEvents['result'];
    detail.probability.toFixed(2);
  });
  return overlay.width + (element?.result?.logit ?? 0) + Number(model.inWorker);
}
`;

let missing, project;
before(async () => {
  missing = await withPackages(new URL('.', import.meta.url));
  if (missing !== null) return;
  project = await makeProject();
  await project.write('package.json', '{"private": true}');
  // A copy beside the program, as people without npm have it.
  for (const name of ['camloss.mjs', 'camloss.d.mts']) await cp(join(project.folder, 'node_modules/camloss', name), join(project.folder, 'lib', name));
});
after(() => project?.close());

const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler'], node16 = ['--module', 'node16', '--moduleResolution', 'node16'];
for (const [what, file, from, options] of [
  ['a bundler', 'bundler.ts', 'camloss', bundler],
  ['an ES module of Node.js', 'node.mts', 'camloss', node16],
  ['CommonJS of Node.js', 'node.cts', 'camloss', node16],
  ['the rules before Node.js 16', 'old.ts', 'camloss', ['--module', 'commonjs', '--moduleResolution', 'node10', '--ignoreDeprecations', '5.0']],
  ['a relative import, bundled', 'relative.ts', './lib/camloss.mjs', bundler],
  ['a relative import of Node.js', 'relative.mts', './lib/camloss.mjs', node16],
]) {
  test(`the types resolve for ${what}`, { timeout: 120000 }, async (t) => {
    if (missing !== null) return t.skip(missing);
    await project.write(file, kUse(from));
    const more = from === 'camloss' && !file.endsWith('.cts') && file !== 'old.ts' ? [`more-${file}`] : [];
    for (const name of more) await project.write(name, kUseMore);
    await project.run('typescript/bin/tsc', ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom', '--types', 'node', ...options, file, ...more]);
  });
}

test('a wrong program is an error', async (t) => {
  if (missing !== null) return t.skip(missing);
  await project.write('wrong.mts', "import { loadModel } from 'camloss';\nloadModel(7);\n");
  await assert.rejects(project.run('typescript/bin/tsc', ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom', '--types', 'node', ...node16, 'wrong.mts']),
    /wrong\.mts.*number/);
});
