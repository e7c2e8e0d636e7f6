// Makes the README's picture from a built site whose first pair of weights was trained on the embedded scenes.
// Nothing but the program's own scenes is shown.
// Usage: node tests/docs/pictures.mjs SITE    (writes docs/images/page.webp)
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '../browser/node_modules/playwright-core/index.mjs';
import { serve } from '../../web/tools/serve.mjs';

const images = resolve(dirname(fileURLToPath(import.meta.url)), '../../docs/images');
const site = process.argv[2];
if (!site) {
  console.error('usage: node tests/docs/pictures.mjs SITE');
  process.exit(2);
}

const kQuality = 0.85;  // small text is still sharp

const { url, close } = await serve(site, { port: 0 });
const browser = await chromium.launch({
  executablePath: process.env.CAMLOSS_CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
});

async function picture(name, context) {
  const page = await (await browser.newContext(context)).newPage();
  await page.goto(url);
  await page.waitForFunction(() => {
    const state = globalThis.camloss?.state();
    return state && state.photos.length > 0 && state.photos.every((photo) => photo.results.length === 2);
  }, null, { timeout: 120000 });
  // A few frames more, until the heat maps of the chosen sample are drawn and motion has ended.
  const { frame } = await page.evaluate(() => globalThis.camloss.state());
  await page.waitForFunction((seen) => globalThis.camloss.state().frame > seen + 20, frame, { timeout: 20000 }).catch(() => {});
  const screenshot = (await page.screenshot()).toString('base64');
  const webp = await page.evaluate(async ([png, quality]) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (c) => c.charCodeAt(0))]));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d').drawImage(bitmap, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp', quality })).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  }, [screenshot, kQuality]);
  writeFileSync(join(images, name), Buffer.from(webp, 'base64'));
  await page.context().close();
}

mkdirSync(images, { recursive: true });
await picture('page.webp', { viewport: { width: 1400, height: 900 }, deviceScaleFactor: 2, colorScheme: 'light' });
await browser.close();
await close();
