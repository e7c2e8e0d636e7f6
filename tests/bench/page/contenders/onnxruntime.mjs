// onnxruntime-web, its build for WebAssembly alone, one thread.
import * as ort from '/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs';
import { enlarger, normaliser } from '/page/picture.mjs';

export async function create({ input, explainOnly = false }) {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = '/node_modules/onnxruntime-web/dist/';
  const open = (task) => ort.InferenceSession.create(`/models/${task}.onnx`, {
    executionProviders: ['wasm'], graphOptimizationLevel: 'all', executionMode: 'sequential',
  });
  const explaining = await open('explain');
  const predicting = explainOnly ? null : await open('predict');
  const { planes } = normaliser(input), enlarge = enlarger(input.cells, input.size);
  const x = new Float32Array(3 * input.size * input.size);
  const feeds = { x: new ort.Tensor('float32', x, [1, 3, input.size, input.size]) };
  return {
    name: 'onnxruntime-web',
    detail: 'wasm, SIMD',
    async predict(picture) {
      planes(picture.data, x);
      return (await predicting.run(feeds)).logit.data[0];
    },
    async explain(picture) {
      planes(picture.data, x);
      const { logit, map } = await explaining.run(feeds);
      return { logit: logit.data[0], map: map.data, heat: enlarge(map.data) };
    },
  };
}
