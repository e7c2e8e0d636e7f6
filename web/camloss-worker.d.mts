// Types of the module in a worker.
import type {
  Drawable, ExplainOptions, Explanation as Said, HeatOptions, ModelInfo, Overlay, OverlayOptions, Picture, PictureFile,
} from './camloss.mjs';

/** As `Explanation` of camloss.mjs; what must be drawn is a promise. */
export interface Explanation extends Omit<Said, 'heat' | 'overlay'> {
  heat(width: number, height: number, options?: HeatOptions): Promise<Float32Array>;
  overlay(picture: Picture | Drawable | PictureFile, options?: OverlayOptions): Promise<Overlay>;
}

/** A model in the worker. */
export interface Model {
  readonly info: ModelInfo;
  /** false where no worker could be started, and the model runs on this thread. */
  readonly inWorker: boolean;
  /** Rejects with a CamlossError for a bad picture, or a method that the head does not have. */
  explain(picture: Picture | Drawable | PictureFile, options?: ExplainOptions): Promise<Explanation>;
  /** Frees the model's memory; later calls of explain reject. */
  dispose(): void;
}

/** Loads a model into the worker, which all models share; arguments as for `loadModel` of camloss.mjs. */
export function loadModel(
  source: ArrayBuffer | SharedArrayBuffer | ArrayBufferView | Blob | Response | string | URL,
  about?: { readonly name?: string; readonly signal?: AbortSignal },
): Promise<Model>;
