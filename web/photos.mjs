// The queue of photos: decoded one after another in a worker, handed to the program, and let go.
import { foreignKind, pictureSize, tooLarge } from './picture-size.mjs';

const kMaxFileBytes = 256 * 2 ** 20;
const kThumbnailSide = 96;   // pixels; as in wasm/app/app_state.h
const kDisplaySide = 1024;

const kFormats = 'JPEG, PNG, WebP, GIF, BMP or AVIF';

/** Why a file is no photo, or null. Reads its first bytes only. */
export async function refusal(file) {
  if (file.size === 0) return 'is empty';
  if (file.size > kMaxFileBytes) return `is larger than ${kMaxFileBytes / 2 ** 20} MiB, the limit for a photo`;
  let bytes;
  try {
    bytes = new Uint8Array(await file.slice(0, 2 ** 18).arrayBuffer());
  } catch {
    return 'could not be read from the disk';
  }
  const kind = foreignKind(bytes);
  if (kind !== null && !await decodes(file)) return `is ${kind}, which this browser cannot read — export it as JPEG`;
  const size = kind === null ? pictureSize(bytes) : { width: 0, height: 0 };
  if (size === null) return `is not a picture this page can read — use ${kFormats}`;
  return tooLarge(size);
}

/** Some browsers read a kind that others cannot. */
async function decodes(file) {
  try {
    (await createImageBitmap(file)).close();
    return true;
  } catch {
    return false;
  }
}

/**
 * Strips of pixels that the program has copied and the browser has not collected yet. On a busy machine photos come
 * faster than the collector goes, so the next one waits for it, half a second at most.
 */
export class UsedStrips {
  static #kMostBytes = 96 * 2 ** 20;
  static #kLongestWait = 500;  // ms
  #bytes = 0;
  #registry = new FinalizationRegistry((bytes) => { this.#bytes -= bytes; });

  add(strip) {
    this.#bytes += strip.byteLength;
    this.#registry.register(strip.buffer, strip.byteLength);
  }

  async collected() {
    const end = performance.now() + UsedStrips.#kLongestWait;
    while (this.#bytes > UsedStrips.#kMostBytes && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

export class PhotoQueue {
  #app;
  #tools;
  #worker = null;
  #files = new Map();     // id → { file, display: Blob | null }
  #waiting = [];          // ids whose pixels are wanted
  #displays = [];         // ids whose display copy is wanted; these go first
  #used = new UsedStrips();
  #busy = false;
  #nextId = 1;

  constructor(app, tools) {
    this.#app = app;
    this.#tools = tools;
  }

  /** @param {{file: File, label: string}[]} entries */
  add(entries) {
    entries.forEach(({ file, label }, index) => {
      const id = this.#nextId++;
      this.#files.set(id, { file, display: null });
      this.#tools.withText([file.name || 'pasted picture', label],
                           (name, text) => this.#app._app_photo_added(id, name, text, index === 0 ? 1 : 0));
      this.#waiting.push(id);
    });
    this.#pump();
  }

  decodeAgain(id) {
    if (!this.#files.has(id)) return;
    this.#waiting.push(id);
    this.#pump();
  }

  display(id) {
    if (!this.#files.has(id)) return;
    this.#displays.push(id);
    this.#pump();
  }

  forget(id) {
    this.#files.delete(id);
  }

  cancel() {
    for (const id of this.#waiting) this.#files.delete(id);
    this.#waiting = [];
  }

  async #pump() {
    if (this.#busy) return;
    this.#busy = true;
    for (;;) {
      const showing = this.#displays.length > 0;
      const id = showing ? this.#displays.shift() : this.#waiting.shift();
      if (id === undefined) break;
      const entry = this.#files.get(id);
      if (!entry) continue;
      try {
        if (showing) await this.#show(id, entry);
        else await this.#decode(id, entry);
      } catch (error) {
        if (!this.#files.delete(id)) continue;
        this.#tools.withText([error.message], (reason) => this.#app._app_photo_failed(id, reason));
      }
    }
    this.#busy = false;
  }

  /** Runs a job in the worker; `strip` is called for each part of the pixels. */
  #work(job, strip) {
    this.#worker ??= new Worker(new URL('decode-worker.mjs', import.meta.url), { type: 'module' });
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const stop = (error) => {
        worker.terminate();
        this.#worker = null;
        reject(error);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        stop(new Error('could not be decoded'));
      };
      worker.onmessage = ({ data }) => {
        try {
          if (data.error) reject(new Error(data.error));
          else if (data.done) resolve(data);
          else strip(data);
        } catch (error) {
          stop(error);
        }
      };
      worker.postMessage(job);
    });
  }

  async #decode(id, entry) {
    const reason = await refusal(entry.file);
    if (reason !== null) throw new Error(reason);
    await this.#used.collected();
    const app = this.#app;
    let pointer = 0;
    try {
      const result = await this.#work(
        { file: entry.file, displaySide: kDisplaySide, thumbnailSide: kThumbnailSide, wantDisplay: !entry.display },
        ({ rows, first, width, height }) => {
          if (pointer === 0) pointer = app._malloc(width * height * 4);
          if (pointer === 0) throw new Error('is too large for the memory of this tab');
          app.HEAPU8.set(rows, pointer + first * width * 4);
          this.#used.add(rows);
        });
      if (!this.#files.has(id)) return;
      if (result.display) entry.display = result.display;
      app._app_photo_pixels(id, pointer, result.width, result.height, result.fileWidth, result.fileHeight);
      if (result.width !== result.fileWidth) {
        this.#tools.message(`${entry.file.name} has ${Math.round(result.fileWidth * result.fileHeight / 1e6)} megapixels ` +
          `and was reduced to ${result.width} × ${result.height} before it was analysed`, false);
      }
      if (result.thumbnail) {
        const { rgba, width, height } = result.thumbnail;
        this.#tools.withBytes(rgba, (p) => app._app_thumbnail(id, p, width, height));
      }
    } finally {
      if (pointer !== 0) app._free(pointer);
    }
  }

  async #show(id, entry) {
    const { rgba, width, height } = await this.#work({ show: entry.display ?? entry.file, displaySide: kDisplaySide },
                                                     () => {});
    if (this.#files.has(id)) this.#tools.withBytes(rgba, (p) => this.#app._app_display(id, p, width, height));
  }
}
