// The queue of photos: decoded in as many workers as there are cores, handed to the program, and let go.
import { foreignKind, kFullPixels, pictureSize, tooLarge } from './picture-size.mjs';

const kMaxFileBytes = 256 * 2 ** 20;
const kThumbnailSide = 96;   // pixels; as in wasm/app/app_state.h
const kDisplaySide = 1024;
const kInFlightBytes = 400 * 2 ** 20;  // of pixels that are being decoded: in the worker, and in the program
const kUnknownPixels = 12e6;           // of a format whose header does not tell

const kWorkers = Math.max(1, globalThis.navigator?.hardwareConcurrency || 1);

const kFormats = 'JPEG, PNG, WebP, GIF, BMP or AVIF';

/**
 * Looks at a file's first bytes.
 * @returns {Promise<{reason: string | null, pixels: number}>} why it is no photo, or null; how many pixels it may have
 */
export async function inspect(file) {
  const refused = (reason) => ({ reason, pixels: 0 });
  if (file.size === 0) return refused('is empty');
  if (file.size > kMaxFileBytes) return refused(`is larger than ${kMaxFileBytes / 2 ** 20} MiB, the limit for a photo`);
  let bytes;
  try {
    bytes = new Uint8Array(await file.slice(0, 2 ** 18).arrayBuffer());
  } catch {
    return refused('could not be read from the disk');
  }
  const kind = foreignKind(bytes);
  if (kind !== null && !await decodes(file)) return refused(`is ${kind}, which this browser cannot read — export it as JPEG`);
  const size = kind === null ? pictureSize(bytes) : { width: 0, height: 0 };
  if (size === null) return refused(`is not a picture this page can read — use ${kFormats}`);
  return { reason: tooLarge(size), pixels: size.width * size.height || kUnknownPixels };
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
  #idle = [];             // workers without a job
  #files = new Map();     // id → { file, display: Blob | null, ready: whether it was decoded once }
  #waiting = [];          // ids whose pixels are wanted
  #displays = [];         // ids whose display copy is wanted; these go first
  #used = new UsedStrips();
  #inFlight = 0;          // bytes, of what is being decoded
  #jobs = 0;
  #room = [];             // called when a job has ended
  #nextId = 1;

  constructor(app, tools) {
    this.#app = app;
    this.#tools = tools;
  }

  /**
   * @param {{file: File, label: string}[]} entries
   * @param {boolean} [restored] whether an earlier visit kept them: else the first of them is shown
   * @returns {number[]} their ids
   */
  add(entries, restored = false) {
    const ids = entries.map(({ file, label }, index) => {
      const id = this.#nextId++;
      this.#files.set(id, { file, display: null, ready: false });
      this.#tools.withText([file.name || 'pasted picture', label], (name, text) => {
        if (restored) this.#app._app_photo_restored(id, name, text);
        else this.#app._app_photo_added(id, name, text, index === 0 ? 1 : 0);
      });
      this.#waiting.push(id);
      return id;
    });
    this.#pump();
    return ids;
  }

  file(id) { return this.#files.get(id)?.file; }

  /** Photos that could be read. */
  ids() { return [...this.#files.keys()].filter((id) => this.#files.get(id).ready); }

  /** Whether the file of a photo is still there; if not, the program is told. */
  async check(id) {
    try {
      await this.#files.get(id).file.slice(0, 1).arrayBuffer();
    } catch {
      this.#fail(id, 'could not be read from the disk');
    }
  }

  #fail(id, reason) {
    // What was read once keeps its picture for the screen.
    if (!this.#files.get(id)?.ready) this.#files.delete(id);
    this.#tools.withText([reason], (text) => this.#app._app_photo_failed(id, text));
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
    this.#waiting = [];
  }

  /** Starts what can be started. */
  #pump() {
    while (this.#jobs < kWorkers) {
      const showing = this.#displays.length > 0;
      const id = showing ? this.#displays.shift() : this.#waiting.shift();
      if (id === undefined) return;
      const entry = this.#files.get(id);
      if (!entry) continue;
      this.#jobs += 1;
      this.#run(id, () => (showing ? this.#show(id, entry) : this.#decode(id, entry)));
    }
  }

  async #run(id, job) {
    try {
      await job();
    } catch (error) {
      if (this.#files.has(id)) this.#fail(id, error.message);
    }
    this.#jobs -= 1;
    this.#room.splice(0).forEach((look) => look());
    this.#pump();
  }

  /** Waits until the pixels fit beside those that are being decoded. Alone, any photo fits. */
  async #reserve(bytes) {
    while (this.#inFlight > 0 && this.#inFlight + bytes > kInFlightBytes) {
      await new Promise((resolve) => { this.#room.push(resolve); });
    }
    this.#inFlight += bytes;
  }

  /** Runs a job in a worker; `strip` is called for each part of the pixels. */
  #work(job, strip) {
    const worker = this.#idle.pop() ?? new Worker(new URL('decode-worker.mjs', import.meta.url), { type: 'module' });
    return new Promise((resolve, reject) => {
      const stop = (error) => {
        worker.terminate();
        reject(error);
      };
      const end = (settle, value) => {
        this.#idle.push(worker);
        settle(value);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        stop(new Error('could not be decoded'));
      };
      worker.onmessage = ({ data }) => {
        try {
          if (data.error) {
            end(reject, new Error(data.error));
          } else if (data.done) {
            end(resolve, data);
          } else {
            strip(data);
            if (data.back) worker.postMessage({ used: data.rows.buffer }, [data.rows.buffer]);
          }
        } catch (error) {
          stop(error);
        }
      };
      worker.postMessage(job);
    });
  }

  async #decode(id, entry) {
    const { reason, pixels } = await inspect(entry.file);
    if (reason !== null) throw new Error(reason);
    const bytes = Math.min(pixels, kFullPixels) * 8;
    await this.#reserve(bytes);
    try {
      if (this.#files.has(id)) await this.#decodeNow(id, entry);
    } finally {
      this.#inFlight -= bytes;
    }
  }

  async #decodeNow(id, entry) {
    await this.#used.collected();
    const app = this.#app;
    let pointer = 0;
    try {
      const result = await this.#work(
        { file: entry.file, displaySide: kDisplaySide, thumbnailSide: kThumbnailSide, wantDisplay: !entry.display },
        ({ rows, first, width, height, back }) => {
          if (pointer === 0) pointer = app._malloc(width * height * 4);
          if (pointer === 0) throw new Error('is too large for the memory of this tab');
          app.HEAPU8.set(rows, pointer + first * width * 4);
          if (!back) this.#used.add(rows);
        });
      if (!this.#files.has(id)) return;
      if (result.display) entry.display = result.display;
      entry.ready = true;
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
