// Training in a page: photos of two classes in, both models and their figures out. Two workers train at once.
//
//   import { train } from './train.mjs';
//   const run = await train({ classes: [{ name: 'cat', pictures: files }, { name: 'dog', pictures: others }], seed: 1 },
//     { onProgress: ({ share }) => console.log(share) });
//   run.baseline, run.camloss  // bytes of .safetensors files
//   run.metrics                // figures and verdict
import { figuresOf, verdictOf } from './train-figures.mjs';

export const kFewest = 10;      // photos of a class
export const kMost = 2000;      // photos in all: each takes 110 kB in either worker
export const kRecipes = ['baseline', 'camloss'];
const kValShare = 0.2;
const kShown = 6;
const kSame = 4;                // differing bits of 64 at most, of pictures that show the same
const kNear = 8;                // of 255, that their patches differ by in the mean at most

/** A worker whose answers are promises by number; what else it says goes to `on`. */
export class TrainWorker {
  #waiting = new Map();
  #next = 0;

  constructor(on = () => {}) {
    this.on = on;
    this.worker = new Worker(new URL('./train-worker.mjs', import.meta.url), { type: 'module' });
    this.ready = new Promise((resolve, reject) => { this.started = resolve; this.broken = reject; });
    this.ready.catch(() => {});
    this.worker.onmessage = ({ data }) => {
      if (data.ready) this.started(data.ready);
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (waiting) return 'refused' in data ? waiting.reject(new Error(data.refused)) : waiting.resolve(data.prepared ?? data.word);
      if ('failed' in data) this.broken(new Error(data.failed));
      this.on(data);
    };
    this.worker.onerror = (event) => {
      event.preventDefault?.();
      this.fail(`the worker stopped${event.message ? `: ${event.message}` : ''}`);
    };
  }

  fail(reason) {
    this.broken(new Error(reason));
    for (const { reject } of this.#waiting.values()) reject(new Error(reason));
    this.#waiting.clear();
    this.on({ failed: reason });
  }

  ask(message) {
    const id = ++this.#next;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ...message, id });
    });
  }

  tell(message) { this.worker.postMessage(message); }
  end() {
    this.worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Error('cancelled'));
    this.#waiting.clear();
  }
}

/** 64 bits by which pictures that look alike are found: whether a patch is brighter than its right neighbour. */
export function fingerprint(planes, side) {
  const grey = (row, column) => {
    let sum = 0, n = 0;
    for (let y = Math.floor(row * side / 8); y < Math.floor((row + 1) * side / 8); ++y) {
      for (let x = Math.floor(column * side / 9); x < Math.floor((column + 1) * side / 9); ++x) {
        sum += planes[y * side + x] + planes[(side + y) * side + x] + planes[(2 * side + y) * side + x];
        ++n;
      }
    }
    return sum / n;
  };
  const patches = Array.from({ length: 8 }, (_, row) => Array.from({ length: 9 }, (_, column) => grey(row, column)));
  const bits = (of) => patches.flatMap((row) => Array.from({ length: 8 }, (_, i) => of(row, i)));
  return { patches: patches.flat(), turned: patches.flatMap((row) => [...row].reverse()), plain: bits((row, i) => row[i] > row[i + 1]), mirrored: bits((row, i) => row[8 - i] > row[7 - i]) };
}

const differing = (a, b) => a.reduce((sum, bit, i) => sum + (bit !== b[i] ? 1 : 0), 0);

/** Mean difference of the patches' brightness, 0…255. */
const apart = (a, b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / (3 * a.length);

/** Whether two pictures show the same, also mirrored: the same edges, and nearly the same brightness everywhere. */
export function looksAlike(a, b) {
  const same = (bits, patches) => differing(a.plain, bits) <= kSame && apart(a.patches, patches) <= kNear;
  return same(b.plain, b.patches) || same(b.mirrored, b.turned);
}

/** Numbers of a seed, the same in every browser. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Divides pictures into train (0) and val (1), a fifth of each class; pictures that look alike stay together. Pictures
 * that have a part keep it.
 * @param {{label: number, part?: number, print: object}[]} pictures  changed: part, group
 * @returns {{alike: number, both: number[]}} groups that look alike, and pictures that are in both classes
 */
export function divide(pictures, seed) {
  pictures.forEach((picture, i) => { picture.group = i; });
  let alike = 0;
  const both = new Set();
  for (let i = 0; i < pictures.length; ++i) {
    for (let k = 0; k < i; ++k) {
      if (!looksAlike(pictures[i].print, pictures[k].print)) continue;
      if (pictures[i].label !== pictures[k].label) {
        if (pictures[i].sum === pictures[k].sum) both.add(i).add(k);
        continue;
      }
      if (pictures[i].group === i) { alike += 1; pictures[i].group = pictures[k].group; }
    }
  }
  for (const label of [0, 1]) {
    const own = pictures.filter((p, i) => p.label === label && p.part === undefined && !both.has(i));
    const groups = [...new Set(own.map((p) => p.group))];
    const next = random(seed * 2 + label);
    for (let i = groups.length - 1; i > 0; --i) {
      const k = Math.floor(next() * (i + 1));
      [groups[i], groups[k]] = [groups[k], groups[i]];
    }
    const wanted = Math.max(2, Math.round(own.length * kValShare));
    let taken = 0;
    for (const group of groups) {
      const members = own.filter((p) => p.group === group);
      const toVal = taken < wanted && taken + members.length <= 2 * wanted && taken + members.length <= own.length - 2;
      for (const member of members) member.part = toVal ? 1 : 0;
      if (toVal) taken += members.length;
    }
  }
  return { alike, both: [...both] };
}

/** Sum of a picture's values: the same photo twice has the same. */
const sumOf = (planes) => planes.reduce((sum, value, i) => (sum * 31 + Math.round(value * 16) + i) % 4294967291, 7);

/**
 * Prepares files; those that are no picture are told of and left out.
 * @param {TrainWorker} worker
 * @param {{name: string, file?: Blob, scene?: object, label: number, part?: number}[]} entries
 * @param {(done: number, refused?: {name: string, reason: string}) => void} on  after each
 */
export async function prepare(worker, entries, on = () => {}, signal = null) {
  const { side } = await worker.ready;
  const pictures = [];
  for (const [i, entry] of entries.entries()) {
    signal?.throwIfAborted();
    try {
      const { planes, width, height } = await worker.ask(entry.scene ? { scene: entry.scene } : { prepare: entry.file });
      pictures.push({ name: entry.name, label: entry.label, part: entry.part, planes, width, height,
        print: fingerprint(planes, side), sum: sumOf(planes) });
      on(i + 1);
    } catch (error) {
      on(i + 1, { name: entry.name, reason: error.message });
    }
  }
  return pictures;
}

/** Why pictures cannot be trained on, or null. @param {string[]} names of the classes */
export function whyNot(pictures, names) {
  for (const label of [0, 1]) {
    const own = pictures.filter((p) => p.label === label);
    if (own.length < kFewest) return `${names[label]} has ${own.length} photo${own.length === 1 ? '' : 's'} that can be used; at least ${kFewest} are needed`;
    // Counted no further than it matters: this is asked at every key.
    let different = 0;
    for (let i = 0; i < own.length && different < kFewest; ++i) {
      if (own.findIndex((q) => looksAlike(own[i].print, q.print)) === i) different += 1;
    }
    if (different < kFewest) return `${names[label]} has ${own.length} photos, but only ${different} that differ; at least ${kFewest} are needed`;
  }
  if (names[0] === names[1]) return `both classes are called ${names[0]}; give them different names`;
  if (pictures.length > kMost) return `${pictures.length} photos are too many for a page; ${kMost} is the limit. The trainer takes more`;
  return null;
}

/** Pictures whose maps are watched: of val, half of each class. */
export function shownOf(pictures) {
  const of = (label) => pictures.map((p, i) => ({ ...p, i })).filter((p) => p.label === label && p.part !== 0).map((p) => p.i);
  const [a, b] = [of(0), of(1)];
  return [...a.slice(0, kShown / 2), ...b.slice(0, kShown / 2)];
}

/**
 * Trains both models of prepared and divided pictures.
 * @param {object} task { pictures, classes: names, seed, settings: fields of the recipes to change, kept: { baseline, camloss }
 *   with { state, records } to go on from }
 * @param {(name: string, message: object) => void} on  each worker's progress and epochs
 * @returns {{pause: (on: boolean) => void, cancel: () => void, result: Promise<object>, workers: object}}
 */
export function startTraining({ pictures, classes, seed, settings = {}, kept = {}, trainedOn = 'photos in a page' }, on) {
  const shown = shownOf(pictures);
  const workers = {}, finished = [];
  let cancelled = null;
  const stopped = new Promise((_, reject) => { cancelled = reject; });
  stopped.catch(() => {});
  for (const name of kRecipes) {
    finished.push(new Promise((resolve, reject) => {
      const worker = new TrainWorker((message) => {
        if (message.failed) reject(new Error(`${name}: ${message.failed}`));
        else if (message.done) resolve(message.done);
        on(name, message);
      });
      workers[name] = worker;
      worker.tell({ train: { recipe: name, settings, seed, classes, trainedOn, shown,
        pictures: pictures.map(({ planes, label, part }) => ({ planes, label, part })), ...kept[name] } });
    }));
  }
  const end = () => Object.values(workers).forEach((worker) => worker.end());
  const result = (async () => {
    const [one, two] = await Promise.race([Promise.allSettled(finished), stopped]);
    const failed = [one, two].filter((r) => r.status === 'rejected');
    if (failed.length === 2) throw failed[0].reason;
    const done = { baseline: one.value ?? null, camloss: two.value ?? null };
    const metrics = { classes, seed, parts: {}, failed: failed.map((r) => r.reason.message) };
    for (const name of kRecipes) if (done[name]) metrics.parts[name] = figuresOf(done[name]);
    const alive = done.baseline ? workers.baseline : workers.camloss;
    const { rules } = await alive.ready;
    metrics.verdict = await verdictOf(metrics.parts, classes, rules, (figures) => alive.ask({ verdict: figures }));
    return { done, metrics };
  })();
  result.then(end, end);
  return {
    workers, result, shown,
    pause: (paused) => Object.values(workers).forEach((worker) => worker.tell({ pause: paused })),
    cancel: () => { cancelled(new Error('cancelled')); end(); },
  };
}

/**
 * Photos in, both models out.
 * @param {{classes: {name: string, pictures: Blob[]}[], recipe?: object, seed?: number}} task  recipe: fields to change in
 *   both, such as { epochs: 40 }
 * @param {{onProgress?: (now: {share: number, epoch: number}) => void, signal?: AbortSignal}} [options]
 * @returns {Promise<{baseline: Uint8Array, camloss: Uint8Array, metrics: object}>}
 */
export async function train({ classes, recipe = {}, seed = 1 }, { onProgress = () => {}, signal } = {}) {
  const names = classes.map(({ name }) => name);
  if (classes.length !== 2) throw new Error(`${classes.length} classes were given; two are needed`);
  const entries = classes.flatMap(({ pictures }, label) => [...pictures].map((file, i) => ({ name: file.name ?? `${names[label]} ${i + 1}`, file, label })));
  const preparing = new TrainWorker();
  let pictures, defaults;
  try {
    defaults = (await preparing.ready).recipes;
    pictures = await prepare(preparing, entries, () => {}, signal);
  } finally {
    preparing.end();
  }
  const { both } = divide(pictures, seed);
  const used = pictures.filter((_, i) => !both.includes(i));
  const reason = whyNot(used, names);
  if (reason) throw new Error(reason);
  const epochs = recipe.epochs ?? defaults.baseline.epochs;
  const at = { baseline: 0, camloss: 0 };
  const training = startTraining({ pictures: used, classes: names, seed, settings: recipe }, (name, { progress }) => {
    if (!progress) return;
    at[name] = progress.epoch + progress.batch / progress.stepsPerEpoch;
    onProgress({ share: (at.baseline + at.camloss) / (2 * epochs), epoch: Math.min(at.baseline, at.camloss) });
  });
  const stop = () => training.cancel();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const { done, metrics } = await training.result;
    if (metrics.failed.length > 0) throw new Error(metrics.failed[0]);
    return { baseline: done.baseline.weights, camloss: done.camloss.weights, metrics };
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
