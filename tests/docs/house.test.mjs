// The directions of include: the project keeps them, and the check names a line that does not.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const check = (root) =>
  spawnSync(process.execPath, [join(ROOT, 'cmake/check-includes.mjs'), root], { encoding: 'utf8' });

test('no file of the project includes against the directions of the house', () => {
  const { status, stderr } = check(ROOT);
  assert.equal(stderr, '');
  assert.equal(status, 0);
});

test('an include upward, LibTorch outside train/, an unknown folder and a circle are each named with their line', () => {
  const root = mkdtempSync(join(tmpdir(), 'camloss-house-'));
  const write = (path, text) => {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const top of ['shared', 'native', 'wasm']) mkdirSync(join(root, top));
  write('shared/base/low.h', '// low\n#include <span>\n#include "shared/maps/maps.h"\n');
  write('native/report/page.cpp', '#include "native/base/error.h"\n#include <torch/torch.h>\n');
  write('native/report/loop.cpp', '#include "native/train/trainer.h"\n');
  write('wasm/attic/a.cpp', '#include "shared/base/result.h"\n');
  write('shared/maps/one.h', '#include "shared/maps/two.h"\n');
  write('shared/maps/two.h', '#include "shared/maps/one.h"\n');
  const { status, stderr } = check(root);
  rmSync(root, { recursive: true });
  assert.equal(status, 1);
  assert.deepEqual(stderr.trim().split('\n'), [
    'includes in a circle: shared/maps/one.h -> shared/maps/two.h -> shared/maps/one.h',
    'native/report/loop.cpp:1: #include "native/train/trainer.h": native/report/ may not include native/train/',
    'native/report/page.cpp:2: #include <torch/torch.h>: only native/train/ includes LibTorch',
    'shared/base/low.h:3: #include "shared/maps/maps.h": shared/base/ may not include shared/maps/',
    'wasm/attic/a.cpp:1: #include "shared/base/result.h": wasm/attic/ is not a folder of cmake/check-includes.mjs',
  ]);
});

test('HACKING tells of every folder of the sources', () => {
  const text = readFileSync(join(ROOT, 'docs/HACKING.md'), 'utf8');
  for (const top of ['shared', 'native', 'wasm']) {
    for (const entry of readdirSync(join(ROOT, top), { withFileTypes: true })) {
      if (entry.isDirectory()) assert.ok(text.includes(`\`${top}/${entry.name}/\``), `${top}/${entry.name}/`);
    }
  }
});
