// Full screen: the control of the close look, the menu, the key F and the button of the structure; Escape; a browser that
// cannot or will not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor, withSite } from './support/page.mjs';

const here = withSite();
const open = (options = {}) => Visitor.open(here.browser, here.site.url, { painted: false, ...options });
const fills = (v) => v.page.evaluate(() => document.fullscreenElement === document.documentElement);
const becomes = (v, on) => v.page.waitForFunction((wanted) => (document.fullscreenElement !== null) === wanted, on, { timeout: 60000, polling: 25 });
const kLook = ['Close', 'Full screen', 'Larger', 'Smaller', 'Fit', 'Photo', 'Baseline', 'CAMLoss', 'close picture', 'dividing line'];

for (const [width, height] of [[1400, 900], [390, 844], [844, 390], [320, 568]]) {
  test(`the close look fills the screen with nothing cut off, and Escape goes back one step at a time: ${width} x ${height}`, async () => {
    const v = await open({ viewport: { width, height } });
    await v.click('look camloss');
    await v.click('Full screen');
    await becomes(v, true);
    await v.still();
    const widgets = await v.widgets();
    for (const name of kLook) {
      const found = widgets.filter((w) => w.name === name);
      assert.ok(found.length > 0, `${name} is in sight`);
      for (const w of found) {
        assert.ok(w.x >= 0 && w.y >= 0 && w.x + w.width <= width + 0.5 && w.y + w.height <= height + 0.5, `${name} is cut off: ${JSON.stringify(w)}`);
      }
    }
    const tools = widgets.filter((w) => kLook.slice(0, 8).includes(w.name));
    for (const a of tools) {
      for (const b of tools) {
        const apart = a === b || a.x + a.width <= b.x + 0.5 || b.x + b.width <= a.x + 0.5 || a.y + a.height <= b.y + 0.5 || b.y + b.height <= a.y + 0.5;
        assert.ok(apart, `${a.name} lies on ${b.name}`);
      }
    }
    await v.key('Escape');
    await becomes(v, false);
    assert.ok((await v.widgets()).some((w) => w.name === 'close picture'), 'the close look is still there');
    await v.key('Escape');
    assert.ok(!(await v.widgets()).some((w) => w.name === 'close picture'));
    assert.deepEqual(v.complaints, []);
    await v.close();
  });
}

test('the page fills the screen by F, by the menu and by the button of the structure', async () => {
  const v = await open();
  await v.page.focus('#canvas');
  await v.key('f');
  await becomes(v, true);
  await v.key('f');
  await becomes(v, false);
  await v.click('More');
  await v.click('Full screen');
  await becomes(v, true);
  await v.click('More');
  assert.ok((await v.find('Full screen')).on, 'the entry is ticked');
  await v.click('Full screen');
  await becomes(v, false);
  const button = v.page.locator('#results button', { hasText: 'ull screen' });
  await button.focus();
  await v.page.keyboard.press('Enter');
  await becomes(v, true);
  const says = (text) => v.page.waitForFunction((wanted) => [...document.querySelectorAll('#results button')].some((b) => b.textContent === wanted), text, { polling: 25 });
  await says('Leave full screen');
  assert.ok(await button.isVisible(), 'the structure is part of what fills the screen');
  await v.page.keyboard.press('Enter');
  await becomes(v, false);
  await says('Full screen');
  // Where the browser itself leaves it, the page follows.
  await v.page.focus('#canvas');
  await v.key('f');
  await becomes(v, true);
  await v.page.evaluate(() => document.exitFullscreen());
  await v.click('More');
  assert.ok(!(await v.find('Full screen')).on);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('where a browser cannot fill the screen nothing offers it', async () => {
  const v = await open({ ready: false });
  await v.page.addInitScript(() => {
    Object.defineProperty(Document.prototype, 'fullscreenEnabled', { get: () => false });
    Element.prototype.requestFullscreen = () => { globalThis.asked = true; return Promise.reject(new Error('no')); };
  });
  await v.page.reload();
  await v.analysed();
  await v.page.focus('#canvas');
  await v.key('f');
  await v.click('More');
  assert.ok(!(await v.widgets()).some((w) => w.name === 'Full screen'));
  await v.key('Escape');
  await v.click('look camloss');
  assert.ok(!(await v.widgets()).some((w) => w.name === 'Full screen'));
  assert.equal(await v.page.locator('#results button', { hasText: 'ull screen' }).count(), 0);
  assert.equal(await v.page.evaluate(() => globalThis.asked), undefined);
  await v.close();
});

test('a browser that refuses is told of, and the page stays as it was', async () => {
  const v = await open();
  await v.page.evaluate(() => { Element.prototype.requestFullscreen = () => Promise.reject(new TypeError('Permissions check failed')); });
  await v.page.focus('#canvas');
  await v.key('f');
  await v.page.waitForFunction(() => document.getElementById('alerts').textContent.includes('The browser did not allow full screen: Permissions check failed'),
    undefined, { timeout: 60000, polling: 25 });
  assert.equal(await fills(v), false);
  await v.close();
});
