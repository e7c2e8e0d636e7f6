// What files are given to the page that trains: of one class, or of both.
import { inspect } from './photos.mjs';

const kNamed = 3;  // files that are named, of many that are left out

/** Files of a folder dialog, each with the folder that holds it, unless that is the chosen one. */
export const filesOfDialog = (files) => [...files].filter((file) => !file.name.startsWith('.')).map((file) => {
  const parts = (file.webkitRelativePath || '').split('/');
  return { file, label: parts.length > 2 ? parts.at(-2) : '' };
});

/** A folder's name, where all files are of one. */
export function folderOf(files) {
  const folders = new Set(files.map((file) => (file.webkitRelativePath || '').split('/').slice(-2, -1)[0] ?? ''));
  return folders.size === 1 ? [...folders][0] : '';
}

/**
 * The two classes of files that lie in two folders, or null where they do not, or where folders may as well be bursts of one
 * class: names were given, and the folders have others.
 * @param {{file: File, label: string}[]} found
 * @param {string[]} given  names of the classes so far, '' where none was given
 * @returns {string[]|null} the folders, in the order of the classes
 */
export function twoClasses(found, given) {
  const labels = [...new Set(found.map(({ label }) => label))].sort();
  if (labels.length !== 2 || labels[0] === '') return null;
  const same = (a, b) => a.localeCompare(b, undefined, { sensitivity: 'base' }) === 0;
  for (const order of [labels, [labels[1], labels[0]]]) {
    if (order.every((label, i) => given[i] === '' || same(label, given[i]))) return order;
  }
  return null;
}

/**
 * Parts files into those that may be photos and those that are none.
 * @param {{name: string, file?: File}[]} entries
 * @returns {Promise<{usable: object[], refused: {name: string, reason: string}[]}>}
 */
export async function sift(entries) {
  const usable = [], refused = [];
  for (const entry of entries) {
    const reason = entry.file ? (await inspect(entry.file)).reason : null;
    if (reason === null) usable.push(entry);
    else refused.push({ name: entry.name, reason });
  }
  return { usable, refused };
}

/** Sentences on files that were left out, one each where they are few. @param {{name: string, reason: string}[]} refused */
export function leftOut(refused) {
  const sentences = refused.map(({ name, reason }) => `${name} ${reason}`);
  if (sentences.length <= kNamed) return sentences;
  return [`${sentences.length} files were left out: ${sentences.slice(0, kNamed).join('; ')}; and ${sentences.length - kNamed} more`];
}
