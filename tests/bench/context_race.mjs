// Races fcn networks of different contexts in Chromium, each against onnxruntime-web; called by race.sh --context.
// What is counted is the page's processor time, so that what else runs on the machine matters less.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { chromium } from 'playwright-core';

import * as float64 from '../node/float64_network.mjs';
import { metadata, picture, randomTensors, safetensors } from '../node/random_weights.mjs';
import { onnxFcnModel } from './export/onnx_fcn.mjs';
import { fcnNetwork } from './export/weights.mjs';
import { serve } from './server.mjs';
import { deviation, median, printTable, quantile, versionOf } from './statistics.mjs';

const TOLERANCE = 1e-3; // of logit and map, against double precision
const here = path.dirname(fileURLToPath(import.meta.url));

const { values: option } = parseArgs({
  options: {
    site: { type: 'string' }, // folder with camloss.mjs and its binaries
    work: { type: 'string' }, // folder for the models
    size: { type: 'string', default: '96' }, // of the input and of the picture, pixels
    contexts: { type: 'string', default: '1x1,3x1,3x2,3x3,5x1,7x1' }, // K x dilation; the first is what all are compared with
    rounds: { type: 'string', default: '60' },
    calls: { type: 'string', default: '20' },
    'warm-up': { type: 'string', default: '100' }, // calls of each before the first round
  },
});
const size = Number(option.size);
const contexts = option.contexts.split(',').map((text) => text.split('x').map(Number));
const input = { size, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };

await rm(option.work, { recursive: true, force: true });
await mkdir(option.work, { recursive: true });
const write = (name, content) => writeFile(path.join(option.work, name), content);
const photo = picture(size, size, 3);
await write('picture.rgba', photo.data);
await write('input.json', JSON.stringify(input)); // the server asks for it
const names = [], expected = [];
for (const [k, dilation] of contexts) {
  const name = `k${k}d${dilation}`, tensors = randomTensors('fcn', size, 7, k);
  const bytes = safetensors(tensors, metadata('fcn', size, k > 1 ? { 'camloss.context_dilation': String(dilation) } : {}));
  await write(`${name}.safetensors`, bytes);
  await write(`${name}.onnx`, onnxFcnModel(fcnNetwork(bytes)));
  names.push(name);
  expected.push(float64.run(tensors, 'fcn', size, photo, 0.5, 0.25, dilation));
}

const server = await serve({
  page: path.join(here, 'page'), node_modules: path.join(here, 'node_modules'),
  site: path.resolve(option.site), models: path.resolve(option.work),
});
const browser = await chromium.launch({
  executablePath: process.env.CAMLOSS_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
});
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`error in the page: ${error.message}`));
  page.setDefaultTimeout(0);
  await page.goto(`${server.url}/page/context.html`);
  await page.waitForFunction(() => globalThis.race !== undefined, null, { timeout: 60_000 });
  const results = await page.evaluate((plan) => globalThis.race.prepare(plan), { names, input, warmUp: Number(option['warm-up']) });
  await page.waitForTimeout(500); // what the engine compiles once more, it compiles in the background
  const developer = await page.context().newCDPSession(page);
  await developer.send('Performance.enable', { timeDomain: 'threadTicks' });
  const processorTime = async () => {
    const { metrics } = await developer.send('Performance.getMetrics');
    return 1000 * metrics.find(({ name }) => name === 'TaskDuration').value;
  };
  const calls = Number(option.calls), times = []; // milliseconds a call by round, ours and theirs of each network in turns
  for (let round = 0; round < Number(option.rounds); ++round) {
    const row = new Array(results.length);
    for (let k = 0; k < row.length; ++k) {
      const at = (k + round) % row.length;
      const start = await processorTime();
      await page.evaluate(([contender, count]) => globalThis.race.work(contender, count), [at, calls]);
      row[at] = (await processorTime() - start) / calls;
    }
    times.push(row);
  }
  let worst = 0;
  for (const [i, { logit, map }] of results.entries()) {
    const { logit: z, cam } = expected[i >> 1];
    const off = Math.max(deviation([logit], [z]), deviation(map, cam));
    if (!(off <= TOLERANCE)) throw new Error(`${names[i >> 1]} of ${i % 2 ? 'onnxruntime-web' : 'camloss'} is off by ${off}`);
    worst = Math.max(worst, off);
  }
  console.log(`${cpus()[0].model}; Chromium ${browser.version()}; onnxruntime-web ${await versionOf('onnxruntime-web')}; one thread, processor time`);
  console.log(`explain: RGBA bytes of ${size}x${size} to logit, map of an fcn head and heat map; random weights; all results `
    + `within ${worst.toExponential(1)} of double precision\n`);
  const ratio = (a, b) => times.map((row) => row[a] / row[b]), fastest = (k) => Math.min(...times.map((row) => row[k]));
  const shown = (values) => `${median(values).toFixed(2)} (${quantile(values, 0.1).toFixed(2)}–${quantile(values, 0.9).toFixed(2)})`;
  printTable(
    ['context', 'camloss ms', 'fastest', `against ${names[0]} (10–90 %)`, 'fastest', 'onnxruntime-web ms', 'camloss takes (10–90 %)', 'fastest'],
    contexts.map(([k, dilation], i) => [
      `${k}x${k}, dilation ${dilation}`, median(times.map((row) => row[2 * i])).toFixed(2), fastest(2 * i).toFixed(2),
      shown(ratio(2 * i, 0)), (fastest(2 * i) / fastest(0)).toFixed(2),
      median(times.map((row) => row[2 * i + 1])).toFixed(2),
      shown(ratio(2 * i, 2 * i + 1)), (fastest(2 * i) / fastest(2 * i + 1)).toFixed(3)]));
} finally {
  await browser.close();
  server.close();
}
