// This project's module with the fully convolutional head, whose map is the cells' own logits.
import { loadModel } from '/site/camloss.mjs';

async function createAt(side) {
  const model = await loadModel(`/models/fcn${side}.safetensors`);
  return {
    name: `camloss, fcn ${side}`,
    detail: model.info.kernels,
    predict: (picture) => model.explain(picture, { method: 'none' }).logit,
    explain(picture) {
      const result = model.explain(picture, { method: 'cam' });
      return {
        logit: result.logit, map: result.map,
        heat: result.heat(picture.width, picture.height, { evidence: 'signed' }),
      };
    },
  };
}

export const create = () => createAt(192);
export const create96 = () => createAt(96);
