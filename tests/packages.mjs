// Packages from npm that a folder of tests needs: those of its lock file, fetched once and again only when it changes.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const kInstall = 'cmp -s "$0/package-lock.json" "$0/node_modules/.installed" || ' +
  '{ npm ci --prefix "$0" --no-audit --no-fund --ignore-scripts --loglevel=error && cp "$0/package-lock.json" "$0/node_modules/.installed"; }';

/**
 * @param {URL} folder the folder of package.json and package-lock.json
 * @returns {Promise<string | null>} why they are not to be had, null where they are installed
 */
export async function withPackages(folder) {
  const path = fileURLToPath(folder), lock = join(path, 'package-lock.json'), mark = join(path, 'node_modules/.installed');
  const wanted = await readFile(lock, 'utf8');
  if (await readFile(mark, 'utf8').catch(() => '') === wanted) return null;
  try {
    // Files of tests run beside one another: the second waits for the first, and finds the packages then.
    await promisify(execFile)('flock', [lock, 'sh', '-c', kInstall, path], { timeout: 300000 });
  } catch (error) {
    const lines = String(error.stderr || error.message).split('\n').filter((line) => line.trim() !== '');
    return `skipped: npm cannot install what ${path} needs: ${lines[0]}`;
  }
  return null;
}
