// Writes weights/index.json of a site: the pair trained by the demo first, where it is there, then the shipped pairs,
// then those that add-pair.mjs put into weights/own/.
// Usage: node site-index.mjs SHIPPED_INDEX SITE
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , shippedIndex, site] = process.argv;
if (!site) {
  console.error('usage: node site-index.mjs SHIPPED_INDEX SITE');
  process.exit(2);
}

const demo = {
  name: 'Embedded scenes, trained here',
  baseline: 'weights/scenes-baseline.safetensors',
  camloss: 'weights/scenes-camloss.safetensors',
  samples: true,  // the page takes it for the drawn samples, and another pair for photos
};
const shipped = existsSync(shippedIndex) ? JSON.parse(readFileSync(shippedIndex, 'utf8')) : [];
const trainedHere = [demo.baseline, demo.camloss].every((file) => existsSync(join(site, file)));
const ownFolder = join(site, 'weights', 'own');
const own = (existsSync(ownFolder) ? readdirSync(ownFolder).sort() : [])
  .map((folder) => join(ownFolder, folder, 'pair.json'))
  .filter((file) => existsSync(file))
  .map((file) => JSON.parse(readFileSync(file, 'utf8')));
const text = JSON.stringify([...(trainedHere ? [demo] : []), ...shipped, ...own], null, 2) + '\n';

const target = join(site, 'weights', 'index.json');
mkdirSync(join(site, 'weights'), { recursive: true });
if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  writeFileSync(target + '.new', text);
  renameSync(target + '.new', target);
}
