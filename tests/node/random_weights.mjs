// Weights files from a fixed seed, written here byte by byte: nothing of the program under test makes them.

const HEAD = [128, 128, 64, 32, 1];

/** A small generator with numbers in [0, 1). */
export function random(seed) {
  let state = (seed * 2654435761 + 1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Names and shapes of the network's tensors. @param {number} context K of fc0's K x K convolution (fcn) */
export function shapes(head, size, context = 1) {
  const cells = (size / 8) ** 2;
  const result = {};
  for (const [i, [cin, cout]] of [[3, 16], [16, 16], [16, 64], [64, 32]].entries()) {
    result[`conv${i}.weight`] = [cout, cin, 2, 2];
    result[`conv${i}.bias`] = [cout];
  }
  for (const [i, channels] of [16, 64, 32].entries()) {
    for (const name of ['weight', 'bias', 'running_mean', 'running_var']) result[`bn${i + 1}.${name}`] = [channels];
  }
  for (const [i, out] of HEAD.entries()) {
    const cin = i > 0 ? HEAD[i - 1] : head === 'dense' ? 32 * cells : 32;
    const k = i === 0 ? context : 1;
    result[`fc${i}.weight`] = head === 'dense' ? [out, cin] : [out, cin, k, k];
    result[`fc${i}.bias`] = [out];
  }
  return result;
}

/** @returns {Map<string, {shape: number[], values: Float32Array}>} */
export function randomTensors(head, size, seed, context = 1) {
  const next = random(seed);
  const tensors = new Map();
  for (const [name, shape] of Object.entries(shapes(head, size, context))) {
    const count = shape.reduce((a, b) => a * b, 1);
    const bound = 1.7 / Math.sqrt(shape.length > 1 ? count / shape[0] : 16);
    const values = new Float32Array(count);
    for (let i = 0; i < count; ++i) {
      values[i] = name.endsWith('running_var') ? 0.2 + 1.3 * next()
        : /^bn.*\.weight$/.test(name) ? -0.4 + 1.8 * next()
          : bound * (2 * next() - 1);
    }
    tensors.set(name, { shape, values });
  }
  return tensors;
}

/** @param {object} more further entries, such as 'camloss.context_dilation' */
export function metadata(head, size, more = {}) {
  return {
    'camloss.format': '1', 'camloss.head': head, 'camloss.input_size': String(size), 'camloss.mean': '0.5',
    'camloss.std': '0.25', 'camloss.classes': 'leopard,orca', 'camloss.recipe': 'test', 'camloss.seed': '1', ...more,
  };
}

/** A safetensors file. */
export function safetensors(tensors, meta) {
  const header = { __metadata__: meta };
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + 4 * values.length] };
    offset += 4 * values.length;
  }
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json + ' '.repeat(-Buffer.byteLength(json) & 7));
  const bytes = new Uint8Array(8 + text.length + offset);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, text.length, true);
  bytes.set(text, 8);
  let at = 8 + text.length;
  for (const { values } of tensors.values()) {
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

/** The same content as JSON, tensors as nested arrays. */
export function weightsJson(tensors, meta) {
  const nest = (values, shape) => {
    if (shape.length === 1) return [...values];
    const step = values.length / shape[0];
    return Array.from({ length: shape[0] }, (_, i) => nest(values.subarray(i * step, (i + 1) * step), shape.slice(1)));
  };
  const file = { __metadata__: meta };
  for (const [name, { shape, values }] of tensors) file[name] = nest(values, shape);
  return new TextEncoder().encode(JSON.stringify(file));
}

/** RGBA noise over a gradient. */
export function picture(width, height, seed) {
  const next = random(seed);
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; ++i) {
    const x = i % width, y = Math.floor(i / width);
    data.set([255 * x / width, 255 * y / height, 128 + 100 * Math.sin(x / 9 + y / 5), 255].map((v) => v + 40 * (next() - 0.5)), 4 * i);
    data[4 * i + 3] = 255;
  }
  return { data, width, height };
}
