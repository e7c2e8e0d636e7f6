// Results of a training in the page: verdict, figures, files to download, and the way to the page that compares.
import { element } from './html.mjs';
import { kRecipes } from './train.mjs';
import { openPair } from './train-open.mjs';
import { figureRows, reportHtml } from './train-report.mjs';
import { $, complain, drawPlanes, now, worded } from './train-state.mjs';

function table(rows, parent) {
  const t = element('table', '', '', parent);
  rows.forEach((row, i) => {
    const line = element('tr', '', '', t);
    row.forEach((cell, k) => element(i === 0 ? 'th' : 'td', i === 0 && k > 0 && row.length === 3 ? `model-${k - 1}` : '', cell, line));
  });
}

function judgedRows() {
  const { done } = now.result;
  const rows = [['Photo', 'Class', 'Part', 'baseline', 'CAMLoss']];
  now.task.pictures.forEach((p, i) => rows.push([p.name, now.task.classes[p.label], ['trained on', 'held back', 'background contradicts'][p.part],
    ...kRecipes.map((name) => (done[name] ? worded(done[name].judged[i], now.task.classes) : '–'))]));
  return rows;
}

/** Verdict, figures, and what either model says of each photo. */
export function showResults() {
  const { done, metrics } = now.result;
  $('verdict').replaceChildren();
  element('strong', '', `Verdict: ${metrics.verdict.word}. `, $('verdict'));
  $('verdict').append(metrics.verdict.why);
  $('figures').replaceChildren();
  table(figureRows(metrics.parts, now.task.classes), $('figures'));
  $('judged').replaceChildren();
  table(judgedRows(), $('judged'));
  for (const name of kRecipes) $(`download-${name}`).disabled = !done[name];
  $('results').hidden = false;
}

function save(name, parts, type) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

const fileName = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'class';
const stem = () => now.task.classes.map(fileName).join('-');

/** A picture as a file: its own, or, after a reload and of drawn ones, as the network sees it. */
async function fileOf(index) {
  const { name, planes } = now.task.pictures[index];
  if (now.files[index]) return now.files[index];
  const canvas = document.createElement('canvas');
  drawPlanes(canvas, planes, now.side);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
  return new File([blob], `${name.replace(/\.\w+$/, '')}.png`);
}

/** Opens the pair where photos are compared, with those photos that the user wants. */
export async function openInMain() {
  const wanted = $('open-photos').value;
  try {
    await openPair(async () => {
      const { task, result } = now;
      const weights = kRecipes.filter((name) => result.done[name]).map((name) => ({ file: new File([result.done[name].weights], `${stem()}-${name}.safetensors`), label: '' }));
      const chosen = task.pictures.map((p, i) => ({ ...p, i })).filter((p) => wanted === 'all' || (wanted === 'held' && p.part !== 0));
      return [...weights, ...await Promise.all(chosen.map(async (p) => ({ file: await fileOf(p.i), label: task.classes[p.label] })))];
    });
  } catch (error) {
    complain(`The pair could not be opened: ${error.message}. Download both files, and drop them on the page that compares photos`);
  }
}

/** All of it as one file, with the maps as they are shown. */
export function saveReport() {
  const { task, training } = now;
  const canvasOf = (role, index) => document.querySelector(`#maps canvas[data-role="${role}"][data-picture="${index}"]`);
  const maps = training.shown.map((index) => ({
    name: task.pictures[index].name, label: task.classes[task.pictures[index].label], picture: canvasOf('photo', index).toDataURL(),
    ...Object.fromEntries(kRecipes.map((name) => [name, now.maps[name] ? canvasOf(name, index).toDataURL() : ''])),
    said: kRecipes.map((name) => {
      const map = (now.maps[name] ?? []).find((m) => m.picture === index);
      return map ? worded(map, task.classes) : 'not trained';
    }) }));
  const count = (part) => task.pictures.filter((p) => p.part === part).length;
  save(`${stem()}-report.html`, [reportHtml({ ...task, maps, metrics: now.result.metrics, records: now.records, judged: judgedRows(),
    counts: `${count(0)} photos to train on, ${count(1)} held back${count(2) > 0 ? `, ${count(2)} whose background contradicts` : ''}.` })], 'text/html');
}

/** @param {'baseline'|'camloss'} name */
export function saveWeights(name) {
  save(`${stem()}-${name}.safetensors`, [now.result.done[name].weights], 'application/octet-stream');
}
