// The fcn network, its two losses and its optimiser in tfjs, on one of its backends. The page loads the scripts, which
// define `tf`. Pictures are normalised and on the backend before anything is timed; ours are also changed in each step.

/* global tf */

const kHead = 5;

/** Tensors of a safetensors file of 32-bit floats. */
function tensorsOf(bytes) {
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const index = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size)));
  const tensors = {};
  for (const [name, { shape, data_offsets: offsets }] of Object.entries(index)) {
    if (name === '__metadata__') continue;
    const [first, last] = offsets;
    tensors[name] = { shape, values: new Float32Array(bytes.slice(8 + size + first, 8 + size + last).buffer) };
  }
  return tensors;
}

/** K of the map, (cells²). */
function kernelOf(cells, sigma) {
  const at = Array.from({ length: cells }, (_, i) => (i + 0.5) / cells - 0.5);
  return Float32Array.from(at.flatMap((y) => at.map((x) => 1 - Math.exp(-(x * x + y * y) / (2 * sigma * sigma)))));
}

export class Tfjs {
  /**
   * @param {'cpu'|'webgl'|'wasm'|'webgpu'} backend
   * @param {Uint8Array} weights  a safetensors file, the first weights
   * @param {object} recipe  fields of a recipe
   * @param {{planes: Float32Array, label: number}[]} pictures  planes: (3, S, S), 0…255
   */
  static async create(backend, weights, recipe, pictures) {
    tf.wasm.setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/');
    tf.wasm.setThreadsCount(1);
    if (!await tf.setBackend(backend)) throw new Error('this browser does not have it');
    await tf.ready();
    return new Tfjs(backend, weights, recipe, pictures);
  }

  constructor(backend, weights, recipe, pictures) {
    Object.assign(this, { backend, recipe });
    const size = recipe.input_size, cells = size / 8;
    this.size = size;
    this.cells = cells;
    this.tensors = tensorsOf(weights);
    this.variables = {};
    const add = (name, tensor) => { this.variables[name] = tf.variable(tensor, true, `${name} ${Math.random()}`); };
    for (const [name, { shape, values }] of Object.entries(this.tensors)) {
      if (name.includes('running')) continue;
      const plain = tf.tensor(values, shape);
      if (name.startsWith('conv') && shape.length === 4) add(name, tf.transpose(plain, [2, 3, 1, 0]));
      else if (name === 'fc0.weight' && shape.length === 4) add(name, tf.reshape(tf.transpose(plain, [2, 3, 1, 0]), [-1, shape[0]]));  // (taps · in, out)
      else if (name.startsWith('fc') && shape.length > 1) add(name, tf.transpose(tf.reshape(plain, [shape[0], -1])));
      else add(name, plain);
    }
    const n = size * size, all = new Float32Array(pictures.length * n * 3);
    for (const [i, { planes }] of pictures.entries()) {
      for (let p = 0; p < n; ++p) for (let c = 0; c < 3; ++c) all[(i * n + p) * 3 + c] = (planes[c * n + p] / 255 - 0.5) / 0.25;
    }
    this.pictures = tf.tensor4d(all, [pictures.length, size, size, 3]);
    this.labels = tf.tensor1d(Float32Array.from(pictures, (p) => p.label));
    const kernel = kernelOf(cells, recipe.sigma ?? 0.25), centre = kernel.reduce((sum, k) => sum + 1 - k, 0);
    this.kernel = tf.tensor2d(kernel, [1, cells * cells]);
    this.centre = tf.tensor2d(kernel.map((k) => (1 - k) / centre), [cells * cells, 1]);
    const { learning_rate: rate, momentum } = recipe.optimizer;
    this.optimizer = tf.train.momentum(rate, momentum);
    this.fixed = tf.customGrad((x) => ({ value: x.clone(), gradFunc: (dy) => tf.zerosLike(dy) }));
  }

  /** Neighbours of each pixel side by side: (B, side, side, taps · channels). before, after: pixels of the rim. */
  taps(x, size, dilation, before, after) {
    const [batch, side, , channels] = x.shape;
    const padded = tf.pad(x, [[0, 0], [before, after], [before, after], [0, 0]]);
    const pieces = [];
    for (let row = 0; row < size; ++row) {
      for (let column = 0; column < size; ++column) pieces.push(tf.slice(padded, [0, row * dilation, column * dilation, 0], [batch, side, side, channels]));
    }
    return tf.concat(pieces, 3);
  }

  convolution(x, i) {
    const weight = this.variables[`conv${i}.weight`], bias = this.variables[`conv${i}.bias`];
    // The WebAssembly backend has no gradient of a convolution's weights: there it is a matrix product.
    if (this.backend !== 'wasm') return tf.add(tf.conv2d(x, weight, 1, 'same'), bias);
    const [batch, side, , ] = x.shape, [, , channels, out] = weight.shape;
    const rows = tf.reshape(this.taps(x, 2, 1, 0, 1), [batch * side * side, 4 * channels]);
    return tf.reshape(tf.add(tf.matMul(rows, tf.reshape(weight, [4 * channels, out])), bias), [batch, side, side, out]);
  }

  /** The cells' logits, (B, cells²). */
  forward(x) {
    const w = this.variables;
    let y = this.convolution(x, 0);
    for (let i = 1; i < 4; ++i) {
      y = this.convolution(y, i);
      const { mean, variance } = tf.moments(y, [0, 1, 2]);
      y = tf.maxPool(tf.batchNorm(y, mean, variance, w[`bn${i}.bias`], w[`bn${i}.weight`], 1e-3), 2, 2, 'valid');
    }
    y = tf.relu(y);
    // No backend has the gradient of a dilated convolution.
    const { context, context_dilation: dilation } = this.recipe, reach = dilation * (context - 1) / 2;
    if (context > 1) y = this.taps(y, context, dilation, reach, reach);
    y = tf.reshape(y, [-1, y.shape[3]]);
    for (let l = 0; l < kHead; ++l) {
      y = tf.add(tf.matMul(y, w[`fc${l}.weight`]), w[`fc${l}.bias`]);
      if (l < kHead - 1) y = tf.relu(y);
    }
    return tf.reshape(y, [x.shape[0], this.cells * this.cells]);
  }

  loss(cells, labels) {
    const split = this.recipe.loss === 'split';
    const answer = split ? tf.reshape(tf.matMul(cells, this.centre), [-1]) : tf.mean(cells, 1);
    const cost = tf.add(tf.sub(tf.relu(answer), tf.mul(answer, labels)), tf.log1p(tf.exp(tf.neg(tf.abs(answer)))));
    if (!split) return tf.mean(cost);
    let penalty = tf.mean(tf.mul(tf.abs(cells), this.kernel), 1);
    if (this.recipe.lambda_yields) penalty = tf.mul(penalty, this.fixed(tf.relu(tf.sub(1, tf.div(cost, Math.LN2)))));
    return tf.add(tf.mean(cost), tf.mul(tf.mean(penalty), this.recipe.lambda));
  }

  /** One batch. @param {number[]} indices of pictures  @returns {Promise<number|null>} its loss, where it is asked for */
  async step(indices, wanted) {
    await tf.setBackend(this.backend);
    const loss = tf.tidy(() => {
      const index = tf.tensor1d(indices, 'int32');
      const x = tf.gather(this.pictures, index), labels = tf.gather(this.labels, index);
      const { value, grads } = tf.variableGrads(() => this.loss(this.forward(x), labels), Object.values(this.variables));
      const squares = Object.values(grads).map((g) => tf.sum(tf.mul(g, g)));
      const factor = tf.minimum(1, tf.div(this.recipe.optimizer.clip_norm, tf.sqrt(squares.reduce((a, b) => tf.add(a, b)))));
      this.optimizer.applyGradients(Object.fromEntries(Object.entries(grads).map(([name, g]) => [name, tf.mul(g, factor)])));
      return value;
    });
    const value = wanted ? (await loss.data())[0] : null;
    loss.dispose();
    return value;
  }

  /** Waits until the backend has done what it was told. */
  async finish() { await this.variables['fc4.bias'].data(); }

  dispose() {
    for (const tensor of [...Object.values(this.variables), this.pictures, this.labels, this.kernel, this.centre]) tensor.dispose();
    this.optimizer.dispose();
  }
}
