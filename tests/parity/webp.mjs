// The container of WebP: what canvases encode is put into extended and animated files, with chunks put in by hand.

const u24 = (value) => [value & 255, value >> 8 & 255, value >> 16 & 255];

export function riffChunk(type, body) {
  const head = Buffer.alloc(8);
  head.write(type, 0, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, Buffer.from(body), Buffer.alloc(body.length & 1)]);
}
export function riff(chunks) {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  return riffChunk('RIFF', body);
}
/** The chunks of a file as [type, body]. */
export function chunksOf(file) {
  const found = [];
  for (let at = 12; at + 8 <= file.length;) {
    const length = file.readUInt32LE(at + 4);
    found.push([file.toString('latin1', at, at + 4), file.subarray(at + 8, at + 8 + length)]);
    at += 8 + length + (length & 1);
  }
  return found;
}
const isPixels = ([type]) => ['ALPH', 'VP8 ', 'VP8L'].includes(type);

/** @param flags 2 animated, 4 XMP, 8 EXIF, 16 alpha, 32 ICC */
export const extendedHeader = (width, height, flags) => riffChunk('VP8X', [flags, 0, 0, 0, ...u24(width - 1), ...u24(height - 1)]);

/** A still file in the extended form, with chunks before and behind its pixels. */
export function extended(file, width, height, { flags = 0, before = [], after = [], canvas = [width, height] } = {}) {
  const pixels = chunksOf(file).filter(isPixels);
  const alpha = pixels.some(([type]) => type === 'ALPH') ? 16 : 0;
  return riff([extendedHeader(...canvas, flags | alpha), ...before, ...pixels.map(([type, body]) => riffChunk(type, body)), ...after]);
}

/** @param frames {file, width, height, left, top (even), blend, dispose} each */
export function animated(frames, width, height, { alpha = true, background = [0, 0, 0, 0] } = {}) {
  return riff([extendedHeader(width, height, 2 | (alpha ? 16 : 0)), riffChunk('ANIM', [...background, 0, 0]),
    ...frames.map(({ file, width: w, height: h, left = 0, top = 0, blend = true, dispose = false }) =>
      riffChunk('ANMF', Buffer.concat([Buffer.from([...u24(left / 2), ...u24(top / 2), ...u24(w - 1), ...u24(h - 1), ...u24(100),
        (blend ? 0 : 2) | (dispose ? 1 : 0)]), ...chunksOf(file).filter(isPixels).map(([type, body]) => riffChunk(type, body))])))]);
}
