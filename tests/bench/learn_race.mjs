// Races training in a page against tfjs in the same page and the LibTorch trainer on one thread; called by learn.sh.
// What is counted is processor time, of all of the browser's processes, so that what else runs on the machine matters less.
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { chromium } from 'playwright-core';

import { serve } from './server.mjs';
import { median, printTable, versionOf } from './statistics.mjs';

const kRecipes = ['baseline', 'camloss'];
const kBackends = ['wasm', 'webgl', 'cpu', 'webgpu'];
const kDrawn = [113, 75];    // pictures of each class
const kAgree = { count: 4, steps: 2, most: 1e-3 };  // pictures of a class, largest difference of the first batch's losses
const kSlow = 8;             // times the fastest backend: what is slower is told of, and not raced
const kLimits = { whole: 180, torch: 3, tfjs: 1 / 5 };
const kPatience = 150;         // seconds that a backend has for the agreement
const kTorchEpochs = 2;
const kFlags = ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader', '--disable-background-networking', '--disable-component-update', '--no-first-run'];
const here = path.dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);

const { values: option } = parseArgs({
  options: {
    site: { type: 'string' },
    trainer: { type: 'string' },
    work: { type: 'string' }, // folder for pictures and models
    data: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    budget: { type: 'string', default: '8' }, // seconds of a contender in a round; a slower one trains on fewer batches
    epochs: { type: 'string' }, // of the whole training; the recipes' own
    drawn: { type: 'string' }, // drawn pictures of each class
    backends: { type: 'string' },
    'no-whole': { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const work = path.resolve(option.work), trainer = path.resolve(option.trainer);

/** Two folders of pictures: { name, files }, in the order of the names. */
async function classesOf() {
  let folder = option.data;
  let most = [Infinity, Infinity];
  if (!folder) {
    folder = path.join(work, 'scenes');
    await run(trainer, ['scenes', '--out', folder]);
    most = option.drawn ? [Number(option.drawn), Number(option.drawn)] : kDrawn;
  }
  const has = (await readdir(folder)).includes('train');
  const base = path.resolve(has ? path.join(folder, 'train') : folder);
  const names = (await readdir(base, { withFileTypes: true })).filter((e) => e.isDirectory() && e.name !== 'masks').map((e) => e.name).sort();
  if (names.length !== 2) throw new Error(`${base} has ${names.length} folders; two are needed`);
  return Promise.all(names.map(async (name, i) => {
    const files = (await readdir(path.join(base, name))).filter((file) => /\.(png|jpe?g|webp|bmp|ppm)$/i.test(file) && !/mask/.test(file)).sort();
    return { name, files: files.slice(0, most[i]).map((file) => path.join(base, name, file)) };
  }));
}

/** The same pictures as folders that the trainer divides as it is told: `val` of each class is held back. */
async function folderOf(name, classes, count) {
  const folder = path.join(work, name);
  for (const { name: animal, files } of classes) {
    for (const [part, list] of [['train', files.slice(0, count)], ['val', files.slice(0, 2)]]) {
      const to = path.join(folder, part, animal);
      await mkdir(to, { recursive: true });
      for (const file of list) await symlink(file, path.join(to, `${part}-${path.basename(file)}`));
    }
  }
  return folder;
}

/**
 * Trains by LibTorch on one thread.
 * @returns {Promise<{epochs: object[], seconds: number}>} the epochs of metrics.json, and the processor time of it all
 */
async function byTorch(recipe, data, epochs, changes = {}) {
  const built = JSON.parse(await readFile(path.join(here, `../../native/recipes/${recipe}.json`), 'utf8'));
  const file = path.join(work, `${recipe}.json`), out = path.join(work, `out-${recipe}`);
  const fields = { ...built, ...changes, optimizer: { ...built.optimizer, ...changes.optimizer }, epochs, calibrate: false };
  await writeFile(file, JSON.stringify(fields));
  await rm(out, { recursive: true, force: true });
  const command = [trainer, 'train', '--data', data, '--recipe', file, '--threads', '1', '--perturbed', '0', '--quiet', '--out', out];
  // The shell's own clock: what its children took of the processor.
  const { stdout } = await run('bash', ['-c', 'TIMEFORMAT="%U %S"; { time "$@" >&3 2>&1; } 3>&2 2>&1', 'bash', ...command], { maxBuffer: 1 << 26 });
  const [user, system] = stdout.trim().split('\n').at(-1).split(' ').map(Number);
  return { epochs: JSON.parse(await readFile(path.join(out, 'metrics.json'), 'utf8')).runs[0].epochs, seconds: user + system };
}

/** A page with the pictures loaded; `failed` rejects where it crashes or takes too long. */
async function openPage(browser, url, list, backend = '') {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`error in the page: ${error.message}`));
  page.setDefaultTimeout(0);
  const failed = new Promise((_, reject) => {
    page.on('crash', () => reject(new Error('the page crashed')));
    if (backend) setTimeout(() => reject(new Error(`it was not done after ${kPatience} s`)), 1000 * kPatience).unref();
  });
  failed.catch(() => {});
  await page.goto(`${url}/page/learn.html`);
  await page.waitForFunction(() => globalThis.learnRace !== undefined, null, { timeout: 60_000 });
  await page.evaluate((files) => globalThis.learnRace.load(files), list);
  return { page, failed };
}

/** Stops the race where two networks are not the same. Each backend has a page of its own: one that fails takes no other along. */
async function checkAgreement(open, classes, backends) {
  // The page looks for no subjects, so none may be left out.
  const plain = {
    flip: false, mix: 0, negatives: 0, jitter: { channels: 0 }, batch: 2 * kAgree.count, optimizer: { schedule: 'constant' },
  };
  const data = await folderOf('few', classes, kAgree.count);
  const losses = Object.fromEntries(kRecipes.map((recipe) => [recipe, {}])), refused = {}, times = {};
  for (const backend of backends.length > 0 ? backends : ['']) {
    const { page, failed } = await open(backend);
    try {
      for (const recipe of kRecipes) {
        const said = await Promise.race([failed, page.evaluate(([name, count, steps, list]) => globalThis.learnRace.agree(name, count, steps, list),
          [recipe, kAgree.count, kAgree.steps, backend ? [backend] : []])]);
        if (said.refused[backend]) throw new Error(said.refused[backend]);
        Object.assign(losses[recipe], said.losses);
        Object.assign(times, said.times);
      }
      console.error(`${backend || 'camloss'} agrees`);
    } catch (error) {
      refused[backend] = error.message;
      delete times[backend];
      for (const recipe of kRecipes) delete losses[recipe][backend];
    }
    await Promise.race([page.close(), new Promise((resolve) => setTimeout(resolve, 5000))]);
  }
  let worst = 0, later = 0;
  for (const recipe of kRecipes) {
    losses[recipe].LibTorch = (await byTorch(recipe, data, kAgree.steps, plain)).epochs.map((e) => e.loss);
    const ours = losses[recipe].camloss;
    for (const [who, theirs] of Object.entries(losses[recipe])) {
      const off = theirs.map((loss, i) => Math.abs(loss - ours[i]));
      if (!(off[0] <= kAgree.most)) throw new Error(`${who}, ${recipe}: the loss of the first batch is ${theirs[0]}, ours ${ours[0]}`);
      worst = Math.max(worst, off[0]);
      later = Math.max(later, ...off);
    }
  }
  const fastest = Math.min(...Object.values(times));
  for (const [backend, time] of Object.entries(times)) {
    if (time > kSlow * fastest) refused[backend] = `it takes ${(time / fastest).toFixed(0)} times as long as the fastest for a step, so it was not raced`;
  }
  return { worst, later, refused };
}

const seconds = (value) => (value >= 10 ? value.toFixed(1) : value.toFixed(2));

await rm(work, { recursive: true, force: true });
await mkdir(work, { recursive: true });
await writeFile(path.join(work, 'input.json'), '{}'); // the server asks for it
const classes = await classesOf();
const list = classes.flatMap(({ files }, label) => files.map((file, i) => ({ name: path.basename(file), label, address: `/models/photos/${label}/${i}` })));
for (const [label, { files }] of classes.entries()) {
  await mkdir(path.join(work, 'photos', String(label)), { recursive: true });
  for (const [i, file] of files.entries()) await symlink(file, path.join(work, 'photos', String(label), String(i)));
}
const server = await serve({ page: path.join(here, 'page'), node_modules: path.join(here, 'node_modules'), site: path.resolve(option.site), models: work });
const browser = await chromium.launch({ executablePath: process.env.CAMLOSS_CHROMIUM ?? '/usr/bin/chromium', args: kFlags });
const session = await browser.newBrowserCDPSession();
/** Seconds that all of the browser's processes took of the processor. */
const processorTime = async () => (await session.send('SystemInfo.getProcessInfo')).processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
try {
  const wanted = option.backends === undefined ? kBackends : option.backends.split(',').filter(Boolean);
  const { worst, later, refused } = await checkAgreement((backend) => openPage(browser, server.url, list, backend), classes, wanted);
  const backends = wanted.filter((backend) => !(backend in refused));
  console.log(`${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}; Chromium ${browser.version()}; tfjs ${await versionOf('@tensorflow/tfjs')}`);
  console.log(`${classes.map(({ name, files }) => `${files.length} ${name}`).join(', ')}; first weights the same; losses of the first batch within ${worst.toExponential(1)} of each other (${kAgree.most} allowed), of the second within ${later.toExponential(1)}`);
  for (const [backend, reason] of Object.entries(refused)) console.log(`tfjs ${backend}: ${reason.split('\n')[0]}`);

  const { page } = await openPage(browser, server.url, list);
  const whole = await folderOf('all', classes, Infinity);
  const result = { seconds: {}, wall: {} };
  const who = ['camloss', 'LibTorch', ...backends];
  const epoch = {};
  for (const recipe of kRecipes) epoch[recipe] = await page.evaluate(([name, list_]) => globalThis.learnRace.prepare(name, list_), [recipe, backends]);
  // A first batch warms up and says how many more the time allows.
  const batchesOf = {};
  for (const recipe of kRecipes) {
    for (const name of ['camloss', ...backends]) {
      await page.evaluate(([a, b]) => globalThis.learnRace.work(a, b, 1), [name, recipe]);
      const one = await page.evaluate(([a, b]) => globalThis.learnRace.work(a, b, 1), [name, recipe]);
      batchesOf[`${name} ${recipe}`] = Math.max(1, Math.min(epoch[recipe].batches, Math.floor(1000 * Number(option.budget) / one)));
    }
  }
  for (let round = 0; round < Number(option.rounds); ++round) {
    for (const recipe of kRecipes) {
      for (let k = 0; k < who.length; ++k) {
        const name = who[(k + round) % who.length], key = `${name} ${recipe}`;
        let time;
        if (name === 'LibTorch') {
          // Reading, the first epoch and the figures at the end are the same in both.
          const [short, long] = [await byTorch(recipe, whole, 1), await byTorch(recipe, whole, 1 + kTorchEpochs)];
          time = (long.seconds - short.seconds) / kTorchEpochs * epoch[recipe].pictures / long.epochs[1].pictures;
          (result.wall[key] ??= []).push(long.epochs[1].seconds * epoch[recipe].pictures / long.epochs[1].pictures);
        } else {
          const batches = batchesOf[key];
          const before = await processorTime();
          const spent = await page.evaluate(([a, b, n]) => globalThis.learnRace.work(a, b, n), [name, recipe, batches]);
          time = (await processorTime() - before) * epoch[recipe].batches / batches;
          (result.wall[key] ??= []).push(spent / 1000 * epoch[recipe].batches / batches);
        }
        (result.seconds[key] ??= []).push(time);
      }
    }
    console.error(`round ${round + 1}/${option.rounds}`);
  }
  for (const recipe of kRecipes) {
    console.log(`\n${recipe}: an epoch of ${epoch[recipe].pictures} pictures, ${epoch[recipe].batches} batches\n`);
    printTable(['contender', 'processor s', 'fastest', 'camloss takes', 'by the fastest', 'by the clock s', 'from batches'], who.map((name) => {
      const times = result.seconds[`${name} ${recipe}`], own = result.seconds[`camloss ${recipe}`];
      const ratio = median(own.map((t, i) => t / times[i]));
      return [name === 'camloss' ? 'camloss, in the page' : name === 'LibTorch' ? 'trainer (LibTorch), one thread' : `tfjs ${name}`,
        seconds(median(times)), seconds(Math.min(...times)), ...(name === 'camloss' ? ['', ''] : [`${ratio.toFixed(2)} x`, `${(Math.min(...own) / Math.min(...times)).toFixed(2)} x`]),
        seconds(median(result.wall[`${name} ${recipe}`])), String(batchesOf[`${name} ${recipe}`] ?? epoch[recipe].batches)];
    }));
    const of = (name) => median(result.seconds[`camloss ${recipe}`].map((t, i) => t / result.seconds[`${name} ${recipe}`][i]));
    const best = backends.length > 0 ? Math.max(...backends.map(of)) : null;
    console.log(`\n${recipe}: ${of('LibTorch').toFixed(2)} x LibTorch (at most ${kLimits.torch})${best === null ? '' : `; ${best.toFixed(2)} x the fastest tfjs (at most ${kLimits.tfjs})`}`);
  }
  await page.close();
  if (!option['no-whole']) {
    // A page of its own, as a user's is.
    const fresh = await openPage(browser, server.url, list);
    result.whole = await Promise.race([fresh.failed, fresh.page.evaluate((recipe) => globalThis.learnRace.whole(recipe), option.epochs ? { epochs: Number(option.epochs) } : {})]);
    console.log(`\nboth models, the whole training with its figures, in two workers, by the clock: ${seconds(result.whole.seconds)} s (at most ${kLimits.whole}); `
      + `verdict: ${result.whole.verdict}; right on held-back: ${JSON.stringify(result.whole.right)}`);
  }
  if (option.json) await writeFile(option.json, JSON.stringify(result));
} finally {
  await browser.close();
  server.close();
}
