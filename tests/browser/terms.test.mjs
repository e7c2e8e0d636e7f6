// Every term explains itself: on hover and after a long press on the canvas; on hover, focus and after a long press in the
// structure, where it is the description that assistive technology reads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor, withSite } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';

const here = withSite();
const open = (options = {}) => Visitor.open(here.browser, here.site.url, { painted: false, ...options });
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const words = (v) => v.page.locator('#results [aria-label="What the words mean"] button');

const finger = (v, type, ...touchPoints) => v.finger.send('Input.dispatchTouchEvent', { type, touchPoints });

/** A finger at a place for a while; `whileDown` is called before it is lifted. */
async function press(v, x, y, whileDown = () => {}) {
  v.finger ??= await v.context.newCDPSession(v.page);
  await finger(v, 'touchStart', { x, y });
  await v.page.waitForTimeout(900);
  await whileDown();
  await finger(v, 'touchEnd');
  await v.frames(3);
  await v.still();
}

async function tap(v, x, y) {
  await v.page.touchscreen.tap(x, y);
  await v.frames(3);
  await v.still();
}

const explained = async (v) => (await v.widgets()).find((w) => w.name.startsWith('explanation '));

/** Waits until the canvas shows the explanation of that place. */
async function shown(v, name) {
  for (const end = Date.now() + 20000; Date.now() < end; await v.page.waitForTimeout(50)) {
    const found = await explained(v);
    if (found?.name === `explanation ${name}`) return found;
  }
  return assert.fail(`${name} was not explained`);
}

async function withLabelled(v) {
  await v.choose([{ name: 'own.png', buffer: png(scene(90, 70, 4)) }]);
  await v.until('has', 'own.png');
  await v.analysed();
  await v.page.focus('#canvas');
  await v.key('l');
}

test('each term has a place on the canvas, and explains itself there within the window', { timeout: 240000 }, async () => {
  const v = await open({ viewport: { width: 1400, height: 900 } });
  await withLabelled(v);
  const left = new Set(await words(v).allTextContents());
  assert.equal(left.size, 12);
  for (const page of ['Compare', 'All photos']) {
    await v.click(page);
    await v.page.mouse.move(3, 3);
    await v.still();
    const places = (await v.widgets()).filter((w) => w.name.startsWith('term '));
    for (const term of [...left]) {
      const place = places.find((w) => w.name.slice(5).startsWith(term));
      if (!place) continue;
      left.delete(term);
      await v.page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
      const box = await shown(v, place.name.slice(5));
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= 1400 && box.y + box.height <= 900, `${term}: ${JSON.stringify(box)}`);
    }
  }
  assert.deepEqual([...left], []);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('on a phone a long press explains and does nothing else; the explanation stays until the next touch', { timeout: 240000 }, async () => {
  const v = await open(phone);
  await withLabelled(v);
  const hide = (await v.widgets()).find((w) => w.name.startsWith('term Hide the'));
  const x = hide.x + hide.width / 2, y = hide.y + hide.height / 2;
  await press(v, x, y, () => shown(v, hide.name.slice(5)));
  const box = await explained(v);
  assert.ok(box, 'it stays when the finger is lifted');
  assert.ok(box.x >= 0 && box.x + box.width <= 390 && box.y >= 0 && box.y + box.height <= 844, JSON.stringify(box));
  assert.ok(!(await v.page.evaluate(() => location.hash)).includes('hide='), 'the button was not pressed');
  await tap(v, x, y);
  assert.equal(await explained(v), undefined);
  await v.page.waitForFunction(() => location.hash.includes('hide='), undefined, { timeout: 20000, polling: 25 });
  await v.close();
});

test('in the structure a term explains itself on focus, on hover and as a description; Escape closes it first', async () => {
  const v = await open();
  const box = v.page.locator('#results .explanation');
  await v.page.focus('#canvas');
  await v.page.keyboard.press('Tab');
  await words(v).first().focus();
  for (const [i, name] of (await words(v).allTextContents()).entries()) {
    if (i > 0) await v.page.keyboard.press('ArrowRight');
    assert.equal(await v.page.evaluate(() => document.activeElement.textContent), name);
    assert.ok(await box.isVisible(), `${name} is explained`);
    const said = await v.page.evaluate(() => document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent);
    assert.equal(await box.textContent(), said);
    const { x, y, width, height } = await box.boundingBox();
    assert.ok(x >= 0 && y >= 0 && x + width <= 1200 && y + height <= 760, `${name} lies within the window`);
    const own = await v.page.evaluate(() => document.activeElement.getBoundingClientRect().toJSON());
    assert.ok(y >= own.bottom || y + height <= own.top, `${name} is not covered by its explanation`);
  }
  await v.page.keyboard.press('Escape');
  assert.equal(await box.isVisible(), false);
  assert.equal(await v.page.evaluate(() => document.activeElement.tagName), 'BUTTON', 'the focus stays');
  // What assistive technology is given.
  const session = await v.context.newCDPSession(v.page);
  const { root } = await session.send('DOM.getDocument');
  const described = async (accessibleName, role) => {
    const { nodes } = await session.send('Accessibility.queryAXTree', { nodeId: root.nodeId, accessibleName, role });
    return nodes.find(({ ignored }) => !ignored)?.description?.value ?? '';
  };
  assert.match(await described('Map method', 'combobox'), /^How the map is made/);
  assert.match(await described('Models', 'combobox'), /^The two models that are compared/);
  assert.match(await described('Off centre', 'button'), /^The share of the evidence/);
  // Hover, as on the canvas after a rest.
  await v.page.getByLabel('Map method').hover();
  await box.waitFor({ state: 'visible' });
  assert.match(await box.textContent(), /^How the map is made/);
  await v.page.mouse.move(5, 5);
  await box.waitFor({ state: 'hidden' });
  await words(v).first().focus();
  await v.page.keyboard.press('Escape');
  await v.page.keyboard.press('Escape');
  assert.equal(await v.page.evaluate(() => document.activeElement.id), 'canvas');
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('in the structure a long press explains a control and does not change it', async () => {
  const v = await open(phone);
  const box = v.page.locator('#results .explanation');
  const same = v.page.getByRole('checkbox', { name: 'Same scale for both maps' });
  await v.page.locator('#results button', { hasText: 'Open own weights' }).focus();
  const label = v.page.locator('#results label', { hasText: 'Same scale for both maps' });
  await label.scrollIntoViewIfNeeded();
  await v.page.waitForTimeout(300);
  const { x, y, width, height } = await label.boundingBox();
  await press(v, x + width / 2, y + height / 2);
  assert.ok(await box.isVisible());
  assert.match(await box.textContent(), /^On its own scale/);
  assert.equal(await same.isChecked(), false);
  await tap(v, x + width / 2, y + height / 2);
  assert.equal(await same.isChecked(), true);
  assert.equal(await box.isVisible(), false);
  await v.close();
});
