// The sentences of a Markdown file's prose: without code, tables, comments and headings.
import { readFileSync } from 'node:fs';

/** A paragraph as people read it: a link is its text; code, and the name of a document, is one word. */
const plain = (text) =>
  text
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, (_, words) => (/^\S+\.md$/.test(words) ? 'Document' : words))
    .replace(/`[^`]*`/g, 'Code')
    .replace(/[*_]{1,2}(?=\S)|(?<=\S)[*_]{1,2}/g, '');

/**
 * @param {string} markdown
 * @returns {{line: number, text: string, words: number}[]} each sentence, with the line that its paragraph begins in
 */
export function sentencesOf(markdown) {
  const paragraphs = [];
  let open = null;
  let fenced = false;
  let listed = false; // within a list, deep lines are prose
  markdown.split('\n').forEach((line, at) => {
    const isFence = /^\s*```/.test(line);
    if (isFence) fenced = !fenced;
    const isItem = /^\s*([-*]|\d+\.)\s/.test(line);
    const isText = !fenced && !isFence && line.trim() !== '' && !/^\s*(\||<!--|#|<)/.test(line) && (listed || isItem || !/^ {4}/.test(line));
    if (isItem) listed = true;
    else if (line !== '' && !/^\s/.test(line)) listed = false;
    if (!isText || isItem) open = null;
    if (!isText) return;
    if (!open) paragraphs.push((open = { line: at + 1, lines: [] }));
    open.lines.push(line.trim().replace(/^([-*]|\d+\.)\s+/, ''));
  });
  return paragraphs.flatMap(({ line, lines }) =>
    plain(lines.join(' '))
      .split(/(?<=[.!?]["”’)]?)\s+(?=["“‘(]?\p{Lu})/u)
      .map((text) => ({ line, text, words: text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length })),
  );
}

/** Sentences of a file that have more words than that. */
export const longSentences = (file, most) => sentencesOf(readFileSync(file, 'utf8')).filter(({ words }) => words > most);
