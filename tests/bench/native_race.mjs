// Races the core natively against onnxruntime on the processor, one thread each; called by native.sh. The core is
// timed from RGBA bytes to the enlarged map; onnxruntime's session alone, its input ready, nothing enlarged.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import ort from 'onnxruntime-node';

import { writeModels } from './export/models.mjs';
import { expectedResults, pictures, weightsOf } from './inputs.mjs';
import { normaliser } from './page/picture.mjs';
import { denseNetwork } from './export/weights.mjs';
import { deviation, median, printTable, quantile, versionOf } from './statistics.mjs';

const TOLERANCE = 1e-3; // of logit and map, against double precision

const { values: option } = parseArgs({
  options: {
    program: { type: 'string' }, // bench_race
    work: { type: 'string' }, // folder for the exported models
    dense: { type: 'string' }, // weights at 192
    fcn: { type: 'string' },
    rounds: { type: 'string', default: '40' },
    calls: { type: 'string', default: '20' },
  },
});
const calls = Number(option.calls);

/** The core's program on one weights file: a question, a line of answer. */
class Core {
  #child;
  #lines;

  constructor(weights, picture) {
    this.#child = spawn(option.program, [weights, picture, '192'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async line() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${option.program} ended early`);
    return value;
  }

  ask(question) {
    this.#child.stdin.write(`${question}\n`);
    return this.line();
  }

  async end() {
    const closed = once(this.#child, 'close');
    this.#child.stdin.end();
    await closed;
  }
}

function check(name, { logit, map }, expected) {
  const off = Math.max(deviation([logit], [expected.logit]), deviation(map, expected.map));
  if (!(off <= TOLERANCE)) throw new Error(`${name} is off by ${off} of the largest value`);
  return off;
}

async function coreResult(core) {
  const [logit, ...map] = (await core.ask('result')).split(' ').map(Number);
  return { logit, map };
}

await rm(option.work, { recursive: true, force: true });
await mkdir(option.work, { recursive: true });
const file = (name) => path.join(option.work, name);
const dense = await weightsOf(option.dense, 'dense', 192), fcn = await weightsOf(option.fcn, 'fcn', 192);
await writeModels(dense.bytes, option.work);
await writeFile(file('fcn192.safetensors'), fcn.bytes);
await writeFile(file('picture.rgba'), pictures[0].data);

const session = { executionProviders: ['cpu'], graphOptimizationLevel: 'all', executionMode: 'sequential', intraOpNumThreads: 1, interOpNumThreads: 1 };
const peer = {
  predict: await ort.InferenceSession.create(file('predict.onnx'), session),
  explain: await ort.InferenceSession.create(file('explain.onnx'), session),
};
const x = normaliser({ size: 192, ...denseNetwork(dense.bytes) }).planes(pictures[0].data, new Float32Array(3 * 192 * 192));
const feeds = { x: new ort.Tensor('float32', x, [1, 3, 192, 192]) };
async function timePeer(task) {
  const start = performance.now();
  for (let i = 0; i < calls; ++i) await peer[task].run(feeds);
  return (performance.now() - start) / calls;
}

const cores = { dense: new Core(file('dense.safetensors'), file('picture.rgba')), fcn: new Core(file('fcn192.safetensors'), file('picture.rgba')) };
try {
  const kernels = await cores.dense.line();
  await cores.fcn.line();
  const expected = { dense: expectedResults(dense.bytes, 'dense', 192)[0], fcn: expectedResults(fcn.bytes, 'fcn', 192)[0] };
  const { logit, map } = await peer.explain.run(feeds);
  const worst = Math.max(
    check('the core, dense', await coreResult(cores.dense), expected.dense),
    check('the core, fcn', await coreResult(cores.fcn), expected.fcn),
    check('onnxruntime', { logit: logit.data[0], map: map.data }, expected.dense));

  const contenders = [
    ['camloss, dense', async (task) => Number(await cores.dense.ask(`${task} ${calls}`))],
    ['onnxruntime-node, session alone', timePeer],
    ['camloss, fcn', async (task) => Number(await cores.fcn.ask(`${task} ${calls}`))],
  ];
  const times = { predict: [], explain: [] };
  for (const [, run] of contenders) for (const task of ['predict', 'explain']) await run(task);
  for (let round = 0; round < Number(option.rounds); ++round) {
    for (const task of ['predict', 'explain']) {
      const row = [];
      for (let k = 0; k < contenders.length; ++k) {
        const at = (k + round) % contenders.length;
        row[at] = await contenders[at][1](task);
      }
      times[task].push(row);
    }
  }
  console.log(`${cpus()[0].model}, ${kernels}; onnxruntime-node ${await versionOf('onnxruntime-node')}, Node.js ${process.version}; one thread`);
  console.log(`${dense.about}, ${(100 * expected.dense.active).toFixed(0)} % of the features active; 192x192; all results within ${worst.toExponential(1)} of double precision`);
  for (const [task, rows] of Object.entries(times)) {
    console.log(`\n${task}\n`);
    printTable(['contender', 'median ms', 'fastest round', 'camloss dense takes', '(10–90 %)'], contenders.map(([name], k) => {
      const own = rows.map((row) => row[k]), ratios = rows.map((row) => row[0] / row[k]);
      return [name, median(own).toFixed(2), Math.min(...own).toFixed(2), ...(k === 0 ? ['', ''] : [
        `${median(ratios).toFixed(3)} x`, `${quantile(ratios, 0.1).toFixed(2)}–${quantile(ratios, 0.9).toFixed(2)}`])];
    }));
  }
} finally {
  await Promise.all(Object.values(cores).map((core) => core.end()));
}
