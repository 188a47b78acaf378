/** The pages of the project (README.md, docs/ and their neighbours) and the code blocks on them. */
import { readdirSync } from 'node:fs';

/** A fenced block of a page. */
export interface CodeBlock {
  /** The first word after the fence; empty where there is none. */
  readonly language: string;
  readonly text: string;
  /** The text of the nearest heading of third order above it in the same section; empty where there is none. */
  readonly heading: string;
}

/** Every page, by its path from the root of the repository. */
export function pages(): readonly string[] {
  const below = readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name.replaceAll('\\', '/')}`);
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...below.filter((name) => name.endsWith('.md')).sort()];
}

/** The fenced blocks of a page or a part of one, from the top. */
export function codeBlocks(page: string): readonly CodeBlock[] {
  const found: CodeBlock[] = [];
  let heading = '';
  for (const [, fence, language, text, title] of page.matchAll(/^(`{3,})(\w*)[^\n]*\n([\s\S]*?)^\1$|^#{2,3} (.*)$/gm)) {
    if (fence === undefined) heading = title ?? '';
    else found.push({ language: language ?? '', text: text!, heading });
  }
  return found;
}

/** What stands below a heading of second order, up to the next one; empty where there is no such heading. */
export function sectionOf(page: string, title: string): string {
  const [, ...sections] = page.split(/^## /m);
  return sections.find((section) => section.startsWith(`${title}\n`))?.slice(title.length + 1) ?? '';
}
