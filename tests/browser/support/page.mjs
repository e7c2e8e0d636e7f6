// The page in Chromium: a site with known weights, and what a person does with mouse, keys and files.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { serve } from '../../../web/tools/serve.mjs';
import { randomWeights } from './weights.mjs';

export const baselinePath = 'weights/test-baseline.safetensors';
export const camlossPath = 'weights/test-camloss.safetensors';
const flags = ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

/** Has a site of its own and a browser for the tests of a file: `{ site, browser }`, filled before the first test. */
export function withSite() {
  const started = {};
  before(async () => {
    started.site = await startSite();
    started.browser = await launch();
  });
  after(async () => {
    await started.browser?.close();
    await started.site?.close();
  });
  return started;
}

/** A copy of the built page with random weights that are the same in every run; served on this machine. */
export async function startSite() {
  const built = process.env.CAMLOSS_SITE;
  assert.ok(built, 'CAMLOSS_SITE must name the built page');
  const folder = await mkdtemp(join(tmpdir(), 'camloss-site-'));
  await cp(built, folder, { recursive: true });
  await writeFile(join(folder, baselinePath), randomWeights({ recipe: 'baseline', seed: 11 }));
  await writeFile(join(folder, camlossPath), randomWeights({ recipe: 'camloss', seed: 12 }));
  await writeFile(join(folder, 'weights/test-dense-a.safetensors'), randomWeights({ head: 'dense', size: 64, recipe: 'talk-baseline', seed: 13 }));
  await writeFile(join(folder, 'weights/test-dense-b.safetensors'), randomWeights({ head: 'dense', size: 64, recipe: 'talk', seed: 14 }));
  await writeFile(join(folder, 'weights/index.json'), JSON.stringify([
    { name: 'Test pair', baseline: baselinePath, camloss: camlossPath },
    { name: 'Dense pair', baseline: 'weights/test-dense-a.safetensors', camloss: 'weights/test-dense-b.safetensors' },
  ]));
  const server = await serve(folder, { port: 0 });
  return { folder, url: server.url, close: async () => { await server.close(); await rm(folder, { recursive: true }); } };
}

export const launch = (more = []) => chromium.launch({
  executablePath: process.env.CAMLOSS_CHROMIUM || '/usr/bin/chromium', args: [...flags, ...more] });

/** A person at the page. Whatever the console complains about is collected in `complaints`. */
export class Visitor {
  /**
   * @param {{hash?: string, ready?: boolean, painted?: boolean}} [options] hash: of the address; ready: wait until all is
   *   analysed; painted: false where nobody looks at the picture, whose pixels the CPU fills here; all else for the context
   */
  static async open(browser, url, options = {}) {
    const { hash = '', ready = true, painted = true, ...context } = options;
    const v = new Visitor();
    v.complaints = [];
    v.requests = [];
    v.context = await browser.newContext({ viewport: { width: 1200, height: 760 }, colorScheme: 'light', ...context });
    if (!painted) await v.context.addInitScript(() => { WebGL2RenderingContext.prototype.drawElements = () => {}; });
    v.page = await v.context.newPage();
    v.page.on('console', (m) => { if (['error', 'warning'].includes(m.type())) v.complaints.push(m.text()); });
    v.page.on('pageerror', (e) => v.complaints.push(e.message));
    v.page.on('request', (r) => v.requests.push(r.url()));
    await v.page.goto(url + hash);
    if (ready) await v.analysed();
    return v;
  }

  state() { return this.page.evaluate(() => globalThis.camloss.state()); }

  /** Waits until `test(state, argument)` holds in the page. */
  async until(test, argument, timeout = 60000) {
    await this.page.waitForFunction(([source, arg]) => globalThis.camloss &&
      // The page forbids eval, so the test is one of the few named ones.
      ({ analysed: (s) => s.photos.length > 0 && s.photos.every((p) => p.results.length === arg),
        has: (s) => s.photos.some((p) => p.name === arg && p.results.length > 0),
        count: (s) => s.photos.length === arg, frame: (s) => s.frame >= arg,
        method: (s) => s.photos.every((p) => p.results.every((r) => r.method === arg)),
        model: (s) => s.photos.every((p) => p.results.some((r) => r.model === arg)) })[source](globalThis.camloss.state()),
    [test, argument], { timeout, polling: 60 });
  }

  analysed(models = 2) { return this.until('analysed', models); }

  /** Waits until the page stops drawing. */
  async still() {
    await this.page.waitForFunction(() => globalThis.camloss?.idle(), undefined, { timeout: 60000, polling: 25 });
  }

  async widgets() { return this.page.evaluate(() => globalThis.camloss.widgets()); }

  async find(name) {
    await this.still();
    const found = (await this.widgets()).find((w) => w.name === name);
    assert.ok(found, `no control “${name}” in sight`);
    return { ...found, cx: found.x + found.width / 2, cy: found.y + found.height / 2 };
  }

  async click(name) {
    const w = await this.find(name);
    await this.page.mouse.move(w.cx, w.cy);
    await this.still();
    await this.page.mouse.down();
    await this.frames(3);
    await this.page.mouse.up();
    await this.frames(3);
    await this.still();
  }

  /** Waits for `n` frames, or for fewer where the page has nothing more to draw: it may be quicker than the question. */
  async frames(n) {
    const { frame: first } = await this.state();
    for (let last = first, quiet = 0; quiet < 3;) {
      await this.page.waitForTimeout(30);
      const { frame } = await this.state();
      if (frame >= first + n) return;
      quiet = frame === last ? quiet + 1 : 0;
      last = frame;
    }
  }

  async key(key) {
    // Pressed briefly: where frames are slow, a key held for some of them would repeat.
    await this.page.keyboard.press(key);
    await this.frames(3);
    await this.still();
  }

  /** Chooses files by the input. @param {{name: string, buffer: Buffer}[]} files */
  async choose(files) {
    await this.page.setInputFiles('#photo-input', files.map((f) => ({ mimeType: 'application/octet-stream', ...f })));
  }

  /** Drops files on the middle of the page by a real drop event. */
  async drop(files) {
    const transfer = await this.page.evaluateHandle((list) => {
      const data = new DataTransfer();
      for (const { name, bytes } of list) {
        data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
      }
      return data;
    }, files.map((f) => ({ name: f.name, bytes: f.buffer.toString('base64') })));
    const target = await this.page.locator('#canvas').count() > 0 ? '#canvas' : 'body';
    for (const type of ['dragenter', 'dragover', 'drop']) {
      await this.page.dispatchEvent(target, type, { dataTransfer: transfer });
    }
  }

  async photo(name) { return (await this.state()).photos.find((p) => p.name === name); }

  /** Waits until the results' text says so: it follows the page a moment later. */
  async mirrored(text) {
    await this.page.waitForFunction((wanted) => document.getElementById('results').textContent.includes(wanted), text,
      { timeout: 60000, polling: 25 });
  }

  alerts() { return this.page.textContent('#alerts'); }

  /** Runs `act` and returns the downloaded file. */
  async download(act) {
    const [download] = await Promise.all([this.page.waitForEvent('download', { timeout: 60000 }), act()]);
    const chunks = [];
    for await (const part of await download.createReadStream()) chunks.push(part);
    return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
  }

  close() { return this.context.close(); }
}
