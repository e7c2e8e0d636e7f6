// Keeps the user's photos, labels and probes in this browser's IndexedDB for the next visit, once the user has switched
// that on. Nothing is stored before.

const kDatabase = 'camloss';
const kSwitch = 'camloss keeps photos';  // in localStorage, so that nobody else's visit makes a database
const kFlushMs = 300;
const kFirstSampleId = 0x40000000;       // as in wasm/app/app_state.h

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const finished = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve();
  transaction.onabort = () => reject(transaction.error ?? new Error('the storage gave up'));
});

function openDatabase() {
  const request = indexedDB.open(kDatabase, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('records');  // key → { name, label, probe }
    request.result.createObjectStore('files');    // key → File
  };
  return done(request);
}

export class Keeper {
  #photos;              // { file(id), ids(), record(id), restore(entries) }
  #tell;                // { message(text, isError), keeping(on) }
  #database = null;
  #keys = new Map();    // id → key in the database; keys rise in the order of the photos
  #stored = new Set();  // ids whose file is in the database
  #changed = new Set();
  #timer = null;
  #work = Promise.resolve();
  #counter = 0;
  #toldFull = false;

  constructor(photos, tell) {
    this.#photos = photos;
    this.#tell = tell;
  }

  /** Takes up what an earlier visit kept. */
  async start() {
    try {
      if (localStorage.getItem(kSwitch) === null) return;
    } catch {
      return;  // without storage nothing was kept
    }
    try {
      this.#database = await openDatabase();
      const read = this.#database.transaction(['records', 'files']);
      const [keys, records, files] = await Promise.all([done(read.objectStore('records').getAllKeys()),
        done(read.objectStore('records').getAll()), done(read.objectStore('files').getAll())]);
      const ids = this.#photos.restore(records.map((record, i) => ({ file: files[i], ...record })));
      ids.forEach((id, i) => {
        this.#keys.set(id, keys[i]);
        this.#stored.add(id);
      });
      this.#tell.keeping(true);
    } catch (error) {
      this.#tell.message(`The kept photos could not be read: ${error.message} — add them once more`, true);
      this.#tell.keeping(false);
    }
  }

  /** Switches keeping on, with all photos of the moment, or off, and deletes what is kept. */
  set(on) {
    this.#work = this.#work.then(() => (on ? this.#switchOn() : this.#switchOff()));
    return this.#work;
  }

  async #switchOn() {
    if (this.#database) return;
    try {
      this.#database = await openDatabase();
      localStorage.setItem(kSwitch, '1');
    } catch (error) {
      this.#database = null;
      this.#tell.message(`Photos cannot be kept: the browser denies storage (${error.message}). All else works as before`, true);
      this.#tell.keeping(false);
      return;
    }
    navigator.storage?.persist?.().catch(() => {});
    this.#tell.keeping(true);
    for (const id of this.#photos.ids()) this.changed(id);
    this.#tell.message('Photos, labels and probes are kept on this machine until you delete them', false);
  }

  async #switchOff() {
    this.#changed.clear();
    this.#keys.clear();
    this.#stored.clear();
    try {
      localStorage.removeItem(kSwitch);
      this.#database?.close();
      await done(indexedDB.deleteDatabase(kDatabase));
      this.#tell.message('What was kept is deleted; the photos on the page stay until you close it', false);
    } catch (error) {
      this.#tell.message(`What was kept could not be deleted: ${error.message} — delete the data of this site in the browser’s settings`, true);
    }
    this.#database = null;
    this.#tell.keeping(false);
  }

  /** A photo came, went, or has another label or probe. */
  changed(id) {
    if (!this.#database || id >= kFirstSampleId) return;
    this.#changed.add(id);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#work = this.#work.then(() => this.#flush());
    }, kFlushMs);
  }

  async #flush() {
    for (const id of this.#changed) {
      if (!this.#database) return;
      this.#changed.delete(id);
      const record = this.#photos.record(id);
      try {
        await this.#write(id, record);
      } catch (error) {
        if (!this.#toldFull) {
          const reason = error.name === 'QuotaExceededError' ? 'the storage of this browser is full' : error.message;
          this.#tell.message(`${record?.name ?? 'A photo'} could not be kept: ${reason}. What was kept before stays, and all else works on`, true);
        }
        this.#toldFull = true;
      }
    }
  }

  async #write(id, record) {
    const write = this.#database.transaction(['records', 'files'], 'readwrite');
    const over = finished(write);
    over.catch(() => {});  // told of where it is awaited
    if (record === null) {
      if (!this.#keys.has(id)) return;
      write.objectStore('records').delete(this.#keys.get(id));
      write.objectStore('files').delete(this.#keys.get(id));
      await over;
      this.#stored.delete(id);
      return;
    }
    if (!this.#keys.has(id)) this.#keys.set(id, Date.now() + this.#counter++ / 4096);
    const key = this.#keys.get(id);
    write.objectStore('records').put(record, key);
    if (!this.#stored.has(id)) write.objectStore('files').put(this.#photos.file(id), key);
    await over;
    this.#stored.add(id);
  }
}
