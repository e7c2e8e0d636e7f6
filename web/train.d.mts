// Types of training in a page.

export interface TrainingClass {
  /** At most 64 bytes of UTF-8, without commas; the two differ. */
  readonly name: string;
  /** Picture files, at least ten that differ; in all at most 2000. */
  readonly pictures: Iterable<Blob>;
}

export interface TrainingTask {
  /** In the order of the labels 0 and 1. */
  readonly classes: readonly [TrainingClass, TrainingClass];
  /**
   * Fields of both recipes to change, named as in the trainer's recipe files. `loss` is the one thing that makes the models
   * differ; leave it alone.
   */
  readonly recipe?: Readonly<Record<string, number | boolean | string | object>>;
  /** A whole number from 0 to 2^53; the same one trains the same models. Default: 1. */
  readonly seed?: number;
}

export interface TrainingOptions {
  /** share: of both trainings, 0 to 1; epoch: of the slower one, from 0. */
  readonly onProgress?: (now: { readonly share: number; readonly epoch: number }) => void;
  /** An abort ends both workers and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Shares are from 0 to 1, and null where there is no such picture. */
export interface PartFigures {
  /** Judgements. */
  readonly n: number;
  /** Pictures of either class. */
  readonly counts: readonly [number, number];
  readonly accuracy: number;
  readonly perClass: readonly [number | null, number | null];
  readonly worstClass: number;
  /** Right beyond a probability of 0.65. */
  readonly sureRight: number;
  readonly unsure: number;
  readonly sureWrong: number;
  /** Mean share of the evidence off the centre. */
  readonly offCentreMass: number;
}

export interface ModelFigures {
  readonly train: PartFigures | null;
  /** Held back: a fifth of each class. */
  readonly val: PartFigures | null;
  /** Always null: nobody says which backgrounds contradict. */
  readonly shift: PartFigures | null;
  /** Centres of held-back pictures on the border of the other class's. */
  readonly swapped: PartFigures | null;
  /** Share of held-back pictures whose class is still named once their centre is filled in. Lower is better. */
  readonly stillSays: number | null;
}

export interface TrainingMetrics {
  readonly classes: readonly [string, string];
  readonly seed: number;
  readonly parts: { readonly baseline: ModelFigures; readonly camloss: ModelFigures };
  readonly verdict: {
    readonly word: 'cured' | 'partly cured' | 'not cured' | 'worse' | 'no shortcut found' | 'cannot say';
    /** One or two sentences. */
    readonly why: string;
    /** The figures that it goes by. */
    readonly part: 'shift' | 'swapped' | null;
  };
  /** Pictures that were not used, and why. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
}

export interface Trained {
  /** Bytes of a .safetensors file, as `loadModel` takes them. */
  readonly baseline: Uint8Array<ArrayBuffer>;
  readonly camloss: Uint8Array<ArrayBuffer>;
  readonly metrics: TrainingMetrics;
}

/**
 * Trains baseline and CAMLoss at once, each in a worker. Errors (rejections) say what was wrong: too few pictures, or too few
 * that differ, a field of the recipe that the core does not know, a training whose numbers are not finite.
 */
export function train(task: TrainingTask, options?: TrainingOptions): Promise<Trained>;
