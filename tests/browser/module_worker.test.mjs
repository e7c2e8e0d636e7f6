// The module in a worker: the same answers, and a page that stays smooth meanwhile.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from '../../web/tools/serve.mjs';
import { launch } from './support/page.mjs';

const readme = await readFile(fileURLToPath(new URL('../../web/README.md', import.meta.url)), 'utf8');
const kExample = readme.match(/## Without blocking the page\n\n```js\n([^]*?)```/)[1]
  .replace("'camloss/worker'", "'/camloss-worker.mjs'").replace('camloss.safetensors', '/weights/photos-camloss.safetensors');

test('the README\'s example in the worker says what the module says, and the page is never held up for long', { timeout: 150000 }, async () => {
  const server = await serve(process.env.CAMLOSS_SITE, { port: 0 }), browser = await launch(), page = await browser.newPage();
  try {
    await page.route('**/bare.html', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><link rel="icon" href="data:,"><title>bare</title>' }));
    await page.route('**/example.mjs', (route) => route.fulfill({ contentType: 'text/javascript',
      body: `${kExample.replace(/^import .*$/m, (line) => `${line}\nexport const run = async (file, context) => {`)}\nreturn { result, drawn, model };\n};` }));
    await page.goto(`${server.url}bare.html`);
    const found = await page.evaluate(async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 2400, height: 1800 }), context = canvas.getContext('2d', { willReadFrequently: true });
      for (let i = 0; i < 60; i++) {
        context.fillStyle = `hsl(${i * 47} 70% 50%)`;
        context.fillRect(i * 37 % 2000, i * 61 % 1500, 500, 400);
      }
      const file = await new Promise((done) => canvas.toBlob(done, 'image/png'));
      const { run } = await import('./example.mjs'), here = await (await import('./camloss.mjs')).loadModel('weights/photos-camloss.safetensors');
      const { result, drawn, model } = await run(file, context);
      const there = await (await import('./camloss-worker.mjs')).loadModel('weights/photos-camloss.safetensors');
      const gone = await model.explain(file).catch((error) => error.message);
      const expected = await here.explain(file), overlay = await expected.overlay(file);
      /** The longest time for which the page's thread answered nothing, ms. */
      const heldUp = async (work) => {
        let last = performance.now(), most = 0, running = true;
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          most = Math.max(most, performance.now() - last);
          last = performance.now();
          if (running) port2.postMessage(0);
        };
        port2.postMessage(0);
        await work();
        running = false;
        return most;
      };
      const pixels = context.getImageData(0, 0, 2400, 1800), gaps = [];
      for (let i = 0; i < 6; i++) gaps.push(await heldUp(async () => { await (await there.explain(file)).overlay(file); }));
      const blocked = await heldUp(async () => { for (let i = 0; i < 3; i++) here.explain(pixels).overlay(pixels); await 0; await new Promise((done) => setTimeout(done, 50)); });
      const controller = new AbortController(), aborted = there.explain(file, { signal: controller.signal }).catch((error) => error.name);
      controller.abort();
      return { inWorker: there.inWorker, logits: [result.logit, expected.logit], map: result.map.every((v, i) => v === expected.map[i]),
        overlay: drawn.data.every((v, i) => v === overlay.data[i]), gaps, blocked, gone, aborted: await aborted,
        refused: await there.explain({ data: new Uint8Array(4), width: 40000, height: 1 }).catch((error) => `${error.name}: ${error.message}`) };
    });
    assert.equal(found.inWorker, true);
    assert.equal(found.logits[0], found.logits[1]);
    assert.ok(found.map && found.overlay);
    assert.match(found.gone, /disposed of/);
    assert.equal(found.aborted, 'AbortError');
    assert.match(found.refused, /^CamlossError: .*too large: 40000x1/);
    // Other programs of the machine hold the thread up, too; the quietest round shows what the module does.
    assert.ok(Math.min(...found.gaps) < 50, `the page was held up for ${found.gaps.map(Math.round)} ms`);
    assert.ok(found.blocked > Math.min(...found.gaps), `without the worker ${found.blocked} ms`);
    console.log(`longest pause of the page: ${Math.min(...found.gaps).toFixed(0)} ms with the worker, ${found.blocked.toFixed(0)} ms without`);
  } finally {
    await browser.close();
    await server.close();
  }
});
