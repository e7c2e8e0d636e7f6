// The network once more in double precision, written from the specification alone: what results are compared with.

const HEAD = [128, 128, 64, 32, 1];

/** Antialiased triangle filter, half-pixel centres; planes in 0…255. */
export function resample({ data, width, height }, side) {
  const bank = (input) => Array.from({ length: side }, (_, o) => {
    const scale = input / side, support = Math.max(1, scale), centre = (o + 0.5) * scale;
    const taps = [];
    let total = 0;
    for (let i = 0; i < input; ++i) {
      const w = 1 - Math.abs(i + 0.5 - centre) / support;
      if (w > 0) { taps.push([i, w]); total += w; }
    }
    return taps.map(([i, w]) => [i, w / total]);
  });
  const across = bank(width), down = bank(height);
  const out = new Float64Array(3 * side * side);
  const rows = new Float64Array(height * side);
  for (let c = 0; c < 3; ++c) {
    for (let y = 0; y < height; ++y) {
      for (let x = 0; x < side; ++x) {
        let sum = 0;
        for (const [i, w] of across[x]) {
          const p = 4 * (y * width + i), alpha = data[p + 3] / 255;
          sum += w * (data[p + c] * alpha + 255 * (1 - alpha));
        }
        rows[y * side + x] = sum;
      }
    }
    for (let y = 0; y < side; ++y) {
      for (let x = 0; x < side; ++x) {
        let sum = 0;
        for (const [i, w] of down[y]) sum += w * rows[i * side + x];
        out[(c * side + y) * side + x] = sum;
      }
    }
  }
  return out;
}

function conv(x, cin, n, { values }, bias, cout) {
  const y = new Float64Array(cout * n * n);
  for (let o = 0; o < cout; ++o) {
    for (let r = 0; r < n; ++r) {
      for (let c = 0; c < n; ++c) {
        let sum = bias.values[o];
        for (let i = 0; i < cin; ++i) {
          for (let dr = 0; dr < 2 && r + dr < n; ++dr) {
            for (let dc = 0; dc < 2 && c + dc < n; ++dc) {
              sum += values[((o * cin + i) * 2 + dr) * 2 + dc] * x[(i * n + r + dr) * n + c + dc];
            }
          }
        }
        y[(o * n + r) * n + c] = sum;
      }
    }
  }
  return y;
}

function normPool(x, channels, n, t, bn) {
  const half = n / 2, y = new Float64Array(channels * half * half);
  for (let c = 0; c < channels; ++c) {
    const scale = t.get(`${bn}.weight`).values[c] / Math.sqrt(t.get(`${bn}.running_var`).values[c] + 1e-3);
    const shift = t.get(`${bn}.bias`).values[c] - t.get(`${bn}.running_mean`).values[c] * scale;
    for (let r = 0; r < half; ++r) {
      for (let k = 0; k < half; ++k) {
        const at = (dr, dk) => x[(c * n + 2 * r + dr) * n + 2 * k + dk] * scale + shift;
        y[(c * half + r) * half + k] = Math.max(at(0, 0), at(0, 1), at(1, 0), at(1, 1));
      }
    }
  }
  return y;
}

/** One vector through the head: logit, gradient, share of the biases. */
function headOf(x, t) {
  const active = [];
  let y = x;
  for (let l = 0; l < 5; ++l) {
    const w = t.get(`fc${l}.weight`).values, b = t.get(`fc${l}.bias`).values;
    y = Float64Array.from({ length: HEAD[l] }, (_, o) => {
      let sum = b[o];
      for (let i = 0; i < y.length; ++i) sum += w[o * y.length + i] * y[i];
      return sum;
    });
    if (l < 4) y = y.map((v) => Math.max(v, 0));
    active.push(y);
  }
  let delta = Float64Array.of(1), beta = 0;
  for (let l = 4; l >= 0; --l) {
    const w = t.get(`fc${l}.weight`).values, b = t.get(`fc${l}.bias`).values;
    const inputs = l > 0 ? HEAD[l - 1] : x.length;
    for (let o = 0; o < HEAD[l]; ++o) beta += delta[o] * b[o];
    const below = new Float64Array(inputs);
    for (let o = 0; o < HEAD[l]; ++o) {
      if (delta[o] !== 0) for (let i = 0; i < inputs; ++i) below[i] += w[o * inputs + i] * delta[o];
    }
    delta = l > 0 ? below.map((v, i) => (active[l - 1][i] > 0 ? v : 0)) : below;
  }
  return { logit: active[4][0], gradient: delta, beta };
}

/** The places that a cell's taps read: offset in the weights of a channel, cell or −1 for the zeros outside. */
function tapsOf(row, column, cells, k, dilation) {
  const taps = [];
  for (let ky = 0; ky < k; ++ky) {
    for (let kx = 0; kx < k; ++kx) {
      const y = row + dilation * (ky - (k - 1) / 2), x = column + dilation * (kx - (k - 1) / 2);
      taps.push(y >= 0 && y < cells && x >= 0 && x < cells ? y * cells + x : -1);
    }
  }
  return taps;
}

/**
 * @param {number} dilation of the fcn head's context, whose size is fc0's
 * @param {Map<string, {shape: number[], values: Float32Array}>} t tensors
 * @returns {{logit: number, features: Float64Array, hirescam: Float64Array, cam: Float64Array|null, beta: number}}
 */
export function run(t, head, size, picture, mean = 0.5, std = 0.25, dilation = 1) {
  let x = resample(picture, size).map((v) => (v / 255 - mean) / std);
  x = conv(x, 3, size, t.get('conv0.weight'), t.get('conv0.bias'), 16);
  x = normPool(conv(x, 16, size, t.get('conv1.weight'), t.get('conv1.bias'), 16), 16, size, t, 'bn1');
  x = normPool(conv(x, 16, size / 2, t.get('conv2.weight'), t.get('conv2.bias'), 64), 64, size / 2, t, 'bn2');
  x = normPool(conv(x, 64, size / 4, t.get('conv3.weight'), t.get('conv3.bias'), 32), 32, size / 4, t, 'bn3');
  const features = x.map((v) => Math.max(v, 0));
  const count = (size / 8) ** 2, hirescam = new Float64Array(count);
  if (head === 'dense') {
    const { logit, gradient, beta } = headOf(features, t);
    for (let c = 0; c < 32; ++c) {
      for (let i = 0; i < count; ++i) hirescam[i] += gradient[c * count + i] * features[c * count + i];
    }
    return { logit, features, hirescam, cam: null, beta };
  }
  const cam = new Float64Array(count);
  const cells = size / 8, k = t.get('fc0.weight').shape[2];
  let logit = 0, beta = 0;
  for (let i = 0; i < count; ++i) {
    const taps = tapsOf(Math.floor(i / cells), i % cells, cells, k, dilation);
    const read = Float64Array.from({ length: 32 * k * k }, (_, at) => {
      const from = taps[at % (k * k)];
      return from < 0 ? 0 : features[Math.floor(at / (k * k)) * count + from];
    });
    const cell = headOf(read, t);
    cam[i] = cell.logit / count;
    logit += cam[i];
    beta += cell.beta / count;
    // Features times slope, at the cell that each feature came from.
    for (let at = 0; at < read.length; ++at) {
      const from = taps[at % (k * k)];
      if (from >= 0) hirescam[from] += cell.gradient[at] * read[at] / count;
    }
  }
  return { logit, features, hirescam, cam, beta };
}
