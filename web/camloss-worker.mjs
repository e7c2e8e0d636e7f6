// The module in a worker: as camloss.mjs, but every answer is a promise and the page stays smooth. All models share one worker.
//
//   import { loadModel } from './camloss-worker.mjs';
//   const model = await loadModel('weights/camloss.safetensors');
//   const { label, probability } = await model.explain(file);
import { CamlossError, compiledModule, fileOf, loadModel as loadHere } from './camloss.mjs';

// tools/npm-package.mjs writes a form of this module in which the worker's text stands here itself.
const startThread = () => {
  const address = new URL('./camloss-thread.mjs', import.meta.url);
  if (address.origin === globalThis.location.origin) return new Worker(new URL('./camloss-thread.mjs', import.meta.url), { type: 'module' });
  // A worker's own file must come from the page's server; what it imports may come from elsewhere.
  return ofText(`import ${JSON.stringify(String(address))};`);
};

function ofText(text) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  return new Worker(address, { type: 'module' });
}

let thread; // promise of the one Thread, or of null where no worker can be started

/** The worker and what it was asked. */
class Thread {
  #worker;
  #asked = new Map(); // number → { resolve, reject }
  #last = 0;
  #broken = null; // CamlossError, once the worker itself broke
  #registry = new FinalizationRegistry((explanation) => this.ask('forget', { explanation }).catch(() => {}));

  /** @returns {Promise<Thread|null>} null where the platform, or the page's Content-Security-Policy, has no worker */
  static async start() {
    if (typeof Worker === 'undefined' || typeof globalThis.location === 'undefined') return null;
    const started = new Thread();
    try {
      started.#worker = startThread();
      await new Promise((resolve, reject) => {
        started.#worker.onmessage = resolve;
        started.#worker.onerror = reject;
      });
    } catch {
      started.#worker?.terminate();
      return null;
    }
    started.#worker.onmessage = ({ data }) => started.#answer(data);
    started.#worker.onerror = (event) => started.#fail(event.message);
    try {
      await started.ask('start', { wasm: await compiledModule() });
    } catch (error) {
      started.#worker.terminate();
      throw error;
    }
    return started;
  }

  #answer({ id, value, error }) {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(new CamlossError(error));
  }

  /** The worker itself broke: what waits and what comes is told so, and the next model gets a new one. */
  #fail(message) {
    if (this.#broken !== null) return;
    this.#broken = new CamlossError(`the worker failed: ${message} — load the model again`);
    for (const { reject } of this.#asked.values()) reject(this.#broken);
    this.#asked.clear();
    this.#worker.terminate();
    thread = undefined;
  }

  /** Sends a task; `transfer` are objects that the worker shall own. */
  async ask(task, what, { signal, transfer = [] } = {}) {
    signal?.throwIfAborted();
    if (this.#broken !== null) throw this.#broken;
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#asked.delete(id);
        this.#worker.postMessage({ abort: id });
        reject(signal.reason);
      };
      const done = (act) => (value) => {
        signal?.removeEventListener('abort', stop);
        act(value);
      };
      this.#asked.set(id, { resolve: done(resolve), reject: done(reject) });
      signal?.addEventListener('abort', stop, { once: true });
      try {
        this.#worker.postMessage({ id, task, ...what }, transfer);
      } catch (error) {
        this.#answer({ id, error: `what was given cannot be sent to a worker: ${error.message}` });
      }
    });
  }

  /** Lets the worker forget an explanation when the page has. */
  watch(object, explanation) { this.#registry.register(object, explanation); }
}

const typeName = (value) => Object.prototype.toString.call(value).slice(8, -1);

/** An address in full; for the element, too. */
export function absolute(address, base = globalThis.document?.baseURI ?? globalThis.location.href) {
  try {
    return new URL(address, base).href;
  } catch (error) {
    throw new CamlossError(`${address} is not an address — check it`, { cause: error });
  }
}

/** A picture in a form that a worker can take, and what of it shall be the worker's own. */
async function portable(picture, signal) {
  switch (typeName(picture)) {
    case 'Response': return [await fileOf(picture, signal), []];
    case 'HTMLImageElement': case 'HTMLCanvasElement': case 'HTMLVideoElement': case 'OffscreenCanvas': case 'VideoFrame':
      try {
        const bitmap = await createImageBitmap(picture);
        return [bitmap, [bitmap]];
      } catch (error) {
        throw new CamlossError(`the ${typeName(picture)} has no pixels yet, or none at all — wait until it is loaded`, { cause: error });
      }
    case 'Object': {
      const { data, width, height } = picture;
      return ['data' in picture || 'width' in picture ? { data, width, height } : picture, []];
    }
    default: return [picture, []];
  }
}

/**
 * Loads a model into the worker; arguments as for loadModel of camloss.mjs. Where no worker can be started, the model runs on
 * this thread, and its inWorker is false.
 */
export async function loadModel(source, about) {
  const { signal } = about ?? {};
  signal?.throwIfAborted();
  thread ??= Thread.start().catch((error) => {
    thread = undefined; // the next call may fare better
    throw error;
  });
  const started = await thread;
  if (started === null) return new Model(null, await loadHere(source, about));
  const type = typeName(source);
  const given = type === 'Response' ? await fileOf(source, signal) : type === 'String' || type === 'URL' ? absolute(source) : source;
  const name = about?.name ?? (type === 'Response' ? source.url || undefined : undefined);
  const { model, info } = await started.ask('load', { source: given, name }, { signal });
  return new Model(started, model, info);
}

/** A model in the worker. */
class Model {
  #thread;
  #model; // its number in the worker, or the model itself

  constructor(started, model, info) {
    this.#thread = started;
    this.#model = model;
    this.inWorker = started !== null;
    this.info = info ?? model.info;
  }

  /** As explain of camloss.mjs. @returns {Promise<Explanation>} */
  async explain(picture, wish) {
    const model = this.#model; // dispose() may be called while the picture is made ready
    if (model === null) throw new CamlossError('the model was disposed of — load it again');
    if (this.#thread === null) {
      const said = await model.explain(picture, wish);
      return new Explanation(null, said, { ...said });
    }
    const { signal, ...plain } = wish ?? {};
    const [sent, transfer] = await portable(picture, signal);
    const { explanation, figures } = await this.#thread.ask('explain', { model, picture: sent, wish: plain }, { signal, transfer });
    return new Explanation(this.#thread, explanation, figures);
  }

  /** Frees the model's memory; later calls of explain reject. */
  dispose() {
    if (this.#model === null) return;
    if (this.#thread === null) this.#model.dispose();
    else this.#thread.ask('dispose', { model: this.#model }).catch(() => {});
    this.#model = null;
  }
}

/** What a model says of one picture. */
class Explanation {
  #thread;
  #said; // its number in the worker, or the explanation itself

  constructor(started, said, figures) {
    this.#thread = started;
    this.#said = said;
    Object.assign(this, figures);
    started?.watch(this, said);
  }

  /** As heat of camloss.mjs. @returns {Promise<Float32Array>} */
  async heat(width, height, wish) {
    if (this.#thread === null) return this.#said.heat(width, height, wish);
    return this.#thread.ask('heat', { explanation: this.#said, width, height, wish });
  }

  /** As overlay of camloss.mjs. @returns {Promise<{data: Uint8ClampedArray, width: number, height: number}>} */
  async overlay(picture, wish) {
    if (this.#thread === null) return this.#said.overlay(picture, wish);
    const { signal, ...plain } = wish ?? {};
    const [sent, transfer] = await portable(picture, signal);
    return this.#thread.ask('overlay', { explanation: this.#said, picture: sent, wish: plain }, { signal, transfer });
  }
}
