// The learning core as WebAssembly: settings, pictures, one training; and how a file becomes a picture of it. For workers;
// train-worker.mjs is the page's.
import { atMostFull, tooLarge } from './picture-size.mjs';

const kAsStored = { colorSpaceConversion: 'none', premultiplyAlpha: 'none', imageOrientation: 'from-image' };
const kFigures = 4;   // doubles of TrainFigures in wasm/train/train.h
const kRules = ['fewPictures', 'right', 'silent', 'spread'];  // of TrainRules
const kStep = ['epoch', 'batch', 'stepsPerEpoch', 'finished', 'loss', 'classify', 'map', 'norm', 'rate', 'pictures', 'right'];
const kChoices = { loss: ['bce', 'split'], init: ['torch', 'glorot'], 'optimizer.schedule': ['constant', 'cosine'] };
/** Fields of a recipe that say nothing to the core, or that it has one value for. */
const kFixed = { head: 'fcn', kernel: 'gaussian', calibrate: true, offset: false };
/** Fields that are for people, or used before the core is asked (epochsOf in train.mjs). */
const kNotOfCore = ['name', 'description', 'least_steps'];

/** Parts of a grey level that a picture is kept in, as in shared/picture/packed.h. */
export const kSteps = 256;

/** (3, S, S), 0…255, in half the room. @returns {Uint16Array} */
export function packed(planes) {
  const out = new Uint16Array(planes.length);
  for (let i = 0; i < planes.length; ++i) out[i] = planes[i] * kSteps + 0.5;
  return out;
}

/** The instance: text, bytes and floats in and out. */
export class Core {
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
        if (kNotOfCore.includes(path)) continue;
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

  /** Adds a picture. @param {Float32Array|Uint16Array} given  (3, S, S); whole numbers are `packed` */
  picture(given, label, part) {
    const add = given instanceof Uint16Array ? this.api.train_picture_packed : this.api.train_picture;
    if (this.withBytes(given, (at) => add(at, given.length, label, part)) < 0) this.check(0);
  }

  rules() { return this.named(kRules, this.api.train_rules()); }
  judge(i) { return this.figures(this.api.train_judge(i)); }
  step() { return this.named(kStep, this.api.train_progress()); }
  named(names, at) {
    const values = this.doubles(at >>> 0, names.length);
    return Object.fromEntries(names.map((name, i) => [name, values[i]]));
  }
}

/** RGBA of a picture file, before white. */
export async function pixelsOf(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, kAsStored);
  } catch {
    throw new Error('could not be decoded: the file is damaged or of an unknown format');
  }
  const reason = tooLarge(bitmap);
  if (reason !== null) {
    bitmap.close();
    throw new Error(reason);
  }
  bitmap = await atMostFull(bitmap, kAsStored);
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

/** The network's input that the core has at an address: (3, S, S), 0…255. */
export function planesAt(core, at) {
  return core.floats(core.check(at), 3 * core.side * core.side);
}
