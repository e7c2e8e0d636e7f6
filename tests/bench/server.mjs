// The benchmarks' pages, the peers' packages, the site under test and the exported models, served on this machine.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.json': 'application/json', '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

const coldHead = {
  litert: `<script type="importmap">{"imports": {"@litertjs/core": "/node_modules/@litertjs/core/dist/index.js",
    "@litertjs/wasm-utils": "/node_modules/@litertjs/wasm-utils/dist/index.js"}}</script>`,
  tfjs: `<script src="/node_modules/@tensorflow/tfjs-core/dist/tf-core.es2017.min.js"></script>
    <script src="/node_modules/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js"></script>`,
};

// What each contender fetches, so that its page can ask for it at once, as a page in earnest would.
const coldFiles = {
  camloss: { modules: ['/site/camloss.mjs'], files: ['/site/camloss.wasm', '/models/dense.safetensors'] },
  onnxruntime: {
    modules: ['/page/picture.mjs', '/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs'],
    files: ['/node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm', '/models/explain.onnx'],
  },
  litert: { modules: ['/page/picture.mjs'], files: ['/models/explain.tflite'] },
  tfjs: { modules: ['/page/picture.mjs'], files: ['/models/tfjs.json', '/models/tfjs.bin'] },
};

function coldLinks(contender) {
  const { modules, files } = coldFiles[contender];
  const link = (rel, href, rest) => `<link rel="${rel}" href="${href}"${rest}>`;
  return [
    ...['/page/cold.mjs', `/page/contenders/${contender}.mjs`, ...modules].map((href) => link('modulepreload', href, '')),
    ...['/models/picture0.rgba', ...files].map((href) => link('preload', href, ' as="fetch" crossorigin')),
  ].join('\n');
}

/**
 * A page with one contender, its scripts and files asked for as early as a page can; `empty` has none.
 * @param {string} input the pictures' form as JSON, which a page in earnest has in its own text
 */
function coldPage(contender, input) {
  const body = contender === 'empty'
    ? '<script>globalThis.coldStart = { milliseconds: performance.now(), heat: 0 };</script>'
    : `${coldHead[contender] ?? ''}${coldLinks(contender)}
      <script type="application/json" id="input">${input}</script>
      <script type="module" src="/page/cold.mjs"></script>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Cold start</title><link rel="icon" href="data:,">${body}`;
}

/**
 * @param {Object<string, string>} folders by first part of the path: page, node_modules, site, models
 * @returns {Promise<{url: string, close: () => void}>}
 */
export async function serve(folders) {
  const input = await readFile(path.join(folders.models, 'input.json'), 'utf8');
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    if (pathname === '/cold.html') {
      response.writeHead(200, { 'content-type': TYPES['.html'] }).end(coldPage(searchParams.get('contender'), input));
      return;
    }
    const [, root, ...rest] = decodeURIComponent(pathname).split('/');
    const folder = folders[root], file = path.join(folder ?? '', ...rest);
    try {
      if (folder === undefined || !file.startsWith(folder + path.sep)) throw new Error('not served');
      const content = await readFile(file);
      const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
      // Ten minutes, as hosts of pages allow: a second visit is one.
      response.writeHead(200, { 'content-type': type, 'cache-control': 'max-age=600' }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
