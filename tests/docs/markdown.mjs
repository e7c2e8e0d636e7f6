// Reads the parts of a Markdown file that can be tested: marked code blocks, links, pictures.
import { readFileSync } from 'node:fs';

/**
 * Fenced blocks with the comment on the line before: `<!-- test: NAME; needs THING -->` or `<!-- file: NAME -->`.
 * @returns {{language: string, mark: ?string, name: ?string, needs: ?string, line: number, text: string}[]}
 */
export function codeBlocks(file) {
  const blocks = [];
  let open = null;
  let before = '';
  readFileSync(file, 'utf8').split('\n').forEach((line, at) => {
    const fence = /^```(\w*)\s*$/.exec(line);
    if (fence && !open) {
      const mark = /^<!-- (test|file): ([^;]+?)(?:; needs (\w+))? -->$/.exec(before);
      open = { language: fence[1], mark: mark?.[1] ?? null, name: mark?.[2] ?? null, needs: mark?.[3] ?? null, line: at + 1, lines: [] };
    } else if (fence) {
      blocks.push({ ...open, text: open.lines.join('\n') + '\n' });
      open = null;
    } else if (open) {
      open.lines.push(line);
    }
    before = line;
  });
  if (open) throw new Error(`${file}:${open.line}: the block is not closed`);
  return blocks;
}

/** Targets of links and pictures, without those of other servers. */
export function localTargets(file) {
  const text = readFileSync(file, 'utf8').replace(/^```[^]*?^```/gm, '');
  return [...text.matchAll(/!?\[[^\]]*\]\(([^)\s]+)\)/g)].map((found) => found[1]).filter((target) => !/^[a-z]+:|^#/.test(target));
}

/** Commands of a shell block: lines, with continuations joined and comments left out. */
export function commands(text) {
  return text.replace(/\\\n\s*/g, ' ').split('\n').map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
}
