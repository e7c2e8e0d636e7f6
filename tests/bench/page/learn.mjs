// The race of trainings: the learning core and tfjs on each of its backends, on the same pictures and first weights.
import { Core, pixelsOf, planesAt } from '/site/train-core.mjs';
import { train } from '/site/train.mjs';
import { Tfjs } from '/page/contenders/tfjs-learn.mjs';

const kPlain = { flip: false, mix: 0, jitter: { channels: 0 }, optimizer: { schedule: 'constant' } };  // nothing is changed

let files = [];     // { name, label, blob }
let prepared = [];  // { planes, label }
const contenders = new Map();  // "who recipe" → { batch: () => Promise, finish: () => Promise, batches }

/** @param {{name: string, label: number, address: string}[]} list  @returns {Promise<number>} photos */
async function load(list) {
  const core = await Core.load();
  core.use('baseline', {});
  for (const { name, label, address } of list) {
    const blob = await (await fetch(address)).blob();
    const { data, width, height } = await pixelsOf(blob);
    files.push({ name, label, blob });
    prepared.push({ label, planes: core.withBytes(data, (at) => planesAt(core, core.api.train_resample(at, width, height))) });
  }
  return files.length;
}

/** A training of ours, before its first step. */
async function ours(recipe, pictures, changes) {
  const core = await Core.load();
  core.use(recipe, changes);
  for (const { planes, label } of pictures) core.picture(planes, label, 0);
  core.check(core.api.train_start(1));
  return core;
}

const recipeOf = (core, name) => JSON.parse(core.withText(name, (at) => core.text(core.api.train_recipe(at) >>> 0)));
const weightsOf = (core) => core.withText('a\nb\n\n\n\n', (at) => core.bytes(core.check(core.api.train_weights(at)), core.api.train_weights_size()));

/**
 * Losses of the first steps of one batch that has all of the first `count` pictures of each class, unchanged.
 * @returns {Promise<{losses: Object<string, number[]>, times: Object<string, number>, refused: Object<string, string>}>} by
 *   contender; times: milliseconds of the last step
 */
async function agree(recipe, count, steps, backends) {
  const some = [0, 1].flatMap((label) => prepared.filter((p) => p.label === label).slice(0, count));
  const core = await ours(recipe, some, { ...kPlain, batch: some.length, epochs: steps });
  const built = recipeOf(core, recipe), fields = { ...built, ...kPlain, optimizer: { ...built.optimizer, ...kPlain.optimizer } };
  const weights = weightsOf(core);
  const losses = { camloss: [] }, refused = {}, times = {};
  for (let i = 0; i < steps; ++i) {
    core.check(core.api.train_step());
    losses.camloss.push(core.step().loss);
  }
  for (const backend of backends) {
    try {
      const peer = await Tfjs.create(backend, weights, fields, some);
      losses[backend] = [];
      for (let i = 0; i < steps; ++i) {
        const start = performance.now();
        losses[backend].push(await peer.step(some.map((_, k) => k), true));
        times[backend] = performance.now() - start;
      }
      peer.dispose();
    } catch (error) {
      delete losses[backend];
      refused[backend] = error.message;
    }
  }
  return { losses, times, refused };
}

/** Makes a contender of each recipe. @returns {Promise<{batches: number, pictures: number}>} of an epoch */
async function prepare(recipe, backends) {
  const core = await ours(recipe, prepared, { epochs: 400 });
  const { stepsPerEpoch } = core.step();
  const fields = recipeOf(core, recipe), weights = weightsOf(core);
  const counts = [0, 1].map((label) => prepared.filter((p) => p.label === label).length);
  const pictures = 2 * Math.max(...counts);
  contenders.set(`camloss ${recipe}`, { step: async () => core.check(core.api.train_step()), finish: async () => {} });
  for (const backend of backends) {
    const peer = await Tfjs.create(backend, weights, fields, prepared);
    let at = 0;
    const next = () => Array.from({ length: fields.batch }, () => at++ % prepared.length);
    contenders.set(`${backend} ${recipe}`, { step: () => peer.step(next(), false), finish: () => peer.finish() });
  }
  return { batches: stepsPerEpoch, pictures };
}

/** Trains on `batches` batches. @returns {Promise<number>} milliseconds */
async function work(who, recipe, batches) {
  const { step, finish } = contenders.get(`${who} ${recipe}`);
  const start = performance.now();
  for (let i = 0; i < batches; ++i) await step();
  await finish();
  return performance.now() - start;
}

/** Both models by web/train.mjs, as a page's user has them. @returns {Promise<object>} seconds, verdict, photos */
async function whole(recipe) {
  const classes = [0, 1].map((label) => ({ name: `class ${label}`, pictures: files.filter((f) => f.label === label).map(({ name, blob }) => new File([blob], name)) }));
  const start = performance.now();
  const { metrics } = await train({ classes, recipe, seed: 1 });
  return { seconds: (performance.now() - start) / 1000, verdict: metrics.verdict.word,
    right: Object.fromEntries(Object.entries(metrics.parts).map(([name, parts]) => [name, parts.val.accuracy])) };
}

globalThis.learnRace = { load, agree, prepare, work, whole };
