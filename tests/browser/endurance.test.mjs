// Many large photos, a lost graphics context, failing downloads: the page stays small, alive and truthful.
// CAMLOSS_MANY sets the number of photos (default 30; 300 for the full run).
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { launch, startSite, Visitor } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';

const many = Number(process.env.CAMLOSS_MANY ?? 30);

let site, browser, session;
before(async () => {
  site = await startSite();
  browser = await launch();
  session = await browser.newBrowserCDPSession();
});
after(async () => {
  await browser?.close();
  await site?.close();
});

/** Resident memory of the largest renderer process, MiB. */
async function tabMemory() {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  let largest = 0;
  for (const { type, id } of processInfo) {
    if (type !== 'renderer') continue;
    const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
    largest = Math.max(largest, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  }
  return largest;
}

test(`${many} photos of 12 megapixels in one drop: under 600 MiB, the page goes on drawing`, { timeout: 1500000 }, async () => {
  const v = await Visitor.open(browser, site.url);
  const first = (await v.state()).photos.length;
  await v.page.evaluate(async (count) => {
    const canvas = new OffscreenCanvas(4000, 3000);
    const context = canvas.getContext('2d', { willReadFrequently: true });  // drawn by the CPU
    for (let i = 0; i < 400; i++) {
      context.fillStyle = `hsl(${i * 37 % 360} 60% 50%)`;
      context.fillRect((i * 7919) % 4000, (i * 104729) % 3000, 260, 260);
    }
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
    const data = new DataTransfer();
    for (let i = 0; i < count; i++) data.items.add(new File([blob], `photo-${i}.jpg`));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
  }, many);
  let peak = 0, slowest = 0;
  for (;;) {
    const before = Date.now();
    const { photos } = await v.state();
    slowest = Math.max(slowest, Date.now() - before);
    peak = Math.max(peak, await tabMemory());
    if (photos.length >= first + many && photos.every((p) => p.results.length === 2)) break;
    await v.page.waitForTimeout(400);
  }
  console.log(`largest tab ${peak.toFixed(0)} MiB, slowest answer ${slowest} ms`);
  assert.ok(peak < 600, `the tab grew to ${peak.toFixed(0)} MiB`);
  const { photos } = await v.state();
  const ours = photos.slice(-many).map((p) => p.results[0].probability);
  assert.ok(ours.every((p) => p === ours[0]), 'the same photo gives the same answer each time');
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('a lost graphics context comes back with everything on it', async () => {
  const v = await Visitor.open(browser, site.url);
  await v.choose([{ name: 'kept.png', buffer: png(scene(300, 200, 41)) }]);
  await v.until('has', 'kept.png');
  await v.still();
  await v.page.mouse.move(5, 5);
  await v.still();
  const before = await v.page.screenshot();
  await v.page.evaluate(async () => {
    const gl = document.getElementById('canvas').getContext('webgl2');
    const extension = gl.getExtension('WEBGL_lose_context');
    extension.loseContext();
    await new Promise((resolve) => setTimeout(resolve, 500));
    extension.restoreContext();
    await new Promise((resolve) => setTimeout(resolve, 500));
  });
  await v.still();
  const after = await v.page.screenshot();
  const difference = await v.page.evaluate(async (pictures) => {
    const [a, b] = await Promise.all(pictures.map(async (text) => {
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context.drawImage(bitmap, 0, 0);
      return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
    }));
    let changed = 0;
    for (let i = 0; i < a.length; i += 4) changed += Math.abs(a[i] - b[i]) > 24 ? 1 : 0;
    return changed / (a.length / 4);
  }, [before.toString('base64'), after.toString('base64')]);
  assert.ok(difference < 0.002, `${(difference * 100).toFixed(2)} % of the picture differ`);
  assert.equal((await v.photo('kept.png')).results.length, 2);
  await v.close();
});

test('weights that break off or are missing leave the other model working', async () => {
  const v = new Visitor();
  v.context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  v.page = await v.context.newPage();
  await v.page.route('**/test-baseline.safetensors', async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    await route.fulfill({ response, body: body.subarray(0, body.length / 2), headers: { ...response.headers(), 'content-length': String(body.length / 2 | 0) } });
  });
  await v.page.goto(site.url);
  await v.analysed(1);
  assert.match(await v.alerts(), /test-baseline\.safetensors/);
  assert.ok((await v.state()).photos.every((p) => p.results[0].recipe === 'camloss'));
  await v.close();
});
