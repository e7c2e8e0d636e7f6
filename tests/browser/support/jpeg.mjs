// A baseline JPEG encoder for what browsers cannot write: grey, CMYK and YCCK. Plain rather than small.

const kZigzag = [0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
  28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63];
const kQuantum = 2;
// Codes of one length each: 12 sizes of 4 bits, and 162 pairs of run and size of 8 bits.
const kDc = Array.from({ length: 12 }, (_, i) => i);
const kAc = [0x00, 0xf0, ...Array.from({ length: 160 }, (_, i) => (Math.floor(i / 10) << 4) | (i % 10 + 1))];
const kCosines = Array.from({ length: 8 }, (_, u) => Array.from({ length: 8 }, (_, x) =>
  (u === 0 ? Math.SQRT1_2 : 1) / 2 * Math.cos((2 * x + 1) * u * Math.PI / 16)));

function segment(marker, ...parts) {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** Coefficients of a block, (8, 8), divided and in zigzag order. */
function transformed(block) {
  const rows = new Float64Array(64), out = new Int32Array(64);
  for (let y = 0; y < 8; y++) for (let u = 0; u < 8; u++) for (let x = 0; x < 8; x++) rows[y * 8 + u] += kCosines[u][x] * block[y * 8 + x];
  for (let i = 0; i < 64; i++) {
    const v = kZigzag[i] >> 3, u = kZigzag[i] & 7;
    let sum = 0;
    for (let y = 0; y < 8; y++) sum += kCosines[v][y] * rows[y * 8 + u];
    out[i] = Math.round(sum / kQuantum);
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

/**
 * @param {Uint8Array[]} planes one, three or four of width · height samples, as they are stored
 * @param {number | null} adobe transform of the Adobe marker: 0 (CMYK), 1 (YCbCr), 2 (YCCK); null without it
 */
export function jpeg(planes, width, height, adobe = null) {
  const bits = new Bits();
  const last = planes.map(() => 0);
  const block = new Float64Array(64);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      planes.forEach((plane, p) => {
        for (let i = 0; i < 64; i++) {
          const x = Math.min(width - 1, left + (i & 7)), y = Math.min(height - 1, top + (i >> 3));
          block[i] = plane[y * width + x] - 128;
        }
        const values = transformed(block);
        const difference = values[0] - last[p];
        last[p] = values[0];
        bits.put(kDc.indexOf(sizeOf(difference)), 4);
        bits.amplitude(difference, sizeOf(difference));
        let run = 0;
        for (let i = 1; i < 64; i++) {
          if (values[i] === 0) {
            run++;
            continue;
          }
          for (; run > 15; run -= 16) bits.put(kAc.indexOf(0xf0), 8);
          bits.put(kAc.indexOf((run << 4) | sizeOf(values[i])), 8);
          bits.amplitude(values[i], sizeOf(values[i]));
          run = 0;
        }
        if (run > 0) bits.put(kAc.indexOf(0), 8);
      });
    }
  }
  const lengths = (size, count) => Array.from({ length: 16 }, (_, i) => (i + 1 === size ? count : 0));
  const components = planes.map((_, i) => [i + 1, 0x11, 0]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]),
    adobe === null ? Buffer.alloc(0) : segment(0xee, Buffer.from('Adobe'), [0, 100, 0, 0, 0, 0, adobe]),
    segment(0xdb, [0], new Array(64).fill(kQuantum)),
    segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, planes.length], components.flat()),
    segment(0xc4, [0x00], lengths(4, kDc.length), kDc), segment(0xc4, [0x10], lengths(8, kAc.length), kAc),
    segment(0xda, [planes.length], planes.flatMap((_, i) => [i + 1, 0x00]), [0, 63, 0]), bits.end(), Buffer.from([0xff, 0xd9])]);
}

const plane = ({ data, width, height }, value) =>
  Uint8Array.from({ length: width * height }, (_, i) => Math.max(0, Math.min(255, Math.round(value(data[4 * i], data[4 * i + 1], data[4 * i + 2])))));

/** Grey of the green channel. */
export const greyJpeg = (p) => jpeg([plane(p, (r, g) => g)], p.width, p.height);

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
