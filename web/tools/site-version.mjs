// Writes version.json of a site: the sums of the program's files, by which sw.mjs tells versions apart. Weights are not
// among them; they may come and go.
// Usage: node site-version.mjs SITE
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , site] = process.argv;
if (!site) {
  console.error('usage: node site-version.mjs SITE');
  process.exit(2);
}

const sum = (bytes) => createHash('sha256').update(bytes).digest('hex');
const files = Object.fromEntries(readdirSync(site, { withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(html|css|svg|mjs|wasm)$/.test(entry.name) && entry.name !== 'sw.mjs')
  .map(({ name }) => name).sort().map((name) => [name, sum(readFileSync(join(site, name)))]));
const version = sum(JSON.stringify(files)).slice(0, 16);
const target = join(site, 'version.json');
writeFileSync(target + '.new', JSON.stringify({ version, files }, null, 2) + '\n');
renameSync(target + '.new', target);
