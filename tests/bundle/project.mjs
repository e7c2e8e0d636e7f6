// A project of a user of the package: camloss packed and installed beside the bundlers, and a page that is served.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { packModule } from '../../web/tools/npm-package.mjs';
import { png, scene } from '../browser/support/pictures.mjs';

const packages = fileURLToPath(new URL('node_modules/', import.meta.url));
export const site = process.env.CAMLOSS_SITE ?? fileURLToPath(new URL('../../build/site', import.meta.url));
export const weights = 'photos-camloss.safetensors';
export const photo = scene(150, 110, 5);

const kTypes = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.png': 'image/png' };

/** Serves the files of a folder; `requests` are the paths that were asked for. */
export async function serveFolder(folder, { cors = false } = {}) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    requests.push(path);
    const head = cors ? { 'Access-Control-Allow-Origin': '*' } : {};
    try {
      const bytes = await readFile(join(folder, path));
      response.writeHead(200, { 'Content-Type': kTypes[extname(path)] ?? 'application/octet-stream', ...head }).end(bytes);
    } catch {
      response.writeHead(404, head).end('no');
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}/`, requests, close: () => { server.closeAllConnections(); server.close(); } };
}

/**
 * A folder with the installed package and all that tests/bundle/package.json names.
 * @returns {Promise<{folder: string, write: Function, run: Function, published: Function, close: Function}>}
 */
export async function makeProject() {
  const folder = await mkdtemp(join(tmpdir(), 'camloss-bundle-'));
  await mkdir(join(folder, 'node_modules'));
  for (const name of await readdir(packages).catch(() => [])) {
    if (!name.startsWith('.')) await symlink(join(packages, name), join(folder, 'node_modules', name));
  }
  // As npm installs it: unpacked, a folder of its own.
  const tarball = await packModule(site, join(folder, 'packed'));
  const installed = join(folder, 'node_modules/camloss');
  await mkdir(installed);
  await promisify(execFile)('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  await writeFile(join(folder, 'package.json'), '{"private": true, "type": "module"}');
  const write = (name, text) => mkdir(join(folder, name, '..'), { recursive: true }).then(() => writeFile(join(folder, name), text));
  return {
    folder, write,
    /** Runs a command of an installed package. @param {string} program path within node_modules */
    run: (program, words) => promisify(execFile)(process.execPath, [join(folder, 'node_modules', program), ...words],
      { cwd: folder, timeout: 240000, env: { ...process.env, NODE_ENV: undefined, PARCEL_WORKERS: '0' } })
      .catch((error) => { throw new Error(`${program} ${words.join(' ')}\n${error.stdout}\n${error.stderr}`); }),
    /** Puts the weights and a photo into a folder of pages. */
    async publish(name) {
      await mkdir(join(folder, name), { recursive: true });
      await cp(join(site, 'weights', weights), join(folder, name, weights));
      await writeFile(join(folder, name, 'photo.png'), png(photo, 'rgb'));
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What the page shall say: of the module in Node.js on the same pixels. */
export async function expectedAnswer() {
  const { loadModel } = await import(join(site, 'camloss.mjs'));
  const model = await loadModel(join(site, 'weights', weights));
  const said = model.explain(photo);
  model.dispose();
  return said;
}
