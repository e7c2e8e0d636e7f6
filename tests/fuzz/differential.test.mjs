// Weights files of the corpus, and those that ship: native and WebAssembly builds must say the same of them.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { compare } from './differential.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const site = process.env.CAMLOSS_SITE ?? path.resolve(here, '../../build/site');
const program = process.env.CAMLOSS_DIGEST ?? path.resolve(here, '../../build/dev/bin/weights_digest');

for (const [folder, files, accepted] of [[path.join(here, 'corpus/weights'), 80, 4], [path.resolve(here, '../../web/weights'), 6, 6]]) {
  test(`native and WebAssembly accept the same files of ${path.basename(folder)}, with the same figures`, async () => {
    const outcome = await compare(program, [folder], site);
    assert.deepEqual(outcome.differences, []);
    assert.ok(outcome.files >= files && outcome.accepted >= accepted, JSON.stringify(outcome));
  });
}
