// Where there is no WebGL 2: the same two models on plain HTML, with the maps drawn on 2-D canvases.
import { loadModel } from './camloss.mjs';
import { fetchBytes } from './fetch.mjs';
import { element } from './html.mjs';
import { filesOfTransfer, isMask, withFolderLabels } from './input.mjs';
import { inspect } from './photos.mjs';
import { atMostFull } from './picture-size.mjs';
import { percent } from './train-figures.mjs';

const kSide = 320;           // pixels of a drawn picture's longer side
const kRoles = ['Baseline', 'CAMLoss'];
const kAsStored = { colorSpaceConversion: 'none', premultiplyAlpha: 'none', imageOrientation: 'from-image' };

/** The photo on white: a canvas and its pixels. */
async function decode(file) {
  const bitmap = await atMostFull(await createImageBitmap(file, kAsStored), kAsStored);
  const canvas = document.createElement('canvas');
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.fillStyle = '#fff';
  context.fillRect(0, 0, bitmap.width, bitmap.height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { canvas, pixels: context.getImageData(0, 0, canvas.width, canvas.height) };
}

/** The photo, with the evidence for the predicted class over it where there is a result. */
function picture(photo, result, parent) {
  const scale = kSide / Math.max(photo.width, photo.height);
  const canvas = element('canvas', '', '', parent);
  canvas.width = Math.max(1, Math.round(photo.width * scale));
  canvas.height = Math.max(1, Math.round(photo.height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.imageSmoothingQuality = 'high';
  context.drawImage(photo, 0, 0, canvas.width, canvas.height);
  if (!result) return;
  const drawn = result.overlay(context.getImageData(0, 0, canvas.width, canvas.height));
  context.putImageData(new ImageData(drawn.data, drawn.width, drawn.height), 0, 0);
}

/** A share as a bar in a model's colour. */
function bar(share, slot, parent) {
  const track = element('div', 'track', '', parent);
  element('div', `share model-${slot}`, '', track).style.width = `${100 * share}%`;
}

const isSure = (r) => r.verdict === r.label;

/** "orca, 98 %" or "leans to orca, 58 %". */
const answerOf = (r) => `${isSure(r) ? '' : 'leans to '}${r.label}, ${percent(Math.max(r.probability, 1 - r.probability))}`;

/** One model's figure: map, verdict, and how centred its evidence is. */
function modelFigure(photo, r, slot, parent) {
  const figure = element('figure', '', '', parent);
  element('p', `role model-${slot}`, kRoles[slot], figure);
  picture(photo, r, figure);
  const caption = element('figcaption', '', '', figure);
  element('strong', '', answerOf(r), caption);
  if (r.offCentreMass === null) return;
  bar(1 - r.offCentreMass, slot, caption);
  element('p', '', `Centred ${percent(1 - r.offCentreMass)}, off centre ${percent(r.offCentreMass)}`, caption);
}

/** Starts the plain page. */
export async function startPlain() {
  document.getElementById('start').hidden = true;
  document.getElementById('canvas').remove();
  document.documentElement.classList.add('scrolls');
  const alerts = document.getElementById('alerts');
  const results = document.getElementById('results');
  const input = document.getElementById('photo-input');
  const photos = [];
  const kept = [];  // of each photo its file, for when other weights are chosen
  let models = [null, null];
  let frame = 0;

  const head = element('header', '', '', null);
  document.body.prepend(head);
  element('h1', '', 'camloss', head);
  element('p', '', 'Where does a photo classifier look, and does that matter? Two models answer, and the maps show where their ' +
    'evidence lies: the yellower, the stronger. They know two classes only. Photos never leave this machine.', head);
  element('p', 'dim', 'This browser offers no WebGL 2, so this is the plain form of the page: without probes, table and export.', head);
  const tools = element('p', 'tools', '', head);
  const add = element('button', 'primary', 'Add photos', tools);
  add.type = 'button';
  add.addEventListener('click', () => input.click());
  const menu = element('select', '', '', tools);
  menu.setAttribute('aria-label', 'Models');
  head.append(alerts);
  const list = element('main', '', '', document.body);
  const hint = element('p', 'hint', 'Drop photos anywhere, or choose them with the button.', list);

  const complain = (text) => {
    const line = element('p', '', text, alerts);
    setTimeout(() => line.remove(), 15000);
  };

  async function useWeights(pair) {
    models.forEach((entry) => entry?.model.dispose());
    models = await Promise.all([pair.baseline, pair.camloss].map(async (path) => {
      if (!path) return null;
      try {
        return { path, model: await loadModel(await fetchBytes(path), { name: path }) };
      } catch (error) {
        complain(`${path}: ${error.message} — the other model still works`);
        return null;
      }
    }));
  }

  /** Analyses a photo and shows it as the first, or in place of `old`. */
  async function show(file, label, photo, old) {
    const { canvas, pixels } = await decode(file);
    const section = element('section', '', '', null);
    const title = element('h2', '', '', section);
    element('bdi', '', photo.name, title);  // a name cannot turn what stands beside it
    if (label) element('span', 'dim', ` is ${label}`, title);
    const row = element('div', 'row', '', section);
    const original = element('figure', '', '', row);
    element('p', 'role', 'Photo', original);
    picture(canvas, null, original);
    element('figcaption', '', `${canvas.width} × ${canvas.height} pixels`, original);
    photo.results = [];
    const said = [];
    for (const [slot, entry] of models.entries()) {
      if (!entry) continue;
      const r = entry.model.explain(pixels);
      photo.results.push({ model: entry.path, recipe: entry.model.info.recipe, label: r.label,
        verdict: isSure(r) ? 'sure' : 'unsure', probability: r.probability, logit: r.logit, offCentreMass: r.offCentreMass, method: r.method });
      said.push(`${kRoles[slot]} ${answerOf(r)}, off-centre mass ${percent(r.offCentreMass ?? 0)}`);
      modelFigure(canvas, r, slot, row);
    }
    hint.hidden = true;
    if (old) old.replaceWith(section);
    else list.prepend(section);
    frame += 1;
    element('p', '', `${photo.name}: ${said.join('. ')}.`, results);
    return section;
  }

  async function take({ file, label }) {
    const name = file.name || 'pasted picture';
    if (/\.(safetensors|json)$/i.test(name)) {
      complain(`${name} was not opened — own weights need the full page, and that needs WebGL 2`);
      return;
    }
    const { reason } = await inspect(file);
    if (reason !== null) {
      complain(`${name} ${reason}`);
      return;
    }
    const photo = { name, label: label || null, results: [] };
    try {
      const section = await show(file, label, photo, null);
      photos.push(photo);
      kept.push({ file, label, photo, section });
    } catch {
      complain(`${name} could not be decoded — the file is damaged or of an unknown format`);
    }
  }

  // One after another, whatever is asked for meanwhile.
  let queue = Promise.resolve();
  const then = (job) => { queue = queue.then(job).catch((error) => complain(error.message)); };
  const takeAll = (entries) => entries.filter(({ file }) => !isMask(file)).forEach((entry) => then(() => take(entry)));

  const asTheyAre = (files) => [...files].map((file) => ({ file, label: '' }));
  for (const [id, entriesOf] of [['photo-input', asTheyAre], ['camera-input', asTheyAre], ['folder-input', withFolderLabels]]) {
    const source = document.getElementById(id);
    source.addEventListener('change', () => {
      takeAll(entriesOf(source.files));
      source.value = '';
    });
  }
  window.addEventListener('dragover', (event) => event.preventDefault());
  window.addEventListener('drop', async (event) => {
    event.preventDefault();
    takeAll(await filesOfTransfer(event.dataTransfer));
  });
  window.addEventListener('paste', async (event) => takeAll(await filesOfTransfer(event.clipboardData)));
  globalThis.camloss = Object.freeze({ state: () => structuredClone({ frame, photos }), widgets: () => [] });

  let pairs = [];
  try {
    pairs = JSON.parse(new TextDecoder().decode(await fetchBytes('weights/index.json')));
  } catch (error) {
    complain(`weights/index.json: ${error.message} — the list of weights could not be read`);
  }
  pairs.forEach((pair, i) => { element('option', '', String(pair.name), menu).value = String(i); });
  menu.hidden = pairs.length < 2;
  menu.addEventListener('change', () => then(async () => {
    await useWeights(pairs[Number(menu.value)]);
    results.replaceChildren();
    for (const entry of kept) entry.section = await show(entry.file, entry.label, entry.photo, entry.section);
  }));
  const first = Math.max(0, pairs.findIndex((pair) => pair.samples !== true));  // this form has no drawn samples
  menu.value = String(first);
  if (pairs.length > 0) then(() => useWeights(pairs[first]));
  await queue;
}
