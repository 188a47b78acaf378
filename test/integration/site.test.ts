/** The site is built from the pages of the repository alone, and a dead link ends the build. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pages } from '../pages.js';

const vitepress = resolve('node_modules/vitepress/bin/vitepress.js');
const directory = mkdtempSync(join(tmpdir(), 'jwtlint-site-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
beforeAll(() => {
  execFileSync(process.execPath, [vitepress, 'build', 'site', '--outDir', directory], { stdio: 'ignore' });
});

/** Where a page of the repository stands on the site. */
const onSite = (page: string): string => page.replace(/(^|\/)README\.md$/, '$1index.md').replace(/\.md$/, '.html');

function html(): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'));
}

test('every page is there, and nothing else', () => {
  const own = pages().filter((page) => !page.startsWith('packages/'));
  expect(
    html()
      .map((name) => name.replaceAll('\\', '/'))
      .sort(),
  ).toEqual(['404.html', ...own.map(onSite)].sort());
});

test('every link within it leads to a page, and to a heading of it', () => {
  for (const name of html()) {
    const text = readFileSync(join(directory, name), 'utf8');
    for (const [, href] of text.matchAll(/<a [^>]*href="([^"]*)"/g)) {
      if (!href!.startsWith('/')) continue;
      const [path, anchor] = href!.split('#');
      const target = join(directory, path!.endsWith('/') ? `${path!}index.html` : `${path!}.html`);
      expect(existsSync(target), `${name}: ${href!}`).toBe(true);
      if (anchor) expect(readFileSync(target, 'utf8').includes(`id="${anchor}"`), `${name}: ${href!}`).toBe(true);
    }
  }
});

test('a reader’s browser asks nobody else for anything', () => {
  for (const name of html())
    expect(readFileSync(join(directory, name), 'utf8')).not.toMatch(/<(?:script|img|link|iframe)\b[^>]*\b(?:src|href)="https?:/);
});

test('a dead link ends the build', () => {
  const site = join(directory, 'dead');
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(site, name)), { recursive: true });
    writeFileSync(join(site, name), text);
  };
  // The configuration of the site on another tree, with a link to a page that it has not.
  write('package.json', '{ "type": "module" }');
  write('site/.vitepress/config.js', readFileSync('site/.vitepress/config.js', 'utf8'));
  symlinkSync(resolve('node_modules'), join(site, 'node_modules'), 'junction');
  for (const page of pages()) write(page, page === 'SECURITY.md' ? '# Security\n\n[gone](docs/gone.md)\n' : '# A page\n');
  const { status, stderr, stdout } = spawnSync(process.execPath, [vitepress, 'build', 'site'], { cwd: site, encoding: 'utf8' });
  expect(stdout + stderr).toContain('docs/gone');
  expect(status).toBe(1);
});
