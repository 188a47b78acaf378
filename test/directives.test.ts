/** Comments that let a finding pass, from the file to the exit status. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Span } from '../rules/contract.js';
import { directiveComments, directivesIn, plainComments } from '../src/settle.js';
import { growth, LINEAR } from './growth.js';
import { findingsIn, runProgram } from './run-program.js';
import { PEM } from './sentinels.js';
import { temporaryDirectory, TemporaryRepository } from './temporary-repository.js';

const SECRET = randomBytes(24).toString('hex');
const IMPORT = `import jwt from 'jsonwebtoken';\n`;
const NEXT = 'jwtlint-disable-next-line';
const LINE = 'jwtlint-disable-line';
const WHY = 'no-hardcoded-secret -- made up for a test';

/** Status and findings of a directory with these files. */
async function resultOf(files: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<[number, ...string[]]> {
  const cwd = temporaryDirectory();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), content);
  }
  const env = { PATH: process.env['PATH'], GIT_CEILING_DIRECTORIES: dirname(cwd) };
  const { status, stdout, stderr } = await runProgram({ cwd, env }, '-f', 'json', ...argv);
  expect(stderr).toBe('');
  return [status, ...findingsIn(stdout)];
}

describe('a directive with a reason silences the finding on its line', () => {
  const call = `jwt.sign({}, '${SECRET}', { expiresIn: 60 });`;
  const key = PEM.trim();

  test.each<[string, string, string]>([
    ['// above', 'a.js', `${IMPORT}// ${NEXT} ${WHY}\n${call}\n`],
    ['// at the end', 'a.ts', `${IMPORT}${call} // ${LINE} ${WHY}\n`],
    ['/* */ above', 'a.js', `${IMPORT}/* ${NEXT} ${WHY} */\n${call}\n`],
    ['/* */ above, on several lines', 'a.js', `${IMPORT}/*\n * ${NEXT} ${WHY}\n */\n${call}\n`],
    ['/* */ in the line', 'a.js', `${IMPORT}/* ${LINE} ${WHY} */ ${call}\n`],
    [
      'in JSX',
      'a.jsx',
      `${IMPORT}export const A = () => <b>\n{/* ${NEXT} ${WHY} */}\n{jwt.sign({}, '${SECRET}', { expiresIn: 60 })}\n</b>;\n`,
    ],
    ['of several rules', 'a.js', `${IMPORT}// ${NEXT} no-weak-secret, ${WHY}\n${call}\n`],
    ['with CRLF', 'a.js', `${IMPORT}// ${NEXT} ${WHY}\r\n${call}\r\n`],
    ['# in YAML, above', 'app.yaml', `jwt:\n  # ${NEXT} ${WHY}\n  secret: ${SECRET}\n`],
    ['# in YAML, at the end', 'app.yml', `jwt:\n  secret: ${SECRET} # ${LINE} ${WHY}\n`],
    ['// in JSON with comments', 'app.jsonc', `{\n  // ${NEXT} ${WHY}\n  "jwtSecret": "${SECRET}"\n}\n`],
    ['/* */ in JSON with comments', 'app.jsonc', `{\n  "jwtSecret": "${SECRET}" /* ${LINE} ${WHY} */\n}\n`],
    ['<!-- --> in Markdown', 'a.md', `<!-- ${NEXT} no-private-key -- made up for a test -->\n${key}\n`],
    ['<!-- --> in HTML, in the line', 'a.html', `<pre>${key.replaceAll('\n', '\\n')}</pre> <!-- ${LINE} no-private-key -- made up -->\n`],
    ['# in text', 'a.txt', `# ${NEXT} no-private-key -- made up for a test\n${key}\n`],
    ['; in an ini file', 'a.ini', `; ${NEXT} no-private-key -- made up for a test\n${key}\n`],
    ['// in a script that does not parse', 'a.js', `function ( {\n// ${NEXT} no-private-key -- made up\n/*${key}*/\n`],
  ])('%s', async (_, path, text) => {
    expect(await resultOf({ [path]: text })).toEqual([0]);
    // Without the comment there is something to silence.
    const [status, ...found] = await resultOf({ [path]: text.replace(/jwtlint-disable/g, 'nothing') });
    expect([status, found.length]).toEqual([1, 1]);
  });

  test('# in .env, above and at the end', async () => {
    const repository = new TemporaryRepository();
    const env = (next: string, line: string): string =>
      `# ${next} no-hardcoded-secret, no-committed-env -- made up\nJWT_SECRET=${SECRET}\nTOKEN_SECRET=${SECRET}x # ${line} no-hardcoded-secret, no-committed-env -- made up\n`;
    repository.stage('.gitignore', '.env\n');
    repository.stage('.env', env('nothing', 'nothing'));
    const without = findingsIn((await runProgram(repository.context, '--staged', '-f', 'json')).stdout);
    expect(without.map((finding) => finding.split(' ')[0])).toEqual(['.env:2', '.env:3']);
    repository.stage('.env', env(NEXT, LINE));
    expect(await runProgram(repository.context, '--staged')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('at the value, at the call that uses it, and in another file', async () => {
    const value = (before: string): string => `${before}\nexport const key = '${SECRET}';\n`;
    const use = (before: string): string => `${IMPORT}import { key } from './key.js';\n${before}\njwt.sign({}, key, { expiresIn: 60 });\n`;
    expect(await resultOf({ 'key.js': value(''), 'use.js': use('') })).toEqual([1, 'key.js:2 no-hardcoded-secret']);
    expect(await resultOf({ 'key.js': value(`// ${NEXT} ${WHY}`), 'use.js': use('') })).toEqual([0]);
    expect(await resultOf({ 'key.js': value(''), 'use.js': use(`// ${NEXT} ${WHY}`) })).toEqual([0]);
    // Scanned alone, the file cannot tell who else uses its value.
    expect(await resultOf({ 'key.js': value(`// ${NEXT} ${WHY}`), 'use.js': use('') }, 'key.js')).toEqual([0]);
  });

  test('and no other rule, line or finding', async () => {
    const other = `${IMPORT}// ${NEXT} no-private-key -- made up\n${call}\n`;
    expect(await resultOf({ 'a.js': other })).toEqual([1, 'a.js:2 directive', 'a.js:3 no-hardcoded-secret']);
    const far = `${IMPORT}// ${NEXT} ${WHY}\n\n${call}\n`;
    expect(await resultOf({ 'a.js': far })).toEqual([1, 'a.js:2 directive', 'a.js:4 no-hardcoded-secret']);
    const wrong = `${IMPORT}// ${LINE} ${WHY}\n${call}\n`;
    expect(await resultOf({ 'a.js': wrong })).toEqual([1, 'a.js:2 directive', 'a.js:3 no-hardcoded-secret']);
  });

  test('the closing lines say how many', async () => {
    const repository = new TemporaryRepository();
    repository.stage('a.js', `${IMPORT}// ${NEXT} ${WHY}\n${call}\n`);
    expect((await runProgram(repository.context)).stdout).toContain('1 finding silenced by jwtlint-disable comments.');
  });
});

test('a page shows directives as examples: they work, and none is reported', async () => {
  const line = `JWT_SECRET=${SECRET}\n`;
  const text = `\`\`\`env\n# ${NEXT} ${WHY}\n${line}${line}# ${NEXT} RULE -- why\n\`\`\`\n`;
  expect(await resultOf({ 'README.md': text })).toEqual([0, 'README.md:4 no-hardcoded-secret']);
});

describe('a directive that cannot work is reported', () => {
  const around = (comment: string): string => `${IMPORT}${comment}\njwt.sign({}, '${SECRET}', { expiresIn: 60 });\n`;

  test.each([
    ['no reason', `// ${NEXT} no-hardcoded-secret`, 'gives no reason'],
    ['an empty reason', `// ${NEXT} no-hardcoded-secret -- `, 'gives no reason'],
    ['no rule', `// ${NEXT} -- because`, 'names no rule'],
    ['nothing at all', `// ${NEXT}`, 'names no rule'],
    ['a rule that is none', `// ${NEXT} no-hardcode-secret -- because`, 'a rule that does not exist'],
  ])('%s', async (_, comment, words) => {
    expect(await resultOf({ 'a.js': around(comment) })).toEqual([1, 'a.js:2 directive', 'a.js:3 no-hardcoded-secret']);
    const repository = new TemporaryRepository();
    repository.stage('a.js', around(comment));
    const { status, stdout } = await runProgram(repository.context, '--staged');
    expect(status).toBe(1);
    expect(stdout).toMatch(new RegExp(`^warning\\[directive\\]: a\\.js:2:1 [^\\n]*${words}`, 'm'));
  });

  test('without effect, as a warning that no directive can silence', async () => {
    const nothing = `${IMPORT}// ${NEXT} ${WHY}\njwt.sign({}, process.env.JWT_SECRET, { expiresIn: 60 });\n`;
    expect(await resultOf({ 'a.js': nothing })).toEqual([0, 'a.js:2 directive']);
    expect(await resultOf({ 'a.js': nothing }, '--max-warnings', '0')).toEqual([1, 'a.js:2 directive']);
    const silenced = `// ${NEXT} directive -- please\n// ${NEXT} ${WHY}\nlet x;\n`;
    expect(await resultOf({ 'a.js': silenced })).toEqual([0, 'a.js:1 directive', 'a.js:2 directive']);
  });

  test('one that was there before the change is no news', async () => {
    const repository = new TemporaryRepository();
    repository.stage('a.js', around(`// ${NEXT} no-hardcoded-secret`));
    repository.commit();
    repository.stage('a.js', `// moved\n${around(`// ${NEXT} no-hardcoded-secret`)}`);
    expect(await runProgram(repository.context, '--staged')).toEqual({
      status: 0,
      stdout: 'jwtlint: 2 older findings in the same files (--include-old shows them).\n',
      stderr: '',
    });
  });
});

test.each([
  ['directives', () => `// ${NEXT} ${WHY}\n`],
  ['directives on one line', () => `/* ${NEXT} ${WHY} */`],
  ['prose', () => `jwtlint-disable `],
  ['comments', () => `/* * */`],
])('looking for directives takes time in proportion: %s', (_, unit) => {
  const make = (size: number): { text: string; comments: Span[] } => {
    const text = unit().repeat(Math.ceil(size / unit().length)) + NEXT;
    return {
      text,
      comments: [...text.matchAll(/\/\/[^\n]*|\/\*.*?\*\//g)].map(({ 0: whole, index }) => ({ start: index, end: index + whole.length })),
    };
  };
  const search = ({ text, comments }: { text: string; comments: Span[] }): number =>
    directivesIn(text, comments, () => 1).length + plainComments(text).length + directiveComments(text, comments).length;
  expect(growth(20_000, make, search)).toBeLessThan(LINEAR);
});

describe('where it is only text, it does nothing and is not reported', () => {
  const call = `jwt.sign({}, '${SECRET}', { expiresIn: 60 });`;

  test.each([
    ['a string', `const help = '// ${NEXT} ${WHY}';`],
    ['a template', `const help = \`\n// ${NEXT} ${WHY}\`;`],
    ['a regular expression', `const help = /# ${NEXT} no-hardcoded-secret -- x/;`],
    ['the middle of a comment', `// Write "${NEXT} ${WHY}" above it.`],
  ])('%s', async (_, line) => {
    const text = `${IMPORT}${line}\n${call}\n`;
    expect(await resultOf({ 'a.js': text })).toEqual([1, `a.js:${String(text.split('\n').indexOf(call) + 1)} no-hardcoded-secret`]);
  });

  test('a string above a value that another file uses', async () => {
    const key = `export const help = '// ${NEXT} ${WHY}';\nexport const key = '${SECRET}';\n`;
    const use = `${IMPORT}import { key } from './key.js';\njwt.sign({}, key, { expiresIn: 60 });\n`;
    expect(await resultOf({ 'key.js': key, 'use.js': use })).toEqual([1, 'key.js:2 no-hardcoded-secret']);
  });

  test('a value of settings', async () => {
    const yaml = `help: "# ${NEXT} ${WHY}"\njwt: { secret: ${SECRET} }\n`;
    expect(await resultOf({ 'app.yaml': yaml })).toEqual([1, 'app.yaml:2 no-hardcoded-secret']);
    const json = `{\n"help": "// ${NEXT} ${WHY}",\n"jwtSecret": "${SECRET}"\n}\n`;
    expect(await resultOf({ 'app.json': json })).toEqual([1, 'app.json:3 no-hardcoded-secret']);
  });
});
