// <camloss-map src="photo.jpg" weights="camloss.safetensors">: a picture, where a model looks in it, and what it says.
//
// Attributes: src, weights; alt, method, evidence, colours, opacity. Events: loading, result (detail: the answer), error
// (detail: the error). Styled by the --camloss-… variables below and the parts picture, map, verdict, bar, words.
import { CamlossError, fileOf } from './camloss.mjs';
import { absolute, loadModel } from './camloss-worker.mjs';

const kSide = 768; // pixels; the longer side of what is drawn
const kStyle = `
:host { display: block; color-scheme: light dark;
  --text: var(--camloss-text, #1b1f24); --faint: var(--camloss-faint, #57606a); --ground: var(--camloss-ground, #ffffff);
  --line: var(--camloss-line, #d0d7de); --accent: var(--camloss-accent, #0b6bcb); --warn: var(--camloss-warn, #b42318);
  color: var(--text); background: var(--ground); font: var(--camloss-font, 1rem/1.4 system-ui, sans-serif); }
@media (prefers-color-scheme: dark) {
  :host { --text: var(--camloss-text, #e6edf3); --faint: var(--camloss-faint, #9da7b3); --ground: var(--camloss-ground, #12161b);
    --line: var(--camloss-line, #30363d); --accent: var(--camloss-accent, #58a6ff); --warn: var(--camloss-warn, #ff8272); } }
:host([hidden]) { display: none; }
figure { margin: 0; padding: var(--camloss-padding, 0.75rem); border: 1px solid var(--line); border-radius: var(--camloss-radius, 0.5rem); }
.row { display: flex; flex-wrap: wrap; gap: var(--camloss-gap, 0.75rem); }
canvas { flex: 1 1 var(--camloss-width, 14rem); min-width: 0; max-width: 100%; align-self: flex-start; border-radius: 0.25rem; background: #fff; }
canvas[hidden], .bar[hidden] { display: none; }
figcaption { margin-top: 0.5rem; }
.verdict { font-weight: 600; }
.bar { height: 0.4rem; margin: 0.35rem 0; border-radius: 0.2rem; background: var(--line); overflow: hidden; }
.bar span { display: block; height: 100%; background: var(--accent); }
.words { color: var(--faint); font-size: 0.9em; }
.failed .words { color: var(--warn); }
`;

/** Models by address, shared by the elements of a page: { address, promise, users }. */
const models = new Map();

/** Nobody finds the entry any more; another of its address may be there already. */
function forget(entry) {
  if (models.get(entry.address) === entry) models.delete(entry.address);
}

function take(address) {
  const entry = models.get(address) ?? { address, promise: loadModel(address), users: 0 };
  models.set(address, entry);
  entry.users++;
  entry.promise.catch(() => forget(entry)); // the next one may fare better
  return entry;
}

function giveBack(entry) {
  if (--entry.users > 0) return;
  forget(entry);
  entry.promise.then((model) => model.dispose(), () => {});
}

let sheet = null;

/** One sheet for all elements; a policy that forbids style elements allows it. */
function styleSheet() {
  if (sheet === null) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(kStyle);
  }
  return sheet;
}

const percent = (share) => `${Math.round(100 * share)} %`;
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** The picture on white, at most kSide wide and high, upright. @returns {Promise<ImageData>} */
async function reduced(blob, address) {
  let full;
  try {
    full = await createImageBitmap(blob, { imageOrientation: 'from-image' });
  } catch (error) {
    throw new CamlossError(`${address} could not be decoded — it is damaged, or of a format that this browser does not read`, { cause: error });
  }
  const scale = Math.min(1, kSide / Math.max(full.width, full.height));
  const width = Math.max(1, Math.round(full.width * scale)), height = Math.max(1, Math.round(full.height * scale));
  const small = await createImageBitmap(full, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' });
  full.close();
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(small, 0, 0);
  small.close();
  return context.getImageData(0, 0, width, height);
}

// Where a page is made on a server, there are no elements; the module can be imported there all the same.
const Base = globalThis.HTMLElement ?? class {};

export class CamlossMap extends Base {
  static observedAttributes = ['src', 'weights', 'alt', 'method', 'evidence', 'colours', 'opacity'];

  #result = null;
  #running = null;  // AbortController of the work at hand
  #planned = false;
  #held = null;     // entry of the model in use
  #parts;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const make = (tag, part, ...children) => {
      const node = document.createElement(tag);
      if (part) node.setAttribute('part', node.className = part);
      node.append(...children);
      return node;
    };
    const picture = make('canvas', 'picture'), map = make('canvas', 'map'), share = make('span'), bar = make('div', 'bar', share);
    const verdict = make('div', 'verdict'), words = make('div', 'words');
    const caption = make('figcaption', '', verdict, bar, words), row = make('div', '', picture, map), figure = make('figure', '', row, caption);
    row.className = 'row';
    for (const canvas of [picture, map]) {
      canvas.setAttribute('role', 'img');
      canvas.hidden = true;
    }
    bar.setAttribute('aria-hidden', 'true'); // the words have its figure
    bar.hidden = true;
    caption.setAttribute('aria-live', 'polite');
    root.adoptedStyleSheets = [styleSheet()];
    root.append(figure);
    this.#parts = { picture, map, verdict, bar, share, words, figure };
  }

  get src() { return this.getAttribute('src') ?? ''; }
  set src(value) { this.setAttribute('src', value); }
  get weights() { return this.getAttribute('weights') ?? ''; }
  set weights(value) { this.setAttribute('weights', value); }

  /** What the model says: null until it has answered. */
  get result() { return this.#result; }

  connectedCallback() { this.#plan(); }

  disconnectedCallback() {
    this.#running?.abort();
    this.#hold(null);
  }

  attributeChangedCallback(name, before, now) {
    if (before !== now && this.isConnected) this.#plan();
  }

  /** Several changes at once are one piece of work. */
  #plan() {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      if (this.isConnected) this.#work();
    });
  }

  /** Keeps the model of an address loaded, and lets go of the one before. */
  #hold(address) {
    const before = this.#held;
    this.#held = address === null ? null : take(address);
    if (before !== null) giveBack(before);
    return this.#held?.promise;
  }

  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }

  async #work() {
    this.#running?.abort();
    const running = this.#running = new AbortController(), { signal } = running;
    this.#result = null;
    if (this.src === '' || this.weights === '') {
      this.#hold(null);
      this.#show({ words: this.src === '' ? 'No picture: the attribute src is missing.' : 'No model: the attribute weights is missing.' });
      return;
    }
    this.#show({ words: 'Loading …', busy: true });
    this.#tell('loading');
    try {
      const [src, weights] = [this.src, this.weights].map((address) => absolute(address, this.baseURI));
      const [file, model] = await Promise.all([fileOf(src, signal), this.#hold(weights)]);
      const wish = (names) => Object.fromEntries(names.filter((name) => this.hasAttribute(name)).map((name) => [name, this.getAttribute(name)]));
      const [result, pixels] = await Promise.all([model.explain(file, { ...wish(['method']), signal }), reduced(file, src)]);
      const style = wish(['evidence', 'colours', 'opacity']);
      if (style.opacity !== undefined) style.opacity = style.opacity.trim() === '' ? NaN : Number(style.opacity);
      const map = result.map === null ? null : await result.overlay(pixels, { ...style, signal });
      if (signal.aborted) return;
      this.#result = result;
      this.#answer(result, model.info, pixels, map);
      this.#tell('result', result);
    } catch (error) {
      if (signal.aborted) return;
      this.#show({ words: error.message, failed: true });
      this.#tell('error', error);
    }
  }

  #answer(result, { classes }, pixels, map) {
    const { picture, map: mapCanvas, share } = this.#parts;
    const sure = result.labelIndex === 1 ? result.probability : 1 - result.probability;
    const verdict = result.verdict === 'undecided' ? `Leans to ${result.label}, ${percent(sure)}` : `${capital(result.label)}, ${percent(sure)}`;
    const away = result.offCentreMass === null ? '' : `${percent(result.offCentreMass)} of the evidence lies away from the picture’s centre.`;
    this.#draw(picture, pixels, this.getAttribute('alt') ?? 'The picture');
    this.#draw(mapCanvas, map, `Where the model that tells ${classes[0]} from ${classes[1]} looks: ${verdict}. ${away}`.trim());
    share.style.width = `${100 * sure}%`;
    this.#show({ verdict, words: away, answered: true });
  }

  #draw(canvas, pixels, label) {
    if (pixels === null) {
      canvas.width = 0; // nothing to show, as for the method 'none'
      return;
    }
    canvas.width = pixels.width;
    canvas.height = pixels.height;
    canvas.getContext('2d').putImageData(new ImageData(pixels.data, pixels.width, pixels.height), 0, 0);
    canvas.setAttribute('aria-label', label);
  }

  #show({ verdict = '', words = '', busy = false, failed = false, answered = false }) {
    const parts = this.#parts;
    parts.verdict.textContent = verdict;
    parts.words.textContent = words;
    parts.bar.hidden = !answered;
    parts.picture.hidden = !answered;
    parts.map.hidden = !answered || parts.map.width === 0;
    parts.figure.classList.toggle('failed', failed);
    parts.figure.setAttribute('aria-busy', String(busy));
  }
}

if (globalThis.customElements && !customElements.get('camloss-map')) customElements.define('camloss-map', CamlossMap);
