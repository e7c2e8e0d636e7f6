// Pictures made in the test: known pixels in several formats, with and without what cameras and programs add.
import * as zlib from 'node:zlib';

/** A seeded generator of numbers in [0, 1). */
export function random(seed) {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = s;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A smooth scene with a blob, different for each seed. @returns {{data: Uint8Array, width, height}} RGBA */
export function scene(width, height, seed = 1, alpha = () => 255) {
  const next = random(seed);
  const colours = Array.from({ length: 3 }, () => [next() * 255, next() * 255, next() * 255]);
  const cx = 0.3 + next() * 0.4, cy = 0.3 + next() * 0.4, radius = 0.15 + next() * 0.15;
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5) / width, v = (y + 0.5) / height;
      const inside = Math.hypot(u - cx, v - cy) < radius;
      const at = (y * width + x) * 4;
      for (let c = 0; c < 3; c++) {
        const background = colours[0][c] * (1 - v) + colours[1][c] * v;
        const wave = 24 * Math.sin(u * 23 + c) * Math.cos(v * 17);
        data[at + c] = Math.max(0, Math.min(255, (inside ? colours[2][c] : background) + wave));
      }
      data[at + 3] = alpha(u, v);
    }
  }
  return { data, width, height };
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});
export function crc32(bytes) {
  if (zlib.crc32) return zlib.crc32(bytes);  // Debian 12's Node.js 18 has none
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function chunk(type, body) {
  const out = Buffer.alloc(12 + body.length);
  out.writeUInt32BE(body.length, 0);
  out.write(type, 4, 'latin1');
  body.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length);
  return out;
}

/**
 * PNG of RGBA pixels.
 * @param kind 'rgba' | 'rgb' | 'grey' | 'rgb16': how they are stored; grey takes the red channel
 */
export function png({ data, width, height }, kind = 'rgba') {
  const channels = { rgba: 4, rgb: 3, grey: 1, rgb16: 3 }[kind];
  const bytes = kind === 'rgb16' ? 2 : 1;
  const row = 1 + width * channels * bytes;
  const raw = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++) {
    let at = y * row + 1;
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        const value = data[(y * width + x) * 4 + c];
        raw[at++] = value;
        if (bytes === 2) raw[at++] = value;  // value · 257: the same shade with 16 bits
      }
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8 * bytes;
  header[9] = { rgba: 6, rgb: 2, grey: 0, rgb16: 2 }[kind];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header),
    chunk('IDAT', zlib.deflateSync(raw, { level: 1 })), chunk('IEND', Buffer.alloc(0))]);
}

/** BMP with 24 bits a pixel, behind Windows' header of 40 bytes or, `{ os2: true }`, OS/2's first of 12. */
export function bmp({ data, width, height }, { os2 = false } = {}) {
  const pixels = os2 ? 26 : 54;
  const row = (width * 3 + 3) & ~3;
  const out = Buffer.alloc(pixels + row * height);
  out.write('BM');
  out.writeUInt32LE(out.length, 2);
  out.writeUInt32LE(pixels, 10);
  out.writeUInt32LE(pixels - 14, 14);
  const fields = os2 ? [[width, 18], [height, 20], [1, 22], [24, 24]] : [[width, 18], [height, 22], [1, 26], [24, 28]];
  for (const [value, at] of fields) out.writeUInt16LE(value, at);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = ((height - 1 - y) * width + x) * 4, to = pixels + y * row + x * 3;
      [out[to], out[to + 1], out[to + 2]] = [data[from + 2], data[from + 1], data[from]];
    }
  }
  return out;
}

/** A JPEG with an EXIF orientation 1…8. */
export function withOrientation(jpeg, orientation) {
  const tiff = Buffer.from([0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

/** How a viewer shows stored pixels of an EXIF orientation. */
export function oriented({ data, width, height }, orientation) {
  const turned = orientation > 4;
  const w = turned ? height : width, h = turned ? width : height;
  const out = new Uint8Array(w * h * 4);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [sx, sy] = [null, [x, y], [width - 1 - x, y], [width - 1 - x, height - 1 - y], [x, height - 1 - y], [y, x],
        [y, height - 1 - x], [width - 1 - y, height - 1 - x], [width - 1 - y, x]][orientation];
      out.set(data.subarray((sy * width + sx) * 4, (sy * width + sx) * 4 + 4), (y * w + x) * 4);
    }
  }
  return { data: out, width: w, height: h };
}
