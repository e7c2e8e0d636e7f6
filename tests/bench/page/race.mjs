// The race: every contender in one page. In each round every contender works through each task, in an order that turns
// from round to round; the time of one is that of several calls in a row after an untimed one.
import { create as createCamloss } from '/page/contenders/camloss.mjs';
import { create as createFcn192, create96 as createFcn96 } from '/page/contenders/camloss-fcn.mjs';
import { create as createLiteRt } from '/page/contenders/litert.mjs';
import { create as createOnnx } from '/page/contenders/onnxruntime.mjs';
import { create as createTfjs } from '/page/contenders/tfjs.mjs';

/** @returns milliseconds a call */
async function time(call, picture, calls) {
  await call(picture);
  const start = performance.now();
  for (let i = 0; i < calls; ++i) await call(picture);
  return (performance.now() - start) / calls;
}

/**
 * @param {{rounds: number, calls: number, warmUp: number, pictureCount: number, compatible: boolean}} plan
 *   compatible: LiteRT.js without relaxed SIMD
 * @returns names, results for the comparison of values, and milliseconds a call by task, round and contender
 */
async function race({ rounds, calls, warmUp, pictureCount, compatible }) {
  const input = await (await fetch('/models/input.json')).json();
  const pictures = [];
  for (let i = 0; i < pictureCount; ++i) {
    const bytes = await (await fetch(`/models/picture${i}.rgba`)).arrayBuffer();
    pictures.push({ width: input.size, height: input.size, data: new Uint8ClampedArray(bytes) });
  }
  const contenders = [];
  for (const create of [createCamloss, createOnnx, createLiteRt, createTfjs, createFcn192, createFcn96]) {
    contenders.push(await create({ input, compatible }));
  }
  const results = [];
  for (const { predict, explain } of contenders) {
    const ofPictures = [];
    for (const picture of pictures) {
      const { logit, map, heat } = await explain(picture);
      ofPictures.push({ logit, predicted: await predict(picture), map: [...map], heat: [...heat] });
    }
    results.push(ofPictures);
  }
  // The engine compiles what is called often once more, in the background: all must have that behind them.
  for (let i = 0; i < warmUp; ++i) {
    for (const { predict, explain } of contenders) {
      await predict(pictures[0]);
      await explain(pictures[0]);
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  const times = { predict: [], explain: [] };
  for (let round = 0; round < rounds; ++round) {
    const picture = pictures[round % pictures.length];
    for (const task of ['predict', 'explain']) {
      const row = new Array(contenders.length);
      for (let k = 0; k < contenders.length; ++k) {
        const at = (k + round) % contenders.length;
        row[at] = await time(contenders[at][task], picture, calls);
      }
      times[task].push(row);
    }
  }
  return { contenders: contenders.map(({ name, detail }) => ({ name, detail })), results, times };
}

globalThis.race = race;
