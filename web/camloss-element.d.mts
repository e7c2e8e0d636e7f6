// Types of the element <camloss-map>.
import type { CamlossError } from './camloss.mjs';
import type { Explanation } from './camloss-worker.mjs';

/** Shows a picture, where a model looks in it, and what it says. Importing the module defines `<camloss-map>`. */
export class CamlossMap extends HTMLElement {
  /** Address of the picture. */
  src: string;
  /** Address of the weights file. */
  weights: string;
  /** What the model says; null until it has answered. */
  readonly result: Explanation | null;
}

declare global {
  interface HTMLElementTagNameMap {
    'camloss-map': CamlossMap;
  }
}

/** Events of the element; `error` has the CamlossError, or what else went wrong. */
export interface CamlossMapEvents {
  loading: CustomEvent<undefined>;
  result: CustomEvent<Explanation>;
  error: CustomEvent<CamlossError | Error>;
}
