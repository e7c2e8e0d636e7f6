// Install, uninstall and the Debian package, each into a scratch root from which the program is then run.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const build = resolve(process.env.CAMLOSS_TRAINER ?? join(root, 'build/bin/trainer'), '../..');
const scratch = mkdtempSync(join(tmpdir(), 'camloss-install-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const run = (program, words, options = {}) => execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
const filesIn = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;

/** The program of an installation works, and what belongs to it lies beside it. */
function checkInstalled(prefix) {
  const trainer = join(prefix, 'bin/trainer');
  const version = run(trainer, ['--version']);
  assert.match(version, /^camloss trainer \d+\.\d+\.\d+ \(commit [0-9a-f]+(-dirty)?\)$/m);
  for (const library of ['LibTorch', 'OpenCV', 'libarchive']) assert.match(version, new RegExp(`${library} \\d+\\.\\d+`));
  const out = join(prefix, 'written');
  run(trainer, ['scenes', '--out', out]);
  assert.ok(existsSync(join(out, 'train/leopard')));
  rmSync(out, { recursive: true });
  const completion = join(prefix, 'share/bash-completion/completions/trainer');
  assert.equal(readFileSync(completion, 'utf8'), run(trainer, ['completion', 'bash']));
  for (const name of ['LICENSE', 'README.md', 'docs/method.md']) assert.ok(existsSync(join(prefix, 'share/doc/camloss', name)), name);
}

test('install puts a working program into a root, uninstall takes all of it away', () => {
  const destination = join(scratch, 'installed');
  const environment = { ...process.env, DESTDIR: destination };
  run('cmake', ['--install', build, '--prefix', '/usr'], { env: environment });
  checkInstalled(join(destination, 'usr'));
  run('cmake', ['--build', build, '--target', 'uninstall'], { env: environment });
  assert.equal(filesIn(destination), 0);
});

test('the Debian package installs and removes cleanly, and names what it needs', (t) => {
  // The build folder may be older than dpkg-dev on this machine, so it must not have decided anything about it.
  assert.doesNotMatch(readFileSync(join(build, 'CPackConfig.cmake'), 'utf8'), /CPACK_DEBIAN_PACKAGE_SHLIBDEPS/);
  const packages = join(scratch, 'packages');
  run('cpack', ['-G', 'DEB', '-B', packages], { cwd: build });
  const file = join(packages, readdirSync(packages).find((name) => name.endsWith('.deb')));
  const fields = run('dpkg-deb', ['--field', file]);
  assert.match(fields, /^Package: camloss$/m);
  assert.match(fields, /^Depends: .*libtorch/m);
  assert.match(fields, /^Depends: .*libopencv/m);
  const target = join(scratch, 'root');
  if (process.getuid() !== 0) {
    t.diagnostic('without root rights the package is unpacked only');
    run('dpkg-deb', ['--extract', file, target]);
    checkInstalled(join(target, 'usr'));
    return;
  }
  mkdirSync(join(target, 'var/lib/dpkg/updates'), { recursive: true });
  mkdirSync(join(target, 'var/lib/dpkg/info'), { recursive: true });
  writeFileSync(join(target, 'var/lib/dpkg/status'), '');
  // The scratch root has none of the libraries; the program finds those of this machine.
  const dpkg = (...words) => run('dpkg', [`--root=${target}`, '--force-depends', '--force-script-chrootless', ...words]);
  dpkg('--install', file);
  checkInstalled(join(target, 'usr'));
  dpkg('--purge', 'camloss');
  assert.ok(!existsSync(join(target, 'usr/bin/trainer')));
  assert.ok(!existsSync(join(target, 'usr/share/camloss')));
});
