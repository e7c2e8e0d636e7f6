// The worker's side of camloss-worker.mjs: loads models and explains pictures as the page asks.
import { configure, loadModel } from './camloss.mjs';

const models = new Map();        // number → Model
const explanations = new Map();  // number → Explanation, as long as the page holds it
const waiting = new Map();       // number of a task → AbortController
let last = 0;

const kept = (map, value) => {
  map.set(++last, value);
  return last;
};

const tasks = {
  start: ({ wasm }) => configure({ wasm }),
  async load({ source, name }, signal) {
    const model = await loadModel(source, { name, signal });
    return { model: kept(models, model), info: model.info };
  },
  async explain({ model, picture, wish }, signal) {
    if (!models.has(model)) throw new Error('the model was disposed of — load it again');
    const said = await models.get(model).explain(picture, { ...wish, signal });
    return { explanation: kept(explanations, said), figures: { ...said } };
  },
  heat: ({ explanation, width, height, wish }) => explanations.get(explanation).heat(width, height, wish),
  overlay: ({ explanation, picture, wish }, signal) => explanations.get(explanation).overlay(picture, { ...wish, signal }),
  dispose({ model }) {
    models.get(model)?.dispose();
    models.delete(model);
  },
  forget({ explanation }) { explanations.delete(explanation); },
};

/** Buffers that nothing here needs any more. */
const transferable = (value) => (value instanceof Float32Array ? [value.buffer] : value?.data ? [value.data.buffer] : []);

onmessage = async ({ data: { id, task, abort, ...rest } }) => {
  if (abort) {
    waiting.get(abort)?.abort();
    return;
  }
  const controller = new AbortController();
  waiting.set(id, controller);
  try {
    const value = await tasks[task](rest, controller.signal);
    postMessage({ id, value }, transferable(value));
  } catch (error) {
    postMessage({ id, error: error.message });
  } finally {
    waiting.delete(id);
    rest.picture?.close?.();
  }
};
postMessage({ ready: true });
