// Assembles the npm package of the JavaScript module and packs it.
// Usage: node npm-package.mjs SITE FOLDER    SITE: the built page; FOLDER: is made anew, and gets the .tgz too
// As a module: const tarball = await packModule(site, folder);
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const web = fileURLToPath(new URL('..', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Replaces what must be there once. */
function replaced(text, pattern, by) {
  if (!pattern.test(text)) throw new Error(`npm-package.mjs does not find ${pattern}`);
  return text.replace(pattern, () => by);
}

const kBinaries = /const kBinaries = \{[^]*?\n\};/;

/** A module's text within a function that returns the names it exports. */
function closed(text, names) {
  return `(() => {\n${text.replace(/^export /gm, '')}\nreturn { ${names.join(', ')} };\n})()`;
}
const exported = (text) => [...text.matchAll(/^export (?:async )?(?:class|function) (\w+)/gm)].map(([, name]) => name);

/**
 * The forms of the modules that the package has besides the page's: for bundlers, which leave addresses of other files alone,
 * with the WebAssembly and the worker inside; and for require().
 * @param {(name: string) => Promise<Buffer>} read a file of the site
 * @returns {Promise<Map<string, string>>} name → text
 */
async function otherForms(read) {
  const [module, worker, thread, element] = (await Promise.all(['', '-worker', '-thread', '-element'].map((name) => read(`camloss${name}.mjs`))))
    .map(String);
  const [simd, plain] = (await Promise.all([read('camloss.wasm'), read('camloss-plain.wasm')])).map((bytes) => bytes.toString('base64'));
  const inside = replaced(module, kBinaries, `const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const kBinaries = {
  simd: () => bytesOf('${simd}'),
  plain: () => bytesOf('${plain}'),
};`);
  // The page hands the worker its WebAssembly.
  const ofThread = replaced(module, kBinaries, 'const kBinaries = {};');
  const text = `const { configure, loadModel } = ${closed(ofThread, ['configure', 'loadModel'])};\n` +
    replaced(thread, /^import [^]*?;$/m, '');
  const workerInside = replaced(worker, /const startThread = \(\) => \{[^]*?\n\};/, `const startThread = () => ofText(${JSON.stringify(text)});`);
  const required = module.replace(/^export /gm, '').replaceAll('import.meta.url', "require('node:url').pathToFileURL(__filename).href");
  return new Map([
    ['bundled/camloss.mjs', inside], ['bundled/camloss-worker.mjs', workerInside], ['bundled/camloss-element.mjs', element],
    ['camloss.cjs', `${required}\nmodule.exports = { ${exported(module).join(', ')} };\n`],
  ]);
}

/** For bundlers that look for a folder rather than into "exports". */
const folderOf = (name) => JSON.stringify({
  type: 'module', main: `../bundled/camloss-${name}.mjs`, module: `../bundled/camloss-${name}.mjs`, types: `../camloss-${name}.d.mts`, sideEffects: name === 'element',
}, null, 2);

/** @returns {Promise<string>} path of the packed file */
export async function packModule(site, folder) {
  const contents = join(folder, 'camloss');
  await rm(contents, { recursive: true, force: true });
  await mkdir(contents, { recursive: true });
  const copies = [
    ...['camloss.mjs', 'camloss-worker.mjs', 'camloss-thread.mjs', 'camloss-element.mjs', 'camloss.wasm', 'camloss-plain.wasm'].map((name) => [site, name]),
    ...['camloss.d.mts', 'camloss-worker.d.mts', 'camloss-element.d.mts', 'package.json', 'README.md'].map((name) => [web, name]), [root, 'LICENSE'],
  ];
  for (const [from, name] of copies) await copyFile(join(from, name), join(contents, name));
  await copyFile(join(web, 'camloss.d.mts'), join(contents, 'camloss.d.cts'));
  for (const folder_ of ['bundled', 'worker', 'element']) await mkdir(join(contents, folder_));
  for (const [name, text] of await otherForms((name_) => readFile(join(site, name_)))) await writeFile(join(contents, name), text);
  for (const name of ['worker', 'element']) await writeFile(join(contents, name, 'package.json'), `${folderOf(name)}\n`);
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
