// The dense network as a .tflite flatbuffer, channels last: logit alone, or logit and HiResCAM map with the head's
// gradient written out. Tables are written field by field; the numbers are those of TensorFlow Lite's schema.
import { Builder } from 'flatbuffers';
import { FEATURES, cellsFirst, outputsFirst, transposed } from './weights.mjs';

const VERSION = 3;
const FLOAT32 = 0, INT32 = 2;
const SAME = 0, VALID = 1;
const NO_ACTIVATION = 0, RELU = 1;
// Operators with the number of their options' table in the union.
const OPERATORS = {
  conv: { code: 3, options: 1 },
  fullyConnected: { code: 9, options: 8 },
  maxPool: { code: 17, options: 5 },
  multiply: { code: 18, options: 21 },
  reshape: { code: 22, options: 17 },
  sum: { code: 74, options: 27 },
  sign: { code: 158, options: 0 },
};

class Model {
  #builder = new Builder(1 << 20);
  #buffers = [];
  #tensors = [];
  #operators = [];
  #codes = [];

  constructor() {
    this.#buffers.push(this.#table([])); // buffer 0 is that of tensors without data
  }

  /** @param {[add: 'Int8'|'Int32'|'Offset', value: number][]} fields in the order of the schema; a null is left out */
  #table(fields) {
    this.#builder.startObject(fields.length);
    for (const [i, field] of fields.entries()) {
      if (field !== null) this.#builder[`addField${field[0]}`](i, field[1], NaN); // NaN: defaults are written too
    }
    return this.#builder.endObject();
  }

  #integers(values) {
    this.#builder.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) this.#builder.addInt32(value);
    return this.#builder.endVector();
  }

  #offsets(values) {
    this.#builder.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) this.#builder.addOffset(value);
    return this.#builder.endVector();
  }

  /** @returns the tensor's index */
  tensor(name, shape, values = null) {
    let buffer = 0;
    if (values !== null) {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      this.#builder.startVector(1, bytes.length, 16);
      this.#builder.space -= bytes.length; // the copy of the whole, instead of a loop over its bytes
      this.#builder.bb.bytes().set(bytes, this.#builder.space);
      const data = this.#builder.endVector();
      buffer = this.#buffers.push(this.#table([['Offset', data]])) - 1;
    }
    const nameAt = this.#builder.createString(name), shapeAt = this.#integers(shape);
    const type = values instanceof Int32Array ? INT32 : FLOAT32;
    return this.#tensors.push(
      this.#table([['Offset', shapeAt], ['Int8', type], ['Int32', buffer], ['Offset', nameAt]])) - 1;
  }

  /** @returns the index of the output, which gives the operator its name */
  operator(kind, inputs, name, shape, options) {
    const { code, options: union } = OPERATORS[kind];
    let opcode = this.#codes.findIndex((one) => one === code);
    if (opcode < 0) opcode = this.#codes.push(code) - 1;
    const output = this.tensor(name, shape);
    const optionsAt = union === 0 ? 0 : this.#table(options);
    const inputsAt = this.#integers(inputs), outputsAt = this.#integers([output]);
    this.#operators.push(this.#table([
      ['Int32', opcode], ['Offset', inputsAt], ['Offset', outputsAt],
      union === 0 ? null : ['Int8', union], union === 0 ? null : ['Offset', optionsAt],
    ]));
    return output;
  }

  integers(values) {
    return this.#integers(values);
  }

  #signature(inputs, outputs) {
    const map = (entries) => this.#offsets(entries.map(([name, index]) => {
      const nameAt = this.#builder.createString(name);
      return this.#table([['Offset', nameAt], ['Int32', index]]);
    }));
    const inputsAt = map(inputs), outputsAt = map(outputs), key = this.#builder.createString('serving_default');
    return this.#table([['Offset', inputsAt], ['Offset', outputsAt], ['Offset', key], null, ['Int32', 0]]);
  }

  /** @param {[name: string, tensor: number][]} inputs @param {[name: string, tensor: number][]} outputs */
  finish(inputs, outputs) {
    const indices = (entries) => this.#integers(entries.map(([, index]) => index));
    const name = this.#builder.createString('main');
    const tensors = this.#offsets(this.#tensors), operators = this.#offsets(this.#operators);
    const inputsAt = indices(inputs), outputsAt = indices(outputs);
    const graph = this.#offsets([this.#table(
      [['Offset', tensors], ['Offset', inputsAt], ['Offset', outputsAt], ['Offset', operators], ['Offset', name]])]);
    const codes = this.#offsets(this.#codes.map((code) => this.#table(
      // The one-byte field was there first; codes above 127 put 127 into it.
      [['Int8', Math.min(code, 127)], null, ['Int32', 1], ['Int32', code]])));
    const description = this.#builder.createString('camloss');
    const buffers = this.#offsets(this.#buffers);
    const signatures = this.#offsets([this.#signature(inputs, outputs)]);
    this.#builder.finish(this.#table([
      ['Int32', VERSION], ['Offset', codes], ['Offset', graph], ['Offset', description], ['Offset', buffers],
      null, null, ['Offset', signatures],
    ]), 'TFL3');
    return this.#builder.asUint8Array();
  }
}

/**
 * @param network of denseNetwork
 * @param {boolean} explain whether the map is an output beside the logit
 * @returns {Uint8Array} a model with input `x` (1, S, S, 3), outputs `logit` (1, 1) and `map` (1, S/8, S/8)
 */
export function tfliteModel({ size, cells, conv, fc }, explain) {
  const model = new Model();
  const x = model.tensor('x', [1, size, size, 3]);
  let y = x, side = size;
  for (const [i, layer] of conv.entries()) {
    const w = model.tensor(`conv${i}.weight`, [layer.cout, 2, 2, layer.cin], outputsFirst(layer));
    const b = model.tensor(`conv${i}.bias`, [layer.cout], layer.bias);
    const activation = ['Int8', layer.relu ? RELU : NO_ACTIVATION];
    y = model.operator('conv', [y, w, b], `conv${i}`, [1, side, side, layer.cout],
      [['Int8', SAME], ['Int32', 1], ['Int32', 1], activation, ['Int32', 1], ['Int32', 1]]);
    if (!layer.pool) continue;
    side /= 2;
    y = model.operator('maxPool', [y], `pool${i}`, [1, side, side, layer.cout],
      [['Int8', VALID], ['Int32', 2], ['Int32', 2], ['Int32', 2], ['Int32', 2], ['Int8', NO_ACTIVATION]]);
  }
  const features = y, count = cells * cells;
  const reshape = (from, name, shape) => {
    const shapeTensor = model.tensor(`${name}.shape`, [shape.length], Int32Array.from(shape));
    return model.operator('reshape', [from, shapeTensor], name, shape, [['Offset', model.integers(shape)]]);
  };
  const product = (from, { outputs, inputs, weight, bias }, name, activation) => {
    const w = model.tensor(`${name}.weight`, [outputs, inputs], weight);
    const terms = bias ? [from, w, model.tensor(`${name}.bias`, [outputs], bias)] : [from, w, -1];
    return model.operator('fullyConnected', terms, name, [1, outputs],
      [['Int8', activation], ['Int8', 0], ['Int8', 0]]);
  };
  const first = cellsFirst(fc[0].weight, fc[0].outputs, count);
  y = reshape(y, 'flat', [1, count * FEATURES]);
  const hidden = [];
  for (const [l, layer] of fc.entries()) {
    const last = l === fc.length - 1;
    y = product(y, l === 0 ? { ...layer, weight: first } : layer, last ? 'logit' : `hidden${l}`,
      last ? NO_ACTIVATION : RELU);
    if (!last) hidden.push(y);
  }
  const outputs = [['logit', y]];
  if (explain) {
    const multiply = (a, b, name, shape) => model.operator('multiply', [a, b], name, shape, [['Int8', NO_ACTIVATION]]);
    // ∂z/∂(last hidden layer) is fc4's row; a unit that is 0 passes nothing down.
    let delta = model.tensor('fc4.row', [1, fc[4].inputs], fc[4].weight);
    for (let l = 3; l >= 0; --l) {
      const { inputs, outputs: width, weight } = fc[l];
      const active = model.operator('sign', [hidden[l]], `active${l}`, [1, width], []);
      delta = multiply(delta, active, `delta${l}`, [1, width]);
      const rows = transposed(l === 0 ? first : weight, width, inputs);
      delta = product(delta, { outputs: inputs, inputs: width, weight: rows }, `slope${l}`, NO_ACTIVATION);
    }
    const slope = reshape(delta, 'slope', [1, cells, cells, FEATURES]);
    const evidence = multiply(slope, features, 'evidence', [1, cells, cells, FEATURES]);
    const axis = model.tensor('channels', [1], Int32Array.of(3));
    outputs.push(['map', model.operator('sum', [evidence, axis], 'map', [1, cells, cells], [['Int8', 0]])]);
  }
  return model.finish([['x', x]], outputs);
}
