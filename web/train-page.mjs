// The training page: photos, start, pause, cancel, curves, live maps.
import { element } from './html.mjs';
import { filesOfTransfer } from './input.mjs';
import { divide, epochsOf, fingerprint, kFewest, kMost, kRecipes, prepare, startTraining, sumOf, TrainWorker, whyNot } from './train.mjs';
import { percent } from './train-figures.mjs';
import { filesOfDialog, folderOf, leftOut, sift, twoClasses } from './train-files.mjs';
import { curvesSvg } from './train-report.mjs';
import { openInMain, saveReport, saveWeights, showResults } from './train-results.mjs';
import { $, complain, drawPlanes, now, worded } from './train-state.mjs';
import { forget, keepState, keepTask, kept, keptPictures } from './train-store.mjs';

const kSlots = ['a', 'b'];
const kNames = { baseline: 'baseline', camloss: 'CAMLoss' };
const kExample = { names: ['leopard', 'orca'], parts: [40, 10, 10], epochs: 16 };  // train, val, shift of each class
const kThumbs = 24;
const kKeepEvery = 2000;  // milliseconds

let worker = null;      // prepares
let canKeep = true;
let queue = Promise.resolve();  // what changes pictures and phase, one after another

const isTraining = () => ['training', 'paused'].includes(now.phase);
const newId = () => `${Date.now()}-${Math.random()}`;

const names = () => kSlots.map((slot, i) => $(`name-${slot}`).value.trim() || `class ${i + 1}`);

// --- photos

function showCounts() {
  for (const [label, slot] of kSlots.entries()) {
    const own = now.pictures.filter((p) => p.label === label);
    const held = own.filter((p) => p.part === 1).length, other = own.filter((p) => p.part === 2).length;
    $(`count-${slot}`).textContent = own.length === 0 ? 'No photos yet'
      : `${own.length} photo${own.length === 1 ? '' : 's'}: ${own.length - held - other} to train on, ${held} held back${other > 0 ? `, ${other} before the other class’s background` : ''}`;
    const thumbs = $(`thumbs-${slot}`);
    thumbs.replaceChildren(...own.slice(0, kThumbs).map((p) => {
      const canvas = document.createElement('canvas');
      drawPlanes(canvas, p.planes, now.side);
      return canvas;
    }));
  }
}

/** As the field says; while it is empty, as the recipe does. */
function chosenEpochs() {
  const given = Math.round(Number($('epochs').value)) || (now.recipes ? epochsOf(now.recipes.baseline, now.pictures) : Number($('epochs').defaultValue));
  return Math.min(Number($('epochs').max), Math.max(1, given));
}

function showPlan() {
  const reason = now.pictures.length === 0 ? 'Give photos of both classes.' : whyNot(now.pictures, names());
  const ready = reason === null && now.phase === 'ready';
  $('start').disabled = !ready;
  if (['training', 'paused', 'preparing'].includes(now.phase)) return;
  $('plan').textContent = reason ?? `Ready: both models are trained at once, each in a worker of its own, for ${chosenEpochs()} epochs.`;
}

function divideAnew() {
  for (const p of now.pictures) if (p.part !== 2 && !p.given) p.part = undefined;
  const { alike, both } = divide(now.pictures, Number($('seed').value) || 1);
  if (both.length > 0) {
    const left = both.map((i) => now.pictures[i].name);
    now.pictures = now.pictures.filter((_, i) => !both.includes(i));
    complain(`${left.join(', ')}: the same picture is in both classes, so it was left out of both`);
  }
  if (now.epochsBy === 'recipe' && now.recipes) $('epochs').value = String(epochsOf(now.recipes.baseline, now.pictures));
  showCounts();
  if (alike > 0) $('status').textContent = `${alike} photo${alike === 1 ? ' looks' : 's look'} like another; those stay together on one side of the division.`;
}

async function take(entries) {
  if (isTraining()) {
    complain('A training is under way; cancel it before photos are added');
    return;
  }
  if (now.pictures.length + entries.length > kMost) {
    complain(`${now.pictures.length + entries.length} photos are too many for a page; ${kMost} is the limit, so these ${entries.length} were not taken. The trainer takes more`);
    return;
  }
  now.phase = 'preparing';
  showPlan();
  try {
    worker ??= new TrainWorker();
    ({ side: now.side, recipes: now.recipes } = await worker.ready);
    const { usable, refused } = await sift(entries);
    const prepared = await prepare(worker, usable, (done, reason) => {
      $('plan').textContent = `Reading photos: ${done} of ${usable.length}`;
      if (reason) refused.push(reason);
    });
    leftOut(refused).forEach(complain);
    for (const p of prepared) p.given = p.part !== undefined;
    now.pictures.push(...prepared);
  } catch (error) {
    complain(`Photos could not be read: ${error.message}`);
    worker?.end();
    worker = null;
  }
  now.phase = now.pictures.length > 0 ? 'ready' : 'empty';
  divideAnew();
  showPlan();
}

const then = (job) => { queue = queue.then(job).catch((error) => complain(error.message)); return queue; };

/** @param {{file: File, label: string}[]} found  @param {string} folder  name of the folder that all are of, or '' */
function takeFound(slot, found, folder) {
  if (found.length === 0) return;
  const given = kSlots.map((other) => $(`name-${other}`).value.trim());
  const classes = twoClasses(found, given);
  if (classes === null && slot === null) {
    complain('Drop photos on one of the two classes, or two folders at once');
    return;
  }
  if (classes !== null) {
    classes.forEach((name, i) => { if (given[i] === '') $(`name-${kSlots[i]}`).value = name.slice(0, 60); });
    then(() => take(found.map(({ file, label }) => ({ name: file.name, file, label: classes.indexOf(label) }))));
    return;
  }
  if (folder && given[kSlots.indexOf(slot)] === '') $(`name-${slot}`).value = folder.slice(0, 60);
  then(() => take(found.map(({ file }) => ({ name: file.name, file, label: kSlots.indexOf(slot) }))));
}

async function takeDrop(slot, transfer) {
  const top = [...(transfer.items ?? [])].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const folder = top.length === 1 && top[0].isDirectory ? top[0].name : '';
  takeFound(slot, await filesOfTransfer(transfer), folder);
}

function watchZone(slot) {
  const zone = $(`drop-${slot}`);
  zone.addEventListener('dragover', () => zone.classList.add('over'));
  zone.addEventListener('dragleave', () => zone.classList.remove('over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    event.stopPropagation();
    zone.classList.remove('over');
    takeDrop(slot, event.dataTransfer);
  });
  for (const kind of ['files', 'folder']) {
    $(`${kind}-${slot}`).addEventListener('change', (event) => {
      const files = [...event.target.files];
      event.target.value = '';
      takeFound(slot, filesOfDialog(files), folderOf(files));
    });
  }
  $(`name-${slot}`).addEventListener('input', showPlan);
}

async function takeExample() {
  if (isTraining()) return;
  clearPhotos();
  kSlots.forEach((slot, i) => { $(`name-${slot}`).value = kExample.names[i]; });
  $('epochs').value = String(kExample.epochs);
  now.epochsBy = 'task';
  const entries = [0, 1].flatMap((label) => kExample.parts.flatMap((count, part) =>
    Array.from({ length: count }, (_, index) => ({ name: `${kExample.names[label]} ${['train', 'val', 'shift'][part]} ${index + 1}`, label, part,
      scene: { label, part, index } }))));
  await take(entries);
}

function clearPhotos() {
  if (isTraining()) return;
  now.pictures = [];
  now.phase = 'empty';
  if (now.epochsBy === 'task') now.epochsBy = 'recipe';
  showCounts();
  showPlan();
}

// --- training

let drawSoon = 0;
/** Draws what has changed in the next frame, once. */
function drawLater() {
  drawSoon ||= requestAnimationFrame(() => {
    drawSoon = 0;
    now.frames += 1;
    drawProgress();
    $('curves').innerHTML = curvesSvg(now.records, now.task.epochs);
    drawMaps();
  });
  if (document.hidden) {
    cancelAnimationFrame(drawSoon);
    drawSoon = 0;
  }
}

const shareOf = (progress, epochs) => (progress ? (progress.epoch + progress.batch / progress.stepsPerEpoch) / epochs : 0);

function leftText() {
  const seconds = Math.max(0, ...kRecipes.map((name) => {
    const p = now.progress[name];
    if (!p) return 0;
    const steps = now.task.epochs * p.stepsPerEpoch - p.epoch * p.stepsPerEpoch - p.batch;
    return steps * p.milliseconds / 1000;
  }));
  if (seconds < 1) return 'almost done';
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `about ${minutes} min ${String(Math.round(seconds % 60)).padStart(2, '0')} s left` : `about ${Math.ceil(seconds)} s left`;
}

function drawProgress() {
  const shares = kRecipes.map((name) => shareOf(now.progress[name], now.task.epochs));
  const share = (shares[0] + shares[1]) / 2;
  $('progress').value = share;
  if (now.phase !== 'training') return;
  const epochs = kRecipes.map((name) => `${kNames[name]} epoch ${Math.min(now.task.epochs, (now.progress[name]?.epoch ?? 0) + 1)}`);
  $('status').textContent = `${percent(share)}: ${epochs.join(', ')} of ${now.task.epochs}; ${leftText()}`;
  document.title = `${percent(share)} – camloss, train your own`;
}

function mapFigures() {
  $('maps').replaceChildren();
  for (const index of now.training.shown) {
    const picture = now.task.pictures[index];
    const figure = element('figure', '', '', $('maps'));
    const caption = element('figcaption', '', '', figure);
    element('bdi', '', picture.name, caption);
    caption.append(` is ${now.task.classes[picture.label]}`);
    const row = element('div', 'row', '', figure);
    for (const role of ['photo', ...kRecipes]) {
      const cell = element('div', '', '', row);
      const canvas = element('canvas', '', '', cell);
      canvas.dataset.role = role;
      canvas.dataset.picture = String(index);
      canvas.setAttribute('role', 'img');
      drawPlanes(canvas, picture.planes, now.side);
      element('span', role === 'photo' ? 'dim' : `model-${kRecipes.indexOf(role)}`, role === 'photo' ? 'photo' : kNames[role], cell);
    }
  }
}

function drawMaps() {
  for (const name of kRecipes) {
    for (const map of now.maps[name] ?? []) {
      const canvas = document.querySelector(`#maps canvas[data-role="${name}"][data-picture="${map.picture}"]`);
      if (!canvas) continue;
      canvas.getContext('2d').putImageData(new ImageData(new Uint8ClampedArray(map.overlay), now.side, now.side), 0, 0);
      const said = worded(map, now.task.classes);
      canvas.setAttribute('aria-label', `${kNames[name]}: ${said}`);
      canvas.nextSibling.textContent = `${kNames[name]}: ${said}`;
    }
  }
}

const lastKept = {};
let keeping = Promise.resolve();
function keepRecord(name, record, state) {
  if (!canKeep) return;
  const last = record.epoch >= now.task.epochs;
  if (!last && performance.now() - (lastKept[name] ?? -Infinity) < kKeepEvery) return;
  lastKept[name] = performance.now();
  const value = { state, records: [...now.records[name]] };
  const { id } = now.task;
  keeping = keeping.then(() => keepState(id, name, value)).catch(cannotKeep);
}

/** Forgets a training, after what is still being kept of it. */
function forgetTraining(id) {
  keeping = keeping.then(() => forget(id)).catch(() => {});
  return keeping;
}

function cannotKeep(error) {
  if (!canKeep) return;
  canKeep = false;
  complain(`The training cannot go on after a reload: ${error?.name === 'QuotaExceededError' ? 'the browser’s storage is full' : `the browser keeps nothing (${error?.message ?? 'no storage'})`}. It goes on now`);
}

function heard(name, message) {
  if (message.progress) now.progress[name] = message.progress;
  if (message.epoch) {
    now.records[name].push(message.epoch.record);
    now.maps[name] = message.epoch.maps;
    keepRecord(name, message.epoch.record, message.epoch.state);
  }
  if (message.failed || message.done) now.ended.add(name);
  if (message.failed) complain(`${kNames[name]} ended: ${message.failed}.${now.ended.size < kRecipes.length ? ' The other model goes on' : ''}`);
  if (message.done) now.maps[name] = message.done.maps;
  if (message.progress || message.epoch || message.done) drawLater();
}

function showPhase(phase) {
  now.phase = phase;
  const running = isTraining();
  $('pause').disabled = $('cancel').disabled = !running;
  $('pause').textContent = phase === 'paused' ? 'Go on' : 'Pause';
  for (const id of ['example', 'clear', 'epochs', 'seed', 'name-a', 'name-b']) $(id).disabled = running;
  showPlan();
}

async function run(task, keptStates = {}) {
  now.task = task;
  now.ended = new Set();
  now.records = Object.fromEntries(kRecipes.map((name) => [name, [...(keptStates[name]?.records ?? [])]]));
  now.progress = {};
  now.maps = {};
  now.result = null;
  $('results').hidden = true;
  $('watch').hidden = false;
  $('resume').hidden = true;
  $('plan').textContent = `Training ${task.classes.join(' and ')} on ${task.pictures.filter((p) => p.part === 0).length} photos.`;
  worker?.end();
  worker = null;
  now.training = startTraining({ pictures: task.pictures, classes: task.classes, seed: task.seed, settings: { epochs: task.epochs },
    kept: keptStates, trainedOn: `${task.pictures.filter((p) => p.part === 0).length} photos in a page` }, heard);
  mapFigures();
  showPhase('training');
  drawLater();
  try {
    now.result = await now.training.result;
    showResults();
    drawLater();
    await forgetTraining(task.id);
    showPhase('done');
    $('status').textContent = 'Done.';
  } catch (error) {
    showPhase('ended');  // a frame that is still to come must not say that it goes on
    $('status').textContent = error.message === 'cancelled' ? 'Cancelled. The photos are still there.' : '';
    if (error.message !== 'cancelled') complain(`The training ended: ${error.message}`);
    await forgetTraining(task.id);
  }
  document.title = 'camloss – train your own';
  if (now.phase !== 'done') showPhase('ready');
  else now.phase = 'ready';
  showPlan();
}

const lockName = (id) => `camloss training ${id}`;

/** Tells other tabs that a training runs, as long as it does. */
function holdWhile(id, running) {
  navigator.locks?.request(lockName(id), () => running).catch(() => {});
}

/** Whether a training runs in some tab. */
async function runsSomewhere(id) {
  const { held } = (await navigator.locks?.query().catch(() => null)) ?? {};
  return held?.some(({ name }) => name === lockName(id)) ?? false;
}

/** Begins a training; what is asked for meanwhile is answered, so it is not waited for. */
function begin(task, states) {
  canKeep = true;
  keeping = keeping.then(() => keepTask(task, states)).catch(cannotKeep);
  holdWhile(task.id, run(task, states).catch((error) => complain(error.message)));
}

function start() {
  if (now.phase !== 'ready') return;
  divideAnew();
  const epochs = chosenEpochs();
  $('epochs').value = String(epochs);
  const reason = whyNot(now.pictures, names());
  if (reason) {
    complain(reason);
    return;
  }
  const task = { id: newId(), pictures: now.pictures.map(({ name, label, part, planes }) => ({ name, label, part, planes })), classes: names(),
    seed: Math.max(1, Math.round(Number($('seed').value) || 1)), epochs };
  now.files = now.pictures.map((p) => p.file);
  begin(task, {});
}

async function goOn() {
  if (isTraining()) return;
  try {
    const [found, baseline, camloss] = await Promise.all(['task', ...kRecipes].map(kept));
    const task = { ...found, pictures: await keptPictures() };
    if (task.pictures.length !== found.pictures) throw new Error('some of its photos are missing');
    now.pictures = task.pictures.map((p) => ({ ...p, file: null, given: true, print: fingerprint(p.planes, now.side), sum: sumOf(p.planes) }));
    now.files = now.pictures.map(() => null);
    task.classes.forEach((name, i) => { $(`name-${kSlots[i]}`).value = name; });
    $('epochs').value = String(task.epochs);
    now.epochsBy = 'task';
    $('seed').value = String(task.seed);
    showCounts();
    begin({ ...task, id: newId() }, { ...(baseline && { baseline }), ...(camloss && { camloss }) });
  } catch (error) {
    complain(`The unfinished training could not be read: ${error.message}`);
    $('resume').hidden = true;
  }
}

let offered;  // id of the training that can go on

async function offerToGoOn() {
  const task = await kept('task').catch(() => null);
  if (!task || await runsSomewhere(task.id)) return;
  offered = task.id;
  const states = await Promise.all(kRecipes.map((name) => kept(name).catch(() => null)));
  const epochs = Math.min(...states.map((s) => s?.records.length ?? 0));
  $('resume-text').textContent = `A training of ${task.classes.join(' and ')} on ${task.pictures} photos was interrupted after ${epochs} of ${task.epochs} epochs.`;
  $('resume').hidden = false;
}

// --- the page

kSlots.forEach(watchZone);
for (const type of ['dragover', 'drop']) window.addEventListener(type, (event) => event.preventDefault());
window.addEventListener('drop', (event) => takeDrop(null, event.dataTransfer));
$('example').addEventListener('click', () => then(takeExample));
$('clear').addEventListener('click', () => then(clearPhotos));
$('start').addEventListener('click', () => then(start));
$('pause').addEventListener('click', () => {
  const pause = now.phase === 'training';
  now.training.pause(pause);
  showPhase(pause ? 'paused' : 'training');
  if (pause) $('status').textContent = 'Paused.';
});
$('cancel').addEventListener('click', () => now.training?.cancel());
$('epochs').addEventListener('input', () => { now.epochsBy = $('epochs').value === '' ? 'recipe' : 'person'; showPlan(); });
$('seed').addEventListener('change', () => { if (now.phase === 'ready') divideAnew(); showPlan(); });
$('resume-go').addEventListener('click', () => then(goOn));
$('resume-forget').addEventListener('click', async () => {
  $('resume').hidden = true;
  await forgetTraining(offered);
});
for (const name of kRecipes) {
  $(`download-${name}`).addEventListener('click', () => saveWeights(name));
}
$('download-report').addEventListener('click', () => {
  drawMaps();
  saveReport();
});
$('open-pair').addEventListener('click', openInMain);
document.addEventListener('visibilitychange', () => { if (!document.hidden && now.task) drawLater(); });

/** A link #train=CLASS-A,CLASS-B opens the page with both names. */
function takeLink() {
  const wanted = new URLSearchParams(location.hash.slice(1)).get('train');
  (wanted ?? '').split(',').slice(0, 2).forEach((name, i) => { if (name.trim()) $(`name-${kSlots[i]}`).value = name.trim().slice(0, 60); });
}
takeLink();
window.addEventListener('hashchange', takeLink);
globalThis.camlossTrain = Object.freeze({
  /** What is going on: { phase, pictures: [{ name, label, part }], progress, records, verdict, parts, judged, frames }. */
  state: () => structuredClone({ phase: now.phase, pictures: now.pictures.map(({ name, label, part }) => ({ name, label, part })),
    progress: now.progress, records: now.records, frames: now.frames, verdict: now.result?.metrics.verdict ?? null,
    parts: now.result?.metrics.parts ?? null,
    judged: now.result ? Object.fromEntries(kRecipes.map((name) => [name, now.result.done[name]?.judged ?? null])) : null }),
  /** The workers of a training under way, by model. */
  workers: () => now.training?.workers ?? {},
});
showPlan();
offerToGoOn();
if (!('Worker' in window)) complain('This browser has no workers, so nothing can be trained here');
document.documentElement.dataset.fewest = String(kFewest);
