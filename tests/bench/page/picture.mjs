// What every runtime without picture handling needs around it: bytes to floats, and the map's enlargement. Written for
// speed, with tables made once, so that no contender loses time here.

/**
 * @param {{size: number, mean: number[], std: number[]}} input
 * @returns two functions that fill a Float32Array from RGBA bytes of size x size
 */
export function normaliser({ size, mean, std }) {
  const tables = mean.map((m, c) => Float32Array.from({ length: 256 }, (_, v) => (v / 255 - m) / std[c]));
  const [red, green, blue] = tables, area = size * size;
  return {
    /** (3, size, size) */
    planes(rgba, to) {
      for (let i = 0, p = 0; i < area; ++i, p += 4) {
        to[i] = red[rgba[p]];
        to[area + i] = green[rgba[p + 1]];
        to[2 * area + i] = blue[rgba[p + 2]];
      }
      return to;
    },
    /** (size, size, 3) */
    pixels(rgba, to) {
      for (let i = 0, p = 0; p < 4 * area; i += 3, p += 4) {
        to[i] = red[rgba[p]];
        to[i + 1] = green[rgba[p + 1]];
        to[i + 2] = blue[rgba[p + 2]];
      }
      return to;
    },
  };
}

/** Bilinear with half-pixel centres, edges clamped. @returns a function (cells, cells) → (size, size), a new array */
export function enlarger(cells, size) {
  const first = new Int32Array(size), second = new Int32Array(size), share = new Float32Array(size);
  for (let o = 0; o < size; ++o) {
    const at = Math.min(Math.max((o + 0.5) * cells / size - 0.5, 0), cells - 1);
    first[o] = Math.floor(at);
    second[o] = Math.min(first[o] + 1, cells - 1);
    share[o] = at - first[o];
  }
  const wide = new Float32Array(cells * size); // (cells, size)
  return (map) => {
    for (let y = 0; y < cells; ++y) {
      for (let x = 0; x < size; ++x) {
        const a = map[y * cells + first[x]];
        wide[y * size + x] = a + share[x] * (map[y * cells + second[x]] - a);
      }
    }
    const heat = new Float32Array(size * size);
    for (let y = 0; y < size; ++y) {
      const above = first[y] * size, below = second[y] * size, s = share[y], to = y * size;
      for (let x = 0; x < size; ++x) heat[to + x] = wide[above + x] + s * (wide[below + x] - wide[above + x]);
    }
    return heat;
  };
}
