// A PNG encoder for every colour type, depth, transparency, filter and order of rows, and for chunks put in by hand.
import * as zlib from 'node:zlib';
import { crc32 } from '../browser/support/pictures.mjs';

export const kSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const kChannels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }; // samples a pixel, by colour type

export function chunk(type, body = Buffer.alloc(0)) {
  const out = Buffer.alloc(12 + body.length);
  out.writeUInt32BE(body.length, 0);
  out.write(type, 4, 'latin1');
  Buffer.from(body).copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length);
  return out;
}

export function header(width, height, depth, type, interlaced = false) {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(width, 0);
  body.writeUInt32BE(height, 4);
  body.set([depth, type, 0, 0, interlaced ? 1 : 0], 8);
  return chunk('IHDR', body);
}

/** Samples of a pixel in a colour type and depth. A palette is the picture's shades of grey and some colours. */
function samplesOf(rgba, type, depth) {
  const most = 2 ** depth - 1, scaled = (value) => Math.round(value * most / 255);
  const [r, g, b, a] = rgba;
  if (type === 0) return [scaled(g)];
  if (type === 2) return [scaled(r), scaled(g), scaled(b)];
  if (type === 3) return [Math.min(most, Math.floor(g * (most + 1) / 256))];
  if (type === 4) return [scaled(g), scaled(a)];
  return [scaled(r), scaled(g), scaled(b), scaled(a)];
}

/** The palette of `depth` bits: from dark blue over green to light red. */
export function palette(depth) {
  const count = 2 ** depth;
  return Buffer.from(Array.from({ length: count }, (_, i) => {
    const t = i / (count - 1);
    return [Math.round(255 * t), Math.round(200 * Math.sin(3 * t)), Math.round(255 * (1 - t) * (1 - t / 2))];
  }).flat());
}

const paeth = (a, b, c) => {
  const p = a + b - c, pa = Math.abs(p - a), pb = Math.abs(p - b), pc = Math.abs(p - c);
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
};

/** Rows of one pass, each behind its filter's byte. */
function filtered(rows, step) {
  let above = Buffer.alloc(rows[0]?.length ?? 0);
  return Buffer.concat(rows.map((row, y) => {
    const filter = y % 5, out = Buffer.alloc(1 + row.length);
    out[0] = filter;
    for (let i = 0; i < row.length; i++) {
      const a = i >= step ? row[i - step] : 0, b = above[i], c = i >= step ? above[i - step] : 0;
      out[1 + i] = row[i] - [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter];
    }
    above = row;
    return out;
  }));
}

function packedRow(picture, y, columns, type, depth) {
  const samples = columns.flatMap((x) => {
    const at = (y * picture.width + x) * 4;
    return samplesOf(picture.data.subarray(at, at + 4), type, depth);
  });
  const out = Buffer.alloc(Math.ceil(samples.length * depth / 8));
  samples.forEach((value, i) => {
    if (depth === 16) out.writeUInt16BE(value, 2 * i);
    else out[i * depth >> 3] |= value << (8 - depth - (i * depth & 7));
  });
  return out;
}

const kPasses = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]]; // x, y, steps
const every = (first, step, end) => Array.from({ length: Math.max(0, Math.ceil((end - first) / step)) }, (_, i) => first + i * step);

/** The pixels before compression. */
export function rawRows(picture, type, depth, interlaced) {
  const step = Math.max(1, kChannels[type] * depth / 8);
  const passes = interlaced ? kPasses : [[0, 0, 1, 1]];
  return Buffer.concat(passes.map(([x0, y0, dx, dy]) => {
    const columns = every(x0, dx, picture.width);
    if (columns.length === 0) return Buffer.alloc(0);
    return filtered(every(y0, dy, picture.height).map((y) => packedRow(picture, y, columns, type, depth)), step);
  }));
}

/**
 * @param {{data, width, height}} picture RGBA
 * @param {object} how type, depth, interlaced; before and after: chunks around the pixels; parts: how many IDAT
 */
export function encode(picture, { type = 6, depth = 8, interlaced = false, before = [], after = [], parts = 1, raw, tail } = {}) {
  const body = zlib.deflateSync(raw ?? rawRows(picture, type, depth, interlaced));
  const size = Math.ceil(body.length / parts);
  const pixels = Array.from({ length: parts }, (_, i) => chunk('IDAT', body.subarray(i * size, (i + 1) * size)));
  const colours = type === 3 ? [chunk('PLTE', palette(depth))] : [];
  return Buffer.concat([kSignature, header(picture.width, picture.height, depth, type, interlaced), ...colours, ...before,
    ...pixels, ...after, chunk('IEND'), ...(tail ? [tail] : [])]);
}

/** The chunks of a PNG as [type, body]; joined() makes a file of them again. */
export function chunksOf(file) {
  const found = [];
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    found.push([file.toString('latin1', at + 4, at + 8), file.subarray(at + 8, at + 8 + length)]);
    at += 12 + length;
  }
  return found;
}
export const joined = (chunks) => Buffer.concat([kSignature, ...chunks.map(([type, body]) => chunk(type, body))]);

/** An fcTL or fdAT body. */
export function frameControl(sequence, { width, height, left = 0, top = 0, dispose = 0, blend = 0 }) {
  const body = Buffer.alloc(26);
  [sequence, width, height, left, top].forEach((value, i) => body.writeUInt32BE(value, 4 * i));
  body.writeUInt16BE(1, 20);
  body.writeUInt16BE(10, 22);
  body.set([dispose, blend], 24);
  return chunk('fcTL', body);
}
export function frameData(sequence, idat) {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(sequence);
  return chunk('fdAT', Buffer.concat([number, idat]));
}
export function animationControl(frames) {
  const body = Buffer.alloc(8);
  body.writeUInt32BE(frames, 0);
  return chunk('acTL', body);
}
