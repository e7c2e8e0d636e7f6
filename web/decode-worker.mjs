// Decodes photos off the page's thread. Full pixels leave in strips, so that they exist only once outside the program.
import { atMostFull, tooLarge } from './picture-size.mjs';

const kStripBytes = 4 * 2 ** 20;

// The pixels as stored, so that they agree with other decoders; orientation is applied by the browser.
const kAsStored = { colorSpaceConversion: 'none', premultiplyAlpha: 'none', imageOrientation: 'from-image' };

async function decode(blob, options = {}) {
  try {
    return await createImageBitmap(blob, { ...kAsStored, ...options });
  } catch {
    throw new Error('could not be decoded — the file is damaged or of an unknown format');
  }
}

/** The picture on white, at most `side` pixels wide and high. */
function reduced(bitmap, side) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  return { canvas, context, width, height };
}

function pixelsOf({ context, width, height }) {
  return { rgba: new Uint8Array(context.getImageData(0, 0, width, height).data.buffer), width, height };
}

/** Gives a canvas' memory back at once rather than at the next collection. */
function release(canvas) {
  canvas.width = 0;
  canvas.height = 0;
}

/** Buffers for strips, which the page gives back, so that nothing is left to the collector. */
class Buffers {
  #free = [new ArrayBuffer(kStripBytes), new ArrayBuffer(kStripBytes)];
  #wanted = null;

  async take() {
    while (this.#free.length === 0) await new Promise((resolve) => { this.#wanted = resolve; });
    return this.#free.pop();
  }

  give(buffer) {
    this.#free.push(buffer);
    this.#wanted?.();
  }
}
const buffers = new Buffers();

/**
 * Whether rows of a strip are those that a canvas gets: a frame may leave out how the picture is turned, or its colour space.
 * @param {Uint8Array} strip RGBA, `count` rows from row `first` of the bitmap on
 */
function isAsDrawn(bitmap, context, strip, first, count) {
  const { width } = bitmap;
  return [0, count >> 2, count >> 1, count - 1].every((row) => {
    context.drawImage(bitmap, 0, first + row, width, 1, 0, 0, width, 1);
    const drawn = context.getImageData(0, 0, width, 1).data;
    return drawn.every((value, i) => Math.abs(value - strip[row * width * 4 + i]) <= 2);
  });
}

/** Copies an opaque picture without a canvas between. Returns false where the browser cannot, or gives another picture. */
async function postFrame(bitmap) {
  const { width, height } = bitmap;
  if (typeof VideoFrame === 'undefined' || width * 4 > kStripBytes) return false;
  let frame, buffer = null;
  try {
    frame = new VideoFrame(bitmap, { timestamp: 0 });
    if (!['BGRX', 'RGBX'].includes(frame.format) || frame.codedWidth !== width || frame.codedHeight !== height) return false;
    const rows = Math.min(height, Math.floor(kStripBytes / (width * 4)));
    const context = new OffscreenCanvas(width, 1).getContext('2d', { willReadFrequently: true });
    for (let first = 0; first < height; first += rows) {
      const count = Math.min(rows, height - first);
      buffer = await buffers.take();
      const strip = new Uint8Array(buffer, 0, count * width * 4);
      const [plane] = await frame.copyTo(strip, { rect: { x: 0, y: first, width, height: count }, format: 'RGBA' });
      if (plane.offset !== 0 || plane.stride !== width * 4 || strip[3] !== 255) return false;
      if (!isAsDrawn(bitmap, context, strip, first, count)) return false;
      postMessage({ rows: strip, first, width, height, back: true }, [buffer]);
      buffer = null;
    }
    return true;
  } catch {
    return false;
  } finally {
    frame?.close();
    if (buffer !== null) buffers.give(buffer);
  }
}

/** Posts the whole picture as strips of rows, on white. */
function postStrips(bitmap) {
  const { width, height } = bitmap;
  const rows = Math.max(1, Math.min(height, Math.floor(kStripBytes / (width * 4))));
  const canvas = new OffscreenCanvas(width, rows);
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  for (let first = 0; first < height; first += rows) {
    const count = Math.min(rows, height - first);
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, count);
    context.drawImage(bitmap, 0, first, width, count, 0, 0, width, count);
    const data = new Uint8Array(context.getImageData(0, 0, width, count).data.buffer);
    postMessage({ rows: data, first, width, height }, [data.buffer]);
  }
  release(canvas);
}

async function analyse({ file, displaySide, thumbnailSide, wantDisplay }) {
  let bitmap = await decode(file);
  const fileWidth = bitmap.width, fileHeight = bitmap.height;
  // Where the header did not tell the size, the decoder does.
  const reason = tooLarge(bitmap);
  if (reason !== null) throw new Error(reason);
  bitmap = await atMostFull(bitmap, kAsStored);
  if (!await postFrame(bitmap)) postStrips(bitmap);
  const { width, height } = bitmap;
  const shown = reduced(bitmap, displaySide);
  bitmap.close();
  const little = reduced(shown.canvas, thumbnailSide);
  const thumbnail = pixelsOf(little);
  const display = wantDisplay ? await shown.canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 }) : null;
  release(little.canvas);
  release(shown.canvas);
  postMessage({ done: true, width, height, fileWidth, fileHeight, thumbnail, display }, [thumbnail.rgba.buffer]);
}

async function show({ show: blob, displaySide }) {
  const bitmap = await decode(blob);
  const copy = reduced(bitmap, displaySide);
  const picture = pixelsOf(copy);
  release(copy.canvas);
  bitmap.close();
  postMessage({ done: true, ...picture }, [picture.rgba.buffer]);
}

onmessage = async ({ data }) => {
  if (data.used) {
    buffers.give(data.used);
    return;
  }
  try {
    await (data.show ? show(data) : analyse(data));
  } catch (error) {
    postMessage({ error: error.message });
  }
};
