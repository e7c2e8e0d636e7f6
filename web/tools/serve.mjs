// A static server for the page, on this machine only. Usage: node serve.mjs [FOLDER] [--port N]
// As a module: const { url, close } = await serve(folder, { port: 0 });
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
};

// The file a request names, or null: outside the folder, hidden, or not there.
async function find(folder, target) {
  let path;
  try {
    path = normalize(decodeURIComponent(new URL(target, 'http://localhost').pathname));
  } catch {
    return null;
  }
  if (path.includes('\0')) return null;
  let file = join(folder, path);
  if (file !== folder && !file.startsWith(folder + sep)) return null;
  try {
    let info = await stat(file);
    if (info.isDirectory()) {
      if (!path.endsWith('/')) return { redirect: path + '/' };
      file = join(file, 'index.html');
      info = await stat(file);
    }
    return info.isFile() ? { file, info } : null;
  } catch {
    return null;
  }
}

async function answer(folder, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const found = await find(folder, request.url);
  if (!found) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('not found\n');
    return;
  }
  if (found.redirect) {
    response.writeHead(301, { Location: encodeURI(found.redirect) }).end();
    return;
  }
  const { file, info } = found;
  const tag = `"${info.size.toString(16)}-${Math.round(info.mtimeMs).toString(16)}"`;
  // The browser keeps files but asks each time, so that a new build is seen at once.
  const headers = { ETag: tag, 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff' };
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304, headers).end();
    return;
  }
  headers['Content-Type'] = types[extname(file).toLowerCase()] ?? 'application/octet-stream';
  headers['Content-Length'] = info.size;
  response.writeHead(200, headers);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  createReadStream(file).on('error', () => response.destroy()).pipe(response);
}

/** Serves a folder on localhost. Port 0 takes any free one. */
export function serve(folder, { port = 0 } = {}) {
  const root = resolve(folder);
  const server = createServer((request, response) => {
    answer(root, request, response).catch(() => response.destroy());
  });
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => {
      const close = () => new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections?.();
      });
      done({ url: `http://localhost:${server.address().port}/`, close });
    });
  });
}

// Command line: the port asked for, or the first free one from 8080 on.
async function main(words) {
  let folder = '.';
  let port = null;
  for (let i = 0; i < words.length; ++i) {
    if (words[i] === '--port') port = Number(words[++i]);
    else folder = words[i];
  }
  for (let candidate = port ?? 8080; ; ++candidate) {
    try {
      const { url } = await serve(folder, { port: candidate });
      console.log(`\nThe page is at ${url} (Ctrl-C ends it)`);
      return;
    } catch (error) {
      if (error.code === 'EADDRINUSE' && port === null && candidate < 8180) continue;
      const hint = error.code === 'EADDRINUSE' ? 'something else listens there; try another --port' : error.code;
      console.error(`error: port ${candidate} cannot be used — ${hint}`);
      process.exit(1);
    }
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.on('SIGINT', () => process.exit(0));
  process.on('SIGTERM', () => process.exit(0));
  await main(process.argv.slice(2));
}
