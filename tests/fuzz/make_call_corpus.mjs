// Writes the seed files of the fuzzers whose bytes are arguments: `node make_call_corpus.mjs [FOLDER]`, into
// FOLDER/resample and FOLDER/module. The layouts are those at the top of fuzz_resample.cpp and fuzz_module.cpp.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), 'corpus');
const write = (part, name, ...bytes) => {
  mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, part, name), Buffer.from(bytes.flat()));
};
const word = (n) => [n & 255, n >> 8 & 255];
const int = (n) => [n >>> 24, n >>> 16 & 255, n >>> 8 & 255, n & 255];
const text = (s) => [...Buffer.from(s), 0];

// --- resampling -------------------------------------------------------------------------------

const RGB = 0, RGBA = 1, MAP = 2, ODD = 3;
const pixels = Array.from({ length: 61 }, (_, i) => i * 37 % 256);
const resample = (name, width, height, side, kind, more = pixels) =>
  write('resample', name, word(width), word(height), side / 8 - 1, kind, more);

resample('one-pixel', 1, 1, 8, RGB, [200, 100, 50]);
resample('one-pixel-transparent', 1, 1, 128, RGBA, [200, 100, 50, 0]);
resample('wide', 32768, 1, 96, RGB);
resample('wide-by-two', 32768, 2, 8, RGBA);
resample('tall', 1, 32768, 96, RGBA);
resample('tall-by-two', 2, 32767, 16, RGB);
resample('too-wide', 32769, 1, 8, RGB);
resample('empty', 0, 5, 8, RGB);
resample('no-rows', 5, 0, 8, RGBA);
resample('same-size', 96, 96, 96, RGB);
resample('same-size-alpha', 96, 96, 96, RGBA);
resample('same-size-opaque', 16, 16, 16, RGBA, [1, 2, 3, 255]);
resample('same-width', 24, 200, 24, RGB);
resample('same-height', 200, 24, 24, RGBA);
resample('odd', 13, 7, 16, RGB);
resample('odd-alpha', 17, 11, 24, RGBA);
resample('photo', 250, 187, 96, RGB);
resample('one-more', 97, 97, 96, RGBA);
resample('one-less', 95, 95, 96, RGB);
resample('map', 300, 200, 96, MAP, [...int(65536), ...int(-65536), ...int(0), ...int(2 ** 31 - 1)]);
resample('map-one', 1, 1, 8, MAP, int(-5));
resample('map-smaller', 3, 5, 128, MAP, pixels);
for (const [name, width, height, channels] of [
  ['negative', -1, 5, 3], ['lowest', -(2 ** 31), -(2 ** 31), 4], ['largest', 2 ** 31 - 1, 2 ** 31 - 1, 3],
  ['too-many-pixels', 32768, 32768, 4], ['one-channel', 9, 9, 1], ['no-channel', 9, 9, 0], ['seven-channels', 4, 4, 7],
]) {
  resample(`refused-${name}`, 1, 1, 8, ODD + 4 * channels, [...int(width), ...int(height)]);
}

// --- calls of the module ------------------------------------------------------------------------

const loadGood = (i) => [0, i, ...text('m')];
const loadAny = (name, content) => [1, ...text(name), ...word(content.length), ...content];
const dispose = (handle) => [2, handle];
const disposeAny = (handle) => [2, 255, ...int(handle)];
const ask = (handle, field) => [3, handle, field];
const askNamed = (handle, field) => [3, handle, 255, ...text(field)];
const explain = (handle, width, height, channels, method) =>
  [4, handle, 1, ...word(width), ...word(height), channels - 3, method, 6, 0, 64, 128, 255, 30, 9];
const explainOdd = (handle, width, height, channels, method) =>
  [4, handle, 0, ...int(width), ...int(height), channels + 8, method, 0];
const explainNamed = (handle, method) => [4, handle, 1, ...word(5), ...word(5), 0, 255, ...text(method), 1, 7];
const heat = (width, height, drawn) => [6, ...word(width - 1), ...word(height - 1), drawn];
const oddHeat = (cells, drawn, width, height) => [7, 1, cells, 0, drawn, ...int(width), 0, ...int(height), 0];
const overlay = (width, height, channels, drawn, colours, opacity = 1, scale = 0) =>
  [8, ...word(width + 2), ...word(height + 2), channels, drawn, colours, ...int(opacity), 48, ...int(scale), 48, 5, 0, 64, 128, 255, 30];
const calls = (name, ...program) => write('module', name, program.flat());

for (const [i, head] of ['fcn-24', 'dense-16-f16', 'fcn-8-f16', 'dense-8-json', 'fcn-40-context'].entries()) {
  for (const part of [0, 5]) {
    calls(`methods-${part}-${head}`, loadGood(i), ...Array.from({ length: 5 }, (_, m) => [explain(1, 31 + m, 17, 3 + m % 2, part + m), heat(64, 48, m % 4)]), dispose(1));
  }
}
calls('questions', loadGood(0), ...Array.from({ length: 8 }, (_, f) => ask(1, f)), askNamed(1, 'nothing'), askNamed(0, 'head'), ask(5, 0));
calls('more-questions', loadGood(3), ...Array.from({ length: 6 }, (_, f) => ask(1, f + 7)));
calls('five-models', loadGood(0), loadGood(1), loadGood(2), loadGood(3), loadGood(0), dispose(2), dispose(4), loadGood(3), dispose(2), dispose(2));
calls('map-of-a-model-that-is-gone', loadGood(0), explain(1, 40, 30, 4, 0), dispose(1), heat(8, 8, 0));
calls('another-model-at-the-same-handle', loadGood(0), explain(1, 40, 30, 4, 2), dispose(1), loadGood(1), heat(8, 8, 0), explain(1, 9, 9, 3, 4), heat(20, 20, 3));
calls('handles-that-never-were', dispose(3), disposeAny(-1), disposeAny(2 ** 31 - 1), disposeAny(-(2 ** 31)), explain(4, 3, 3, 3, 0));
calls('pictures-that-are-none', loadGood(2), explainOdd(1, 0, 0, 3, 0), explainOdd(1, -5, 7, 4, 0), explainOdd(1, 2 ** 31 - 1, 2 ** 31 - 1, 4, 0), explainOdd(1, 5, 5, 1, 0), explainOdd(1, 32769, 1, 3, 0), explainOdd(1, 16384, 16384, 3, 0));
calls('methods-by-name', loadGood(1), explainNamed(1, 'saliency'), explainNamed(1, 'cam'), explainNamed(1, 'hirescam'), explainNamed(1, '\xff\xfe'));
calls('files-that-are-none', loadAny('a', []), loadAny('<b>', [0, 0, 0, 0, 0, 0, 0, 0]), loadAny('b.json', [...Buffer.from('{"__metadata__":{}}')]), loadAny('', [2, 0, 0, 0, 0, 0, 0, 0, 123, 125]));
calls('heat-of-anything', oddHeat(3, 0, 5, 7), oddHeat(0, 0, 5, 7), oddHeat(129, 0, 5, 7), oddHeat(3, 3, 0, 7), oddHeat(3, 1, -5, 7), oddHeat(1, 2, 16384, 4), oddHeat(1, 2, 16385, 1));
for (const [i, head] of ['fcn-24', 'dense-16-f16'].entries()) {
  calls(`overlays-${head}`, loadGood(i), explain(1, 31, 17, 4, 0), ...Array.from({ length: 5 }, (_, c) => overlay(31 - c, 17 + c, 3 + c % 2, c % 4, c)), overlay(40, 30, 4, 3, 3, -7, 2 ** 30));
}
calls('overlays-refused', overlay(8, 8, 3, 0, 0), loadGood(0), explain(1, 8, 8, 3, 1), overlay(8, 8, 3, 0, 0), explain(1, 8, 8, 3, 0), overlay(-1, 8, 3, 0, 0), overlay(8, 0, 3, 0, 0), overlay(8, 8, 2, 0, 0), overlay(8, 8, 3, 4, 0), [8, ...word(10), ...word(10), 3, 0, 9, ...text('no such colours'), ...int(1), 48, ...int(0), 48, 0], dispose(1), overlay(8, 8, 3, 0, 0));
