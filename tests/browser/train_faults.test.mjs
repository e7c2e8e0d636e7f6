// What goes wrong at the page that trains: it is said, and the rest goes on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSite } from './support/page.mjs';
import { png, scene } from './support/pictures.mjs';
import { begin, counted, done, drop, epochs, openTraining, photos, state } from './support/training.mjs';

const started = withSite();
const alerts = (page) => page.textContent('#alerts');

test('one photo ten times, a photo of both classes, files that are no photos, and pictures of any size', { timeout: 300000 }, async () => {
  const page = await openTraining(started, '#train=red,blue');
  const red = photos(0, 12), blue = photos(1, 12);
  await drop(page, '#drop-a', Array.from({ length: 10 }, (_, i) => ({ name: `copy-${i}.png`, buffer: red[0].buffer })));
  await counted(page, 10);
  assert.match(await page.textContent('#plan'), /red has 10 photos, but only 1 that differ; at least 10 are needed/);
  await page.click('#clear');
  await counted(page, 0);

  const none = Array.from({ length: 5 }, (_, i) => ({ name: `note-${i}.txt`, buffer: Buffer.from(`text ${i}`) }));
  await drop(page, '#drop-a', [...none, ...red, { name: 'empty.jpg', buffer: Buffer.alloc(0) }]);
  await counted(page, 12);
  assert.match(await alerts(page), /6 files were left out: note-0\.txt is not a picture.*; and 3 more/);

  // From one pixel to a banner; and one photo of the first class once more.
  const sizes = [[1, 1], [3000, 40], [40, 1500], [8, 8], [97, 95], [640, 480]].map(([width, height], i) => ({ name: `size-${width}x${height}.png`, buffer: png(scene(width, height, 700 + i)) }));
  await drop(page, '#drop-b', [...blue, ...sizes, { name: 'red-again.png', buffer: red[3].buffer }]);
  await counted(page, 12 + 12 + 6 - 1);
  assert.match(await alerts(page), /red-3\.png, red-again\.png: the same picture is in both classes, so it was left out of both/);
  const { pictures } = await state(page);
  assert.ok(!pictures.some((p) => p.name === 'red-3.png' || p.name === 'red-again.png'));
  assert.equal(pictures.filter((p) => p.name.startsWith('size-')).length, 6);
  await page.fill('#epochs', '1');
  await page.click('#start');
  await done(page);
  assert.equal((await state(page)).judged.camloss.length, 29);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('five thousand photos are refused at once, and those before stay', { timeout: 120000 }, async () => {
  const page = await openTraining(started, '#train=red,blue');
  const few = photos(0, 3);
  await drop(page, '#drop-a', few);
  await counted(page, 3);
  await page.evaluate((bytes) => {
    const data = new DataTransfer(), blob = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
    for (let i = 0; i < 5000; ++i) data.items.add(new File([blob], `many-${i}.png`));
    document.getElementById('drop-b').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }, few[0].buffer.toString('base64'));
  await page.waitForFunction(() => /5003 photos are too many for a page; 2000 is the limit, so these 5000 were not taken/.test(document.getElementById('alerts').textContent));
  assert.equal((await state(page)).pictures.length, 3);
  const reason = await page.evaluate(async () => {
    const { train } = await import('./train.mjs');
    const pictures = Array.from({ length: 2500 }, () => new Blob(['x']));
    return train({ classes: [{ name: 'a', pictures }, { name: 'b', pictures }] }).catch((error) => error.message);
  });
  assert.match(reason, /5000 photos are too many/);
  await page.context().close();
});

test('where the storage is full, the training goes on and says what that costs', { timeout: 300000 }, async () => {
  const page = await openTraining(started);
  await page.evaluate(() => {
    IDBObjectStore.prototype.put = () => { throw new DOMException('no room', 'QuotaExceededError'); };
  });
  await begin(page, 12, 3);
  await done(page);
  assert.match(await alerts(page), /cannot go on after a reload: the browser’s storage is full\. It goes on now/);
  assert.equal((await alerts(page)).match(/cannot go on/g).length, 1);
  assert.equal((await state(page)).records.camloss.length, 3);
  await page.context().close();
});

test('a training whose numbers are not finite any more ends with the place and an advice; one that is aborted ends at once', { timeout: 300000 }, async () => {
  const page = await openTraining(started);
  const files = [photos(0, 12), photos(1, 12)].map((list) => list.map((f) => f.buffer.toString('base64')));
  const said = await page.evaluate(async (lists) => {
    const { train } = await import('./train.mjs');
    const classes = lists.map((list, i) => ({ name: `class ${i}`, pictures: list.map((bytes) => new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))])) }));
    const wild = await train({ classes, recipe: { epochs: 20, optimizer: { learning_rate: 1000, clip_norm: 0, momentum: 0.99 } } }).then(() => 'trained', (error) => error.message);
    const stop = new AbortController();
    const aborted = await train({ classes }, { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) }).then(() => 'trained', (error) => error.message);
    const before = await train({ classes }, { signal: AbortSignal.abort(new Error('never')) }).then(() => 'trained', (error) => error.message);
    const unknown = await train({ classes, recipe: { brightness: 1 } }).then(() => 'trained', (error) => error.message);
    const lone = await train({ classes: classes.slice(0, 1) }).then(() => 'trained', (error) => error.message);
    const named = (names) => train({ classes: classes.map((c, i) => ({ ...c, name: names[i] })) }).then(() => 'trained', (error) => error.message);
    const names = await Promise.all([['cats, big', 'dogs'], ['x'.repeat(65), 'dogs'], ['cats ', 'dogs'], ['', 'dogs'], ['犬'.repeat(22), 'dogs'], ['dogs', 'dogs']].map(named));
    // Pictures of another size than the recipes' own.
    const small = await train({ classes, recipe: { epochs: 1, input_size: 64 } }).then(({ metrics }) => metrics.verdict.word, (error) => error.message);
    return { wild, aborted, before, unknown, lone, names, small };
  }, files);
  assert.match(said.wild, /not a number any more \((epoch \d+, batch \d+, loss .*|after epoch \d+)\)\. Try another seed/);
  assert.deepEqual([said.aborted, said.before], ['enough', 'never']);
  assert.match(said.unknown, /no setting brightness/);
  for (const [i, wanted] of [/has a comma/, /longer than 64 bytes/, /ends with a space/, /is empty/, /longer than 64 bytes/, /both classes are called dogs/].entries()) {
    assert.match(said.names[i], wanted);
  }
  assert.equal(said.small, 'cannot say');
  assert.match(said.lone, /1 classes were given; two are needed/);
  await page.context().close();
});

test('a worker that the browser ends, and both, are told of; the photos stay', { timeout: 300000 }, async () => {
  const page = await openTraining(started);
  await begin(page, 12, 300);
  await epochs(page, 1);
  const end = (name) => page.evaluate((which) => globalThis.camlossTrain.workers()[which].worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' })), name);
  await end('camloss');
  await page.waitForFunction(() => document.getElementById('alerts').textContent.includes('CAMLoss ended: the worker stopped: out of memory. The other model goes on'));
  await end('baseline');
  await page.waitForFunction(() => globalThis.camlossTrain.state().phase === 'ready');
  assert.match(await alerts(page), /The training ended/);
  assert.doesNotMatch(await alerts(page), /Baseline ended[^.]*\. The other model goes on/i);
  assert.equal((await state(page)).pictures.length, 24);
  assert.ok(await page.isEnabled('#start'));
  await page.context().close();
});
