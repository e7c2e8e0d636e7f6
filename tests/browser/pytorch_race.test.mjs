// The races against PyTorch run, and both sides say the same of the pictures; how fast they are is no test's business.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const kPython = '/usr/bin/python3';  // Debian's, which its packages are for
const hasTorch = spawnSync(kPython, ['-c', 'import numpy, PIL, torch']).status === 0;
const skip = hasTorch ? false : 'python3-torch, python3-numpy and python3-pil are not installed';

async function race(script, options) {
  const folder = await mkdtemp(join(tmpdir(), 'camloss-race-test-'));
  const json = join(folder, 'race.json');
  const path = fileURLToPath(new URL(`../bench/${script}`, import.meta.url));
  const { stdout } = await promisify(execFile)(kPython, [path, '--trainer', process.env.CAMLOSS_TRAINER, '--rounds', '1', '--json', json, ...options]);
  const result = JSON.parse(await readFile(json, 'utf8'));
  await rm(folder, { recursive: true });
  return { stdout, result };
}

test('evaluate against PyTorch and its data loader', { skip, timeout: 300000 }, async () => {
  const { stdout, result } = await race('evaluate.py', ['--pictures', '60']);
  assert.match(stdout, /60 JPEG files.*\n {2}trainer .* s .*\n {2}PyTorch .* s .*\n {2}trainer \/ PyTorch: \d/);
  assert.ok(result.ratio > 0);
  for (const { accuracy } of Object.values(result.said.per_class)) assert.ok(accuracy >= 0 && accuracy <= 1);
});

test('an epoch of either recipe against PyTorch', { skip, timeout: 600000 }, async () => {
  const { stdout, result } = await race('training.py', ['--input-size', '48']);
  assert.match(stdout, /trainer \/ PyTorch, camloss: \d/);
  assert.equal(result.pictures, 376);
  for (const seconds of Object.values(result.seconds)) assert.ok(seconds.length === 1 && seconds[0] > 0);
});
