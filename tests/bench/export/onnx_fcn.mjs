// The fully convolutional network as ONNX, planes first: its map of cell logits is the evidence map.
import { addTrunk, Graph } from './onnx.mjs';

/**
 * @param network of fcnNetwork
 * @returns {Uint8Array} a model with input `x` (1, 3, S, S), outputs `logit` (1, 1, 1, 1) and `map` (1, 1, S/8, S/8)
 */
export function onnxFcnModel({ size, cells, context, dilation, conv, fc }) {
  const graph = new Graph();
  let y = addTrunk(graph, size, conv);
  for (const [l, { inputs, outputs, weight, bias }] of fc.entries()) {
    const k = l === 0 ? context : 1, pad = dilation * (k - 1) / 2, last = l === fc.length - 1;
    // The map is each cell's share of the mean: the last layer gives it at once.
    const share = last ? 1 / cells ** 2 : 1;
    const w = graph.constant(`fc${l}.weight`, [outputs, inputs, k, k], weight.map((v) => v * share));
    const b = graph.constant(`fc${l}.bias`, [outputs], bias.map((v) => v * share));
    y = graph.node('Conv', [y, w, b], last ? 'map' : `fc${l}`, {
      kernel_shape: [k, k], pads: [pad, pad, pad, pad], dilations: k > 1 ? [dilation, dilation] : [1, 1],
    });
    if (!last) y = graph.node('Relu', [y], `hidden${l}`);
  }
  graph.node('ReduceSum', [y, graph.constant('places', [2], BigInt64Array.of(2n, 3n))], 'logit', { keepdims: 1 });
  graph.output('logit', [1, 1, 1, 1]);
  graph.output('map', [1, 1, cells, cells]);
  return graph.finish('explain');
}
