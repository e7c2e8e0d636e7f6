// A BMP encoder for every header, depth, set of masks, order of rows and run-length code.

const kPlain = 0;
export const kRle8 = 1, kRle4 = 2, kMasks = 3, kAlphaMasks = 6;

/** Palette of `count` colours, [r, g, b]. */
const colours = (count) => Array.from({ length: count }, (_, i) => {
  const t = count === 1 ? 0 : i / (count - 1);
  return [Math.round(255 * t), Math.round(200 * Math.sin(3 * t)), Math.round(255 * (1 - t) * (1 - t / 2))];
});

function masked(value, mask) {
  if (mask === 0) return 0n;
  let shift = 0n;
  const wide = BigInt(mask >>> 0);
  while (((wide >> shift) & 1n) === 0n) ++shift;
  const most = Number(wide >> shift);
  return (BigInt(Math.round(value * most / 255)) << shift) & wide;
}

/** Runs and absolute stretches of a row of indices. */
function runs(row, bits) {
  const out = [];
  for (let x = 0; x < row.length;) {
    let length = 1;
    while (x + length < row.length && row[x + length] === row[x] && length < 255) length++;
    if (length >= 3 || row.length - x < 3) {
      out.push(length, bits === 8 ? row[x] : row[x] * 17);
      x += length;
      continue;
    }
    let end = x + 3;
    while (end < row.length && end - x < 200 && !(row[end] === row[end - 1] && row[end] === row[end - 2])) end++;
    const part = row.slice(x, end);
    out.push(0, part.length);
    if (bits === 8) out.push(...part);
    else for (let i = 0; i < part.length; i += 2) out.push(part[i] << 4 | (part[i + 1] ?? 0));
    if ((bits === 8 ? part.length : Math.ceil(part.length / 2)) % 2 === 1) out.push(0);
    x = end;
  }
  return out;
}

/**
 * @param {{data, width, height}} picture RGBA
 * @param {object} how header: bytes; bits; compression; masks: [r, g, b, a]; topDown; colours: entries of the palette that are
 *   written; gap: bytes before the pixels; offset: where the file says that they begin; body: pixels in place of its own
 */
export function encode(picture, how = {}) {
  const { header = 40, bits = 24, compression = kPlain, topDown = false, gap = 0 } = how;
  const { data, width, height } = picture;
  const masks = how.masks ?? (bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0]);
  const count = bits <= 8 ? how.colours ?? 2 ** bits : 0, table = colours(count);
  const isMasked = compression === kMasks || compression === kAlphaMasks;
  const behind = isMasked && header === 40 ? (compression === kAlphaMasks ? 16 : 12) : 0;
  const entry = header === 12 ? 3 : 4;

  const head = Buffer.alloc(14 + header + behind);
  head.write('BM');
  head.writeUInt32LE(header, 14);
  if (header === 12) {
    [[width, 18], [height, 20], [1, 22], [bits, 24]].forEach(([value, at]) => head.writeUInt16LE(value, at));
  } else {
    head.writeInt32LE(width, 18);
    head.writeInt32LE(topDown ? -height : height, 22);
    if (header >= 16) head.writeUInt16LE(1, 26), head.writeUInt16LE(bits, 28);
    if (header >= 40) {
      head.writeUInt32LE(compression, 30);
      head.writeUInt32LE(how.declared ?? (bits <= 8 && count < 2 ** bits ? count : 0), 46);
    }
    if (isMasked || header >= 108) {
      masks.forEach((mask, i) => { if (54 + 4 * i + 4 <= head.length) head.writeUInt32LE(mask >>> 0, 54 + 4 * i); });
    }
    if (header >= 108) head.write('BGRs', 70, 'latin1'); // sRGB
  }

  const index = (x, y) => Math.min(count - 1, Math.floor(data[(y * width + x) * 4 + 1] * count / 256));
  let body;
  if (how.body) {
    body = how.body;
  } else if (compression === kRle8 || compression === kRle4) {
    const bytes = [];
    for (let row = 0; row < height; row++) {
      bytes.push(...runs(Array.from({ length: width }, (_, x) => index(x, height - 1 - row)), bits), 0, 0);
    }
    body = Buffer.from([...bytes, 0, 1]);
  } else {
    const size = (width * bits + 31) >> 5 << 2;
    body = Buffer.alloc(size * height);
    for (let row = 0; row < height; row++) {
      const y = topDown ? row : height - 1 - row;
      for (let x = 0; x < width; x++) {
        const at = (y * width + x) * 4;
        if (bits <= 8) {
          body[row * size + (x * bits >> 3)] |= index(x, y) << (8 - bits - (x * bits & 7));
          continue;
        }
        const [r, g, b, a] = data.subarray(at, at + 4);
        let value = bits === 24 ? BigInt(b | g << 8 | r << 16)
          : masked(r, masks[0]) | masked(g, masks[1]) | masked(b, masks[2]) | masked(a, masks[3]);
        for (let i = 0; i < bits / 8; i++, value >>= 8n) body[row * size + x * bits / 8 + i] = Number(value & 255n);
      }
    }
  }
  const table_ = Buffer.from(table.flatMap(([r, g, b]) => (entry === 3 ? [b, g, r] : [b, g, r, 0])));
  const pixels = head.length + table_.length + gap;
  head.writeUInt32LE(pixels + body.length, 2);
  head.writeUInt32LE(how.offset ?? pixels, 10);
  return Buffer.concat([head, table_, Buffer.alloc(gap, 0x55), body]);
}
