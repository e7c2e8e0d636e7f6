// Weights files as the exporters need them: tensors in float, batch norm folded into the convolutions, and the layouts
// that other runtimes want.

const BATCH_NORM_EPS = 1e-3;
const HEAD = [128, 128, 64, 32, 1];
export const FEATURES = 32; // channels

function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) throw new Error('a weight is not finite');
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * Reads a .safetensors file of F32 or F16 tensors.
 * @param {Uint8Array} bytes
 * @returns {{meta: Object<string, string>, tensors: Map<string, {shape: number[], values: Float32Array}>}}
 */
export function readSafetensors(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const tensors = new Map();
  const { __metadata__: meta = {}, ...entries } = header;
  for (const [name, { dtype, shape, data_offsets: [begin] }] of Object.entries(entries)) {
    if (dtype !== 'F32' && dtype !== 'F16') throw new Error(`${name} is ${dtype} — F32 or F16 can be exported`);
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    const at = 8 + length + begin;
    for (let i = 0; i < values.length; ++i) {
      values[i] = dtype === 'F32' ? view.getFloat32(at + 4 * i, true) : half(view.getUint16(at + 2 * i, true));
    }
    tensors.set(name, { shape, values });
  }
  return { meta, tensors };
}

/** "0.5" or "0.4,0.5,0.6" → three numbers. */
function perChannel(text, fallback) {
  const numbers = (text ?? fallback).split(',').map(Number);
  return numbers.length === 1 ? [numbers[0], numbers[0], numbers[0]] : numbers;
}

/** A convolution with the batch norm after it folded in. @returns weight (cout, cin, 2, 2), bias (cout) */
function folded(tensors, conv, norm) {
  const { shape: [cout, cin], values } = tensors.get(`${conv}.weight`);
  const weight = Float32Array.from(values), bias = Float32Array.from(tensors.get(`${conv}.bias`).values);
  if (norm) {
    const of = (field) => tensors.get(`${norm}.${field}`).values;
    for (let o = 0; o < cout; ++o) {
      const scale = of('weight')[o] / Math.sqrt(of('running_var')[o] + BATCH_NORM_EPS);
      for (let i = 0; i < cin * 4; ++i) weight[o * cin * 4 + i] *= scale;
      bias[o] = (bias[o] - of('running_mean')[o]) * scale + of('bias')[o];
    }
  }
  return { cout, cin, weight, bias };
}

/** (rows, columns) → (columns, rows) */
export function transposed(values, rows, columns) {
  const result = new Float32Array(values.length);
  for (let r = 0; r < rows; ++r) {
    for (let c = 0; c < columns; ++c) result[c * rows + r] = values[r * columns + c];
  }
  return result;
}

/** (cout, cin, 2, 2) → (cout, 2, 2, cin) */
export function outputsFirst({ weight, cout, cin }) {
  const result = new Float32Array(weight.length);
  for (let o = 0; o < cout; ++o) {
    for (let i = 0; i < cin; ++i) {
      for (let tap = 0; tap < 4; ++tap) result[(o * 4 + tap) * cin + i] = weight[(o * cin + i) * 4 + tap];
    }
  }
  return result;
}

/** (cout, cin, 2, 2) → (2, 2, cin, cout) */
export function outputsLast({ weight, cout, cin }) {
  const result = new Float32Array(weight.length);
  for (let o = 0; o < cout; ++o) {
    for (let i = 0; i < cin; ++i) {
      for (let tap = 0; tap < 4; ++tap) result[(tap * cin + i) * cout + o] = weight[(o * cin + i) * 4 + tap];
    }
  }
  return result;
}

/** fc0 (units, 32·cells) of a flattening channel by channel → (units, cells·32), cell by cell. */
export function cellsFirst(values, units, cells) {
  const result = new Float32Array(values.length);
  for (let u = 0; u < units; ++u) {
    for (let c = 0; c < FEATURES; ++c) {
      for (let i = 0; i < cells; ++i) {
        result[(u * cells + i) * FEATURES + c] = values[(u * FEATURES + c) * cells + i];
      }
    }
  }
  return result;
}

const trunkOf = (tensors) => [['conv0', null], ['conv1', 'bn1'], ['conv2', 'bn2'], ['conv3', 'bn3']].map(([name, norm], i) => (
  { ...folded(tensors, name, norm), pool: norm !== null, relu: i === 3 }));

/**
 * The fully convolutional network likewise; weights of fc are (outputs, inputs), those of fc0
 * (outputs, inputs, context, context).
 */
export function fcnNetwork(bytes) {
  const { meta, tensors } = readSafetensors(bytes);
  const size = Number(meta['camloss.input_size']), { shape } = tensors.get('fc0.weight');
  if (shape.length !== 4) throw new Error('these are not weights of an fcn head');
  const fc = HEAD.map((outputs, l) => ({
    inputs: l > 0 ? HEAD[l - 1] : FEATURES,
    outputs,
    weight: tensors.get(`fc${l}.weight`).values,
    bias: tensors.get(`fc${l}.bias`).values,
  }));
  return {
    size, cells: size / 8, context: shape[2], dilation: Number(meta['camloss.context_dilation'] ?? '1'), conv: trunkOf(tensors), fc,
    mean: perChannel(meta['camloss.mean'], '0'), std: perChannel(meta['camloss.std'], '1'),
  };
}

/**
 * The dense network as a chain of plain layers.
 * @returns {{size: number, cells: number, mean: number[], std: number[],
 *   conv: {cin: number, cout: number, weight: Float32Array, bias: Float32Array, pool: boolean, relu: boolean}[],
 *   fc: {inputs: number, outputs: number, weight: Float32Array, bias: Float32Array}[]}}
 *   cells is the side of the feature map; weights of fc are (outputs, inputs)
 */
export function denseNetwork(bytes) {
  const { meta, tensors } = readSafetensors(bytes);
  const [units, inputs] = tensors.get('fc0.weight').shape;
  const cells = Math.sqrt(inputs / FEATURES);
  if (units !== HEAD[0] || !Number.isInteger(cells)) throw new Error('these are not weights of a dense head');
  const conv = trunkOf(tensors);
  const fc = HEAD.map((outputs, l) => ({
    inputs: l > 0 ? HEAD[l - 1] : inputs,
    outputs,
    weight: tensors.get(`fc${l}.weight`).values,
    bias: tensors.get(`fc${l}.bias`).values,
  }));
  return {
    size: 8 * cells, cells, conv, fc,
    mean: perChannel(meta['camloss.mean'], '0'), std: perChannel(meta['camloss.std'], '1'),
  };
}
