// The page that demo.sh built (CAMLOSS_SITE), opened in Chromium: the pair trained there is first, and all pairs answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWithEachPair } from '../browser/support/pairs.mjs';

test('the page opens with each pair, and both models answer', async () => {
  const names = await openWithEachPair(process.env.CAMLOSS_SITE);
  assert.equal(names[0], 'Embedded scenes, trained here');
});
