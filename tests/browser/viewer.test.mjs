// The desktop viewer under a virtual screen: the same figures as the module without UI, and errors with a reason.
// CAMLOSS_VIEWER names the program; without it these tests are skipped.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { baselinePath, camlossPath, startSite } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';

const viewer = process.env.CAMLOSS_VIEWER;
const skip = viewer ? false : 'CAMLOSS_VIEWER is not set';

let site, folder;
before(async () => {
  site = await startSite();
  folder = await mkdtemp(join(tmpdir(), 'camloss-viewer-'));
});
after(async () => {
  await site?.close();
  await rm(folder, { recursive: true });
});

const run = (...args) => spawnSync('xvfb-run', ['-a', '-s', '-screen 0 1400x900x24', viewer, '--site', site.folder, '--once', ...args],
                                   { encoding: 'utf8', timeout: 120000 });

test('a folder with two sub-folders is analysed with labels, as by the module', { skip }, async () => {
  const pictures = { leopard: scene(200, 150, 60), orca: scene(90, 140, 61) };
  for (const [name, picture] of Object.entries(pictures)) {
    await mkdir(join(folder, 'two', name), { recursive: true });
    await writeFile(join(folder, 'two', name, `${name}-1.png`), png(picture));
  }
  await writeFile(join(folder, 'two', 'orca', 'bad.jpg'), 'no picture');
  const { stdout, stderr, status } = run(join(folder, 'two'));
  assert.equal(status, 0, stderr);
  assert.match(stderr, /bad\.jpg is not a picture/);
  const { frame, photos } = JSON.parse(stdout);
  assert.ok(frame > 0);
  const { loadModel } = await import(pathToFileURL(join(site.folder, 'camloss.mjs')));
  for (const [i, path] of [baselinePath, camlossPath].entries()) {
    const model = await loadModel(await readFile(join(site.folder, path)));
    for (const [name, picture] of Object.entries(pictures)) {
      const photo = photos.find((p) => p.name === `${name}-1.png`);
      assert.equal(photo.label, name);
      assert.ok(Math.abs(photo.results[i].probability - model.explain(picture).probability) < 1e-3);
      assert.equal(photo.results[i].model, path);
    }
    model.dispose();
  }
});

test('unknown options and absent files end with code 2 and a reason', { skip }, () => {
  for (const argument of ['--nonsense', join(folder, 'absent.jpg')]) {
    const { status, stderr } = spawnSync(viewer, [argument], { encoding: 'utf8' });
    assert.equal(status, 2);
    assert.ok(stderr.startsWith('error: ') && stderr.includes(argument), stderr);
  }
});
