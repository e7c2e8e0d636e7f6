#!/usr/bin/env node
// A static server for the page, on this machine only. As a module: const { url, close } = await serve(folder, { port: 0 });
import { createReadStream, existsSync, realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const USAGE = `usage: serve.mjs [FOLDER] [--port N]      (installed as camloss-serve)

Serves the page in FOLDER on this machine only, until Ctrl-C.

  FOLDER    a built page; default: the installed one, or build/site of the repository
  --port N  default: the first free one from 8080 on; 0 takes any`;

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

/** A fault of the command line. */
export class UsageError extends Error {}

/** The page that belongs to this script: that of the package it was installed with, or that of the repository. */
export function ownPage() {
  return ['../site', '../../build/site'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
    .find((folder) => existsSync(join(folder, 'index.html'))) ?? null;
}

/** @returns {number} of the word after --port */
export function parsePort(word) {
  if (!/^[0-9]{1,5}$/.test(word ?? '') || Number(word) > 65535) throw new UsageError('--port needs a number from 0 to 65535');
  return Number(word);
}

/** Serves on the port asked for, or (null) on the first free one from 8080 on, until the process is ended. */
export async function serveHere(folder, port) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
  for (let candidate = port ?? 8080; ; ++candidate) {
    try {
      return await serve(folder, { port: candidate });
    } catch (error) {
      if (error.code === 'EADDRINUSE' && port === null && candidate < 8180) continue;
      const hint = { EADDRINUSE: 'something else listens there; choose another --port',
        EACCES: 'ports below 1024 are for root; choose another --port' }[error.code] ?? error.message;
      throw new Error(`port ${candidate} cannot be used — ${hint}`);
    }
  }
}

/** Runs a script's main function where it is the program; an error becomes one line. */
export function runAsProgram(url, main, usage) {
  if (!process.argv[1] || url !== pathToFileURL(realpathSync(process.argv[1])).href) return;
  const words = process.argv.slice(2);
  if (words.includes('--help') || words.includes('-h')) {
    console.log(usage);
    return;
  }
  main(words).catch((error) => {
    console.error(`error: ${error.message}`);
    if (error instanceof UsageError) console.error(usage);
    process.exit(error instanceof UsageError ? 2 : 1);
  });
}

async function main(words) {
  let folder = null;
  let port = null;
  for (let i = 0; i < words.length; ++i) {
    if (words[i] === '--port') port = parsePort(words[++i]);
    else if (words[i].startsWith('-')) throw new UsageError(`unknown option '${words[i]}'`);
    else if (folder !== null) throw new UsageError('name one folder');
    else folder = words[i];
  }
  folder ??= ownPage();
  if (folder === null || !existsSync(join(folder, 'index.html'))) {
    throw new Error(`${folder ?? 'build/site'} is no built page — in the repository ./demo.sh --no-serve builds it in build/site`);
  }
  const { url } = await serveHere(folder, port);
  console.log(`\nThe page is at ${url} (Ctrl-C ends it)`);
}

runAsProgram(import.meta.url, main, USAGE);
