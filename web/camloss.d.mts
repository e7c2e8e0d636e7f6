// Types of the JavaScript module.

/**
 * 8-bit sRGB, rows top to bottom, RGBA (as ImageData) or RGB. At most 32768 pixels a side and 200 megapixels; arrays may be of
 * any realm.
 */
export interface Picture {
  readonly data: Uint8Array | Uint8ClampedArray | ArrayBuffer | SharedArrayBuffer;
  /** Pixels, from 1. */
  readonly width: number;
  /** Pixels, from 1. */
  readonly height: number;
}

/** What the platform draws: read by a canvas, on white. An image must be loaded. */
export type Drawable =
  | HTMLImageElement | HTMLCanvasElement | HTMLVideoElement | ImageBitmap | OffscreenCanvas | VideoFrame;

/** A picture file. In Node.js it is decoded by `sharp`, or `jpeg-js` for JPEG, whichever is installed. */
export type PictureFile = Blob | Response;

/**
 * How a map is computed. `cam` is for the fcn head only, `talk` for the dense head only; `none` predicts without a map.
 */
export type Method =
  | 'cam'
  | 'hirescam'
  | 'gradcam'
  | 'gradcam++'
  | 'layercam'
  | 'talk'
  | 'occlusion'
  | 'none';

/** What is drawn of a map: all of it, or what speaks for the predicted class, for class 0 or for class 1. */
export type Evidence = 'signed' | 'predicted' | 'class0' | 'class1';

/** What a weights file says of itself. */
export interface ModelInfo {
  readonly head: 'fcn' | 'dense';
  /** Names in the order of the labels 0 and 1. */
  readonly classes: readonly [string, string];
  /** Side of the network's input, pixels. */
  readonly inputSize: number;
  /** Side of the map, cells. */
  readonly cells: number;
  /** K of the fcn head's K x K convolution: 1 (each cell by itself, as always for dense), 3, 5 or 7. */
  readonly contextSize: number;
  /** Cells from one of its taps to the next. */
  readonly contextDilation: number;
  /** Side of the square that a cell sees, pixels of the input: 16 + 8 · contextDilation · (contextSize − 1). */
  readonly receptiveField: number;
  /** T of probability = sigmoid(logit / T). */
  readonly temperature: number;
  readonly recipe: string;
  readonly seed: string;
  /** In words. */
  readonly trainedOn: string;
  /** Of the program that wrote the file. */
  readonly version: string;
  /** JSON text of the training's figures. */
  readonly metrics: string | null;
  /** The map methods this head has. */
  readonly methods: readonly Exclude<Method, 'none'>[];
  readonly defaultMethod: 'cam' | 'hirescam';
  /** The instruction set that runs. */
  readonly kernels: 'simd128' | 'plain';
}

export interface ExplainOptions {
  /** Default: the head's `defaultMethod`. */
  readonly method?: Method;
  /** Whether the result has the features. */
  readonly features?: boolean;
  /** For picture files: ends the wait with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface HeatOptions {
  /** Default: 'predicted'. */
  readonly evidence?: Evidence;
}

/** `viridis` is even to the eye, `diverging` is for signed evidence. */
export type Colours = 'viridis' | 'inferno' | 'jet' | 'diverging' | 'grey';

export interface OverlayOptions extends HeatOptions {
  /** Default: 'viridis', or 'diverging' for signed evidence. */
  readonly colours?: Colours;
  /** Of the heat over the picture, 0 to 1; default: 0.6. */
  readonly opacity?: number;
  /** The value that has the last colour; default: the strongest evidence of this map. */
  readonly scale?: number;
  /** For picture files: ends the wait with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What `ImageData` is made of. */
export interface Overlay {
  /** RGBA; the array's type is as exact as the compiler's version has it. */
  readonly data: ReturnType<Uint8ClampedArray['slice']>;
  readonly width: number;
  readonly height: number;
}

/** What a model says of one picture; plain data that outlives the model. */
export class Explanation {
  private constructor();
  /** Positive for class 1. */
  readonly logit: number;
  /** Of class 1, in [0, 1]. */
  readonly probability: number;
  /** Name of the more probable class. */
  readonly label: string;
  /** Its index. */
  readonly labelIndex: 0 | 1;
  /** The label, or 'undecided' where the probability lies between 0.35 and 0.65. */
  readonly verdict: string;
  /** The share of the logit that is the biases' and in no cell; 0 unless the method is a decomposition. */
  readonly beta: number;
  /** Share of the evidence away from the centre, in [0, 1]; null without a map or for one of zeros. */
  readonly offCentreMass: number | null;
  /** |sum of the map + beta − logit| / max(1, |logit|); null for methods that are no decomposition. */
  readonly residual: number | null;
  readonly method: Method;
  /** Side of the map. */
  readonly cells: number;
  /** (cells, cells), signed: positive cells speak for class 1; null for the method 'none'. */
  readonly map: Float32Array | null;
  /** (32, cells, cells), after the ReLU; null unless asked for. */
  readonly features: Float32Array | null;

  /**
   * The map enlarged, bilinear, unscaled; evidence of one class is cut out before enlarging.
   * @param width, height whole numbers of 1 to 16384
   * @returns (height, width)
   */
  heat(width: number, height: number, options?: HeatOptions): Float32Array;

  /** The evidence drawn over a picture, of sides up to 16384. @returns RGBA, to be made an ImageData of */
  overlay(picture: Picture | Drawable, options?: OverlayOptions): Overlay;
  overlay(picture: PictureFile, options?: OverlayOptions): Promise<Overlay>;
}

/** A loaded model. */
export class Model {
  private constructor();
  readonly info: ModelInfo;
  /** @throws {CamlossError} for a bad picture, or a method that the head does not have */
  explain(picture: Picture | Drawable, options?: ExplainOptions): Explanation;
  /** Decodes the file first. */
  explain(picture: PictureFile, options?: ExplainOptions): Promise<Explanation>;
  /** Frees the model's memory; later calls of explain throw. */
  dispose(): void;
}

/** An error of the module's own: a bad file, address or picture, an unknown option. */
export class CamlossError extends Error {
  constructor(message: string, more?: { readonly cause?: unknown });
}

export interface Configuration {
  /** Whether the build for 128-bit SIMD is loaded; 'auto', the default: where the engine has it. */
  readonly simd?: 'auto' | boolean;
  /** The WebAssembly itself, or its address, instead of the file beside this module. */
  readonly wasm?: ArrayBuffer | ArrayBufferView | Blob | Response | WebAssembly.Module | string | URL;
}

/** Chooses how the WebAssembly is loaded; before the first loadModel. */
export function configure(choice: Configuration): void;

/** The compiled WebAssembly, to be handed to a worker of one's own: `configure({ wasm })` there spares it the file. */
export function compiledModule(): Promise<WebAssembly.Module>;

/**
 * The file behind an address or a Response, a File named by its address where that is known.
 * @throws {CamlossError} for whatever fails but an abort; the message names the address
 */
export function fileOf(source: Response | string | URL, signal?: AbortSignal): Promise<Blob>;

/** Whether this engine has 128-bit SIMD. */
export function hasSimd(): boolean;

/**
 * Loads a model.
 * @param source bytes, address or (Node.js) path of a .safetensors or .json file
 * @param about its name, for messages; a signal that ends the wait with its reason
 * @throws {CamlossError} for a file, an address or a WebAssembly that fails; the message names it
 */
export function loadModel(
  source: ArrayBuffer | SharedArrayBuffer | ArrayBufferView | Blob | Response | string | URL,
  about?: { readonly name?: string; readonly signal?: AbortSignal },
): Promise<Model>;

/** Why two models are no pair whose maps can be compared: they know different classes. null where they are a pair. */
export function whyNoPair(first: Model, second: Model): string | null;
