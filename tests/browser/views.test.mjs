// The views under real mouse drags and touches: probes, sliders, linked hover, menus, scrolling, pixel ratio, themes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor, withSite } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';
import { randomWeights } from './support/weights.mjs';

const here = withSite();

/** Share of pixels that differ between two screenshots of the region of a control. */
async function difference(v, a, b) {
  return v.page.evaluate(async (pictures) => {
    const [p, q] = await Promise.all(pictures.map(async (text) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context.drawImage(bitmap, 0, 0);
      return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
    }));
    let changed = 0;
    for (let i = 0; i < p.length; i += 4) {
      changed += Math.abs(p[i] - q[i]) + Math.abs(p[i + 1] - q[i + 1]) + Math.abs(p[i + 2] - q[i + 2]) > 30 ? 1 : 0;
    }
    return changed / (p.length / 4);
  }, [a.toString('base64'), b.toString('base64')]);
}

const shot = async (v, w) => {
  await v.still();
  return v.page.screenshot({ clip: { x: w.x, y: w.y, width: w.width, height: w.height } });
};

async function drag(v, from, to) {
  await v.page.mouse.move(from.x, from.y);
  await v.frames(2);
  await v.page.mouse.down();
  await v.frames(2);
  for (let i = 1; i <= 4; i++) {
    await v.page.mouse.move(from.x + (to.x - from.x) * i / 4, from.y + (to.y - from.y) * i / 4);
    await v.frames(2);
  }
  await v.page.mouse.up();
  await v.still();
}

test('probes answer while the photo is moved, its hue turned and a part painted over', async () => {
  const v = await Visitor.open(here.browser, here.site.url);
  await v.choose([{ name: 'probe.png', buffer: png(scene(320, 320, 50)) }]);
  await v.until('has', 'probe.png');
  await v.click('Probe');
  const canvas = await v.find('probe canvas');
  await v.page.mouse.move(5, 300);
  const start = await shot(v, canvas);
  await drag(v, { x: canvas.cx, y: canvas.cy }, { x: canvas.cx + canvas.width * 0.25, y: canvas.cy });
  await v.page.mouse.move(5, 300);
  const moved = await shot(v, canvas);
  assert.ok(await difference(v, start, moved) > 0.1, 'the photo moved');
  const hue = await v.find('Hue');
  await drag(v, { x: hue.cx, y: hue.cy }, { x: hue.x + hue.width * 0.9, y: hue.cy });
  await v.page.mouse.move(5, 300);
  const turned = await shot(v, canvas);
  assert.ok(await difference(v, moved, turned) > 0.3, 'its colours turned');
  await v.click('Paint over');
  await drag(v, { x: canvas.cx, y: canvas.cy }, { x: canvas.cx, y: canvas.cy + canvas.height * 0.3 });
  await v.page.mouse.move(5, 300);
  const painted = await shot(v, canvas);
  assert.ok(await difference(v, turned, painted) > 0.03, 'a part is painted over');
  await v.click('Reset the photo');
  await v.page.mouse.move(5, 300);
  assert.ok(await difference(v, start, await shot(v, canvas)) < 0.002, 'and all of it is taken back');
  // The probes never change what is recorded of the photo.
  assert.equal((await v.photo('probe.png')).results.length, 2);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('the hovered cell is marked in all panels, opacity and overlays change the maps only', async () => {
  const v = await Visitor.open(here.browser, here.site.url);
  await v.page.mouse.move(5, 300);
  const names = ['picture original', 'picture baseline', 'picture camloss'];
  const panels = await Promise.all(names.map(async (name) => v.find(name)));
  const before = [];
  for (const p of panels) before.push(await shot(v, p));
  await v.page.mouse.move(panels[1].x + panels[1].width * 0.3, panels[1].y + panels[1].height * 0.3);
  for (const [i, p] of panels.entries()) {
    assert.ok(await difference(v, before[i], await shot(v, p)) > 0.0008, `${names[i]} marks the cell`);
  }
  const opacity = await v.find('Opacity');
  await drag(v, { x: opacity.cx, y: opacity.cy }, { x: opacity.x + 2, y: opacity.cy });
  await v.page.mouse.move(5, 300);
  assert.ok(await difference(v, before[0], await shot(v, panels[0])) < 0.002, 'the photo stays');
  assert.ok(await difference(v, before[1], await shot(v, panels[1])) > 0.3, 'the map fades');
  await v.click('Show what counts as centre');
  await v.page.mouse.move(5, 300);
  assert.ok(await difference(v, before[0], await shot(v, panels[0])) > 0.2, 'the kernel veils the border');
  await v.click('Colours');
  await v.click('Jet, as in the talk');
  await v.click('Same scale');
  assert.ok((await v.find('Same scale')).on);
  await v.close();
});

test('pointing at a map draws the square of the picture that the cell sees', async () => {
  const v = await Visitor.open(here.browser, here.site.url);
  const of = (recipe, seed) => randomWeights({ context: 3, dilation: 2, recipe, seed });
  await v.drop([{ name: 'a.safetensors', buffer: of('baseline', 3) }, { name: 'b.safetensors', buffer: of('camloss', 4) }]);
  await v.until('model', 'b.safetensors');
  await v.analysed();
  await v.page.mouse.move(5, 300);
  // Cell (5, 6) of 12 sees 48 of the 96 pixels: rows 24 to 72, columns 32 to 80.
  const names = ['picture original', 'picture baseline', 'picture camloss'];
  const panels = await Promise.all(names.map(async (name) => v.find(name)));
  const part = (p, x, y, w, h) => ({ x: p.x + p.width * x / 96, y: p.y + p.height * y / 96, width: p.width * w / 96, height: p.height * h / 96 });
  const edges = (p) => [part(p, 31, 28, 2, 4), part(p, 79, 28, 2, 4), part(p, 60, 23, 4, 2), part(p, 60, 71, 4, 2)];
  // Where the value's tag does not lie.
  const others = (p) => [part(p, 36, 28, 8, 6), part(p, 20, 52, 8, 16), part(p, 84, 52, 8, 16), part(p, 40, 76, 20, 8)];
  const shots = async (parts) => {
    const all = [];
    for (const one of parts) all.push(await shot(v, one));
    return all;
  };
  const before = [];
  for (const p of panels) before.push(await shots([...edges(p), ...others(p)]));
  await v.page.mouse.move(panels[1].x + panels[1].width * 52 / 96, panels[1].y + panels[1].height * 44 / 96);
  for (const [i, p] of panels.entries()) {
    const now = await shots([...edges(p), ...others(p)]);
    for (const [k, picture] of now.entries()) {
      const changed = await difference(v, before[i][k], picture);
      assert.ok(k < 4 ? changed > 0.1 : changed < 0.02, `${names[i]}, part ${k}: ${changed} of it changed`);
    }
  }
  await v.close();
});

test('on a phone a tap clicks, a drag scrolls, and nothing is wider than the screen', async () => {
  const v = await Visitor.open(here.browser, here.site.url, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
  await v.still();
  for (const w of await v.widgets()) {
    if (!w.name.startsWith('photo ')) assert.ok(w.x >= -1 && w.x + w.width <= 361, `${w.name} fits`);
  }
  const tab = await v.find('Centre');
  await v.page.touchscreen.tap(tab.cx, tab.cy);
  await v.frames(4);
  await v.still();
  assert.ok((await v.find('Centre')).on);
  const back = await v.find('Compare');
  await v.page.touchscreen.tap(back.cx, back.cy);
  await v.frames(4);
  const before = await v.find('picture original');
  const session = await v.context.newCDPSession(v.page);
  const touch = (type, y) => session.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x: 180, y }] });
  await touch('touchStart', 500);
  for (const y of [470, 430, 390, 350]) {
    await touch('touchMove', y);
    await v.frames(2);
  }
  await touch('touchEnd');
  await v.still();
  const moved = (await v.widgets()).find((w) => w.name === 'picture original');
  assert.ok(!moved || moved.y < before.y - 60, 'the page scrolled with the finger');
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('from a tablet on, the three pictures stand in a row and are of one size; on a phone in a column', async () => {
  const v = await Visitor.open(here.browser, here.site.url, { painted: false });
  for (const [width, inRow] of [[360, false], [430, false], [744, true], [768, true], [820, true], [900, true], [1024, true], [1920, true], [3840, true]]) {
    await v.page.setViewportSize({ width, height: 2400 });
    await v.frames(3);
    const all = [];
    for (const name of ['picture original', 'picture baseline', 'picture camloss']) all.push(await v.find(name));
    for (const p of all) {
      assert.ok(p.x >= 0 && p.x + p.width <= width, `${p.name} fits in ${width}`);
      assert.deepEqual([p.width, p.height], [all[0].width, all[0].height], `${p.name} at ${width}`);
    }
    assert.equal(all[1].y === all[0].y && all[2].y === all[0].y, inRow, `a row at ${width}`);
    assert.ok(inRow ? all[1].x >= all[0].x + all[0].width : all[1].y >= all[0].y + all[0].height, `apart at ${width}`);
    for (const w of await v.widgets()) {
      if (!w.name.startsWith('photo ')) assert.ok(w.x >= -1 && w.x + w.width <= width + 1, `${w.name} fits in ${width}`);
    }
    const bar = (await v.widgets()).filter((w) => ['All photos', 'Models', 'More', 'Add photos', 'Help'].includes(w.name)).sort((a, b) => a.x - b.x);
    bar.slice(1).forEach((w, i) => {
      const left = bar[i];
      if (Math.abs(w.y - left.y) < w.height / 2) assert.ok(left.x + left.width + 7 <= w.x, `${left.name} and ${w.name} apart at ${width}`);
    });
  }
  await v.close();
});

test('the canvas has the pixels of the screen, and follows light and dark', async () => {
  const v = await Visitor.open(here.browser, here.site.url, { viewport: { width: 900, height: 700 }, deviceScaleFactor: 2 });
  const size = () => v.page.evaluate(() => [document.getElementById('canvas').width, document.getElementById('canvas').height]);
  assert.deepEqual(await size(), [1800, 1400]);
  const light = await v.page.screenshot();
  await v.page.emulateMedia({ colorScheme: 'dark' });
  await v.frames(3);
  await v.still();
  assert.ok(await difference(v, light, await v.page.screenshot()) > 0.4);
  await v.page.setViewportSize({ width: 1200, height: 800 });
  await v.frames(3);
  await v.still();
  assert.deepEqual(await size(), [2400, 1600]);
  await v.close();
});

test('a file input that has the focus keeps its keys, and the page still hears the arrows', async () => {
  const v = await Visitor.open(here.browser, here.site.url);
  await v.still();
  const first = await v.page.textContent('#results > div');
  await v.page.focus('#photo-input');
  await v.page.keyboard.press('ArrowRight');
  await v.page.waitForTimeout(800);
  assert.equal(await v.page.textContent('#results > div'), first);
  await v.page.focus('#canvas');
  await v.key('End');
  await v.key('ArrowRight');
  await v.page.waitForTimeout(800);
  await v.key('ArrowLeft');
  await v.key('ArrowLeft');
  await v.page.waitForFunction((text) => document.querySelector('#results > div').textContent !== text, first);
  await v.close();
});
