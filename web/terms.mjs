// The page's terms in its real structure: each explains itself on hover, on focus and after a long press, and assistive
// technology reads the explanation as the description of what it belongs to.

const kRestMs = 450;       // as on the canvas (wasm/widgets/term.cpp)
const kLongPressMs = 500;  // as there (wasm/widgets/touch.cpp)
const kStray = 9;          // pixels that a finger may move in a long press
const kGap = 6;

export class Terms {
  #texts;                // name → explanation
  #of = new WeakMap();   // element → name
  #box;
  #descriptions;
  #shownFor = null;
  #timer = null;
  #read = false;         // a long press has shown an explanation, and the finger is still to be lifted

  /** @param root  what the terms are in  @param {{name: string, text: string}[]} terms */
  constructor(root, terms) {
    this.#texts = new Map(terms.map(({ name, text }) => [name, text]));
    this.#descriptions = document.createElement('dl');
    this.#descriptions.hidden = true;
    for (const { name, text } of terms) {
      const line = document.createElement('dd');
      line.id = Terms.#id(name);
      line.textContent = text;
      this.#descriptions.append(line);
    }
    this.#box = document.createElement('p');
    this.#box.className = 'explanation';
    this.#box.hidden = true;
    // Assistive technology has the description itself.
    this.#box.setAttribute('aria-hidden', 'true');
    root.append(this.#descriptions, this.#box);
    this.#watch(root);
  }

  get names() { return [...this.#texts.keys()]; }

  static #id(name) { return `term-${name.toLowerCase().replace(/\W+/g, '-')}`; }

  /**
   * Gives an element the explanation of a term.
   * @param [place]  where pointer and finger find it, if that is more than the element: the control with its caption
   */
  explain(element, name, place = element.closest('label') ?? element) {
    if (!this.#texts.has(name)) throw new Error(`there is no term “${name}”`);
    element.setAttribute('aria-describedby', Terms.#id(name));
    this.#of.set(element, name);
    this.#of.set(place, name);
    place.classList.add('explained');
  }

  #watch(root) {
    const at = ({ target }) => target.closest?.('.explained') ?? null;
    root.addEventListener('pointerover', (event) => {
      if (event.pointerType === 'touch' || at(event) === this.#shownFor) return;
      this.#later(at(event), kRestMs);
    });
    root.addEventListener('pointerleave', (event) => { if (event.pointerType !== 'touch') this.#hide(); });
    root.addEventListener('focusin', ({ target }) => {
      if (this.#of.has(target) && target.matches(':focus-visible')) this.show(target);
      else if (target !== root && !this.#read) this.#hide();
    });
    root.addEventListener('focusout', ({ target }) => { if (target === this.#shownFor) this.#hide(); });
    // The focus itself scrolls, a frame after the explanation was shown: it goes along.
    root.addEventListener('scroll', () => this.#follow(), true);
    // The first press closes the explanation, the next one does what it does elsewhere.
    root.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.#shownFor === null) return;
      event.stopImmediatePropagation();
      this.#hide();
    }, true);

    let pressed = null;
    root.addEventListener('pointerdown', (event) => {
      this.#read = false;
      pressed = null;
      if (event.pointerType !== 'touch') {
        this.#hide();  // who clicks knows
      } else if (at(event)) {
        pressed = { x: event.clientX, y: event.clientY };
        this.#later(at(event), kLongPressMs, () => { this.#read = true; });
      } else {
        this.#hide();
      }
    });
    root.addEventListener('pointermove', (event) => {
      if (pressed === null || Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < kStray) return;
      pressed = null;
      if (!this.#read) clearTimeout(this.#timer);
    });
    for (const type of ['pointerup', 'pointercancel']) {
      root.addEventListener(type, () => {
        pressed = null;
        if (!this.#read) clearTimeout(this.#timer);
      });
    }
    // A long press reads rather than acts, and opens no menu.
    root.addEventListener('click', (event) => {
      if (!this.#read || !at(event)) return;
      this.#read = false;
      event.preventDefault();
      event.stopImmediatePropagation();
    }, true);
    root.addEventListener('contextmenu', (event) => { if (event.pointerType === 'touch' && at(event)) event.preventDefault(); });
  }

  #later(element, milliseconds, then = () => {}) {
    clearTimeout(this.#timer);
    if (element === null) {
      this.#hide();
      return;
    }
    this.#timer = setTimeout(() => {
      this.show(element);
      then();
    }, milliseconds);
  }

  #hide() {
    clearTimeout(this.#timer);
    this.#shownFor = null;
    this.#box.hidden = true;
  }

  /** Puts the explanation back beside its element, or away where that has left the window. */
  #follow() {
    if (this.#shownFor === null) return;
    const { top, bottom } = this.#shownFor.getBoundingClientRect();
    if (bottom < 0 || top > innerHeight) this.#hide();
    else this.show(this.#shownFor);
  }

  /** Shows the explanation under the element, or above it where there is no room. */
  show(element) {
    clearTimeout(this.#timer);
    this.#shownFor = element;
    this.#box.textContent = this.#texts.get(this.#of.get(element));
    this.#box.hidden = false;
    const anchor = element.getBoundingClientRect(), box = this.#box.getBoundingClientRect();
    const below = anchor.bottom + kGap;
    const top = below + box.height <= innerHeight - kGap ? below : anchor.top - kGap - box.height;
    const left = Math.min(anchor.left, document.documentElement.clientWidth - box.width - kGap);
    this.#box.style.top = `${Math.max(kGap, top)}px`;
    this.#box.style.left = `${Math.max(kGap, left)}px`;
  }
}
