// Hands a trained pair, and photos where they are wanted, from the page that trained to the page that compares: messages
// between two windows of this site. Nothing is stored, and nothing leaves the browser.

const kHash = '#trained';  // main.mjs knows it too
const kReady = 'camloss: ready for a trained pair';
const kWaitMs = 60000;

/**
 * Opens the page that compares photos, in a window of its own; to be called by a click.
 * @param {() => Promise<{file: File, label: string}[]>} filesOf  weights and photos, asked for once that page is ready
 * @returns {Promise<number>} files that were handed over. Errors: no window, or it does not answer
 */
export function openPair(filesOf) {
  const other = window.open(`./${kHash}`, '_blank');
  if (other === null) return Promise.reject(new Error('the browser opened no other window'));
  return new Promise((resolve, reject) => {
    const stop = (end, value) => {
      clearTimeout(timer);
      window.removeEventListener('message', hear);
      end(value);
    };
    const hear = async ({ data, source, origin }) => {
      if (source !== other || origin !== location.origin) return;
      if (typeof data?.refused === 'string') stop(reject, new Error(data.refused));
      if (data !== kReady) return;
      try {
        const files = await filesOf();
        other.postMessage({ trained: files }, location.origin);
        stop(resolve, files.length);
      } catch (error) {
        stop(reject, error);
      }
    };
    const timer = setTimeout(() => stop(reject, new Error('the page that compares photos did not answer')), kWaitMs);
    window.addEventListener('message', hear);
  });
}

/** On the page that compares: takes what the page that trained hands over. @param {object} host of host.mjs */
export function takePair(host) {
  if (window.opener === null) {
    host.message('That address opens from the page that trains; the shipped models are shown');
    return;
  }
  window.addEventListener('message', ({ data, source, origin }) => {
    if (source === window.opener && origin === location.origin && Array.isArray(data?.trained)) host.takeFiles(data.trained);
  });
  window.opener.postMessage(kReady, location.origin);
}

/** On the page that compares, where it cannot take a pair. */
export function refusePair(reason) {
  window.opener?.postMessage({ refused: reason }, location.origin);
}
