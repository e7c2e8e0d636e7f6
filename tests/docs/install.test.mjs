// Install, uninstall and the Debian package, each into a scratch root from which the program is then run.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openWithEachPair } from '../browser/support/pairs.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const build = resolve(process.env.CAMLOSS_TRAINER ?? join(root, 'build/bin/trainer'), '../..');
const scratch = mkdtempSync(join(tmpdir(), 'camloss-install-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const run = (program, words, options = {}) => execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
const filesIn = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() || entry.isSymbolicLink()).length;
const shippedPairs = JSON.parse(readFileSync(join(root, 'web/weights/index.json'), 'utf8')).map((pair) => pair.name);

/** The program of an installation works, and what belongs to it lies beside it. */
async function checkInstalled(prefix) {
  const trainer = join(prefix, 'bin/trainer');
  const version = run(trainer, ['--version']);
  assert.match(version, /^camloss trainer \d+\.\d+\.\d+ \(commit [0-9a-f]+(-dirty)?\)$/m);
  for (const library of ['LibTorch', 'OpenCV', 'libarchive']) assert.match(version, new RegExp(`${library} \\d+\\.\\d+`));
  const out = join(prefix, 'written');
  run(trainer, ['scenes', '--out', out]);
  assert.ok(existsSync(join(out, 'train/leopard')));
  rmSync(out, { recursive: true });
  for (const name of ['trainer', 'camloss-trainer.bash']) {
    assert.equal(readFileSync(join(prefix, 'share/bash-completion/completions', name), 'utf8'), run(trainer, ['completion', 'bash']));
  }
  for (const name of ['copyright', 'README.md', 'docs/method.md']) assert.ok(existsSync(join(prefix, 'share/doc/camloss', name)), name);
  assert.match(readFileSync(join(prefix, 'share/doc/camloss/copyright'), 'utf8'), /^License: Expat\n Permission is hereby granted/m);

  // The same program under a name of its own; manual pages of all that is in bin but the viewer.
  assert.equal(run(join(prefix, 'bin/camloss-trainer'), ['--version']), version);
  for (const name of readdirSync(join(prefix, 'bin')).filter((other) => other !== 'camloss_viewer')) {
    const manual = readFileSync(join(prefix, 'share/man/man1', `${name}.1`), 'utf8');
    assert.match(manual, /^\.SH NAME\n/m);
    if (!name.endsWith('trainer')) continue;
    const list = run(trainer, ['--help']).match(/Subcommands:\n((?:.+\n)+)/)[1]; // the examples come after it
    for (const [, command] of list.matchAll(/^  ([a-z]+) {3,}/gm)) {
      assert.ok(manual.includes(`.SH COMMAND ${command}\n`), command);
    }
    assert.ok(!manual.includes('.SH COMMAND trainer\n'));
    assert.ok(manual.includes('\\-\\-recipe') && manual.includes('\\-\\-resume'));
  }

  // The page with the shipped pairs and no others.
  assert.deepEqual(await openWithEachPair(join(prefix, 'share/camloss/site')), shippedPairs);
}

/** What the documents do after a training works with the installed commands: a page of one's own with the pair in it. */
async function checkTools(prefix) {
  assert.match(run(join(prefix, 'bin/camloss-serve'), ['--help']), /^usage: /);
  const runs = join(prefix, 'runs');
  const page = join(prefix, 'page');
  run(join(prefix, 'bin/camloss-trainer'), ['train', '--dtype', 'f16', '--epochs', '1', '--input-size', '16', '--perturbed', '0', '--quiet', '--out', runs]);
  assert.match(run(join(prefix, 'bin/camloss-add-pair'), [runs, page, '--name', 'Mine']), /#weights=Mine/);
  assert.deepEqual(await openWithEachPair(page, ['Mine']), [...shippedPairs, 'Mine']);
  for (const folder of [runs, page]) rmSync(folder, { recursive: true });
}

test('a page that is built half is not installed', () => {
  // The script by itself, on a copy: the real one is in use.
  const site = join(scratch, 'half');
  cpSync(join(root, 'build/site'), site, { recursive: true, filter: (name) => !name.endsWith('.safetensors') });
  const install = (to) => run('cmake', [`-DSITE=${site}`, `-DSHIPPED=${join(root, 'web/weights/index.json')}`,
    `-DDESTINATION=${join(scratch, to)}`, '-P', join(root, 'cmake/install-site.cmake')]);
  install('whole');
  assert.ok(existsSync(join(scratch, 'whole/version.json')));
  writeFileSync(join(site, 'camloss.wasm'), readFileSync(join(site, 'camloss.wasm')).subarray(0, 1000));
  assert.throws(() => install('broken'), /built half: camloss\.wasm\s+is\s+not\s+that\s+of\s+its\s+version\.json/);
  rmSync(join(site, 'version.json'));
  assert.match(install('none'), /The page is left out/);
  assert.ok(!existsSync(join(scratch, 'none')) && !existsSync(join(scratch, 'broken')));
});

test('install puts a working program into a root, uninstall takes all of it away', async () => {
  const destination = join(scratch, 'installed');
  const environment = { ...process.env, DESTDIR: destination };
  run('cmake', ['--install', build, '--prefix', '/usr'], { env: environment });
  await checkInstalled(join(destination, 'usr'));
  run('cmake', ['--build', build, '--target', 'uninstall'], { env: environment });
  assert.equal(filesIn(destination), 0);
});

test('the Debian package installs and removes cleanly, and names what it needs', async (t) => {
  // The build folder may be older than dpkg-dev on this machine, so it must not have decided anything about it.
  assert.doesNotMatch(readFileSync(join(build, 'CPackConfig.cmake'), 'utf8'), /CPACK_DEBIAN_PACKAGE_SHLIBDEPS/);
  const packages = join(scratch, 'packages');
  run('cpack', ['-G', 'DEB', '-B', packages], { cwd: build });
  const file = join(packages, readdirSync(packages).find((name) => name.endsWith('.deb')));
  const fields = run('dpkg-deb', ['--field', file]);
  assert.match(fields, /^Package: camloss$/m);
  assert.match(fields, /^Depends: .*libtorch/m);
  assert.match(fields, /^Depends: .*libopencv/m);
  assert.match(fields, /^Recommends: .*nodejs/m);
  const target = join(scratch, 'root');
  if (process.getuid() !== 0) {
    t.diagnostic('without root rights the package is unpacked only');
    run('dpkg-deb', ['--extract', file, target]);
    await checkInstalled(join(target, 'usr'));
    await checkTools(join(target, 'usr'));
    return;
  }
  mkdirSync(join(target, 'var/lib/dpkg/updates'), { recursive: true });
  mkdirSync(join(target, 'var/lib/dpkg/info'), { recursive: true });
  writeFileSync(join(target, 'var/lib/dpkg/status'), '');
  // The scratch root has none of the libraries; the program finds those of this machine.
  const dpkg = (...words) => run('dpkg', [`--root=${target}`, '--force-depends', '--force-script-chrootless', ...words]);
  dpkg('--install', file);
  await checkInstalled(join(target, 'usr'));
  await checkTools(join(target, 'usr'));
  dpkg('--purge', 'camloss');
  assert.ok(!existsSync(join(target, 'usr/bin/trainer')));
  assert.ok(!existsSync(join(target, 'usr/share/camloss')));
});
