// Where there is no WebGL 2: the same two models on plain HTML, with the maps drawn on 2-D canvases.
import { loadModel } from './camloss.mjs';
import { fetchBytes } from './fetch.mjs';

const kSide = 280;  // CSS pixels of a picture
const kRoles = ['Baseline', 'CAMLoss'];

function element(tag, text, parent) {
  const e = document.createElement(tag);
  if (text) e.textContent = text;
  parent?.append(e);
  return e;
}

async function decode(file) {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
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

/** The photo with the evidence for the predicted class over it: the stronger, the more yellow. */
function drawHeat(photo, result) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = kSide;
  const context = canvas.getContext('2d');
  context.drawImage(photo, 0, 0, kSide, kSide);
  const heat = result.heat(kSide, kSide, { evidence: 'predicted' });
  const strongest = heat.reduce((a, b) => Math.max(a, b), 0) || 1;
  const picture = context.getImageData(0, 0, kSide, kSide);
  for (let i = 0; i < heat.length; i++) {
    const t = heat[i] / strongest;
    const ink = [68 + t * 185, 1 + t * 230, 84 - t * 47];  // the ends of viridis
    for (let c = 0; c < 3; c++) picture.data[4 * i + c] = 0.45 * picture.data[4 * i + c] + 0.55 * ink[c];
  }
  context.putImageData(picture, 0, 0);
  return canvas;
}

/** Starts the plain page. */
export async function startPlain() {
  document.getElementById('start').hidden = true;
  document.getElementById('canvas').remove();
  document.querySelector('.unseen').className = 'plain';
  document.documentElement.classList.add('scrolls');
  const alerts = document.getElementById('alerts');
  const results = document.getElementById('results');
  const photos = [];
  const note = element('p', 'This browser offers no WebGL 2 here, so the page is shown in its plain form. Photos never leave this machine.');
  document.body.prepend(note);
  element('h1', 'camloss').after(note);
  const list = element('div', '', document.body);
  list.id = 'plain-list';
  const pairs = JSON.parse(new TextDecoder().decode(await fetchBytes('weights/index.json')));
  const models = [];
  for (const path of [pairs[0]?.baseline, pairs[0]?.camloss]) {
    models.push(path ? { path, model: await loadModel(await fetchBytes(path)) } : null);
  }

  async function take(file) {
    const photo = { name: file.name, label: null, results: [] };
    try {
      const { canvas, pixels } = await decode(file);
      const row = element('section', '', null);
      element('h2', file.name, row);
      for (const [slot, entry] of models.entries()) {
        if (!entry) continue;
        const r = entry.model.explain(pixels);
        photo.results.push({ model: entry.path, recipe: entry.model.info?.recipe ?? '', label: r.label,
          probability: r.probability, logit: r.logit, offCentreMass: r.offCentreMass, method: r.method ?? 'cam' });
        const figure = element('figure', '', row);
        figure.append(drawHeat(canvas, r));
        const share = Math.round(100 * Math.max(r.probability, 1 - r.probability));
        const mass = r.offCentreMass === null ? '' : `, ${Math.round(100 * r.offCentreMass)} % of the evidence off centre`;
        element('figcaption', `${kRoles[slot]}: ${r.label}, ${share} %${mass}`, figure);
      }
      list.prepend(row);
      photos.push(photo);
      element('p', `${file.name}: ${photo.results.map((r) => r.label).join(', ')}`, results);
    } catch {
      element('p', `${file.name} could not be decoded`, alerts);
    }
  }
  const takeAll = async (files) => { for (const file of files) await take(file); };
  document.getElementById('photo-input').addEventListener('change', (event) => takeAll([...event.target.files]));
  window.addEventListener('dragover', (event) => event.preventDefault());
  window.addEventListener('drop', (event) => { event.preventDefault(); takeAll([...event.dataTransfer.files]); });
  globalThis.camloss = Object.freeze({ state: () => ({ frame: photos.length, photos: structuredClone(photos) }), widgets: () => [] });
}
