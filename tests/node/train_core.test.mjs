// The learning core's C interface as the page's worker calls it: what is wrong is refused before it touches memory.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const site = process.env.CAMLOSS_SITE ?? fileURLToPath(new URL('../../build/site', import.meta.url));
const module = await WebAssembly.compile(await readFile(path.join(site, 'camloss-train.wasm')));

async function core() {
  const imports = {};
  for (const { module: space, name } of WebAssembly.Module.imports(module)) (imports[space] ??= {})[name] = () => 0;
  const { exports: api } = await WebAssembly.instantiate(module, imports);
  api._initialize?.();
  const text = (at) => {
    const bytes = new Uint8Array(api.memory.buffer, at);
    return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
  };
  return {
    api,
    error: () => text(api.train_error()),
    set(name, value) {
      const bytes = new TextEncoder().encode(`${name}\0`);
      const at = api.train_alloc(bytes.length);
      new Uint8Array(api.memory.buffer).set(bytes, at);
      return api.train_setting(at, value);
    },
    picture(side, label, part = 0) {
      const count = 3 * side * side;
      const at = api.train_alloc(4 * count);
      new Float32Array(api.memory.buffer, at, count).forEach((_, i, all) => { all[i] = (i * 37 + label * 90) % 256; });
      return api.train_picture(at, count, label, part);
    },
  };
}

test('a setting out of its range is refused by name', async () => {
  const { set, error } = await core();
  for (const [name, value, said] of [['batch', 0, /batch is 0/], ['input_size', 1e9, /from 8 to 1024/], ['context', 9, /from 1 to 7/],
    ['epochs', NaN, /epochs is not a number/], ['jitter.hue', -1, /jitter\.hue is -1/], ['nothing', 1, /no setting nothing/]]) {
    assert.equal(set(name, value), 0, name);
    assert.match(error(), said);
  }
  assert.equal(set('batch', 4), 1);
});

test('settings that do not go together, and pictures of another size, are refused', async () => {
  const { set, picture, error } = await core();
  set('context', 4);
  assert.equal(picture(96, 0), -1);
  assert.match(error(), /needs a middle/);
  set('context', 3);
  for (const side of [48, 128]) {
    set('input_size', side);
    assert.equal(picture(96, 0), -1);
    assert.match(error(), new RegExp(`27648 numbers — input_size ${side} takes ${3 * side * side}`));
  }
  set('input_size', 96);
  assert.equal(picture(96, 2), -1);
  assert.match(error(), /label/);
  assert.equal(picture(96, 0), 0);
  assert.equal(picture(96, 1), 1);
  assert.equal(set('input_size', 48), 0);
  assert.match(error(), /settings come before pictures/);
});

test('nothing is read of a training that was not begun, and a seed is a whole number', async () => {
  const { api, set, picture, error } = await core();
  assert.equal(api.train_state(), 0);
  assert.match(error(), /no training was begun/);
  set('input_size', 16);
  set('batch', 2);
  picture(16, 0);
  picture(16, 1);
  for (const seed of [-1, NaN, 1.5, Infinity, 2 ** 60]) {
    assert.equal(api.train_start(seed), 0);
    assert.match(error(), /seed/);
  }
  assert.equal(api.train_start(2 ** 53), 1);
  assert.equal(api.train_step(), 1);
  assert.notEqual(api.train_state(), 0);
});

test('the limits of the verdict are those of the core', async () => {
  const { api } = await core();
  assert.deepEqual([...new Float64Array(api.memory.buffer, api.train_rules(), 4)], [10, 0.85, 0.5, 0.45]);
});
