// One training off the page's thread: the learning core as WebAssembly, fed by messages. Also prepares pictures.
// in:  { prepare, id } | { scene, id } | { train } | { pause } | { verdict, id }
// out: { ready } | { prepared, id } | { refused, id } | { progress } | { epoch } | { done } | { failed } | { word, id }
import { tooLarge } from './picture-size.mjs';

const kAsStored = { colorSpaceConversion: 'none', premultiplyAlpha: 'none', imageOrientation: 'from-image' };
const kFigures = 4;   // doubles of TrainFigures in wasm/train/train.h
const kRules = ['fewPictures', 'right', 'silent', 'spread'];  // of TrainRules
const kStep = ['epoch', 'batch', 'stepsPerEpoch', 'finished', 'loss', 'classify', 'map', 'norm', 'rate', 'pictures', 'right'];
const kChoices = { loss: ['bce', 'split'], init: ['torch', 'glorot'], 'optimizer.schedule': ['constant', 'cosine'] };
/** Fields of a recipe that say nothing to the core, or that it has one value for. */
const kFixed = { head: 'fcn', kernel: 'gaussian', calibrate: true, offset: false };
const kSwaps = 3;     // borders for each picture of val

/** The instance: text, bytes and floats in and out. */
class Core {
  constructor(exports) {
    this.api = exports;
  }

  static async load() {
    const response = await fetch(new URL('./camloss-train.wasm', import.meta.url));
    if (!response.ok) throw new Error(`camloss-train.wasm: the server answered ${response.status}`);
    let module;
    try {
      module = await WebAssembly.compile(await response.arrayBuffer());
    } catch (error) {
      throw new Error(`this browser cannot run camloss-train.wasm (${error.message}); it needs WebAssembly with SIMD`);
    }
    // The core has no files, clock or console; what little its runtime asks for is answered here.
    const imports = {};
    for (const { module: space, name } of WebAssembly.Module.imports(module)) {
      imports[space] ??= {};
      imports[space][name] = name === 'proc_exit' ? () => { throw new Error('out of memory'); } : () => 0;
    }
    const { exports } = await WebAssembly.instantiate(module, imports);
    exports._initialize?.();
    return new Core(exports);
  }

  get memory() { return this.api.memory.buffer; }

  text(at) {
    const bytes = new Uint8Array(this.memory);
    let end = at;
    while (bytes[end] !== 0) ++end;
    return new TextDecoder().decode(bytes.slice(at, end));
  }

  check(result) {
    if (!result) throw new Error(this.text(this.api.train_error()));
    return result >>> 0;
  }

  withBytes(view, call) {
    const at = this.api.train_alloc(Math.max(1, view.byteLength)) >>> 0;
    if (at === 0) throw new Error('there is not enough memory for the pictures');
    new Uint8Array(this.memory).set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), at);
    try {
      return call(at);
    } finally {
      this.api.train_free(at);
    }
  }

  withText(text, call) { return this.withBytes(new TextEncoder().encode(`${text}\0`), call); }
  bytes(at, size) { return new Uint8Array(this.memory, at, size).slice(); }
  floats(at, count) { return new Float32Array(this.memory, at, count).slice(); }
  doubles(at, count) { return new Float64Array(this.memory, at, count).slice(); }

  setting(name, value) { this.withText(name, (at) => this.check(this.api.train_setting(at, value))); }

  /** A built-in recipe, with the fields of `changes` in place of its own. */
  use(name, changes) {
    const recipe = JSON.parse(this.withText(name, (at) => this.text(this.api.train_recipe(at) >>> 0)));
    const set = (fields, before) => {
      for (const [field, value] of Object.entries(fields)) {
        const path = before + field;
        if (path === 'name' || path === 'description') continue;
        if (path in kFixed) {
          if (value !== kFixed[path]) throw new Error(`the recipe ${name} has ${path} ${value}; a page trains with ${kFixed[path]}`);
        } else if (path in kChoices) {
          const choice = kChoices[path].indexOf(value);
          if (choice < 0) throw new Error(`the recipe ${name} has ${path} ${value}; a page trains with ${kChoices[path].join(' or ')}`);
          this.setting(path, choice);
        } else if (typeof value === 'object') {
          set(value, `${path}.`);
        } else {
          this.setting(path, Number(value));
        }
      }
    };
    set(recipe, '');
    set(changes, '');
    this.side = changes.input_size ?? recipe.input_size;
  }

  figures(at) {
    const [logit, probability, offCentreMass, verdict] = this.doubles(this.check(at), kFigures);
    return { logit, probability, offCentreMass, verdict };
  }

  picture(planes, label, part) {
    if (this.withBytes(planes, (at) => this.api.train_picture(at, planes.length, label, part)) < 0) this.check(0);
  }

  rules() { return this.named(kRules, this.api.train_rules()); }
  judge(i) { return this.figures(this.api.train_judge(i)); }
  step() { return this.named(kStep, this.api.train_progress()); }
  named(names, at) {
    const values = this.doubles(at >>> 0, names.length);
    return Object.fromEntries(names.map((name, i) => [name, values[i]]));
  }
}

async function pixelsOf(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, kAsStored);
  } catch {
    throw new Error('could not be decoded: the file is damaged or of an unknown format');
  }
  const reason = tooLarge(bitmap);
  if (reason !== null) throw new Error(reason);
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  canvas.width = canvas.height = 0;
  return { data, width, height };
}

function planesAt(core, at) {
  return core.floats(core.check(at), 3 * core.side * core.side);
}

let core = null;
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
function judgeAll(pictures) {
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

async function train({ recipe, settings, seed, classes, trainedOn, pictures, shown, state, records }) {
  core.use(recipe, settings);
  for (const { planes, label, part } of pictures) core.picture(planes, label, part);
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
        `norm ${now.norm}). Try another seed, or more photos`);
    }
    steps += 1;
    sums.loss += now.loss * now.pictures;
    sums.pictures += now.pictures;
    sums.right += now.right;
    before = now;
    const milliseconds = (performance.now() - began - idle) / steps;
    postMessage({ progress: { epoch: now.epoch, batch: now.batch, stepsPerEpoch: now.stepsPerEpoch, milliseconds } });
    if (now.epoch !== epoch) {
      const maps = watched(shown);
      const record = { epoch: now.epoch, loss: sums.loss / sums.pictures, accuracy: sums.right / sums.pictures, val: valFigures(val) };
      all.push(record);
      Object.assign(sums, { loss: 0, pictures: 0, right: 0 });
      const kept = core.bytes(core.check(core.api.train_state()), core.api.train_state_size());
      postMessage({ epoch: { record, maps, state: kept } }, [kept.buffer, ...maps.map((m) => m.overlay.buffer)]);
    }
    await breathe();
  }
  core.check(core.api.train_finish());
  const maps = watched(shown);
  const results = judgeAll(pictures);
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
      const planes = core.withBytes(pixels, (at) => planesAt(core, core.api.train_resample(at, width, height)));
      postMessage({ prepared: { planes, width, height }, id: data.id }, [planes.buffer]);
    } catch (error) {
      postMessage({ refused: error.message, id: data.id });
    }
  } else if ('scene' in data) {
    const { label, part, index } = data.scene;
    const planes = planesAt(core, core.api.train_scene(label, part, index));
    postMessage({ prepared: { planes, width: 192, height: 192 }, id: data.id }, [planes.buffer]);
  } else if ('verdict' in data) {
    const { usual, usualAfter, before, after, sureRight, unsure } = data.verdict;
    postMessage({ word: core.text(core.api.train_verdict(usual, usualAfter, before, after, sureRight, unsure) >>> 0), id: data.id });
  } else if ('train' in data) {
    try {
      await train(data.train);
    } catch (error) {
      postMessage({ failed: error.message });
    }
  }
};
