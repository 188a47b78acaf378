/** Secrets in every kind of place, through the whole program: no format, error or debug output holds a part of one. */
import { generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BASELINE_FILE } from '../src/config.js';
import { AUDIT_FORMATS } from '../src/reports/audit.js';
import { FORMAT_NAMES } from '../src/reports/index.js';
import { findingsIn, runProgram, type Outcome } from './run-program.js';
import { temporaryDirectory, TemporaryRepository } from './temporary-repository.js';

const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZbcdfghjkmnpqrstvwxz23456789';

/** Letters and digits no six of which stand in a word of ours, a fingerprint or the name of an object. */
function drawn(length = 32): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

function token(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256' })}.${part({ sub: drawn(12) })}.${randomBytes(32).toString('base64url')}`;
}

/** Each place is planted with a secret of its own, which is remembered under the place's name. */
const planted = new Map<string, string>();
function plant(place: string, secret: string = drawn()): string {
  planted.set(place, secret);
  return secret;
}

const pem = (type: 'pkcs8' | 'sec1'): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type, format: 'pem' }).toString();
const bodyOf = (text: string): string => text.replace(/-----[A-Z ]{1,40}-----|\n/g, '');
const pkcs8 = pem('pkcs8');
const sec1 = pem('sec1');
const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const IMPORT = `import jwt from 'jsonwebtoken';\n`;

/** 30 places and more, in files that are found, that are broken, or whose names are secret. */
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  'literal.js': `${IMPORT}jwt.sign({}, '${plant('literal')}'); // ${plant('comment beside a literal')}\n`,
  'fallback.ts': `${IMPORT}jwt.sign({}, process.env.JWT_SECRET ?? "${plant('fallback')}");\n`,
  'template.ts': `${IMPORT}jwt.sign({}, \`${plant('template')}\${process.env.PART}\`);\nconst key = \`${plant('whole template')}\`;\njwt.sign({}, key);\n`,
  'concatenated.js': `${IMPORT}jwt.sign({}, '${plant('first part')}' + '${plant('second part')}');\n`,
  'bytes.js': `${IMPORT}jwt.sign({}, Buffer.from('${plant('base64 bytes', randomBytes(32).toString('base64'))}', 'base64'));\n`,
  'config.js': `export const config = { jwt: { secret: '${plant('imported')}' }, other: '${plant('beside an imported one')}' };\n`,
  'use.js': `${IMPORT}import { config } from './config.js';\njwt.verify('${plant('argument', token())}', config.jwt.secret, { algorithms: ['HS256'] });\n`,
  'line.js': `${IMPORT}const a = '${plant('same line, before')}', key = '${plant('same line')}', b = '${plant('same line, after')}'; jwt.sign({}, key);\n`,
  '.env': `JWT_SECRET=${plant('.env')}\nDATABASE_URL=postgres://user:${plant('password in .env')}@host/db\n`,
  '.env.production': `export SESSION_SECRET="${plant('quoted .env')}" # ${plant('comment in .env')}\n`,
  'compose.yaml': `services:\n  api:\n    environment:\n      JWT_SECRET: ${plant('compose map')}\n  web:\n    environment:\n      - JWT_SECRET=${plant('compose list')}\n`,
  'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: x }\ndata:\n  JWT_SECRET: ${plant('Kubernetes data', Buffer.from(plant('Kubernetes data, decoded')).toString('base64'))}\n`,
  'app.json': `{ "jwt": { "secret": "${plant('JSON')}" }, "${plant('JSON key')}": { "jwtSecret": "${plant('JSON below a key')}" } }\n`,
  'key.pem': plant('PEM', pkcs8),
  'one-line.json': JSON.stringify({ privateKey: sec1 }),
  'key.js': `export const key = ${JSON.stringify(sec1)};\nexport const note = '${plant('PEM body', bodyOf(sec1))}';\n`,
  'jwk.json': JSON.stringify({ ...jwk, d: plant('JWK', jwk.d) }),
  'token.txt': `Authorization: Bearer ${plant('token', token())}\n`,
  'token.md': `curl -H "Authorization: Bearer ${plant('token in docs', token())}" https://example.com\n`,
  'broken.ts': `${IMPORT}function ( { '${plant('script that does not parse')}' \n${plant('token in a broken script', token())}\n`,
  'broken.json': `{ "jwtSecret": "${plant('JSON before its fault')}", ${plant('JSON at its fault')} ]\n`,
  'broken.yaml': `jwtSecret: ${plant('YAML before its fault')}\nx: [${plant('YAML at its fault')}\n y: }\n`,
  'directive.js': `${IMPORT}// jwtlint-disable-next-line no-hardcoded-secret\njwt.sign({}, '${plant('below a directive')}');\n`,
  'wide.js': Buffer.from(`\ufeff${IMPORT}jwt.sign({}, '${plant('UTF-16')}');\n`, 'utf16le'),
  'nul.js': `${IMPORT}\0'${plant('binary', token())}'\n`,
  'weak.js': `${IMPORT}jwt.sign({}, '${plant('guessable word', `qwzjx${String(randomInt(1e5, 1e6))}`)}');\n`,
};

/** Parts of six characters. */
function partsOf(line: string): string[] {
  const parts: string[] = [];
  // Every token begins with the same header.
  for (let at = line.startsWith('eyJ') ? 20 : 0; at + 6 <= line.length; at++) parts.push(line.slice(at, at + 6));
  return parts;
}

/** The places of which a part stands in a text. */
function leaksIn(text: string): string[] {
  return [...planted].flatMap(([place, secret]) => {
    for (const line of secret.split('\n')) {
      if (!line.startsWith('-----') && partsOf(line).some((part) => text.includes(part))) return [place];
    }
    return [];
  });
}

const said = ({ stdout, stderr }: Outcome): string => stdout + stderr;

function stagedRepository(): TemporaryRepository {
  const made = new TemporaryRepository();
  for (const [path, content] of Object.entries(FILES)) made.write(path, content);
  made.git('add', '--all', '--force');
  return made;
}

describe('what was planted', () => {
  test.each([[[]], [['--staged']], [['--staged', '--info', '--include-old', '--debug']], [['--info', '--no-trigger', '--debug']]])(
    'is found and never shown (%j)',
    async (argv) => {
      const { context } = stagedRepository();
      for (const format of FORMAT_NAMES) {
        const outcome = await runProgram({ ...context, ...(format === 'stylish' ? { terminal: 200 } : {}) }, '-f', format, ...argv);
        expect(outcome.status).toBe(1);
        expect(leaksIn(said(outcome))).toEqual([]);
        if (format !== 'json') continue;
        const files = new Set(findingsIn(outcome.stdout).map((finding) => finding.slice(0, finding.indexOf(':'))));
        // A call is no finding of its own, and in docs a token is information only.
        const quiet = argv.includes('--info') ? ['use.js'] : ['use.js', 'token.md'];
        expect(Object.keys(FILES).filter((path) => !files.has(path) && !quiet.includes(path))).toEqual([]);
      }
    },
  );

  test('stands in thirty places and more, and would be seen', () => {
    expect(planted.size).toBeGreaterThanOrEqual(30);
    for (const [place, secret] of planted) {
      const line = secret.split('\n').find((each) => !each.startsWith('-----'))!;
      expect(leaksIn(`error: ${line.slice(-7, -1)}`)).toContain(place);
    }
  });
});

/** All files of a directory, as one text. */
function everythingIn(directory: string): string {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
}

describe('what was planted is not shown', () => {
  test('by reports in files, nor by what merge makes of them', async () => {
    const made = stagedRepository();
    const out = temporaryDirectory();
    for (const part of ['1', '2']) {
      const files = FORMAT_NAMES.flatMap((name) => ['-f', `${name}=${join(out, `${name}-${part}`)}`]);
      expect((await runProgram(made.context, '--info', '--shard', `${part}/2`, ...files)).status).toBe(1);
    }
    const of = (name: string): string[] => ['1', '2'].map((part) => join(out, `${name}-${part}`));
    for (const name of FORMAT_NAMES) {
      const { status, stdout } = await runProgram(made.context, 'merge', '--info', '-f', name, ...of('json'));
      expect(status).toBe(1);
      writeFileSync(join(out, `merged-${name}`), stdout);
    }
    expect((await runProgram(made.context, 'merge', '-f', `sarif=${join(out, 'merged')}`, ...of('sarif'))).status).toBe(1);
    expect(readdirSync(out)).toHaveLength(3 * FORMAT_NAMES.length + 1);
    expect(leaksIn(everythingIn(out))).toEqual([]);
  });

  test('of a history in any format, nor kept in its cache', async () => {
    const made = stagedRepository();
    made.stage('clean.js', 'export const clean = true;\n');
    made.commit();
    made.git('rm', '--quiet', '--cached', '-r', '.');
    made.commit('gone');
    const out = temporaryDirectory();
    const files = FORMAT_NAMES.flatMap((name) => ['-f', `${name}=${join(out, name)}`]);
    const outcome = await runProgram(made.context, 'history', '--info', '--debug', ...files);
    expect(outcome.status).toBe(1);
    expect(readFileSync(join(out, 'json'), 'utf8')).toContain('"past"');
    const cache = everythingIn(made.path('.git/jwtlint'));
    expect(cache).not.toBe('');
    expect(leaksIn(said(outcome) + everythingIn(out) + cache)).toEqual([]);
  });

  test.each(AUDIT_FORMATS)('by an audit as %s', async (format) => {
    const outcome = await runProgram(stagedRepository().context, 'audit', '--info', '--history', '--format', format);
    expect(outcome.stdout).toContain('literal.js');
    expect(leaksIn(said(outcome))).toEqual([]);
  });

  test('by a baseline, by what would be set up or mended, or by the settings of a file', async () => {
    const made = stagedRepository();
    expect((await runProgram(made.context, 'baseline', 'create', '--info')).status).toBe(0);
    expect(leaksIn(readFileSync(made.path(BASELINE_FILE), 'utf8'))).toEqual([]);
    rmSync(made.path(BASELINE_FILE));
    for (const argv of [['fix', '--allow-dirty', '--info'], ['init'], ['doctor'], ['rotate', 'JWT_SECRET'], ['--print-config', '.env']])
      expect(leaksIn(said(await runProgram({ ...made.context, terminal: 100, answers: ['n'] }, ...argv))), argv[0]).toEqual([]);
  });
});

describe('errors', () => {
  const secret = drawn();
  const clean = ({ stdout, stderr }: Outcome): void => {
    expect(partsOf(secret).filter((part) => (stdout + stderr).includes(part))).toEqual([]);
  };

  test.each([
    ['a value of a wrong type', `{ "rules": { "no-hardcoded-secret": "${secret}" } }`],
    ['a list instead of a word', `{ "ignore": { "x": "${secret}" } }`],
    ['a fault of syntax', `{ "rules": ${secret} }`],
    ['a string that does not end', `{ "rules": "${secret}`],
  ])('of a configuration quote no value: %s', async (_, config) => {
    const made = new TemporaryRepository();
    made.stage('jwtlint.config.json', config);
    for (const argv of [['--staged'], [], ['--debug'], ['--config', 'jwtlint.config.json']]) {
      const outcome = await runProgram(made.context, ...argv);
      expect([outcome.status, outcome.stdout]).toEqual([2, '']);
      expect(outcome.stderr).toContain('jwtlint.config.json');
      clean(outcome);
    }
  });

  test('of rules, readers and standard input quote nothing of what was read', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(secret);
      throw new SyntaxError(`Unexpected token '${secret}'\n    at ${secret} (${secret}.js:1:1)`);
    }
    const { context } = new TemporaryRepository();
    for (const debug of [[], ['--debug']]) {
      const outcome = await runProgram({ ...context, stdin: broken() }, '--stdin', '--stdin-filename', 'a.js', ...debug);
      expect([outcome.status, outcome.stdout]).toEqual([2, '']);
      clean(outcome);
    }
  });

  test('of git: what a broken repository holds is not repeated', async () => {
    const made = new TemporaryRepository();
    made.stage('a.js', secret);
    writeFileSync(made.path('.git/index'), `DIRC${secret}`);
    for (const argv of [['--staged'], [], ['--debug']]) {
      const outcome = await runProgram(made.context, ...argv);
      expect(outcome.status).toBe(2);
      clean(outcome);
    }
  });
});
