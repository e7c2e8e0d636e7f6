// The page says before a training what names its classes cannot have; the core says it when the weights are written. They agree.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { metadata, randomTensors, safetensors } from './random_weights.mjs';

const site = process.env.CAMLOSS_SITE ?? fileURLToPath(new URL('../../build/site', import.meta.url));
const { loadModel } = await import(pathToFileURL(path.join(site, 'camloss.mjs')));
const { whyNoName } = await import(pathToFileURL(path.join(site, 'train.mjs')));
const tensors = randomTensors('fcn', 24, 1);

test('what the page says of a name is what the core says', async () => {
  const names = ['cats', 'x'.repeat(64), 'x'.repeat(65), '犬'.repeat(21), '犬'.repeat(22), '', ' cats', 'cats ', 'cats\u0085', 'a\u2028b', 'a\u202eb', 'a\u2069b',
    'a\u00a0b', 'a\tb', 'cats=dogs', 'Кошки', '😀'.repeat(16), '😀'.repeat(17), 'a\u007fb', 'dogs'];
  for (const name of names) {
    const file = safetensors(tensors, metadata('fcn', 24, { 'camloss.classes': `${name},dogs` }));
    const core = await loadModel(file, { name: 'w.safetensors' }).then((model) => { model.dispose(); return null; }, (error) => error.message);
    const page = whyNoName([name, 'dogs']);
    // The spaces around a name in the file's list belong to the list.
    if (name.trim() === name) assert.equal(page === null, core === null, `${JSON.stringify(name)}: the page says ${page}, the core ${core}`);
    else assert.match(page, /space/);
  }
});
