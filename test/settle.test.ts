import { describe, expect, test } from 'vitest';
import type { RuleFinding } from '../src/analyse.js';
import { Lines } from '../src/positions.js';
import { contextFor, contextOf, decide } from '../src/policy.js';
import { directivesIn, fingerprints, plainComments } from '../src/settle.js';
import requireAlgorithms from '../rules/require-algorithms.js';

function finding(symbol: string, start: number, mark?: string): RuleFinding {
  return {
    ruleId: 'no-hardcoded-secret',
    message: 'used',
    anchor: { path: 'a.js', start, end: start + 1 },
    confidence: 'certain',
    symbol,
    ...(mark === undefined ? {} : { mark }),
  };
}

describe('fingerprints', () => {
  test('do not move with lines', () => {
    const one = fingerprints([finding('config.secret', 10, 'm1')])[0]!;
    const other = fingerprints([finding('config.secret', 900, 'm1')])[0]!;
    expect(other).toEqual(one);
  });

  test('another value at the old place is another finding to us, and the same valueless id to reports', () => {
    const one = fingerprints([finding('config.secret', 10, 'm1')])[0]!;
    const other = fingerprints([finding('config.secret', 10, 'm2')])[0]!;
    expect(other.internal).not.toBe(one.internal);
    expect(other.public).toBe(one.public);
  });

  test('equals are told apart by their order in the file, not in the list', () => {
    const [late, early] = fingerprints([finding('sign', 50, 'm'), finding('sign', 5, 'm')]);
    expect(late!.internal).not.toBe(early!.internal);
    expect(early).toEqual(fingerprints([finding('sign', 1, 'm')])[0]);
  });
});

describe('directives', () => {
  const find = (text: string): ReturnType<typeof directivesIn> => {
    const lines = new Lines(text);
    return directivesIn(text, plainComments(text), (offset) => lines.lineOf(offset));
  };

  test.each([
    ['// jwtlint-disable-next-line no-hardcoded-secret -- made up for a demo\nx', 2],
    ['x // jwtlint-disable-line no-hardcoded-secret -- made up for a demo', 1],
    ['# jwtlint-disable-next-line no-hardcoded-secret -- made up for a demo\nX=1', 2],
    ['<!-- jwtlint-disable-next-line no-hardcoded-secret -- made up for a demo -->\nx', 2],
    ['/* jwtlint-disable-line no-hardcoded-secret -- made up for a demo */ x', 1],
  ])('%j names line %i', (text, line) => {
    expect(find(text)).toMatchObject([{ line, rules: ['no-hardcoded-secret'], reason: 'made up for a demo' }]);
  });

  test('in a string it is only text', () => {
    expect(find("const help = 'jwtlint-disable-next-line RULE -- reason';")).toEqual([]);
  });

  test('without a reason it says so', () => {
    expect(find('// jwtlint-disable-line no-weak-secret, no-hardcoded-secret')).toMatchObject([
      { rules: ['no-weak-secret', 'no-hardcoded-secret'], reason: '' },
    ]);
  });
});

describe('policy', () => {
  test.each([
    ['src/auth.ts', undefined],
    ['src/attest/auth.ts', undefined],
    ['test/auth.ts', 'test'],
    ['packages/api/__tests__/auth.ts', 'test'],
    ['src/auth.spec.ts', 'test'],
    ['src/auth.e2e-spec.ts', 'test'],
    ['config/settings.example.json', 'example'],
    ['deploy/example.env.yml', 'example'],
    ['sample.secrets.json', 'example'],
    ['deploy/docker-compose-example.yml', 'example'],
    ['.env.example', undefined],
    ['example.env', undefined],
    ['src/sample-rate.ts', undefined],
    ['src/resample.json', undefined],
    ['apps/api/.env.test', 'test'],
    ['integration-tests/http/config.js', 'test'],
    ['types/index.tst.ts', 'test'],
    ['jest.setup.js', 'test'],
    ['apps/web/vitest.config.mts', 'test'],
    ['src/setupTests.ts', 'test'],
    ['vitest/data-helpers.ts', 'test'],
    ['src/setup-testimonials.ts', undefined],
    ['jestful.ts', undefined],
    ['src/latest-news/auth.ts', undefined],
    ['constructor/auth.ts', undefined],
    ['internal/cache_test.go', 'test'],
    ['testHelpers/tokens.ts', 'test'],
    ['src/latestNews/auth.ts', undefined],
    ['packages/express/src/test-utils.ts', 'test'],
    ['packages/api/testHelpers.js', 'test'],
    ['src/test-utilization.ts', undefined],
    ['packages/express-sample/src/app.ts', 'example'],
    ['examples/basic/index.js', 'example'],
    ['docs/guide.md', 'docs'],
    ['README.md', 'docs'],
    ['node_modules/jsonwebtoken/test/rsa-private.pem', 'dependencies'],
    ['test/app/node_modules/tokens/index.js', 'dependencies'],
    ['src/node_modules.ts', undefined],
  ])('%s stands in %s', (path, context) => {
    expect(contextOf(path)).toBe(context);
  });

  test('what imports a test runner is a test, unless its path says something else', () => {
    expect(contextOf('integration/setup.ts', true)).toBe('test');
    expect(contextOf('examples/basic/checks.js', true)).toBe('example');
    const settings = (context?: string, redefined = false) => ({ context, redefines: () => redefined });
    expect(contextFor('integration/setup.ts', settings(), true)).toBe('test');
    expect(contextFor('integration/setup.ts', settings('docs'), true)).toBe('docs');
    expect(contextFor('integration/setup.ts', settings(undefined, true), true)).toBeUndefined();
  });

  test('in tests only what looks real stays loud', () => {
    const made = { ...finding('x', 0), ruleId: 'require-algorithms' };
    expect(decide(requireAlgorithms, made, undefined, 'test', 'recommended')).toEqual({ level: 'info', loweredBy: 'test' });
    expect(decide(requireAlgorithms, { ...made, real: true }, undefined, 'test', 'recommended')).toEqual({ level: 'error' });
    expect(decide(requireAlgorithms, { ...made, real: true }, undefined, 'dependencies', 'recommended')).toEqual({
      level: 'info',
      loweredBy: 'dependencies',
    });
  });

  test('what the user sets wins over the rule, and the context over neither being off', () => {
    const made = { ...finding('x', 0), level: 'warning' as const };
    expect(decide(requireAlgorithms, made, 'error', undefined, 'recommended')).toEqual({ level: 'error' });
    expect(decide(requireAlgorithms, made, 'off', undefined, 'all')).toBeUndefined();
  });

  test('the preset says how sure a finding must be, and whether rules that are off by default speak', () => {
    const unsure = { ...finding('x', 0), confidence: 'possible' as const };
    const levels = (rule: typeof requireAlgorithms): unknown[] =>
      (['recommended', 'strict', 'all'] as const).map((preset) => decide(rule, unsure, undefined, undefined, preset)?.level);
    expect(levels(requireAlgorithms)).toEqual(['info', 'error', 'error']);
    expect(levels({ ...requireAlgorithms, severity: 'off' })).toEqual([undefined, undefined, 'warning']);
  });
});

describe('positions', () => {
  test('lines end with any of the three endings', () => {
    const lines = new Lines('a\nb\r\nc\rd');
    expect([0, 2, 5, 7].map((offset) => lines.lineOf(offset))).toEqual([1, 2, 3, 4]);
    expect(lines.location({ path: 'x', start: 5, end: 6 })).toMatchObject({ startLine: 3, startColumn: 1, endColumn: 2 });
  });
});
