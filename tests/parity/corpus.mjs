// The drawn pictures on which trainer, module and page must agree: every format, depth, orientation, mask and damage.
// Nothing is stored: encoders of this folder write them from fixed seeds; WebP's frames are encoded by the browser.
import * as zlib from 'node:zlib';
import { cmykJpeg, colourJpeg, greyJpeg, jpeg, rgbJpeg, segment, ycckJpeg } from '../browser/support/jpeg.mjs';
import { random, scene } from '../browser/support/pictures.mjs';
import * as bmp from './bmp.mjs';
import * as gif from './gif.mjs';
import * as png from './png.mjs';
import * as webp from './webp.mjs';

const kRadial = (u, v) => (Math.hypot(u - 0.5, v - 0.5) < 0.3 ? 255 : Math.round(255 * u));
const big16 = (value) => [value >> 8, value & 255];

/** A TIFF structure with an orientation, behind EXIF's mark. */
function exif(orientation, { little = false, type = 3, count = 1, before = [] } = {}) {
  const tags = [...before, [0x112, type, count, orientation]];
  const body = Buffer.alloc(8 + 2 + 12 * tags.length + 4);
  const put16 = (value, at) => (little ? body.writeUInt16LE(value, at) : body.writeUInt16BE(value, at));
  const put32 = (value, at) => (little ? body.writeUInt32LE(value, at) : body.writeUInt32BE(value, at));
  body.write(little ? 'II' : 'MM');
  put16(42, 2);
  put32(8, 4);
  put16(tags.length, 8);
  tags.forEach(([tag, kind, n, value], i) => {
    put16(tag, 10 + 12 * i);
    put16(kind, 12 + 12 * i);
    put32(n, 14 + 12 * i);
    (kind === 4 ? put32 : put16)(value, 18 + 12 * i);
  });
  return body;
}
const kExifMark = Buffer.from('Exif\0\0', 'latin1');
const exifSegment = (...how) => segment(0xe1, kExifMark, exif(...how));
/** A JPEG with segments behind its first marker. */
const withSegments = (file, ...segments) => Buffer.concat([file.subarray(0, 2), ...segments, file.subarray(2)]);
const cut = (file, share) => file.subarray(0, Math.max(1, Math.floor(file.length * share)));

/** The file with `count` bytes of it changed, none before `from`. */
function flipped(file, count, seed, from = 0) {
  const out = Buffer.from(file), next = random(seed);
  for (let i = 0; i < count; i++) out[from + Math.floor(next() * (out.length - from))] ^= 1 + Math.floor(next() * 255);
  return out;
}

/** Where a marker of a JPEG stands. */
const markerAt = (file, marker) => file.findIndex((byte, i) => byte === 0xff && file[i + 1] === marker);

function jpegs(add, { canvas }) {
  const picture = scene(101, 77, 50), small = scene(40, 24, 51);
  const samplings = { 444: [1, 1], 420: [2, 2], 422: [2, 1], 440: [1, 2], 411: [4, 1] };
  for (const [name, factors] of Object.entries(samplings)) {
    for (const progressive of [false, true]) {
      add(`${progressive ? 'progressive' : 'baseline'}-${name}.jpg`, colourJpeg(picture, { sampling: [factors, [1, 1], [1, 1]], progressive, quantum: 8 }));
    }
  }
  const common = { sampling: [[2, 2], [1, 1], [1, 1]], quantum: 6 };
  add('odd-sampling.jpg', colourJpeg(picture, { sampling: [[2, 2], [2, 1], [1, 2]], quantum: 4 }));
  for (const size of [[1, 1], [8, 8], [17, 1], [1, 33], [16, 16]]) add(`420-${size.join('x')}.jpg`, colourJpeg(scene(...size, 52), common));
  for (const quality of [0.1, 0.5, 0.95]) add(`canvas-${100 * quality}.jpg`, canvas(scene(163, 121, 53), 'image/jpeg', quality));
  add('grey.jpg', greyJpeg(picture));
  add('grey-progressive.jpg', greyJpeg(picture, { progressive: true }));
  add('grey-2x2.jpg', greyJpeg(picture, { sampling: [[2, 2]] }));
  for (const restart of [1, 5]) add(`restart-${restart}.jpg`, colourJpeg(picture, { ...common, restart }));
  add('restart-progressive.jpg', colourJpeg(picture, { ...common, restart: 3, progressive: true }));
  add('quantisers-16.jpg', colourJpeg(picture, { wide: true, quantum: 5 }));
  add('rgb-adobe.jpg', rgbJpeg(picture));
  add('rgb-ids.jpg', rgbJpeg(picture, null, { ids: [82, 71, 66] }));
  add('ycc-ids.jpg', colourJpeg(picture, { ids: [0, 1, 2] }));
  add('cmyk.jpg', cmykJpeg(picture), 'ink');
  add('ycck.jpg', ycckJpeg(picture), 'ink');
  const planes = Array.from({ length: 4 }, (_, c) => Uint8Array.from({ length: 101 * 77 }, (_, i) => picture.data[4 * i + c % 3]));
  add('cmyk-without-marker.jpg', jpeg(planes, 101, 77), 'ink');
  add('two-channels.jpg', jpeg(planes.slice(0, 2), 101, 77));

  const file = colourJpeg(picture, common);
  for (let o = 0; o <= 9; o++) add(`exif-${o}.jpg`, withSegments(file, exifSegment(o)));
  for (const o of [3, 6]) add(`exif-little-${o}.jpg`, withSegments(file, exifSegment(o, { little: true })));
  add('exif-6-then-1.jpg', withSegments(file, exifSegment(6), exifSegment(1)));
  add('exif-1-then-6.jpg', withSegments(file, exifSegment(1), exifSegment(6)));
  add('exif-long.jpg', withSegments(file, exifSegment(6, { type: 4 })));
  add('exif-long-little.jpg', withSegments(file, exifSegment(6, { type: 4, little: true })));
  add('exif-two-values.jpg', withSegments(file, exifSegment(6, { count: 2 })));
  add('exif-byte.jpg', withSegments(file, exifSegment(0x0600, { type: 1 })));
  add('exif-two-tags.jpg', withSegments(file, exifSegment(6, { before: [[0x112, 3, 1, 8]] })));
  add('exif-other-tags.jpg', withSegments(file, exifSegment(8, { before: [[0x100, 3, 1, 5], [0x10f, 2, 4, 5]] })));
  add('exif-broken.jpg', withSegments(file, segment(0xe1, kExifMark, exif(6).subarray(0, 12))));
  add('exif-no-tiff.jpg', withSegments(file, segment(0xe1, kExifMark, Buffer.from('no such thing at all'))));
  add('exif-then-real.jpg', withSegments(file, segment(0xe1, kExifMark, Buffer.from('no such thing at all')), exifSegment(6)));
  add('exif-behind-tables.jpg', Buffer.concat([file.subarray(0, markerAt(file, 0xda)), exifSegment(6), file.subarray(markerAt(file, 0xda))]));
  add('exif-behind-scan.jpg', Buffer.concat([file.subarray(0, -2), exifSegment(6), file.subarray(-2)]));
  add('exif-progressive.jpg', withSegments(colourJpeg(picture, { progressive: true }), exifSegment(5)));

  add('comment.jpg', withSegments(file, segment(0xfe, Buffer.from('a comment \xff\xd9', 'latin1'))));
  add('fill-bytes.jpg', withSegments(file, Buffer.from([0xff, 0xff, 0xff])));
  add('stray-bytes.jpg', withSegments(file, segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')), Buffer.from([1, 2, 3])));
  add('stray-zero.jpg', withSegments(file, Buffer.from([0])));
  add('long-segment.jpg', withSegments(file, Buffer.from([0xff, 0xe5, 0xff, 0xf0])));
  add('short-segment.jpg', withSegments(file, Buffer.from([0xff, 0xe5, 0, 1])));
  add('no-end.jpg', file.subarray(0, -2));
  add('trailing.jpg', Buffer.concat([file, Buffer.alloc(999, 0xab)]));
  add('two-pictures.jpg', Buffer.concat([file, colourJpeg(small)]));
  for (const share of [0.02, 0.3, 0.6, 0.99]) add(`cut-${100 * share}.jpg`, cut(file, share));
  for (const share of [0.3, 0.7, 0.95]) add(`cut-progressive-${100 * share}.jpg`, cut(colourJpeg(picture, { ...common, progressive: true }), share));
  const body = markerAt(file, 0xda) + 14;
  for (let seed = 1; seed <= 4; seed++) add(`flipped-${seed}.jpg`, flipped(file, 1, seed, body));
  for (let seed = 5; seed <= 8; seed++) add(`flipped-head-${seed}.jpg`, Buffer.concat([flipped(file.subarray(0, body), 1, seed, 20), file.subarray(body)]));
  const frame = markerAt(file, 0xc0);
  const patched = (at, ...bytes) => {
    const out = Buffer.from(file);
    out.set(bytes, at);
    return out;
  };
  add('twelve-bits.jpg', patched(frame + 4, 12));
  add('lossless.jpg', patched(frame + 1, 0xc3));
  add('arithmetic.jpg', patched(frame + 1, 0xc9));
  add('hierarchical.jpg', patched(frame + 1, 0xc5));
  add('no-height.jpg', patched(frame + 5, 0, 0));
  add('no-width.jpg', patched(frame + 7, 0, 0));
  add('taller.jpg', patched(frame + 5, ...big16(177)));
  add('shorter.jpg', patched(frame + 5, ...big16(31)));
  add('no-tables.jpg', Buffer.concat([file.subarray(0, markerAt(file, 0xc4)), file.subarray(markerAt(file, 0xda))]));
  add('no-frame.jpg', Buffer.concat([file.subarray(0, frame), file.subarray(markerAt(file, 0xc4))]));
}

function pngs(add) {
  const picture = scene(61, 47, 60, kRadial);
  const depths = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };
  const names = { 0: 'grey', 2: 'rgb', 3: 'palette', 4: 'grey-alpha', 6: 'rgba' };
  for (const [type, all] of Object.entries(depths)) {
    for (const depth of all) {
      for (const interlaced of [false, true]) {
        add(`${names[type]}-${depth}${interlaced ? '-interlaced' : ''}.png`, png.encode(picture, { type: Number(type), depth, interlaced }));
      }
    }
  }
  const shade = (depth) => big16(Math.round((2 ** depth - 1) * 0.5));
  for (const depth of depths[0]) add(`grey-${depth}-trns.png`, png.encode(picture, { type: 0, depth, before: [png.chunk('tRNS', shade(depth))] }));
  // One colour of the picture is transparent.
  const at = 4 * (61 * 20 + 30), [r, g, b] = picture.data.subarray(at, at + 3);
  add('rgb-8-trns.png', png.encode(picture, { type: 2, before: [png.chunk('tRNS', [0, r, 0, g, 0, b])] }));
  const flat = { width: 61, height: 47, data: picture.data.map((value, i) => (i % 4 === 3 ? 255 : (value >> 6) * 85)) };
  add('rgb-8-trns-flat.png', png.encode(flat, { type: 2, before: [png.chunk('tRNS', [0, 85, 0, 85, 0, 85])] }));
  add('rgb-16-trns-flat.png', png.encode(flat, { type: 2, depth: 16, before: [png.chunk('tRNS', [85, 85, 85, 85, 85, 85])] }));
  for (const depth of depths[3]) {
    add(`palette-${depth}-trns.png`, png.encode(picture, { type: 3, depth, before: [png.chunk('tRNS', Array.from({ length: 2 ** depth }, (_, i) => 255 * i >> depth))] }));
  }
  add('palette-8-short-trns.png', png.encode(picture, { type: 3, before: [png.chunk('tRNS', [0, 64, 128])] }));
  add('palette-2-long-trns.png', png.encode(picture, { type: 3, depth: 2, before: [png.chunk('tRNS', [0, 64, 128, 3, 4, 5])] }));
  add('rgba-8-trns.png', png.encode(picture, { type: 6, before: [png.chunk('tRNS', [0, 1, 0, 2, 0, 3])] }));
  add('rgb-8-plte.png', png.encode(picture, { type: 2, before: [png.chunk('PLTE', png.palette(4))] }));
  add('grey-16-fine.png', png.encode(picture, { type: 0, depth: 16, raw: fine16(picture) }));
  for (const size of [[1, 1], [1, 9], [9, 1], [3, 3], [5, 2]]) add(`interlaced-${size.join('x')}.png`, png.encode(scene(...size, 61), { type: 2, interlaced: true }));
  add('parts.png', png.encode(picture, { parts: 7 }));

  const word = (value) => Buffer.from([value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255]);
  const chunks = { 'gama-1': ['gAMA', word(100000)], 'gama-045': ['gAMA', word(45455)], 'gama-0': ['gAMA', word(0)], srgb: ['sRGB', [0]],
    chrm: ['cHRM', Buffer.concat([30000, 31000, 30000, 60000, 15000, 6000, 64000, 33000].map(word))], bkgd: ['bKGD', [0, 255, 0, 0, 0, 0]],
    phys: ['pHYs', [0, 0, 0, 1, 0, 0, 0, 9, 0]], text: ['tEXt', Buffer.from('Title\0A title')], cicp: ['cICP', [9, 16, 0, 1]],
    iccp: ['iCCP', Buffer.concat([Buffer.from('no profile\0\0'), zlib.deflateSync(Buffer.alloc(200, 7))])], sbit: ['sBIT', [5, 6, 5, 3]],
    hist: ['hIST', [0, 1]], private: ['prVt', [1, 2, 3]], critical: ['ABCD', [1, 2, 3]] };
  for (const [name, [type, body]] of Object.entries(chunks)) add(`chunk-${name}.png`, png.encode(picture, { before: [png.chunk(type, body)] }));
  for (let o = 0; o <= 9; o++) add(`exif-${o}.png`, png.encode(picture, { before: [png.chunk('eXIf', exif(o))] }));
  add('exif-little-6.png', png.encode(picture, { before: [png.chunk('eXIf', exif(6, { little: true }))] }));
  add('exif-with-mark.png', png.encode(picture, { before: [png.chunk('eXIf', Buffer.concat([kExifMark, exif(6)]))] }));
  add('exif-6-then-3.png', png.encode(picture, { before: [png.chunk('eXIf', exif(6)), png.chunk('eXIf', exif(3))] }));
  add('exif-behind-pixels.png', png.encode(picture, { after: [png.chunk('eXIf', exif(6))] }));
  add('exif-bad-sum.png', badSum(png.encode(picture, { before: [png.chunk('eXIf', exif(6))] }), 'eXIf'));

  const frame = scene(61, 47, 62), part = scene(20, 16, 63), size = { width: 61, height: 47 };
  const pixels = (p) => zlib.deflateSync(png.rawRows(p, 6, 8, false));
  const still = png.chunk('IDAT', pixels(picture)), head = png.header(61, 47, 8, 6);
  const animation = (...parts) => Buffer.concat([png.kSignature, head, ...parts, png.chunk('IEND')]);
  add('apng-shown.png', animation(png.animationControl(2), png.frameControl(0, size), still, png.frameControl(1, size), png.frameData(2, pixels(frame))));
  add('apng-hidden.png', animation(png.animationControl(1), still, png.frameControl(0, size), png.frameData(1, pixels(frame))));
  add('apng-hidden-part.png', animation(png.animationControl(1), still, png.frameControl(0, { width: 20, height: 16, left: 30, top: 20 }), png.frameData(1, pixels(part))));
  add('apng-hidden-over.png', animation(png.animationControl(2), still, png.frameControl(0, { ...size, blend: 1 }), png.frameData(1, pixels(picture)),
    png.frameControl(2, size), png.frameData(3, pixels(frame))));
  add('apng-no-frames.png', animation(png.animationControl(0), png.frameControl(0, size), still));
  add('apng-missing-frame.png', animation(png.animationControl(2), png.frameControl(0, size), still));
  add('apng-wrong-sequence.png', animation(png.animationControl(1), still, png.frameControl(5, size), png.frameData(9, pixels(frame))));
  add('apng-shown-then-wrong.png', animation(png.animationControl(2), png.frameControl(0, size), still, png.frameControl(7, size), png.frameData(9, pixels(frame))));
  add('apng-shown-then-outside.png', animation(png.animationControl(2), png.frameControl(0, size), still, png.frameControl(1, { ...size, left: 9 }), png.frameData(2, pixels(frame))));
  add('apng-shown-outside.png', animation(png.animationControl(1), png.frameControl(0, { ...size, top: 9 }), still));
  add('apng-shown-part.png', animation(png.animationControl(1), png.frameControl(0, { width: 20, height: 16 }), png.chunk('IDAT', pixels(part))));
  add('apng-shown-wrong-first.png', animation(png.animationControl(1), png.frameControl(3, size), still));
  add('apng-late-control.png', animation(still, png.animationControl(1), png.frameControl(0, size), png.frameData(1, pixels(frame))));
  for (const [where, at] of [['late', 2], ['early', 1]]) {
    const parts = [png.animationControl(1), still, png.frameControl(0, size), png.frameData(1, pixels(frame))];
    parts.splice(at, 0, png.header(70, 50, 8, 6));
    add(`apng-two-headers-${where}.png`, animation(...parts));
  }
  add('apng-frame-outside.png', animation(png.animationControl(1), still, png.frameControl(0, { ...size, left: 9 }), png.frameData(1, pixels(frame))));

  const file = png.encode(picture, { type: 2, parts: 3 });
  add('trailing.png', Buffer.concat([file, Buffer.alloc(500, 3)]));
  add('no-end.png', file.subarray(0, -12));
  add('cut-in-end.png', file.subarray(0, -4));
  for (const share of [0.05, 0.4, 0.8, 0.98]) add(`cut-${100 * share}.png`, cut(file, share));
  add('cut-interlaced.png', cut(png.encode(picture, { interlaced: true }), 0.7));
  for (const type of ['IHDR', 'IDAT', 'IEND']) add(`bad-sum-${type}.png`, badSum(file, type));
  add('bad-sum-PLTE.png', badSum(png.encode(picture, { type: 3 }), 'PLTE'));
  add('bad-sum-tEXt.png', badSum(png.encode(picture, { before: [png.chunk('tEXt', Buffer.from('a\0b'))] }), 'tEXt'));
  add('bad-sum-tRNS.png', badSum(png.encode(picture, { type: 3, before: [png.chunk('tRNS', [0, 64, 128])] }), 'tRNS'));
  const raw = png.rawRows(picture, 2, 8, false);
  add('too-few-rows.png', png.encode(picture, { type: 2, raw: raw.subarray(0, raw.length * 0.6) }));
  add('too-many-rows.png', png.encode(picture, { type: 2, raw: Buffer.concat([raw, raw]) }));
  const wrongFilter = Buffer.from(raw);
  wrongFilter[184 * 20] = 9;
  add('wrong-filter.png', png.encode(picture, { type: 2, raw: wrongFilter }));
  for (let seed = 1; seed <= 3; seed++) {
    // The sum of the chunk is right, the compressed data are not.
    add(`flipped-${seed}.png`, png.joined(png.chunksOf(file).map(([type, body], i) => [type, type === 'IDAT' && i === 2 ? flipped(body, 2, seed) : body])));
  }
  add('no-palette.png', png.joined(png.chunksOf(png.encode(picture, { type: 3 })).filter(([type]) => type !== 'PLTE')));
  add('short-palette.png', png.joined(png.chunksOf(png.encode(picture, { type: 3 })).map(([type, body]) => [type, type === 'PLTE' ? body.subarray(0, 60) : body])));
  add('no-pixels.png', png.joined(png.chunksOf(file).filter(([type]) => type !== 'IDAT')));
  add('no-width.png', png.joined([['IHDR', png.header(0, 47, 8, 2).subarray(8, 21)], ...png.chunksOf(file).slice(1)]));
  add('wrong-depth.png', png.joined([['IHDR', png.header(61, 47, 3, 2).subarray(8, 21)], ...png.chunksOf(file).slice(1)]));
  add('wrong-type.png', png.joined([['IHDR', png.header(61, 47, 8, 5).subarray(8, 21)], ...png.chunksOf(file).slice(1)]));
  add('palette-behind-pixels.png', png.joined([...png.chunksOf(png.encode(picture, { type: 3 }))].sort(([a], [b]) => (a === 'PLTE' && b === 'IDAT') - (a === 'IDAT' && b === 'PLTE'))));
  add('gap-between-pixels.png', png.joined(png.chunksOf(file).flatMap((one, i) => (i === 1 ? [one, ['tEXt', Buffer.from('a\0b')]] : [one]))));
  add('bomb.png', png.joined([['IHDR', png.header(60000, 60000, 8, 2).subarray(8, 21)], ...png.chunksOf(file).slice(1)]));
  add('too-long.png', png.joined([['IHDR', png.header(32769, 1, 8, 2).subarray(8, 21)], ...png.chunksOf(file).slice(1)]));
}

/** Grey with 16 bits whose lower byte is not the upper one. */
function fine16(picture) {
  const rows = png.rawRows({ ...picture, data: new Uint8Array(picture.data.length) }, 0, 16, false);
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const at = y * (1 + 2 * picture.width);
      rows[at] = 0;
      rows[at + 1 + 2 * x] = picture.data[(y * picture.width + x) * 4 + 1];
      rows[at + 2 + 2 * x] = x * 37 & 255;
    }
  }
  return rows;
}

/** A PNG whose first chunk of that type has a wrong sum. */
function badSum(file, type) {
  const out = Buffer.from(file), at = out.indexOf(type, 8, 'latin1');
  out[at + 4 + out.readUInt32BE(at - 4)] ^= 0x5a;
  return out;
}

function webps(add, { canvas }) {
  const picture = scene(90, 70, 70), clear = scene(90, 70, 71, kRadial), part = scene(30, 24, 72, kRadial);
  const lossy = (p, quality = 0.8) => canvas(p, 'image/webp', quality), lossless = (p) => canvas(p, 'image/webp', 1);
  for (const quality of [0.05, 0.5, 0.9]) add(`lossy-${100 * quality}.webp`, lossy(picture, quality));
  add('lossless.webp', lossless(picture));
  add('lossy-alpha.webp', lossy(clear));
  add('lossless-alpha.webp', lossless(clear));
  for (const size of [[1, 1], [17, 3], [2, 31]]) {
    add(`lossy-${size.join('x')}.webp`, lossy(scene(...size, 73)));
    add(`lossless-${size.join('x')}.webp`, lossless(scene(...size, 73)));
  }
  const file = lossy(picture), plain = webp.chunksOf(file);
  for (const o of [1, 3, 6]) {
    add(`exif-${o}.webp`, webp.extended(file, 90, 70, { flags: 8, after: [webp.riffChunk('EXIF', exif(o))] }));
    add(`exif-before-${o}.webp`, webp.extended(file, 90, 70, { flags: 8, before: [webp.riffChunk('EXIF', Buffer.concat([kExifMark, exif(o)]))] }));
  }
  add('profile.webp', webp.extended(file, 90, 70, { flags: 32, before: [webp.riffChunk('ICCP', Buffer.alloc(200, 7))] }));
  add('xmp.webp', webp.extended(lossless(clear), 90, 70, { flags: 20, after: [webp.riffChunk('XMP ', Buffer.from('<x/>'))] }));
  add('unknown-chunk.webp', webp.extended(file, 90, 70, { before: [webp.riffChunk('abcd', [1, 2, 3])] }));
  add('canvas-differs.webp', webp.extended(file, 90, 70, { canvas: [91, 70] }));
  add('alpha-flag-only.webp', webp.extended(file, 90, 70, { flags: 16 }));
  const whole = { width: 90, height: 70 };
  add('animated.webp', webp.animated([{ file, ...whole }, { file: lossy(scene(90, 70, 74)), ...whole }], 90, 70));
  add('animated-one.webp', webp.animated([{ file: lossless(clear), ...whole }], 90, 70));
  add('animated-part.webp', webp.animated([{ file: lossless(part), width: 30, height: 24, left: 20, top: 12 }, { file, ...whole }], 90, 70));
  add('animated-part-over.webp', webp.animated([{ file: lossy(part), width: 30, height: 24, left: 40, top: 30, blend: false, dispose: true }, { file, ...whole }], 90, 70,
    { background: [40, 180, 70, 255] }));
  add('animated-opaque.webp', webp.animated([{ file: lossy(scene(30, 24, 75)), width: 30, height: 24 }], 90, 70, { alpha: false, background: [0, 0, 255, 255] }));
  add('animated-outside.webp', webp.animated([{ file, ...whole, left: 20 }], 90, 70));
  add('animated-empty.webp', webp.animated([], 90, 70));
  add('animated-cut-later.webp', cut(webp.animated([{ file, ...whole }, { file, ...whole }], 90, 70), 0.8));
  for (const share of [0.05, 0.5, 0.97]) add(`cut-${100 * share}.webp`, cut(file, share));
  add('cut-lossless.webp', cut(lossless(picture), 0.8));
  add('cut-right-size.webp', webp.riff(plain.map(([type, body]) => webp.riffChunk(type, body.subarray(0, body.length / 2)))));
  add('trailing.webp', Buffer.concat([file, Buffer.alloc(77, 9)]));
  const sized = (size) => {
    const out = Buffer.from(file);
    out.writeUInt32LE(size, 4);
    return out;
  };
  add('riff-too-small.webp', sized(40));
  add('riff-too-large.webp', sized(file.length + 100));
  add('riff-odd.webp', sized(file.length - 9));
  for (let seed = 1; seed <= 3; seed++) add(`flipped-${seed}.webp`, flipped(file, 1, seed, 60));
  for (let seed = 4; seed <= 6; seed++) add(`flipped-lossless-${seed}.webp`, flipped(lossless(picture), 1, seed, 40));
}

function gifs(add) {
  const picture = scene(63, 49, 80), part = scene(20, 15, 81), other = scene(63, 49, 82);
  for (let bits = 1; bits <= 8; bits++) add(`bits-${bits}.gif`, gif.encode([picture], { bits }));
  add('87a.gif', gif.encode([picture], { version: '87a' }));
  add('interlaced.gif', gif.encode([picture], { frames: [{ interlaced: true }] }));
  add('interlaced-low.gif', gif.encode([scene(40, 3, 83)], { frames: [{ interlaced: true }] }));
  add('transparent.gif', gif.encode([picture], { bits: 3, frames: [{ transparent: 4 }] }));
  add('transparent-background.gif', gif.encode([picture], { bits: 3, background: 4, frames: [{ transparent: 4 }] }));
  add('transparent-beyond.gif', gif.encode([picture], { bits: 3, frames: [{ transparent: 200 }] }));
  add('local-palette.gif', gif.encode([picture], { bits: 5, frames: [{ local: true }] }));
  add('local-palette-only.gif', gif.encode([picture], { bits: 5, global: false, frames: [{ local: true }] }));
  add('no-palette.gif', gif.encode([picture], { bits: 5, global: false }));
  add('animated.gif', gif.encode([picture, other], { bits: 6, loop: true }));
  add('part.gif', gif.encode([part], { screen: [63, 49], frames: [{ left: 25, top: 17 }] }));
  add('part-background.gif', gif.encode([part], { screen: [63, 49], background: 200, frames: [{ left: 25, top: 17 }] }));
  add('part-then-whole.gif', gif.encode([part, other], { screen: [63, 49], frames: [{ left: 5, top: 7, dispose: 2 }, {}] }));
  add('beyond-screen.gif', gif.encode([picture], { screen: [40, 30] }));
  add('beyond-screen-offset.gif', gif.encode([picture], { screen: [63, 49], frames: [{ left: 10, top: 5 }] }));
  add('later-beyond-screen.gif', gif.encode([part, picture], { screen: [20, 15] }));
  add('no-screen.gif', gif.encode([picture], { screen: [0, 0] }));
  add('one-pixel.gif', gif.encode([scene(1, 1, 84)], {}));
  add('few-bits-wide-codes.gif', gif.encode([picture], { bits: 3, codeBits: 7 }));
  const file = gif.encode([picture], {}), two = gif.encode([picture, other], {});
  add('trailing.gif', Buffer.concat([file, Buffer.alloc(99, 5)]));
  add('no-end.gif', file.subarray(0, -1));
  add('no-last-block.gif', file.subarray(0, -2));
  for (const share of [0.1, 0.5, 0.95]) add(`cut-${100 * share}.gif`, cut(file, share));
  add('cut-before-pixels.gif', file.subarray(0, 13 + 768 + 8 + 10));
  add('cut-later-frame.gif', cut(two, 0.8));
  add('head-only.gif', file.subarray(0, 13 + 768));
  add('no-frame.gif', Buffer.concat([file.subarray(0, 13 + 768), Buffer.from([0x3b])]));
  const patched = (at, byte) => {
    const out = Buffer.from(file);
    out[at] = byte;
    return out;
  };
  add('code-size-0.gif', patched(13 + 768 + 8 + 10, 0));
  add('code-size-12.gif', patched(13 + 768 + 8 + 10, 12));
  for (let seed = 1; seed <= 4; seed++) add(`flipped-${seed}.gif`, flipped(file, 1, seed, 13 + 768 + 40));
  add('comment.gif', Buffer.concat([file.subarray(0, 13 + 768), Buffer.from([0x21, 0xfe, 3, 65, 66, 67, 0]), file.subarray(13 + 768)]));
  add('unknown-extension.gif', Buffer.concat([file.subarray(0, 13 + 768), Buffer.from([0x21, 0x77, 3, 65, 66, 67, 0]), file.subarray(13 + 768)]));
  add('stray-byte.gif', Buffer.concat([file.subarray(0, 13 + 768), Buffer.from([0]), file.subarray(13 + 768)]));
  add('plain-text.gif', Buffer.concat([file.subarray(0, 13 + 768), Buffer.from([0x21, 1, 12, 0, 0, 0, 0, 63, 0, 49, 0, 8, 8, 1, 2, 1, 65, 0]), file.subarray(13 + 768)]));
}

function bmps(add) {
  const picture = scene(53, 39, 90, kRadial), opaque = scene(53, 39, 91);
  const headers = [12, 16, 40, 42, 46, 52, 56, 60, 64, 108, 124];
  for (const header of headers) for (const bits of [1, 4, 8, 24]) add(`header-${header}-${bits}.bmp`, bmp.encode(opaque, { header, bits }));
  for (const header of [40, 52, 56, 108, 124]) for (const bits of [2, 16, 32]) add(`header-${header}-${bits}.bmp`, bmp.encode(picture, { header, bits }));
  for (const header of [12, 16, 64]) for (const bits of [2, 16, 32]) add(`os2-${header}-${bits}.bmp`, bmp.encode(picture, { header, bits }));
  for (const header of [13, 18, 20, 38, 48, 80, 128]) add(`odd-header-${header}.bmp`, bmp.encode(opaque, { header, bits: 24 }));
  for (const bits of [1, 4, 8, 16, 24, 32]) add(`top-down-${bits}.bmp`, bmp.encode(opaque, { bits, topDown: true }));
  const m = bmp.kMasks, a = bmp.kAlphaMasks;
  const masks16 = { 565: [0xf800, 0x7e0, 0x1f, 0], '565-turned': [0x1f, 0x7e0, 0xf800, 0], 555: [0x7c00, 0x3e0, 0x1f, 0], 444: [0xf00, 0xf0, 0xf, 0],
    332: [0xe0, 0x1c, 0x3, 0], 4444: [0xf00, 0xf0, 0xf, 0xf000], 1555: [0x7c00, 0x3e0, 0x1f, 0x8000], 'no-blue': [0xf800, 0x7e0, 0, 0],
    'beyond-16': [0xf80000, 0x7e0, 0x1f, 0], 'red-8-bits': [0xff00, 0xf0, 0xf, 0] };
  const masks32 = { rgbx: [0xff, 0xff00, 0xff0000, 0], bgrx: [0xff0000, 0xff00, 0xff, 0], xbgr: [0xff000000, 0xff0000, 0xff00, 0], rgba: [0xff, 0xff00, 0xff0000, 0xff000000],
    abgr: [0xff000000, 0xff0000, 0xff00, 0xff], '10-10-10': [0x3ff00000, 0xffc00, 0x3ff, 0], '10-10-10-2': [0x3ff00000, 0xffc00, 0x3ff, 0xc0000000], '4-5-7': [0xf0000000, 0x1f0000, 0x7f0, 0],
    '12-10-10': [0xfff00000, 0xffc00, 0x3ff, 0], '16-8-8': [0xffff0000, 0xff00, 0xff, 0], '1-1-1': [4, 2, 1, 0], gaps: [0xf0f000, 0xff, 0xf00, 0], overlap: [0xff00ff, 0xff00, 0xff, 0], none: [0, 0, 0, 0] };
  for (const [name, masks] of Object.entries(masks16)) for (const header of [40, 56, 124]) add(`masks16-${name}-${header}.bmp`, bmp.encode(picture, { header, bits: 16, compression: m, masks }));
  for (const [name, masks] of Object.entries(masks32)) for (const header of [40, 52, 108]) add(`masks32-${name}-${header}.bmp`, bmp.encode(picture, { header, bits: 32, compression: m, masks }));
  for (const header of [40, 52, 56, 108]) add(`alpha-masks-${header}.bmp`, bmp.encode(picture, { header, bits: 32, compression: a, masks: masks32.rgba }));
  add('alpha-masks-16.bmp', bmp.encode(picture, { header: 40, bits: 16, compression: a, masks: masks16[4444] }));
  const byMasks = { header: 124, bits: 16, masks: masks16[1555] };
  for (const [name, how] of Object.entries({ plain: {}, masked: { compression: m } })) add(`one-bit-of-alpha-${name}.bmp`, bmp.encode(picture, { ...byMasks, ...how }));
  // An alpha channel is declared where nothing says that the masks count.
  for (const header of [56, 108, 124]) add(`plain-32-alpha-${header}.bmp`, bmp.encode(picture, { header, bits: 32, masks: [0xff0000, 0xff00, 0xff, 0xff000000] }));
  const empty = { ...opaque, data: opaque.data.map((value, i) => (i % 4 === 3 ? 0 : value)) };
  for (const header of [40, 56, 124]) add(`alpha-all-zero-${header}.bmp`, bmp.encode(empty, { header, bits: 32, compression: m, masks: masks32.rgba }));
  const alphaByte = bmp.encode(opaque, { header: 40, bits: 32 });
  for (let i = 57; i < alphaByte.length; i += 4) alphaByte[i] = 99;
  add('plain-alpha-all-zero.bmp', bmp.encode(empty, { header: 124, bits: 32, masks: masks32.rgba }));
  add('fourth-byte.bmp', alphaByte);
  for (const bits of [1, 2, 4, 8]) add(`few-colours-${bits}.bmp`, bmp.encode(opaque, { bits, colours: Math.max(1, 2 ** bits * 0.7 | 0) }));
  add('too-many-colours.bmp', bmp.encode(opaque, { bits: 4, declared: 999 }));
  add('colours-overlap.bmp', bmp.encode(opaque, { bits: 8, colours: 100, declared: 256 }));
  add('colours-os2-few.bmp', bmp.encode(opaque, { header: 12, bits: 8, colours: 100 }));
  add('gap.bmp', bmp.encode(opaque, { gap: 37 }));
  add('gap-8.bmp', bmp.encode(opaque, { bits: 8, gap: 64 }));
  add('offset-0.bmp', bmp.encode(opaque, { offset: 0 }));
  add('offset-0-8.bmp', bmp.encode(opaque, { bits: 8, offset: 0 }));
  add('offset-in-header.bmp', bmp.encode(opaque, { offset: 20 }));
  add('offset-in-palette.bmp', bmp.encode(opaque, { bits: 8, offset: 300 }));
  add('offset-beyond.bmp', bmp.encode(opaque, { offset: 99999 }));
  for (const [bits, compression] of [[8, 1], [4, 2]]) {
    const rle = (body, how = {}) => bmp.encode(opaque, { bits, compression, body: Buffer.from(body), ...how });
    for (const header of [40, 64, 108]) add(`rle${bits}-${header}.bmp`, bmp.encode(opaque, { header, bits, compression }));
    const row = (colour) => [53, colour, 0, 0];
    const rows = Array.from({ length: 39 }, (_, i) => row(bits === 8 ? i * 6 : i % 15 * 17)).flat();
    add(`rle${bits}-rows.bmp`, rle([...rows, 0, 1]));
    add(`rle${bits}-no-end.bmp`, rle(rows));
    add(`rle${bits}-no-last-line-end.bmp`, rle([...rows.slice(0, -2), 0, 1]));
    add(`rle${bits}-early-end.bmp`, rle([...rows.slice(0, 60), 0, 1]));
    add(`rle${bits}-jumps.bmp`, rle([20, 0x77, 0, 2, 13, 4, 10, 0x55, 0, 0, 30, 0x99, 0, 2, 0, 9, 9, 0x33, 0, 1]));
    add(`rle${bits}-jump-out.bmp`, rle([20, 0x77, 0, 2, 60, 4, 10, 0x55, 0, 0, 0, 1]));
    add(`rle${bits}-jump-out-then-rows.bmp`, rle([20, 0x77, 0, 2, 60, 1, 10, 0x55, 0, 0, 53, 0x44, 0, 0, 53, 0x66, 0, 1]));
    add(`rle${bits}-jump-up.bmp`, rle([20, 0x77, 0, 2, 3, 90, 10, 0x55, 0, 0, 0, 1]));
    add(`rle${bits}-long-run.bmp`, rle([200, 0x77, 0, 0, 60, 0x44, 0, 0, 0, 1]));
    add(`rle${bits}-long-stretch.bmp`, rle([50, 0x77, 0, 8, ...(bits === 8 ? [1, 2, 3, 4, 5, 6, 7, 8] : [0x12, 0x34, 0x56, 0x78]), 0, 0, 53, 0x22, 0, 1]));
    add(`rle${bits}-too-many-rows.bmp`, rle([...rows, ...rows, 0, 1]));
    add(`rle${bits}-cut.bmp`, rle(rows.slice(0, 50)));
    add(`rle${bits}-beyond-palette.bmp`, rle([...rows.slice(0, 40), 53, 0xee, 0, 0, 0, 1], { colours: 10 }));
    add(`rle${bits}-top-down.bmp`, rle([...rows, 0, 1], { topDown: true }));
  }
  add('rle8-with-4.bmp', bmp.encode(opaque, { bits: 4, compression: 1 }));
  add('masks-with-24.bmp', bmp.encode(opaque, { bits: 24, compression: m, masks: masks32.bgrx }));
  for (const compression of [4, 5, 11, 77]) add(`compression-${compression}.bmp`, bmp.encode(opaque, { compression }));
  add('holds-png.bmp', bmp.encode(opaque, { bits: 24, compression: 5, body: png.encode(opaque, { type: 2 }) }));
  add('holds-jpeg.bmp', bmp.encode(opaque, { bits: 24, compression: 4, body: colourJpeg(opaque) }));
  add('os2-compression-3.bmp', bmp.encode(opaque, { header: 64, bits: 1, compression: 3 }));
  add('os2-compression-4.bmp', bmp.encode(opaque, { header: 64, bits: 24, compression: 4,
    body: Buffer.from([...Array.from({ length: 39 }, (_, i) => [53, i * 6, 99, 200 - i, 0, 0]).flat(), 0, 1]) }));
  add('os2-compression-4-jumps.bmp', bmp.encode(opaque, { header: 64, bits: 24, compression: 4,
    body: Buffer.from([20, 1, 200, 3, 0, 3, 10, 11, 12, 20, 21, 22, 30, 31, 32, 0, 0, 0, 0, 2, 9, 5, 60, 200, 100, 50, 0, 1]) }));
  const file = bmp.encode(opaque), patched = (at, ...bytes) => {
    const out = Buffer.from(file);
    out.set(bytes, at);
    return out;
  };
  for (const bits of [0, 3, 48, 64]) add(`bits-${bits}.bmp`, patched(28, bits));
  add('planes-3.bmp', patched(26, 3));
  add('no-width.bmp', patched(18, 0, 0, 0, 0));
  add('no-height.bmp', patched(22, 0, 0, 0, 0));
  add('width-negative.bmp', patched(18, 0xcb, 0xff, 0xff, 0xff));
  add('height-least.bmp', patched(22, 0, 0, 0, 0x80));
  add('size-in-file-0.bmp', patched(2, 0, 0, 0, 0));
  add('size-in-file-less.bmp', patched(2, 99, 0, 0, 0));
  add('trailing.bmp', Buffer.concat([file, Buffer.alloc(300, 8)]));
  add('too-wide.bmp', patched(18, 1, 128, 0, 0));
  add('too-large.bmp', patched(18, 0, 120, 0, 0, 0, 120, 0, 0));
  for (const share of [0.005, 0.1, 0.5, 0.99]) add(`cut-${100 * share}.bmp`, cut(file, share));
  add('cut-last-row.bmp', file.subarray(0, -1));
  add('one-pixel.bmp', bmp.encode(scene(1, 1, 92)));
}

function others(add) {
  add('empty.jpg', Buffer.alloc(0));
  add('one-byte.png', Buffer.from([0x89]));
  add('text.jpg', Buffer.from('This is a text, not a picture. '.repeat(9)));
  add('page.png', Buffer.from('<!doctype html><title>Not found</title><p>Nothing here, and that at some length.'));
  add('zeros.bmp', Buffer.alloc(4000));
  add('wrong-ending.gif', colourJpeg(scene(40, 30, 99)));
  add('tiff.tif', Buffer.concat([Buffer.from('II*\0', 'latin1'), Buffer.alloc(200)]));
  add('xl.jxl', Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.alloc(200, 1)]));
  add('phone.heic', Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic'), Buffer.alloc(200, 1)]));
  add('byte-before.png', Buffer.concat([Buffer.from([0]), png.encode(scene(40, 30, 98))]));
}

/** Files that break their format's rules, by their name. */
const kOdd = new RegExp('cut|flipped|^no-|-no-|stray|trailing|two-|taller|shorter|bad-sum|wrong|too-(few|many|long|wide|large)|damage|' +
  'exif-(long|two|byte|broken|then|with|no)|(short|long)-(segment|palette|trns)|outside|missing|late|gap|beyond|critical|' +
  'twelve|lossless.jpg|arithmetic|hierarchical|gama-0|iccp|profile|differs|riff|code-size|byte-before|behind-pixels');

/**
 * @param {{canvas: (picture, type: string, quality: number) => Buffer}} tools what a canvas of the browser encodes
 * @returns {{name: string, file: Buffer, kind: 'ink' | 'other' | 'odd', group: string}[]} kind: what may be asked of it
 */
export function corpus(tools) {
  const pictures = [];
  for (const make of [jpegs, pngs, webps, gifs, bmps, others]) {
    make((name, file, kind = kOdd.test(name) ? 'odd' : 'other') => pictures.push({ name, file, kind, group: make.name }), tools);
  }
  return pictures;
}

/** The pictures that a canvas must encode, found by making the corpus with a list in the canvas' place. */
export function canvasPictures() {
  const wanted = [], placeholder = webp.riff([webp.riffChunk('VP8 ', Buffer.alloc(200))]);
  const canvas = (picture, type, quality) => {
    wanted.push({ picture, type, quality });
    return placeholder;
  };
  jpegs(() => {}, { canvas });
  webps(() => {}, { canvas });
  return wanted;
}
