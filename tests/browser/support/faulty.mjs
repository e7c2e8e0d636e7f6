// A static server that a test can break: below a sub-path, with answers replaced, connections cut, or stopped and
// started again at the same address.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const kTypes = { '.html': 'text/html', '.css': 'text/css', '.mjs': 'text/javascript', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.wasm': 'application/wasm' };

export class FaultyServer {
  /** @param {string} folder @param {string} prefix the sub-path of the site, with slashes at both ends */
  static async start(folder, prefix = '/') {
    const server = new FaultyServer();
    server.folder = folder;
    server.prefix = prefix;
    server.faults = new Map();  // path → (response, bytes) => void
    server.served = [];         // paths asked for
    await server.listen(0);
    server.port = server.http.address().port;
    server.url = `http://localhost:${server.port}${prefix}`;
    return server;
  }

  listen(port) {
    this.http = createServer((request, response) => this.answer(request, response).catch(() => response.destroy()));
    return new Promise((resolve, reject) => this.http.once('error', reject).listen(port, '127.0.0.1', resolve));
  }

  async answer(request, response) {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    if (!path.startsWith(this.prefix)) return void response.writeHead(404).end();
    const name = path.slice(this.prefix.length) || 'index.html';
    this.served.push(name);
    const bytes = await readFile(join(this.folder, name)).catch(() => null);
    const fault = this.faults.get(name);
    if (fault) return void fault(response, bytes);
    if (!bytes) return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': kTypes[extname(name)] ?? 'application/octet-stream',
      'Content-Length': bytes.length, 'Cache-Control': 'no-cache' }).end(bytes);
  }

  /** From now on the connection breaks half-way through the file. */
  cut(name) {
    this.faults.set(name, (response, bytes) => {
      response.writeHead(200, { 'Content-Type': kTypes[extname(name)] ?? 'application/octet-stream', 'Content-Length': bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(() => response.destroy(), 50));
    });
  }

  missing(name) { this.faults.set(name, (response) => response.writeHead(404).end()); }

  replace(name, content) {
    this.faults.set(name, (response) =>
      response.writeHead(200, { 'Content-Type': kTypes[extname(name)] ?? 'application/octet-stream' }).end(content));
  }

  mend() { this.faults.clear(); }

  stop() {
    const { http } = this;
    this.http = null;
    return new Promise((resolve) => {
      http?.close(resolve) ?? resolve();
      http?.closeAllConnections?.();
    });
  }

  restart() { return this.listen(this.port); }
}
