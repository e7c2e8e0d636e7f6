// The page that trains, as the tests use it: drawn photos, drops, and what the page says of itself.
import { png, scene } from './pictures.mjs';

/** Reddish (0) or bluish (1) drawings; every one differs. @returns {{name: string, buffer: Buffer}[]} */
export function photos(label, count, { width = 120, height = 110, seed = 0 } = {}) {
  return Array.from({ length: count }, (_, i) => {
    const picture = scene(width + i % 7, height, 1000 * seed + 100 * label + i + 1);
    for (let at = 0; at < picture.data.length; at += 4) picture.data[at + 2 * label] = Math.min(255, picture.data[at + 2 * label] + 90);
    return { name: `${label === 0 ? 'red' : 'blue'}-${i}.png`, buffer: png(picture) };
  });
}

/** @param {object} [options] of the browser's context */
export async function openTraining(started, hash = '', options = {}) {
  const context = await started.browser.newContext({ viewport: { width: 1100, height: 900 }, ...options });
  return openIn(context, started, hash);
}

/** Another page of the same visitor. */
export async function openIn(context, started, hash = '') {
  const page = await context.newPage();
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(error.message));
  await page.goto(`${started.site.url}train.html${hash}`);
  await page.waitForFunction(() => globalThis.camlossTrain);
  return page;
}

export async function drop(page, zone, files) {
  const transfer = await page.evaluateHandle((list) => {
    const data = new DataTransfer();
    for (const { name, bytes } of list) data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
    return data;
  }, files.map((f) => ({ name: f.name, bytes: f.buffer.toString('base64') })));
  for (const type of ['dragover', 'drop']) await page.dispatchEvent(zone, type, { dataTransfer: transfer });
}

export const state = (page) => page.evaluate(() => globalThis.camlossTrain.state());

export const counted = (page, count) => page.waitForFunction((n) => {
  const s = globalThis.camlossTrain.state();
  return s.pictures.length === n && ['ready', 'empty'].includes(s.phase);
}, count, { timeout: 120000 });

/** Gives the page that many drawn photos of each class, and starts a training of so many epochs. */
export async function begin(page, each, length) {
  await drop(page, '#drop-a', photos(0, each));
  await counted(page, each);
  await drop(page, '#drop-b', photos(1, each));
  await counted(page, 2 * each);
  await page.fill('#epochs', String(length));
  await page.click('#start');
}

/** Waits until either model has trained for so many epochs. */
export const epochs = (page, count) => page.waitForFunction((n) => ['baseline', 'camloss']
  .every((name) => (globalThis.camlossTrain.state().records[name]?.length ?? 0) >= n), count, { timeout: 300000 });

export const done = (page) => page.waitForFunction(() => globalThis.camlossTrain.state().verdict !== null, undefined, { timeout: 300000 });

/** Runs `act` and returns the downloaded file. */
export async function downloaded(page, act) {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  const chunks = [];
  for await (const part of await download.createReadStream()) chunks.push(part);
  return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
}
