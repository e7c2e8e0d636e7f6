// Races the JavaScript module in Chromium against the runtimes a user could pick instead; called by race.sh.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { chromium } from 'playwright-core';

import { writeModels } from './export/models.mjs';
import { expectedResults, pictures, weightsOf } from './inputs.mjs';
import { enlarger } from './page/picture.mjs';
import { serve } from './server.mjs';
import { deviation, median, printTable, quantile, versionOf } from './statistics.mjs';

const TOLERANCE = 1e-3; // of logit and map, against double precision
const COLD = ['empty', 'camloss', 'onnxruntime', 'litert', 'tfjs'];
const here = path.dirname(fileURLToPath(import.meta.url));

const { values: option } = parseArgs({
  options: {
    site: { type: 'string' }, // folder with camloss.mjs and its binaries
    work: { type: 'string' }, // folder for the exported models
    dense: { type: 'string' }, // weights at 192
    fcn: { type: 'string' }, // weights at 192
    fcn96: { type: 'string' },
    rounds: { type: 'string', default: '40' },
    calls: { type: 'string', default: '5' },
    cold: { type: 'string', default: '9' },
    'no-relaxed-simd': { type: 'boolean', default: false },
    json: { type: 'string' }, // file for the raw figures
  },
});
const chromiumPath = process.env.CAMLOSS_CHROMIUM ?? '/usr/bin/chromium';

async function prepareModels() {
  await rm(option.work, { recursive: true, force: true });
  await mkdir(option.work, { recursive: true });
  const dense = await weightsOf(option.dense, 'dense', 192);
  await writeModels(dense.bytes, option.work);
  const expected = [expectedResults(dense.bytes, 'dense', 192)];
  for (const [file, size] of [[option.fcn, 192], [option.fcn96, 96]]) {
    const { bytes } = await weightsOf(file, 'fcn', size);
    await writeFile(path.join(option.work, `fcn${size}.safetensors`), bytes);
    expected.push(expectedResults(bytes, 'fcn', size));
  }
  for (const [i, { data }] of pictures.entries()) await writeFile(path.join(option.work, `picture${i}.rgba`), data);
  return { about: dense.about, expected };
}

/** Refuses the race where a contender computes something else. */
function checkAgreement({ contenders, results }, expected) {
  let worst = 0;
  for (const [k, { name }] of contenders.entries()) {
    const reference = expected[name.startsWith('camloss, fcn') ? (name.endsWith(' 96') ? 2 : 1) : 0];
    for (const [i, { logit, predicted, map, heat }] of results[k].entries()) {
      const heatOf = enlarger(Math.sqrt(reference[i].map.length), 192)(reference[i].map);
      for (const [what, actual, wanted] of [
        ['logit', [logit], [reference[i].logit]], ['logit without a map', [predicted], [reference[i].logit]],
        ['map', map, reference[i].map], ['heat map', heat, heatOf],
      ]) {
        const off = deviation(actual, wanted);
        if (!(off <= TOLERANCE)) throw new Error(`${name}: the ${what} of picture ${i} is off by ${off} of its largest value`);
        worst = Math.max(worst, off);
      }
    }
  }
  return worst;
}

const milliseconds = (value) => value.toFixed(2);

function printTask(title, contenders, rounds) {
  console.log(`\n${title}\n`);
  printTable(
    ['contender', 'median ms', 'fastest round', 'camloss takes', '(10–90 %)'],
    contenders.map(({ name, detail }, k) => {
      const times = rounds.map((row) => row[k]), ratios = rounds.map((row) => row[0] / row[k]);
      const share = k === 0 ? ['', ''] : [
        `${median(ratios).toFixed(3)} x`, `${quantile(ratios, 0.1).toFixed(2)}–${quantile(ratios, 0.9).toFixed(2)}`];
      return [`${name} (${detail})`, milliseconds(median(times)), milliseconds(Math.min(...times)), ...share];
    }));
}

/** Navigation to first heat map in a browser profile of its own, and again in the same profile. */
async function coldStarts(browser, url, rounds) {
  const none = () => COLD.map(() => []);
  const visits = [{ wall: none(), inPage: none() }, { wall: none(), inPage: none() }];
  for (let round = 0; round < rounds; ++round) {
    for (let k = 0; k < COLD.length; ++k) {
      const at = (k + round) % COLD.length;
      const context = await browser.newContext();
      try {
        for (const { wall, inPage } of visits) {
          const page = await context.newPage();
          const start = performance.now();
          await page.goto(`${url}/cold.html?contender=${COLD[at]}`, { waitUntil: 'commit' });
          const cold = await page.waitForFunction(() => globalThis.coldStart, null, { polling: 5, timeout: 60_000 });
          wall[at].push(performance.now() - start);
          const { milliseconds: own, heat } = await cold.jsonValue();
          if (COLD[at] !== 'empty' && heat !== 192 * 192) throw new Error(`${COLD[at]}: no heat map at the start`);
          inPage[at].push(own);
          await page.close();
        }
      } finally {
        await context.close();
      }
    }
  }
  return visits;
}

function printCold([first, second]) {
  console.log('\nCold start: navigation to the first heat map, dense head, new browser profile each time; then again in that profile\n');
  const whole = (values) => median(values).toFixed(0);
  printTable(['contender', 'median ms', 'fastest', 'by the page\'s clock', 'second visit', 'fastest'], COLD.map((name, k) => [
    name, whole(first.wall[k]), Math.min(...first.wall[k]).toFixed(0), whole(first.inPage[k]),
    whole(second.wall[k]), Math.min(...second.wall[k]).toFixed(0)]));
  console.log(`\n1.3 x the empty page + 150 ms = ${(1.3 * median(first.wall[0]) + 150).toFixed(0)} ms; camloss ${whole(first.wall[1])} ms`);
  console.log(`second visit: the empty page + 60 ms = ${(median(second.wall[0]) + 60).toFixed(0)} ms; camloss ${whole(second.wall[1])} ms`);
}

const { about, expected } = await prepareModels();
const server = await serve({
  page: path.join(here, 'page'), node_modules: path.join(here, 'node_modules'),
  site: path.resolve(option.site), models: path.resolve(option.work),
});
const browser = await chromium.launch({
  executablePath: chromiumPath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--no-first-run'],
});
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`error in the page: ${error.message}`));
  page.on('console', (message) => {
    // LiteRT reports its set-up on the same channel.
    if (message.type() === 'error' && !/^(INFO|WARNING):/.test(message.text())) console.error(`page: ${message.text()}`);
  });
  page.setDefaultTimeout(0);
  await page.goto(`${server.url}/page/race.html`);
  await page.waitForFunction(() => globalThis.race !== undefined, null, { timeout: 60_000 });
  const outcome = await page.evaluate((plan) => globalThis.race(plan), {
    rounds: Number(option.rounds), calls: Number(option.calls), warmUp: 30, pictureCount: pictures.length,
    compatible: option['no-relaxed-simd'],
  });
  await page.close();
  const worst = checkAgreement(outcome, expected);
  const versions = await Promise.all(['onnxruntime-web', '@litertjs/core', '@tensorflow/tfjs-backend-wasm'].map(
    async (name) => `${name} ${await versionOf(name)}`));
  console.log(`${cpus()[0].model}; Chromium ${browser.version()}; ${versions.join(', ')}`);
  console.log(`${about}, ${(100 * median(expected[0].map(({ active }) => active))).toFixed(0)} % of the features active; one thread`);
  console.log(`all results within ${worst.toExponential(1)} of double precision (${TOLERANCE} allowed)`);
  printTask('Explain: RGBA bytes of 192x192 to logit, evidence map and 192x192 heat map', outcome.contenders, outcome.times.explain);
  printTask('Predict: RGBA bytes of 192x192 to logit', outcome.contenders, outcome.times.predict);
  const dense = outcome.times.explain.map((row) => row[4] / row[0]);
  const best = [1, 2, 3].map((k) => outcome.times.explain.map((row) => row[0] / row[k])).map(median);
  const fastest = outcome.contenders.map((_, k) => Math.min(...outcome.times.explain.map((row) => row[k])));
  console.log(`\nexplain against the best peer: ${Math.max(...best).toFixed(3)} x (by the fastest rounds `
    + `${(fastest[0] / Math.min(...fastest.slice(1, 4))).toFixed(3)} x); fcn at 192 against dense: ${median(dense).toFixed(2)} x`);
  const cold = Number(option.cold) > 0 ? await coldStarts(browser, server.url, Number(option.cold)) : null;
  if (cold) printCold(cold);
  if (option.json) await writeFile(option.json, JSON.stringify({ contenders: outcome.contenders, times: outcome.times, cold, coldNames: COLD }));
} finally {
  await browser.close();
  server.close();
}
