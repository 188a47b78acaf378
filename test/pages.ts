/** The pages of the project (README.md, docs/ and their neighbours) and the code blocks on them. */
import { readdirSync } from 'node:fs';

/** A fenced block of a page. */
export interface CodeBlock {
  /** The first word after the fence; empty where there is none. */
  readonly language: string;
  readonly text: string;
  /** The heading of second order that it stands below; empty where there is none. */
  readonly section: string;
  /** The heading of third order that it stands below in that section; empty where there is none. */
  readonly heading: string;
}

/** Every page, by its path from the root of the repository. */
export function pages(): readonly string[] {
  const below = readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name.replaceAll('\\', '/')}`);
  return [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'packages/eslint-plugin-jwtlint/README.md',
    ...below.filter((name) => name.endsWith('.md')).sort(),
  ];
}

/** The fenced blocks of a page, from the top. */
export function codeBlocks(page: string): readonly CodeBlock[] {
  const found: CodeBlock[] = [];
  let [section, heading] = ['', ''];
  for (const [, fence, language, text, marks, title] of page.matchAll(/^(`{3,})(\w*)[^\n]*\n([\s\S]*?)^\1$|^(#{2,3}) (.*)$/gm)) {
    if (fence !== undefined) found.push({ language: language ?? '', text: text!, section, heading });
    else if (marks === '##') [section, heading] = [title!, ''];
    else heading = title!;
  }
  return found;
}

/** What stands below a heading of second order, up to the next one; empty where there is no such heading. */
export function sectionOf(page: string, title: string): string {
  const [, ...sections] = page.split(/^## /m);
  return sections.find((section) => section.startsWith(`${title}\n`))?.slice(title.length + 1) ?? '';
}

/** A session at a terminal: commands with what they print. */
export function isTranscript({ language }: CodeBlock): boolean {
  return language === 'console';
}

/** What `npm run demo` prints. */
export function isOutput(page: string, { language }: CodeBlock): boolean {
  return page === 'README.md' && language === 'text';
}

/** A configuration of ESLint. */
export function isLinterConfiguration({ language, text }: CodeBlock): boolean {
  return language === 'js' && text.includes('jwtlint.configs');
}
