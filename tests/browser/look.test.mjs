// How the page looks: small copies of its screenshots against those in tests/golden, with tolerance.
// CAMLOSS_UPDATE_GOLDEN=1 writes them anew; look at them before they are committed.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Visitor, withSite } from './support/page.mjs';

const kReduction = 7;         // pixels of the screenshot per pixel of the small copy
const kChanged = 60;          // sum of differences of a pixel's channels that counts
const kMostChanged = 0.015;   // share of pixels that may differ: times of analysis, digits that round otherwise
const golden = (name) => new URL(`../golden/look-${name}.png`, import.meta.url);

const here = withSite();

/** The screenshot, reduced. @returns {Promise<Buffer>} a PNG */
async function smallCopy(v) {
  await v.page.mouse.move(3, 3);
  await v.still();
  const picture = await v.page.screenshot();
  return Buffer.from(await v.page.evaluate(async ([text, reduction]) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]));
    const small = new OffscreenCanvas(Math.round(bitmap.width / reduction), Math.round(bitmap.height / reduction));
    const context = small.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, small.width, small.height);
    const bytes = new Uint8Array(await (await small.convertToBlob({ type: 'image/png' })).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  }, [picture.toString('base64'), kReduction]), 'base64');
}

/** Share of pixels in which two PNGs differ. */
function difference(v, a, b) {
  return v.page.evaluate(async ([pictures, changed]) => {
    const [p, q] = await Promise.all(pictures.map(async (text) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context.drawImage(bitmap, 0, 0);
      return context.getImageData(0, 0, bitmap.width, bitmap.height);
    }));
    if (p.width !== q.width || p.height !== q.height) return 1;
    let count = 0;
    for (let i = 0; i < p.data.length; i += 4) {
      count += [0, 1, 2].reduce((sum, c) => sum + Math.abs(p.data[i + c] - q.data[i + c]), 0) > changed ? 1 : 0;
    }
    return count / (p.width * p.height);
  }, [[a.toString('base64'), b.toString('base64')], kChanged]);
}

const wide = { viewport: { width: 1400, height: 900 } }, phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };
const tablet = { viewport: { width: 768, height: 1024 }, deviceScaleFactor: 2 };
for (const [name, page, options] of [
  ['compare', 'Compare', wide], ['centre', 'Centre', wide], ['probe-dark', 'Probe', { ...wide, colorScheme: 'dark' }],
  ['photos', 'All photos', wide], ['tablet', 'Compare', tablet], ['phone', 'Compare', phone], ['phone-photos-dark', 'All photos', { ...phone, colorScheme: 'dark' }],
]) {
  test(`the page looks as it did: ${name}`, async () => {
    const v = await Visitor.open(here.browser, here.site.url, options);
    await v.click(page);
    const now = await smallCopy(v);
    if (process.env.CAMLOSS_UPDATE_GOLDEN) await writeFile(golden(name), now);
    const share = await difference(v, now, await readFile(golden(name)));
    if (share > kMostChanged) await writeFile(new URL(`../../build/look-${name}.png`, import.meta.url), now);
    assert.ok(share <= kMostChanged, `${(100 * share).toFixed(1)} % of the picture differ — see build/look-${name}.png`);
    await v.close();
  });
}
