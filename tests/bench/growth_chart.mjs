// The growth's chart: what one picture takes, over the number of pictures. A level line is linear growth.

const kWidth = 720, kHeight = 360, kLeft = 64, kRight = 150, kTop = 24, kBottom = 48;
const kInk = '#333', kGrid = '#ddd';
// Apart also without colours: by dashes (Okabe and Ito's colours, 2008).
const kLines = [
  { key: 'read', title: 'read', colour: '#0072b2', dash: '' },
  { key: 'epoch', title: 'an epoch', colour: '#d55e00', dash: '6 3' },
  { key: 'evaluate', title: 'evaluate', colour: '#009e73', dash: '2 3' },
  { key: 'report', title: 'report', colour: '#cc79a7', dash: '8 3 2 3' },
  { key: 'drop', title: 'on the page', colour: '#555', dash: '1 0' },
];

/**
 * @param {{count: number}[]} trainer  seconds by the keys of kLines
 * @param {{count: number, drop: number}[]} page
 * @returns {string} SVG
 */
export function growthChart(trainer, page) {
  const lines = kLines
    .map((line) => ({ ...line, points: [...trainer, ...page].filter((r) => r[line.key] > 0).map((r) => [r.count, (1000 * r[line.key]) / r.count]) }))
    .filter(({ points }) => points.length > 0);
  const all = lines.flatMap(({ points }) => points);
  const range = (values) => [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  const [x0, x1] = range(all.map(([count]) => count)), [y0, y1] = range(all.map(([, ms]) => ms));
  const x = (count) => kLeft + ((Math.log10(count) - x0) / Math.max(1, x1 - x0)) * (kWidth - kLeft - kRight);
  const y = (ms) => kHeight - kBottom - ((Math.log10(ms) - y0) / Math.max(1, y1 - y0)) * (kHeight - kTop - kBottom);
  const text = (at, down, what, anchor, fill = kInk) => `<text x="${at.toFixed(1)}" y="${down.toFixed(1)}" text-anchor="${anchor}" fill="${fill}">${what}</text>`;
  const rule = (a, b, c, d) => `<path d="M${a.toFixed(1)} ${b.toFixed(1)}L${c.toFixed(1)} ${d.toFixed(1)}" stroke="${kGrid}"/>`;
  const parts = [];
  for (let power = y0; power <= y1; power++) {
    parts.push(rule(kLeft, y(10 ** power), kWidth - kRight, y(10 ** power)), text(kLeft - 8, y(10 ** power) + 4, 10 ** power, 'end'));
  }
  for (let power = x0; power <= x1; power++) {
    parts.push(rule(x(10 ** power), kTop, x(10 ** power), kHeight - kBottom), text(x(10 ** power), kHeight - kBottom + 18, (10 ** power).toLocaleString('en'), 'middle'));
  }
  let free = kTop;
  for (const line of [...lines].sort((a, b) => b.points.at(-1)[1] - a.points.at(-1)[1])) {
    const d = line.points.map(([count, ms], i) => `${i === 0 ? 'M' : 'L'}${x(count).toFixed(1)} ${y(ms).toFixed(1)}`).join('');
    parts.push(`<path d="${d}" fill="none" stroke="${line.colour}" stroke-width="2" stroke-dasharray="${line.dash}"/>`);
    free = Math.max(free + 16, y(line.points.at(-1)[1]) + 4);
    parts.push(text(kWidth - kRight + 8, free, line.title, 'start', line.colour));
  }
  parts.push(text(kLeft, 14, 'milliseconds a picture', 'start'), text((kLeft + kWidth - kRight) / 2, kHeight - 8, 'pictures', 'middle'));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${kWidth} ${kHeight}" font-family="sans-serif" font-size="13">` +
    `<title>Time that one picture takes, over the number of pictures</title><rect width="${kWidth}" height="${kHeight}" fill="#fff"/>${parts.join('')}</svg>\n`;
}
