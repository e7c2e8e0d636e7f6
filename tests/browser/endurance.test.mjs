// Many large photos, a thousand small ones, probes under the mouse, a lost graphics context: the page stays small, quick
// and truthful. The full run, some ten minutes:
//   CAMLOSS_MANY=300 CAMLOSS_SMALL=1000 tests/run_browser.sh endurance
// CAMLOSS_MANY sets the number of large photos (default 20), CAMLOSS_SMALL that of small ones (default 60).
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, startSite, Visitor } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';
import { randomWeights } from './support/weights.mjs';

const many = Number(process.env.CAMLOSS_MANY ?? 20);
const small = Number(process.env.CAMLOSS_SMALL ?? 60);

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

/** Memory of the page's program, MiB: in use, and had from the browser. */
const memory = (v) => v.page.evaluate(() => {
  const { used, reserved } = globalThis.camloss.memory();
  return { used: used / 2 ** 20, reserved: reserved / 2 ** 20 };
});

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
  const start = Date.now();
  let peak = 0, slowest = 0;
  for (;;) {
    const before = Date.now();
    const { photos } = await v.state();
    slowest = Math.max(slowest, Date.now() - before);
    peak = Math.max(peak, await tabMemory());
    if (photos.length >= first + many && photos.every((p) => p.results.length === 2)) break;
    await v.page.waitForTimeout(400);
  }
  console.log(`${many} photos in ${((Date.now() - start) / 1000).toFixed(0)} s, largest tab ${peak.toFixed(0)} MiB, ` +
    `slowest answer of the page ${slowest} ms`);
  assert.ok(peak < 600, `the tab grew to ${peak.toFixed(0)} MiB`);
  const { photos } = await v.state();
  const ours = photos.slice(-many).map((p) => p.results[0].probability);
  assert.ok(ours.every((p) => p === ours[0]), 'the same photo gives the same answer each time');
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test(`${small} photos one after another, in five rounds: after each the program is as large as before`, { timeout: 1500000 }, async () => {
  const v = await Visitor.open(browser, site.url, { viewport: { width: 480, height: 720 } });
  const rounds = 5, each = Math.ceil(small / rounds);
  const kept = (await v.state()).photos.length;
  const inUse = [], reserved = [], tab = [];
  for (let round = 0; round < rounds; round++) {
    await v.page.evaluate(async ([count, first]) => {
      const canvas = new OffscreenCanvas(320, 240);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      const input = document.getElementById('photo-input');
      for (let i = 0; i < count; i++) {
        context.fillStyle = `hsl(${(i * 47) % 360} 60% 50%)`;
        context.fillRect((i * 31) % 240, (i * 17) % 180, 120, 90);
        const data = new DataTransfer();
        data.items.add(new File([await canvas.convertToBlob({ type: 'image/jpeg' })], `small-${i}.jpg`));
        input.files = data.files;
        input.dispatchEvent(new Event('change'));
        // The next comes when this one has its results, as for a person who looks at each.
        while (!(globalThis.camloss.state().photos[first + i]?.results.length === 2)) await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }, [each, kept]);
    assert.equal((await v.state()).photos.length, kept + each);
    reserved.push((await memory(v)).reserved);
    await v.click('More');
    await v.click('Start over with the samples');
    await v.until('count', kept);
    await v.analysed();
    await v.still();
    inUse.push((await memory(v)).used);
    const cdp = await v.context.newCDPSession(v.page);
    await cdp.send('HeapProfiler.collectGarbage');
    tab.push(await tabMemory());
  }
  const list = (values, digits) => values.map((value) => value.toFixed(digits)).join(', ');
  console.log(`program: ${list(inUse, 3)} MiB in use back at the samples after each ${each} photos, ${list(reserved, 1)} MiB reserved; ` +
    `tab ${list(tab, 0)} MiB`);
  // Buffers that only grow, such as those of text and triangles, have their size after the first round; 1 KiB a photo
  // that stays behind is a leak.
  assert.ok(inUse.at(-1) - inUse[0] < (rounds - 1) * each / 1024, `the program grew: ${list(inUse, 3)} MiB in use`);
  assert.ok(reserved.at(-1) < 64, `the program takes ${list(reserved, 1)} MiB`);
  assert.ok(tab.at(-1) < tab[1] * 1.25 + 20, `the tab grew: ${list(tab, 0)} MiB`);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('probes answer within a frame while the mouse drags, both models at 192 pixels', { timeout: 120000 }, async () => {
  const large = { head: 'dense', size: 192 };
  await writeFile(join(site.folder, 'weights/test-dense-a.safetensors'), randomWeights({ ...large, recipe: 'baseline', seed: 31 }));
  await writeFile(join(site.folder, 'weights/test-dense-b.safetensors'), randomWeights({ ...large, recipe: 'camloss', seed: 32 }));
  const v = await Visitor.open(browser, site.url, { hash: '#weights=Dense%20pair&page=probe' });
  const canvas = await v.find('probe canvas');
  // What is drawn is drawn by the CPU here, on all its cores. All that is ours goes on, to the last call of WebGL; only
  // the filling of pixels is left out, as on a machine whose graphics card does it.
  await v.page.evaluate(() => { WebGL2RenderingContext.prototype.drawElements = () => {}; });
  // Between the frames the two models run alone, by the module without UI: the floor under every frame, at the same load.
  // A desktop's CPU stays below 16 ms with everything; a slower or shared machine is held to two and a half times its floor.
  await v.page.evaluate(async () => {
    const { loadModel } = await import('./camloss.mjs');
    const models = await Promise.all(['a', 'b'].map((name) => loadModel(`weights/test-dense-${name}.safetensors`)));
    const picture = { width: 192, height: 192, data: new Uint8ClampedArray(4 * 192 * 192).map((_, i) => (i * 37) % 256) };
    globalThis.alone = () => {
      const start = performance.now();
      for (const model of models) model.explain(picture);
      return performance.now() - start;
    };
  });
  const measured = async (act) => {
    await v.page.evaluate(() => {
      globalThis.log = { answer: [], frame: [], alone: [] };
      let last = null;
      const read = () => {
        const { answer, frame } = globalThis.camloss.timing();
        if (answer !== last && last !== null) {
          globalThis.log.answer.push(answer);
          globalThis.log.frame.push(frame);
          globalThis.log.alone.push(globalThis.alone());
        }
        last = answer;
        if (globalThis.log) requestAnimationFrame(read);
      };
      requestAnimationFrame(read);
    });
    await act();
    const log = await v.page.evaluate(() => { const { log } = globalThis; globalThis.log = null; return log; });
    const at = (list, share) => list.sort((a, b) => a - b)[Math.floor((list.length - 1) * share)];
    return { count: log.answer.length, answer: at(log.answer, 0.5), answer95: at(log.answer, 0.95),
             alone: at(log.alone, 0.25), undisturbed: at(log.frame, 0.25), frame: at(log.frame, 0.5), frame95: at(log.frame, 0.95) };
  };
  const dragged = (from, place) => async () => {
    await v.page.mouse.move(from.x, from.y);
    await v.page.mouse.down();
    for (let i = 1; i <= 60; i++) await v.page.mouse.move(...place(i));
    await v.page.mouse.up();
  };
  const hue = await v.find('Hue');
  const paint = await v.find('Paint over');
  const drags = {
    move: dragged({ x: canvas.cx, y: canvas.cy }, (i) => [canvas.cx + 60 * Math.sin(i / 5), canvas.cy + 40 * Math.sin(i / 7)]),
    hue: dragged({ x: hue.cx, y: hue.cy }, (i) => [hue.x + hue.width * (0.5 + 0.4 * Math.sin(i / 9)), hue.cy]),
    paint: dragged({ x: canvas.x + 20, y: canvas.y + 20 }, (i) => [canvas.x + 20 + i * canvas.width / 70, canvas.cy + 60 * Math.sin(i / 8)]),
  };
  for (const [name, drag] of Object.entries(drags)) {
    if (name === 'paint') {
      await v.page.mouse.move(paint.cx, paint.cy);
      await v.frames(2);
      await v.page.mouse.down();
      await v.frames(2);
      await v.page.mouse.up();
      await v.frames(2);
    }
    // Other work on the machine costs this one time: the best quarter of the best of three drags counts.
    const limit = ({ alone }) => Math.max(16, 2.5 * alone);
    let best = null;
    for (let round = 0; round < 3 && !(best && best.undisturbed < limit(best)); round++) {
      const now = await measured(drag);
      assert.ok(now.count >= 20, `${name}: ${now.count} answers`);
      if (!best || now.undisturbed / limit(now) < best.undisturbed / limit(best)) best = now;
    }
    const figure = (key) => best[key].toFixed(1);
    console.log(`${name}: answer ${figure('answer')} ms (95 %: ${figure('answer95')}), frame ${figure('frame')} ms (95 %: ` +
      `${figure('frame95')}, best quarter: ${figure('undisturbed')}), ${best.count} answers; the models alone ${figure('alone')} ms`);
    assert.ok(best.undisturbed < limit(best), `${name}: a frame takes ${figure('undisturbed')} ms, the models alone ${figure('alone')} ms`);
  }
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
