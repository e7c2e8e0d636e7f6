// Test files that run beside one another install the packages of their folder once.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { withPackages } from '../packages.mjs';

/** A folder with a lock file, and an npm that notes its calls. @param {string} way how that npm ends */
async function withNpm(way, use) {
  const scratch = await mkdtemp(join(tmpdir(), 'camloss-packages-')), { PATH } = process.env;
  try {
    await writeFile(join(scratch, 'package-lock.json'), '{}');
    await writeFile(join(scratch, 'npm'), `#!/bin/sh
echo run >>"${scratch}/calls"
mkdir "${scratch}/node_modules" || exit 1
sleep 0.5
${way}
`);
    await chmod(join(scratch, 'npm'), 0o755);
    process.env.PATH = `${scratch}:${PATH}`;
    const calls = async () => (await readFile(join(scratch, 'calls'), 'utf8')).split('\n').length - 1;
    await use(pathToFileURL(`${scratch}/`), calls);
  } finally {
    process.env.PATH = PATH;
    await rm(scratch, { recursive: true, force: true });
  }
}

test('three at once install once, and a fourth not at all', () => withNpm('exit 0', async (folder, calls) => {
  assert.deepEqual(await Promise.all([withPackages(folder), withPackages(folder), withPackages(folder)]), [null, null, null]);
  assert.equal(await calls(), 1);
  assert.equal(await withPackages(folder), null);
  assert.equal(await calls(), 1);
}));

test('what npm cannot install is named, and counts as not installed', () => withNpm('rmdir "$(dirname "$0")/node_modules"; echo "npm error no network" >&2; exit 1', async (folder, calls) => {
  assert.match(await withPackages(folder), /^skipped: npm cannot install .*: npm error no network$/);
  assert.match(await withPackages(folder), /no network/);
  assert.equal(await calls(), 2);
}));
