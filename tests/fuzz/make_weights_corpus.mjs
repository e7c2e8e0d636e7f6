// Writes the seed files of the weights fuzzer: `node make_weights_corpus.mjs [FOLDER]`.
// Files named good-* must be accepted, all others refused. The formats are written here a second
// time, from their description alone, so that the core's reader is not tested by its own writer.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), 'corpus', 'weights');
mkdirSync(folder, { recursive: true });
const write = (name, content) => writeFileSync(join(folder, name), content);

// --- the architecture -------------------------------------------------------------------------

function specs(head, side, context = 1) {
  const list = [];
  const convolution = (name, cin, cout) =>
    list.push([`${name}.weight`, [cout, cin, 2, 2]], [`${name}.bias`, [cout]]);
  const norm = (name, n) => {
    for (const part of ['weight', 'bias', 'running_mean', 'running_var']) list.push([`${name}.${part}`, [n]]);
  };
  const full = (name, cin, cout, k = 1) => {
    list.push([`${name}.weight`, head === 'dense' ? [cout, cin] : [cout, cin, k, k]], [`${name}.bias`, [cout]]);
  };
  convolution('conv0', 3, 16);
  convolution('conv1', 16, 16);
  norm('bn1', 16);
  convolution('conv2', 16, 64);
  norm('bn2', 64);
  convolution('conv3', 64, 32);
  norm('bn3', 32);
  full('fc0', head === 'dense' ? 32 * (side / 8) ** 2 : 32, 128, context);
  full('fc1', 128, 128);
  full('fc2', 128, 64);
  full('fc3', 64, 32);
  full('fc4', 32, 1);
  return list.sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

const count = (shape) => shape.reduce((a, b) => a * b, 1);

// Value i of tensor t, of -1, 0 and 1; the same formula stands in tests/core/test_weights.cpp.
const valueOf = (name, t, i) => (name.endsWith('running_var') ? 1 : ((i * 5 + t) % 3) - 1);
const halfOf = (value) => (value === 0 ? 0 : value > 0 ? 0x3c00 : 0xbc00);

// --- safetensors ------------------------------------------------------------------------------

function safetensors(header, data = Buffer.alloc(0)) {
  const text = Buffer.isBuffer(header)
    ? header
    : Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

function goodSafetensors({ head, side, context, metadata, wide = () => false, counters = false }) {
  const header = metadata ? { __metadata__: metadata } : {};
  const parts = [];
  let offset = 0;
  const add = (name, dtype, shape, bytes) => {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
    parts.push(bytes);
  };
  specs(head, side, context).forEach(([name, shape], t) => {
    const n = count(shape);
    const bytes = Buffer.alloc(n * (wide(shape) ? 4 : 2));
    for (let i = 0; i < n; ++i) {
      const value = valueOf(name, t, i);
      if (wide(shape)) bytes.writeFloatLE(value, 4 * i);
      else bytes.writeUInt16LE(halfOf(value), 2 * i);
    }
    add(name, wide(shape) ? 'F32' : 'F16', shape, bytes);
  });
  if (counters) {
    for (const norm of ['bn1', 'bn2', 'bn3']) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(1234n);
      add(`${norm}.num_batches_tracked`, 'I64', [], bytes);
    }
  }
  return safetensors(header, Buffer.concat(parts));
}

const metadata = {
  'camloss.format': '1',
  'camloss.head': 'fcn',
  'camloss.input_size': '96',
  'camloss.mean': '0.5,0.25,0.125',
  'camloss.std': '0.5',
  'camloss.classes': 'léopard, orca',
  'camloss.temperature': '1.5',
  'camloss.recipe': 'camloss',
  'camloss.seed': '1',
  'camloss.metrics': '{"val":{"accuracy":1}}',
  'camloss.trained_on': 'drawn scenes',
  'camloss.version': '1.0.0',
  format: 'pt',
};
write('good-fcn-f16.safetensors', goodSafetensors({ head: 'fcn', side: 96, metadata }));
write('good-fcn-context.safetensors',
  goodSafetensors({ head: 'fcn', side: 96, context: 3, metadata: { ...metadata, 'camloss.context_dilation': '2' } }));
write('good-dense-16-mixed-plain.safetensors',
  goodSafetensors({ head: 'dense', side: 16, wide: (shape) => shape.length === 1, counters: true }));

const entry = (begin, end, shape = [(end - begin) / 4], dtype = 'F32') => ({
  dtype, shape, data_offsets: [begin, end],
});
const zeros = (n) => Buffer.alloc(n);
const badHeaders = {
  'not-json': ['{"fc0.bias"; 1}'],
  'cut-short': ['{"fc0.bias":{"dtype":"F32","shape":[2],"data_off'],
  'is-array': ['[1,2]'],
  'is-empty-object': ['{}'],
  'trailing-text': ['{} {}'],
  'nested-deep': ['{"a":' + '['.repeat(40) + ']'.repeat(40) + '}'],
  'bad-utf8': [Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  'tensor-twice': ['{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', zeros(4)],
  'field-twice': ['{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', zeros(4)],
  'field-unknown': [{ a: { ...entry(0, 4), extra: 1 } }, zeros(4)],
  'no-dtype': [{ a: { shape: [1], data_offsets: [0, 4] } }, zeros(4)],
  'no-shape': [{ a: { dtype: 'F32', data_offsets: [0, 4] } }, zeros(4)],
  'no-offsets': [{ a: { dtype: 'F32', shape: [1] } }, zeros(4)],
  'dtype-number': [{ a: { dtype: 32, shape: [1], data_offsets: [0, 4] } }, zeros(4)],
  'dtype-bf16': [{ a: entry(0, 4, [2], 'BF16') }, zeros(4)],
  'dtype-i64': [{ a: entry(0, 8, [1], 'I64') }, zeros(8)],
  'dtype-null': [{ a: { dtype: null, shape: [1], data_offsets: [0, 4] } }, zeros(4)],
  'shape-negative': [{ a: entry(0, 4, [-1]) }, zeros(4)],
  'shape-fraction': [{ a: entry(0, 4, [1.5]) }, zeros(4)],
  'shape-huge': ['{"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]}}', zeros(4)],
  'shape-product-wraps': [{ a: entry(0, 0, [67108864, 67108864, 67108864, 67108864]) }],
  'shape-rank-9': [{ a: entry(0, 4, [1, 1, 1, 1, 1, 1, 1, 1, 1]) }, zeros(4)],
  'shape-nested': [{ a: entry(0, 4, [[1]]) }, zeros(4)],
  'shape-text': [{ a: entry(0, 4, '1') }, zeros(4)],
  'size-mismatch': [{ a: entry(0, 8, [1]) }, zeros(8)],
  'zero-extent': [{ 'fc0.bias': entry(0, 0, [0]) }],
  'offsets-reversed': [{ a: entry(4, 0, [1]) }, zeros(4)],
  'offsets-past-end': [{ a: entry(0, 8) }, zeros(4)],
  'offsets-wrap': ['{"a":{"dtype":"F32","shape":[1],"data_offsets":[18446744073709551612,0]}}', zeros(4)],
  'offsets-one': ['{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}', zeros(4)],
  'offsets-three': ['{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', zeros(4)],
  'offsets-float': ['{"a":{"dtype":"F32","shape":[1],"data_offsets":[0.0,4.0]}}', zeros(4)],
  'overlap': [{ a: entry(0, 8), b: entry(4, 12) }, zeros(12)],
  'same-place': [{ a: entry(0, 4), b: entry(0, 4) }, zeros(4)],
  'hole': [{ a: entry(0, 4), b: entry(8, 12) }, zeros(12)],
  'data-left-over': [{ a: entry(0, 4) }, zeros(9)],
  'metadata-number': [{ __metadata__: { 'camloss.seed': 1 } }],
  'metadata-object': [{ __metadata__: { 'camloss.metrics': { a: 1 } } }],
  'metadata-null': [{ __metadata__: null }],
  'metadata-text': [{ __metadata__: 'camloss' }],
  'metadata-twice': ['{"__metadata__":{},"__metadata__":{}}'],
  'metadata-key-twice': ['{"__metadata__":{"a":"1","a":"2"}}'],
  'values-in-header': ['{"a":[1,2]}'],
  'tensor-is-number': ['{"a":1}'],
  'tensor-is-text': ['{"a":"F32"}'],
  'fc0-rank-3': [{ 'fc0.weight': entry(0, 4, [1, 1, 1]) }, zeros(4)],
  'fc0-odd-dense': [{ 'fc0.weight': entry(0, 4, [1, 1]) }, zeros(4)],
  'names-with-prefix': [{ 'model.fc0.bias': entry(0, 4) }, zeros(4)],
  'name-with-controls': ['{"\\u0000\\u001b[31m\\u202e":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', zeros(4)],
};
for (const [key, value] of Object.entries({
  format: '2', head: 'resnet', input_size: '97', mean: '1,2', std: 'nan', classes: 'one',
  temperature: '-1', metrics: '{',
})) {
  badHeaders[`info-${key}`] = [{ __metadata__: { [`camloss.${key}`]: value } }];
}
// A context that is none; the reader looks at it before it counts the tensors.
for (const [name, height, width] of [['even', 2, 2], ['nine', 9, 9], ['oblong', 3, 5], ['zero', 0, 0], ['huge', 1, 4097]]) {
  const n = 4 * height * width;
  badHeaders[`context-${name}`] = [{ 'fc0.weight': entry(0, n, [1, 1, height, width]) }, zeros(n)];
}
for (const [name, dilation] of Object.entries({
  text: 'x', empty: '', zero: '0', negative: '-1', fraction: '1.5', exponent: '1e0', wide: '64', huge: '99999999999999999999',
})) {
  badHeaders[`context-dilation-${name}`] = [
    { __metadata__: { 'camloss.context_dilation': dilation }, 'fc0.weight': entry(0, 36, [1, 1, 3, 3]) }, zeros(36)];
}
badHeaders['context-dilation-dense'] = [
  { __metadata__: { 'camloss.context_dilation': '2' }, 'fc0.weight': entry(0, 128, [1, 32]) }, zeros(128)];
badHeaders['context-tensor'] = [{ 'context.weight': entry(0, 36, [1, 1, 3, 3]) }, zeros(36)];
for (const [name, parts] of Object.entries(badHeaders)) {
  write(`header-${name}.safetensors`, safetensors(...parts));
}
for (const [name, length] of Object.entries({
  'past-end': 1000n, zero: 0n, huge: 0xffffffffffffffffn, 'two-mebi': 1n << 21n,
})) {
  const bytes = safetensors('{}        ');
  bytes.writeBigUInt64LE(length);
  write(`length-${name}.safetensors`, bytes);
}

// --- JSON -------------------------------------------------------------------------------------

function nested(shape, at) {
  if (shape.length === 0) return at();
  return Array.from({ length: shape[0] }, () => nested(shape.slice(1), at));
}

function goodJson({ head, side, flat, metadata: info }) {
  const file = info ? { __metadata__: info } : {};
  specs(head, side).forEach(([name, shape], t) => {
    let i = 0;
    const next = () => valueOf(name, t, i++);
    file[name] = flat
      ? { dtype: 'F32', shape, data: nested([count(shape)], next) }
      : nested(shape, next);
  });
  return JSON.stringify(file);
}
write('good-fcn-nested.json', goodJson({ head: 'fcn', side: 96, metadata }));
write('good-dense-8-flat.json', '\ufeff ' + goodJson({ head: 'dense', side: 8, flat: true }));

const badTexts = {
  'empty-object': '{}',
  'empty-array': '[]',
  'cut-short': '{"fc0.bias":[0.5,',
  'trailing-comma': '{"fc0.bias":[0.5,]}',
  'trailing-text': '{"fc0.bias":[0.5]} x',
  'comment': '{/* weights */}',
  'single-quotes': "{'fc0.bias':[0]}",
  'nan': '{"fc0.bias":[NaN]}',
  'infinity': '{"fc0.bias":[1e999]}',
  'null': '{"fc0.bias":[null]}',
  'text-in-values': '{"fc0.bias":["0"]}',
  'true': '{"fc0.bias":true}',
  'ragged': '{"fc1.weight":[[1,2],[3]]}',
  'mixed': '{"fc1.weight":[[1,2],3]}',
  'mixed-deeper': '{"fc1.weight":[1,[2]]}',
  'values-empty': '{"fc0.bias":[]}',
  'values-nested-empty': '{"fc0.bias":[[],[]]}',
  'rank-9': '{"fc0.bias":[[[[[[[[[1]]]]]]]]]}',
  'nested-deep': '['.repeat(10000),
  'number-long': `{"fc0.bias":[0.${'1'.repeat(200)}]}`,
  'number-hex': '{"fc0.bias":[0x10]}',
  'number-plus': '{"fc0.bias":[+1]}',
  'shape-mismatch': '{"fc0.bias":{"shape":[3],"data":[1,2]}}',
  'shape-contradicts': '{"fc1.weight":{"shape":[1,4],"data":[[1,2],[3,4]]}}',
  'shape-wraps': '{"a":{"shape":[67108864,67108864,67108864],"data":[1]}}',
  'no-data': '{"fc0.bias":{"shape":[2]}}',
  'data-number': '{"fc0.bias":{"data":1}}',
  'data-object': '{"fc0.bias":{"data":{}}}',
  'data-twice': '{"fc0.bias":{"data":[1],"data":[1]}}',
  'data-offsets': '{"fc0.bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
  'dtype-i8': '{"fc0.bias":{"dtype":"I8","data":[1]}}',
  'twice': '{"fc0.bias":[1],"fc0.bias":[1]}',
  'metadata-list': '{"__metadata__":["a"]}',
  'metadata-number': '{"__metadata__":{"camloss.temperature":1}}',
  'bad-escape': '{"\\ud800":[1]}',
  'counter-is-text': '{"bn1.num_batches_tracked":"1"}',
};
for (const [name, text] of Object.entries(badTexts)) write(`text-${name}.json`, text);

// --- neither ----------------------------------------------------------------------------------

write('empty', '');
write('five-bytes', 'abcde');
write('blank', '   \n\t   \n   ');
write('page.html', '<!doctype html><title>404</title>');
write('lfs-pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n');
write('archive.zip', Buffer.from('504b0304140000000800', 'hex'));
write('picture.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
