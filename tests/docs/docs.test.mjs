// Runs the documentation: every shell block of README and docs in a scratch folder, with pictures made there and settings
// so small that they take seconds. Needs the built trainer (CAMLOSS_TRAINER, default build/bin/trainer).
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { codeBlocks, commands, localTargets } from './markdown.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const trainer = resolve(process.env.CAMLOSS_TRAINER ?? join(root, 'build/bin/trainer'));
const documents = ['README.md', 'shared/README.md', ...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
// What builds everything or fetches the repository is not run: its options are looked up in the help instead.
const notRun = /^(\.\/demo\.sh|\.\/test\.sh|git clone)\b/;

const pythonWithTorch = ['python3', '/usr/bin/python3'].find((python) => {
  try {
    execFileSync(python, ['-c', 'import torch, PIL'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

let made; // pictures that all scratch folders copy
const temporary = [];

function scratchFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'camloss-docs-'));
  temporary.push(folder);
  return folder;
}

before(() => {
  assert.ok(existsSync(trainer), `${trainer} is not there — build it, or name it in CAMLOSS_TRAINER`);
  made = scratchFolder();
  execFileSync(trainer, ['scenes', '--out', join(made, 'scenes')]);
  for (const animal of ['leopard', 'orca']) {
    const folder = join(made, 'photos', animal);
    mkdirSync(folder, { recursive: true });
    const from = join(made, 'scenes/train', animal);
    for (const name of readdirSync(from).filter((file) => !file.includes('.mask.')).sort().slice(0, 24)) {
      copyFileSync(join(from, name), join(folder, name));
    }
  }
});

after(() => temporary.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** What a reader has after the build: the trainer (here with small settings), the page, tools, two folders of photos. */
function readersFolder() {
  const folder = scratchFolder();
  mkdirSync(join(folder, 'build/bin'), { recursive: true });
  // As a reader types it, plus settings that keep it short; they stand first, so that a command's own ones would clash.
  writeFileSync(join(folder, 'build/bin/trainer'), `#!/bin/sh
case $1 in
  train) shift; exec '${trainer}' train --epochs 1 --input-size 16 --perturbed 0 --threads 2 --quiet "$@" ;;
  reproduce) shift; exec '${trainer}' reproduce --epochs 3 --input-size 16 --threads 2 --quiet "$@" ;;
esac
exec '${trainer}' "$@"
`);
  chmodSync(join(folder, 'build/bin/trainer'), 0o755);
  mkdirSync(join(folder, 'build/site/weights'), { recursive: true });
  copyFileSync(join(root, 'web/index.html'), join(folder, 'build/site/index.html'));
  symlinkSync(join(root, 'web'), join(folder, 'web'));
  cpSync(join(made, 'photos'), join(folder, 'photos'), { recursive: true });
  copyFileSync(join(root, 'tests/golden/cmyk.jpg'), join(folder, 'photo.jpg'));
  if (pythonWithTorch) {
    mkdirSync(join(folder, 'bin'));
    symlinkSync(execFileSync(pythonWithTorch, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim(), join(folder, 'bin/python3'));
  }
  return folder;
}

function run(command, folder) {
  const environment = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
  try {
    return execFileSync('bash', ['-euo', 'pipefail', '-c', command], { cwd: folder, env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(`${command}\n${error.stderr ?? ''}${error.stdout ?? ''}`, { cause: error });
  }
}

/** Starts a command that serves until it is ended, and looks at the link it prints. */
async function runServer(command, folder) {
  const server = spawn('bash', ['-c', `exec ${command} --port 0`], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    let output = '';
    server.stderr.on('data', (text) => (output += text));
    const link = await new Promise((done, fail) => {
      server.stdout.on('data', (text) => {
        output += text;
        const found = /The comparison is at (http:\S+)/.exec(output);
        if (found) done(new URL(found[1]));
      });
      server.on('exit', () => fail(new Error(`${command} ended\n${output}`)));
    });
    assert.equal((await fetch(link)).status, 200);
    const name = new URLSearchParams(link.hash.slice(1)).get('weights');
    const pairs = await (await fetch(new URL('weights/index.json', link))).json();
    const pair = pairs.find((candidate) => candidate.name === name);
    assert.ok(pair, `the link names "${name}", which the page does not know`);
    for (const recipe of ['baseline', 'camloss']) {
      const bytes = new Uint8Array(await (await fetch(new URL(pair[recipe], link))).arrayBuffer());
      assert.deepEqual(bytes, new Uint8Array(readFileSync(join(folder, `runs/photos/${recipe}-s1.safetensors`))));
    }
  } finally {
    server.kill();
  }
}

/** A command that is not run must at least exist and know its options. */
function checkOptions(command) {
  const [program, ...words] = command.split(/\s+/);
  if (program === 'git') return;
  const help = execFileSync(join(root, program), ['--help'], { encoding: 'utf8' });
  for (const word of words) assert.ok(help.includes(word), `${program} does not know ${word}`);
}

async function runBlock(block, folder) {
  for (const line of commands(block.text)) {
    const runnable = line.split(' && ').filter((command) => {
      if (!notRun.test(command)) return !/^cd\b/.test(command);
      checkOptions(command);
      return false;
    });
    for (const command of runnable) {
      assert.notEqual(block.name, 'options', `${command}: blocks of options hold only ${notRun}`);
      if (command.includes('--serve')) await runServer(command, folder);
      else run(command, folder);
    }
  }
}

for (const document of documents) {
  const file = join(root, document);
  describe(document, () => {
    test('every shell block is marked to be tested', () => {
      for (const block of codeBlocks(file)) {
        if (block.language === 'sh') assert.equal(block.mark, 'test', `${document}:${block.line} has no <!-- test: … -->`);
        if (block.mark === 'test') assert.equal(block.language, 'sh', `${document}:${block.line} is no shell block`);
      }
    });

    test('links and pictures are there', () => {
      for (const target of localTargets(file)) {
        assert.ok(existsSync(join(dirname(file), target.replace(/#.*$/, ''))), `${document} points to ${target}`);
      }
    });

    let folder;
    const blocks = codeBlocks(file).filter((block) => block.mark);
    for (const block of blocks) {
      if (block.mark === 'file') continue;
      const skip = block.needs === 'torch' && !pythonWithTorch ? 'python3-torch and python3-pil are not installed' : false;
      test(`${block.name} (line ${block.line})`, { skip }, async () => {
        folder ??= readersFolder();
        for (const named of blocks.filter((other) => other.mark === 'file')) writeFileSync(join(folder, named.name), named.text);
        // What an earlier document of the same reader left: weights of their own photos.
        if (block.text.includes('runs/photos/') && !existsSync(join(folder, 'runs/photos')) && !block.text.includes('--out runs/photos\n')) {
          run('build/bin/trainer train --data photos --dtype f16 --out runs/photos', folder);
        }
        await runBlock(block, folder);
      });
    }
  });
}

test('weights written in Python give the logit that PyTorch gives', { skip: pythonWithTorch ? false : 'python3-torch and python3-pil are not installed' }, () => {
  const folder = readersFolder();
  const [script] = codeBlocks(join(root, 'docs/from-pytorch.md')).filter((block) => block.name === 'export_model.py');
  writeFileSync(join(folder, 'export_model.py'), script.text);
  // A 96 x 96 picture needs no resampling, so that the network's input is known exactly. BMP: rows from below, BGR.
  const side = 96;
  const bmp = Buffer.alloc(54 + side * side * 3);
  bmp.write('BM');
  [[2, bmp.length], [10, 54], [14, 40], [18, side], [22, side], [34, side * side * 3]].forEach(([at, value]) => bmp.writeUInt32LE(value, at));
  bmp.writeUInt16LE(1, 26);
  bmp.writeUInt16LE(24, 28);
  for (let i = 54; i < bmp.length; ++i) bmp[i] = (i * i * 31 + i * 7) % 251;
  writeFileSync(join(folder, 'photo.bmp'), bmp);
  run('build/bin/trainer scenes --out scenes', folder);
  writeFileSync(join(folder, 'logit.py'), `
import sys
sys.argv = ["export_model.py", "own.safetensors", "scenes"]
exec(open("export_model.py").read())
raw = torch.tensor(list(open("photo.bmp", "rb").read()[54:]), dtype=torch.float32).view(96, 96, 3).flip(0, 2).permute(2, 0, 1)
with torch.no_grad():
    print("logit", net(((raw / 255 - 0.5) / 0.25)[None]).item())
`);
  const expected = Number(/logit (\S+)/.exec(run('python3 logit.py', folder))[1]);
  const said = JSON.parse(run('build/bin/trainer explain photo.bmp own.safetensors --json', folder)).images[0].models[0];
  assert.ok(Math.abs(said.logit - expected) < 1e-4 * Math.max(1, Math.abs(expected)), `${said.logit} against ${expected}`);
  assert.ok(['leopard', 'orca'].includes(said.label));
});

test('completion and help of the trainer name every command', () => {
  const help = execFileSync(trainer, ['--help'], { encoding: 'utf8' });
  const completion = execFileSync(trainer, ['completion', 'bash'], { encoding: 'utf8' });
  for (const command of ['train', 'evaluate', 'composites', 'explain', 'scenes', 'convert', 'report', 'reproduce', 'completion']) {
    assert.match(help, new RegExp(`^ +${command} `, 'm'));
    assert.match(execFileSync(trainer, [command, '--help'], { encoding: 'utf8' }), /Example/);
    assert.ok(completion.includes(`    ${command})`), command);
  }
  assert.equal(basename(trainer), 'trainer');
});
