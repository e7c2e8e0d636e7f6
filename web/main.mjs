// Starts the page: loads the program, hands it the weights list, and passes files, drops, keys and touches on.
// Its parts are imported while it runs, so that one that is missing can be told of.

const start = document.getElementById('start');
const canvas = document.getElementById('canvas');

function fail(text) {
  start.hidden = false;
  document.getElementById('start-text').textContent = text;
  document.getElementById('start-track').hidden = true;
  const again = document.getElementById('start-again');
  again.hidden = false;
  // A script that could not be fetched stays failed for this page's life, so all is loaded anew.
  again.addEventListener('click', () => location.reload(), { once: true });
  document.getElementById('alerts').textContent = text;
}

/** Whether WebGL 2 can be had; asked on a canvas of its own, since the page's can have only one kind of context. */
function hasWebGl2() {
  const context = document.createElement('canvas').getContext('webgl2');
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}

/** Has the canvas keep what is drawn on it: else the browser's menu would save, and copy, an empty picture. */
function keepDrawn() {
  const { getContext } = canvas;
  canvas.getContext = (kind, options) => getContext.call(canvas, kind, { ...options, preserveDrawingBuffer: true });
}

function showProgress(share, total) {
  document.getElementById('start-bar').style.transform = `scaleX(${share})`;
  document.getElementById('start-text').textContent = `Loading the program, ${(total / 2 ** 20).toFixed(1)} MiB, then the two models…`;
}

/** Pairs of the site: name, paths relative to the site, and whether they are for the drawn samples; four texts each. */
async function readPairs(host, fetchBytes) {
  try {
    const bytes = await fetchBytes('weights/index.json');
    const pairs = JSON.parse(new TextDecoder().decode(bytes));
    const plain = (text) => String(text ?? '').replace(/[\r\n]/g, ' ');
    return pairs.map((p) => [p.name, p.baseline, p.camloss, p.samples === true ? 'samples' : ''].map(plain));
  } catch (error) {
    host.message(`weights/index.json: ${error.message} — the list of weights could not be read`);
    return [];
  }
}

async function plain() {
  try {
    const { startPlain } = await import('./plain.mjs');
    await startPlain();
  } catch (error) {
    fail(`The page could not be started: ${error.message}. Photos never leave this machine.`);
  }
}

async function main() {
  const isForPair = location.hash === '#trained';  // the program writes the address anew
  const withoutProgram = async () => {
    await plain();
    if (isForPair) (await import('./train-open.mjs')).refusePair('models of one’s own need the full page, and that needs WebGL 2');
  };
  if (!hasWebGl2()) {
    await withoutProgram();
    return;
  }
  let parts, wasm;
  try {
    const others = Promise.all([import('./camloss-app.mjs'), import('./host.mjs'), import('./input.mjs')]);
    others.catch(() => {});  // told of below
    const { fetchBytes } = await import('./fetch.mjs');
    wasm = await fetchBytes('camloss-app.wasm', showProgress);
    if (wasm.length < 4 || wasm[0] !== 0 || wasm[1] !== 0x61) throw new Error('camloss-app.wasm is not the program but something else');
    const [app, host, input] = await others;
    parts = { createCamlossApp: app.default, createHost: host.createHost, watchInput: input.watchInput, withKeysOfCanvas: input.withKeysOfCanvas, fetchBytes };
  } catch (error) {
    fail(`The program could not be loaded: ${error.message}. Check the connection and reload the page.`);
    return;
  }
  const host = parts.createHost();
  const module = { canvas, host, wasmBinary: wasm, print: () => {}, printErr: (line) => console.debug(line) };
  let app;
  try {
    app = await parts.createCamlossApp(module);
  } catch (error) {
    const reason = String(error.message ?? error).replace(/^Aborted\((?:\w+: )?|\. Build with.*$/gs, '');
    fail(`The program could not be started: ${reason}. Reload the page; if that does not help, its files are damaged.`);
    return;
  }
  keepDrawn();
  parts.watchInput(app, host, canvas);
  host.attach(app);
  const started = parts.withKeysOfCanvas(canvas, () => host.withText([location.hash.slice(1)], (link) => app._app_start(link)));
  if (started !== 0) {
    await withoutProgram();
    return;
  }
  globalThis.camloss = Object.freeze({
    /** What is shown and found: { frame, photos: [{ name, label, results: [...] }] }. */
    state: () => JSON.parse(app.UTF8ToString(app._app_state())),
    /** Milliseconds of the last frame, and of the last answer of the probes. */
    timing: () => ({ frame: app._app_timing(0), answer: app._app_timing(1) }),
    /** Bytes of the program's memory: in use, and had from the browser. */
    memory: () => ({ used: app._app_memory(), reserved: app.HEAPU8.length }),
    /** Whether there is nothing left to analyse or to draw until something happens. */
    idle: () => app._app_idle() === 1,
    /** Where the controls of the last frame are, in CSS pixels: [{ name, x, y, width, height, on }]. */
    widgets: () => app.UTF8ToString(app._app_widgets()).trimEnd().split('\n').map((line) => {
      const [name, x, y, width, height, on] = line.split('\t');
      return { name, x: +x, y: +y, width: +width, height: +height, on: on === '1' };
    }),
  });
  start.hidden = true;
  const pairs = await readPairs(host, parts.fetchBytes);
  host.withText([pairs.flat().map((field) => field + '\n').join('')], (lines) => app._app_pairs(lines));
  await host.begin();
  if (isForPair) (await import('./train-open.mjs')).takePair(host);
}

// A link #train=A,B opens the page that trains, with both classes named.
if (location.hash.startsWith('#train=')) location.replace(`train.html${location.hash}`);
else await main();
// Offline use is a comfort: without it the page works all the same.
navigator.serviceWorker?.register('sw.mjs').catch(() => {});
