// A GIF encoder: frames anywhere on the screen, local palettes, transparency, interlace, any number of bits.

const shades = (count) => Array.from({ length: count }, (_, i) => {
  const t = i / (count - 1);
  return [Math.round(255 * t), Math.round(200 * Math.sin(3 * t)), Math.round(255 * (1 - t) * (1 - t / 2))];
}).flat();
const word = (value) => [value & 255, value >> 8];

/** LZW of GIF: codes grow from `bits` + 1 to 12 bits; the table starts anew where it is full. */
function lzw(indices, bits) {
  const clear = 1 << bits, out = [];
  let held = 0, count = 0, size = bits + 1, next = clear + 2, table = new Map();
  const put = (code) => {
    held |= code << count;
    for (count += size; count >= 8; count -= 8, held >>>= 8) out.push(held & 255);
  };
  put(clear);
  let prefix = indices[0];
  for (const value of indices.slice(1)) {
    const key = prefix << 8 | value, known = table.get(key);
    if (known !== undefined) {
      prefix = known;
      continue;
    }
    put(prefix);
    if (next < 4096) {
      table.set(key, next);
      if (next++ === 1 << size) size++;
    } else {
      put(clear);
      size = bits + 1;
      next = clear + 2;
      table = new Map();
    }
    prefix = value;
  }
  put(prefix);
  put(clear + 1);
  if (count > 0) out.push(held & 255);
  return out;
}

/** Data in blocks of at most 255 bytes. */
function blocks(bytes) {
  const out = [];
  for (let at = 0; at < bytes.length; at += 255) out.push(Math.min(255, bytes.length - at), ...bytes.slice(at, at + 255));
  return [...out, 0];
}

function frameBytes(picture, bits, { left = 0, top = 0, interlaced = false, local = false, transparent, dispose = 0, delay = 10 }, codeBits) {
  const { data, width, height } = picture, count = 2 ** bits;
  const rows = interlaced
    ? [[0, 8], [4, 8], [2, 4], [1, 2]].flatMap(([first, step]) => Array.from({ length: Math.max(0, Math.ceil((height - first) / step)) }, (_, i) => first + i * step))
    : Array.from({ length: height }, (_, i) => i);
  const indices = rows.flatMap((y) => Array.from({ length: width }, (_, x) => Math.floor(data[(y * width + x) * 4 + 1] * count / 256)));
  const control = transparent === undefined && delay === 0 ? [] :
    [0x21, 0xf9, 4, dispose << 2 | (transparent === undefined ? 0 : 1), ...word(delay), transparent ?? 0, 0];
  const table = local ? shades(count).reverse() : [];
  const code = Math.max(2, codeBits ?? bits);
  return [...control, 0x2c, ...word(left), ...word(top), ...word(width), ...word(height),
    (local ? 0x80 | bits - 1 : 0) | (interlaced ? 0x40 : 0), ...table, code, ...blocks(lzw(indices, code))];
}

/**
 * @param {{data, width, height}[]} pictures RGBA, one a frame; the green channel chooses the colour
 * @param {object} how bits: 1 to 8; screen: [width, height]; background; version; global: whether there is a palette for all;
 *   frames: one object a frame (left, top, interlaced, local, transparent, dispose, delay)
 */
export function encode(pictures, { bits = 8, screen, background = 0, version = '89a', global = true, frames = [], loop = false, codeBits } = {}) {
  const [width, height] = screen ?? [pictures[0].width, pictures[0].height];
  return Buffer.from([...Buffer.from(`GIF${version}`), ...word(width), ...word(height), (global ? 0x80 : 0) | 0x70 | bits - 1, background, 0,
    ...(global ? shades(2 ** bits) : []),
    ...(loop ? [0x21, 0xff, 11, ...Buffer.from('NETSCAPE2.0'), 3, 1, 0, 0, 0] : []),
    ...pictures.flatMap((picture, i) => frameBytes(picture, bits, frames[i] ?? { delay: version === '87a' ? 0 : 10 }, codeBits)), 0x3b]);
}
