/** The html report and the page of an audit in a real browser: Debian's Chromium, which .ci/run installs where it can. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe, { type AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TemporaryRepository } from '../temporary-repository.js';

const BIN = resolve('dist/bin.cjs');

let browser: Browser | undefined;
let place = '';

/** Set by .ci/run where no browser can be had: the tests are skipped by name then, and it says so. */
const WITHOUT_CHROMIUM = process.env['WITHOUT_CHROMIUM'] === '1';

/** @throws Error when there is none: what these tests show is then not shown */
function chromiumHere(): string {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const script = `command -v '${process.env['CHROMIUM'] ?? names.join("' || command -v '")}'`;
  const { status, stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`The pages were not looked at: there is no ${names.join(', ')}. apt-get install chromium, or name one in CHROMIUM.`);
  return stdout.trim();
}

const HOSTILE = ['<img src=x onerror=alert(1)>.js', '"><svg onload=alert(2)>.js', "';alert(3);'.js", 'a\u202eb ]]> &amp; `x`.js'];

/** Runs the program in a repository; the page is what it prints. */
function page(name: string, { root, env }: Pick<TemporaryRepository, 'root' | 'env'>, ...args: readonly string[]): void {
  const { status, stdout } = spawnSync(process.execPath, [BIN, ...args], { cwd: root, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  expect([0, 1]).toContain(status);
  writeFileSync(join(place, `${name}.html`), stdout);
}

beforeAll(async () => {
  if (WITHOUT_CHROMIUM) return;
  const executablePath = chromiumHere();
  place = realpathSync(mkdtempSync(join(tmpdir(), 'jwtlint-pages-')));
  browser = await chromium.launch({ executablePath });
});

afterAll(async () => {
  await browser?.close();
  if (place !== '') rmSync(place, { recursive: true, force: true });
});

const FILES: Readonly<Record<string, string>> = {
  'package.json': '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }\n',
  'src/words.js': "export const phrase = 'made-up-of-a-page';\n",
  'src/login.js':
    "import jwt from 'jsonwebtoken';\nimport { phrase } from './words.js';\nexport const login = (id) => jwt.sign({ sub: id }, phrase, { expiresIn: '1h' });\n",
  'src/refresh.js':
    "import jwt from 'jsonwebtoken';\nconst key = process.env.REFRESH_SECRET || 'made-up-too';\nexport const refresh = (id) => jwt.sign({ sub: id, type: 'refresh' }, key, { expiresIn: '30d' });\n",
  'src/check.js': "import jwt from 'jsonwebtoken';\nexport const check = (token) => jwt.verify(token, process.env.PUBLIC_KEY);\n",
};

function repository(): TemporaryRepository {
  const made = new TemporaryRepository();
  for (const [path, content] of Object.entries(FILES)) made.stage(path, content);
  made.commit();
  for (const [index, name] of HOSTILE.entries())
    made.stage(
      name,
      `const jwt = require('jsonwebtoken');\nmodule.exports = (id) => jwt.sign({ id }, 'made-up-in-${String(index)}', { expiresIn: 60 });\n`,
    );
  made.stage('broken.js', "const jwt = require('jsonwebtoken'\n");
  made.git('-c', 'user.name=x', 'commit', '--quiet', '--message', 'more', '--date', '2025-02-03T00:00:00Z');
  made.git('rm', '--quiet', '--', HOSTILE[0]!);
  made.commit();
  made.write(
    HOSTILE[0]!,
    "const jwt = require('jsonwebtoken');\nmodule.exports = (id) => jwt.sign({ id }, 'made-up-again-and-again', { expiresIn: 60 });\n",
  );
  return made;
}

interface Opened {
  readonly page: Page;
  /** What the page asked for besides itself, what its console said, and what it threw. */
  readonly faults: readonly string[];
}

/** Opens a page, has something done with it, and takes it away. */
async function open(
  name: string,
  options: { readonly dark?: boolean; readonly width?: number },
  look: (opened: Opened) => Promise<void>,
): Promise<void> {
  const context = await browser!.newContext({
    colorScheme: options.dark ? 'dark' : 'light',
    viewport: { width: options.width ?? 1200, height: 900 },
  });
  const opened = await context.newPage();
  const url = pathToFileURL(join(place, `${name}.html`)).href;
  const faults: string[] = [];
  opened.on('request', (request) => void (request.url() !== url && faults.push(`asks for ${request.url()}`)));
  opened.on('console', (message) => void faults.push(`console: ${message.text()}`));
  opened.on('pageerror', (error) => void faults.push(`throws ${error.message}`));
  opened.on('dialog', (dialog) => void (faults.push(`says ${dialog.message()}`), dialog.dismiss()));
  try {
    await opened.goto(url);
    await look({ page: opened, faults });
    expect(faults).toEqual([]);
  } finally {
    await context.close();
  }
}

/** Which of all that can be used has the focus, and whether that is seen. */
const FOCUSED =
  "[[...document.querySelectorAll('a[href], input')].indexOf(document.activeElement), getComputedStyle(document.activeElement).outlineStyle].join(' ')";

const PAGES = ['report', 'history', 'audit'] as const;

describe.skipIf(WITHOUT_CHROMIUM)('the pages', () => {
  test.each(PAGES)('%s', { timeout: 300_000 }, async (name) => {
    const made = repository();
    if (name === 'report') page(name, made, '-f', 'html', '--info');
    else if (name === 'history') page(name, made, 'history', '--no-cache', '-f', 'html');
    else page(name, made, 'audit', '--format', 'html');

    const backgrounds = new Set<unknown>();
    for (const dark of [false, true])
      for (const width of [1200, 360])
        await open(name, { dark, width }, async ({ page: opened }) => {
          // Nothing stands beside the screen.
          expect(await opened.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
          backgrounds.add(await opened.evaluate('getComputedStyle(document.body).backgroundColor'));
          await opened.evaluate(axe.source);
          const { violations } = (await opened.evaluate('axe.run()')) as AxeResults;
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
        });
    expect(backgrounds.size).toBe(2);

    await open(name, {}, async ({ page: opened }) => {
      // Tab goes to all that can be used, in the order of the page, and leaves it.
      const usable = await opened.locator('a[href], input').count();
      expect(usable).toBeGreaterThan(5);
      const reached: string[] = [];
      for (;;) {
        await opened.keyboard.press('Tab');
        const at = String(await opened.evaluate(FOCUSED));
        if (at.startsWith('-1') || reached.length > usable) break;
        reached.push(at);
      }
      expect(reached).toEqual(Array.from({ length: usable }, (_, index) => `${String(index)} solid`));
      // Names of files are text.
      expect(await opened.locator('img, svg, script').count()).toBe(0);
    });
  });

  test('the report: filters, and the way of a value', { timeout: 120_000 }, async () => {
    page('report', repository(), '-f', 'html', '--info');
    await open('report', {}, async ({ page: opened }) => {
      const cards = (which: string): Promise<number> => opened.locator(`article${which}:visible`).count();
      const [all, errors, warnings] = [await cards(''), await cards('.l-error'), await cards('.l-warning')];
      expect([all - errors - warnings >= 0, errors > 1, warnings > 0]).toEqual([true, true, true]);
      for (const name of HOSTILE) {
        const shown = name.replace('\u202e', '\\u{202e}');
        expect(await opened.locator('article', { hasText: shown }).count()).toBeGreaterThan(0);
      }
      // By the keyboard: the first box is that of errors.
      await opened.keyboard.press('Tab');
      await opened.keyboard.press('Space');
      expect([await cards('.l-error'), await cards('.l-warning')]).toEqual([0, warnings]);
      await opened.keyboard.press('Space');
      expect(await cards('')).toBe(all);
      await opened.getByRole('checkbox', { name: /^no-hardcoded-secret/ }).uncheck();
      expect(await opened.locator('article:visible', { hasText: 'no-hardcoded-secret' }).count()).toBe(0);
      expect(await cards('')).toBeGreaterThan(0);
      await opened.getByRole('checkbox', { name: /^no-hardcoded-secret/ }).check();

      const card = opened.locator('article', { hasText: 'src/words.js:1:23' }).first();
      const stations = card.getByRole('list', { name: /The way of the value/ }).getByRole('listitem');
      const texts = await stations.allInnerTexts();
      expect(texts[0]).toMatch(/^stands here src\/words\.js:1:23\s+1 export const phrase = '•+';$/);
      expect(texts.at(-1)).toMatch(/src\/login\.js:3:\d+\s+3 export const login = \(id\) => jwt\.sign\(/);
      expect(texts.length).toBeGreaterThan(2);
      // A line is drawn from each to the next, downwards.
      const boxes = await Promise.all((await stations.all()).map((station) => station.boundingBox()));
      for (const [index, box] of boxes.slice(1).entries()) expect(box!.y).toBeGreaterThan(boxes[index]!.y);
      expect(await opened.evaluate("getComputedStyle(document.querySelector('.way li')).borderLeftWidth")).toBe('2px');
    });
  });

  test('the history: when secrets came in, and the way to each', { timeout: 120_000 }, async () => {
    page('history', repository(), 'history', '--no-cache', '-f', 'html');
    await open('history', {}, async ({ page: opened }) => {
      const points = opened.locator('.timeline > li');
      const days = await opened.locator('.timeline time').allInnerTexts();
      expect(days.length).toBeGreaterThan(1);
      expect(days).toEqual(days.toSorted());
      expect(await points.locator('.gone').count()).toBeGreaterThan(0);
      expect(await points.locator('.there').count()).toBeGreaterThan(0);
      const link = points.last().getByRole('link').last();
      const target = opened.locator((await link.getAttribute('href'))!);
      await link.focus();
      await opened.keyboard.press('Enter');
      await expect.poll(async () => Math.round((await target.boundingBox())!.y)).toBeLessThan(900);
    });
  });

  test('the audit: keys, the calls that use them and the tokens they make', { timeout: 120_000 }, async () => {
    page('audit', repository(), 'audit', '--format', 'html');
    await open('audit', {}, async ({ page: opened }) => {
      const keys = opened.locator('.key');
      expect(await keys.count()).toBeGreaterThan(2);
      const refresh = opened.locator('.key', { hasText: 'REFRESH_SECRET' });
      expect(await refresh.innerText()).toMatch(/environment[^]*signs: jsonwebtoken sign[^]*src\/refresh\.js:3[^]*refresh token/);
      const [from, to] = [await refresh.locator('.box').boundingBox(), await refresh.locator('.token').boundingBox()];
      expect(to!.x).toBeGreaterThan(from!.x + from!.width);
    });
  });

  test('ten thousand findings: the worst are shown, and filters still work', { timeout: 300_000 }, async () => {
    const directory = join(place, 'many');
    mkdirSync(directory);
    const calls = Array.from({ length: 10_001 }, (_, index) => `jwt.sign({}, 'made-up-${String(index)}', { expiresIn: '1h' });\n`);
    for (let at = 0; at < calls.length; at += 1000)
      writeFileSync(join(directory, `${String(at)}.js`), `import jwt from 'jsonwebtoken';\n${calls.slice(at, at + 1000).join('')}`);
    page('many', { root: directory, env: process.env }, '--no-config', '-f', 'html');
    await open('many', {}, async ({ page: opened }) => {
      expect(await opened.locator('header').innerText()).toContain('The worst 5,000 findings are shown');
      const cards = (): Promise<unknown> =>
        opened.evaluate("[...document.querySelectorAll('article')].filter((card) => card.checkVisibility()).length");
      expect(await cards()).toBe(5000);
      await opened.locator('#l-error').uncheck();
      expect(await cards()).toBe(0);
    });
  });
});
