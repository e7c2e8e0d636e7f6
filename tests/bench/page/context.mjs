// The race of contexts: the module and onnxruntime-web, each on the same fcn networks, in one page.
import * as ort from '/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs';
import { enlarger, normaliser } from '/page/picture.mjs';
import { loadModel } from '/site/camloss.mjs';

async function camloss(name, size) {
  const model = await loadModel(`/models/${name}.safetensors`);
  return (picture) => {
    const result = model.explain(picture, { method: 'cam' });
    return { logit: result.logit, map: result.map, heat: result.heat(size, size, { evidence: 'signed' }) };
  };
}

async function onnxruntime(name, size, input) {
  const session = await ort.InferenceSession.create(`/models/${name}.onnx`, {
    executionProviders: ['wasm'], graphOptimizationLevel: 'all', executionMode: 'sequential',
  });
  const { planes } = normaliser(input), enlarge = enlarger(size / 8, size);
  const x = new Float32Array(3 * size * size);
  const feeds = { x: new ort.Tensor('float32', x, [1, 3, size, size]) };
  return async (picture) => {
    planes(picture.data, x);
    const { logit, map } = await session.run(feeds);
    return { logit: logit.data[0], map: map.data, heat: enlarge(map.data) };
  };
}

let contenders, picture;

/**
 * Makes ours and theirs of each network in turns, and warms them up.
 * @param {{names: string[], input: {size: number, mean: number[], std: number[]}, warmUp: number}} plan
 * @returns each contender's result
 */
async function prepare({ names, input, warmUp }) {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = '/node_modules/onnxruntime-web/dist/';
  const { size } = input;
  const bytes = await (await fetch('/models/picture.rgba')).arrayBuffer();
  picture = { width: size, height: size, data: new Uint8ClampedArray(bytes) };
  contenders = [];
  for (const name of names) contenders.push(await camloss(name, size), await onnxruntime(name, size, input));
  const results = [];
  for (const explain of contenders) {
    const { logit, map } = await explain(picture);
    results.push({ logit, map: [...map] });
  }
  for (let i = 0; i < warmUp; ++i) for (const explain of contenders) await explain(picture);
  return results;
}

/** Explains `calls` times with one contender. */
async function work(contender, calls) {
  for (let i = 0; i < calls; ++i) await contenders[contender](picture);
}

globalThis.race = { prepare, work };
