// Writes the dense network for every runtime. As a program: node models.mjs WEIGHTS.safetensors FOLDER
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { onnxModel } from './onnx.mjs';
import { tfjsWeights } from './tfjs.mjs';
import { tfliteModel } from './tflite.mjs';
import { denseNetwork } from './weights.mjs';

/**
 * @param {Uint8Array} bytes of a .safetensors file with a dense head
 * @param {string} folder is made where it does not exist
 */
export async function writeModels(bytes, folder) {
  const network = denseNetwork(bytes);
  await mkdir(folder, { recursive: true });
  const write = (name, content) => writeFile(path.join(folder, name), content);
  await write('dense.safetensors', bytes);
  for (const task of ['predict', 'explain']) {
    await write(`${task}.onnx`, onnxModel(network, task === 'explain'));
    await write(`${task}.tflite`, tfliteModel(network, task === 'explain'));
  }
  const { floats, index } = tfjsWeights(network);
  await write('tfjs.bin', floats);
  await write('tfjs.json', JSON.stringify(index));
  await write('input.json', JSON.stringify({ size: network.size, cells: network.cells, mean: network.mean, std: network.std }));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [weights, folder] = process.argv.slice(2);
  if (folder === undefined) {
    console.error('usage: node models.mjs WEIGHTS.safetensors FOLDER');
    process.exit(2);
  }
  await writeModels(await readFile(weights), folder);
}
