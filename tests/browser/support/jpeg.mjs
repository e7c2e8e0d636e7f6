// A baseline JPEG encoder for what browsers cannot write: grey, CMYK and YCCK. Plain rather than small.

const kZigzag = [0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
  28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63];
const kQuantum = 2;
// Codes of one length each: 12 sizes of 4 bits, and 162 pairs of run and size of 8 bits.
const kDc = Array.from({ length: 12 }, (_, i) => i);
const kAc = [0x00, 0xf0, ...Array.from({ length: 160 }, (_, i) => (Math.floor(i / 10) << 4) | (i % 10 + 1))];
const kCosines = Array.from({ length: 8 }, (_, u) => Array.from({ length: 8 }, (_, x) =>
  (u === 0 ? Math.SQRT1_2 : 1) / 2 * Math.cos((2 * x + 1) * u * Math.PI / 16)));

export function segment(marker, ...parts) {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** Coefficients of a block, (8, 8), divided by `quantum` and in zigzag order. */
function transformed(block, quantum) {
  const rows = new Float64Array(64), out = new Int32Array(64);
  for (let y = 0; y < 8; y++) for (let u = 0; u < 8; u++) for (let x = 0; x < 8; x++) rows[y * 8 + u] += kCosines[u][x] * block[y * 8 + x];
  for (let i = 0; i < 64; i++) {
    const v = kZigzag[i] >> 3, u = kZigzag[i] & 7;
    let sum = 0;
    for (let y = 0; y < 8; y++) sum += kCosines[v][y] * rows[y * 8 + u];
    out[i] = Math.round(sum / quantum);
  }
  return out;
}

class Bits {
  bytes = [];
  held = 0;
  count = 0;
  put(value, length) {
    for (let i = length - 1; i >= 0; i--) {
      this.held = (this.held << 1) | ((value >> i) & 1);
      if (++this.count < 8) continue;
      this.bytes.push(this.held);
      if (this.held === 0xff) this.bytes.push(0);
      this.held = this.count = 0;
    }
  }
  amplitude(value, size) { this.put(value < 0 ? value + 2 ** size - 1 : value, size); }
  end() {
    while (this.count > 0) this.put(1, 1);
    return Buffer.from(this.bytes);
  }
}
const sizeOf = (value) => 32 - Math.clz32(Math.abs(value));

/** Bits of one scan: Huffman codes of coefficients, and restart markers between them. */
class Scan {
  bits = new Bits();
  #last = [];
  #left;
  #marker = 0;

  constructor(restart) {
    this.restart = this.#left = restart;
  }

  /** Before each unit of a scan. */
  unit() {
    if (this.restart === 0) return;
    if (this.#left-- > 0) return;
    this.bits.end();
    this.bits.bytes.push(0xff, 0xd0 | this.#marker++ & 7);
    this.#left = this.restart - 1;
    this.#last = [];
  }

  dc(component, value) {
    const difference = value - (this.#last[component] ?? 0);
    this.#last[component] = value;
    this.bits.put(kDc.indexOf(sizeOf(difference)), 4);
    this.bits.amplitude(difference, sizeOf(difference));
  }

  #ac(symbol) { this.bits.put(kAc.indexOf(symbol), 8); }

  /** Coefficients `from` to `to` of a block. */
  ac(values, from, to) {
    let run = 0;
    for (let i = from; i <= to; i++) {
      if (values[i] === 0) {
        run++;
        continue;
      }
      for (; run > 15; run -= 16) this.#ac(0xf0);
      this.#ac((run << 4) | sizeOf(values[i]));
      this.bits.amplitude(values[i], sizeOf(values[i]));
      run = 0;
    }
    if (run > 0) this.#ac(0);
  }

  /** The last bit of coefficients of which the scan before sent all others (ITU T.81, G.1.2.3). */
  acLastBit(values, from, to) {
    let run = 0, held = [], end = from - 1;
    for (let i = from; i <= to; i++) if (Math.abs(values[i]) === 1) end = i;
    const flush = () => {
      for (const bit of held) this.bits.put(bit, 1);
      held = [];
    };
    for (let i = from; i <= to; i++) {
      const size = Math.abs(values[i]);
      if (size === 0) {
        run++;
        continue;
      }
      for (; run > 15 && i <= end; run -= 16) {
        this.#ac(0xf0);
        flush();
      }
      if (size > 1) {
        held.push(size & 1);
        continue;
      }
      this.#ac((run << 4) | 1);
      this.bits.put(values[i] < 0 ? 0 : 1, 1);
      flush();
      run = 0;
    }
    if (run > 0 || held.length > 0) {
      this.#ac(0);
      flush();
    }
  }
}

/** A component: its blocks of coefficients, as many as whole units need, and how many of them the picture covers. */
function component(plane, width, height, [h, v], [most_h, most_v], quantum) {
  const reach = (size, factor, most) => ({ own: Math.ceil(size * factor / most), all: Math.ceil(size / (8 * most)) * factor });
  const across = reach(width, h, most_h), down = reach(height, v, most_v);
  const stepX = most_h / h, stepY = most_v / v;
  const sample = (x, y) => {
    let sum = 0;
    for (let j = 0; j < stepY; j++) {
      for (let i = 0; i < stepX; i++) {
        sum += plane[Math.min(height - 1, y * stepY + j) * width + Math.min(width - 1, x * stepX + i)];
      }
    }
    return Math.round(sum / (stepX * stepY));
  };
  const blocks = [];
  const block = new Float64Array(64);
  for (let top = 0; top < down.all; top++) {
    for (let left = 0; left < across.all; left++) {
      for (let i = 0; i < 64; i++) {
        const x = Math.min(across.own - 1, 8 * left + (i & 7)), y = Math.min(down.own - 1, 8 * top + (i >> 3));
        block[i] = sample(x, y) - 128;
      }
      blocks.push(transformed(block, quantum));
    }
  }
  return { blocks, columns: across.all, ownColumns: Math.ceil(across.own / 8), ownRows: Math.ceil(down.own / 8), h, v };
}

/**
 * @param {Uint8Array[]} planes one to or four of width · height samples, as they are stored
 * @param {number | null} adobe transform of the Adobe marker: 0 (CMYK), 1 (YCbCr), 2 (YCCK); null without it
 * @param {object} how sampling: [h, v] a component; progressive: spectral bands, and the last bit of each in scans of its
 *   own; restart: units between markers, 0 for none; quantum; ids of the components; wide: quantisers of 16 bits
 */
export function jpeg(planes, width, height, adobe = null, how = {}) {
  const { sampling = planes.map(() => [1, 1]), progressive = false, restart = 0, quantum = kQuantum, wide = false } = how;
  const ids = how.ids ?? planes.map((_, i) => i + 1);
  const most = [0, 1].map((i) => Math.max(...sampling.map((factors) => factors[i])));
  const all = planes.map((plane, i) => component(plane, width, height, sampling[i], most, quantum));
  const units = [Math.ceil(width / (8 * most[0])), Math.ceil(height / (8 * most[1]))];

  const start = (which, from, to, high, low) => segment(0xda, [which.length], which.flatMap((i) => [ids[i], 0x00]), [from, to, high << 4 | low]);
  /** All components in turn; of a single one its own blocks only. */
  const scan = (which, from, to, high, low, code) => {
    const out = new Scan(restart);
    if (which.length === 1) {
      const { blocks, columns, ownColumns, ownRows } = all[which[0]];
      for (let y = 0; y < ownRows; y++) {
        for (let x = 0; x < ownColumns; x++) {
          out.unit();
          code(out, blocks[y * columns + x], which[0]);
        }
      }
    } else {
      for (let top = 0; top < units[1]; top++) {
        for (let left = 0; left < units[0]; left++) {
          out.unit();
          for (const i of which) {
            const { blocks, columns, h, v } = all[i];
            for (let y = 0; y < v; y++) for (let x = 0; x < h; x++) code(out, blocks[(top * v + y) * columns + left * h + x], i);
          }
        }
      }
    }
    return Buffer.concat([start(which, from, to, high, low), out.bits.end()]);
  };
  const every = planes.map((_, i) => i);
  const halved = (values) => values.map((value) => Math.trunc(value / 2));
  const scans = !progressive ? [scan(every, 0, 63, 0, 0, (out, values, i) => {
    out.dc(i, values[0]);
    out.ac(values, 1, 63);
  })] : [
    scan(every, 0, 0, 0, 1, (out, values, i) => out.dc(i, values[0] >> 1)),
    ...every.flatMap((i) => [[1, 5], [6, 63]].map(([from, to]) => scan([i], from, to, 0, 1, (out, values) => out.ac(halved(values), from, to)))),
    scan(every, 0, 0, 1, 0, (out, values) => out.bits.put(values[0] & 1, 1)),
    ...every.map((i) => scan([i], 1, 63, 1, 0, (out, values) => out.acLastBit(values, 1, 63))),
  ];

  const lengths = (size, count) => Array.from({ length: 16 }, (_, i) => (i + 1 === size ? count : 0));
  return Buffer.concat([Buffer.from([0xff, 0xd8]),
    adobe === null ? Buffer.alloc(0) : segment(0xee, Buffer.from('Adobe'), [0, 100, 0, 0, 0, 0, adobe]),
    segment(0xdb, wide ? [0x10, ...new Array(64).fill([0, quantum]).flat()] : [0, ...new Array(64).fill(quantum)]),
    segment(progressive ? 0xc2 : wide ? 0xc1 : 0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, planes.length],
      ids.flatMap((id, i) => [id, sampling[i][0] << 4 | sampling[i][1], 0])),
    segment(0xc4, [0x00], lengths(4, kDc.length), kDc), segment(0xc4, [0x10], lengths(8, kAc.length), kAc),
    restart > 0 ? segment(0xdd, [restart >> 8, restart & 255]) : Buffer.alloc(0),
    ...scans, Buffer.from([0xff, 0xd9])]);
}

const plane = ({ data, width, height }, value) =>
  Uint8Array.from({ length: width * height }, (_, i) => Math.max(0, Math.min(255, Math.round(value(data[4 * i], data[4 * i + 1], data[4 * i + 2])))));

/** Brightness and colour of a pixel (JFIF). */
const kYcc = [(r, g, b) => 0.299 * r + 0.587 * g + 0.114 * b, (r, g, b) => 128 - 0.168736 * r - 0.331264 * g + 0.5 * b,
  (r, g, b) => 128 + 0.5 * r - 0.418688 * g - 0.081312 * b];

/** A common JPEG of three channels; `how` as for jpeg(). */
export const colourJpeg = (p, how) => jpeg(kYcc.map((value) => plane(p, value)), p.width, p.height, null, how);

/** Red, green and blue as they are, which the Adobe marker or the components' ids say. */
export const rgbJpeg = (p, adobe = 0, how = {}) =>
  jpeg([0, 1, 2].map((i) => plane(p, (...rgb) => rgb[i])), p.width, p.height, adobe, how);

/** Grey of the green channel. */
export const greyJpeg = (p, how) => jpeg([plane(p, (r, g) => g)], p.width, p.height, null, how);

/** Inks of a pixel, 0…255, with as much black as there can be, up to `most`. */
function inks(r, g, b, most = 200) {
  const k = Math.min(most, 255 - Math.max(r, g, b));
  const left = 255 - k;
  return [255 - r * 255 / left, 255 - g * 255 / left, 255 - b * 255 / left, k];
}

/** CMYK as Adobe's programs write it: inks inverted. */
export const cmykJpeg = (p) =>
  jpeg([0, 1, 2, 3].map((i) => plane(p, (r, g, b) => 255 - inks(r, g, b)[i])), p.width, p.height, 0);

/** YCCK: the inverted inks' first three as brightness and colour. */
export function ycckJpeg(p) {
  const ycc = (i) => (r, g, b) => {
    const [c, m, y, k] = inks(r, g, b);
    return [0.299 * c + 0.587 * m + 0.114 * y, 128 - 0.168736 * c - 0.331264 * m + 0.5 * y,
      128 + 0.5 * c - 0.418688 * m - 0.081312 * y, 255 - k][i];
  };
  return jpeg([0, 1, 2, 3].map((i) => plane(p, ycc(i))), p.width, p.height, 2);
}
