// The page by keys and for a screen reader: the accessibility tree, every control by Tab and arrows, from load to a saved
// table without a mouse; undo and redo; zoom, contrast, forced colours.
// CAMLOSS_UPDATE_GOLDEN=1 writes tests/golden/page-tree.txt anew; read it before it is committed.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Visitor, withSite } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';

const here = withSite();
const open = (options = {}) => Visitor.open(here.browser, here.site.url, { painted: false, ...options });
const own = (name, seed = 4) => ({ name, buffer: png(scene(90, 70, seed)) });

async function withPhotos(v, ...names) {
  await v.choose(names.map((name, i) => own(name, 4 + i)));
  for (const name of names) await v.until('has', name);
  await v.analysed();
  // Of several the page shows the most telling one; the tests begin with the first.
  await v.page.locator('#results li button', { hasText: names[0] }).evaluate((button) => button.click());
  await v.mirrored(`Selected: ${names[0]}`);
}

const focused = (v) => v.page.evaluate(() => {
  const { activeElement: e } = document;
  if (e.id === 'canvas' || e === document.body) return e.id || 'the page';
  const own = (element) => [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent).join('').trim();
  return e.getAttribute('aria-label') ?? own(e.labels?.[0] ?? e);
});

/** Presses a key until the element of that name has the focus. */
async function walk(v, name, key = 'Tab', most = 60) {
  const passed = [];
  for (let i = 0; i < most; i++) {
    await v.page.keyboard.press(key);
    const at = await focused(v);
    if (at === name || (name instanceof RegExp && name.test(at))) return passed;
    passed.push(at);
  }
  assert.fail(`${key} leads to ${passed.join(', ')} and not to ${name}`);
}

const status = (v, text) => v.page.waitForFunction((wanted) =>
  document.querySelector('#results [role=status]').textContent.includes(wanted), text, { timeout: 60000, polling: 25 });

test('the accessibility tree of the page is as in the golden file', async () => {
  const v = await open();
  await withPhotos(v, 'whose.png');
  await v.page.waitForTimeout(500);
  const tree = (await v.page.locator('body').ariaSnapshot()).replace(/(status: ).*/, '$1…') + '\n';
  const file = new URL('../golden/page-tree.txt', import.meta.url);
  if (process.env.CAMLOSS_UPDATE_GOLDEN) await writeFile(file, tree);
  assert.equal(tree, await readFile(file, 'utf8'));
  // What a row says is what the canvas and the state say.
  for (const { name, results } of (await v.state()).photos) {
    const cells = await v.page.locator('#results tbody tr').filter({ has: v.page.getByRole('rowheader', { name, exact: true }) }).locator('td').allTextContents();
    results.forEach((r, i) => {
      assert.equal(cells[1 + 3 * i], (r.verdict === 'sure' ? '' : 'leans to ') + r.label);
      assert.equal(cells[2 + 3 * i], `${Math.round(100 * Math.fround(Math.max(r.probability, 1 - r.probability)))}\u00A0%`);
      if (r.verdict === 'unsure' && cells[0] !== 'not said') assert.equal(cells[3 + 3 * i], 'unsure');
    });
  }
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('with real keys alone: from the load to a labelled photo, another view, a probe and a saved table', { timeout: 180000 }, async () => {
  const v = await open({ acceptDownloads: true });
  v.page.on('filechooser', () => {});  // from now on the browser asks the test, not a window
  await v.page.keyboard.press('Tab');
  assert.equal(await focused(v), 'canvas');
  await v.page.keyboard.press('Tab');
  assert.equal(await focused(v), 'Add photos…');
  const [chooser] = await Promise.all([v.page.waitForEvent('filechooser'), v.page.keyboard.press('Enter')]);
  await chooser.setFiles([own('one.png'), own('two.png', 5)].map((f) => ({ mimeType: 'image/png', ...f })));
  await v.until('has', 'two.png');
  await v.analysed();
  await v.mirrored('Selected: one.png');
  await status(v, 'one.png. ');
  await walk(v, 'Previous photo');
  await walk(v, 'Next photo', 'ArrowRight');
  await v.page.keyboard.press('Space');
  await v.mirrored('Selected: two.png');
  await walk(v, 'not said');
  await v.page.keyboard.press('ArrowUp');  // radios: the one before, orca
  await v.mirrored('Selected: two.png (label orca)');
  assert.equal((await v.photo('two.png')).label, 'orca');
  await walk(v, 'Compare');
  await v.page.keyboard.press('ArrowDown');
  await v.page.waitForFunction(() => location.hash.includes('page=split'));
  await walk(v, 'Map method');
  await v.page.keyboard.press('ArrowDown');
  await v.until('method', 'cam');
  await walk(v, 'Opacity');
  await v.page.keyboard.press('ArrowRight');
  await v.page.waitForFunction(() => location.hash.includes('opacity=65'));
  await walk(v, 'Turn the hue');
  await v.page.keyboard.press('ArrowRight');
  await v.mirrored('without the change');
  await walk(v, 'Paint over it');
  await v.page.keyboard.press('Enter');
  await v.mirrored('1 spot is painted over. Baseline: ');
  // The list is one stop; arrows go through it, and to the mark beside a name.
  await walk(v, /^(leopard|orca) \d|\.png$/);
  await v.page.keyboard.press('End');
  assert.equal(await focused(v), 'Mark two.png');
  await v.page.keyboard.press('Space');
  await v.page.keyboard.press('ArrowUp');
  assert.equal(await focused(v), 'Mark one.png');
  await v.page.keyboard.press('Space');
  await walk(v, 'Mark all');
  await walk(v, 'Label the marked photos: leopard', 'ArrowRight');
  await v.page.keyboard.press('Enter');
  await status(v, '2 photos: labelled leopard.');
  assert.deepEqual((await v.state()).photos.slice(-2).map((p) => p.label), ['leopard', 'leopard']);
  await walk(v, 'Save the table as CSV');
  const csv = await v.download(() => v.page.keyboard.press('Enter'));
  assert.match(csv.bytes.toString(), /\r\none\.png,leopard,90,70,/);
  // Back to the picture, which has the focus and its keys again.
  await v.page.keyboard.press('Escape');
  assert.equal(await focused(v), 'canvas');
  await v.page.keyboard.press('ArrowLeft');
  await v.mirrored('Selected: one.png');
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('Tab reaches every control in reading order, each with a visible focus, and Shift+Tab goes back', async () => {
  const v = await open();
  await withPhotos(v, 'whose.png');
  await v.page.focus('#canvas');
  const stops = [];
  for (let i = 0; i < 60; i++) {
    await v.page.keyboard.press('Tab');
    const stop = await v.page.evaluate(() => {
      const e = document.activeElement;
      if (e === document.body || e.id === 'canvas') return null;
      const style = getComputedStyle(e), box = e.getBoundingClientRect(), results = document.getElementById('results');
      // What follows the structure comes into sight over the canvas.
      const panel = results.contains(e) ? results.getBoundingClientRect() : document.documentElement.getBoundingClientRect();
      return { y: box.top + document.getElementById('results').scrollTop, inSight: box.width > 3 && (box.height > panel.height ? box.top < panel.bottom && box.bottom > panel.top : box.top >= panel.top - 1 && box.bottom <= panel.bottom + 1),
               outline: parseFloat(style.outlineWidth), kind: style.outlineStyle, text: (e.labels?.[0] ?? e).textContent };
    });
    if (stop === null) break;
    stops.push(stop);
  }
  assert.ok(stops.length >= 20 && stops.length < 40, `${stops.length} stops`);
  for (const [i, stop] of stops.entries()) {
    assert.ok(stop.inSight, `${stop.text} is out of sight`);
    assert.ok(stop.outline >= 2 && stop.kind !== 'none', `${stop.text} has no visible focus`);
    if (i > 0) assert.ok(stop.y >= stops[i - 1].y - 1, `${stop.text} stands above ${stops[i - 1].text}`);
  }
  // Arrows reach what Tab passes over: no button is left.
  const unreached = await v.page.evaluate(() => [...document.querySelectorAll('#results button, #results input, #results select')]
    .filter((e) => e.tabIndex < 0 && !e.disabled && !e.parentElement.closest('[role=toolbar], ol')).map((e) => e.outerHTML));
  assert.deepEqual(unreached, []);
  await v.page.keyboard.press('Shift+Tab');
  await v.page.focus('#canvas');
  assert.equal(await v.page.evaluate(() => document.getElementById('results').getBoundingClientRect().width), 1, 'hidden again');
  await v.close();
});

test('undo and redo by keys and buttons; the focus stays where it was', async () => {
  const v = await open();
  await withPhotos(v, 'one.png', 'two.png', 'three.png');
  const names = async () => (await v.state()).photos.slice(12).map((p) => p.name);
  await v.page.focus('#canvas');
  await v.key('Delete');
  assert.deepEqual(await names(), ['two.png', 'three.png']);
  await status(v, 'Removed one.png.');
  await v.key('Control+z');
  assert.deepEqual(await names(), ['one.png', 'two.png', 'three.png']);
  await v.mirrored('Selected: one.png');
  assert.equal((await v.photo('one.png')).results.length, 2, 'its answers came back with it');
  await v.key('Control+Shift+z');
  assert.deepEqual(await names(), ['two.png', 'three.png']);
  await v.key('Control+z');
  await v.key('Control+y');
  assert.deepEqual(await names(), ['two.png', 'three.png']);
  await v.key('Control+z');
  await v.key('l');
  await v.key('l');
  assert.equal((await v.photo('one.png')).label, 'orca');
  await v.key('Control+z');
  assert.equal((await v.photo('one.png')).label, 'leopard');
  await v.page.locator('#results button', { hasText: 'Undo: label of one.png' }).focus();
  await v.page.keyboard.press('Enter');
  await status(v, 'Undone: label of one.png.');
  assert.equal((await v.photo('one.png')).label, null);
  await v.mirrored('Do again: label of one.png');
  // A button that can do nothing any more keeps the focus, and says so.
  assert.equal(await v.page.evaluate(() => `${document.activeElement.textContent}, ${document.activeElement.getAttribute('aria-disabled')}`), 'Undo, true');
  await v.page.keyboard.press('Control+z');
  await status(v, 'There is nothing to undo.');
  // The last of the list is removed: the focus goes to the one that is last now.
  const button = (name) => v.page.locator('#results li button', { hasText: name });
  await button('three.png').focus();
  await v.page.keyboard.press('Enter');
  await v.mirrored('Selected: three.png');
  await button('three.png').focus();
  await v.page.locator('#results button', { hasText: 'Remove this photo' }).evaluate((e) => e.click());
  await v.page.waitForFunction(() => document.activeElement.textContent === 'two.png');
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('what has not changed is not touched, and one sentence is said for one change', async () => {
  const v = await open();
  await withPhotos(v, 'one.png', 'two.png');
  // What was to be said is said.
  for (let last = '', now = null; last !== now;) {
    last = now;
    await v.page.waitForTimeout(3000);
    now = await v.page.textContent('#results [role=status]');
  }
  await v.page.evaluate(() => {
    globalThis.changes = [];
    globalThis.said = [];
    const line = document.querySelector('#results [role=status]');
    new MutationObserver((list) => list.forEach(({ target }) => {
      const element = target.nodeType === 1 ? target : target.parentElement;
      if (element === line) globalThis.said.push(line.textContent);
      else globalThis.changes.push(element.tagName);
    })).observe(document.getElementById('results'), { subtree: true, childList: true, characterData: true });
  });
  await v.page.focus('#canvas');
  await v.key('ArrowRight');
  await v.mirrored('Selected: two.png');
  await status(v, 'two.png. ');
  await v.page.waitForTimeout(1000);
  const { changes, said } = await v.page.evaluate(() => ({ changes: globalThis.changes, said: globalThis.said }));
  assert.ok(changes.length <= 6 && changes.every((tag) => tag === 'P' || tag === 'DIV'), `changed: ${changes}`);
  assert.equal(said.length, 1, `said: ${said.join(' | ')}`);
  assert.equal(await v.page.locator('[aria-live=polite]:not(#results)').count(), 1);
  await v.close();
});

test('a slider follows an undo though it has the focus, and changes only what it is for', async () => {
  const v = await open();
  await withPhotos(v, 'one.png');
  const [right, down] = [v.page.getByLabel('Move to the right'), v.page.getByLabel('Move down')];
  const slide = (slider, key) => slider.press(key);
  await slide(right, 'ArrowRight');
  await slide(right, 'ArrowRight');
  await v.page.waitForFunction(() => globalThis.camloss.idle());
  assert.equal(await right.inputValue(), '10');
  await v.page.keyboard.press('Control+z');
  await v.page.waitForFunction(() => [...document.querySelectorAll('#results label')].find((e) => e.textContent.startsWith('Move to the right')).firstElementChild.value === '5',
    undefined, { timeout: 10000, polling: 25 });
  assert.equal(await right.getAttribute('aria-valuetext'), '5 % of the width');
  // What the canvas gave is between the slider's steps, and stays when another one moves.
  await v.page.locator('#results button', { hasText: 'Reset the photo' }).evaluate((e) => e.click());
  await v.page.getByRole('checkbox', { name: /Keep my photos/ }).evaluate((e) => e.click());
  await v.still();
  /** What is kept of the probe: x, y, hue. */
  const probe = async (done) => {
    for (const end = Date.now() + 20000; Date.now() < end; await v.page.waitForTimeout(100)) {
      const values = await v.page.evaluate(() => new Promise((resolve) => {
        const request = indexedDB.open('camloss');
        request.onsuccess = () => {
          const all = request.result.transaction('records').objectStore('records').getAll();
          all.onsuccess = () => {
            request.result.close();
            resolve(all.result[0]?.probe ?? []);
          };
        };
      }));
      if (done(values)) return values;
    }
    return assert.fail('the probe was not kept');
  };
  await probe(([x]) => x === 0);
  const picture = await v.find('probe canvas');
  await v.page.mouse.move(picture.cx, picture.cy);
  await v.page.mouse.down();
  await v.page.mouse.move(picture.cx + 0.13 * picture.width, picture.cy, { steps: 3 });
  await v.frames(3);
  await v.page.mouse.up();
  await v.still();
  await v.page.waitForTimeout(600);
  const [dragged] = await probe(([x]) => x !== 0);
  assert.ok(Math.abs(dragged * 20 - Math.round(dragged * 20)) > 0.02, `${dragged} lies between two steps`);
  await slide(down, 'ArrowRight');
  assert.equal((await probe(([, y]) => y !== 0))[0], dragged);
  await v.close();
});

test('controls have the explanations of their terms, and the help is opened from the structure', async () => {
  const v = await open();
  assert.match(await v.page.getByLabel('Map method').getAttribute('title'), /^How the map is made/);
  assert.match(await v.page.getByLabel('Unsure below').getAttribute('title'), /^A model is sure where/);
  await v.page.getByRole('button', { name: 'Show the help on the picture' }).evaluate((e) => e.click());
  await v.still();
  assert.ok((await v.widgets()).some((w) => w.name === 'Close'));
  await v.close();
});

test('marked photos that are removed are marked no longer, however many there are', { timeout: 180000 }, async () => {
  const v = await open();
  await v.choose(Array.from({ length: 205 }, (_, i) => own(`p${i}.png`, i)));
  await v.until('count', 217, 120000);
  await v.until('has', 'p204.png', 120000);
  await v.page.locator('#results li button', { hasText: 'p3.png' }).evaluate((e) => e.click());
  await v.mirrored('Selected: p3.png');
  await v.page.getByRole('checkbox', { name: 'Mark p3.png' }).evaluate((e) => e.click());
  const remove = v.page.locator('#results button', { hasText: 'Remove the marked photos' });
  await v.page.waitForTimeout(500);
  assert.equal(await remove.getAttribute('aria-disabled'), null);
  await remove.evaluate((e) => e.click());
  await v.until('count', 216);
  await v.page.waitForFunction(() => [...document.querySelectorAll('#results button')].find((e) => e.textContent === 'Remove the marked photos').getAttribute('aria-disabled') === 'true',
    undefined, { timeout: 10000, polling: 25 });
  await v.close();
});

/** Contrast of every text in the structure to what is behind it, the smallest of them. */
const contrasts = (v) => v.page.evaluate(() => {
  const channels = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const { backgroundColor } = getComputedStyle(e);
      if (!/rgba\(.*, 0\)|transparent/.test(backgroundColor)) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  let least = { ratio: 99, text: '' };
  for (const e of document.querySelectorAll('#results *')) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim() !== '')) continue;
    const [a, b] = [luminance(getComputedStyle(e).color), luminance(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < least.ratio) least = { ratio, text: e.textContent.slice(0, 40) };
  }
  return least;
});

test('contrast of 4.5 to 1 in light and dark, 200 % zoom, forced colours and reduced motion', async () => {
  // At 200 % zoom a window of 1400 x 900 has 700 x 450 CSS pixels.
  const v = await open({ viewport: { width: 700, height: 450 }, deviceScaleFactor: 2 });
  await withPhotos(v, 'a-name-without-any-break-'.repeat(6) + '.png');
  await v.page.focus('#canvas');
  await v.page.keyboard.press('Tab');
  for (const colorScheme of ['light', 'dark']) {
    await v.page.emulateMedia({ colorScheme });
    const { ratio, text } = await contrasts(v);
    assert.ok(ratio >= 4.5, `${colorScheme}: “${text}” has ${ratio.toFixed(2)}`);
  }
  const wide = await v.page.evaluate(() => {
    const panel = document.getElementById('results');
    const right = panel.getBoundingClientRect().right;
    return { scrolls: panel.scrollWidth > panel.clientWidth, out: [...panel.querySelectorAll('button, input, select, p')]
      .filter((e) => !e.closest('.wide') && e.getBoundingClientRect().right > right + 1).map((e) => e.textContent) };
  });
  assert.deepEqual(wide, { scrolls: false, out: [] }, 'nothing is cut off at the side');
  await v.page.setViewportSize({ width: 320, height: 256 });  // 400 %
  assert.equal(await v.page.evaluate(() => document.getElementById('results').scrollWidth > document.getElementById('results').clientWidth), false);
  await v.page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  const forced = await v.page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    const system = (name) => { const e = document.createElement('i'); e.style.color = name; document.body.append(e); const { color } = getComputedStyle(e); e.remove(); return color; };
    return { outline: style.outlineStyle, text: style.color === system('ButtonText') || style.color === system('CanvasText'),
             moving: document.getAnimations().length };
  });
  assert.deepEqual(forced, { outline: 'solid', text: true, moving: 0 });
  await v.close();
});
