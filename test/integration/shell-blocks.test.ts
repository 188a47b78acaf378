/**
 * The lines for a shell that the pages show, typed in their order at a terminal of a project that git has and that uses JWTs: with the
 * packed jwtlint, the real git and the real npm. What the pages speak of besides (a vault, reviewdog) is a stand-in that keeps what it is given.
 * How this repository itself is worked on (`npm ci`, `npm test`) is shown by .ci/run.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, inject, test } from 'vitest';
import { codeBlocks, pages, type CodeBlock } from '../pages.js';
import { TemporaryRepository } from '../temporary-repository.js';

const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();

const FILES: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "orders", "private": true, "type": "module", "dependencies": { "jsonwebtoken": "^9.0.2" } }\n',
  '.gitignore': 'node_modules/\n.env\n',
  'src/login.js': [
    "import jwt from 'jsonwebtoken';",
    'const key = process.env.JWT_SECRET;',
    "if (!key) throw new Error('JWT_SECRET is not set');",
    "export const login = (sub) => jwt.sign({ sub }, key, { expiresIn: '15m' });",
    "export const read = (token) => jwt.verify(token, key, { algorithms: ['HS256'] });",
    '',
  ].join('\n'),
  'src/old.js':
    "import jwt from 'jsonwebtoken';\nexport const old = (sub) => jwt.sign({ sub }, 'made-up-of-an-old-code-base', { expiresIn: '15m' });\n",
};

/** A project in which nobody has used jwtlint yet, and commands in front of those of the system. */
function project(): TemporaryRepository {
  const made = new TemporaryRepository();
  for (const [path, text] of Object.entries(FILES)) made.stage(path, text);
  made.commit();
  made.write('.env', 'JWT_SECRET=made-up-key-of-a-page-that-is-long-enough-for-all\n');
  const command = (name: string, script: string): string => made.script(`.git/commands/${name}`, `#!/bin/sh\n${script}\n`);
  // Of the registry there is the package that was packed here.
  const flags = '--ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error';
  command('npm', `[ "$*" = "install --save-dev jwtlint" ] && exec '${npm}' install --save-dev ${flags} '${inject('tarball')}'\nexit 64`);
  const installed = 'node_modules/.bin/jwtlint';
  const built = `'${process.execPath}' '${resolve('dist/bin.cjs')}'`;
  command('npx', `[ "$1" = jwtlint ] || exit 64\nshift\n[ -x ${installed} ] && exec ${installed} "$@"\nexec ${built} "$@"`);
  for (const name of ['vault', 'reviewdog']) command(name, `printf '%s ' "$@" > .git/given-to-${name}\ncat >> .git/given-to-${name}`);
  return made;
}

interface Ended {
  readonly status: number | null;
  readonly said: string;
}

/** Types a line at a terminal, and the same answer to each question. */
function type(line: string, { root, env }: TemporaryRepository, answer = 'y\n'): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
      cwd: root,
      env: { ...env, PATH: `${root}/.git/commands:${process.env['PATH'] ?? ''}`, TERM: 'xterm', NO_COLOR: '1', SHELL: '/bin/sh' },
    });
    let said = '';
    let answered = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const asked = said.match(/\[y\/N\]/g)?.length ?? 0;
      for (; answered < asked; answered++) child.stdin.write(answer);
    });
    child.on('error', failed);
    child.on('close', (status) => done({ status, said }));
  });
}

/** How this repository is worked on: no line that a project of its users is for. */
const OWN = /^(?:npm (?:ci|test|run)|node bench)\b/;

/** The lines of a section, which a reader types one after the other. */
const SECTIONS = pages().flatMap((page) => {
  const blocks = codeBlocks(readFileSync(page, 'utf8')).filter(({ language, text }: CodeBlock) => language === 'sh' && !OWN.test(text));
  return [...new Set(blocks.map(({ section }) => section))].map((section) => ({
    title: `${page}: ${section}`,
    lines: blocks.filter((block) => block.section === section).flatMap(({ text }) => text.trim().split('\n')),
  }));
});

/** What is to be seen when the lines of a section have been typed. */
const EFFECTS: Readonly<Record<string, (made: TemporaryRepository, said: string) => void>> = {
  'README.md: ': (_, said) => expect(said).toMatch(/^error\[no-hardcoded-secret\]: .*\r\n +╭─ src\/old\.js:2:47/m),
  'README.md: Three ways to use it': (_, said) => expect(said).toContain('the pre-commit hook refused a made-up secret'),
  'README.md: What it does beside finding': (made, said) => {
    const read = (path: string): string => readFileSync(made.path(path), 'utf8');
    expect(read('.env')).toMatch(/^JWT_ACCESS_SECRET=[\w-]{43}\nJWT_REFRESH_SECRET=[\w-]{43}$/m);
    expect(read('.env')).toMatch(/^JWT_SECRET=[\w-]{43}\n(?:.+\n)*JWT_SECRET_PREVIOUS=\n/);
    expect(read('.git/given-to-vault')).toMatch(/^kv put secret\/orders jwt_secret=- [\w-]{43}\n?$/);
    expect(read('jwt-private.pem')).toContain('PRIVATE KEY');
    expect((JSON.parse(read('jwt-private.jwks.json')) as { keys: object[] }).keys).toHaveLength(2);
    expect(said).toContain('src/login.js:5 jsonwebtoken verify');
    expect(read('audit.html')).toMatch(/^<!doctype html>/);
    expect(read('jwtlint.baseline.jsonl')).toContain('"reason":"before jwtlint; see the migration plan"');
    expect(made.git('diff', '--cached', '--name-only')).toBe('jwtlint.baseline.jsonl\n');
  },
  'docs/formats.md: Others': (made) =>
    expect(readFileSync(made.path('.git/given-to-reviewdog'), 'utf8')).toMatch(
      /-reporter=bitbucket-code-report <\?xml [^]*<checkstyle [^]*source="jwtlint\.no-hardcoded-secret"/,
    ),
  'docs/getting-started.md: Look first': (_, said) => expect(said).toContain('1 error in 1 file.'),
  'docs/getting-started.md: A hook': (made, said) => {
    expect(said).toContain('the pre-commit hook refused a made-up secret');
    expect(readFileSync(made.path('.husky/pre-push'), 'utf8')).toBe('jwtlint --pre-push "$@"\n');
  },
  'docs/rules/require-gitignore.md: Instead': (made) => expect(made.git('ls-files', '.env')).toBe(''),
};

test('what is to be seen is known of every section that has such lines', () => {
  expect(SECTIONS.map(({ title }) => title).sort()).toEqual(Object.keys(EFFECTS).sort());
});

test.each(SECTIONS)('$title', async ({ title, lines }) => {
  const made = project();
  let all = '';
  for (const line of lines) {
    if (line.includes('> .husky/')) mkdirSync(made.path('.husky'), { recursive: true });
    if (line.endsWith('git rm --cached .env')) made.git('add', '--force', '.env');
    const { status, said } = await type(line, made);
    // A scan finds what stands in the old code.
    expect([line, status, said]).toEqual([line, line === 'npx jwtlint' ? 1 : 0, said]);
    all += said;
  }
  EFFECTS[title]!(made, all);
});

test.each([
  ['no', 'n\n', 0],
  ['nothing', '\n', 0],
  ['Ctrl-C', '\u0003', 130],
  ['the end of input', '\u0004', 130],
])('a question that is answered by %s changes nothing', async (_, answer, expected) => {
  const made = project();
  // Another value for the variable that is proposed would be for a person to sort out.
  made.write('.env', 'PORT=80\n');
  const before = made.git('status', '--short', '--ignored');
  const { status, said } = await type('npx jwtlint fix', made, answer);
  expect([status, said]).toEqual([expected, expect.stringContaining('[y/N] ')]);
  expect(said).toContain('Nothing was changed.');
  expect(made.git('status', '--short', '--ignored')).toBe(before);
});
