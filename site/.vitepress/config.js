/**
 * The site is made of the pages that the repository has: README.md, what stands beside it, and docs/. Nothing is written twice.
 * Links between them stay as they are on GitHub; what is no page (LICENSE, a schema, an example) is linked there.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REPOSITORY = 'https://github.com/jwtlint/jwtlint';

/** Path of a page in the repository -> path on the site, where they differ. */
const REWRITES = { 'README.md': 'index.md', 'docs/rules/README.md': 'docs/rules/index.md' };

const isPage = (path) => /^(?:README|CONTRIBUTING|SECURITY)\.md$|^docs\/.*\.md$/.test(path);

/** What a link on a page leads to on the site. */
function onSite(page, href) {
  if (/^[a-z]+:|^#/.test(href)) return href;
  const source = Object.keys(REWRITES).find((path) => REWRITES[path] === page) ?? page;
  const [path, anchor] = href.split('#');
  const target = posix.join(posix.dirname(source), path);
  const rest = anchor === undefined ? '' : `#${anchor}`;
  return isPage(target) ? `/${REWRITES[target] ?? target}${rest}` : `${REPOSITORY}/blob/main/${target}${rest}`;
}

/** Sets the links before VitePress looks at them, so that it finds those that are dead. */
function links(md) {
  const open = md.renderer.rules.link_open;
  md.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const token = tokens[index];
    token.attrSet('href', onSite(env.relativePath, token.attrGet('href')));
    return open(tokens, index, options, env, self);
  };
}

const titleOf = (path) => /^# (.*)$/m.exec(readFileSync(`${ROOT}/${path}`, 'utf8'))[1];
const item = (path) => ({ text: titleOf(path), link: `/${path.replace(/\.md$/, '')}` });
const rules = readdirSync(`${ROOT}/docs/rules`)
  .filter((name) => name !== 'README.md')
  .map((name) => ({ text: name.replace(/\.md$/, ''), link: `/docs/rules/${name.replace(/\.md$/, '')}` }));

export default defineConfig({
  lang: 'en',
  title: 'jwtlint',
  description: 'Finds every way in which a JavaScript or TypeScript repository can leak or weaken the keys behind its JSON Web Tokens.',
  srcDir: ROOT,
  outDir: fileURLToPath(new URL('../dist', import.meta.url)),
  srcExclude: ['{bench,examples,fixtures,packages,site,test}/**', 'THIRD-PARTY-NOTICES.md'],
  rewrites: REWRITES,
  base: process.env.SITE_BASE ?? '/',
  cleanUrls: true,
  markdown: { config: links, languageAlias: { dockerignore: 'ini', dotenv: 'ini', gitignore: 'ini' } },
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    nav: [
      { text: 'Getting started', link: '/docs/getting-started' },
      { text: 'Rules', link: '/docs/rules/' },
      { text: 'Configuration', link: '/docs/configuration' },
    ],
    sidebar: [
      {
        text: 'Use',
        items: ['docs/getting-started.md', 'docs/configuration.md', 'docs/eslint.md', 'docs/formats.md', 'docs/secret-managers.md'].map(
          item,
        ),
      },
      { text: 'Choose', items: ['docs/comparison.md', 'docs/migration.md', 'docs/precision.md', 'docs/performance.md'].map(item) },
      { text: 'Rules', collapsed: false, items: [{ text: 'All rules', link: '/docs/rules/' }, ...rules] },
      { text: 'Project', items: ['CONTRIBUTING.md', 'SECURITY.md'].map(item) },
    ],
  },
});
