// <camloss-map> in pages of others: a plain one by one script tag, also from another server; React's; Vue's.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch } from '../browser/support/page.mjs';
import { withPackages } from '../packages.mjs';
import { expectedAnswer, makeProject, serveFolder, site, weights } from './project.mjs';

const readme = await readFile(fileURLToPath(new URL('../../web/README.md', import.meta.url)), 'utf8');
const kExample = readme.match(/```html\n(<script type="module" src="camloss-element\.mjs">[^]*?)```/)[1];
const kHead = '<link rel="icon" href="data:,"><title>a page</title>';

let missing, project, browser, expected, pages, elsewhere;
before(async () => {
  missing = await withPackages(new URL('.', import.meta.url));
  project = await makeProject();
  browser = await launch();
  expected = await expectedAnswer();
  await project.publish('plain');
  pages = await serveFolder(join(project.folder, 'plain'));
  elsewhere = await serveFolder(site, { cors: true });
});
after(async () => {
  await browser?.close();
  pages?.close();
  elsewhere?.close();
  await project?.close();
});

/** Opens a page of the folder plain/ and waits for its element's answer. */
async function open(name, html, options = {}) {
  await project.write(`plain/${name}`, html);
  const page = await browser.newPage(options);
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(error.message));
  page.on('console', (message) => { if (message.type() === 'error') page.complaints.push(message.text()); });
  await page.goto(pages.url + name);
  return page;
}
const answered = (page) => page.waitForFunction(() => document.querySelector('camloss-map')?.result !== null && document.querySelector('camloss-map')?.result !== undefined, undefined, { timeout: 30000 });
const state = (page) => page.evaluate(() => {
  const element = document.querySelector('camloss-map'), root = element.shadowRoot;
  const text = (part) => root.querySelector(`[part=${part}]`).textContent;
  return { logit: element.result?.logit, verdict: text('verdict'), words: text('words'), background: getComputedStyle(element).backgroundColor,
    canvases: [...root.querySelectorAll('canvas')].map((c) => ({ label: c.getAttribute('aria-label'), role: c.getAttribute('role'), width: c.width, height: c.height, hidden: c.hidden })) };
});
/** The site's files beside the page. */
async function withSite() {
  for (const name of ['camloss.mjs', 'camloss.wasm', 'camloss-plain.wasm', 'camloss-worker.mjs', 'camloss-thread.mjs', 'camloss-element.mjs']) {
    await project.write(`plain/${name}`, await readFile(join(site, name)));
  }
}

test('the README\'s example: one script tag and one element give picture, map and answer', { timeout: 60000 }, async () => {
  await withSite();
  const body = kExample.replace('camloss.safetensors', weights).replace('photo.jpg', 'photo.png');
  pages.requests.length = 0;
  const page = await open('index.html', `<!doctype html>${kHead}${body}`);
  await answered(page);
  const said = await state(page);
  assert.ok(Math.abs(said.logit - expected.logit) < 1e-4, `${said.logit} for ${expected.logit}`);
  assert.match(said.verdict, expected.verdict === 'undecided' ? /^Leans to (leopard|orca), \d+ %$/ : new RegExp(`^${expected.label}, \\d+ %$`, 'i'));
  assert.match(said.words, /^\d+ % of the evidence lies away from the picture’s centre\.$/);
  assert.deepEqual(said.canvases.map(({ width, height, hidden, role }) => [width, height, hidden, role]), [[150, 110, false, 'img'], [150, 110, false, 'img']]);
  assert.match(said.canvases[0].label, /\w/);
  assert.match(said.canvases[1].label, new RegExp(`^Where the model that tells .* looks: ${said.verdict}`));
  // No network but for the module's own files and what the attributes name.
  assert.deepEqual([...new Set(pages.requests)].sort(), ['/camloss-element.mjs', '/camloss-thread.mjs', '/camloss-worker.mjs', '/camloss.mjs', '/camloss.wasm',
    '/index.html', '/photo.png', `/${weights}`]);
  assert.deepEqual(page.complaints, []);
  if (process.env.CAMLOSS_SHOTS) await page.screenshot({ path: join(process.env.CAMLOSS_SHOTS, 'element.png') });
  // Map and picture differ: evidence is drawn.
  assert.notEqual(...await page.evaluate(() => [...document.querySelector('camloss-map').shadowRoot.querySelectorAll('canvas')].map((c) => c.toDataURL())));
  await page.close();
});

test('its script and weights may come from another server, which allows it by CORS', { timeout: 60000 }, async () => {
  const page = await open('elsewhere.html', `<!doctype html>${kHead}<script type="module" src="${elsewhere.url}camloss-element.mjs"></script>
    <camloss-map src="photo.png" weights="${elsewhere.url}weights/${weights}"></camloss-map>`);
  await answered(page);
  assert.ok(Math.abs((await state(page)).logit - expected.logit) < 1e-4);
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test('a page that forbids workers gets the answer all the same', { timeout: 60000 }, async () => {
  await withSite();
  const page = await open('strict.html', `<!doctype html><meta http-equiv="Content-Security-Policy" content="worker-src 'none'">${kHead}
    <script type="module" src="camloss-element.mjs"></script><camloss-map src="photo.png" weights="${weights}"></camloss-map>`);
  await answered(page);
  assert.ok(Math.abs((await state(page)).logit - expected.logit) < 1e-4);
  await page.close();
});

test('events come in order, attributes change the answer, failures are told in words', { timeout: 60000 }, async () => {
  await withSite();
  const page = await open('events.html', `<!doctype html>${kHead}<script type="module" src="camloss-element.mjs"></script>
    <camloss-map src="photo.png" weights="${weights}" alt="A drawn scene"></camloss-map>
    <script>
      globalThis.seen = [];
      for (const type of ['loading', 'result', 'error']) {
        document.querySelector('camloss-map').addEventListener(type, ({ detail }) => seen.push([type, detail?.method ?? detail?.message ?? null]));
      }
    </script>`);
  await answered(page);
  const act = (run, argument) => page.evaluate(run, argument);
  const count = (n) => page.waitForFunction((wanted) => globalThis.seen.filter(([type]) => type !== 'loading').length >= wanted, n, { timeout: 20000 });
  assert.equal((await state(page)).canvases[0].label, 'A drawn scene');
  // Two changes at once are one piece of work.
  await act(() => {
    const element = document.querySelector('camloss-map');
    element.setAttribute('method', 'layercam');
    element.setAttribute('colours', 'inferno');
  });
  await count(2);
  await act(() => { document.querySelector('camloss-map').src = 'none.png'; });
  await count(3);
  assert.match((await state(page)).words, /none\.png: the server answered 404/);
  assert.deepEqual((await state(page)).canvases.map(({ hidden }) => hidden), [true, true]);
  await act((name) => Object.assign(document.querySelector('camloss-map'), { src: name }), weights);
  await count(4);
  assert.match((await state(page)).words, /could not be decoded/);
  await act(() => Object.assign(document.querySelector('camloss-map'), { src: 'photo.png', weights: 'photo.png' }));
  await count(5);
  assert.match((await state(page)).words, /photo\.png/);
  await act((name) => {
    const element = document.querySelector('camloss-map');
    element.weights = name;
    element.setAttribute('opacity', 'much');
  }, weights);
  await count(6);
  assert.match((await state(page)).words, /opacity is NaN/);
  await act(() => document.querySelector('camloss-map').removeAttribute('opacity'));
  await count(7);
  await act(() => document.querySelector('camloss-map').setAttribute('method', 'none'));
  await count(8);
  assert.deepEqual((await state(page)).canvases.map(({ hidden }) => hidden), [false, true]);
  await act(() => document.querySelector('camloss-map').removeAttribute('src'));
  await page.waitForFunction(() => /src is missing/.test(document.querySelector('camloss-map').shadowRoot.textContent));
  const seen = await act(() => globalThis.seen);
  assert.deepEqual(seen.filter(([type]) => type !== 'loading').map(([type]) => type), ['result', 'result', 'error', 'error', 'error', 'error', 'result', 'result']);
  assert.deepEqual(seen.slice(0, 4).map(([type, what]) => [type, what]), [['loading', null], ['result', 'cam'], ['loading', null], ['result', 'layercam']]);
  // Taken out of the page it stops; put back it works again.
  await act(() => {
    const element = document.querySelector('camloss-map');
    element.removeAttribute('method');
    element.src = 'photo.png';
    element.remove();
  });
  await act(() => new Promise((done) => setTimeout(done, 300)));
  assert.equal((await act(() => globalThis.seen.length)), seen.length);
  await page.close();
});

test('weights that were missing are loaded once they are there, and an element that goes leaves those of others alone', { timeout: 60000 }, async () => {
  await withSite();
  const page = await open('late.html', `<!doctype html>${kHead}<script type="module" src="camloss-element.mjs"></script>
    <camloss-map id="first" src="photo.png" weights="late.safetensors"></camloss-map>`);
  /** The next answer of an element after a change of it. */
  const next = (id, change) => page.evaluate(async ([name, body]) => {
    const element = document.getElementById(name);
    const told = new Promise((done) => {
      for (const type of ['result', 'error']) element.addEventListener(type, ({ detail }) => done(type === 'result' ? 'result' : detail.message), { once: true });
    });
    new Function('element', body)(element);
    return Promise.race([told, new Promise((done) => setTimeout(done, 20000, 'no event'))]);
  }, [id, change]);
  await page.waitForFunction(() => document.querySelector('camloss-map').shadowRoot?.querySelector('.failed'));
  assert.match((await state(page)).words, /late\.safetensors: the server answered 404/);
  await project.write('plain/late.safetensors', await readFile(join(project.folder, 'plain', weights)));
  // A second element loads them; the first, whose attempt failed, goes, and the second one's model stays.
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('camloss-map'), { id: 'second' })));
  assert.equal(await next('second', "Object.assign(element, { src: 'photo.png', weights: 'late.safetensors' })"), 'result');
  await page.evaluate(() => document.getElementById('first').remove());
  assert.equal(await next('second', "element.setAttribute('method', 'none')"), 'result');
  // One that failed serves again with the same address.
  assert.match(await next('second', "element.weights = 'later.safetensors'"), /later\.safetensors: the server answered 404/);
  await project.write('plain/later.safetensors', await readFile(join(project.folder, 'plain', weights)));
  for (const method of ['cam', 'none', 'layercam']) assert.equal(await next('second', `element.setAttribute('method', '${method}')`), 'result', method);
  await page.close();
});

test('it is styled under a policy that forbids style elements', { timeout: 60000 }, async () => {
  await withSite();
  const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:";
  const page = await open('policy.html', `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}">${kHead}
    <script type="module" src="camloss-element.mjs"></script><camloss-map src="photo.png" weights="${weights}"></camloss-map>`, { colorScheme: 'light' });
  await answered(page);
  assert.equal((await state(page)).background, 'rgb(255, 255, 255)');
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test('it follows light and dark, and variables of the page', { timeout: 60000 }, async () => {
  await withSite();
  const html = (style) => `<!doctype html>${kHead}<style>${style}</style><script type="module" src="camloss-element.mjs"></script>
    <camloss-map src="photo.png" weights="${weights}"></camloss-map>`;
  const grounds = {};
  for (const [name, style, colorScheme] of [['light', '', 'light'], ['dark', '', 'dark'], ['own', 'camloss-map { --camloss-ground: rgb(1, 2, 3); --camloss-text: #fff }', 'light']]) {
    const page = await open(`${name}.html`, html(style), { colorScheme, viewport: { width: 600, height: 420 } });
    await answered(page);
    grounds[name] = (await state(page)).background;
    if (process.env.CAMLOSS_SHOTS) await page.screenshot({ path: join(process.env.CAMLOSS_SHOTS, `element-${name}.png`) });
    await page.close();
  }
  assert.deepEqual(grounds, { light: 'rgb(255, 255, 255)', dark: 'rgb(18, 22, 27)', own: 'rgb(1, 2, 3)' });
});

const kReact = `import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';
import 'camloss/element';
function App() {
  const [text, setText] = useState('');
  const [src, setSrc] = useState('photo.png');
  return createElement('main', null,
    createElement('camloss-map', { src, weights: '${weights}', onresult: (event) => setText(event.detail.label), onerror: (event) => setText(event.detail.message) }),
    createElement('button', { onClick: () => setSrc('none.png') }, 'other'), createElement('p', { id: 'said' }, text));
}
createRoot(document.getElementById('app')).render(createElement(App));
`;
const kVue = `import { createApp, h, ref } from 'vue';
import 'camloss/element';
createApp({
  setup() {
    const text = ref(''), src = ref('photo.png');
    return () => h('main', null, [
      h('camloss-map', { src: src.value, weights: '${weights}', onResult: (event) => { text.value = event.detail.label; }, onError: (event) => { text.value = event.detail.message; } }),
      h('button', { onClick: () => { src.value = 'none.png'; } }, 'other'), h('p', { id: 'said' }, text.value)]);
  },
}).mount('#app');
`;
for (const [name, source] of Object.entries({ React: kReact, Vue: kVue })) {
  test(`it is an element of ${name} as any other: properties in, events out`, { timeout: 180000 }, async (t) => {
    if (missing !== null) return t.skip(missing);
    await project.write(`${name}.mjs`, source);
    await project.run('esbuild/bin/esbuild', [`${name}.mjs`, '--bundle', '--define:process.env.NODE_ENV="production"', '--outdir=plain']);
    const page = await open(`${name}.html`, `<!doctype html>${kHead}<div id="app"></div><script src="${name}.js"></script>`);
    await answered(page);
    assert.ok(Math.abs((await state(page)).logit - expected.logit) < 1e-4);
    await page.waitForFunction((label) => document.getElementById('said').textContent === label, expected.label);
    await page.click('button');
    await page.waitForFunction(() => /none\.png: the server answered 404/.test(document.getElementById('said').textContent));
    assert.deepEqual(page.complaints.filter((text) => !/404/.test(text)), []);
    await page.close();
  });
}
