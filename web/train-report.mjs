// The report of a training as one HTML file, and the pieces that the page shows too: table and curves.
import { percent } from './train-figures.mjs';

const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const shown = (share) => (share === null || share === undefined ? '–' : percent(share));
const kNames = { baseline: 'baseline', camloss: 'CAMLoss' };

/** Rows of the table of figures: [text, baseline, CAMLoss]; the first row is the head. */
export function figureRows(parts, classes) {
  const rows = [['', 'baseline', 'CAMLoss']];
  const add = (text, of) => rows.push([text, ...['baseline', 'camloss'].map((name) => (parts[name] ? shown(of(parts[name])) : '–'))]);
  const titles = { val: 'held back', shift: 'background contradicts', swapped: 'centre on the other class’s border' };
  for (const [part, title] of Object.entries(titles)) {
    const some = parts.baseline?.[part] ?? parts.camloss?.[part];
    if (!some) continue;
    add(`Right, ${title} (${some.n})`, (p) => p[part]?.accuracy);
    for (const label of [0, 1]) add(`— ${classes[label]}`, (p) => p[part]?.perClass[label]);
    add('— surely right (beyond 0.65)', (p) => p[part]?.sureRight);
  }
  add('Still names the class without the centre (lower is better)', (p) => p.stillSays);
  add('Evidence off the centre, held back (lower is better)', (p) => p.val?.offCentreMass);
  return rows;
}

/** Loss and accuracy on held-back photos, by epoch, as the text of two SVGs. @param {object} records  by model, of its epochs */
export function curvesSvg(records, epochs) {
  const [width, height, left, top] = [360, 220, 52, 22];
  const panels = [
    { title: 'Loss', of: (r) => r.loss, most: Math.max(0.7, ...Object.values(records).flat().map((r) => r.loss)) },
    { title: 'Right on held-back photos', of: (r) => r.val.accuracy ?? 0, most: 1 }];
  return panels.map(({ title, of, most }) => {
    const x = (epoch) => left + (epoch / epochs) * (width - left - 14);
    const y = (value) => top + 8 + (1 - value / most) * (height - top - 36);
    const path = (name, slot) => {
      const points = (records[name] ?? []).map((r) => `${x(r.epoch).toFixed(1)},${y(of(r)).toFixed(1)}`);
      return points.length > 0 ? `<polyline class="line model-${slot}" points="${points.join(' ')}"/>` : '';
    };
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}, by epoch">` +
      `<text x="${left}" y="15">${title}</text>` +
      [0, most / 2, most].map((v) => `<line class="grid" x1="${x(0)}" x2="${x(epochs)}" y1="${y(v)}" y2="${y(v)}"/>` +
        `<text x="${x(0) - 6}" y="${y(v) + 4}" text-anchor="end">${most === 1 ? percent(v) : v.toFixed(2)}</text>`).join('') +
      `<text x="${x(epochs)}" y="${height - 6}" text-anchor="end">epoch ${epochs}</text>` + path('baseline', 0) + path('camloss', 1) + '</svg>';
  }).join('');
}

/**
 * The report.
 * @param {object} run  { classes, seed, epochs, counts, metrics, records, maps: [{ name, label, picture, baseline, camloss: data URLs,
 *   said: [two texts] }], judged: rows }
 */
export function reportHtml(run) {
  const table = (rows) => `<table>${rows.map((row, i) => `<tr>${row.map((cell) => (i === 0 ? `<th>${escaped(cell)}</th>` : `<td>${escaped(cell)}</td>`)).join('')}</tr>`).join('')}</table>`;
  const maps = run.maps.map((m) => `<figure><figcaption>${escaped(m.name)} (${escaped(m.label)})</figcaption>` +
    `<img src="${m.picture}" alt="the photo">${['baseline', 'camloss'].map((name, i) => (m[name] ? `<img src="${m[name]}" alt="${kNames[name]}: ${escaped(m.said[i])}">` : '')).join('')}` +
    `<p>baseline: ${escaped(m.said[0])}; CAMLoss: ${escaped(m.said[1])}</p></figure>`).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>camloss: ${escaped(run.classes.join(' or '))}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<style>
body { font: 16px/1.45 system-ui, sans-serif; max-width: 900px; margin: 24px auto; padding: 0 16px; color: #14181f; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: 5px 12px 5px 0; border-bottom: 1px solid #dfe3e8; }
figure { display: inline-block; margin: 0 16px 16px 0; } img { width: 144px; margin-right: 4px; border-radius: 6px; }
figcaption, figure p { font-size: 14px; margin: 2px 0; overflow-wrap: anywhere; max-width: 450px; }
svg { width: 48%; min-width: 280px; } svg text { fill: #57606e; font: 13px system-ui, sans-serif; } .grid { stroke: #dfe3e8; }
.line { fill: none; stroke-width: 2.5; } .line.model-0 { stroke: #c2560c; } .line.model-1 { stroke: #1b6ec2; }
</style></head><body>
<h1>${escaped(run.classes.join(' or '))}</h1>
<p><strong>Verdict: ${escaped(run.metrics.verdict.word)}.</strong> ${escaped(run.metrics.verdict.why)}</p>
<p>${escaped(run.counts)} Seed ${run.seed}, ${run.epochs} epochs, trained in a page by the learning core of camloss.</p>
<h2>Figures</h2>${table(figureRows(run.metrics.parts, run.classes))}
<h2>Curves</h2><p>baseline orange, CAMLoss blue.</p>${curvesSvg(run.records, run.epochs)}
<h2>Where they look</h2><p>Each photo, the baseline’s map, the CAMLoss model’s map: the evidence for what the model answers.</p>${maps}
<h2>Every photo</h2>${table(run.judged)}
</body></html>
`;
}
