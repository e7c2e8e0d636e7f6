// What the training page knows, and what all of its parts say and draw with.
import { element } from './html.mjs';
import { kSteps } from './train-core.mjs';
import { percent } from './train-figures.mjs';

export const $ = (id) => document.getElementById(id);

export const now = {
  phase: 'empty',   // empty, preparing, ready, training, paused, done
  pictures: [],     // prepared: { name, label, part, planes, file, … }
  files: [],        // of the task's pictures, null where there is none
  side: 96,
  recipes: null,       // both, by name
  epochsBy: 'recipe',  // what chose their number: recipe (by the number of photos), task (the example, a training that goes on), person
  task: null,       // what is trained on: { id, pictures, classes, seed, epochs }
  training: null,
  records: {}, progress: {}, maps: {}, frames: 0,
  ended: new Set(),  // models whose training has ended, well or not
  result: null,
};

export function complain(text) {
  const line = element('p', '', text, $('alerts'));
  while ($('alerts').children.length > 6) $('alerts').firstChild.remove();
  setTimeout(() => line.remove(), 30000);
}

/** Packed (3, S, S) as pixels. */
export function drawPlanes(canvas, planes, side) {
  canvas.width = canvas.height = side;
  const image = new ImageData(side, side);
  const n = side * side;
  for (let i = 0; i < n; ++i) {
    for (let c = 0; c < 3; ++c) image.data[4 * i + c] = planes[c * n + i] / kSteps;
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
}

/** "orca, 98 %" or "leans to orca, 58 %", of one photo's figures. */
export function worded(figures, classes) {
  const p = Math.max(figures.probability, 1 - figures.probability);
  if (figures.verdict === 2) return `leans to ${classes[figures.probability >= 0.5 ? 1 : 0]}, ${percent(p)}`;
  return `${classes[figures.verdict]}, ${percent(p)}`;
}
