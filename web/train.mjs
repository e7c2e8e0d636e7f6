// Training in a page: photos of two classes in, both models and their figures out. Two workers train at once. README.md has an
// example, train.d.mts the types of `train`; the rest is for train-page.mjs.
import { kSteps } from './train-core.mjs';
import { figuresOf, verdictOf } from './train-figures.mjs';

export const kFewest = 10;      // photos of a class
export const kMost = 2000;      // photos in all: each takes 55 kB here and 110 kB in either worker
export const kRecipes = ['baseline', 'camloss'];
const kMostNameBytes = 64;      // of a class, in UTF-8
const kControl = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
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
      if (waiting) return 'refused' in data ? waiting.reject(new Error(data.refused)) : waiting.resolve(data.prepared ?? data.taken ?? data.word ?? data.side);
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

  ask(message, transferred = []) {
    const id = ++this.#next;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ...message, id }, transferred);
    });
  }

  /** Gives it pictures, one by one in a buffer that goes to and fro: copies of all at once would be as large as they are. */
  async give(pictures) {
    let buffer = new Uint16Array(pictures[0]?.planes.length ?? 0);
    for (const { planes, label, part } of pictures) {
      buffer.set(planes);
      buffer = await this.ask({ picture: { planes: buffer, label, part } }, [buffer.buffer]);
    }
  }

  tell(message) { this.worker.postMessage(message); }
  end() {
    this.worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Error('cancelled'));
    this.#waiting.clear();
  }
}

/**
 * What pictures that look alike are found by.
 * @param {Uint16Array} planes  (3, side, side), 1/256 of 0…255
 * @returns {{patches: Float32Array, turned: Float32Array, plain: Uint32Array, mirrored: Uint32Array}}  patches: sums of red, green
 *   and blue in 8 rows of 9, and of the mirrored picture; 64 bits each: whether a patch is brighter than its right neighbour
 */
export function fingerprint(planes, side) {
  const grey = (row, column) => {
    let sum = 0, n = 0;
    for (let y = Math.floor(row * side / 8); y < Math.floor((row + 1) * side / 8); ++y) {
      for (let x = Math.floor(column * side / 9); x < Math.floor((column + 1) * side / 9); ++x) {
        sum += planes[y * side + x] + planes[(side + y) * side + x] + planes[(2 * side + y) * side + x];
        ++n;
      }
    }
    return sum / n / kSteps;
  };
  const rows = Array.from({ length: 8 }, (_, row) => Array.from({ length: 9 }, (_, column) => grey(row, column)));
  const bits = (brighter) => Uint32Array.from([0, 4], (first) => rows.slice(first, first + 4).flatMap((row) => Array.from({ length: 8 }, (_, i) => brighter(row, i)))
    .reduce((word, bit) => word * 2 + (bit ? 1 : 0), 0));
  return { patches: Float32Array.from(rows.flat()), turned: Float32Array.from(rows.flatMap((row) => [...row].reverse())),
    plain: bits((row, i) => row[i] > row[i + 1]), mirrored: bits((row, i) => row[8 - i] > row[7 - i]) };
}

function ones(word) {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Mean difference of the patches' brightness, 0…255. */
function apart(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; ++i) sum += Math.abs(a[i] - b[i]);
  return sum / (3 * a.length);
}

/** Whether two pictures show the same, also mirrored: the same edges, and nearly the same brightness everywhere. */
export function looksAlike(a, b) {
  const same = (bits, patches) => ones(a.plain[0] ^ bits[0]) + ones(a.plain[1] ^ bits[1]) <= kSame && apart(a.patches, patches) <= kNear;
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
  return { alike, both: [...both].sort((a, b) => a - b) };
}

/** Sum of a picture's values: the same photo twice has the same. */
export function sumOf(planes) {
  let sum = 7;
  for (const value of planes) sum = (Math.imul(sum, 31) + value) >>> 0;
  return sum;
}

/**
 * Prepares files; those that are no picture are told of and left out.
 * @param {TrainWorker} worker
 * @param {{name: string, file?: Blob, scene?: object, label: number, part?: number}[]} entries
 * @param {(done: number, refused?: {name: string, reason: string}) => void} on  after each
 * @param {object} settings  of both recipes, in place of their own: they tell the pictures' size
 */
export async function prepare(worker, entries, on = () => {}, signal = null, settings = {}) {
  await worker.ready;
  const side = await worker.ask({ settle: settings });
  const pictures = [];
  for (const [i, entry] of entries.entries()) {
    signal?.throwIfAborted();
    try {
      const { planes, width, height } = await worker.ask(entry.scene ? { scene: entry.scene } : { prepare: entry.file });
      pictures.push({ name: entry.name, label: entry.label, part: entry.part, file: entry.file ?? null, planes, width, height,
        print: fingerprint(planes, side), sum: sumOf(planes) });
      on(i + 1);
    } catch (error) {
      on(i + 1, { name: entry.name, reason: error.message });
    }
  }
  return pictures;
}

const tooMany = (count) => `${count} photos are too many for a page; ${kMost} is the limit. The trainer takes more`;

/**
 * Why the classes cannot be called so, or null: a weights file would not hold the names (the core's check of
 * camloss.classes, which speaks only when the training is done).
 */
export function whyNoName(names) {
  for (const name of names) {
    let why = null;
    if (name.trim() === '') why = 'is empty';
    else if (new TextEncoder().encode(name).length > kMostNameBytes) why = `is longer than ${kMostNameBytes} bytes, which are ${kMostNameBytes} Latin letters or 21 Chinese characters`;
    else if (name.includes(',')) why = 'has a comma in it';
    else if (name.trim() !== name) why = 'begins or ends with a space';
    else if (kControl.test(name)) why = 'has a control character in it';
    if (why !== null) return `the name of a class, “${name}”, ${why}; give it another one`;
  }
  return names[0] === names[1] ? `both classes are called ${names[0]}; give them different names` : null;
}

/** Why pictures cannot be trained on, or null. @param {string[]} names of the classes */
export function whyNot(pictures, names) {
  const misnamed = whyNoName(names);
  if (misnamed !== null) return misnamed;
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
  if (pictures.length > kMost) return tooMany(pictures.length);
  return null;
}

/** Pictures whose maps are watched: of val, half of each class. */
export function shownOf(pictures) {
  const of = (label) => pictures.map((p, i) => ({ ...p, i })).filter((p) => p.label === label && p.part !== 0).map((p) => p.i);
  const [a, b] = [of(0), of(1)];
  return [...a.slice(0, kShown / 2), ...b.slice(0, kShown / 2)];
}

/** Epochs that a recipe takes for divided pictures: its own, or as many more as make its least_steps. As the trainer's reach_least_steps. */
export function epochsOf({ epochs, least_steps: least = 0, batch, balance }, pictures) {
  const [a, b] = [0, 1].map((label) => pictures.filter((p) => p.part === 0 && p.label === label).length);
  const steps = Math.ceil((balance ? 2 * Math.max(a, b) : a + b) / batch);
  return steps > 0 ? Math.max(epochs, Math.ceil(least / steps)) : epochs;
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
      worker.tell({ begin: { recipe: name, settings } });
      worker.give(pictures).then(() => worker.tell({ train: { recipe: name, seed, classes, trainedOn, shown, ...kept[name] } }), reject);
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
  if (!Array.isArray(classes) || classes.length !== 2) throw new Error(`${classes?.length ?? 'no'} classes were given; two are needed`);
  const names = classes.map(({ name }) => String(name));
  const entries = classes.flatMap(({ pictures }, label) => [...pictures].map((file, i) => ({ name: file.name ?? `${names[label]} ${i + 1}`, file, label })));
  if (entries.length > kMost) throw new Error(tooMany(entries.length));
  const misnamed = whyNoName(names);
  if (misnamed !== null) throw new Error(misnamed);
  const preparing = new TrainWorker(), leftOut = [];
  let pictures, defaults;
  try {
    defaults = (await preparing.ready).recipes;
    pictures = await prepare(preparing, entries, (_, refused) => { if (refused) leftOut.push(refused); }, signal, recipe);
  } finally {
    preparing.end();
  }
  const { both } = divide(pictures, seed);
  const used = pictures.filter((_, i) => !both.includes(i));
  const reason = whyNot(used, names);
  if (reason) throw new Error(reason);
  leftOut.push(...both.map((i) => ({ name: pictures[i].name, reason: 'is in both classes' })));
  signal?.throwIfAborted();
  const epochs = recipe.epochs ?? epochsOf({ ...defaults.baseline, ...recipe }, used);
  const at = { baseline: 0, camloss: 0 };
  const training = startTraining({ pictures: used, classes: names, seed, settings: { ...recipe, epochs } }, (name, { progress }) => {
    if (!progress) return;
    at[name] = progress.epoch + progress.batch / progress.stepsPerEpoch;
    onProgress({ share: (at.baseline + at.camloss) / (2 * epochs), epoch: Math.min(at.baseline, at.camloss) });
  });
  const stop = () => training.cancel();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const { done, metrics } = await training.result;
    if (metrics.failed.length > 0) throw new Error(metrics.failed[0]);
    return { baseline: done.baseline.weights, camloss: done.camloss.weights, metrics: { ...metrics, leftOut } };
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
