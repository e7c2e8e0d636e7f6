// The house's directions: which folder may include which. Prints each line that goes another way, each circle of
// includes, and ends with 1.
// usage: node cmake/check-includes.mjs [ROOT]
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder → the folders whose headers its files may include, besides its own. "shared" is the door, shared/model.h. */
const CORE = 'shared shared/base shared/picture shared/weights shared/kernels shared/network shared/maps shared/learn shared/scenes';
const RECORD = 'native/base native/io native/data native/recipes native/evaluate';
const MAY_INCLUDE = {
  'shared/base': '',
  'shared/picture': 'shared/base',
  'shared/weights': 'shared/base',
  'shared/kernels': '',
  'shared/network': 'shared/base shared/weights shared/kernels',
  'shared/maps': 'shared/base shared/weights shared/network',
  'shared/learn': 'shared/base shared/picture shared/weights shared/kernels shared/maps',
  'shared/scenes': 'shared/base shared/picture',
  shared: 'shared/base shared/picture shared/weights shared/kernels shared/network shared/maps',
  'native/base': CORE,
  'native/io': `${CORE} native/base`,
  'native/data': `${CORE} native/base native/io`,
  'native/recipes': `${CORE} native/base native/io`,
  'native/evaluate': `${CORE} native/base native/io native/data native/recipes`,
  'native/record': `${CORE} ${RECORD}`,
  'native/train': `${CORE} ${RECORD} native/record`,
  'native/report': `${CORE} ${RECORD} native/record`,
  'native/cli': `${CORE} ${RECORD} native/record native/report native/train`,
  'wasm/gpu': CORE,
  'wasm/widgets': CORE,
  'wasm/app': `${CORE} wasm/gpu wasm/widgets`,
  'wasm/views': `${CORE} wasm/gpu wasm/widgets wasm/app`,
  'wasm/browser': `${CORE} wasm/gpu wasm/widgets wasm/app wasm/views`,
  'wasm/desktop': `${CORE} wasm/gpu wasm/widgets wasm/app wasm/views native/base native/io`,
  'wasm/module': CORE,
  'wasm/train': CORE,
};
/** The only folder that includes LibTorch. */
const TORCH_FOLDER = 'native/train';

const folderOf = (path) => path.slice(0, Math.max(path.lastIndexOf('/'), 0));

function* sources(root, folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* sources(root, path);
    else if (/\.(h|cpp)$/.test(entry.name)) yield path;
  }
}

/** What is wrong with one include of a file; null where it is as it should be. */
function complaint(file, included) {
  const from = folderOf(file);
  const allowed = MAY_INCLUDE[from];
  if (allowed === undefined) return `${from}/ is not a folder of cmake/check-includes.mjs`;
  if (included.startsWith('<torch/')) return from === TORCH_FOLDER ? null : `only ${TORCH_FOLDER}/ includes LibTorch`;
  const to = folderOf(included.slice(1));
  if (!/^(shared|native|wasm)(\/|$)/.test(to) || to === from || allowed.split(' ').includes(to)) return null;
  return `${from}/ may not include ${to}/`;
}

/** The circles of includes, each as "a -> b -> a". @param includes  file → the project's files it includes */
function circles(includes) {
  const found = [];
  const done = new Set();
  const visit = (file, way) => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' -> '));
    if (way.includes(file) || done.has(file)) return;
    for (const next of includes.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of includes.keys()) visit(file, []);
  return found;
}

function main(root) {
  const found = [];
  const includes = new Map();
  for (const top of ['shared', 'native', 'wasm']) {
    for (const file of sources(root, top)) {
      readFileSync(join(root, file), 'utf8').split('\n').forEach((line, i) => {
        const included = /^\s*#\s*include\s+("[^"]+|<torch\/[^>]+)/.exec(line)?.[1];
        if (included?.startsWith('"')) includes.set(file, [...(includes.get(file) ?? []), included.slice(1)]);
        const wrong = included && complaint(file, included);
        if (wrong) found.push(`${file}:${i + 1}: ${line.trim()}: ${wrong}`);
      });
    }
  }
  for (const circle of circles(includes)) found.push(`includes in a circle: ${circle}`);
  for (const line of found.sort()) console.error(line);
  return found.length > 0 ? 1 : 0;
}

process.exitCode = main(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
