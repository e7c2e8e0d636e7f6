// Pairs that are added to a page lie apart, whatever their names are written in.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { addPair } from '../../web/tools/add-pair.mjs';

test('pairs of any names have folders of their own; one that is added again replaces itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'camloss-pairs-'));
  const [site, runs] = [join(folder, 'site'), join(folder, 'runs')];
  for (const place of [join(site, 'weights'), runs]) await mkdir(place, { recursive: true });
  await writeFile(join(site, 'index.html'), '');
  const names = ['кошки', 'птицы', '犬猫', 'cats', 'cats!', 'a b', 'a/b', '..', '.cats'];
  const add = async (name, content) => {
    for (const recipe of ['baseline', 'camloss']) await writeFile(join(runs, `${recipe}-s1.safetensors`), `${content} ${recipe}`);
    return addPair({ runs, site, name, seed: '1' });
  };
  for (const name of names) assert.equal(await add(name, name), `#weights=${encodeURIComponent(name)}`);
  await add('птицы', 'again');
  const pairs = JSON.parse(await readFile(join(site, 'weights/index.json'), 'utf8'));
  assert.equal(pairs.length, names.length);
  for (const { name, ...files } of pairs) {
    for (const recipe of ['baseline', 'camloss']) {
      assert.match(files[recipe], /^weights\/own\/[A-Za-z0-9._-]+\/(baseline|camloss)\.safetensors$/);
      assert.equal(await readFile(join(site, files[recipe]), 'utf8'), `${name === 'птицы' ? 'again' : name} ${recipe}`);
    }
  }
  await rm(folder, { recursive: true });
});
