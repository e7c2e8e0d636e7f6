#!/usr/bin/env node
// Adds a pair of weights that `trainer train` wrote to a page, and prints the link that opens the page with it.
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { ownPage, parsePort, runAsProgram, serveHere, UsageError } from './serve.mjs';

const USAGE = `usage: add-pair.mjs RUNS SITE [--name NAME] [--seed N] [--serve] [--port N]      (installed as camloss-add-pair)

Puts both models of a training into a page, as a pair of its menu, and prints the link that opens the page with it.

  RUNS         folder that \`trainer train\` wrote
  SITE         a page: build/site of the repository; a folder that is not there becomes a copy of the installed page
  --name NAME  of the pair in the menu; default: the name of RUNS
  --seed N     which training of RUNS; default: 1
  --serve      serve the page on this machine, until Ctrl-C
  --port N     default: the first free one from 8080 on; 0 takes any`;

function parse(words) {
  const options = { serve: false, port: null, seed: '1', name: null, places: [] };
  for (let i = 0; i < words.length; ++i) {
    const word = words[i];
    if (word === '--serve') options.serve = true;
    else if (word === '--port') options.port = parsePort(words[++i]);
    else if (['--seed', '--name'].includes(word)) {
      const value = words[++i];
      if (value === undefined) throw new UsageError(`${word} needs a value`);
      options[word.slice(2)] = value;
    } else if (word.startsWith('-')) throw new UsageError(`unknown option '${word}'`);
    else options.places.push(word);
  }
  if (options.places.length !== 2) throw new UsageError('name the folder of the training and the site');
  if (!/^[0-9]+$/.test(options.seed)) throw new UsageError('--seed needs a number');
  [options.runs, options.site] = options.places;
  options.name ??= basename(resolve(options.runs));
  return options;
}

/** A file is there whole under its final name or not at all. */
function replace(target, write) {
  write(target + '.new');
  renameSync(target + '.new', target);
}

/** A folder of its own for each name, in letters that every file system takes. */
function folderOf(name) {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^\.+/, '');
  return plain === name ? plain : `${plain}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

/** Copies the pair and lists it in the site's menu. @returns the link's fragment */
export function addPair({ runs, site, name, seed }) {
  const index = join(site, 'weights', 'index.json');
  const weights = ['baseline', 'camloss'].map((recipe) => [recipe, join(runs, `${recipe}-s${seed}.safetensors`)]);
  for (const [, from] of weights) {
    if (!existsSync(from)) throw new Error(`${from} is not there — train the recipes baseline and camloss with seed ${seed}`);
  }
  if (!existsSync(site) && ownPage() !== null) {
    rmSync(site + '.new', { recursive: true, force: true });
    cpSync(ownPage(), site + '.new', { recursive: true });
    renameSync(site + '.new', site);
  } else if (!existsSync(join(site, 'index.html'))) {
    throw new Error(`${site} is no built page — in the repository ./demo.sh --no-serve builds it in build/site`);
  }
  const entry = { name };
  const folder = folderOf(name);
  mkdirSync(join(site, 'weights', 'own', folder), { recursive: true });
  for (const [recipe, from] of weights) {
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
  let link;
  try {
    link = addPair(options);
  } catch (error) {
    if (!['EACCES', 'EROFS'].includes(error.code)) throw error;
    throw new Error(`${options.site} cannot be written — name a folder of your own that is not there yet: it becomes a copy of the page`);
  }
  console.log(`The pair "${options.name}" is in ${options.site}`);
  if (!options.serve) {
    console.log(`On any web server that delivers ${options.site}, the comparison is at its address followed by ${link}`);
    return;
  }
  const { url } = await serveHere(options.site, options.port);
  console.log(`The comparison is at ${url}${link} (Ctrl-C ends it)`);
}

runAsProgram(import.meta.url, main, USAGE);
