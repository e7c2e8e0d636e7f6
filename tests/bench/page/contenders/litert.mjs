// LiteRT.js on XNNPACK, one thread, with relaxed SIMD where the browser has it; or its build without it.
import { Tensor, loadAndCompile, loadLiteRt } from '@litertjs/core';
import { enlarger, normaliser } from '/page/picture.mjs';

const FOLDER = '/node_modules/@litertjs/core/wasm/';

export async function create({ input, explainOnly = false, compatible = false }) {
  await loadLiteRt(compatible ? `${FOLDER}litert_wasm_compat_internal.js` : FOLDER);
  const open = (task) => loadAndCompile(`/models/${task}.tflite`, { accelerator: 'wasm', cpuOptions: { numThreads: 1 } });
  const explaining = await open('explain');
  const predicting = explainOnly ? null : await open('predict');
  const { pixels } = normaliser(input), enlarge = enlarger(input.cells, input.size);
  const x = new Float32Array(3 * input.size * input.size);
  async function run(model, picture) {
    const tensor = new Tensor(pixels(picture.data, x), [1, input.size, input.size, 3]);
    const outputs = await model.run({ x: tensor });
    tensor.delete();
    return Object.fromEntries(Object.entries(outputs).map(([name, output]) => {
      const values = output.toTypedArray();
      output.delete();
      return [name, values];
    }));
  }
  return {
    name: 'LiteRT.js',
    detail: compatible ? 'SIMD' : 'relaxed SIMD',
    predict: async (picture) => (await run(predicting, picture)).logit[0],
    async explain(picture) {
      const { logit, map } = await run(explaining, picture);
      return { logit: logit[0], map, heat: enlarge(map) };
    },
  };
}
