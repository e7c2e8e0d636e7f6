// A finished page as it is delivered: opened in Chromium with each pair of its menu.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '../../../web/tools/serve.mjs';
import { launch, Visitor } from './page.mjs';

/**
 * Opens the page in `site` with each pair it lists, and as it opens by itself; both models must answer for every picture.
 * @param {string[]} [only] names of the pairs to open, instead of all
 * @returns {Promise<string[]>} the names of the pairs
 */
export async function openWithEachPair(site, only) {
  const pairs = JSON.parse(readFileSync(join(site, 'weights/index.json'), 'utf8'));
  assert.ok(pairs.length > 0);
  for (const pair of pairs) {
    for (const file of [pair.baseline, pair.camloss]) assert.ok(existsSync(join(site, file)), `${file}, listed in index.json, is not there`);
  }
  const server = await serve(site, { port: 0 });
  const browser = await launch();
  try {
    for (const pair of only ? pairs.filter(({ name }) => only.includes(name)) : [null, ...pairs]) {
      const hash = pair ? `#weights=${encodeURIComponent(pair.name)}` : '';
      const visitor = await Visitor.open(browser, server.url, { hash, painted: false });
      const { photos } = await visitor.state();
      assert.ok(photos.length >= 8);
      for (const { name, results } of photos) {
        if (pair) assert.deepEqual(results.map((result) => result.model), [pair.baseline, pair.camloss], name);
        assert.deepEqual(results.map((result) => result.recipe), ['baseline', 'camloss'], name);
        for (const { probability } of results) assert.ok(probability >= 0 && probability <= 1, name);
      }
      assert.deepEqual(visitor.complaints, []);
      assert.equal(await visitor.page.locator('#alerts').textContent(), '');
      await visitor.close();
    }
  } finally {
    await browser.close();
    await server.close();
  }
  return pairs.map((pair) => pair.name);
}
