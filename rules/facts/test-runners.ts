/** Scripts that run under a test runner, by what they import: their path may not tell. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { unwrap, type Node } from './syntax.js';

/**
 * What a test or its set-up imports. Named whole: `vitest/config` is for what builds an application, and `playwright` drives
 * browsers in production too.
 */
const TEST_RUNNERS: ReadonlySet<string> = new Set([
  'vitest',
  '@jest/globals',
  'node:test',
  'bun:test',
  'mocha',
  '@playwright/test',
  'playwright/test',
  'ava',
  'tap',
  'tape',
  'uvu',
  'qunit',
  'testcafe',
  '@hapi/lab',
  '@japa/runner',
  '@rstest/core',
  '@std/testing/bdd',
  '@wdio/globals',
]);

/**
 * Whether a script imports a test runner when it is loaded, or passes one on. A type of it is none, and what a function loads
 * is loaded when it is called.
 */
export function importsTestRunner({ ast }: Pick<Script, 'ast'>): boolean {
  return ast.body.some((statement) => specifiersOf(statement).some((specifier) => TEST_RUNNERS.has(specifier)));
}

/** The modules that a statement loads, types not among them. */
function specifiersOf(statement: TSESTree.ProgramStatement): readonly string[] {
  switch (statement.type) {
    case 'ImportDeclaration':
      if (statement.importKind === 'type' || isOnlyTypes(statement.specifiers)) return [];
      return [statement.source.value];
    case 'ExportNamedDeclaration':
      if (!statement.source || statement.exportKind === 'type' || isOnlyTypes(statement.specifiers)) return [];
      return [statement.source.value];
    case 'ExportAllDeclaration':
      return statement.exportKind === 'type' ? [] : [statement.source.value];
    case 'TSImportEqualsDeclaration': {
      const { moduleReference } = statement;
      if (statement.importKind === 'type' || moduleReference.type !== 'TSExternalModuleReference') return [];
      return textsOf(moduleReference.expression);
    }
    case 'VariableDeclaration':
      return statement.declarations.flatMap(({ init }) => (init ? loadedBy(init) : []));
    default:
      return [];
  }
}

function isOnlyTypes(specifiers: readonly Node[]): boolean {
  const isType = (each: Node): boolean =>
    (each.type === 'ImportSpecifier' && each.importKind === 'type') || (each.type === 'ExportSpecifier' && each.exportKind === 'type');
  return specifiers.length > 0 && specifiers.every(isType);
}

/** What `require('x')`, `require('x').y` and `await import('x')` load. */
function loadedBy(expression: Node): readonly string[] {
  const loader = unwrap(expression);
  if (loader.type === 'MemberExpression') return loadedBy(loader.object);
  if (loader.type === 'ImportExpression') return textsOf(loader.source);
  const isRequire = loader.type === 'CallExpression' && loader.callee.type === 'Identifier' && loader.callee.name === 'require';
  return isRequire && loader.arguments[0] ? textsOf(loader.arguments[0]) : [];
}

function textsOf(node: Node): readonly string[] {
  return node.type === 'Literal' && typeof node.value === 'string' ? [node.value] : [];
}
