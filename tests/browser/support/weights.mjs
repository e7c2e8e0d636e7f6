// Weights made in the test: random, but the same each time, in the safetensors layout.
import { random } from './pictures.mjs';

const trunk = [['conv0', [16, 3, 2, 2]], ['conv1', [16, 16, 2, 2]], ['bn1', 16], ['conv2', [64, 16, 2, 2]], ['bn2', 64],
  ['conv3', [32, 64, 2, 2]], ['bn3', 32]];

/**
 * @param {{head?: 'fcn'|'dense', size?: number, context?: number, dilation?: number, recipe?: string, seed?: number, classes?: string}} options
 *   context: K of the fcn head's first layer
 * @returns {Buffer} a safetensors file
 */
export function randomWeights({ head = 'fcn', size = 96, context = 1, dilation = 1, recipe = 'baseline', seed = 1, classes = 'leopard,orca' } = {}) {
  const next = random(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const tensors = new Map();
  const layer = (name, shape) => {
    const fan = shape.slice(1).reduce((a, b) => a * b, 1);
    const count = shape[0] * fan;
    tensors.set(`${name}.weight`, { shape, values: Float32Array.from({ length: count }, () => normal() * Math.sqrt(2 / fan)) });
    tensors.set(`${name}.bias`, { shape: [shape[0]], values: Float32Array.from({ length: shape[0] }, () => 0.1 * normal()) });
  };
  for (const [name, shape] of trunk) {
    if (Array.isArray(shape)) {
      layer(name, shape);
      continue;
    }
    for (const [part, value] of [['weight', 1], ['bias', 0], ['running_mean', 0], ['running_var', 1]]) {
      tensors.set(`${name}.${part}`, { shape: [shape], values: new Float32Array(shape).fill(value) });
    }
  }
  const cells = (size / 8) ** 2;
  const widths = [head === 'fcn' ? 32 : 32 * cells, 128, 128, 64, 32, 1];
  for (let i = 0; i < 5; i++) {
    const k = i === 0 ? context : 1;
    layer(`fc${i}`, head === 'fcn' ? [widths[i + 1], widths[i], k, k] : [widths[i + 1], widths[i]]);
  }

  const header = { __metadata__: { 'camloss.format': '1', 'camloss.head': head, 'camloss.input_size': String(size),
    ...(context > 1 ? { 'camloss.context_dilation': String(dilation) } : {}), 'camloss.mean': '0.45', 'camloss.std': '0.25', 'camloss.classes': classes, 'camloss.recipe': recipe } };
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...[...tensors.values()].map(({ values }) => Buffer.from(values.buffer))]);
}
