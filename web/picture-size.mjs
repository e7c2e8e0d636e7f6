// Width and height from a picture's first bytes: tells what is no picture, and what is too large, before decoding. And
// the reduction of what is larger than is analysed.

export const kFullPixels = 50e6;  // pixels; larger photos are reduced to that before they are analysed
const kMaxMegapixels = 200;  // refused above
const kMaxSide = 32768;      // pixels; browsers draw no canvas that is longer

const text = (bytes, at, length) => String.fromCharCode(...bytes.subarray(at, at + length));
const be16 = (b, at) => (b[at] << 8) | b[at + 1];
const be32 = (b, at) => ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
const le16 = (b, at) => b[at] | (b[at + 1] << 8);
const le24 = (b, at) => le16(b, at) | (b[at + 2] << 16);
const le32 = (b, at) => (le24(b, at) | (b[at + 3] << 24)) | 0;

function jpegSize(b) {
  let at = 2;
  while (at + 9 < b.length) {
    // Stray bytes between segments, or a length that does not fit: decoders look for the next marker, so they are asked.
    if (b[at] !== 0xff) return { width: 0, height: 0 };
    const marker = b[at + 1];
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // Start-of-frame markers, without DHT, JPG and DAC, which lie among them.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { width: be16(b, at + 7), height: be16(b, at + 5) };
    }
    at += 2 + be16(b, at + 2);
  }
  // Metadata can fill more than what was read; the decoder will tell.
  return { width: 0, height: 0 };
}

function webpSize(b) {
  const kind = text(b, 12, 4);
  if (kind === 'VP8X') return { width: le24(b, 24) + 1, height: le24(b, 27) + 1 };
  if (kind === 'VP8L') {
    const bits = le32(b, 21);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind === 'VP8 ') return { width: le16(b, 26) & 0x3fff, height: le16(b, 28) & 0x3fff };
  return null;
}

/** OS/2's first header has 12 bytes and sides of 16 bits; all later ones begin with sides of 32 bits. */
function bmpSize(b) {
  if (b.length < 26) return null;
  if (le32(b, 14) === 12) return { width: le16(b, 18), height: le16(b, 20) };
  return { width: Math.abs(le32(b, 18)), height: Math.abs(le32(b, 22)) };
}

/**
 * A kind of picture that the page cannot read but can name, by a file's first bytes; null for all others.
 * @param {Uint8Array} b first bytes of a file
 */
export function foreignKind(b) {
  const kind = text(b, 4, 4) === 'ftyp' ? text(b, 8, 4) : '';
  // Of the brands, mif1 and msf1 alone leave open what is inside; what else the file is compatible with tells.
  if (/^(heic|heix|heim|heis|hevc|hevx)$/.test(kind)) return 'HEIC';
  if (/^(mif1|msf1)$/.test(kind)) {
    const brands = text(b, 16, Math.min(b.length, be32(b, 0)) - 16).match(/.{4}/gs) ?? [];
    if (!brands.some((brand) => /^avi[fs]$/.test(brand)) && brands.some((brand) => /^(he|mi)/.test(brand))) return 'HEIC';
  }
  if (['II*\0', 'MM\0*'].includes(text(b, 0, 4))) return 'TIFF';
  if (text(b, 4, 4) === 'JXL ' || be16(b, 0) === 0xff0a) return 'JPEG XL';
  return null;
}

/**
 * @param {Uint8Array} b first bytes of a file
 * @returns {{width: number, height: number} | null} null where it is no known picture; zeros where the size stands further on
 */
export function pictureSize(b) {
  if (b.length < 8) return null;
  if (b[0] === 0xff && b[1] === 0xd8 && b[2] === 0xff) return jpegSize(b);
  if (be32(b, 0) === 0x89504e47) return b.length >= 24 ? { width: be32(b, 16), height: be32(b, 20) } : null;
  if (text(b, 0, 4) === 'GIF8') return { width: le16(b, 6), height: le16(b, 8) };
  if (text(b, 0, 2) === 'BM') return bmpSize(b);
  if (text(b, 0, 4) === 'RIFF' && b.length >= 30 && text(b, 8, 4) === 'WEBP') return webpSize(b);
  if (text(b, 4, 4) === 'ftyp' && /^(avif|avis|heic|heix|mif1|msf1)$/.test(text(b, 8, 4))) return { width: 0, height: 0 };
  return null;
}

/** Why a picture of that size is not taken, or null. */
export function tooLarge({ width, height }) {
  const megapixels = (width * height) / 1e6;
  if (megapixels > kMaxMegapixels) {
    return `has ${Math.round(megapixels)} megapixels, more than the limit of ${kMaxMegapixels}`;
  }
  if (Math.max(width, height) > kMaxSide) return `is ${width} × ${height} pixels, longer than the limit of ${kMaxSide} a side`;
  return null;
}

/**
 * A picture of at most kFullPixels. Closes the given one where another takes its place.
 * @param {ImageBitmap} bitmap
 * @param {ImageBitmapOptions} options  that it was decoded with
 */
export async function atMostFull(bitmap, options) {
  const scale = Math.sqrt(kFullPixels / (bitmap.width * bitmap.height));
  if (scale >= 1) return bitmap;
  try {
    return await createImageBitmap(bitmap, { ...options, resizeWidth: Math.floor(bitmap.width * scale),
      resizeHeight: Math.floor(bitmap.height * scale), resizeQuality: 'high' });
  } finally {
    bitmap.close();
  }
}
