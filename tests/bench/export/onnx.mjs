// The dense network as ONNX, planes first: logit alone, or logit and HiResCAM map with the head's gradient written out.
import { FEATURES, transposed } from './weights.mjs';
import { Message } from './protobuf.mjs';

// Numbers of fields and types in onnx.proto.
const FLOAT = 1, INT64 = 7;
const ATTRIBUTE_INT = 2, ATTRIBUTE_INTS = 7;
const OPSET = 13, IR_VERSION = 8;

export class Graph {
  #graph = new Message();

  /** @param {Float32Array|BigInt64Array} values */
  constant(name, shape, values) {
    const tensor = new Message();
    for (const side of shape) tensor.integer(1, side);
    tensor.integer(2, values instanceof BigInt64Array ? INT64 : FLOAT).string(8, name);
    tensor.bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    this.#graph.message(5, tensor);
    return name;
  }

  /** An operator with one output, which gives it its name. */
  node(type, inputs, output, attributes = {}) {
    const node = new Message();
    for (const input of inputs) node.string(1, input);
    node.string(2, output).string(3, output).string(4, type);
    for (const [name, value] of Object.entries(attributes)) {
      const attribute = new Message().string(1, name);
      if (Array.isArray(value)) {
        for (const one of value) attribute.integer(8, one);
        attribute.integer(20, ATTRIBUTE_INTS);
      } else {
        attribute.integer(3, value).integer(20, ATTRIBUTE_INT);
      }
      node.message(5, attribute);
    }
    this.#graph.message(1, node);
    return output;
  }

  #value(field, name, shape) {
    const dimensions = new Message();
    for (const side of shape) dimensions.message(1, new Message().integer(1, side));
    const tensor = new Message().integer(1, FLOAT).message(2, dimensions);
    this.#graph.message(field, new Message().string(1, name).message(2, new Message().message(1, tensor)));
  }

  input(name, shape) {
    this.#value(11, name, shape);
    return name;
  }

  output(name, shape) {
    this.#value(12, name, shape);
  }

  finish(name) {
    this.#graph.string(2, name);
    return new Message().integer(1, IR_VERSION).string(2, 'camloss')
      .message(8, new Message().string(1, '').integer(2, OPSET)).message(7, this.#graph).finish();
  }
}

/** The convolutions from the input `x` on. @returns the name of the features, (1, 32, S/8, S/8) */
export function addTrunk(graph, size, conv) {
  let y = graph.input('x', [1, 3, size, size]);
  for (const [i, { cin, cout, weight, bias, relu, pool }] of conv.entries()) {
    const w = graph.constant(`conv${i}.weight`, [cout, cin, 2, 2], weight);
    const b = graph.constant(`conv${i}.bias`, [cout], bias);
    y = graph.node('Conv', [y, w, b], `conv${i}`, { kernel_shape: [2, 2], pads: [0, 0, 1, 1] });
    if (relu) y = graph.node('Relu', [y], `relu${i}`); // before the max-pool it is the same, and fuses
    if (pool) y = graph.node('MaxPool', [y], `pool${i}`, { kernel_shape: [2, 2], strides: [2, 2] });
  }
  return y;
}

/**
 * @param network of denseNetwork
 * @param {boolean} explain whether the map is an output beside the logit
 * @returns {Uint8Array} a model with input `x` (1, 3, S, S), outputs `logit` (1, 1) and `map` (1, 1, S/8, S/8)
 */
export function onnxModel({ size, cells, conv, fc }, explain) {
  const graph = new Graph();
  const features = addTrunk(graph, size, conv);
  let y = graph.node('Flatten', [features], 'flat');
  const hidden = [];
  for (const [l, { inputs, outputs, weight, bias }] of fc.entries()) {
    // A row of activations times (inputs, outputs): the runtime packs the constant once, when it loads.
    const w = graph.constant(`fc${l}.weight`, [inputs, outputs], transposed(weight, outputs, inputs));
    const b = graph.constant(`fc${l}.bias`, [outputs], bias);
    const last = l === fc.length - 1;
    y = graph.node('Gemm', [y, w, b], last ? 'logit' : `fc${l}`);
    if (!last) hidden.push(y = graph.node('Relu', [y], `hidden${l}`));
  }
  graph.output('logit', [1, 1]);
  if (explain) {
    // ∂z/∂(last hidden layer) is fc4's row; a unit that is 0 passes nothing down.
    let delta = graph.constant('fc4.row', [1, fc[4].inputs], fc[4].weight);
    for (let l = 3; l >= 0; --l) {
      const active = graph.node('Sign', [hidden[l]], `active${l}`);
      delta = graph.node('Mul', [delta, active], `delta${l}`);
      const w = graph.constant(`fc${l}.rows`, [fc[l].outputs, fc[l].inputs], fc[l].weight);
      delta = graph.node('MatMul', [delta, w], `slope${l}`);
    }
    const shape = graph.constant('shape', [4], BigInt64Array.of(1n, BigInt(FEATURES), BigInt(cells), BigInt(cells)));
    const slope = graph.node('Reshape', [delta, shape], 'slope');
    const evidence = graph.node('Mul', [slope, features], 'evidence');
    graph.node('ReduceSum', [evidence, graph.constant('channels', [1], BigInt64Array.of(1n))], 'map', { keepdims: 1 });
    graph.output('map', [1, 1, cells, cells]);
  }
  return graph.finish(explain ? 'explain' : 'predict');
}
