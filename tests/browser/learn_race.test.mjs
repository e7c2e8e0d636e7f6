// The race of trainings runs, and its networks agree; how fast they are is no test's business. tfjs must be installed already
// (tests/bench/learn.sh does it): without it this says so, and is skipped.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const bench = fileURLToPath(new URL('../bench/', import.meta.url));
const missing = existsSync(join(bench, 'node_modules/@tensorflow/tfjs')) ? false : 'tfjs is not installed: tests/bench/learn.sh installs it';

test('a page, tfjs and LibTorch begin with the same loss, and each trains', { timeout: 1800000, skip: missing }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'camloss-race-'));
  const { stdout } = await promisify(execFile)('node', [join(bench, 'learn_race.mjs'), '--site', process.env.CAMLOSS_SITE, '--trainer', process.env.CAMLOSS_TRAINER,
    '--work', join(folder, 'work'), '--drawn', '10', '--rounds', '1', '--budget', '1', '--no-whole', '--backends', 'wasm', '--json', join(folder, 'race.json')]);
  assert.match(stdout, /first weights the same; losses of the first batch within \d\.\de-\d+/);
  const { seconds } = JSON.parse(await readFile(join(folder, 'race.json'), 'utf8'));
  for (const who of ['camloss', 'LibTorch', 'wasm']) for (const recipe of ['baseline', 'camloss']) assert.equal(seconds[`${who} ${recipe}`].length, 1);
  await rm(folder, { recursive: true });
});
