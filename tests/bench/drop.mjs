// Many photos of 12 megapixels in one drop, on two builds of the page in turn: seconds and memory of each, and their ratio.
// Usage: node tests/bench/drop.mjs SITE_BEFORE SITE_AFTER [PHOTOS=300] [ROUNDS=1]
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { launch, startSite, Visitor } from '../browser/support/page.mjs';

const [, , before, after, photos = 300, rounds = 1] = process.argv;
if (!after) {
  console.error('usage: node tests/bench/drop.mjs SITE_BEFORE SITE_AFTER [PHOTOS=300] [ROUNDS=1]');
  process.exit(2);
}

/** Seconds from the drop until every photo has both answers, and the largest tab on the way, MiB. */
async function measured(site, many) {
  process.env.CAMLOSS_SITE = site;
  const served = await startSite();
  const browser = await launch();
  const session = await browser.newBrowserCDPSession();
  const v = await Visitor.open(browser, served.url);
  await v.page.evaluate(async (count) => {
    // Drawn, with grain as a camera has it; ten kinds, so that no cache of the browser helps.
    const tile = new OffscreenCanvas(500, 500), grain = tile.getContext('2d');
    const noise = grain.createImageData(500, 500);
    let s = 1;
    for (let i = 0; i < noise.data.length; i++) {
      s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
      noise.data[i] = i % 4 === 3 ? 40 : s >>> 24;
    }
    grain.putImageData(noise, 0, 0);
    const canvas = new OffscreenCanvas(4000, 3000), context = canvas.getContext('2d', { willReadFrequently: true });
    const data = new DataTransfer(), blobs = [];
    for (let kind = 0; kind < 10; kind++) {
      for (let i = 0; i < 300; i++) {
        context.fillStyle = `hsl(${(i * 37 + kind * 71) % 360} 60% 50%)`;
        context.fillRect((i * 7919 + kind * 331) % 4000, (i * 104729) % 3000, 260, 260);
      }
      for (let y = 0; y < 3000; y += 500) for (let x = 0; x < 4000; x += 500) context.drawImage(tile, x, y);
      blobs.push(await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 }));
    }
    for (let i = 0; i < count; i++) data.items.add(new File([blobs[i % 10]], `photo-${i}.jpg`));
    globalThis.dropped = performance.now();
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
  }, many);
  let peak = 0, seconds = 0;
  while (seconds === 0) {
    await v.page.waitForTimeout(500);
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    for (const { type, id } of processInfo) {
      if (type !== 'renderer') continue;
      const text = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      peak = Math.max(peak, Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1024);
    }
    seconds = await v.page.evaluate((wanted) => {
      const found = globalThis.camloss.state().photos;
      const done = found.length >= wanted && found.every((p) => p.results.length === 2);
      return done ? (performance.now() - globalThis.dropped) / 1000 : 0;
    }, many + 12);
  }
  await v.close();
  await browser.close();
  await served.close();
  return { seconds, peak };
}

console.log(`${cpus()[0].model}, ${cpus().length} cores; ${photos} photos of 4000 x 3000`);
for (let round = 0; round < rounds; round++) {
  const [first, second] = [await measured(before, Number(photos)), await measured(after, Number(photos))];
  console.log(`before ${first.seconds.toFixed(1)} s, ${first.peak.toFixed(0)} MiB; after ${second.seconds.toFixed(1)} s, ${second.peak.toFixed(0)} MiB; ` +
    `ratio ${(second.seconds / first.seconds).toFixed(2)}`);
}
