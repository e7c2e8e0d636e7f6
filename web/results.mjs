// The page's real structure beside the canvas: headings, controls, the list of photos and the table of results, for
// keys and for assistive technology. It says what the program's outline says (wasm/app/outline.h), and changes only
// what is different there.

const kSayMs = 1500;         // a sentence stands at least so long
const kWhere = [['in the middle', 0.5, 0.5], ['at the top left', 0.2, 0.2], ['at the top', 0.5, 0.2], ['at the top right', 0.8, 0.2],
  ['at the left', 0.2, 0.5], ['at the right', 0.8, 0.5], ['at the bottom left', 0.2, 0.8], ['at the bottom', 0.5, 0.8],
  ['at the bottom right', 0.8, 0.8]];
const kViews = [['compare', 'Compare'], ['split', 'Centre'], ['probe', 'Probe'], ['photos', 'All photos']];
const kEvidence = [['predicted', 'For the predicted class'], ['class0', 'For the first class'], ['class1', 'For the second class'],
  ['signed', 'Both classes in two colours']];
const kColours = [['viridis', 'Viridis'], ['inferno', 'Inferno'], ['jet', 'Jet, as in the talk'], ['diverging', 'Diverging'], ['grey', 'Grey']];
const kKeys = [['Tab', 'to the next control; from the picture into this list'], ['Esc', 'back to the picture'],
  ['Arrows', 'the next photo; within a group of controls the next one'], ['Ctrl+Z', 'undo'], ['Ctrl+Shift+Z or Ctrl+Y', 'do again'],
  ['On the picture: V', 'next view'], ['1 to 6', 'map method'], ['L', 'true class'], ['Del', 'remove the photo'], ['O', 'add photos'],
  ['S', 'save the picture'], ['C', 'copy the picture'], ['?', 'help']];

let idOfField = 0;

function make(tag, parent, text = '', attributes = {}) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent?.append(made);
  return made;
}

/** Sets a text where it is another one: an unchanged one is not announced anew. */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sentences one at a time; one about the selected photo gives way to a newer one. */
class Speaker {
  #line;
  #waiting = [];
  #busy = false;

  constructor(line) { this.#line = line; }

  say(text) {
    this.#waiting.push(text);
    if (this.#waiting.length > 4) this.#waiting.splice(0, this.#waiting.length - 4);
    if (!this.#busy) this.#next();
  }

  #next() {
    const text = this.#waiting.shift();
    this.#busy = text !== undefined;
    if (!this.#busy) return;
    // The same sentence twice would not be a change.
    this.#line.textContent = text === this.#line.textContent ? `${text}\u00A0` : text;
    setTimeout(() => this.#next(), kSayMs);
  }
}

/**
 * One stop for Tab in a group; arrows, Home and End go through what is in it. With `rows`, Up and Down keep to the same
 * kind of element in the next of them.
 */
function rove(group, rows = false) {
  const stops = () => [...group.querySelectorAll('[data-stop]')];
  const stand = (chosen) => stops().forEach((stop) => { stop.tabIndex = stop === chosen ? 0 : -1; });
  group.addEventListener('focusin', ({ target }) => { if (target.hasAttribute('data-stop')) stand(target); });
  group.addEventListener('keydown', (event) => {
    const all = stops(), at = all.indexOf(event.target);
    if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    let to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (rows && /Down|Up/.test(event.key)) {
      const row = event.key === 'ArrowDown' ? event.target.parentElement.nextElementSibling : event.target.parentElement.previousElementSibling;
      to = all.indexOf(row?.querySelector(`${event.target.tagName}[data-stop]`) ?? row?.querySelector('[data-stop]') ?? event.target);
    }
    all[Math.max(0, Math.min(all.length - 1, to))].focus();
  });
  return () => {
    const all = stops();
    if (all.length > 0 && !all.some((stop) => stop.tabIndex === 0)) all[0].tabIndex = 0;
  };
}

export class Results {
  #app;
  #host;
  #root;
  #speaker;
  #fields = {};
  #rows = new Map();     // id → { item, button, mark, row, text }
  #marked = new Set();
  #outline = null;

  /** @param root  #results, with a `<p role="status">` in it */
  constructor(app, host, root) {
    this.#app = app;
    this.#host = host;
    this.#root = root;
    this.#speaker = new Speaker(root.querySelector('[role=status]'));
    this.#build();
    root.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') document.getElementById('canvas').focus();
    });
  }

  say(sentence) { this.#speaker.say(sentence); }

  // -- what there is --

  #section(title) {
    const section = make('section', this.#fields.body);
    const heading = make('h2', section, title, { id: `results-${title.toLowerCase().replace(/\W+/g, '-')}` });
    section.setAttribute('aria-labelledby', heading.id);
    return section;
  }

  #group(section, label, buttons) {
    const group = make('div', section, '', { role: 'toolbar', 'aria-label': label });
    const made = buttons.map(([text, act]) => {
      const button = make('button', group, text, { type: 'button', 'data-stop': '' });
      button.tabIndex = -1;
      // A button that can do nothing at the moment keeps the focus.
      button.addEventListener('click', () => { if (button.getAttribute('aria-disabled') !== 'true') act(); });
      return button;
    });
    rove(group)();
    return made;
  }

  #radios(section, label, choices, choose) {
    const set = make('fieldset', section);
    make('legend', set, label);
    const name = `choice-${idOfField++}`;
    return choices.map(([value, text]) => {
      const line = make('label', set);
      const input = make('input', line, '', { type: 'radio', name, value });
      line.append(text);
      input.addEventListener('change', () => choose(value));
      return input;
    });
  }

  #select(section, label, choose, choices = []) {
    const line = make('label', section, `${label} `);
    const select = make('select', line);
    for (const [value, text] of choices) make('option', select, text, { value });
    select.addEventListener('change', () => choose(select.value));
    return select;
  }

  #range(section, label, [low, high, step], shown, choose) {
    const line = make('label', section, `${label} `);
    const input = make('input', line, '', { type: 'range', min: low, max: high, step });
    const tell = () => input.setAttribute('aria-valuetext', shown(Number(input.value)));
    input.addEventListener('input', () => {
      tell();
      choose(Number(input.value));
    });
    // A thumb that is held stays where the pointer has it.
    let held = false;
    input.addEventListener('pointerdown', () => { held = true; });
    for (const end of ['pointerup', 'pointercancel', 'blur']) input.addEventListener(end, () => { held = false; });
    const put = (value) => {
      if (!held && Number(input.value) !== value) input.value = value;
      tell();
    };
    return { input, put };
  }

  /** Gives a control the explanation of its term, as the canvas has it. */
  #explain(input, name) {
    input.title = this.#host.withText([name], (p) => this.#app.UTF8ToString(this.#app._app_explanation(p)));
  }

  #check(section, label, choose) {
    const line = make('label', section);
    const input = make('input', line, '', { type: 'checkbox' });
    line.append(label);
    input.addEventListener('change', () => choose(input.checked));
    return input;
  }

  #build() {
    const app = this.#app, host = this.#host, f = this.#fields;
    const head = make('h1', null, 'camloss');
    this.#root.prepend(head, make('p', null, 'Where does a photo classifier look, and does that matter? Two models answer side by side, ' +
      'on your own photos, which never leave this machine.'));
    // Changes in here are not announced: the status line says what matters.
    f.body = make('div', this.#root, '', { 'aria-live': 'off' });

    let section = this.#section('Add photos');
    const added = this.#group(section, 'Add photos', [['Add photos…', () => host.choosePhotos()],
      ['Add a folder…', () => host.chooseFolder()], ['Take a photo…', () => host.takePhoto()],
      ['Start over with the samples', () => app._app_start_over()], ['Stop the analysis', () => app._app_cancel()]]);
    f.stop = added[4];

    section = this.#section('Selected photo');
    f.line = make('p', section, '', { id: 'selected-line' });
    f.difference = make('p', section);
    f.proofs = make('div', section);
    [f.previous, f.next, f.remove, f.undo, f.redo] = this.#group(section, 'Selected photo', [
      ['Previous photo', () => app._app_select_relative(-1)], ['Next photo', () => app._app_select_relative(1)],
      ['Remove this photo', () => this.#remove([this.#outline.selected.id])],
      ['Undo', () => app._app_undo()], ['Do again', () => app._app_redo()]]);
    f.truths = make('div', section);

    section = this.#section('View');
    f.views = this.#radios(section, 'View', kViews, (page) => this.#view('page', page === 'compare' ? null : page));
    f.hidden = this.#radios(section, 'Hide', [['', 'Whole photo'], ['subject', 'Hide the subject'], ['background', 'Hide the background']], (part) => {
      this.#view('page', null);  // only that view shows it
      this.#view('hide', part || null);
    });
    f.pairs = this.#select(section, 'Models', (index) => app._app_use_pair(Number(index)));
    f.weights = make('p', section);
    [, f.retry] = this.#group(section, 'Models', [['Open own weights…', () => host.chooseWeights()],
      ['Try again to load the models', () => app._app_retry_weights()]]);
    f.method = this.#select(section, 'Map method', (method) => this.#view('method', method || null));
    f.evidence = this.#select(section, 'Evidence drawn', (drawn) => this.#view('evidence', drawn), kEvidence);
    f.colours = this.#select(section, 'Colours', (colours) => this.#view('colours', colours), kColours);
    f.opacity = this.#range(section, 'Opacity', [0, 100, 5], (v) => `${v} %`, (v) => this.#view('opacity', v));
    f.same = this.#check(section, 'Same scale for both maps', (on) => this.#view('scale', on ? 'same' : null));
    f.outlined = this.#check(section, 'Outline the strongest fifth', (on) => this.#view('outline', on ? 1 : null));
    f.kernel = this.#check(section, 'Show what counts as centre', (on) => this.#view('centre', on ? 1 : null));
    f.sure = this.#range(section, 'Unsure below', [50, 95, 1], (v) => `${v} %`, (v) => this.#view('sure', v));
    for (const [input, name] of [[f.pairs, 'Models'], [f.method, 'Map method'], [f.evidence, 'Evidence drawn'], [f.same, 'Scale'],
      [f.sure.input, 'Unsure'], ...f.hidden.map((radio) => [radio, 'Hide'])]) this.#explain(input, name);

    section = this.#section('Probes');
    make('p', section, 'Change the selected photo; both models answer at once.');
    f.x = this.#range(section, 'Move to the right', [-50, 50, 5], (v) => `${v} % of the width`, (v) => this.#probe({ x: v / 100 }));
    f.y = this.#range(section, 'Move down', [-50, 50, 5], (v) => `${v} % of the height`, (v) => this.#probe({ y: v / 100 }));
    f.hue = this.#range(section, 'Turn the hue', [-180, 180, 15], (v) => `${v} degrees`, (v) => this.#probe({ hue: v }));
    f.where = this.#select(section, 'Paint', () => {}, kWhere.map(([text], i) => [i, text]));
    f.brush = this.#range(section, 'Size', [3, 30, 1], (v) => `${2 * v} % of the width`, () => {});
    f.brush.put(15);
    this.#group(section, 'Probes', [['Paint over it', () => {
      const [, x, y] = kWhere[f.where.value];
      app._app_paint(x, y, Number(f.brush.input.value) / 100);
    }], ['Reset the photo', () => app._app_reset_probe()]]);
    f.answers = make('p', section);

    section = this.#section('Photos');
    f.count = make('p', section);
    f.list = make('ol', section, '', { 'aria-label': 'Photos' });
    f.keepListStop = rove(f.list, true);
    [f.all, f.removeMarked, ...f.labelMarked] = this.#group(section, 'Marked photos', [['Mark all', () => this.#markAll()],
      ['Remove the marked photos', () => this.#remove([...this.#marked])],
      ...[0, 1, -1].map((truth) => ['', () => this.#label([...this.#marked], truth)])]);

    section = this.#section('Results');
    f.figures = make('div', section);
    const scroller = make('div', section, '', { class: 'wide', role: 'region', 'aria-label': 'Table of results' });
    scroller.tabIndex = 0;  // its columns are scrolled with the arrows
    const table = make('table', scroller);
    make('caption', table, 'What each model says of each photo');
    f.headings = make('tr', make('thead', table));
    f.rows = make('tbody', table);

    section = this.#section('Save');
    this.#group(section, 'Save', [['Save the table as CSV', () => app._app_save_csv()], ['Save the picture as PNG', () => app._app_picture(0)],
      ['Copy the picture', () => app._app_picture(1)], ['Copy the link', () => app._app_copy_link()]]);
    f.keep = this.#check(section, 'Keep my photos, labels and probes on this machine for the next visit', (on) => host.keepPhotos(on ? 1 : 0));
    this.#group(section, 'Kept photos', [['Delete what is kept', () => host.keepPhotos(0)]]);

    section = this.#section('Keys');
    this.#group(section, 'Help', [['Show the help on the picture', () => app._app_help(1)]]);
    const keys = make('dl', section);
    for (const [key, does] of kKeys) {
      make('dt', keys, key);
      make('dd', keys, does);
    }
  }

  // -- what the user does --

  #view(key, value) {
    const view = new URLSearchParams(this.#outline.view);
    if (value === null) view.delete(key);
    else view.set(key, value);
    const diverging = view.get('colours') === 'diverging', both = view.get('evidence') === 'signed';
    // Two classes need two colours, one class one.
    if (key === 'evidence' && diverging !== both) {
      if (both) view.set('colours', 'diverging');
      else view.delete('colours');
    }
    // The program's outline follows a moment later; a second change before that builds on this one.
    this.#outline.view = view.toString();
    this.#host.withText([this.#outline.view], (link) => this.#app._app_view(link));
  }

  /** Changes one of x, y and hue; the others keep what the canvas gave them, which a slider here may only come near to. */
  #probe(change) {
    const { x, y, hue } = Object.assign(this.#outline.probe, change);
    const values = [x, y, hue];
    this.#host.withBytes(new Uint8Array(Float32Array.from(values).buffer), (p) => this.#app._app_probe(p, values.length));
  }

  #withIds(ids, use) {
    this.#host.withBytes(new Uint8Array(Uint32Array.from(ids).buffer), (p) => use(p, ids.length));
  }

  #remove(ids) { this.#withIds(ids, (p, n) => this.#app._app_remove(p, n)); }

  #label(ids, truth) { this.#withIds(ids, (p, n) => this.#app._app_label(p, n, truth)); }

  #mark(id, on) {
    if (on) this.#marked.add(id);
    else this.#marked.delete(id);
    this.#showMarked();
  }

  #markAll() {
    const ids = this.#outline.photos.filter(({ sample }) => !sample).map(({ id }) => id);
    const on = ids.some((id) => !this.#marked.has(id));
    for (const id of ids) {
      this.#rows.get(id).mark.checked = on;
      this.#mark(id, on);
    }
    this.say(`${this.#marked.size} photos are marked.`);
  }

  // -- what has changed --

  /** Shows the program's outline of the moment. */
  update() {
    const outline = JSON.parse(this.#app.UTF8ToString(this.#app._app_outline()));
    this.#outline = outline;
    this.#showSelected(outline);
    this.#showView(outline);
    this.#showProbe(outline);
    this.#showPhotos(outline);
  }

  #able(button, on) {
    if (on) button.removeAttribute('aria-disabled');
    else button.setAttribute('aria-disabled', 'true');
  }

  #showSelected({ selected, undo, redo, waiting, total, classes }) {
    const f = this.#fields;
    put(f.line, selected ? `Selected: ${selected.line}` : 'No photo is selected.');
    put(f.difference, selected?.difference ?? '');
    this.#sentences(f.proofs, selected?.proofs ?? []);
    for (const button of [f.previous, f.next, f.remove]) this.#able(button, selected !== null);
    put(f.undo, undo ? `Undo: ${undo}` : 'Undo');
    put(f.redo, redo ? `Do again: ${redo}` : 'Do again');
    this.#able(f.undo, undo !== '');
    this.#able(f.redo, redo !== '');
    put(f.stop, waiting > 0 ? `Stop the analysis, ${total - waiting} of ${total} done` : 'Stop the analysis');
    this.#able(f.stop, waiting > 0);
    const asks = selected?.asks ? classes.join('\n') : '';
    if (f.asks !== asks) {
      f.asks = asks;
      f.truths.replaceChildren();
      f.choices = asks === '' ? [] : this.#radios(f.truths, 'What the photo shows', [...classes.map((name, i) => [i, name]), [-1, 'not said']],
        (truth) => this.#label([this.#outline.selected.id], Number(truth)));
    }
    for (const choice of f.choices ?? []) choice.checked = Number(choice.value) === selected.truth;
  }

  #options(select, choices) {
    const text = JSON.stringify(choices);
    if (select.dataset.choices === text) return;
    select.dataset.choices = text;
    select.replaceChildren();
    for (const [value, name] of choices) make('option', select, name, { value });
  }

  /** One paragraph for each; nothing is touched where they are the same. */
  #sentences(box, sentences) {
    if (box.dataset.said === sentences.join('\n')) return;
    box.dataset.said = sentences.join('\n');
    box.replaceChildren();
    for (const sentence of sentences) make('p', box, sentence);
  }

  #showView(outline) {
    const f = this.#fields, view = new URLSearchParams(outline.view);
    for (const radio of f.views) radio.checked = radio.value === (view.get('page') ?? 'compare');
    for (const radio of f.hidden) radio.checked = radio.value === (view.get('hide') ?? '');
    put(f.hidden[1].nextSibling, `Hide the ${outline.subject}`);
    f.sure.put(Number(view.get('sure') ?? 65));
    const own = outline.pair < 0 ? [[-1, outline.weights === 'own' ? 'Own weights' : 'No models']] : [];
    this.#options(f.pairs, [...own, ...outline.pairs.map((name, i) => [i, name])]);
    f.pairs.value = outline.pair;
    put(f.weights, outline.failed.length > 0 ? `Could not be loaded: ${outline.failed.join(' and ')}.` : `Weights: ${outline.weights}.`);
    this.#able(f.retry, outline.failed.length > 0);
    this.#options(f.method, [['', 'Automatic'], ...outline.methods.map(({ name, title }) => [name, title])]);
    f.method.value = view.get('method') ?? '';
    f.evidence.value = view.get('evidence') ?? 'predicted';
    f.colours.value = view.get('colours') ?? 'viridis';
    f.opacity.put(Number(view.get('opacity') ?? 60));
    f.same.checked = view.get('scale') === 'same';
    f.outlined.checked = view.get('outline') === '1';
    f.kernel.checked = view.get('centre') === '1';
    f.keep.checked = outline.keeping;
    const [first, second] = outline.classes;
    if (first && f.classes !== first + second) {
      f.classes = first + second;
      put(f.evidence.options[1], `For ${first}`);
      put(f.evidence.options[2], `For ${second}`);
      [first, second, 'nothing that is known'].forEach((name, i) => put(f.labelMarked[i], `Label the marked photos: ${name}`));
    }
  }

  #showProbe({ probe }) {
    const f = this.#fields;
    f.x.put(Math.round(probe.x * 100));
    f.y.put(Math.round(probe.y * 100));
    f.hue.put(Math.round(probe.hue));
    const painted = probe.painted > 0 ? `${probe.painted} ${probe.painted === 1 ? 'spot is' : 'spots are'} painted over. ` : '';
    put(f.answers, painted + probe.answers.join(' '));
  }

  #showMarked() {
    const f = this.#fields, any = this.#marked.size > 0;
    for (const button of [f.removeMarked, ...f.labelMarked]) this.#able(button, any);
  }

  #newRow(id) {
    const item = make('li', null);
    const button = make('button', item, '', { type: 'button', 'data-stop': '' });
    const mark = make('input', item, '', { type: 'checkbox', 'data-stop': '' });
    mark.tabIndex = button.tabIndex = -1;
    mark.addEventListener('change', () => this.#mark(id, mark.checked));
    button.addEventListener('click', () => this.#app._app_select(id));
    const row = make('tr', null);
    make('th', row, '', { scope: 'row' });
    return { item, mark, button, row, text: '' };
  }

  #fillRow(entry, photo) {
    const text = JSON.stringify(photo);
    if (entry.text === text) return;
    entry.text = text;
    put(entry.button, photo.name);
    entry.mark.setAttribute('aria-label', `Mark ${photo.name}`);
    entry.mark.disabled = photo.sample;
    if (photo.sample) entry.mark.removeAttribute('data-stop');
    const cells = [photo.name, photo.label || 'not said'];
    for (const answer of photo.answers) cells.push(answer?.answer ?? (photo.gone ? 'its file is gone' : 'waiting'), answer?.probability ?? '', answer?.outcome ?? '');
    cells.forEach((cell, i) => put(entry.row.cells[i] ?? make('td', entry.row), cell));
  }

  #showPhotos({ photos, first, total, selected, roles, figures }) {
    const f = this.#fields;
    const shown = photos.length < total ? `Photos ${first + 1} to ${first + photos.length} of ${total}, around the selected one.`
      : `${total} ${total === 1 ? 'photo' : 'photos'}.`;
    put(f.count, shown);
    const headings = ['Photo', 'Label', ...roles.flatMap((role) => [role, `${role}, share`, `${role}, verdict`])];
    if (f.headed !== headings.join()) {
      f.headed = headings.join();
      f.headings.replaceChildren();
      for (const heading of headings) make('th', f.headings, heading, { scope: 'col' });
    }
    this.#sentences(f.figures, figures);
    const wanted = new Set(photos.map(({ id }) => id));
    const lostAt = [...this.#rows.entries()].filter(([id]) => !wanted.has(id)).map(([id, entry]) => {
      const hadFocus = entry.item.contains(document.activeElement);
      const at = [...f.list.children].indexOf(entry.item);
      entry.item.remove();
      entry.row.remove();
      this.#rows.delete(id);
      return hadFocus ? at : -1;
    }).find((at) => at >= 0);
    // Where not all photos are listed, one that is not may still be there.
    for (const id of this.#marked) {
      if (!wanted.has(id) && this.#app.UTF8ToString(this.#app._app_photo_record(id)) === '') this.#marked.delete(id);
    }
    photos.forEach((photo, i) => {
      let entry = this.#rows.get(photo.id);
      if (!entry) {
        this.#rows.set(photo.id, entry = this.#newRow(photo.id));
        entry.mark.checked = this.#marked.has(photo.id);
      }
      this.#fillRow(entry, photo);
      if (f.list.children[i] !== entry.item) f.list.insertBefore(entry.item, f.list.children[i] ?? null);
      if (f.rows.children[i] !== entry.row) f.rows.insertBefore(entry.row, f.rows.children[i] ?? null);
      if (photo.id === selected?.id) entry.button.setAttribute('aria-current', 'true');
      else entry.button.removeAttribute('aria-current');
    });
    // Where the photo with the focus went, the one that took its place has it.
    if (lostAt !== undefined && photos.length > 0) {
      f.list.children[Math.min(lostAt, photos.length - 1)].querySelector('button').focus();
    }
    f.keepListStop();
    this.#showMarked();
  }
}
