// demo.sh and test.sh with bad luck: no rights, no network, other names of packages, a full disk, a folder that cannot be
// written, a port that is taken. Each ends with one line that says what to do. And what keeps the scripts to what they install.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const scratch = mkdtempSync(join(tmpdir(), 'camloss-front-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const isRoot = process.getuid() === 0;
const asRoot = { skip: isRoot ? false : 'only root can do that' };
// In a plain chroot the root folder is not a mount, so no program can have mounts that nobody else sees.
const canMountApart = spawnSync('unshare', ['--mount', 'true']).status === 0;
const withMounts = { skip: asRoot.skip || (canMountApart ? false : 'nothing can be mounted apart here, perhaps in a chroot') };
// As root the test acts as another user, who must be able to read this system.
const otherUserReads = (statSync('/').mode & 0o005) === 0o005;
const asOther = { skip: isRoot && !otherUserReads ? 'no other user can read the root folder here' : false };

const environment = { ...process.env };
for (const name of ['CAMLOSS_PACKAGES', 'CAMLOSS_DOWNLOAD_SECONDS']) delete environment[name];
function run(program, words, { env = {}, ...options } = {}) {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', timeout: 300000, env: { ...environment, ...env }, ...options });
  return { status, stdout, stderr, errors: stderr.split('\n').filter((line) => line.startsWith('error: ')) };
}

/** Ended with 1, and with one line of error, its last, that says so. */
function refused({ status, stdout, stderr, errors }, pattern) {
  assert.equal(status, 1, stdout + stderr);
  assert.equal(errors.length, 1, stdout + stderr);
  assert.match(errors[0], pattern);
  assert.equal(stderr.trimEnd().split('\n').at(-1), errors[0]);
}

/** A copy of the sources without git, as another user may read it. */
function checkout(name) {
  const folder = join(scratch, name);
  for (const file of execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)) {
    if (/^(tests|docs|web\/weights)\//.test(file) || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  chmodSync(scratch, 0o755);
  return folder;
}

describe('packages', () => {
  const folder = join(scratch, 'packages');
  mkdirSync(join(folder, 'lists/partial'), { recursive: true });
  mkdirSync(join(folder, 'cache/archives/partial'), { recursive: true });
  mkdirSync(join(folder, 'repository'));
  cpSync(join(root, 'cmake/install-packages.sh'), join(folder, 'install-packages.sh'));
  chmodSync(scratch, 0o755);
  const wanted = (...names) => writeFileSync(join(folder, 'packages-debian.txt'), `[build]\n${names.join('\n')}\n`);

  /** An apt that knows this repository only, and touches nothing of the machine's. */
  function apt(source, packages = '') {
    writeFileSync(join(folder, 'repository/Packages'), packages);
    writeFileSync(join(folder, 'sources.list'), source + '\n');
    writeFileSync(join(folder, 'apt.conf'), `Dir::Etc::SourceList "${folder}/sources.list"; Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "${folder}/lists"; Dir::Cache "${folder}/cache"; APT::Sandbox::User "root"; Acquire::Retries "0"; Acquire::http::Proxy "DIRECT";\n`);
    return { APT_CONFIG: join(folder, 'apt.conf') };
  }
  const local = `deb [trusted=yes] file:${folder}/repository ./`;
  const stanza = (name, size) => `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: x <x@localhost>\nFilename: ./${name}.deb\n` +
    `Size: ${size}\nInstalled-Size: 1\nSHA256: ${'0'.repeat(64)}\nDescription: x\n\n`;
  const install = (options) => run('bash', [join(folder, 'install-packages.sh'), 'build'], options);

  test('neither root nor sudo: what to install is said', asOther, () => {
    wanted('camloss-no-such-package');
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    for (const name of readdirSync('/usr/bin')) if (name !== 'sudo') symlinkSync(join('/usr/bin', name), join(bin, name));
    const [program, ...words] = [...(isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []),
      'bash', join(folder, 'install-packages.sh'), 'build'];
    refused(run(program, words, { env: { PATH: bin } }), /no sudo — install them as root: apt-get install camloss-no-such-package$/);
  });

  test('no network', asRoot, () => {
    wanted('camloss-no-such-package');
    // Nobody listens there.
    refused(install({ env: apt('deb http://127.0.0.1:9/debian bookworm main') }), /no network: .*start again$/);
  });

  test('names that this system does not know are all said, and no others', asRoot, () => {
    wanted('camloss-known', 'camloss-unknown', 'camloss-stranger');
    refused(install({ env: apt(local, stanza('camloss-known', 10)) }),
      /has no package named camloss-unknown camloss-stranger — .* then start with --no-packages$/);
    assert.equal(install({ env: { CAMLOSS_PACKAGES: 'no' } }).status, 0);
  });

  test('a disk that does not hold the download', withMounts, () => {
    wanted('camloss-known');
    const env = apt(local.replace('file:', 'copy:'), stanza('camloss-known', 400e6));  // a "file:" is read in its place
    const command = `mount -t tmpfs -o size=1m tmpfs ${folder}/cache/archives && mkdir ${folder}/cache/archives/partial && bash ${folder}/install-packages.sh build`;
    refused(run('unshare', ['--mount', 'bash', '-c', command], { env }), /the disk is full — .*make room/);
  });

  test('a package that cannot be fetched', asRoot, () => {
    wanted('camloss-known');
    refused(install({ env: apt(local, stanza('camloss-known', 10)) }), /could not be installed — see above/);
  });
});

describe('the folder', () => {
  test('a checkout that cannot be written', withMounts, () => {
    const folder = checkout('read-only');
    for (const script of ['demo.sh', 'test.sh']) {
      const command = `mount --bind ${folder} ${folder} && mount -o remount,ro,bind ${folder} && exec ${folder}/${script}`;
      refused(run('unshare', ['--mount', 'bash', '-c', command]), /read-only\/build cannot be written — .*folder of your own$/);
    }
  });

  test('a full disk: said, and nothing half-built passes for built', withMounts, () => {
    const folder = checkout('full');
    mkdirSync(join(folder, 'build'));
    const command = `mount -t tmpfs -o size=3m tmpfs ${folder}/build && { ${folder}/demo.sh --no-serve --no-packages; status=$?;
      ls ${folder}/build/bin/trainer ${folder}/build/site/version.json ${folder}/build/.configured; exit $status; }`;
    const { status, stdout, stderr, errors } = run('unshare', ['--mount', 'bash', '-c', command]);
    assert.equal(status, 1, stdout + stderr);
    assert.match(errors.at(-1) ?? stderr, /the disk of .*full\/build is full — make room/);
    assert.ok(!stdout.includes(folder + '/build/bin/trainer') && !stdout.includes('version.json') && !stdout.includes('.configured'), stdout);
  });

  test('is configured again where the presets or its place changed', () => {
    const folder = join(scratch, 'place');
    mkdirSync(folder);
    cpSync(join(root, 'cmake'), join(folder, 'cmake'), { recursive: true });
    writeFileSync(join(folder, 'CMakeLists.txt'), 'cmake_minimum_required(VERSION 3.25)\nproject(p LANGUAGES NONE)\nadd_custom_target(say ALL)\n');
    const preset = (value) => writeFileSync(join(folder, 'CMakePresets.json'), JSON.stringify({ version: 6,
      configurePresets: [{ name: 'wasm', binaryDir: '${sourceDir}/build/wasm', generator: 'Ninja', cacheVariables: { VALUE: value } }],
      buildPresets: [{ name: 'wasm', configurePreset: 'wasm' }] }));
    const build = (at) => run('bash', ['-c', '. cmake/build-steps.sh; mkdir -p build; configure_and_build wasm say'], { cwd: at, env: { CAMLOSS_PACKAGES: 'no' } });
    const value = (at) => /^VALUE:.*=(.*)$/m.exec(readFileSync(join(at, 'build/wasm/CMakeCache.txt'), 'utf8'))[1];
    preset('old');
    assert.equal(build(folder).status, 0);
    assert.equal(value(folder), 'old');
    preset('new');
    assert.equal(build(folder).status, 0);
    assert.equal(value(folder), 'new');
    const moved = join(scratch, 'moved');
    renameSync(folder, moved);
    const { status, stderr } = build(moved);
    assert.equal(status, 0, stderr);
    assert.match(readFileSync(join(moved, 'build/wasm/CMakeCache.txt'), 'utf8'), new RegExp(`^CMAKE_HOME_DIRECTORY:.*=${moved}$`, 'm'));
  });
});

test('a port that is taken: said before anything is built, and by the tools that serve', async () => {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  try {
    const { port } = server.address();
    const folder = checkout('port');
    refused(run(join(folder, 'demo.sh'), ['--port', String(port)]), new RegExp(`listens on port ${port} — choose another`));
    assert.deepEqual(readdirSync(join(folder, 'build')), ['.lock']);
    const page = join(scratch, 'page');
    mkdirSync(page);
    writeFileSync(join(page, 'index.html'), '');
    refused(run('node', [join(root, 'web/tools/serve.mjs'), page, '--port', String(port)]), /cannot be used — something else listens there; choose another --port$/);
  } finally {
    server.close();
  }
});

describe('what a configuration looks for', () => {
  const { configurePresets } = JSON.parse(readFileSync(join(root, 'CMakePresets.json'), 'utf8'));
  const sections = (preset) => run('bash', ['-c', '. cmake/build-steps.sh; packages_of "$1"', '_', preset], { cwd: root }).stdout.trim().split(' ');

  for (const { name, cacheVariables, toolchainFile } of configurePresets) {
    test(`the packages of the preset ${name} are those that its options need`, () => {
      const found = sections(name);
      assert.ok(found.includes('build'));
      const needs = { CAMLOSS_TESTS: ['test', 'ON'], CAMLOSS_VIEWER: ['viewer', 'OFF'], CAMLOSS_FUZZ: ['fuzz', 'OFF'], CAMLOSS_BENCH: ['bench', 'OFF'] };
      for (const [option, [section, otherwise]] of Object.entries(needs)) {
        assert.equal(found.includes(section), (cacheVariables[option] ?? otherwise) === 'ON', `${name}: ${option} and [${section}]`);
      }
      assert.ok(toolchainFile === undefined || !found.includes('viewer'));
    });
  }

  // demo.sh installs [build] and [viewer]: the files of the libraries of all other sections are taken away here.
  test('demo.sh configures without what only tests, fuzzers and benchmarks need', withMounts, () => {
    const demo = readFileSync(join(root, 'demo.sh'), 'utf8');
    assert.match(demo, /install-packages\.sh build viewer$/m);
    for (const preset of ['release', 'wasm']) assert.ok(sections(preset).every((section) => ['build', 'viewer'].includes(section)));
    const command = `mkdir ${scratch}/layers && mount -t tmpfs tmpfs ${scratch}/layers && mkdir ${scratch}/layers/{upper,work} || exit 9
      mount -t overlay overlay -o lowerdir=/usr,upperdir=${scratch}/layers/upper,workdir=${scratch}/layers/work /usr || exit 9
      for package in $(sed -nE '/^\\[/h; G; /\\n\\[(test|tools|fuzz|bench|bare)\\]$/ { s/^([a-z0-9.+-]+).*/\\1/p }' cmake/packages-debian.txt); do
        dpkg -L "$package" 2>/dev/null | grep -E '^/usr/(include|lib/.*/(cmake|pkgconfig)|share/(cmake|pkgconfig))/' | while read -r file; do
          [ -f "$file" ] && rm "$file"; done
      done
      ! [ -e /usr/include/catch2/catch.hpp ] || exit 8
      cmake --preset release -B ${scratch}/release && cmake --preset wasm -B ${scratch}/wasm -DCAMLOSS_SITE_DIR=${scratch}/site`;
    const { status, stdout, stderr } = run('unshare', ['--mount', 'bash', '-c', command], { cwd: root });
    assert.equal(status, 0, stdout + stderr);
    assert.ok(existsSync(join(scratch, 'wasm/build.ninja')) && existsSync(join(scratch, 'release/build.ninja')));
  });
});
