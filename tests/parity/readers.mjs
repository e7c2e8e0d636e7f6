// The three readers that are compared: trainer, module in Node.js on what the page's decoder gives, page.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/**
 * What a refusal says, in one word: 'empty', 'foreign' (no picture, or of a kind that is not read), 'large', or 'damaged'. The
 * browser does not tell a damaged file from a variant that it does not read, so both are 'damaged'.
 */
export function kindOf(message) {
  if (/is empty|file is empty/.test(message)) return 'empty';
  if (/is not a picture|cannot be decoded here — use|this browser cannot read/.test(message)) return 'foreign';
  if (/more than (the limit of )?\d+ (million|$)|more than the limit of|longer than|pixels are (more|too many)/.test(message)) return 'large';
  if (/damaged|cannot be decoded here|could not be decoded/.test(message)) return 'damaged';
  return `unknown: ${message}`;
}

/**
 * Each reader's answers are a Map of name → { probabilities, masses } of the two models, or { refused, message }.
 * @param {string[]} weights paths of two weights files
 */
export async function askTrainer(trainer, folder, pictures, weights) {
  await mkdir(folder, { recursive: true });
  await Promise.all(pictures.map(({ name, file }) => writeFile(join(folder, name), file)));
  const names = pictures.map(({ name }) => name);
  const { stdout, stderr } = await promisify(execFile)(trainer, ['explain', ...names, ...weights.flatMap((path) => ['--weights', path]), '--method', 'cam', '--json'],
    { cwd: folder, maxBuffer: 2 ** 28, encoding: 'utf8' }).catch((error) => error);
  const answers = new Map(JSON.parse(stdout).images.map(({ file, models }) => [file, {
    probabilities: models.map((one) => one.probability), masses: models.map((one) => one.off_centre_mass) }]));
  // Each line on stderr is "error: NAME: why — hint"; anything else would be a library's own.
  for (const line of stderr.split('\n').filter((text) => text !== '')) {
    const name = names.find((one) => line.startsWith(`error: ${one}: `));
    if (name === undefined) throw new Error(`a line of no picture on stderr: ${line}`);
    answers.set(name, { refused: kindOf(line), message: line });
  }
  return answers;
}

/** Decodes in the page by its worker, and explains by the module in Node.js. @param {object[]} models loaded by the module */
export async function askNode(page, pictures, models) {
  const answers = new Map();
  for (const { name, file } of pictures) {
    const found = await page.evaluate(async ({ bytes, name: title }) => {
      const blob = new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], title);
      const { inspect } = await import('./photos.mjs');
      const reason = (await inspect(blob)).reason;
      if (reason !== null) return { message: reason };
      globalThis.parityWorker ??= new Worker('decode-worker.mjs', { type: 'module' });
      return new Promise((resolve) => {
        let pixels;
        globalThis.parityWorker.onmessage = ({ data }) => {
          if (data.error) resolve({ message: data.error });
          else if (data.rows) {
            pixels ??= new Uint8Array(4 * data.width * data.height);
            pixels.set(data.rows, 4 * data.first * data.width);
            // It has two such buffers, and waits for one to come back.
            if (data.back) globalThis.parityWorker.postMessage({ used: data.rows.buffer }, [data.rows.buffer]);
          } else if (data.done) {
            let text = '';
            for (let i = 0; i < pixels.length; i += 8192) text += String.fromCharCode(...pixels.subarray(i, i + 8192));
            resolve({ data: btoa(text), width: data.width, height: data.height });
          }
        };
        globalThis.parityWorker.postMessage({ file: blob, displaySide: 64, thumbnailSide: 16, wantDisplay: false });
      });
    }, { bytes: file.toString('base64'), name });
    if (found.message) {
      answers.set(name, { refused: kindOf(found.message), message: found.message });
      continue;
    }
    const picture = { data: new Uint8Array(Buffer.from(found.data, 'base64')), width: found.width, height: found.height };
    const said = models.map((model) => model.explain(picture, { method: 'cam' }));
    answers.set(name, { probabilities: said.map((one) => one.probability), masses: said.map((one) => one.offCentreMass), picture });
  }
  return answers;
}

/** Gives the files to the page as a person does, and waits until each has its figures or its message. */
export async function askPage(visitor, pictures, models) {
  const { page } = visitor, answers = new Map();
  await page.evaluate(() => {
    globalThis.paritySaid = [];
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) globalThis.paritySaid.push(node.textContent);
    }).observe(document.getElementById('alerts'), { childList: true, subtree: true });
  });
  for (let first = 0; first < pictures.length; first += 25) {
    const group = pictures.slice(first, first + 25);
    await visitor.choose(group.map(({ name, file }) => ({ name, buffer: Buffer.from(file) })));
    for (const { name } of group) {
      const found = await page.waitForFunction(({ title, paths }) => {
        const photo = globalThis.camloss.state().photos.find((one) => one.name === title);
        const results = paths.map((path) => photo?.results.find((one) => one.model === path));
        if (results.every(Boolean)) return { probabilities: results.map((r) => r.probability), masses: results.map((r) => r.offCentreMass) };
        const message = globalThis.paritySaid.find((text) => text.includes(title));
        return message ? { message } : null;
      }, { title: name, paths: models }, { timeout: 60000, polling: 30 });
      const answer = await found.jsonValue();
      answers.set(name, answer.message ? { refused: kindOf(answer.message), message: answer.message } : answer);
    }
  }
  return answers;
}

/** The module in Node.js on the files themselves, with one decoder installed beside it. @param {URL} packages node_modules */
export async function askPackage(folder, site, decoder, packages, pictures, weights) {
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  for (const name of ['camloss.mjs', 'camloss.wasm', 'camloss-plain.wasm']) await copyFile(join(site, name), join(folder, name));
  await symlink(fileURLToPath(new URL(decoder, packages)), join(folder, 'node_modules', decoder));
  const { loadModel } = await import(pathToFileURL(join(folder, 'camloss.mjs')));
  const models = await Promise.all(weights.map((path) => loadModel(join(site, path)))), answers = new Map();
  for (const { name, file } of pictures) {
    try {
      const said = [];
      for (const model of models) said.push(await model.explain(new Blob([file]), { method: 'cam' }));
      answers.set(name, { probabilities: said.map((one) => one.probability) });
    } catch (error) {
      answers.set(name, { refused: error.name === 'CamlossError' ? kindOf(error.message) : `a ${error.name}`, message: error.message });
    }
  }
  for (const model of models) model.dispose();
  return answers;
}
