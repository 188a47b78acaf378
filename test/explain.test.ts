/** `jwtlint explain` and `jwtlint rules` say what the rules say of themselves. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { RULES } from '../rules/index.js';
import { runProgram } from './run-program.js';
import { temporaryDirectory } from './temporary-repository.js';

const run = (...argv: readonly string[]) => runProgram({ cwd: temporaryDirectory(), env: {} }, ...argv);

test.each(RULES.map(({ id }) => id))('explain %s: why, every message and option, on a terminal of 80 columns', async (id) => {
  const rule = RULES.find((each) => each.id === id)!;
  const { status, stdout, stderr } = await run('explain', id);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const flowing = stdout.replace(/\s+/g, ' ');
  expect(flowing).toContain(rule.docs.why);
  for (const { what, fix } of Object.values(rule.messages))
    for (const sentence of [what, fix]) expect(flowing).toContain(sentence.replace(/\{\{(\w+)\}\}/g, '<$1>').replace(/\s+/g, ' '));
  for (const option of Object.keys((rule.options?.schema['properties'] ?? {}) as object)) expect(stdout).toContain(`  ${option}: `);
  for (const { url } of rule.docs.references) expect(stdout).toContain(url);
  expect(stdout).toContain(`docs/rules/${id}.md`);
  for (const line of stdout.split('\n'))
    if (line.trim().includes(' ') && !line.includes('//')) expect(line.length, line).toBeLessThanOrEqual(100);
});

test('a rule that there is not: the nearest one', async () => {
  expect(await run('explain', 'no-hardcode-secret')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('Did you mean no-hardcoded-secret?') as string,
  });
  expect(await run('explain')).toMatchObject({ status: 2, stderr: expect.stringContaining('takes one rule') as string });
  expect(await run('explain', 'jwtlint/no-weak-secret')).toMatchObject({ status: 0 });
  expect(await run('rules', 'no-weak-secret')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('jwtlint explain no-weak-secret') as string,
  });
});

test('rules: a line each, or JSON whose option schemas are schemas', async () => {
  const { stdout } = await run('rules');
  for (const { id, title } of RULES) expect(stdout).toMatch(new RegExp(`^${id} .*${title.replace(/[.*+?^${}()|[\]\\`]/g, '.')}$`, 'm'));
  const listed = JSON.parse((await run('rules', '--json')).stdout) as {
    id: string;
    url: string;
    options: { schema: object; defaults: object } | null;
  }[];
  expect(listed.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
  const ajv = new Ajv2020({ strict: false });
  for (const { options } of listed) if (options) expect(ajv.validate(options.schema, options.defaults)).toBe(true);
});
