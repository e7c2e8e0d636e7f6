// Keeps the user's photos, labels and probes in this browser's IndexedDB for the next visit, once the user has switched
// that on. Nothing is stored before, and only what the user takes out is deleted.

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

const textOf = ({ name, label, probe }) => JSON.stringify([name, label, probe]);

export class Keeper {
  #photos;              // { file(id), ids(): those that were read, record(id), restore(entries) }
  #tell;                // { message(text, isError), keeping(on) }
  #database = null;
  #keys = new Map();    // id → key in the database
  #stored = new Map();  // ids whose file is in the database → the text of their record there
  #changed = new Set();
  #removed = new Set();
  #timer = null;
  #work = Promise.resolve();
  #session = Date.now();
  #toldFull = false;

  constructor(photos, tell) {
    this.#photos = photos;
    this.#tell = tell;
  }

  /** Takes up what an earlier visit kept. */
  start() {
    this.#work = this.#work.then(() => this.#takeUp());
    return this.#work;
  }

  async #takeUp() {
    try {
      if (localStorage.getItem(kSwitch) === null) return;
    } catch {
      return;  // without storage nothing was kept
    }
    try {
      await this.#open();
      const read = this.#database.transaction(['records', 'files']);
      const all = (name) => Promise.all([done(read.objectStore(name).getAllKeys()), done(read.objectStore(name).getAll())]);
      const [[keys, records], [fileKeys, files]] = await Promise.all([all('records'), all('files')]);
      const fileOf = new Map(fileKeys.map((key, i) => [key, files[i]]));
      // A record whose file is gone shows nothing.
      const entries = keys.map((key, i) => ({ key, record: records[i], file: fileOf.get(key) })).filter(({ file }) => file);
      const ids = this.#photos.restore(entries.map(({ record, file }) => ({ file, ...record })));
      ids.forEach((id, i) => {
        this.#keys.set(id, entries[i].key);
        this.#stored.set(id, textOf(entries[i].record));
      });
      this.#tell.keeping(true);
      // Photos may have come before this was on.
      for (const id of this.#photos.ids()) if (!this.#keys.has(id)) this.changed(id);
    } catch (error) {
      this.#close();
      this.#tell.message(`The kept photos could not be read: ${error.message} — add them once more`, true);
      this.#tell.keeping(false);
    }
  }

  async #open() {
    const database = await openDatabase();
    this.#database = database;
    // Another tab deletes what is kept: it can only once nobody holds it.
    database.onversionchange = () => {
      database.close();
      if (this.#database !== database) return;
      this.#close();
      this.#tell.message('What was kept is deleted: another tab of this page asked for that', false);
      this.#tell.keeping(false);
    };
  }

  #close() {
    this.#database?.close();
    this.#database = null;
    this.#toldFull = false;
    for (const known of [this.#changed, this.#removed, this.#keys, this.#stored]) known.clear();
  }

  /** Switches keeping on, with all photos of the moment, or off, and deletes what is kept. */
  set(on) {
    this.#work = this.#work.then(() => (on ? this.#switchOn() : this.#switchOff()));
    return this.#work;
  }

  async #switchOn() {
    if (this.#database) return;
    try {
      await this.#open();
      localStorage.setItem(kSwitch, '1');
    } catch (error) {
      this.#close();
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
    this.#close();
    this.#tell.keeping(false);
    try {
      localStorage.removeItem(kSwitch);
      const request = indexedDB.deleteDatabase(kDatabase);
      request.onblocked = () => this.#tell.message('What was kept is still in use by another tab of this page — close that tab, and it is deleted', true);
      await done(request);
      this.#tell.message('What was kept is deleted; the photos on the page stay until you close it', false);
    } catch (error) {
      this.#tell.message(`What was kept could not be deleted: ${error.message} — delete the data of this site in the browser’s settings`, true);
    }
  }

  /** A photo was read or came back, or has another label or probe. */
  changed(id) {
    this.#note(id, this.#changed, this.#removed);
  }

  /** The user took a photo out. */
  removed(id) {
    this.#note(id, this.#removed, this.#changed);
  }

  #note(id, to, from) {
    if (!this.#database || id >= kFirstSampleId) return;
    from.delete(id);
    to.add(id);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#work = this.#work.then(() => this.#flush());
    }, kFlushMs);
  }

  async #flush() {
    for (const [ids, write] of [[this.#removed, (id) => this.#delete(id)], [this.#changed, (id) => this.#write(id)]]) {
      for (const id of ids) {
        if (!this.#database) return;
        ids.delete(id);
        try {
          await write(id);
        } catch (error) {
          this.#tellOf(error, id);
        }
      }
    }
  }

  #tellOf(error, id) {
    if (!this.#database || this.#toldFull) return;
    this.#toldFull = true;
    const reason = error.name === 'QuotaExceededError' ? 'the storage of this browser is full' : error.message;
    const name = this.#photos.record(id)?.name ?? 'A photo';
    this.#tell.message(`${name} could not be kept: ${reason}. What was kept before stays, and all else works on`, true);
  }

  /** Calls `use` with both stores, and waits until what it did is stored. */
  async #within(use) {
    const transaction = this.#database.transaction(['records', 'files'], 'readwrite');
    const over = finished(transaction);
    over.catch(() => {});  // told of where it is awaited
    use(transaction.objectStore('records'), transaction.objectStore('files'));
    await over;
  }

  async #delete(id) {
    if (!this.#stored.has(id)) return;
    const key = this.#keys.get(id);
    await this.#within((records, files) => {
      records.delete(key);
      files.delete(key);
    });
    this.#stored.delete(id);
  }

  async #write(id) {
    const record = this.#photos.record(id), stored = this.#stored.get(id);
    // One that is no longer there, or was not read yet: what is stored of it stays.
    if (record === null || (stored === undefined && !this.#photos.ids().includes(id))) return;
    const text = textOf(record);
    if (stored === text) return;
    // By the order of the photos, and after all of earlier visits.
    if (!this.#keys.has(id)) this.#keys.set(id, this.#session + id / 4096);
    const key = this.#keys.get(id);
    await this.#within((records, files) => {
      records.put(record, key);
      // Another tab may have taken the photo out; here it is still shown, so it is kept again.
      const there = files.count(key);
      there.onsuccess = () => { if (there.result === 0) files.put(this.#photos.file(id), key); };
    });
    this.#stored.set(id, text);
    this.#toldFull = false;
  }
}
