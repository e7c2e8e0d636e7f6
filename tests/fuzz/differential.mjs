// Compares what native and WebAssembly builds say of weights files: node differential.mjs DIGEST FOLDER…
// DIGEST is the program of digest.cpp. Every file must be accepted or refused by all, with the same words; where it is
// accepted, logit, probability and map must agree. Files that fuzzers found are what this is for.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const TOLERANCE = 1e-4; // of the largest value of a map, and of logits of more than 1
const WIDTH = 53, HEIGHT = 41;

/** The picture of digest.cpp. */
export function picture() {
  let state = 1;
  const data = new Uint8Array(4 * WIDTH * HEIGHT).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return { data, width: WIDTH, height: HEIGHT };
}

async function digest(loadModel, bytes) {
  let model;
  try {
    model = await loadModel(bytes, { name: 'weights' });
  } catch (error) {
    return { refused: error.message };
  }
  try {
    const { logit, probability, map } = model.explain(picture(), { method: 'hirescam' });
    return { logit, probability, map: [...map], classes: [...model.info.classes] };
  } catch (error) {
    return { failed: error.message };
  } finally {
    model.dispose();
  }
}

/** How the two differ, or null. Numbers of absurd size may differ in their last places, and by whether they overflow. */
function difference(native, wasm) {
  const { logit: a, map: mapA, probability: pA, ...restA } = native, { logit: b, map: mapB, probability: pB, ...restB } = wasm;
  if (JSON.stringify(restA) !== JSON.stringify(restB)) return `${JSON.stringify(restA)} and ${JSON.stringify(restB)}`;
  if (a === undefined) return null;
  if (Math.abs(a - b) > TOLERANCE * Math.max(1, Math.abs(a), ...mapA.map(Math.abs))) return `logits ${a} and ${b}`;
  if (Math.abs(pA - pB) > 1e-3 && Math.abs(a - b) < 1e-3 * Math.abs(a)) return `probabilities ${pA} and ${pB}`;
  const scale = Math.max(1e-6, ...mapA.map(Math.abs));
  const worst = Math.max(...mapA.map((v, i) => Math.abs(v - mapB[i])));
  return mapA.length === mapB.length && worst <= TOLERANCE * scale ? null : `maps, by ${worst} of ${scale}`;
}

/**
 * @param {string} program @param {string[]} folders @param {string} site folder with camloss.mjs and both binaries
 * @returns {Promise<{files: number, accepted: number, differences: string[]}>}
 */
export async function compare(program, folders, site) {
  const { loadModel } = await import(pathToFileURL(path.join(site, 'camloss.mjs')));
  const outcome = { files: 0, accepted: 0, differences: [] };
  for (const folder of folders) {
    const lines = execFileSync(program, [folder], { encoding: 'utf8', maxBuffer: 2 ** 30 }).trim().split('\n');
    for (const { file, ...native } of lines.map((line) => JSON.parse(line))) {
      const found = difference(native, await digest(loadModel, await readFile(path.join(folder, file))));
      if (found !== null) outcome.differences.push(`${path.join(folder, file)}: ${found}`);
      outcome.files += 1;
      outcome.accepted += native.refused === undefined ? 1 : 0;
    }
  }
  return outcome;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [program, ...folders] = process.argv.slice(2);
  if (!program || folders.length === 0) {
    console.error('usage: node tests/fuzz/differential.mjs DIGEST FOLDER…    (build/dev/bin/weights_digest tests/fuzz/corpus/weights)');
    process.exit(2);
  }
  const site = process.env.CAMLOSS_SITE ?? 'build/site';
  const { files, accepted, differences } = await compare(program, folders, path.resolve(site));
  differences.forEach((line) => console.log(line));
  console.log(`${files} files, ${accepted} of them accepted: ${differences.length} on which native and WebAssembly differ`);
  process.exit(differences.length === 0 ? 0 : 1);
}
