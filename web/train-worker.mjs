// One training off the page's thread: the learning core as WebAssembly, fed by messages. Also prepares pictures.
// in:  { prepare, id } | { scene, id } | { begin } { picture, id }… { train } | { pause } | { verdict, id }
// out: { ready } | { prepared, id } | { taken, id } | { refused, id } | { progress } | { epoch } | { done } | { failed } | { word, id }
import { Core, packed, pixelsOf, planesAt } from './train-core.mjs';

const kAdvice = 'Try another seed, or more photos';
const kSwaps = 3;     // borders for each picture of val

let core = null;
const pictures = [];  // { label, part } of those that the core has
let refused = false;  // a setting or a picture
let paused = false;
let wake = null;  // goes on after a pause

/** Lets messages in between two steps; timers of a hidden tab would wait a second. */
const channel = new MessageChannel();
let passed = null;
channel.port1.onmessage = () => passed?.();
const breathe = () => new Promise((resolve) => { passed = resolve; channel.port2.postMessage(0); });

/** What the model says of the pictures that are watched, and its maps over them. */
function watched(shown) {
  return shown.map((i) => {
    const figures = core.judge(i);
    return { picture: i, ...figures, overlay: core.bytes(core.check(core.api.train_overlay()), 4 * core.side * core.side) };
  });
}

/** Accuracy and off-centre mass on val. */
function valFigures(val) {
  let right = 0, off = 0;
  for (const { index, label } of val) {
    const { logit, offCentreMass } = core.judge(index);
    right += (logit > 0) === (label === 1) ? 1 : 0;
    off += offCentreMass / val.length;
  }
  return { accuracy: val.length > 0 ? right / val.length : null, offCentreMass: val.length > 0 ? off : null };
}

/** Every picture, and the counterfactual ones made of those that were not trained on. */
function judgeAll() {
  const judged = pictures.map(({ label, part }, i) => ({ picture: i, label, part, ...core.judge(i) }));
  const val = pictures.map((p, index) => ({ ...p, index })).filter((p) => p.part === 1);
  const swapped = [];
  for (const [n, { index, label }] of val.entries()) {
    const others = val.filter((other) => other.label !== label);
    for (let k = 0; k < Math.min(kSwaps, others.length); ++k) {
      const border = others[(n * kSwaps + k) % others.length].index;
      swapped.push({ picture: index, border, label, ...core.figures(core.api.train_judge_swapped(index, border)) });
    }
  }
  const background = val.map(({ index, label }) => ({ picture: index, label, ...core.figures(core.api.train_judge_background(index)) }));
  return { judged, swapped, background };
}

/** Calls `judge`, which fails where the weights are no numbers any more. */
function afterEpoch(epoch, judge) {
  try {
    return judge();
  } catch (error) {
    throw new Error(`${error.message} any more (after epoch ${epoch}). ${kAdvice}`);
  }
}

async function train({ recipe, seed, classes, trainedOn, shown, state, records }) {
  core.check(core.api.train_start(seed));
  if (state) core.withBytes(state, (at) => core.check(core.api.train_restore(at, state.byteLength)));
  const val = pictures.map(({ label, part }, index) => ({ label, part, index })).filter((p) => p.part === 1);
  const sums = { loss: 0, pictures: 0, right: 0 };
  let before = core.step();
  const all = [...(records ?? [])];
  const began = performance.now();
  let idle = 0, steps = 0;
  while (before.finished === 0) {
    if (paused) {
      const since = performance.now();
      await new Promise((resolve) => { wake = resolve; });
      idle += performance.now() - since;
    }
    const epoch = before.epoch;
    const ok = core.api.train_step();
    const now = core.step();
    if (!ok) {
      throw new Error(`${core.text(core.api.train_error() >>> 0)} (epoch ${epoch + 1}, batch ${before.batch + 1}, loss ${now.loss}, ` +
        `norm ${now.norm}). ${kAdvice}`);
    }
    steps += 1;
    sums.loss += now.loss * now.pictures;
    sums.pictures += now.pictures;
    sums.right += now.right;
    before = now;
    const milliseconds = (performance.now() - began - idle) / steps;
    postMessage({ progress: { epoch: now.epoch, batch: now.batch, stepsPerEpoch: now.stepsPerEpoch, milliseconds } });
    if (now.epoch !== epoch) {
      const [maps, valNow] = afterEpoch(now.epoch, () => [watched(shown), valFigures(val)]);
      const record = { epoch: now.epoch, loss: sums.loss / sums.pictures, accuracy: sums.right / sums.pictures, val: valNow };
      all.push(record);
      Object.assign(sums, { loss: 0, pictures: 0, right: 0 });
      const kept = core.bytes(core.check(core.api.train_state()), core.api.train_state_size());
      postMessage({ epoch: { record, maps, state: kept } }, [kept.buffer, ...maps.map((m) => m.overlay.buffer)]);
    }
    await breathe();
  }
  core.check(core.api.train_finish());
  const maps = watched(shown);
  const results = judgeAll();
  const about = [classes[0], classes[1], recipe, String(seed), trainedOn, metricsOf(results)].map((line) => line.replace(/[\r\n]/g, ' '));
  const weights = core.withText(about.join('\n'), (at) => core.bytes(core.check(core.api.train_weights(at)), core.api.train_weights_size()));
  postMessage({ done: { ...results, maps, weights, records: all } });
}

/** What the file says of itself: pictures and accuracy of each part. */
function metricsOf({ judged, swapped }) {
  const part = (list) => ({ n: list.length, accuracy: list.filter((r) => (r.logit > 0) === (r.label === 1)).length / list.length });
  const parts = { train: judged.filter((r) => r.part === 0), val: judged.filter((r) => r.part === 1), shift: judged.filter((r) => r.part === 2), swapped };
  return JSON.stringify(Object.fromEntries(Object.entries(parts).filter(([, list]) => list.length > 0).map(([name, list]) => [name, part(list)])));
}

const loading = Core.load().then((loaded) => {
  core = loaded;
  core.use('baseline', {});
  postMessage({ ready: { side: core.side, rules: core.rules(), recipes: Object.fromEntries(['baseline', 'camloss'].map((name) =>
    [name, JSON.parse(core.withText(name, (at) => core.text(core.api.train_recipe(at) >>> 0)))])) } });
});
loading.catch((error) => postMessage({ failed: error.message }));

onmessage = async ({ data }) => {
  try {
    await loading;
  } catch {
    return;  // told of already
  }
  if ('pause' in data) {
    paused = data.pause;
    if (!paused) wake?.();
  } else if ('prepare' in data) {
    try {
      const { data: pixels, width, height } = await pixelsOf(data.prepare);
      const planes = packed(core.withBytes(pixels, (at) => planesAt(core, core.api.train_resample(at, width, height))));
      postMessage({ prepared: { planes, width, height }, id: data.id }, [planes.buffer]);
    } catch (error) {
      postMessage({ refused: error.message, id: data.id });
    }
  } else if ('scene' in data) {
    const { label, part, index } = data.scene;
    const planes = packed(planesAt(core, core.api.train_scene(label, part, index)));
    postMessage({ prepared: { planes, width: 192, height: 192 }, id: data.id }, [planes.buffer]);
  } else if ('verdict' in data) {
    const { usual, usualAfter, before, after, sureRight, unsure } = data.verdict;
    postMessage({ word: core.text(core.api.train_verdict(usual, usualAfter, before, after, sureRight, unsure) >>> 0), id: data.id });
  } else if ('settle' in data) {
    try {
      core.use('baseline', data.settle);
      postMessage({ side: core.side, id: data.id });
    } catch (error) {
      postMessage({ refused: error.message, id: data.id });
    }
  } else if (!refused && ['begin', 'picture', 'train'].some((key) => key in data)) {
    try {
      if ('begin' in data) {
        core.use(data.begin.recipe, data.begin.settings);
      } else if ('picture' in data) {
        const { planes, label, part } = data.picture;
        core.picture(planes, label, part);
        pictures.push({ label, part });
        postMessage({ taken: planes, id: data.id }, [planes.buffer]);
      } else {
        await train(data.train);
      }
    } catch (error) {
      refused = true;
      postMessage({ failed: error.message });
    }
  }
};
