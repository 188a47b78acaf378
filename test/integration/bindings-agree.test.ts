/**
 * Our scope resolution against `@typescript-eslint/scope-manager`, on a fixed choice of real files: the .js and .ts of
 * pinned packages. Every reference to a value must mean the same declaration.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as parser from '@typescript-eslint/parser';
import { analyze, DefinitionType } from '@typescript-eslint/scope-manager';
import { bindingsOf } from '../../rules/facts/bindings.js';
import { startOf, type Node } from '../../rules/facts/syntax.js';

const PACKAGES = [
  'jsonwebtoken',
  'jws',
  'jwa',
  'express-jwt',
  'passport-jwt',
  '@nestjs/jwt',
  '@fastify/jwt',
  'koa-jwt',
  'fast-jwt',
  'jwt-simple',
  'express-session',
  'yaml',
  '@humanwhocodes/momoa',
  'fast-glob',
  'picomatch',
  'husky',
  'ajv',
  'semver',
  'hono',
  '@typescript-eslint/scope-manager',
];
const LARGEST = 60_000;

function filesOf(directory: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') found.push(...filesOf(path));
    else if (entry.isFile() && /\.(?:[cm]?js|[cm]?ts)$/.test(entry.name)) found.push(path);
  }
  return found.sort();
}

const files = PACKAGES.flatMap((name) => filesOf(join('node_modules', name)).slice(0, 40));

describe('scope resolution', () => {
  test(`agrees with scope-manager on ${String(files.length)} files`, () => {
    let references = 0;
    let compared = 0;
    const differences: string[] = [];
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      if (text.length > LARGEST) continue;
      let parsed;
      try {
        parsed = parser.parseForESLint(text, { range: true, loc: true, filePath: file, sourceType: 'module' });
      } catch {
        continue; // sloppy-mode scripts that this parser refuses
      }
      compared++;
      const bindings = bindingsOf({ ast: parsed.ast, visitorKeys: parsed.visitorKeys });
      const manager = analyze(parsed.ast, { sourceType: 'module', childVisitorKeys: parsed.visitorKeys });
      for (const scope of manager.scopes) {
        for (const reference of scope.references) {
          if (reference.identifier.type !== 'Identifier' || !reference.isValueReference) continue;
          if (reference.init) continue; // `var a = 1` counts its own name; ours lists that as the definition
          const above = bindings.parentOf(reference.identifier)?.type;
          if (above === 'TSTypePredicate' || above === 'TSTypeQuery') continue; // types, which are looked up by name only
          references++;
          const theirs =
            reference.resolved?.defs
              .filter((definition) => definition.type !== DefinitionType.Type)
              .map((definition) => startOf(definition.name))
              .sort((a, b) => a - b) ?? [];
          const ours = bindings.variableOf(reference.identifier)?.definitions.map((definition) => startOf(definition.name as Node)) ?? [];
          const same = theirs.length === 0 ? ours.length === 0 : theirs.every((start) => ours.includes(start)) && ours.length > 0;
          if (!same)
            differences.push(
              `${file}:${String(startOf(reference.identifier))} ${reference.identifier.name} ours ${ours.join()} theirs ${theirs.join()}`,
            );
        }
      }
    }
    expect(differences.slice(0, 20)).toEqual([]);
    expect(compared).toBeGreaterThan(300);
    expect(references).toBeGreaterThan(20_000);
  });
});
