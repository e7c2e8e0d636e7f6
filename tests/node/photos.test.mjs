// What the page's queue of photos does about memory, as far as it can be told without a browser.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { UsedStrips } from '../../web/photos.mjs';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const kStrip = 4 * 2 ** 20;

async function waited(used) {
  const start = performance.now();
  await used.collected();
  return performance.now() - start;
}

test('the next photo waits while the last ones\' pixels are alive, not for ever, and not once they are collected', async () => {
  const used = new UsedStrips();
  let strips = Array.from({ length: 12 }, () => new Uint8Array(kStrip));  // a photo of 12 megapixels
  strips.forEach((strip) => used.add(strip));
  assert.ok(await waited(used) < 200, 'one photo is no reason to wait');

  strips.push(...Array.from({ length: 24 }, () => new Uint8Array(kStrip)));
  strips.slice(12).forEach((strip) => used.add(strip));
  const long = await waited(used);
  assert.ok(long > 400 && long < 3000, `three photos that stay alive: waited ${long.toFixed(0)} ms`);

  strips = null;
  const collecting = setInterval(collect, 10);
  const start = performance.now();
  do await used.collected(); while (await waited(used) > 20 && performance.now() - start < 20000);
  clearInterval(collecting);
  assert.ok(await waited(used) < 20, 'what is collected no longer counts');
});
