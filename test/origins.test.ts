/** Following values: what is found, and that hostile code costs a bounded number of steps. */
import { describe, expect, test } from 'vitest';
import { bindingsOf } from '../rules/facts/bindings.js';
import { callsOf } from '../rules/facts/calls.js';
import { EVALUATION_BUDGET, originsOf } from '../rules/facts/origins.js';
import type { Value } from '../rules/facts/values.js';
import { scanFiles } from './scan-directory.js';
import { scriptOf } from './script-of.js';

/** Possible values of the argument of the call of `probe`. */
function probe(text: string): readonly Value[] {
  const script = scriptOf(text);
  const call = bindingsOf(script).calls.find((node) => node.callee.type === 'Identifier' && node.callee.name === 'probe')!;
  return originsOf(script).valuesOf(call.arguments[0]!);
}

const texts = (values: readonly Value[]): string[] => values.flatMap((value) => (value.kind === 'text' ? [value.text] : []));

describe('values are followed', () => {
  test.each<[string, string, string[]]>([
    ['a constant', "const a = 'x'; probe(a);", ['x']],
    ['reassignments', "let a = 'x'; if (b) a = 'y'; probe(a);", ['x', 'y']],
    ['shadowing', "const a = 'x'; { const a = 'y'; probe(a); }", ['y']],
    ['concatenation', "const a = 'x'; probe(a + '-' + 1);", ['x-1']],
    ['templates', "const a = 'x'; probe(`${a}-y`);", ['x-y']],
    ['objects', "const c = { jwt: { secret: 'x' } }; probe(c.jwt.secret);", ['x']],
    ['computed members', "const c = { jwt: 'x' }; const k = 'jwt'; probe(c[k]);", ['x']],
    ['spreads', "const base = { secret: 'x' }; const c = { ...base, other: 1 }; probe(c.secret);", ['x']],
    ['members written later', "const c: any = {}; c.secret = 'x'; probe(c.secret);", ['x']],
    ['destructuring', "const { jwt: { secret: s } } = { jwt: { secret: 'x' } }; probe(s);", ['x']],
    ['arrays', "const [, second] = ['x', 'y']; probe(second);", ['y']],
    ['enums', "enum Keys { Access = 'x' } probe(Keys.Access);", ['x']],
    ['static fields', "class Keys { static readonly access = 'x'; } probe(Keys.access);", ['x']],
    ['fields', "class S { private key = 'x'; m() { probe(this.key); } }", ['x']],
    ['constructor assignments', "class S { key: string; constructor() { this.key = 'x'; } m() { probe(this.key); } }", ['x']],
    ['parameter properties', "class S { constructor(private key = 'x') {} m() { probe(this.key); } }", ['x']],
    ['getters', "class S { get key() { return 'x'; } m() { probe(this.key); } }", ['x']],
    ['instances', "class C { constructor(public secret: string) {} } const c = new C('x'); probe(c.secret);", ['x']],
    ['functions', "function key() { return 'x'; } probe(key());", ['x']],
    ['arrow functions with arguments', "const pick = (a: string, b: string) => a || b; probe(pick(undefined as never, 'x'));", ['x']],
    ['callers of a wrapper', "function wrap(key: string) { probe(key); } wrap('x');", ['x']],
    ['type assertions', "probe(('x' as unknown as string)!);", ['x']],
    ['Object.freeze', "const c = Object.freeze({ secret: 'x' }); probe(c.secret);", ['x']],
    ['join', "probe(['x', 'y'].join('-'));", ['x-y']],
  ])('%s', (_, text, expected) => {
    expect(texts(probe(text)).sort()).toEqual(expected);
  });

  test.each<[string, string, Partial<Value>]>([
    ['process.env', 'probe(process.env.JWT_SECRET);', { kind: 'environment', name: 'JWT_SECRET' } as Partial<Value>],
    ['process.env by brackets', "probe(process.env['JWT_SECRET']);", { kind: 'environment', name: 'JWT_SECRET' } as Partial<Value>],
    [
      'destructured',
      'const { JWT_SECRET } = process.env; probe(JWT_SECRET);',
      { kind: 'environment', name: 'JWT_SECRET' } as Partial<Value>,
    ],
    ['import.meta.env', 'probe(import.meta.env.JWT_SECRET);', { kind: 'environment', name: 'JWT_SECRET' } as Partial<Value>],
    ['Deno', "probe(Deno.env.get('JWT_SECRET'));", { kind: 'environment', name: 'JWT_SECRET' } as Partial<Value>],
    ['Bun', 'probe(Bun.env.JWT_SECRET);', { kind: 'environment', name: 'JWT_SECRET' } as Partial<Value>],
    [
      'a helper',
      "const env = (name: string) => process.env[name]; probe(env('JWT_SECRET'));",
      { kind: 'environment', name: 'JWT_SECRET' } as Partial<Value>,
    ],
    [
      'random bytes',
      "import { randomBytes } from 'node:crypto'; probe(randomBytes(32).toString('hex'));",
      { kind: 'random', size: 32 } as Partial<Value>,
    ],
    ['what nobody can know', 'probe(request.body.key);', { kind: 'unknown' } as Partial<Value>],
  ])('%s', (_, text, expected) => {
    const found = probe(text).map((value) => (value.kind === 'import' ? { kind: 'unknown' } : value));
    expect(found).toMatchObject([expected]);
  });

  test.each([
    ["probe(process.env.JWT_SECRET || 'x');"],
    ["probe(process.env.JWT_SECRET ?? 'x');"],
    ["let s = process.env.JWT_SECRET; if (!s) s = 'x'; probe(s);"],
    ["let s = process.env.JWT_SECRET; s ||= 'x'; probe(s);"],
    ["const { JWT_SECRET = 'x' } = process.env; probe(JWT_SECRET);"],
    ["probe(process.env.NODE_ENV === 'production' ? process.env.JWT_SECRET : 'x');"],
    ["const env = (name: string, standIn: string) => process.env[name] ?? standIn; probe(env('JWT_SECRET', 'x'));"],
  ])('%s: the literal stands in for the variable', (text) => {
    const literal = probe(text).find((value) => value.kind === 'text');
    expect(literal?.fallback).toMatchObject({ name: 'JWT_SECRET' });
  });

  test('an empty text before a throw is no stand-in', () => {
    expect(
      texts(probe("const s = process.env.JWT_SECRET || ''; if (!s) throw new Error(); probe(s);")).filter((text) => text !== ''),
    ).toEqual([]);
  });

  test('cyclic initialisers and calls end', () => {
    expect(probe('const a = b; const b = a; probe(a);').every((value) => value.kind === 'unknown')).toBe(true);
    expect(probe('function f() { return g(); } function g() { return f(); } probe(f());').every((value) => value.kind === 'unknown')).toBe(
      true,
    );
    expect(probe('let a = a + 1; probe(a);').every((value) => value.kind === 'unknown')).toBe(true);
  });

  test('cyclic imports end', async () => {
    const results = await scanFiles(
      new Map([
        ['package.json', '{"dependencies":{"jsonwebtoken":"^9.0.2"}}'],
        [
          'a.js',
          "import jwt from 'jsonwebtoken';\nimport { secret } from './b.js';\nexport const own = secret;\njwt.sign({}, secret, { expiresIn: '1h' });\n",
        ],
        ['b.js', "export { own as secret } from './a.js';\n"],
      ]),
    );
    expect(results.flatMap((result) => result.findings)).toEqual([]);
  });
});

describe('work is bounded', () => {
  const each = (n: number, make: (index: number) => string): string => Array.from({ length: n }, (_, index) => make(index)).join('\n');
  const steps = (text: string): number => {
    const script = scriptOf(text);
    callsOf(script);
    const call = bindingsOf(script).calls.find((node) => node.callee.type === 'Identifier' && node.callee.name === 'probe');
    if (call) originsOf(script).valuesOf(call.arguments[0]!);
    return originsOf(script).steps;
  };

  test.each<[string, (n: number) => string]>([
    ['concatenation', (n) => `probe(${Array.from({ length: n }, (_, index) => `'p${String(index)}'`).join(' + ')});`],
    ['array elements', (n) => `probe([${Array.from({ length: n }, (_, index) => `'p${String(index)}'`).join(', ')}]);`],
    [
      'a chain of constants',
      (n) =>
        `const c0 = 'x'; ${Array.from({ length: n }, (_, index) => `const c${String(index + 1)} = c${String(index)};`).join(' ')} probe(c${String(n)});`,
    ],
    [
      'calls',
      (n) =>
        `import jwt from 'jsonwebtoken'; ${Array.from({ length: n }, (_, index) => `jwt.sign({ id: ${String(index)} }, process.env.JWT_SECRET);`).join('\n')}`,
    ],
    [
      'members that are written over with what is read of them',
      (n) =>
        `const c = { ${each(n, (index) => `p${index}: 'v${index}',`)} };\n${each(n, (index) => `c.p${index} = read('P${index}', c.p${index});`)} probe(c.p1);`,
    ],
    ['a chain of calls', (n) => `import jwt from 'jsonwebtoken'; chain${'()'.repeat(n)}; probe(jwt);`],
    ['a chain of methods', (n) => `import { z } from 'jsonwebtoken'; probe(z${'.m().n'.repeat(n)});`],
  ])('%s: steps grow with the text', (_, make) => {
    const counts = [250, 500, 1000, 2000, 4000].map((n) => steps(make(n)));
    for (let index = 1; index < counts.length; index++) expect(counts[index]! / counts[index - 1]!).toBeLessThan(2.3);
  });

  test.each<[string, number, (n: number) => string]>([
    ['arrays', 60, (n) => each(n, (index) => `const v${index} = [v${index}, v${(index + 1) % n}, ...v${(index + 2) % n}];`)],
    ['objects', 20, (n) => each(n, (index) => `const v${index} = () => ({ ${each(n, (other) => `k${other}: v${other}(),`)} });`)],
  ])('mutual references of %s in every direction stop at the budget, and say so', async (_, n, make) => {
    const text = `import jwt from 'jsonwebtoken';\n${make(n)}\njwt.sign({}, v0);`;
    const count = steps(text);
    expect(count).toBeGreaterThan(EVALUATION_BUDGET);
    expect(count).toBeLessThan(EVALUATION_BUDGET * 1.5);
    const [result] = await scanFiles(new Map([['a.ts', text]]));
    expect(result!.notices).toEqual([{ path: 'a.ts', text: expect.stringContaining('too much to follow') }]);
  });
});
