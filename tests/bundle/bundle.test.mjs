// webpack, esbuild, Rollup, Vite and Parcel bundle the package with their defaults, and the bundle gives the module's answer in
// Chromium: on the page's thread, in the worker, and by the element.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch } from '../browser/support/page.mjs';
import { withPackages } from '../packages.mjs';
import { expectedAnswer, makeProject, serveFolder, weights } from './project.mjs';

const kApp = `import { CamlossError, loadModel } from 'camloss';
import { loadModel as loadInWorker } from 'camloss/worker';
import 'camloss/element';

globalThis.run = async () => {
  const file = await (await fetch('photo.png')).blob();
  const model = await loadModel('${weights}'), other = await loadInWorker('${weights}');
  const here = await model.explain(file), there = await other.explain(file);
  const element = document.createElement('camloss-map');
  const result = new Promise((resolve, reject) => {
    element.addEventListener('result', (event) => resolve(event.detail));
    element.addEventListener('error', (event) => reject(event.detail));
  });
  element.src = 'photo.png';
  element.weights = '${weights}';
  document.body.append(element);
  const refused = await loadModel('none.safetensors').catch((error) => error instanceof CamlossError && error.message);
  return { here: here.logit, there: there.logit, inWorker: other.inWorker, element: (await result).logit, refused };
};
`;
const kPage = (script) => `<!doctype html><html><head><link rel="icon" href="data:,"><title>bundle</title></head><body>${script}</body></html>\n`;

let missing, project, browser, expected;
before(async () => {
  missing = await withPackages(new URL('.', import.meta.url));
  if (missing !== null) return;
  project = await makeProject();
  await project.write('app.mjs', kApp);
  browser = await launch();
  expected = await expectedAnswer();
});
after(async () => {
  await browser?.close();
  await project?.close();
});

/** How each bundles app.mjs or index.html into its folder. */
const bundlers = {
  webpack: { run: (out) => project.run('webpack-cli/bin/cli.js', ['--mode', 'production', '--entry', './app.mjs', '-o', out]), script: '<script src="main.js"></script>' },
  esbuild: { run: (out) => project.run('esbuild/bin/esbuild', ['app.mjs', '--bundle', `--outdir=${out}`]), script: '<script src="app.js"></script>' },
  rollup: { run: (out) => project.run('rollup/dist/bin/rollup', ['app.mjs', '-p', 'node-resolve', '-f', 'es', '-d', out]), script: '<script type="module" src="app.js"></script>' },
  vite: { run: (out) => project.run('vite/bin/vite.js', ['build', '--outDir', out]), page: 'index.html' },
  parcel: { run: (out) => project.run('parcel/lib/bin.js', ['build', 'index.html', '--dist-dir', out, '--no-cache', '--no-source-maps']), page: 'index.html' },
};

for (const [name, bundler] of Object.entries(bundlers)) {
  test(`${name} bundles the package with its defaults`, { timeout: 300000 }, async (t) => {
    if (missing !== null) return t.skip(missing);
    const out = `out-${name}`;
    if (bundler.page) await project.write('index.html', kPage('<script type="module" src="./app.mjs"></script>'));
    await bundler.run(out);
    if (bundler.script) await project.write(`${out}/index.html`, kPage(bundler.script));
    await project.publish(out);
    const server = await serveFolder(join(project.folder, out)), page = await browser.newPage();
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    try {
      await page.goto(`${server.url}index.html`);
      const found = await page.evaluate(() => globalThis.run());
      for (const form of ['here', 'there', 'element']) assert.ok(Math.abs(found[form] - expected.logit) < 1e-4, `${form}: ${found[form]} for ${expected.logit}`);
      assert.equal(found.inWorker, true);
      assert.match(found.refused, /none\.safetensors: the server answered 404/);
      assert.deepEqual(complaints, []);
      const files = await readdir(join(project.folder, out));
      t.diagnostic(`${name}: ${files.filter((file) => /js$/.test(file)).join(', ')}`);
    } finally {
      await page.close();
      server.close();
    }
  });
}
