/**
 * The pages of the rules: every page has its parts, its bad code is found by its rule and by no other, its right code by none,
 * and it shows the right code for each library that the rule is about.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ADVISORIES } from '../rules/facts/advisories.js';
import { callsOf } from '../rules/facts/calls.js';
import { FURTHER_LIBRARIES } from '../rules/facts/further-libraries.js';
import { LIBRARIES, type Api } from '../rules/facts/libraries.js';
import { RULES } from '../rules/index.js';
import { codeBlocks, sectionOf, type CodeBlock } from './pages.js';
import { findingsIn, noticesIn, runProgram } from './run-program.js';
import { scanFiles } from './scan-directory.js';
import { scriptOf } from './script-of.js';
import { TemporaryRepository } from './temporary-repository.js';

const pageOf = (id: string): string => readFileSync(`docs/rules/${id}.md`, 'utf8');

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  test('its page has its parts', () => {
    const page = pageOf(id);
    // What it is about, before all else.
    expect(page.slice(0, page.indexOf('\n## '))).toMatch(/^(?:📝 )?(?:Disallow|Require)s? .*\.$/m);
    const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading!);
    const order = [
      'What it finds',
      'What it leaves alone',
      'Why',
      'Bad',
      'Instead',
      'Which versions',
      'Options',
      'When not to use it',
      'References',
    ];
    expect(headings).toEqual(order.filter((heading) => headings.includes(heading)));
    expect(headings).toEqual(expect.arrayContaining(['Why', 'Bad', 'Instead', 'When not to use it', 'References']));
    const options = Object.entries((rule.options?.schema['properties'] ?? {}) as Record<string, unknown>);
    expect(headings.includes('Options')).toBe(options.length > 0);
    for (const [name] of options) expect(sectionOf(page, 'Options')).toContain(`\`${name}\``);
    for (const { url } of rule.docs.references) expect(sectionOf(page, 'References')).toContain(url);
  });
});

/** What the file of a block is called: its first line may say so. */
function fileNameOf({ language, text }: CodeBlock): string {
  const named = /^(?:\/\/|#) ((?:[\w@-]*\/)*[\w.-]*\.[\w.]+)/.exec(text)?.[1];
  return (
    named ??
    {
      js: 'page.js',
      ts: 'page.ts',
      json: text.includes('"dependencies"') ? 'package.json' : 'config/page.json',
      yaml: 'compose.yaml',
      dotenv: '.env',
      http: 'page.http',
      gitignore: '.gitignore',
      dockerignore: '.dockerignore',
    }[language] ??
    ''
  );
}

const VERSIONS = {
  '@fastify/jwt': '^10.0.0',
  '@nestjs/jwt': '^11.0.0',
  'express-jwt': '^8.0.0',
  'express-session': '^1.18.0',
  'fast-jwt': '^6.3.0',
  hono: '^4.12.0',
  jose: '^6.0.0',
  jsonwebtoken: '^9.0.2',
  'jwt-decode': '^4.0.0',
  'jwt-simple': '^0.5.6',
  'koa-jwt': '^4.0.0',
  'next-auth': '^4.24.5',
  'passport-jwt': '^4.0.0',
  zod: '^4.0.0',
};

/** The module from which the right code takes its keys, with those that the page of its rule does not show. */
const ENVIRONMENT = codeBlocks(pageOf('no-hardcoded-secret'))
  .find((block) => fileNameOf(block) === 'environment.ts')!
  .text.concat(
    ...['JWT_REFRESH_SECRET', 'JWT_PUBLIC_KEY', 'JWT_FORMER_PUBLIC_KEY'].map((name) => `export const ${name} = required('${name}');\n`),
  );

/** What is not on by default: these rules have nothing to say on the pages of others. */
const OFF = new Set(RULES.filter(({ severity }) => severity === 'off').map((rule) => rule.id));

/** Rules that report on a block, and what could not be read of it. */
async function found(block: CodeBlock): Promise<string[]> {
  const files = new Map([
    ['package.json', JSON.stringify({ name: 'page', dependencies: VERSIONS })],
    ['environment.ts', ENVIRONMENT],
    [fileNameOf(block), block.text],
  ]);
  const tracking = block.text.startsWith('# .env, which git ignores') ? 'ignored' : 'tracked';
  return (await scanFiles(files, { tracking })).flatMap((result) => [
    ...result.notices.map((notice) => notice.text),
    ...result.findings.map(({ reported }) => reported.ruleId),
  ]);
}

/** Rules that report on several blocks as the files of one repository, from which an image with all its files is made. */
async function foundInRepository(blocks: readonly CodeBlock[], env?: string): Promise<string[]> {
  const repository = new TemporaryRepository();
  const files = {
    'package.json': JSON.stringify({ name: 'page', private: true, dependencies: { ...VERSIONS, dotenv: '^17.0.0' } }),
    '.gitignore': '.env\n',
    '.dockerignore': '**/.env\n',
    Dockerfile: 'FROM node:22\nCOPY . .\n',
    ...Object.fromEntries(blocks.map((block) => [fileNameOf(block), block.text])),
  };
  for (const [path, text] of Object.entries(files)) repository.stage(path, text);
  if (env !== undefined) repository.write('.env', env);
  const { stdout } = await runProgram(repository.context, '-f', 'json');
  return [...noticesIn(stdout), ...findingsIn(stdout).map((line) => line.split(' ')[1]!)];
}

describe('the code on the pages is true', () => {
  test.each(RULES.map((rule) => [rule.id, rule] as const))('%s', async (id, rule) => {
    const page = pageOf(id);
    const bad = codeBlocks(page).filter(({ section }) => section === 'Bad');
    const instead = codeBlocks(page).filter(({ section, language }) => section === 'Instead' && language !== 'sh');
    expect(bad.length).toBeGreaterThan(0);
    expect(instead.length).toBeGreaterThan(0);
    expect([...bad, ...instead].filter((block) => fileNameOf(block) === '')).toEqual([]);
    if (id === 'no-env-drift') {
      expect(await foundInRepository(bad)).toEqual([id]);
      expect(await foundInRepository(instead)).toEqual([]);
      return;
    }
    const findings = (block: CodeBlock): Promise<string[]> =>
      (rule.script ?? rule.settings ?? rule.text)
        ? found(block)
        : foundInRepository([block], 'JWT_SECRET=m4d3-up-q8Zr1Lw5Tn0Vx7Kc3Hb6Ym2Jd9\n');
    const wrong: string[] = [];
    for (const block of [...bad, ...instead]) {
      const rules = [...new Set(await findings(block))].filter((each) => each === id || !OFF.has(each)).join(', ');
      if (rules !== (bad.includes(block) ? id : '')) wrong.push(`${rules || 'nothing'} in\n${block.text}`);
    }
    expect(wrong).toEqual([]);
  });
});

/** The libraries that a page shows: those of libraries.ts itself, which are the most used ones. */
const SHOWN = LIBRARIES.filter((library) => !FURTHER_LIBRARIES.includes(library));

type About = (api: Api) => boolean;
const takesKey: About = ({ key }) => key !== undefined;
const signs: About = ({ kind, payload }) => kind === 'sign' && payload !== undefined;
const signsOrSays: About = (api) => signs(api) || (api.kind === 'config' && (api.expiry ?? []).length > 0);
const hasKeyFunction: About = ({ key }) => key?.some((position) => ['()', '(cb)'].includes(String(position.at(-1)))) ?? false;
/** A plugin or middleware that finds the token in the request. */
const readsRequests: About = ({ kind, form, key }) =>
  form === 'register' ||
  (kind === 'verify' && (form === 'new' || (key?.some(([index, name]) => index === 0 && /^secret/.test(name ?? '')) ?? false)));
/** A verification whose outcome the caller has to heed. */
const answers: About = ({ kind, key }) => kind === 'verify' && (key?.every(([index]) => index > 0) ?? false);

/** Which calls of the table a rule is about; nothing where it is about no library. */
const ABOUT: Readonly<Record<string, About | undefined>> = {
  'max-token-lifetime': ({ expiry }) => (expiry ?? []).length > 0,
  'min-key-size': ({ insecure, name }) => insecure !== undefined || name === 'SignJWT.sign',
  'no-algorithm-confusion': ({ algorithms }) => algorithms !== undefined,
  'no-ambiguous-expiration': signsOrSays,
  'no-committed-env': undefined,
  'no-committed-token': undefined,
  'no-env-drift': undefined,
  'no-fail-open': answers,
  'no-hardcoded-secret': takesKey,
  'no-ignored-expiration': ({ waivers, tolerance }) => tolerance !== undefined || (waivers?.some(({ of }) => of === 'expiration') ?? false),
  'no-misspelled-option': ({ known }) => known !== undefined,
  'no-none-algorithm': ({ algorithms }) => algorithms !== undefined,
  'no-outdated-library': undefined,
  'no-predictable-secret': takesKey,
  'no-private-key': undefined,
  'no-public-secret': takesKey,
  'no-secret-fallback': takesKey,
  'no-secret-logging': undefined,
  'no-sensitive-payload': signsOrSays,
  'no-shared-secret': signsOrSays,
  'no-stringified-secret': takesKey,
  'no-token-in-storage': undefined,
  'no-token-in-url': readsRequests,
  'no-untrusted-key': hasKeyFunction,
  'no-unverified-decode': ({ kind, name, waivers }) =>
    (kind === 'decode' && name !== '') || (waivers?.some(({ of }) => of === 'signature') ?? false),
  'no-weak-secret': undefined,
  'require-algorithms': ({ algorithms, omitted }) => algorithms !== undefined && omitted !== 'required' && omitted !== 'fixed',
  'require-claims': ({ kind, claims }) => kind === 'verify' && claims !== undefined,
  'require-expiration': signsOrSays,
  'require-gitignore': undefined,
  'require-secret-check': takesKey,
};

describe('every library has its right code', () => {
  test('it is known of each rule which libraries it is about', () => {
    expect(Object.keys(ABOUT)).toEqual(RULES.map((rule) => rule.id));
  });

  test.each(Object.entries(ABOUT).flatMap(([id, about]) => (about ? [[id, about] as const] : [])))('%s', (id, about) => {
    const concerned = new Set(SHOWN.filter(({ apis }) => apis.some(about)).map((library) => library.package));
    expect(concerned.size).toBeGreaterThan(1);
    const blocks = codeBlocks(pageOf(id)).filter(({ section }) => section === 'Instead');
    const shown = new Set(SHOWN.map((library) => library.package).filter((name) => blocks.some(({ heading }) => heading === name)));
    expect([...concerned].filter((name) => !shown.has(name))).toEqual([]);
    for (const { heading, text } of blocks.filter((block) => shown.has(block.heading))) {
      const calls = callsOf(scriptOf(text));
      // jwt-decode verifies nothing: what is right instead of it is another library.
      const right =
        heading === 'jwt-decode' ? calls.some(({ api }) => api.kind === 'verify') : calls.some((call) => call.package === heading);
      expect(right, `${heading}:\n${text}`).toBe(true);
    }
  });

  test('no-outdated-library names every package with published faults', () => {
    const page = sectionOf(pageOf('no-outdated-library'), 'Which versions');
    expect([...page.matchAll(/^\| ([\w@/-]+) +\| (?!-)/gm)].map(([, name]) => name).filter((name) => name !== 'package')).toEqual([
      ...new Set(ADVISORIES.map((advisory) => advisory.package)),
    ]);
  });
});
