// The JavaScript module without UI: loads weights, explains pictures. Runs in pages, workers and Node 18+.
//
//   import { loadModel } from './camloss.mjs';
//   const model = await loadModel('weights/camloss.safetensors');
//   const { label, probability, offCentreMass } = model.explain(imageData);
//   model.dispose();

const FIGURES = 9; // doubles of CamlossFigures, in wasm/module/module.h
const EVIDENCE = { predicted: 0, class0: 1, class1: 2, signed: 3 };

// The smallest module that needs SIMD128: (func (result v128) (i32x4.splat (i32.const 0))), popcnt'ed to be sure.
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/** An error of the program's own: a bad file, a bad picture, an unknown option. */
export class CamlossError extends Error {
  constructor(message) {
    super(message);
    this.name = 'CamlossError';
  }
}

let core; // promise of the one instance that all models share
let options = { simd: 'auto', wasm: undefined };

/**
 * Chooses how the WebAssembly is loaded; call before the first loadModel.
 * @param {{simd?: 'auto'|boolean, wasm?: BufferSource|string|URL}} choice
 */
export function configure(choice) {
  if (core) throw new CamlossError('the module is loaded already — call configure before the first loadModel');
  options = { ...options, ...choice };
}

/** Whether this engine has 128-bit SIMD. */
export function hasSimd() {
  return WebAssembly.validate(SIMD_PROBE);
}

const isNode = typeof process !== 'undefined' && process.versions?.node !== undefined;

/** Bytes of a URL, a path (Node), or bytes as they are. */
async function readBytes(source) {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (typeof Blob !== 'undefined' && source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  const text = String(source);
  const isUrl = /^(https?|blob|data):/.test(text);
  if (isNode && !isUrl) {
    const { readFile } = await import('node:fs/promises');
    const bytes = await readFile(text.startsWith('file:') ? new URL(text) : text).catch((error) => {
      throw new CamlossError(`cannot read ${text}: ${error.message} — check the path`);
    });
    return new Uint8Array(bytes);
  }
  const response = await fetch(text);
  if (!response.ok) throw new CamlossError(`${text}: the server answered ${response.status} — check the address`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Compiles while it arrives where the server names the type; from the bytes otherwise. */
async function compile() {
  const simd = options.simd === 'auto' ? hasSimd() : options.simd;
  // Both addresses are written out, so that bundlers find the files.
  const source = options.wasm ??
    (simd ? new URL('./camloss.wasm', import.meta.url) : new URL('./camloss-plain.wasm', import.meta.url));
  if (!isNode && (typeof source === 'string' || source instanceof URL)) {
    const response = await fetch(source);
    if (!response.ok) throw new CamlossError(`${source}: the server answered ${response.status} — check the address`);
    if (response.headers.get('Content-Type') === 'application/wasm') return WebAssembly.compileStreaming(response);
    return WebAssembly.compile(await response.arrayBuffer());
  }
  return WebAssembly.compile(await readBytes(source));
}

async function instantiate() {
  const module = await compile();
  // The core has no files, clock or console; what little its runtime asks for is answered here.
  const imports = {};
  for (const { module: space, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind !== 'function') throw new CamlossError(`camloss.wasm wants ${space}.${name} — it is not this module's file`);
    imports[space] ??= {};
    imports[space][name] = name === 'proc_exit' ? () => { throw new CamlossError('the core ran out of memory'); } : () => 0;
  }
  const { exports } = await WebAssembly.instantiate(module, imports);
  exports._initialize?.();
  return new Core(exports);
}

/** The instance: memory in and out. */
class Core {
  constructor(exports) {
    this.api = exports;
    this.pixels = { at: 0, size: 0 }; // kept from call to call
  }

  text(at) {
    const bytes = new Uint8Array(this.api.memory.buffer);
    let end = at;
    while (bytes[end] !== 0) ++end;
    return new TextDecoder().decode(bytes.slice(at, end));
  }

  alloc(size) {
    const at = this.api.camloss_alloc(Math.max(size, 1));
    if (at === 0) throw new CamlossError(`${Math.ceil(size / 2 ** 20)} MiB of memory are not to be had — use smaller pictures`);
    return at;
  }

  /** Copies bytes in, calls with their address, frees them. */
  withBytes(bytes, call) {
    const at = this.alloc(bytes.byteLength);
    try {
      new Uint8Array(this.api.memory.buffer).set(bytes, at);
      return call(at);
    } finally {
      this.api.camloss_free(at);
    }
  }

  withText(text, call) {
    return this.withBytes(new TextEncoder().encode(`${text}\0`), call);
  }

  /** Copies a picture into a buffer that is kept, as pictures follow one another. */
  placePixels(bytes) {
    if (this.pixels.size < bytes.length) {
      if (this.pixels.at !== 0) this.api.camloss_free(this.pixels.at);
      this.pixels = { at: 0, size: 0 };
      this.pixels = { at: this.alloc(bytes.length), size: bytes.length };
    }
    new Uint8Array(this.api.memory.buffer).set(bytes, this.pixels.at);
    return this.pixels.at;
  }

  floats(at, count) {
    return new Float32Array(this.api.memory.buffer, at, count).slice();
  }

  check(result) {
    if (!result) throw new CamlossError(this.text(this.api.camloss_error()));
    return result;
  }
}

/** Refuses what is no picture. @returns {number} bytes a pixel */
function channelsOf(picture) {
  if (ArrayBuffer.isView(picture) || picture instanceof ArrayBuffer) {
    throw new CamlossError('these are bytes, not a picture — decode the file first, to { data, width, height } with RGB or RGBA data');
  }
  const { data, width, height } = picture ?? {};
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new CamlossError(`a picture of ${width}x${height} — width and height must be whole numbers from 1`);
  }
  const area = width * height;
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray) || (data.length !== 4 * area && data.length !== 3 * area)) {
    throw new CamlossError(`a picture of ${width}x${height} needs ${4 * area} bytes of RGBA, not ${data?.length ?? 'none'}`);
  }
  return data.length / area;
}

/**
 * Loads a model.
 * @param {ArrayBuffer|ArrayBufferView|Blob|string|URL} source bytes, address or (Node) path of .safetensors or .json
 * @param {{name?: string}} [about] name for messages
 */
export async function loadModel(source, about = {}) {
  core ??= instantiate().catch((error) => {
    core = undefined; // the next call may fare better
    throw error;
  });
  const [instance, bytes] = await Promise.all([core, readBytes(source)]); // both are fetched at once
  const name = about.name ?? (typeof source === 'string' || source instanceof URL ? String(source) : 'weights');
  const handle = instance.withText(name, (nameAt) =>
    instance.withBytes(bytes, (at) => instance.check(instance.api.camloss_load(at, bytes.byteLength, nameAt))));
  return new Model(instance, handle);
}

/** A loaded model. */
export class Model {
  #core;
  #handle;

  constructor(instance, handle) {
    this.#core = instance;
    this.#handle = handle;
    const text = (field) => instance.withText(field, (at) => instance.text(instance.api.camloss_text(handle, at)));
    const number = (field) => instance.withText(field, (at) => instance.api.camloss_number(handle, at));
    const metrics = text('metrics');
    this.info = Object.freeze({
      head: text('head'),
      classes: Object.freeze([text('class0'), text('class1')]),
      inputSize: number('input_size'),
      cells: number('cells'),
      contextSize: number('context_size'),
      contextDilation: number('context_dilation'),
      receptiveField: number('receptive_field'),
      temperature: number('temperature'),
      recipe: text('recipe'),
      seed: text('seed'),
      trainedOn: text('trained_on'),
      version: text('version'),
      metrics: metrics === '' ? null : metrics,
      methods: Object.freeze(text('methods').split(',')),
      defaultMethod: text('default_method'),
      kernels: instance.text(instance.api.camloss_kernels()),
    });
  }

  /**
   * Explains a picture.
   * @param {{data: Uint8Array|Uint8ClampedArray, width: number, height: number}} picture RGBA (as ImageData) or RGB
   * @param {{method?: string, features?: boolean}} [wish] method: one of info.methods, or 'none' to predict only
   */
  explain(picture, wish = {}) {
    const channels = channelsOf(picture);
    const { data, width, height } = picture;
    const { api } = this.#core;
    const at = this.#core.placePixels(data);
    this.#core.withText(wish.method ?? '', (method) =>
      this.#core.check(api.camloss_explain(this.#handle, at, width, height, channels, method)));
    const figures = new Float64Array(api.memory.buffer, api.camloss_figures(), FIGURES);
    const mapAt = api.camloss_map();
    const { cells, classes, defaultMethod } = this.info;
    return new Explanation(this.#core, {
      logit: figures[0],
      probability: figures[1],
      label: classes[figures[2]],
      labelIndex: figures[2],
      verdict: classes[figures[8]] ?? 'undecided',
      beta: figures[3],
      offCentreMass: figures[4] ? figures[5] : null,
      residual: figures[6] ? figures[7] : null,
      method: wish.method ?? defaultMethod,
      cells,
      map: mapAt === 0 ? null : this.#core.floats(mapAt, cells * cells),
      features: wish.features ? this.#core.floats(api.camloss_features(), 32 * cells * cells) : null,
    });
  }

  /** Frees the model's memory; later calls of explain throw. */
  dispose() {
    this.#core.api.camloss_dispose(this.#handle);
    this.#handle = 0;
  }
}

/** What a model says of one picture; plain data that outlives the model. */
export class Explanation {
  #core;

  constructor(instance, figures) {
    this.#core = instance;
    Object.assign(this, figures);
  }

  /**
   * The map enlarged to width x height, bilinear, unscaled.
   * @param {number} width pixels
   * @param {number} height pixels
   * @param {{evidence?: 'signed'|'predicted'|'class0'|'class1'}} [wish] the classes' evidence is cut before enlarging
   * @returns {Float32Array} (height, width)
   */
  heat(width, height, wish = {}) {
    return this.#withMap(wish.evidence, (api, at, evidence) => {
      const heatAt = this.#core.check(api.camloss_heat(at, this.cells, this.logit, evidence, width, height));
      return this.#core.floats(heatAt, width * height);
    });
  }

  /**
   * The evidence drawn over a picture, as `trainer explain` and the page draw it.
   * @param {{data: Uint8Array|Uint8ClampedArray, width: number, height: number}} picture RGBA or RGB, of any size
   * @param {{evidence?: 'signed'|'predicted'|'class0'|'class1', colours?: string, opacity?: number, scale?: number}} [wish]
   *   scale: the value that has the last colour, to draw several maps on one scale; without it the strongest evidence
   * @returns {{data: Uint8ClampedArray, width: number, height: number}} RGBA, as ImageData
   */
  overlay(picture, wish = {}) {
    const channels = channelsOf(picture);
    const { data, width, height } = picture;
    const { evidence = 'predicted', opacity = 0.6, scale = 0 } = wish;
    const colours = wish.colours ?? (evidence === 'signed' ? 'diverging' : 'viridis');
    return this.#withMap(evidence, (api, at, number) => {
      const pixels = this.#core.placePixels(data);
      const drawnAt = this.#core.withText(colours, (name) => this.#core.check(
        api.camloss_overlay(pixels, width, height, channels, at, this.cells, this.logit, number, name, opacity, scale)));
      return { data: new Uint8ClampedArray(api.memory.buffer, drawnAt, 4 * width * height).slice(), width, height };
    });
  }

  /** Calls with the interface, the place of the map and the number of the evidence. */
  #withMap(evidence = 'predicted', call) {
    if (!Object.hasOwn(EVIDENCE, evidence)) {
      throw new CamlossError(`unknown evidence '${evidence}' — use ${Object.keys(EVIDENCE).join(', ')}`);
    }
    if (this.map === null) throw new CamlossError("there is no map to draw — use a method other than 'none'");
    const bytes = new Uint8Array(this.map.buffer, this.map.byteOffset, this.map.byteLength);
    return this.#core.withBytes(bytes, (at) => call(this.#core.api, at, EVIDENCE[evidence]));
  }
}
