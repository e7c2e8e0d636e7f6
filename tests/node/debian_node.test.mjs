// The scripts run on the Node.js of Debian 12, 18: they use nothing that came later. A newer one would not notice.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const kLater = [
  [/\bimport\.meta\.(dirname|filename)\b/, 'import.meta.dirname and filename: 20.11'],
  [/import\s*\{[^}]*\bcrc32\b[^}]*\}\s*from\s*'node:zlib'/, 'crc32 of node:zlib: 20.15'],
  [/\.(toSorted|toReversed|toSpliced)\(/, 'copying methods of arrays: 20'],
  [/\b(Promise\.withResolvers|Array\.fromAsync|Object\.groupBy)\b/, 'later than 20'],
];

function* scripts(folder) {
  for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue;
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* scripts(name);
    else if (name.endsWith('.mjs')) yield name;
  }
}

test('no script uses what Node.js 18 does not have', () => {
  const names = [...scripts('tests'), ...scripts('web')].filter((name) => !name.endsWith('debian_node.test.mjs'));
  assert.ok(names.length > 30);
  for (const name of names) {
    const text = readFileSync(path.join(root, name), 'utf8');
    for (const [pattern, what] of kLater) assert.doesNotMatch(text, pattern, `${name}: ${what}`);
  }
});
