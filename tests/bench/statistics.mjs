// Figures of repeated measurements, and tables of them.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value below which the given share of the values lies. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Largest difference, in units of the larger of 1e-12 and the expected values' largest magnitude. */
export function deviation(actual, expected) {
  if (actual.length !== expected.length) return Infinity;
  let largest = 1e-12, worst = 0;
  for (let i = 0; i < expected.length; ++i) {
    largest = Math.max(largest, Math.abs(expected[i]));
    worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
  }
  return Number.isFinite(worst) ? worst / largest : Infinity;
}

/** Prints rows of text in columns, as a Markdown table; the first column to the left, the others to the right. */
export function printTable(head, rows) {
  const widths = head.map((title, c) => Math.max(title.length, 3, ...rows.map((row) => row[c].length)));
  const line = (row) => `| ${row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join(' | ')} |`;
  console.log(line(head));
  console.log(`|${widths.map((w, c) => (c === 0 ? ` ${'-'.repeat(w)} ` : ` ${'-'.repeat(w - 1)}: `)).join('|')}|`);
  for (const row of rows) console.log(line(row));
}

/** Versions of peers, as installed. */
export async function versionOf(name) {
  const { readFile } = await import('node:fs/promises');
  const file = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(await readFile(file, 'utf8')).version;
}
