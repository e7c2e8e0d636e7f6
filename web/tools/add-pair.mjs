// Adds a pair of weights that `trainer train` wrote to a site, and prints the link that opens the page with it.
// Usage: node add-pair.mjs RUNS SITE [--name NAME] [--seed N] [--serve] [--port N]
import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serve } from './serve.mjs';

const USAGE = 'usage: node add-pair.mjs RUNS SITE [--name NAME] [--seed N] [--serve] [--port N]';

class UsageError extends Error {}

function parse(words) {
  const options = { serve: false, port: null, seed: '1', name: null, places: [] };
  for (let i = 0; i < words.length; ++i) {
    const word = words[i];
    if (word === '--serve') options.serve = true;
    else if (['--port', '--seed', '--name'].includes(word)) {
      const value = words[++i];
      if (value === undefined) throw new UsageError(`${word} needs a value`);
      options[word.slice(2)] = value;
    } else if (word.startsWith('-')) throw new UsageError(`unknown option '${word}'`);
    else options.places.push(word);
  }
  if (options.places.length !== 2) throw new UsageError('name the folder of the training and the site');
  if (!/^[0-9]+$/.test(options.seed)) throw new UsageError('--seed needs a number');
  if (options.port !== null && !(/^[0-9]{1,5}$/.test(options.port) && Number(options.port) <= 65535)) {
    throw new UsageError('--port needs a number from 0 to 65535');
  }
  [options.runs, options.site] = options.places;
  options.name ??= basename(resolve(options.runs));
  return options;
}

/** A file is there whole under its final name or not at all. */
function replace(target, write) {
  write(target + '.new');
  renameSync(target + '.new', target);
}

/** Copies the pair and lists it in the site's menu. @returns the link's fragment */
export function addPair({ runs, site, name, seed }) {
  const index = join(site, 'weights', 'index.json');
  if (!existsSync(join(site, 'index.html'))) {
    throw new Error(`${site} is no built page — ./demo.sh --no-serve builds it in build/site`);
  }
  const entry = { name };
  const folder = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^\.+/, '') || 'own';
  mkdirSync(join(site, 'weights', 'own', folder), { recursive: true });
  for (const recipe of ['baseline', 'camloss']) {
    const from = join(runs, `${recipe}-s${seed}.safetensors`);
    if (!existsSync(from)) throw new Error(`${from} is not there — train the recipes baseline and camloss with seed ${seed}`);
    entry[recipe] = `weights/own/${folder}/${recipe}.safetensors`;
    replace(join(site, entry[recipe]), (file) => copyFileSync(from, file));
  }
  // What keeps the pair in the menu when the site is built anew.
  replace(join(site, 'weights', 'own', folder, 'pair.json'), (file) => writeFileSync(file, JSON.stringify(entry) + '\n'));
  const pairs = existsSync(index) ? JSON.parse(readFileSync(index, 'utf8')) : [];
  const others = pairs.filter((pair) => pair.name !== name);
  replace(index, (file) => writeFileSync(file, JSON.stringify([...others, entry], null, 2) + '\n'));
  return `#weights=${encodeURIComponent(name)}`;
}

async function main(words) {
  const options = parse(words);
  const link = addPair(options);
  console.log(`The pair "${options.name}" is in ${options.site}`);
  if (!options.serve) {
    console.log(`On any web server that delivers ${options.site}, the comparison is at its address followed by ${link}`);
    return;
  }
  for (let port = Number(options.port ?? 8080); ; ++port) {
    try {
      const { url } = await serve(options.site, { port });
      process.on('SIGINT', () => process.exit(0));
      process.on('SIGTERM', () => process.exit(0));
      console.log(`The comparison is at ${url}${link} (Ctrl-C ends it)`);
      return;
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || options.port !== null || port >= 8180) throw error;
    }
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(`error: ${error.message}`);
    if (error instanceof UsageError) console.error(USAGE);
    process.exit(error instanceof UsageError ? 2 : 1);
  });
}
