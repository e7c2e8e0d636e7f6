// What is kept of a training, so that it can go on after a reload: pictures once, states after epochs. In IndexedDB.
// There is room for one training: the one begun last has it, in whatever tab, and only that one changes what is kept.

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

/** Calls `act` with the store where the training `id` has it. */
const ofTraining = (id, act) => within('readwrite', (store) => {
  const task = store.get('task');
  task.onsuccess = () => { if (task.result && task.result.id === id) act(store); };
  return task;
});

/** Takes the place of whatever is kept. @param {object} task with its id  @param {object} states model → state */
export const keepTask = (task, states) => within('readwrite', (store) => {
  store.clear();
  for (const [name, state] of Object.entries(states)) store.put(state, name);
  return store.put(task, 'task');
});
/** @param {'baseline'|'camloss'} name */
export const keepState = (id, name, state) => ofTraining(id, (store) => store.put(state, name));
/** @param {'task'|'baseline'|'camloss'} key */
export const kept = (key) => within('readonly', (store) => store.get(key));
export const forget = (id) => ofTraining(id, (store) => store.clear());
