/** What rules suggest: each change is made to the fixture that it is for, which is then parsed and linted again. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import type { Edit, Suggestion } from '../rules/contract.js';
import { RULES } from '../rules/index.js';
import plugin from '../src/eslint/plugin.js';
import type { FileResult, SettledFinding } from '../src/inspect.js';
import { scanFiles } from './scan-directory.js';

/** A text with changes made to it; equal ones once. */
function changed(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  const order = edits.map((edit, index) => ({ ...edit, index })).sort((a, b) => a.start - b.start || a.end - b.end || a.index - b.index);
  for (const { start, end, text: put } of order) {
    expect(start, 'edits do not overlap').toBeGreaterThanOrEqual(at);
    result += text.slice(at, start) + put;
    at = end;
  }
  return result + text.slice(at);
}

function filesBelow(root: string): Map<string, string | Uint8Array> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(root.length + 1), readFileSync(path)];
    }),
  );
}

const suggested = (results: readonly FileResult[], rule?: string): (SettledFinding & { suggestion: Suggestion })[] =>
  results
    .flatMap(({ findings }) => findings)
    .filter((finding): finding is SettledFinding & { suggestion: Suggestion } => finding.suggestion !== undefined)
    .filter(({ reported }) => rule === undefined || reported.ruleId === rule);

const rules = RULES.filter(({ suggests }) => suggests).map(({ id }) => id);
const byFixtures = rules.filter((id) => id !== 'require-gitignore');

test.each(byFixtures)('%s: the mended fixtures parse, and the finding is gone', async (rule) => {
  const files = filesBelow(join('fixtures', rule));
  const before = await scanFiles(files, { suggestions: true });
  for (const { reported } of suggested(before)) expect(rules).toContain(reported.ruleId);
  const all = suggested(before, rule).filter(({ suggestion }) => suggestion.edits.length > 0);
  expect(all.length).toBeGreaterThan(0);
  for (const { reported, suggestion } of all) {
    const { path } = reported.location;
    const text = Buffer.from(files.get(path)!).toString();
    const mended = changed(text, suggestion.edits);
    const again = await scanFiles(new Map([...files, [path, mended]]), { only: path });
    const notices = again.flatMap((result) => result.notices.filter((notice) => notice.path === path));
    expect(notices, `${path}:\n${mended}`).toEqual(before.flatMap((result) => result.notices.filter((notice) => notice.path === path)));
    const countIn = (results: readonly FileResult[]): number =>
      results.flatMap(({ findings }) => findings).filter((each) => each.reported.ruleId === rule && each.reported.location.path === path)
        .length;
    expect(countIn(again), `${path}: ${suggestion.title}\n${mended}`).toBeLessThan(countIn(before));
    const others = again
      .flatMap(({ findings }) => findings)
      .filter((each) => each.reported.location.path === path && each.reported.level === 'error');
    const known = before
      .flatMap(({ findings }) => findings)
      .filter((each) => each.reported.location.path === path && each.reported.level === 'error');
    expect(others.length, `${path}: nothing new is wrong\n${mended}`).toBeLessThanOrEqual(known.length);
  }
});

test('rules without the flag suggest nothing', async () => {
  for (const { id } of RULES.filter((rule) => !rule.suggests && (rule.script ?? rule.settings ?? rule.text))) {
    const results = await scanFiles(filesBelow(join('fixtures', id)), { suggestions: true });
    expect(results.flatMap(({ findings }) => findings).length, id).toBeGreaterThan(0);
    for (const { reported } of suggested(results)) expect(rules).toContain(reported.ruleId);
  }
});

/** The text of a file after the only suggestion for it. */
async function mended(path: string, text: string, dependencies: Record<string, string> = { jsonwebtoken: '^9.0.2' }): Promise<string> {
  const files = new Map([
    ['package.json', JSON.stringify({ dependencies })],
    [path, text],
  ]);
  const [one, ...more] = suggested(await scanFiles(files, { suggestions: true })).filter(({ suggestion }) => suggestion.edits.length > 0);
  expect(more).toEqual([]);
  return changed(text, one!.suggestion.edits);
}

describe('a literal becomes a read of the environment that stops the program when there is none', () => {
  test('in a function of a CommonJS file, by a constant that is read at the start', async () => {
    const text = `'use strict';
const jwt = require('jsonwebtoken'); // tokens

exports.login = (user) => jwt.sign({ sub: user }, 'made-up-phrase-of-login', { expiresIn: '1h' });
`;
    expect(await mended('login.js', text)).toBe(`'use strict';
const jwt = require('jsonwebtoken'); // tokens

function requireEnv(name) {
  const value = process.env[name];
  if (!value) throw new Error(\`\${name} is not set\`);
  return value;
}

const JWT_SECRET = requireEnv('JWT_SECRET');

exports.login = (user) => jwt.sign({ sub: user }, JWT_SECRET, { expiresIn: '1h' });
`);
  });

  test('in TypeScript without semicolons, with tabs and double quotes', async () => {
    const text = `import jwt from "jsonwebtoken"

export class Refresh {
\tstatic readonly refreshSecret = "made-up-phrase-of-refresh"
\tissue(sub: string) {
\t\treturn jwt.sign({ sub }, Refresh.refreshSecret, { expiresIn: "7d" })
\t}
}
`;
    expect(await mended('refresh.ts', text)).toBe(`import jwt from "jsonwebtoken"

function requireEnv(name: string): string {
\tconst value = process.env[name]
\tif (!value) throw new Error(\`\${name} is not set\`)
\treturn value
}

export class Refresh {
\tstatic readonly refreshSecret = requireEnv("REFRESH_SECRET")
\tissue(sub: string) {
\t\treturn jwt.sign({ sub }, Refresh.refreshSecret, { expiresIn: "7d" })
\t}
}
`);
  });

  test('with the lines of Windows, and the function that is there already', async () => {
    const text = [
      "const jwt = require('jsonwebtoken');",
      "const { requireEnv } = require('./env');",
      '',
      "module.exports = (sub) => jwt.sign({ sub }, 'made-up-phrase', { expiresIn: '1h' });",
      '',
    ];
    expect(await mended('sign.js', text.join('\r\n'))).toBe(
      [
        ...text.slice(0, 2),
        '',
        "const JWT_SECRET = requireEnv('JWT_SECRET');",
        '',
        "module.exports = (sub) => jwt.sign({ sub }, JWT_SECRET, { expiresIn: '1h' });",
        '',
      ].join('\r\n'),
    );
  });

  test('in place of a call that hands in what stands in for it, where the function is of use elsewhere', async () => {
    const text = `const jwt = require('jsonwebtoken');

const env = (name, standIn) => process.env[name] ?? standIn;
const port = env('PORT', '3000');
const secret = env('JWT_SECRET', 'made-up-phrase-handed-in');

exports.issue = (sub) => jwt.sign({ sub, port }, secret, { expiresIn: '1h' });
`;
    expect(await mended('issue.js', text)).toContain("const secret = requireEnv('JWT_SECRET');\n");
    const alone = new Map([
      ['package.json', '{}'],
      ['issue.js', text.replace("env('PORT', '3000')", '3000')],
    ]);
    expect(suggested(await scanFiles(alone, { suggestions: true }), 'no-secret-fallback')).toEqual([]);
  });

  test('by the ConfigService of Nest, in a module that is made later then', async () => {
    const nest = { '@nestjs/jwt': '^11.0.0', '@nestjs/config': '^4.0.0' };
    const module = `import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';

@Module({
  imports: [
    JwtModule.register({
      global: true,
      secret: 'made-up-phrase-of-nest',
      // an hour
      signOptions: { expiresIn: '1h' },
    }),
  ],
})
export class AuthModule {}
`;
    expect(await mended('auth.module.ts', module, nest)).toBe(`import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { ConfigModule, ConfigService } from '@nestjs/config';

@Module({
  imports: [
    JwtModule.registerAsync({
      global: true,
      imports: [ConfigModule],
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        secret: config.getOrThrow<string>('JWT_SECRET'),
        // an hour
        signOptions: { expiresIn: '1h' },
      }),
    }),
  ],
})
export class AuthModule {}
`);
    const line = module.replace(/\{\n {6}global[^]*\n {4}\}/, "{ secret: 'made-up-phrase-of-nest' }");
    expect(await mended('auth.module.ts', line, nest)).toContain(`    JwtModule.registerAsync({
      imports: [ConfigModule],
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({ secret: config.getOrThrow<string>('JWT_SECRET') }),
    }),
`);
  });
});

test('ESLint offers the same change, and --fix makes none', async () => {
  const text = readFileSync('fixtures/no-hardcoded-secret/bad/jsonwebtoken/commonjs.cjs', 'utf8');
  const eslint = (fix: boolean): ESLint =>
    new ESLint({ overrideConfigFile: true, overrideConfig: [plugin.configs.recommended], cwd: process.cwd(), fix });
  const [result] = await eslint(false).lintText(text, { filePath: 'login.cjs' });
  const [message] = result!.messages.filter(({ ruleId }) => ruleId === 'jwtlint/no-hardcoded-secret');
  const [suggestion] = message!.suggestions!;
  expect(suggestion!.desc).toBe('Read `JWT_SECRET` from the environment, and stop when it is missing.');
  const { range, text: put } = suggestion!.fix;
  const offered = text.slice(0, range[0]) + put + text.slice(range[1]);
  expect(offered).toBe(await mended('login.cjs', text));
  const [fixed] = await eslint(true).lintText(text, { filePath: 'login.cjs' });
  expect(fixed!.output).toBeUndefined();
});
