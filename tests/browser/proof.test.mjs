// The proof in one click, what the page says of itself, the phone's one screen, and the close look.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor, withSite } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';

const here = withSite();
const inside = (w, { width, height }) => w.x >= -1 && w.y >= -1 && w.x + w.width <= width + 1 && w.y + w.height <= height + 1;
const results = (v) => v.page.innerText('#results');
const percent = (p) => `${Math.round(100 * Math.max(p, 1 - p))}\u00A0%`;

/** Fingers on the page, through the browser's own touch events. */
async function fingers(v) {
  const session = await v.context.newCDPSession(v.page);
  return {
    async go(...points) {
      const of = (list) => list.map(([x, y], id) => ({ x, y, id }));
      await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: of(points[0]) });
      await v.frames(2);
      for (const point of points.slice(1)) {
        await session.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: of(point) });
        await v.frames(2);
      }
      await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
      await v.still();
    },
  };
}

test('one click hides the animal or the background; bars, state and sentence have both models\' figures', async () => {
  const v = await Visitor.open(here.browser, here.site.url);
  await v.still();
  const before = await v.state();
  const { proof } = before;
  assert.equal(proof.hidden, 'nothing');
  assert.equal(proof.painted, false);
  const selected = /Selected: ([^(:]+)/.exec(await results(v))[1].trim();
  assert.equal(proof.photo, selected, 'it is there before anybody clicks');
  for (const part of ['subject', 'background']) {
    assert.deepEqual(proof[part].map((r) => r.model), before.photos[0].results.map((r) => r.model));
    const word = part === 'subject' ? 'animal' : 'background';
    const sentence = (await results(v)).split('\n').find((line) => line.startsWith(`Without the ${word} `));
    for (const r of proof[part]) assert.ok(sentence.includes(percent(r.probability)), `${sentence} has ${percent(r.probability)}`);
    for (const slot of [0, 1]) assert.ok((await v.widgets()).some((w) => w.name === `proof ${part} ${slot}`));
  }
  const picture = await v.find('picture original');
  const shot = async () => v.page.screenshot({ clip: { x: picture.x, y: picture.y, width: picture.width, height: picture.height } });
  await v.page.mouse.move(3, 3);
  await v.still();
  const whole = await shot();
  await v.click('Hide the animal');
  await v.page.mouse.move(3, 3);
  assert.ok((await v.find('Hide the animal')).on);
  assert.equal((await v.state()).proof.hidden, 'subject');
  assert.match(v.page.url(), /hide=subject/);
  await v.click('Hide the background');
  assert.equal((await v.state()).proof.hidden, 'background');
  assert.ok(!(await v.find('Hide the animal')).on, 'one of them at a time');
  await v.click('Hide the background');
  await v.page.mouse.move(3, 3);
  await v.still();
  assert.ok(whole.equals(await shot()), 'a second click brings all of it back');
  assert.deepEqual((await v.state()).photos, before.photos, 'what is recorded of the photos stays');
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('on the first own photo the proof is there at once; what is painted over is what is hidden', async () => {
  const v = await Visitor.open(here.browser, here.site.url);
  await v.choose([{ name: 'mine.png', buffer: png(scene(300, 200, 12)) }]);
  await v.until('has', 'mine.png');
  await v.still();
  const { proof } = await v.state();
  assert.deepEqual([proof.photo, proof.painted, proof.subject.length, proof.background.length], ['mine.png', false, 2, 2]);
  await v.click('Probe');
  await v.click('Paint over');
  const canvas = await v.find('probe canvas');
  await v.page.mouse.move(canvas.x + canvas.width * 0.3, canvas.cy);
  await v.frames(2);
  await v.page.mouse.down();
  for (const share of [0.4, 0.5, 0.6]) {
    await v.page.mouse.move(canvas.x + canvas.width * share, canvas.cy);
    await v.frames(2);
  }
  await v.page.mouse.up();
  await v.click('Compare');
  const painted = (await v.state()).proof;
  assert.equal(painted.painted, true);
  assert.notEqual(painted.subject[0].probability, proof.subject[0].probability);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

for (const [width, height, ratio] of [[390, 844, 3], [844, 390, 2], [700, 450, 2]]) {
  test(`at ${width} x ${height} photo, both maps, both answers and both buttons are on one screen, in both views`, async () => {
    const viewport = { width, height };
    const v = await Visitor.open(here.browser, here.site.url, { viewport, deviceScaleFactor: ratio, hasTouch: true, isMobile: true });
    await v.choose([{ name: 'mine.png', buffer: png(scene(300, 200, 12)) }]);
    await v.until('has', 'mine.png');
    const names = ['picture original', 'picture baseline', 'picture camloss', 'Hide the animal', 'Hide the background',
      'proof subject 0', 'proof background 0', 'proof subject 1', 'proof background 1'];
    for (const name of names) {
      const w = await v.find(name);
      assert.ok(inside(w, viewport), `${name} at ${w.x}, ${w.y}, ${w.width} x ${w.height}`);
      if (name.startsWith('picture')) assert.ok(w.width >= 90 && w.height >= 90, `${name} is ${w.width} x ${w.height}`);
    }
    const tab = await v.find('Probe');
    await v.page.touchscreen.tap(tab.cx, tab.cy);
    await v.frames(4);
    for (const name of ['probe canvas', 'Move', 'Paint over', 'Hue', 'probe answer 0', 'probe answer 1']) {
      const w = await v.find(name);
      assert.ok(inside(w, viewport), `${name} at ${w.x}, ${w.y}, ${w.width} x ${w.height}`);
    }
    assert.deepEqual(v.complaints, []);
    await v.close();
  });
}

test('a scroll that begins on a slider changes nothing; along it the finger moves it', async () => {
  const v = await Visitor.open(here.browser, here.site.url, { viewport: { width: 390, height: 700 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
  const f = await fingers(v);
  const tab = await v.find('All photos');
  await v.page.touchscreen.tap(tab.cx, tab.cy);
  await v.frames(4);
  const slider = await v.find('Unsure below');
  await f.go([[slider.cx, slider.cy]], [[slider.cx, slider.cy - 20]], [[slider.cx, slider.cy - 90]], [[slider.cx, slider.cy - 160]]);
  assert.ok(Math.abs((await v.state()).unsureBelow - 0.65) < 1e-6, 'it scrolled instead');
  await f.go([[200, 300]], [[200, 340]], [[200, 460]], [[200, 600]]);
  const again = await v.find('Unsure below');
  const y = again.y + again.height * 0.6;
  await f.go([[again.x + again.width * 0.35, y]], [[again.x + again.width * 0.5, y]], [[again.x + again.width * 0.8, y + 2]]);
  assert.ok((await v.state()).unsureBelow > 0.8, `${(await v.state()).unsureBelow}`);
  // Another view begins at its top.
  await f.go([[200, 500]], [[200, 440]], [[200, 300]], [[200, 160]]);
  const compare = await v.find('Compare');
  await v.page.touchscreen.tap(compare.cx, compare.cy);
  await v.frames(4);
  assert.ok((await v.find('picture original')).y > 100);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('a swipe over a picture leads to the next photo, two fingers enlarge it, and one moves it', async () => {
  const v = await Visitor.open(here.browser, here.site.url, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
  const f = await fingers(v);
  const selected = async () => (await v.state()).proof.photo;
  const names = (await v.state()).photos.map((p) => p.name);
  await v.still();
  const at = names.indexOf(await selected());
  const p = await v.find('picture baseline');
  const step = at + 1 < names.length ? 1 : -1;
  await f.go([[p.cx, p.cy]], [[p.cx - 30 * step, p.cy]], [[p.cx - 90 * step, p.cy + 4]]);
  assert.equal(await selected(), names[at + step]);
  await f.go([[p.cx - 20, p.cy], [p.cx + 20, p.cy]], [[p.cx - 40, p.cy], [p.cx + 40, p.cy]], [[p.cx - 60, p.cy], [p.cx + 60, p.cy]]);
  const picture = await v.find('close picture');
  const shot = () => v.page.screenshot({ clip: { x: picture.x, y: picture.y, width: picture.width, height: picture.height } });
  await v.still();
  const enlarged = await shot();
  // Away from the dividing line.
  await f.go([[picture.x + 40, picture.cy]], [[picture.x + 70, picture.cy + 20]], [[picture.x + 110, picture.cy + 50]]);
  assert.ok(!enlarged.equals(await shot()), 'the picture moved with the finger');
  await v.key('Escape');
  assert.ok(!(await v.widgets()).some((w) => w.name === 'close picture'));
  // A pinch where nothing is enlarged is over: no picture takes it for its own later.
  await v.key('v');
  await v.key('v');
  await v.key('v');
  await f.go([[150, 500], [190, 500]], [[140, 500], [210, 500]], [[130, 500], [230, 500]]);
  await v.key('v');
  const again = await v.find('picture baseline');
  await v.page.mouse.move(again.cx, again.cy);
  await v.still();
  assert.ok(!(await v.widgets()).some((w) => w.name === 'close picture'));
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('a click on a map opens the close look: a line that divides, layers to choose, wheel, buttons', async () => {
  const v = await Visitor.open(here.browser, here.site.url);
  await v.click('look baseline');
  const area = await v.find('close picture');
  assert.ok(area.width > 1100 && area.height > 600, 'it has the whole window');
  const on = async (name) => (await v.widgets()).filter((w) => w.name === name).map((w) => w.on);
  assert.deepEqual([await on('Photo'), await on('Baseline'), await on('CAMLoss')], [[true, false], [false, true], [false, false]]);
  const shot = () => v.page.screenshot({ clip: { x: area.x, y: area.y, width: area.width, height: area.height } });
  const line = await v.find('dividing line');
  await v.page.mouse.move(line.cx, line.cy);
  await v.frames(2);
  await v.page.mouse.down();
  await v.frames(2);
  for (const x of [30, 60, 90, 120]) {
    await v.page.mouse.move(line.cx + x, line.cy);
    await v.frames(2);
  }
  await v.page.mouse.up();
  await v.frames(2);
  const moved = await v.find('dividing line');
  assert.ok(Math.abs(moved.cx - line.cx - 120) < 4, `the line moved by ${moved.cx - line.cx}`);
  const before = await shot();
  await v.page.mouse.move(area.cx - 60, area.cy);
  await v.page.mouse.wheel(0, -400);
  await v.frames(3);
  await v.still();
  assert.ok(!before.equals(await shot()), 'the wheel enlarges');
  await v.click('Fit');
  const [left] = (await v.widgets()).filter((w) => w.name === 'CAMLoss').sort((a, b) => a.x - b.x);
  await v.page.mouse.click(left.x + left.width / 2, left.y + left.height / 2, { delay: 120 });
  await v.still();
  assert.deepEqual(await on('CAMLoss'), [true, false], 'both models on one picture');
  await v.click('Close');
  assert.ok((await v.find('Compare')).on);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('it says what it is until somebody brings a photo, and each term explains itself', async () => {
  const v = await Visitor.open(here.browser, here.site.url, { viewport: { width: 1400, height: 900 } });
  const dialog = async (name) => {
    const opened = v.page.waitForEvent('filechooser');
    await v.click(name);
    return (await opened).element().evaluate((input) => input.id);
  };
  assert.equal(await dialog('Choose photos'), 'photo-input');
  assert.equal(await dialog('Choose a folder'), 'folder-input');
  assert.equal(await dialog('Take a photo'), 'camera-input');
  const shot = () => v.page.screenshot();
  const baseline = (await v.widgets()).find((w) => w.name.startsWith('term Baseline '));
  assert.ok(baseline, 'the name of a model is a term');
  await v.page.mouse.move(3, 3);
  await v.still();
  const quiet = await shot();
  await v.page.mouse.move(baseline.x + 30, baseline.y + baseline.height / 3);
  await v.page.waitForTimeout(900);
  await v.still();
  assert.ok(!quiet.equals(await shot()), 'its explanation is there');
  await v.page.mouse.move(3, 3);
  await v.still();
  assert.ok(quiet.equals(await shot()), 'and goes');
  await v.choose([{ name: 'mine.png', buffer: png(scene(60, 50, 3)) }]);
  await v.until('has', 'mine.png');
  await v.still();
  assert.ok(!(await v.widgets()).some((w) => w.name === 'Choose a folder'));
  // Without any photo the page says so, and offers the samples again.
  for (let i = 0; i < 13; i++) await v.key('Delete');
  assert.equal((await v.state()).photos.length, 0);
  assert.ok((await v.widgets()).some((w) => w.name === 'Choose photos'));
  await v.click('Show the drawn samples');
  await v.until('count', 12);
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('the threshold of sureness moves the matrices, and the link keeps it', async () => {
  const v = await Visitor.open(here.browser, here.site.url, { painted: false });
  await v.click('All photos');
  const unsure = async () => /Baseline: Sure and right \d+, unsure (\d+)/.exec(await results(v))[1];
  const slider = await v.find('Unsure below');
  await v.page.mouse.click(slider.x + slider.width - 6, slider.cy, { delay: 150 });
  await v.still();
  const { unsureBelow, photos } = await v.state();
  assert.ok(unsureBelow > 0.9);
  const expected = photos.filter((p) => Math.max(p.results[0].probability, 1 - p.results[0].probability) <= unsureBelow);
  await v.mirrored(`unsure ${expected.length}, wrong`);
  assert.equal(Number(await unsure()), expected.length);
  for (const p of photos) assert.equal(p.results[0].verdict, expected.includes(p) ? 'unsure' : 'sure');
  const hash = await v.page.evaluate(() => location.hash);
  const again = await Visitor.open(here.browser, here.site.url, { hash, painted: false });
  assert.equal((await again.state()).unsureBelow, unsureBelow);
  await v.close();
  await again.close();
});

test('the saved picture is of the view that is seen: a probe, or all photos', async () => {
  const v = await Visitor.open(here.browser, here.site.url);
  const size = async () => {
    const { bytes } = await v.download(() => v.key('s'));
    return { bytes, height: bytes.readUInt32BE(20) };
  };
  const compare = await size();
  await v.click('Probe');
  const probe = await size();
  assert.ok(!compare.bytes.equals(probe.bytes));
  await v.click('All photos');
  const all = await size();
  assert.ok(all.height > 1200 && !all.bytes.equals(probe.bytes));
  assert.deepEqual(v.complaints, []);
  await v.close();
});

test('weights that could not be loaded are asked for again by a button in their panel', async () => {
  const v = await Visitor.open(here.browser, here.site.url, { ready: false, serviceWorkers: 'block' });
  await v.analysed();
  let refused = true;
  await v.page.route('**/test-dense-b.safetensors*', (route) => (refused ? route.abort() : route.continue()));
  await v.click('Models');
  await v.click('Dense pair');
  await v.page.waitForFunction(() => document.getElementById('alerts').textContent.includes('Model CAMLoss could not be loaded'));
  refused = false;
  await v.click('Try again');
  await v.until('model', 'weights/test-dense-b.safetensors');
  await v.analysed();
  await v.close();
});
