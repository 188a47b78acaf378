/** Where a line of ours goes in a hook that is a shell script. */
import type { Insertion } from './edit.js';

/** A line that ends the script for those after it, changes its directory, or rewrites what is staged. */
const BARRIER = /^(?:exec|exit|cd|pushd)\b|^(?!#).*\blint-staged\b/;

/** Lines before the first command: comments, and what prepares the shell (`. husky.sh`, nvm, variables, options). */
const PREPARATION = /^\s*(?:#|$|\.\s|source\s|set\s|export\s|[A-Za-z_]\w*=[^\s;&|]*\s*$)/;

/** True when a shell reads the file: by its first line, or by custom where it has none. */
export function isShellScript(text: string): boolean {
  const [first = ''] = text.split('\n', 1);
  return !first.startsWith('#!') || /\b(?:sh|bash|dash|zsh|ksh)\b/.test(first);
}

/** True when a line that is no comment starts jwtlint. */
export function runsJwtlint(text: string): boolean {
  return text.split('\n').some((line) => !/^\s*#/.test(line) && /\bjwtlint\b/.test(line));
}

/**
 * Adds a line that checks what is staged: before anything that would keep it from being reached, else at the end.
 *
 * @returns undefined when the script is too unusual to say where that is
 */
export function insertCheck(text: string, line: string): Insertion | undefined {
  // In a here-document a line of text looks like a command.
  if (text.includes('<<')) return undefined;
  const lines = text.split('\n');
  let at = 0;
  for (const one of lines) {
    if (BARRIER.test(one)) return { at, text: `${line}\n` };
    at += one.length + 1;
  }
  // In a branch or a function, nobody knows whether it is reached.
  if (/^\s+(?:exec|exit)\b/m.test(text) || /\blint-staged\b/.test(text.replace(/^\s*#.*$/gm, '')))
    return { at: afterPreparation(lines), text: `${line}\n` };
  return { at: text.length, text: `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n` };
}

/**
 * Adds lines that check what is pushed. git says on standard input what that is, and other commands of the hook may need
 * to read it too (Git LFS does), so it is read once and given again to those after ours.
 *
 * @param command what checks, without its arguments
 */
export function insertPushCheck(text: string, command: string): Insertion | undefined {
  if (text.includes('<<')) return undefined;
  const lines = text.split('\n');
  return {
    at: afterPreparation(lines),
    text: `pushed=$(cat)\nprintf '%s\\n' "$pushed" | ${command} --pre-push "$@" || exit\nexec <<END\n$pushed\nEND\n`,
  };
}

function afterPreparation(lines: readonly string[]): number {
  let at = 0;
  for (const line of lines) {
    if (!PREPARATION.test(line)) return at;
    at += line.length + 1;
  }
  return Math.max(0, at - 1);
}
