// What the program asks of the browser: dialogs, decoding, downloads, the address, and text for assistive technology.
import { fetchBytes } from './fetch.mjs';
import { isMask } from './input.mjs';
import { Keeper } from './keep.mjs';
import { PhotoQueue } from './photos.mjs';
import { Results } from './results.mjs';

const kAlertMs = 15000;
const kMaxWeightsBytes = 64 * 2 ** 20;  // the largest sensible model is a twentieth of that

const kWidestRun = 8192;  // pixels
const kFromRight = /^[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;

const kFirstPage = 'compare';  // the view that an address without a name of a view stands for

const element = (id) => document.getElementById(id);

function download(name, blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function pngOf(rgba, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d').putImageData(new ImageData(new Uint8ClampedArray(rgba.buffer), width, height), 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** The functions that the program calls, and those that hand it things. */
export function createHost() {
  let app = null;
  let queue = null;
  let keeper = null;
  let results = null;

  /** Calls `use` with pointers to the texts; they are freed afterwards. */
  function withText(texts, use) {
    const pointers = texts.map((text) => {
      const size = app.lengthBytesUTF8(text) + 1;
      const pointer = app._malloc(size);
      app.stringToUTF8(text, pointer, size);
      return pointer;
    });
    try {
      return use(...pointers);
    } finally {
      pointers.forEach((pointer) => app._free(pointer));
    }
  }

  /** Calls `use` with a pointer to the bytes; they are freed afterwards. */
  function withBytes(bytes, use) {
    const pointer = app._malloc(Math.max(1, bytes.length));
    if (pointer === 0) throw new Error('not enough memory');
    app.HEAPU8.set(bytes, pointer);
    try {
      return use(pointer);
    } finally {
      app._free(pointer);
    }
  }

  const message = (text, isError = true) => withText([text], (p) => app._app_message(p, isError ? 1 : 0));

  /** Takes weights files; they are used together. */
  async function openWeights(files) {
    for (const file of files) {
      if (file.size > kMaxWeightsBytes) {
        message(`${file.name} is larger than ${kMaxWeightsBytes / 2 ** 20} MiB — that is no weights file of this program`);
        continue;
      }
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        withText([file.name], (name) => withBytes(bytes, (p) => app._app_own_weights(name, p, bytes.length)));
      } catch {
        message(`${file.name} could not be read`);
      }
    }
    withText([''], (name) => app._app_own_weights(name, 0, -1));
  }

  /**
   * Takes files as chosen or dropped.
   * @param {{file: File, label: string}[]} entries
   * @param {boolean} [isLink] whether a web link was dropped
   */
  function takeFiles(entries, isLink = false) {
    const isWeights = ({ file }) => /\.(safetensors|json)$/i.test(file.name);
    const weights = entries.filter(isWeights).map(({ file }) => file);
    const photos = entries.filter((entry) => !isWeights(entry) && !isMask(entry.file));
    if (weights.length > 0) openWeights(weights);
    if (photos.length > 0) queue.add(photos);
    if (entries.length === 0 && isLink) {
      message('That is a link, not a picture — save or copy the picture first, then drop or paste it here');
    } else if (weights.length + photos.length === 0) {
      message('There was no photo in that — drop photos, folders of photos or weights files');
    }
  }

  /** What was said and done to a photo: { name, label, probe }, or null where it is gone. */
  function record(id) {
    const text = app.UTF8ToString(app._app_photo_record(id));
    return text === '' ? null : JSON.parse(text);
  }

  /** Adds photos of an earlier visit as they were left; what is shown stays. Returns their ids. */
  function restore(entries) {
    const ids = queue.add(entries, true);
    entries.forEach(({ probe }, i) => {
      withBytes(new Uint8Array(Float32Array.from(probe).buffer), (p) => app._app_restore_probe(ids[i], p, probe.length));
    });
    return ids;
  }

  const host = {
    withText,
    withBytes,
    message,
    takeFiles,
    attach(module) {
      app = module;
      queue = new PhotoQueue(app, { withText, withBytes, message });
      keeper = new Keeper({ file: (id) => queue.file(id), ids: () => queue.ids(), record, restore },
                          { message, keeping: (on) => app._app_set_keeping(on ? 1 : 0) });
    },
    /** Takes up what an earlier visit kept. */
    begin: () => keeper.start(),
    choosePhotos: () => element('photo-input').click(),
    takePhoto: () => element('camera-input').click(),
    /** In a window of its own: photos, labels and paint of this one stay. */
    openTraining() {
      if (window.open('train.html', '_blank') === null) message('The browser opened no other window — open train.html beside this page', true);
    },
    canFillScreen: () => document.fullscreenEnabled === true,
    fillsScreen: () => document.fullscreenElement !== null,
    /** All of the page, so that the structure beside the canvas and the messages come along. */
    async fillScreen(on) {
      try {
        if (on) await document.documentElement.requestFullscreen();
        else if (document.fullscreenElement) await document.exitFullscreen();
      } catch (error) {
        message(`The browser did not allow full screen: ${error.message}`);
      }
    },
    chooseFolder: () => element('folder-input').click(),
    chooseWeights: () => element('weights-input').click(),
    /**
     * A run of text in the system's font: { rgba, width, height, ascent, left, advance, coloured }, or null where it shows
     * nothing. What stands out of its line and of its sides is in the picture, too.
     */
    paintText(run, size, strong) {
      const canvas = new OffscreenCanvas(1, 1);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      const font = `${strong ? 600 : 400} ${size * 0.82}px system-ui, sans-serif`;
      // From right to left a sign at an end of the run stands where it is read.
      const direction = kFromRight.test(run) ? 'rtl' : 'ltr';
      Object.assign(context, { font, direction, textAlign: 'left' });
      const measured = context.measureText(run);
      const most = (...figures) => Math.ceil(Math.max(...figures.filter(Number.isFinite)));
      const ascent = most(measured.fontBoundingBoxAscent, measured.actualBoundingBoxAscent, size * 0.6);
      const descent = most(measured.fontBoundingBoxDescent, measured.actualBoundingBoxDescent, 0);
      const left = most(measured.actualBoundingBoxLeft, 0);
      const width = left + most(measured.width, measured.actualBoundingBoxRight);
      if (measured.width < 1) return null;
      canvas.width = Math.min(width, kWidestRun);
      canvas.height = ascent + descent;
      Object.assign(context, { font, direction, textAlign: 'left', fillStyle: '#fff' });  // a new size forgets all
      context.fillText(run, left, ascent);
      const rgba = context.getImageData(0, 0, canvas.width, canvas.height).data;
      let coloured = false;
      for (let i = 0; i < rgba.length && !coloured; i += 4) coloured = rgba[i + 3] > 128 && (rgba[i] !== rgba[i + 1] || rgba[i] !== rgba[i + 2]);
      // A colour is as it is, a letter takes that of its text: white wherever there is any of it.
      if (!coloured) for (let i = 0; i < rgba.length; i += 4) rgba[i] = rgba[i + 1] = rgba[i + 2] = 255;
      return { rgba, width: canvas.width, height: canvas.height, ascent, left, advance: Math.min(measured.width, kWidestRun), coloured };
    },
    requestPixels: (id) => queue.decodeAgain(id >>> 0),
    requestDisplay: (id) => queue.display(id >>> 0),
    check: (id) => queue.check(id >>> 0),
    photoChanged: (id) => keeper.changed(id >>> 0),
    photoRemoved: (id) => keeper.removed(id >>> 0),
    keepPhotos: (on) => keeper.set(on === 1),
    forget: (id) => queue.forget(id >>> 0),
    cancelDecoding: () => queue.cancel(),
    async loadWeights(slot, path) {
      try {
        const bytes = await fetchBytes(path, (share) => app._app_weights_progress(slot, share));
        withText([path], (p) => withBytes(bytes, (b) => app._app_weights(slot, p, b, bytes.length)));
      } catch (error) {
        withText([path, error.message],
                 (p, reason) => app._app_weights_failed(slot, p, reason));
      }
    },
    saveFile: (name, mime, bytes) => download(name, new Blob([bytes], { type: mime })),
    async savePng(name, rgba, width, height) {
      download(name, await pngOf(rgba, width, height));
    },
    async copyPng(rgba, width, height) {
      try {
        await navigator.clipboard.write([new ClipboardItem({ 'image/png': pngOf(rgba, width, height) })]);
        message('The picture is in the clipboard', false);
      } catch (error) {
        message(`The picture could not be copied: ${error.message} — save it instead (S)`, true);
      }
    },
    /** Writes the address anew; another view is a step of its own in the history. */
    setLink(fragment) {
      const page = new URLSearchParams(fragment).get('page') ?? kFirstPage;
      const address = fragment ? `#${fragment}` : location.pathname + location.search;
      try {
        const other = history.state?.page !== undefined && history.state.page !== page;
        // What is written while the browser is going back would hold it up.
        if (history.state?.page === page && new URL(address, location.href).href === location.href) return;
        history[other ? 'pushState' : 'replaceState']({ page }, '', address);
      } catch {
        // An address that cannot be changed (a sandboxed frame) costs only the link.
      }
    },
    /** Shows the view of the history's entry where somebody went back or forward, or takes up a link that was typed. */
    followHistory(state) {
      if (state?.page !== undefined) withText([state.page], (page) => app._app_page(page));
      else if (location.hash.startsWith('#train=')) location.reload();  // the start leads to that page
      else withText([location.hash.slice(1)], (link) => app._app_follow_link(link));
    },
    async copyLink() {
      try {
        await navigator.clipboard.writeText(location.href);
        message('The link is in the clipboard', false);
      } catch {
        message(`The link could not be copied — it is the page's address: ${location.href}`, false);
      }
    },
    mirrorResults() {
      results ??= new Results(app, host, element('results'));
      results.update();
    },
    say: (sentence) => results?.say(sentence),
    announce(text) {
      const line = document.createElement('p');
      line.textContent = text;
      element('alerts').append(line);
      setTimeout(() => line.remove(), kAlertMs);
    },
  };
  return host;
}
