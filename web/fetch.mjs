// Fetching with progress; a response that is not the file is an error with a reason.

/**
 * Bytes of a file of the site.
 * @param {string} path relative to the page
 * @param {(share: number, total: number) => void} [progress] 0…1 and the file's bytes, where the length is known
 * @returns {Promise<Uint8Array>}
 */
export async function fetchBytes(path, progress) {
  let response;
  try {
    response = await fetch(path);
  } catch {
    throw new Error('it could not be fetched');
  }
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  // With a content encoding the length is that of the compressed bytes and says nothing about the progress.
  const total = response.headers.has('content-encoding') ? 0 : Number(response.headers.get('content-length') ?? 0);
  const parts = [];
  let size = 0;
  try {
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      size += value.length;
      if (progress && total > 0) progress(Math.min(1, size / total), total);
    }
  } catch {
    throw new Error(`the download broke off after ${size} bytes`);
  }
  if (total > 0 && size < total) throw new Error(`only ${size} of ${total} bytes arrived`);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
