/**
 * The rules lean on the shape of TS-ESTree alone: oxc-parser (command line), @typescript-eslint/parser and, for plain
 * JavaScript, espree (ESLint's default) must lead to the same findings at the same places. On every fixture and on a fixed
 * choice of real files: the .js and .ts of pinned packages.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import * as tsParser from '@typescript-eslint/parser';
import type { TSESTree } from '@typescript-eslint/types';
import * as espree from 'espree';
import { KEYS } from 'eslint-visitor-keys';
import { describe, expect, test } from 'vitest';
import type { Project, Script } from '../../rules/contract.js';
import { RULES } from '../../rules/index.js';
import { analyse } from '../../src/analyse.js';
import { createCrypto } from '../../src/crypto.js';
import { projectOf, readManifest } from '../../src/project.js';
import { parseScript } from '../../src/readers/script.js';

const PACKAGES = [
  'jsonwebtoken',
  'jws',
  'jose',
  'express-jwt',
  'passport-jwt',
  '@nestjs/jwt',
  '@nestjs/common',
  '@fastify/jwt',
  'koa-jwt',
  'fast-jwt',
  'jwt-simple',
  'express-session',
  'hono',
  'yaml',
  'fast-glob',
  'ajv',
  'semver',
  'lint-staged',
  'rolldown',
  'publint',
];
const FILES_PER_PACKAGE = 60;
const LARGEST = 60_000;
const SCRIPT = /\.(?:[cm]?[jt]s|[jt]sx)$/;

const crypto = createCrypto();
const enabled = RULES.map((rule) => ({ rule, options: rule.options?.defaults ?? {} }));

/** A project that uses everything, so that no rule stays silent for want of a dependency. */
const USES_ALL: Project = { name: 'everything', uses: () => true, versionOf: () => undefined, isBelow: () => false, owns: () => false };

interface Parsed {
  readonly ast: TSESTree.Program;
  readonly visitorKeys: Readonly<Record<string, readonly string[] | undefined>>;
}

const PARSERS: Readonly<Record<string, (path: string, text: string) => Parsed | undefined>> = {
  'oxc-parser': (path, text) => {
    const parsed = parseScript(path, text);
    return 'failed' in parsed ? undefined : parsed;
  },
  '@typescript-eslint/parser': (path, text) => {
    try {
      const jsx = /x$|js$/.test(path);
      const { ast, visitorKeys } = tsParser.parseForESLint(text, {
        range: true,
        loc: true,
        filePath: path,
        sourceType: 'module',
        ecmaFeatures: { jsx },
      });
      return { ast, visitorKeys };
    } catch {
      return undefined; // counted below: it refuses some sloppy scripts
    }
  },
  espree: (path, text) => {
    if (!/\.[cm]?js$/.test(path)) return undefined;
    const options = { ecmaVersion: 'latest', range: true, loc: true, ecmaFeatures: { jsx: true } } as const;
    for (const sourceType of ['module', 'commonjs'] as const) {
      try {
        return { ast: espree.parse(text, { ...options, sourceType }) as unknown as TSESTree.Program, visitorKeys: KEYS };
      } catch {
        // tried as the other kind next
      }
    }
    return undefined;
  },
};

function findingsOf(path: string, text: string, project: Project, { ast, visitorKeys }: Parsed): string[] {
  const script: Script = {
    path,
    text,
    tracking: 'tracked',
    project,
    crypto,
    vocabulary: { sinks: [], secretNames: [], secretSources: [] },
    ast,
    visitorKeys,
    imports: () => undefined,
  };
  return analyse('script', script, enabled)
    .map(({ ruleId, message, anchor, use }) => `${ruleId} ${message} ${String(anchor.start)}-${String(anchor.end)} ${String(use?.start)}`)
    .sort();
}

function filesBelow(directory: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') found.push(...filesBelow(path));
    else if (entry.isFile() && SCRIPT.test(entry.name)) found.push(path);
  }
  return found.sort();
}

interface Agreement {
  readonly differences: string[];
  /** Files that two parsers or more could read. */
  compared: number;
  findings: number;
  readonly by: Record<string, number>;
}

function compare(files: readonly { path: string; text: string; project: Project }[]): Agreement {
  const result: Agreement = { differences: [], compared: 0, findings: 0, by: {} };
  for (const { path, text, project } of files) {
    const answers: [string, string[]][] = [];
    for (const [name, parse] of Object.entries(PARSERS)) {
      const parsed = parse(path, text);
      if (!parsed) continue;
      result.by[name] = (result.by[name] ?? 0) + 1;
      answers.push([name, findingsOf(path, text, project, parsed)]);
    }
    const [first, ...others] = answers;
    if (!first || others.length === 0) continue;
    result.compared++;
    result.findings += first[1].length;
    for (const [name, findings] of others) {
      const only = [
        ...first[1].filter((each) => !findings.includes(each)).map((each) => `${first[0]} alone: ${each}`),
        ...findings.filter((each) => !first[1].includes(each)).map((each) => `${name} alone: ${each}`),
      ];
      result.differences.push(...only.map((each) => `${path}: ${each}`));
    }
  }
  return result;
}

describe('three parsers, the same findings', () => {
  test('on every fixture', () => {
    const files = readdirSync('fixtures').flatMap((folder) => {
      const root = join('fixtures', folder);
      return filesBelow(root).map((file) => {
        const path = relative(root, file).split(sep).join('/');
        return { path, text: readFileSync(file, 'utf8'), project: nearestProject(root, path) };
      });
    });
    const { differences, compared, findings } = compare(files);
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(0.95 * files.length);
    expect(findings).toBeGreaterThan(100);
  });

  test('on at least 500 real files', () => {
    const files = PACKAGES.flatMap((name) => filesBelow(join('node_modules', name)).slice(0, FILES_PER_PACKAGE))
      .map((path) => ({ path, text: readFileSync(path, 'utf8'), project: USES_ALL }))
      .filter(({ text }) => text.length <= LARGEST);
    const { differences, compared, by } = compare(files);
    expect(differences.slice(0, 20)).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(500);
    expect(by['espree']).toBeGreaterThan(200);
  });
});

function nearestProject(root: string, path: string): Project {
  const segments = path.split('/').slice(0, -1);
  for (let depth = segments.length; depth >= 0; depth--) {
    try {
      const manifest = readManifest(readFileSync(join(root, ...segments.slice(0, depth), 'package.json'), 'utf8'));
      if (manifest) return projectOf(manifest, new Map(), undefined);
    } catch {
      // no manifest here: one above may be the nearest
    }
  }
  return USES_ALL;
}
