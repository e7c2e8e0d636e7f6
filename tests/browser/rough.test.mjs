// Rough use: views changed and Back and Forward pressed in the middle of a drop, clicks one after another, a window that
// changes its size during a drag, and everything removed and taken back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor, withSite } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';

const here = withSite();
const own = (i) => ({ name: `own ${i}.png`, buffer: png(scene(90 + i, 70, i + 4)) });
const centre = (w) => [w.x + w.width / 2, w.y + w.height / 2];

test('rough use loses nothing and stops nothing', { timeout: 400000 }, async () => {
  const v = await Visitor.open(here.browser, here.site.url, { painted: false });
  const tabs = (await v.widgets()).filter((w) => ['Compare', 'Centre', 'Probe', 'All photos'].includes(w.name));
  assert.equal(tabs.length, 4);
  await v.choose(Array.from({ length: 10 }, (_, i) => own(i)));
  for (const tab of tabs) await v.page.mouse.click(...centre(tab));
  await v.click('Probe');
  await v.click('All photos');
  await v.choose([own(10), own(11)]);
  await v.page.goBack();
  await v.page.goForward();
  await v.page.goBack();
  await v.until('count', 24, 120000);
  await v.analysed();
  await v.page.waitForFunction(() => location.hash.includes('page=probe') && globalThis.camloss.widgets().some(({ name }) => name === 'probe canvas'),
    undefined, { timeout: 60000, polling: 50 });  // Back leads to the view before

  // A drag during which the window becomes a phone's, and back.
  const canvas = await v.find('probe canvas');
  await v.page.mouse.move(...centre(canvas));
  await v.page.mouse.down();
  await v.page.mouse.move(centre(canvas)[0] + 30, centre(canvas)[1], { steps: 3 });
  await v.page.setViewportSize({ width: 390, height: 844 });
  await v.frames(3);
  await v.page.mouse.move(200, 300, { steps: 3 });
  await v.page.mouse.up();
  await v.still();
  await v.page.setViewportSize({ width: 1200, height: 760 });
  await v.click('Compare');
  for (const w of (await v.widgets()).filter(({ name }) => /^photo |^Hide the/.test(name))) await v.page.mouse.dblclick(...centre(w));
  await v.still();

  // All removed one by one; the last one, too, comes back.
  await v.page.focus('#canvas');
  const names = (await v.state()).photos.map(({ name }) => name);
  for (let left = names.length; left > 0; left--) {
    await v.page.keyboard.press('Delete');
    await v.until('count', left - 1);
  }
  await v.still();
  assert.ok((await v.widgets()).some(({ name }) => name === 'Add photos'), 'there is a way in');
  await v.page.keyboard.press('Delete');
  await v.key('ArrowRight');
  await v.page.keyboard.press('Control+z');
  await v.until('count', 1);
  await v.mirrored('Selected: ');
  for (let back = 2; back <= names.length; back++) {
    await v.page.keyboard.press('Control+z');
    await v.until('count', back);
  }
  await v.analysed();
  assert.deepEqual((await v.state()).photos.map(({ name }) => name), names);
  assert.deepEqual(v.complaints, []);
  await v.close();
});
