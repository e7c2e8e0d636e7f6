// Plain English: no sentence of the guides has more than 25 words, and none says "is no" where it means "is not a".
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { longSentences, sentencesOf } from './sentences.mjs';

const MOST_WORDS = 25;
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
// method.md is a record of research and its words; its figures need longer sentences.
const guides = ['README.md', ...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && name !== 'method.md').map((name) => `docs/${name}`)];

test('sentences are found, and their words counted', () => {
  const text = [
    '# A heading that is not prose at all',
    'One two [three four](target.md). Five `six seven`!',
    '',
    '| a table. | of cells. |',
    '```sh',
    'code. Not prose.',
    '```',
    '- An item that',
    '  goes on. 0.5 is a number (e.g. this one).',
    '',
    'A paragraph.',
    '',
    '    indented code. Not prose.',
  ].join('\n');
  const found = sentencesOf(text).map(({ line, text: sentence, words }) => [line, sentence, words]);
  assert.deepEqual(found, [
    [2, 'One two three four.', 4],
    [2, 'Five Code!', 2],
    [8, 'An item that goes on. 0.5 is a number (e.g. this one).', 12],
    [11, 'A paragraph.', 2],
  ]);
});

for (const guide of guides) {
  test(`${guide} has no sentence of more than ${MOST_WORDS} words`, () => {
    const long = longSentences(join(root, guide), MOST_WORDS).map(({ line, words, text }) => `${guide}:${line}: ${words} words: ${text}`);
    assert.deepEqual(long, []);
  });

  test(`${guide} says "is not a"`, () => {
    const found = sentencesOf(readFileSync(join(root, guide), 'utf8')).filter(({ text }) => /\b(is|are|was|were) no (?!longer|more|better|worse|evidence|shortcut)/.test(text));
    assert.deepEqual(found.map(({ line, text }) => `${guide}:${line}: ${text}`), []);
  });
}
