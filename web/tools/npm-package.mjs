// Assembles the npm package of the JavaScript module and packs it.
// Usage: node npm-package.mjs SITE FOLDER    SITE: the built page; FOLDER: is made anew, and gets the .tgz too
// As a module: const tarball = await packModule(site, folder);
import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const web = fileURLToPath(new URL('..', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** @returns {Promise<string>} path of the packed file */
export async function packModule(site, folder) {
  const contents = join(folder, 'camloss');
  await rm(contents, { recursive: true, force: true });
  await mkdir(contents, { recursive: true });
  const copies = [
    [site, 'camloss.mjs'], [site, 'camloss.wasm'], [site, 'camloss-plain.wasm'],
    [web, 'camloss.d.ts'], [web, 'package.json'], [web, 'README.md'], [root, 'LICENSE'],
  ];
  for (const [from, name] of copies) await copyFile(join(from, name), join(contents, name));
  const { stdout } = await promisify(execFile)('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: contents, env: { ...process.env, npm_config_loglevel: 'error', npm_config_update_notifier: 'false' },
  });
  return join(folder, JSON.parse(stdout)[0].filename);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [site, folder] = process.argv.slice(2);
  if (folder === undefined) {
    console.error('usage: node npm-package.mjs SITE FOLDER');
    process.exit(2);
  }
  try {
    console.log(await packModule(resolve(site), resolve(folder)));
  } catch (error) {
    console.error(`error: ${error.message} — build the page first: cmake --build --preset wasm`);
    process.exit(1);
  }
}
