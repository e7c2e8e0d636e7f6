// What is kept of a training, so that it can go on after a reload: pictures once, states after epochs. In IndexedDB.

const kName = 'camloss-training';

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(kName, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('kept');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('another page holds the storage'));
  });
}

async function within(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction('kept', mode);
      const request = act(transaction.objectStore('kept'));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request.error);
    });
  } finally {
    database.close();
  }
}

/** @param {'task'|'baseline'|'camloss'} key  @param {object} value */
export const keep = (key, value) => within('readwrite', (store) => store.put(value, key));
export const kept = (key) => within('readonly', (store) => store.get(key));
export const forget = () => within('readwrite', (store) => store.clear());
