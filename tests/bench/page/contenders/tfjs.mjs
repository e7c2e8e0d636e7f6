// tfjs on its WebAssembly backend, one thread. The page loads its two scripts, which define `tf`.
import { enlarger, normaliser } from '/page/picture.mjs';

/* global tf */

async function readWeights() {
  const [index, floats] = await Promise.all([
    fetch('/models/tfjs.json').then((response) => response.json()),
    fetch('/models/tfjs.bin').then((response) => response.arrayBuffer()),
  ]);
  const weights = {};
  let at = 0;
  for (const { name, shape } of index.tensors) {
    const count = shape.reduce((a, b) => a * b, 1);
    weights[name] = tf.tensor(new Float32Array(floats, at, count), shape);
    at += 4 * count;
  }
  return weights;
}

export async function create({ input }) {
  tf.wasm.setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/');
  tf.wasm.setThreadsCount(1);
  await tf.setBackend('wasm');
  await tf.ready();
  const { size, cells } = input, w = await readWeights();
  const { pixels } = normaliser(input), enlarge = enlarger(cells, size);
  const x = new Float32Array(3 * size * size);

  /** @returns features and the hidden layers, the logit last */
  function forward(picture) {
    let y = tf.tensor4d(pixels(picture.data, x), [1, size, size, 3]);
    for (let i = 0; i < 4; ++i) {
      y = tf.fused.conv2d({
        x: y, filter: w[`conv${i}.weight`], strides: 1, pad: 'same', bias: w[`conv${i}.bias`],
        activation: i === 3 ? 'relu' : 'linear', // before the max-pool it is the same
      });
      if (i > 0) y = tf.maxPool(y, 2, 2, 'valid');
    }
    const features = tf.reshape(y, [1, cells * cells * 32]), layers = [];
    y = features;
    for (let l = 0; l < 5; ++l) {
      y = tf.fused.matMul({ a: y, b: w[`fc${l}.weight`], bias: w[`fc${l}.bias`], activation: l < 4 ? 'relu' : 'linear' });
      layers.push(y);
    }
    return { features, layers };
  }

  return {
    name: 'tfjs-wasm',
    detail: 'SIMD',
    predict: (picture) => tf.tidy(() => forward(picture).layers[4].dataSync()[0]),
    explain: (picture) => tf.tidy(() => {
      const { features, layers } = forward(picture);
      let delta = w['fc4.rows'];
      for (let l = 3; l >= 0; --l) delta = tf.matMul(tf.mul(delta, tf.step(layers[l])), w[`fc${l}.rows`]);
      const map = tf.sum(tf.reshape(tf.mul(delta, features), [cells * cells, 32]), 1).dataSync();
      return { logit: layers[4].dataSync()[0], map, heat: enlarge(map) };
    }),
  };
}
