// What the races run on: weights (shipped or trained where there are any, else from a fixed seed) and pictures.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { metadata, picture, randomTensors, safetensors } from '../node/random_weights.mjs';
import * as float64 from '../node/float64_network.mjs';
import { readSafetensors } from './export/weights.mjs';

/** Pictures of the input's own size, so that nobody resamples. */
export const pictures = [3, 5, 8].map((seed) => picture(192, 192, seed));

/**
 * @param {string|undefined} file weights with the wanted head and input size; random ones without it
 * @returns {Promise<{bytes: Uint8Array, about: string}>}
 */
export async function weightsOf(file, head, size) {
  if (file === undefined) {
    return { bytes: safetensors(randomTensors(head, size, 7), metadata(head, size)), about: 'random weights' };
  }
  const bytes = await readFile(file), { meta } = readSafetensors(bytes);
  if (meta['camloss.head'] !== head || meta['camloss.input_size'] !== String(size)) {
    throw new Error(`${file} has a ${meta['camloss.head']} head at ${meta['camloss.input_size']} — ${head} at ${size} is raced`);
  }
  return { bytes, about: path.basename(file) };
}

/** What the pictures must give, in double precision. @returns {{logit: number, map: Float64Array, active: number}[]} */
export function expectedResults(bytes, head, size) {
  const { meta, tensors } = readSafetensors(bytes);
  const number = (field, fallback) => {
    const value = Number(meta[field] ?? fallback);
    if (Number.isNaN(value)) throw new Error(`${field} is not one number — the reference takes weights with one for all channels`);
    return value;
  };
  const mean = number('camloss.mean', 0), std = number('camloss.std', 1);
  return pictures.map((one) => {
    const { logit, hirescam, cam, features } = float64.run(tensors, head, size, one, mean, std);
    return { logit, map: head === 'fcn' ? cam : hirescam, active: features.filter((v) => v > 0).length / features.length };
  });
}
