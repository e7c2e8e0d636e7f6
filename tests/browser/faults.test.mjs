// The page when things go wrong: broken downloads, no storage, hostile names and files, endless use.
// Each time it says what is wrong, and goes on with what is left.
import assert from 'node:assert/strict';
import { open, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FaultyServer } from './support/faulty.mjs';
import { baselinePath, camlossPath, launch, startSite, Visitor } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';
import { randomWeights } from './support/weights.mjs';

const kCalls = Number(process.env.CAMLOSS_CALLS ?? 10000);

let site, browser, server, scratch;
before(async () => {
  site = await startSite();
  browser = await launch();
  server = await FaultyServer.start(site.folder);
  scratch = await mkdtemp(join(tmpdir(), 'camloss-faults-'));
});
after(async () => {
  await browser?.close();
  await server?.stop();
  await site?.close();
  await rm(scratch, { recursive: true });
});

/** Opens the page without waiting for results; `prepare` runs in it before any of its own code. */
async function visit({ prepare, ...options } = {}) {
  const v = new Visitor();
  v.complaints = [];
  // Without a service worker nothing of an earlier test can help out.
  v.context = await browser.newContext({ viewport: { width: 1200, height: 800 }, serviceWorkers: 'block', ...options });
  if (prepare) await v.context.addInitScript(prepare);
  v.page = await v.context.newPage();
  v.page.on('pageerror', (e) => v.complaints.push(e.message));
  await v.page.goto(server.url);
  return v;
}

const alertSays = (v, text) =>
  v.page.waitForFunction((wanted) => document.getElementById('alerts').textContent.includes(wanted), text, { timeout: 60000 });

test('weights whose download is cut half-way leave the other model, and come when they are chosen again', async () => {
  server.cut(baselinePath);
  const v = await visit();
  await v.analysed(1);
  assert.match(await v.alerts(), /^Model Baseline could not be loaded \(.*test-baseline\.safetensors: the download broke off after \d+ bytes\) — try again in its panel/);
  assert.ok((await v.state()).photos.every((p) => p.results[0].model === camlossPath));
  // What is wrong stands in its place, with a button; so it does in the structure beside the canvas.
  await v.mirrored('Could not be loaded: Baseline.');
  await v.click('Try again');
  await v.mirrored('Could not be loaded: Baseline.');
  server.mend();
  await v.click('Try again');
  await v.analysed(2);
  await v.mirrored('Weights: Test pair.');
  assert.deepEqual(v.complaints, []);
  await v.close();
});

for (const [what, broken] of [
  ['is a missing script', () => server.missing('input.mjs')],
  ['is missing', () => server.missing('camloss-app.wasm')],
  ['is a page of the host', () => server.replace('camloss-app.wasm', '<!doctype html><title>Not here</title>')],
  ['is cut off', () => server.cut('camloss-app.wasm')],
  ['has wrong bytes', () => server.replace('camloss-app.wasm', Buffer.concat([Buffer.from('\0asm\x01\0\0\0', 'latin1'), Buffer.alloc(5000, 7)]))],
]) {
  test(`a program file that ${what} is told of in plain words`, async () => {
    broken();
    const v = await visit();
    await v.page.waitForFunction(() => document.getElementById('alerts').textContent.length > 0, undefined, { timeout: 60000 });
    const text = await v.alerts();
    assert.match(text, /^The program could not be (loaded|started): .{10,} [Rr]eload the page\b.*\.$/s);
    assert.equal(await v.page.textContent('#start-text'), text, 'for everybody to see');
    assert.ok(await v.page.isVisible('#start-text'));
    assert.equal(await v.page.isVisible('#start-track'), false, 'no progress bar that will never move');
    assert.deepEqual(v.complaints, []);
    server.mend();
    await v.close();
  });
}

test('a list of weights that is missing or nonsense leaves a page that takes own weights', async () => {
  for (const content of [null, 'not JSON', '{"pairs": 3}', '[null, {"name": 7, "baseline": ["x"]}]', '[]']) {
    if (content === null) server.missing('weights/index.json');
    else server.replace('weights/index.json', content);
    const v = await visit();
    await v.page.waitForFunction(() => document.getElementById('alerts').textContent.length > 0, undefined, { timeout: 60000 });
    await v.drop([{ name: 'own.safetensors', buffer: randomWeights({ recipe: 'baseline', seed: 90 }) }]);
    await v.until('model', 'own.safetensors');
    assert.deepEqual(v.complaints, [], content);
    await v.close();
  }
  server.mend();
});

test('without storage of any kind the page works', async () => {
  const v = await visit({ prepare: () => {
    const denied = { configurable: true, get() { throw new DOMException('denied', 'SecurityError'); } };
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) Object.defineProperty(globalThis, name, denied);
    Object.defineProperty(Navigator.prototype, 'serviceWorker', { configurable: true, value: { register: () => Promise.reject(new Error('denied')) } });
    history.replaceState = () => { throw new DOMException('denied', 'SecurityError'); };
    document.__defineGetter__('cookie', denied.get);
  } });
  await v.analysed();
  await v.choose([{ name: 'kept-nowhere.png', buffer: png(scene(200, 150, 80)) }]);
  await v.until('has', 'kept-nowhere.png');
  await v.click('Centre');
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('a decoder that does not load costs the photo, not the page', async () => {
  server.missing('decode-worker.mjs');
  const v = await visit();
  await v.analysed();
  await v.choose([{ name: 'lost.png', buffer: png(scene(60, 40, 81)) }]);
  await alertSays(v, 'lost.png could not be decoded');
  server.mend();
  await v.choose([{ name: 'found.png', buffer: png(scene(60, 40, 81)) }]);
  await v.until('has', 'found.png');
  assert.equal(await v.photo('lost.png'), undefined);
  await v.close();
});

test('hostile names are text everywhere: state, mirror, messages, table, CSV and PNG', { timeout: 120000 }, async () => {
  const v = await visit({ acceptDownloads: true });
  await v.analysed();
  const names = ['<img src=x onerror="globalThis.ran=1">.png', '<script>globalThis.ran=1</script>.png', '"><svg onload=globalThis.ran=1>.png',
    'photo\u202Egnp.exe', '=cmd|\' /C calc\'!A0', '@SUM(1+1)*cmd', '+1+2.png', '-2+3.png', '\t=1+1.png', '\r=2+2.png', 'two\nlines, "quoted".png',
    'снимок 1.png', '照片.png', '\u{1F406}.png', '../../etc/passwd', 'CON', '%00%0A.png', `${'n'.repeat(4090)}.png`, '__proto__', ''];
  const files = names.map((name, i) => ({ name, buffer: png(scene(40 + i, 30, i)) }));
  await v.drop(files);
  const shown = names.map((name) => name || 'pasted picture');
  for (const name of shown) await v.until('has', name);
  await v.analysed();
  const found = (await v.state()).photos.slice(-names.length).map((p) => p.name);
  assert.deepEqual(found, shown);
  assert.equal(await v.page.evaluate(() => globalThis.ran), undefined);
  assert.equal(await v.page.locator('#results img, #results script, #results svg, #alerts img, #alerts script, #alerts svg').count(), 0);

  // Broken files of the same names: the message has the whole name and the reason.
  await v.drop(names.slice(0, -1).map((name) => ({ name, buffer: Buffer.from('not a picture') })));
  for (const name of names.slice(0, -1)) await alertSays(v, `${name} is not a picture`);
  assert.equal(await v.page.locator('#alerts img, #alerts script, #alerts svg').count(), 0);
  assert.equal(await v.page.evaluate(() => globalThis.ran), undefined);

  await v.click('All photos');
  const csv = (await v.download(() => v.click('Save CSV'))).bytes.toString();
  const rows = parseCsv(csv);
  assert.ok(rows.every((row) => row.length === rows[0].length), 'no name breaks a row');
  const written = rows.slice(-names.length).map((row) => row[0]);
  for (const [i, name] of shown.entries()) {
    assert.equal(written[i].replace(/^'/, ''), name);
    assert.ok(!/^[=+\-@\t\r]/.test(written[i]), `a spreadsheet would run ${JSON.stringify(written[i])}`);
  }
  await v.click('Compare');
  const picture = await v.download(() => v.key('s'));
  assert.match(picture.name, /^camloss-[A-Za-z0-9-]*\.png$/);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

/** Rows of a CSV text as RFC 4180 has them. */
function parseCsv(text) {
  const rows = [[]];
  let field = '', quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') { field += '"'; i++; } else quoted = false;
    } else if (c === '"' && field === '') quoted = true;
    else if (c === ',') { rows.at(-1).push(field); field = ''; }
    else if (c === '\r' && text[i + 1] === '\n') { rows.at(-1).push(field); rows.push([]); field = ''; i++; } else field += c;
  }
  assert.deepEqual([field, rows.pop()], ['', []], 'the last row is ended');
  return rows;
}

test('SVG and HTML in a picture\'s clothes are neither run nor followed', async () => {
  const v = await visit();
  await v.analysed();
  const asked = [];
  v.page.on('request', (r) => asked.push(r.url()));
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90" onload="globalThis.ran=1"><script>globalThis.ran=1</script>' +
    '<image href="http://127.0.0.1:9/track.png"/><foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="http://127.0.0.1:9/"/></foreignObject></svg>';
  const html = '<!doctype html><script>globalThis.ran=1</script><img src="http://127.0.0.1:9/track.png">';
  const files = [['drawing.jpg', svg], ['drawing.svg', svg], ['page.jpg', html], ['page.png', '\x89PNG\r\n\x1a\n' + html], ['page.webp', 'RIFF\0\0\0\0WEBP' + html],
    ['both.jpg', '\xff\xd8\xff' + html], ['page.gif', 'GIF89a' + html]];
  await v.choose(files.map(([name, text]) => ({ name, buffer: Buffer.from(text, 'latin1') })));
  for (const [name] of files) await alertSays(v, `${name} `);
  assert.equal(await v.page.evaluate(() => globalThis.ran), undefined);
  assert.deepEqual(asked.filter((url) => url.includes(':9/')), []);
  assert.match(await v.page.title(), /^camloss/);
  await v.close();
});

test('files of three gigabytes are refused at once', async () => {
  const kBytes = 3 * 2 ** 30;
  const sparse = async (name, head) => {
    const path = join(scratch, name);
    await writeFile(path, head);
    const file = await open(path, 'r+');
    await file.truncate(kBytes);
    await file.close();
    return path;
  };
  const v = await visit();
  await v.analysed();
  const start = Date.now();
  await v.page.setInputFiles('#photo-input', [await sparse('film.jpg', png(scene(8, 8, 1))), await sparse('model.safetensors', Buffer.from('{}'))]);
  await alertSays(v, 'film.jpg is larger than 256 MiB, the limit for a photo');
  await alertSays(v, 'model.safetensors is larger than 64 MiB');
  assert.ok(Date.now() - start < 15000, `it took ${Date.now() - start} ms`);
  assert.equal(await v.photo('film.jpg'), undefined);
  await v.choose([{ name: 'small.png', buffer: png(scene(60, 40, 82)) }]);
  await v.until('has', 'small.png');
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('damaged weights are refused by name and reason, and the models at work stay', async () => {
  const good = randomWeights({ recipe: 'baseline', seed: 91 });
  const headerBytes = Number(good.readBigUInt64LE());
  const header = JSON.parse(good.subarray(8, 8 + headerBytes));
  const withHeader = (change) => {
    const copy = structuredClone(header);
    change(copy);
    const text = Buffer.from(JSON.stringify(copy));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text, good.subarray(8 + headerBytes)]);
  };
  const poisoned = Buffer.from(good);
  poisoned.writeFloatLE(NaN, good.length - 4);
  const endless = Buffer.from(good);
  endless.writeBigUInt64LE(2n ** 63n);
  const cases = {
    'cut.safetensors': good.subarray(0, good.length / 2), 'empty.safetensors': Buffer.alloc(0), 'endless.safetensors': endless,
    'nan.safetensors': poisoned, 'shape.safetensors': withHeader((h) => { h['conv2.weight'].shape = [64, 16, 3, 2]; }),
    'overlap.safetensors': withHeader((h) => { h['conv3.bias'].data_offsets = h['conv2.bias'].data_offsets; }),
    'missing.safetensors': withHeader((h) => { delete h['fc4.weight']; }),
    'size.safetensors': withHeader((h) => { h.__metadata__['camloss.input_size'] = '1e9'; }),
    'classes.safetensors': withHeader((h) => { h.__metadata__['camloss.classes'] = 'one'; }),
    'text.json': Buffer.from('{"conv0.weight": "<img src=x onerror=globalThis.ran=1>"}'), 'deep.json': Buffer.from('['.repeat(1e6)),
    '<b>.json': Buffer.from('nonsense'),
  };
  const v = await visit();
  await v.analysed();
  const before = (await v.state()).photos;
  for (const [name, buffer] of Object.entries(cases)) {
    await v.drop([{ name, buffer }]);
    await alertSays(v, `${name}: `);
  }
  assert.deepEqual((await v.state()).photos, before);
  assert.equal(await v.page.locator('#alerts b').count(), 0);
  // One good file among bad ones is taken.
  await v.drop([{ name: 'bad.safetensors', buffer: poisoned }, { name: 'good.safetensors', buffer: good }]);
  await v.until('model', 'good.safetensors');
  await v.analysed();
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test(`${kCalls} explanations leave the module as large as it was`, { timeout: 600000 }, async () => {
  const v = await visit({ prepare: () => {
    const { instantiate } = WebAssembly;
    globalThis.memories = [];
    WebAssembly.instantiate = async (...given) => {
      const made = await instantiate(...given);
      const { exports } = made.instance ?? made;
      if (exports.camloss_explain) globalThis.memories.push(exports.memory);
      return made;
    };
  } });
  const sizes = await v.page.evaluate(async ([path, calls]) => {
    const { loadModel } = await import(new URL('camloss.mjs', location.href));
    const model = await loadModel(path);
    const pictures = [[96, 96], [640, 480], [33, 700]].map(([width, height]) => new ImageData(width, height));
    pictures.forEach((p, i) => p.data.forEach((_, j) => { p.data[j] = (j * 31 + i * 57) % 251; }));
    const sizes = [];
    let first = null;
    for (let i = 0; i < calls; i++) {
      const r = model.explain(i % 50 === 0 ? pictures[1 + (i / 50) % 2] : pictures[0], { features: i % 10 === 0 });
      if (i % 10 === 0) r.heat(224, 224, { evidence: 'signed' });
      if (i % 100 === 99) try { model.explain(pictures[0], { method: 'none such' }); } catch { /* as it should */ }
      if (i % 200 === 7) (await loadModel(path)).dispose();
      if (i === 101) first = r.logit;
      if (i > 101 && i % 50 !== 0 && r.logit !== first) throw new Error(`call ${i} gives ${r.logit} instead of ${first}`);
      if (i % 1000 === 999 || i === 500) sizes.push(globalThis.memories[0].buffer.byteLength);
      if (i % 200 === 0) await new Promise((resolve) => setTimeout(resolve));
    }
    model.dispose();
    return sizes;
  }, [baselinePath, kCalls]);
  console.log(`module memory ${(sizes[0] / 2 ** 20).toFixed(1)} MiB after 500 calls, ${(sizes.at(-1) / 2 ** 20).toFixed(1)} MiB after ${kCalls}`);
  assert.ok(sizes.every((size) => size === sizes[0]), sizes.join(', '));
  await v.close();
});
