// What the races run on: weights (shipped or trained where there are any, else from a fixed seed) and pictures.
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

import { metadata, picture, randomTensors, safetensors } from '../node/random_weights.mjs';
import * as float64 from '../node/float64_network.mjs';
import { readSafetensors } from './export/weights.mjs';

/** Pictures of the input's own size, so that nobody resamples. */
export const pictures = [3, 5, 8].map((seed) => picture(192, 192, seed));

const fits = ({ meta }, head, size) => meta['camloss.head'] === head && meta['camloss.input_size'] === String(size);

/** The shipped weights of that head and input size, those of the method first; null where none are. */
async function shipped(head, size) {
  const folder = new URL('../../web/weights/', import.meta.url);
  const names = await readdir(folder).catch(() => []);
  const found = [];
  for (const name of names.filter((one) => one.endsWith('.safetensors'))) {
    const bytes = await readFile(new URL(name, folder)), file = readSafetensors(bytes);
    if (fits(file, head, size)) found.push({ bytes, about: name, ours: file.meta['camloss.recipe'] === 'camloss' });
  }
  return found.find(({ ours }) => ours) ?? found[0] ?? null;
}

/**
 * @param {string|undefined} file weights with the wanted head and input size; "random" for random ones; without it
 *   those that are shipped, or random ones
 * @returns {Promise<{bytes: Uint8Array, about: string}>}
 */
export async function weightsOf(file, head, size) {
  if (file === undefined || file === 'random') {
    const random = () => ({ bytes: safetensors(randomTensors(head, size, 7), metadata(head, size)), about: 'random weights' });
    return (file === undefined ? await shipped(head, size) : null) ?? random();
  }
  const bytes = await readFile(file), content = readSafetensors(bytes);
  if (!fits(content, head, size)) {
    const { 'camloss.head': has, 'camloss.input_size': at } = content.meta;
    throw new Error(`${file} has a ${has} head at ${at} — ${head} at ${size} is raced`);
  }
  return { bytes, about: path.basename(file) };
}

/** What the pictures must give, in double precision. @returns {{logit: number, map: Float64Array, active: number}[]} */
export function expectedResults(bytes, head, size) {
  const { meta, tensors } = readSafetensors(bytes);
  const number = (field, fallback) => {
    const values = new Set((meta[field] ?? fallback).split(',').map(Number));
    if (values.size > 1) throw new Error(`${field} differs between the channels — the reference takes one number for all`);
    return [...values][0];
  };
  const mean = number('camloss.mean', '0'), std = number('camloss.std', '1');
  return pictures.map((one) => {
    const { logit, hirescam, cam, features } = float64.run(tensors, head, size, one, mean, std);
    return { logit, map: head === 'fcn' ? cam : hirescam, active: features.filter((v) => v > 0).length / features.length };
  });
}
