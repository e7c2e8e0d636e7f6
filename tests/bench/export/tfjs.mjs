// The dense network's weights in the layouts of tfjs's operators: one file of floats, and a list of what is where.
import { cellsFirst, outputsLast, transposed } from './weights.mjs';

/**
 * @param network of denseNetwork
 * @returns {{floats: Uint8Array, index: {size: number, cells: number, tensors: {name: string, shape: number[]}[]}}}
 *   tensors follow one another in the file, in the order of the list
 */
export function tfjsWeights({ size, cells, conv, fc }) {
  const parts = [], tensors = [];
  const add = (name, shape, values) => {
    parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    tensors.push({ name, shape });
  };
  for (const [i, layer] of conv.entries()) {
    add(`conv${i}.weight`, [2, 2, layer.cin, layer.cout], outputsLast(layer));
    add(`conv${i}.bias`, [layer.cout], layer.bias);
  }
  for (const [l, { inputs, outputs, weight, bias }] of fc.entries()) {
    const rows = l === 0 ? cellsFirst(weight, outputs, cells * cells) : weight;
    add(`fc${l}.rows`, [outputs, inputs], rows); // for the gradient
    add(`fc${l}.weight`, [inputs, outputs], transposed(rows, outputs, inputs));
    add(`fc${l}.bias`, [outputs], bias);
  }
  return { floats: Buffer.concat(parts), index: { size, cells, tensors } };
}
