// How the trainer's threads wait, told from the environment of the running process, and the warning of too many threads.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const trainer = resolve(process.env.CAMLOSS_TRAINER ?? join(root, 'build/bin/trainer'));
const scratch = mkdtempSync(join(tmpdir(), 'camloss-threads-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const withoutSettings = { ...process.env };
delete withoutSettings.OMP_WAIT_POLICY;
delete withoutSettings.GOMP_SPINCOUNT;

/** Starts a training, waits until it has put something into its folder, and looks at the process. */
async function whileTraining(program, { settings = {}, name = 'trainer' } = {}) {
  const out = mkdtempSync(join(scratch, 'out-'));
  const words = ['train', '--epochs', '100000', '--input-size', '16', '--perturbed', '0', '--threads', '1', '--quiet', '--out', out];
  const child = spawn(program, words, { env: { ...withoutSettings, ...settings }, stdio: 'ignore', argv0: name });
  try {
    for (let i = 0; !readdirSync(out).length > 0; ++i) {
      assert.ok(i < 600 && child.exitCode === null, `no training began: ${child.exitCode}`);
      await sleep(100);
    }
    const read = (file) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
    return {
      variables: Object.fromEntries(read('environ').split('\0').filter(Boolean).map((line) => line.split(/=(.*)/s).slice(0, 2))),
      command: read('cmdline').split('\0').slice(0, -1),
      name: read('comm').trim(),
      words,
    };
  } finally {
    child.kill('SIGKILL');
    await new Promise((done) => (child.exitCode === null && child.signalCode === null ? child.once('exit', done) : done()));
  }
}

test('threads of a training wait awake for a moment, then asleep; the process keeps its number, name and words', async () => {
  const seen = await whileTraining(trainer);
  assert.equal(seen.variables.GOMP_SPINCOUNT, '20000');
  assert.equal(seen.name, 'trainer');
  assert.deepEqual(seen.command, ['trainer', ...seen.words]);
});

test('found again whatever its first word says', async () => {
  const seen = await whileTraining(trainer, { name: '/nowhere/else' });
  assert.equal(seen.variables.GOMP_SPINCOUNT, '20000');
  assert.equal(seen.name, 'trainer');
});

for (const settings of [{ OMP_WAIT_POLICY: 'active' }, { GOMP_SPINCOUNT: '1000' }]) {
  test(`${Object.entries(settings)[0].join('=')} of the user's own stays`, async () => {
    const { variables } = await whileTraining(trainer, { settings });
    for (const name of ['OMP_WAIT_POLICY', 'GOMP_SPINCOUNT']) assert.equal(variables[name], settings[name]);
  });
}

test('more threads than cores are warned of, as many are not', () => {
  const cores = availableParallelism();
  const warnings = (threads) => {
    // Ends at once, for a reason of its own.
    const words = ['evaluate', '--weights', join(scratch, 'none.safetensors'), '--threads', String(threads)];
    const { status, stderr } = spawnSync(trainer, words, { encoding: 'utf8' });
    assert.equal(status, 1);
    return stderr.replace(/^error: .*none\.safetensors.*\n/m, '');
  };
  assert.equal(warnings(cores), '');
  assert.match(warnings(cores + 1), new RegExp(`^warning: --threads ${cores + 1} is more than the ${cores} cores? here — .*\n$`));
});
