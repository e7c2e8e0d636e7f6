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

/** An error of the module's own: a bad file, address or picture, an unknown option. `cause` has what lay behind it. */
export class CamlossError extends Error {
  constructor(message, more) {
    super(message, more);
    this.name = 'CamlossError';
  }
}

// The addresses are written out, so that bundlers find the files. tools/npm-package.mjs writes a form of this module in which
// the bytes stand here themselves, for bundlers that leave such addresses alone.
const kBinaries = {
  simd: () => new URL('./camloss.wasm', import.meta.url),
  plain: () => new URL('./camloss-plain.wasm', import.meta.url),
};

const kLargeFile = 64 * 2 ** 20; // bytes; larger weights get an instance of their own, which they alone can exhaust
const kLargePicture = 64 * 2 ** 20; // bytes; the memory of larger ones is given back after the call

let core; // promise of the one instance that all models share
let options = { simd: 'auto', wasm: undefined };

/**
 * Chooses how the WebAssembly is loaded; call before the first loadModel.
 * @param {{simd?: 'auto'|boolean, wasm?: BufferSource|Blob|Response|WebAssembly.Module|string|URL}} choice
 */
export function configure(choice) {
  if (core || compiled) throw new CamlossError('the module is loaded already — call configure before the first loadModel');
  options = { ...options, ...choice };
}

/** Whether this engine has 128-bit SIMD. */
export function hasSimd() {
  return WebAssembly.validate(SIMD_PROBE);
}

const { process: node } = globalThis; // by that way, so that no bundler puts another in its place
const isNode = node?.versions?.node !== undefined;

/** A module of Node.js or one that is installed beside this one. Joined, so that no bundler looks for it. */
const importNow = (...words) => import(/* webpackIgnore: true */ /* @vite-ignore */ words.join('/'));

/** The name of a value's type, whatever realm it comes from: 'Uint8Array', 'HTMLImageElement', 'undefined'. */
function typeName(value) {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return tag === 'Object' ? value.constructor?.name || tag : tag === 'Undefined' || tag === 'Null' ? tag.toLowerCase() : tag;
}

/** Rejects as soon as the signal says so; without a signal the promise itself. */
function abortable(promise, signal) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** A response that has a file; any other is an error that names its address. */
function answered(response, address = response.url) {
  if (!response.ok) throw new CamlossError(`${address}: the server answered ${response.status} — check the address`);
  return response;
}

/** The answer of an address. Every failure but an abort is an error that names the address. */
async function request(address, signal) {
  let response;
  try {
    response = await fetch(address, { signal });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new CamlossError(`${address} could not be fetched: ${error.message} — check the address, the network, and, on another ` +
      'server, that it allows this page by CORS', { cause: error });
  }
  return answered(response, address);
}

/** All of a response or blob, in a form that it has a method for. */
async function whole(source, form, address, signal) {
  try {
    return await source[form]();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new CamlossError(`${address} could not be read to its end: ${error.message} — load it again`, { cause: error });
  }
}

/** The bytes of a response or blob. */
const body = async (source, address, signal) => new Uint8Array(await whole(source, 'arrayBuffer', address, signal));

/**
 * The file behind an address or a response, named by its address.
 * @param {Response|string|URL} source @param {AbortSignal} [signal] ends it with the signal's reason
 * @returns {Promise<Blob>} a File where the address is known
 */
export async function fileOf(source, signal) {
  const isResponse = typeName(source) === 'Response', address = isResponse ? source.url : String(source);
  const response = isResponse ? answered(source) : await request(address, signal);
  const blob = await abortable(whole(response, 'blob', address || 'the response', signal), signal);
  return address === '' ? blob : new File([blob], address);
}

/** What a source is called in messages. */
const nameOf = (source) => {
  const type = typeName(source);
  return type === 'String' || type === 'URL' ? String(source) : source?.url || source?.name || 'weights';
};

/** Bytes of an address, a path (Node.js), a blob, a response, or bytes as they are, of any realm. */
async function readBytes(source, signal) {
  const type = typeName(source);
  if (type === 'ArrayBuffer' || type === 'SharedArrayBuffer') return new Uint8Array(source);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (type === 'Blob' || type === 'File') return abortable(body(source, nameOf(source), signal), signal);
  if (type === 'Response') return abortable(body(answered(source), source.url || 'the response', signal), signal);
  if (type !== 'String' && type !== 'URL') {
    throw new CamlossError(`${type} is not a file — give bytes, a Blob, a Response, an address${isNode ? ' or a path' : ''}`);
  }
  const text = String(source);
  if (!isNode || /^(https?|blob|data):/.test(text)) return body(await request(text, signal), text, signal);
  const { readFile } = node.getBuiltinModule?.('node:fs/promises') ?? await importNow('node:fs', 'promises');
  try {
    return new Uint8Array(await readFile(text.startsWith('file:') ? new URL(text) : text, { signal }));
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new CamlossError(`cannot read ${text}: ${error.message} — check the path`, { cause: error });
  }
}

/** Compiles while it arrives where the server names the type; from the bytes otherwise. */
async function compile(source, name) {
  if (typeName(source) === 'WebAssembly.Module') return source;
  const refuse = (what, error) => new CamlossError(`${name} ${what} — let it be the camloss.wasm of this module`, { cause: error });
  try {
    if (!isNode && name === String(source)) {
      const response = await request(name);
      if (response.headers.get('Content-Type') === 'application/wasm') return await WebAssembly.compileStreaming(response);
      source = response;
    }
    const bytes = await readBytes(source);
    if (bytes[0] === 0x3c) throw refuse('is an HTML page, not WebAssembly');
    return await WebAssembly.compile(bytes);
  } catch (error) {
    if (error instanceof CamlossError) throw error;
    throw refuse(`cannot be compiled: ${error.message}`, error);
  }
}

const binary = () => options.wasm ?? ((options.simd === 'auto' ? hasSimd() : options.simd) ? kBinaries.simd : kBinaries.plain)();
let compiled; // promise of the WebAssembly.Module
let binaryName; // what it is called in messages

/** The compiled WebAssembly, to be handed to a worker: configure({ wasm }) there spares it the file. */
export function compiledModule() {
  if (compiled) return compiled;
  const source = binary(); // once: where it stands in this file it must be decoded
  binaryName = ['String', 'URL'].includes(typeName(source)) ? String(source) : 'the WebAssembly';
  compiled = compile(source, binaryName).catch((error) => {
    compiled = undefined; // the next call may fare better
    throw error;
  });
  return compiled;
}

async function instantiate() {
  const module = await compiledModule(), name = binaryName;
  const another = `${name} is not this module's file`;
  // The core has no files, clock or console; what little its runtime asks for is answered here.
  const imports = {};
  for (const { module: space, name: field, kind } of WebAssembly.Module.imports(module)) {
    if (kind !== 'function') throw new CamlossError(`${another}: it wants ${space}.${field} — let it be its camloss.wasm`);
    imports[space] ??= {};
    imports[space][field] = field === 'proc_exit' ? () => { throw new Error('out of memory'); } : () => 0;
  }
  try {
    const { exports } = await WebAssembly.instantiate(module, imports);
    if (!(exports.memory instanceof WebAssembly.Memory) || !exports.camloss_release) throw new Error('it lacks camloss_release');
    exports._initialize?.();
    return new Core(exports);
  } catch (error) {
    throw new CamlossError(`${another}: ${error.message} — let it be its camloss.wasm, of the same version`, { cause: error });
  }
}

/** The instance: memory in and out. */
class Core {
  constructor(exports) {
    this.pixels = { at: 0, size: 0 }; // kept from call to call
    this.lost = false; // whether a call ended half-way
    this.api = { memory: exports.memory };
    for (const [name, call] of Object.entries(exports)) {
      if (name.startsWith('camloss_')) this.api[name] = (...values) => this.guarded(call, values);
    }
    const limit = (field) => this.withText(field, (at) => this.api.camloss_number(0, at));
    this.maxSide = limit('max_picture_side');
    this.maxPixels = limit('max_picture_pixels');
    this.maxHeatSide = limit('max_heat_side');
    this.maxWeights = limit('max_weights_bytes');
  }

  /** Calls the core. An instance whose call ended half-way is not used again: the next model gets a new one. */
  guarded(call, values) {
    if (this.lost) throw new CamlossError('the core ran out of memory in an earlier call — load the model again');
    try {
      return call(...values);
    } catch (error) {
      this.lost = true;
      core?.then((shared) => { if (shared === this) core = undefined; });
      throw new CamlossError(`the core ran out of memory (${error.message}) — use smaller pictures and load the model again`,
        { cause: error });
    }
  }

  text(at) {
    const bytes = new Uint8Array(this.api.memory.buffer);
    let end = at;
    while (bytes[end] !== 0) ++end;
    return new TextDecoder().decode(bytes.slice(at, end));
  }

  alloc(size) {
    const at = size < 2 ** 31 ? this.api.camloss_alloc(Math.max(size, 1)) >>> 0 : 0;
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
      if (!this.lost) this.api.camloss_free(at);
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

  /** After a large picture: gives its memory back, which the next call may need. */
  tidy(bytes) {
    if (bytes < kLargePicture || this.lost) return;
    this.api.camloss_release();
    if (this.pixels.at !== 0) this.api.camloss_free(this.pixels.at);
    this.pixels = { at: 0, size: 0 };
  }

  floats(at, count) {
    return new Float32Array(this.api.memory.buffer, at >>> 0, count).slice();
  }

  check(result) {
    if (!result) throw new CamlossError(this.text(this.api.camloss_error()));
    return result;
  }
}

const isCount = (value) => Number.isInteger(value) && value >= 1;

/** Width and height of what a canvas can draw, pixels; null for anything else. */
function drawableSize(value) {
  switch (typeName(value)) {
    case 'HTMLImageElement': return value.complete ? [value.naturalWidth, value.naturalHeight] : [0, 0];
    case 'HTMLVideoElement': return [value.videoWidth, value.videoHeight];
    case 'VideoFrame': return [value.displayWidth, value.displayHeight];
    case 'ImageBitmap': case 'HTMLCanvasElement': case 'OffscreenCanvas': return [value.width, value.height];
    default: return null;
  }
}

/** Refuses a picture beyond the core's limits, before anything is allocated. */
function checkSize(instance, width, height) {
  if (!isCount(width) || !isCount(height)) {
    throw new CamlossError(`a picture of ${width}x${height} — width and height must be whole numbers from 1`);
  }
  if (width > instance.maxSide || height > instance.maxSide || width * height > instance.maxPixels) {
    throw new CamlossError(`the picture is too large: ${width}x${height} — the limit is ${instance.maxSide} pixels a side and ` +
      `${instance.maxPixels / 1e6} megapixels; reduce it first`);
  }
}

/** The pixels of something that the platform can draw, on white. */
function drawn(instance, value, [width, height]) {
  const type = typeName(value);
  if (width === 0 || height === 0) throw new CamlossError(`the ${type} has no pixels yet, or none at all — wait until it is loaded`);
  checkSize(instance, width, height);
  const canvas = typeof OffscreenCanvas !== 'undefined' ? new OffscreenCanvas(width, height)
    : typeof document !== 'undefined' ? Object.assign(document.createElement('canvas'), { width, height }) : null;
  const context = canvas?.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) throw new CamlossError(`a ${type} cannot be drawn here — give { data, width, height } with RGB or RGBA data`);
  try {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(value, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  } catch (error) {
    throw new CamlossError(`the ${type}${value.currentSrc ? ` ${value.currentSrc}` : ''} cannot be read: ${error.message} — ` +
      'a picture of another server needs crossorigin="anonymous"', { cause: error });
  }
}

/** Checked { data, width, height, channels } of any picture that needs no waiting. */
function pixelsOf(instance, picture) {
  const type = typeName(picture), size = drawableSize(picture);
  if (size) return pixelsOf(instance, drawn(instance, picture, size));
  if (ArrayBuffer.isView(picture) || type.endsWith('ArrayBuffer')) {
    throw new CamlossError(`these are bytes (${type}), not a picture — decode the file first, to { data, width, height } with RGB ` +
      'or RGBA data, or give it as a Blob');
  }
  if (picture === null || typeof picture !== 'object' || !('data' in picture || 'width' in picture)) {
    throw new CamlossError(`${type} is not a picture — give { data, width, height }; width and height must be whole numbers from 1`);
  }
  const { data: given, width, height } = picture;
  checkSize(instance, width, height);
  const kind = typeName(given);
  const data = kind === 'ArrayBuffer' || kind === 'SharedArrayBuffer' ? new Uint8Array(given) : given;
  const area = width * height;
  if (!['Uint8Array', 'Uint8ClampedArray'].includes(typeName(data))) {
    throw new CamlossError(`a picture of ${width}x${height} needs ${4 * area} bytes of RGBA in a Uint8Array or Uint8ClampedArray, ` +
      `not ${kind === 'undefined' ? 'none' : kind}`);
  }
  if (data.length !== 4 * area && data.length !== 3 * area) {
    throw new CamlossError(`a picture of ${width}x${height} needs ${4 * area} bytes of RGBA or ${3 * area} of RGB, not ${data.length}`);
  }
  return { data, width, height, channels: data.length / area };
}

/** The segments of a JPEG before its pixels, as [marker, body]. */
function* segmentsOf(jpeg) {
  for (let at = 2; at + 4 <= jpeg.length && jpeg[at] === 0xff && jpeg[at + 1] !== 0xda;) {
    const end = at + 2 + (jpeg[at + 2] << 8 | jpeg[at + 3]);
    yield [jpeg[at + 1], jpeg.subarray(at + 4, end)];
    at = end;
  }
}

const beginsWith = (bytes, text) => String.fromCharCode(...bytes.subarray(0, text.length)) === text;

/** How a JPEG's first EXIF segment says the picture lies, as browsers read it: 1 to 8. */
function orientationOf(jpeg) {
  for (const [marker, body] of segmentsOf(jpeg)) {
    if (marker !== 0xe1 || !beginsWith(body, 'Exif\0\0') || body.length < 20) continue;
    const view = new DataView(body.buffer, body.byteOffset + 6, body.byteLength - 6);
    const little = view.getUint8(0) === 0x49, at = view.getUint32(4, little);
    for (let i = 0; at + 2 <= view.byteLength && i < view.getUint16(at, little) && at + 14 + 12 * i <= view.byteLength; ++i) {
      const entry = at + 2 + 12 * i;
      if (view.getUint16(entry, little) !== 0x112) continue;
      const isShort = view.getUint16(entry + 2, little) === 3 && view.getUint32(entry + 4, little) === 1;
      return isShort ? view.getUint16(entry + 8, little) : 1;
    }
    return 1;
  }
  return 1;
}

/** What an Adobe segment says of a JPEG's colours: 0 as they are, 1 YCbCr, 2 YCCK; undefined without one. */
function adobeTransform(jpeg) {
  for (const [marker, body] of segmentsOf(jpeg)) if (marker === 0xee && beginsWith(body, 'Adobe')) return body[11];
  return undefined;
}

/** Whether a JPEG of three channels holds red, green and blue themselves. */
function holdsRgb(jpeg) {
  const adobe = adobeTransform(jpeg);
  if (adobe !== undefined) return adobe === 0;
  for (const [marker, body] of segmentsOf(jpeg)) {
    if (marker >= 0xc0 && marker <= 0xc2) return body[5] === 3 && [6, 9, 12].every((at, i) => body[at] === 'RGB'.charCodeAt(i));
  }
  return false;
}

/** RGBA turned as its orientation says. */
function upright({ data, width, height }, orientation) {
  if (!(orientation >= 2 && orientation <= 8)) return { data, width, height };
  const swaps = orientation >= 5, [w, h] = swaps ? [height, width] : [width, height];
  const from = new Uint32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)), to = new Uint32Array(w * h);
  for (let y = 0; y < h; ++y) {
    for (let x = 0; x < w; ++x) {
      let [u, v] = swaps ? [y, x] : [x, y];
      if ([2, 3, 7, 8].includes(orientation)) u = width - 1 - u;
      if ([3, 4, 6, 7].includes(orientation)) v = height - 1 - v;
      to[y * w + x] = from[v * width + u];
    }
  }
  return { data: new Uint8Array(to.buffer), width: w, height: h };
}

/** A JPEG or another file by sharp, to RGBA. */
async function decodeBySharp(sharp, bytes, isJpeg) {
  // What is odd but whole is decoded, as everywhere else.
  const file = sharp(bytes, { failOn: 'truncated' });
  const raw = async (pipeline) => {
    const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  };
  const isWebp = beginsWith(bytes.subarray(8), 'WEBP'); // browsers leave its EXIF alone
  if (!isJpeg) return raw((isWebp ? file : file.rotate()).toColourspace('srgb').ensureAlpha());
  const { space } = await file.metadata();
  if (space !== 'cmyk') return upright(await raw(file.toColourspace('srgb').ensureAlpha()), orientationOf(bytes));
  // Inks by the plain rule of the trainer and of browsers, not by a profile.
  const { data: inks, width, height } = await raw(file.pipelineColourspace('cmyk').toColourspace('cmyk'));
  const data = new Uint8Array(inks.length);
  for (let at = 0; at < inks.length; at += 4) {
    for (let c = 0; c < 3; ++c) data[at + c] = Math.floor((255 - inks[at + c]) * (255 - inks[at + 3]) / 255);
    data[at + 3] = 255;
  }
  return upright({ data, width, height }, orientationOf(bytes));
}

/** Decodes a file where there is no createImageBitmap: by `sharp`, or `jpeg-js` for JPEG, whichever is installed. */
async function decodeByPackage(bytes, name) {
  const sharp = await importNow('sharp').catch(() => null);
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  const jpeg = sharp === null && isJpeg ? await importNow('jpeg-js').catch(() => null) : null;
  try {
    if (sharp) return await decodeBySharp(sharp.default, bytes, isJpeg);
    if (jpeg) {
      const wish = { useTArray: true, ...(holdsRgb(bytes) ? { colorTransform: false } : {}) };
      return upright((jpeg.default ?? jpeg).decode(bytes, wish), orientationOf(bytes));
    }
  } catch (error) {
    const isForeign = /unsupported image format/i.test(error.message);
    throw new CamlossError(`${name} could not be decoded: ${error.message} — ${isForeign
      ? 'sharp reads JPEG, PNG, WebP, GIF, AVIF and TIFF; decode others yourself and give { data, width, height }'
      : 'the file may be damaged'}`, { cause: error });
  }
  throw new CamlossError(`${name} cannot be decoded here — install a decoder beside camloss: npm install sharp` +
    `${isJpeg ? ', or jpeg-js' : ''}; or give { data, width, height }`);
}

/** Decodes a Blob or Response. */
async function decode(picture, signal) {
  const name = picture.url || picture.name || `the ${typeName(picture)}`;
  if (isNode || typeof createImageBitmap === 'undefined') return decodeByPackage(await readBytes(picture, signal), name);
  const bytes = await readBytes(picture, signal);
  const bitmap = createImageBitmap(new Blob([bytes]),
    { colorSpaceConversion: 'none', premultiplyAlpha: 'none', imageOrientation: 'from-image' });
  try {
    return await abortable(bitmap, signal);
  } catch (error) {
    bitmap.then((late) => late.close(), () => {}); // nobody takes it any more
    if (signal?.aborted) throw signal.reason;
    throw new CamlossError(`${name} could not be decoded — it is damaged, or of a format that this browser does not read`, { cause: error });
  }
}

/** Decodes a Blob or Response, calls with it, and gives its memory back. */
async function withDecoded(picture, signal, call) {
  const decoded = await decode(picture, signal);
  try {
    return call(decoded);
  } finally {
    decoded.close?.();
  }
}

const needsDecoding = (picture) => ['Blob', 'File', 'Response'].includes(typeName(picture));

/**
 * Loads a model.
 * @param {ArrayBuffer|ArrayBufferView|Blob|Response|string|URL} source bytes, address or (Node) path of .safetensors or .json
 * @param {{name?: string, signal?: AbortSignal}} [about] name for messages; signal: ends it with the signal's reason
 */
export async function loadModel(source, about) {
  const { name = nameOf(source), signal } = about ?? {};
  signal?.throwIfAborted();
  core ??= instantiate().catch((error) => {
    core = compiled = undefined; // the next call may fare better
    throw error;
  });
  // Both are fetched at once. What is shared is not aborted.
  const [shared, bytes] = await Promise.all([abortable(core, signal), readBytes(source, signal)]);
  if (bytes.byteLength > shared.maxWeights) {
    throw new CamlossError(`${name}: the file has ${bytes.byteLength} bytes — weights files of more than 1 GiB are not read`);
  }
  const instance = bytes.byteLength > kLargeFile ? await instantiate() : shared;
  const handle = instance.withText(name, (nameAt) =>
    instance.withBytes(bytes, (at) => instance.check(instance.api.camloss_load(at, bytes.byteLength, nameAt))));
  return new Model(instance, handle);
}

/**
 * Why two models are no pair whose maps can be compared.
 * @param {Model} first @param {Model} second
 * @returns {string|null} null where they are a pair
 */
export function whyNoPair(first, second) {
  const [a, b] = [first, second].map(({ info }) => info.classes.join(' and '));
  if (a === b) return null;
  return `the models know different classes, ${a} against ${b} — train both on the same two, in the same order`;
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
   * Explains a picture. The answer comes at once; for a Blob or Response, which must be decoded, it is a promise.
   * @param {object} picture { data, width, height } of RGBA (as ImageData) or RGB bytes; an image, canvas, ImageBitmap, video
   *   or VideoFrame; or a Blob or Response of a picture file
   * @param {{method?: string, features?: boolean, signal?: AbortSignal}} [wish] method: one of info.methods, or 'none' to
   *   predict only; signal: for promises
   */
  explain(picture, wish) {
    wish ??= {};
    if (needsDecoding(picture)) return withDecoded(picture, wish.signal, (decoded) => this.explain(decoded, wish));
    const { data, width, height, channels } = pixelsOf(this.#core, picture);
    const { api } = this.#core;
    try {
      const at = this.#core.placePixels(data);
      this.#core.withText(wish.method ?? '', (method) =>
        this.#core.check(api.camloss_explain(this.#handle, at, width, height, channels, method)));
    } finally {
      this.#core.tidy(data.length);
    }
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
    if (!this.#core.lost) this.#core.api.camloss_dispose(this.#handle);
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
  heat(width, height, wish) {
    const most = this.#core.maxHeatSide;
    if (!isCount(width) || !isCount(height) || width > most || height > most) {
      throw new CamlossError(`a heat map of ${width}x${height} cannot be made — each side must be a whole number of 1 to ${most} pixels`);
    }
    return this.#withMap(wish?.evidence, (api, at, evidence) => {
      const heatAt = this.#core.check(api.camloss_heat(at, this.cells, this.logit, evidence, width, height));
      const heat = this.#core.floats(heatAt, width * height);
      this.#core.tidy(heat.byteLength);
      return heat;
    });
  }

  /**
   * The evidence drawn over a picture, as `trainer explain` and the page draw it.
   * @param {object} picture as for explain, of any size; for a Blob or Response the answer is a promise
   * @param {{evidence?: 'signed'|'predicted'|'class0'|'class1', colours?: string, opacity?: number, scale?: number}} [wish]
   *   scale: the value that has the last colour, to draw several maps on one scale; without it the strongest evidence
   * @returns {{data: Uint8ClampedArray, width: number, height: number}} RGBA, as ImageData
   */
  overlay(picture, wish) {
    wish ??= {};
    if (needsDecoding(picture)) return withDecoded(picture, wish.signal, (decoded) => this.overlay(decoded, wish));
    const { data, width, height, channels } = pixelsOf(this.#core, picture);
    const { evidence = 'predicted', opacity = 0.6, scale = 0 } = wish;
    for (const [name, value] of Object.entries({ opacity, scale })) {
      if (typeof value !== 'number' || Number.isNaN(value)) throw new CamlossError(`${name} is ${value} — it must be a number`);
    }
    const colours = wish.colours ?? (evidence === 'signed' ? 'diverging' : 'viridis');
    return this.#withMap(evidence, (api, at, number) => {
      try {
        const pixels = this.#core.placePixels(data);
        const drawnAt = this.#core.withText(colours, (name) => this.#core.check(
          api.camloss_overlay(pixels, width, height, channels, at, this.cells, this.logit, number, name, opacity, scale)));
        return { data: new Uint8ClampedArray(api.memory.buffer, drawnAt >>> 0, 4 * width * height).slice(), width, height };
      } finally {
        this.#core.tidy(data.length);
      }
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
