// The measurement of growth runs and agrees with itself; how fast things are is no test's business.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { growthChart } from '../bench/growth_chart.mjs';

const growth = fileURLToPath(new URL('../bench/growth.mjs', import.meta.url));

test('growth is measured in the trainer and in the page, as a table and a chart', { timeout: 900000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'camloss-growth-test-'));
  const { stdout } = await promisify(execFile)('node', [growth, '--sizes', '24', '--page-sizes', '20', '--json', join(folder, 'g.json'), '--svg', join(folder, 'g.svg')]);
  assert.match(stdout, /\| 24 \|.* s \|.* MiB \|/);
  assert.match(stdout, /\| 20 \|.* s \|.* MiB \|.* ms/);
  const { trainer: [trained], page: [shown] } = JSON.parse(await readFile(join(folder, 'g.json'), 'utf8'));
  assert.ok(trained.read > 0 && trained.read + trained.epoch < trained.train);
  for (const peak of [trained.trainPeak, trained.evaluatePeak, trained.reportPeak, shown.peak]) assert.ok(peak > 20, `${peak} MiB`);
  assert.ok(shown.drop > 0 && shown.frame > 0 && shown.frame <= shown.frame95);
  assert.match(await readFile(join(folder, 'g.svg'), 'utf8'), /^<svg .*<\/svg>\n$/s);
  await rm(folder, { recursive: true });
});

test('in the chart a line that grows with the pictures is level', () => {
  const svg = growthChart([{ count: 100, read: 1 }, { count: 1000, read: 10 }], []);
  const [, first, second] = /<path d="M[\d.]+ ([\d.]+)L[\d.]+ ([\d.]+)" fill="none"/.exec(svg);
  assert.equal(first, second);
});
