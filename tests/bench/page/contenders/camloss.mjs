// This project's module.
import { loadModel } from '/site/camloss.mjs';

export async function create() {
  const model = await loadModel('/models/dense.safetensors');
  const { inputSize: size } = model.info;
  return {
    name: 'camloss',
    detail: model.info.kernels,
    predict: (picture) => model.explain(picture, { method: 'none' }).logit,
    explain(picture) {
      const result = model.explain(picture, { method: 'hirescam' });
      return { logit: result.logit, map: result.map, heat: result.heat(size, size, { evidence: 'signed' }) };
    },
  };
}
