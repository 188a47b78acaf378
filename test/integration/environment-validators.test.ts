/**
 * Packages that check the environment, as they are: they give its variables by their own names, and refuse one that is missing or
 * too short. What an audit says of a program with such a check follows.
 */
import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Audit } from '../../src/audit.js';
import { runProgram } from '../run-program.js';
import { TemporaryRepository } from '../temporary-repository.js';

/** What makes `env` of the environment by a package, and the characters that it demands, where it does. */
const VALIDATORS: readonly { readonly name: string; readonly code: string; readonly least?: number }[] = [
  {
    name: 'zod',
    code: "import { z } from 'zod';\nconst env = z.object({ JWT_SECRET: z.string().min(32) }).parse(process.env);",
    least: 32,
  },
  {
    name: 'zod',
    code: "import { z } from 'zod';\nconst { data: env, error } = z.object({ JWT_SECRET: z.string().min(32) }).safeParse(process.env);\nif (error) throw error;",
    least: 32,
  },
  {
    name: 'joi',
    code: "import Joi from 'joi';\nconst { value: env, error } = Joi.object({ JWT_SECRET: Joi.string().min(32).required() }).unknown().validate(process.env);\nif (error) throw error;",
    least: 32,
  },
  {
    name: 'joi',
    code: "import Joi from 'joi';\nconst env = Joi.attempt(process.env, Joi.object({ JWT_SECRET: Joi.string().min(32).required() }).unknown());",
    least: 32,
  },
  {
    name: 'yup',
    code: "import * as yup from 'yup';\nconst env = yup.object({ JWT_SECRET: yup.string().min(32).required() }).validateSync(process.env);",
    least: 32,
  },
  {
    name: 'valibot',
    code: "import * as v from 'valibot';\nconst env = v.parse(v.object({ JWT_SECRET: v.pipe(v.string(), v.minLength(32)) }), process.env);",
    least: 32,
  },
  {
    name: 'envalid',
    code: "import { cleanEnv, str } from 'envalid';\nconst env = cleanEnv(process.env, { JWT_SECRET: str() }, { reporter: ({ errors }) => { if (errors.JWT_SECRET) throw errors.JWT_SECRET; } });",
  },
  {
    name: '@t3-oss/env-core',
    code: "import { createEnv } from '@t3-oss/env-core';\nimport { z } from 'zod';\nconst env = createEnv({ server: { JWT_SECRET: z.string().min(32) }, runtimeEnv: process.env });",
    least: 32,
  },
  {
    name: 'env-schema',
    code: "import envSchema from 'env-schema';\nconst env = envSchema({ schema: { type: 'object', required: ['JWT_SECRET'], properties: { JWT_SECRET: { type: 'string' } } } });",
  },
];

test("envalid's devDefault stands in wherever NODE_ENV says something else than production", async () => {
  const { cleanEnv, str } = await import('envalid');
  const read = (env: Readonly<Record<string, string>>): string =>
    cleanEnv(
      env,
      { JWT_SECRET: str({ devDefault: 'made-up-in-development' }) },
      {
        reporter: ({ errors }) => {
          if (errors.JWT_SECRET) throw errors.JWT_SECRET;
        },
      },
    ).JWT_SECRET;
  expect(read({ NODE_ENV: 'development' })).toBe('made-up-in-development');
  expect(read({ NODE_ENV: 'staging' })).toBe('made-up-in-development');
  expect(read({ NODE_ENV: 'production', JWT_SECRET: 'given' })).toBe('given');
  expect(() => read({ NODE_ENV: 'production' })).toThrow();
});

test.each(VALIDATORS)('$name, case $#', async ({ name, code, least }) => {
  const repository = new TemporaryRepository();
  repository.stage('package.json', JSON.stringify({ dependencies: { jsonwebtoken: '^9.0.2', zod: '^4.0.0', [name]: '^1.0.0' } }));
  repository.stage('.gitignore', 'node_modules\n');
  repository.stage(
    'main.mjs',
    `import jwt from 'jsonwebtoken';\n${code}\nconst sign = () => jwt.sign({ sub: 'one' }, env.JWT_SECRET, { expiresIn: '5m' });\nconsole.log(jwt.verify(sign(), process.env.JWT_SECRET, { algorithms: ['HS256'] }).sub);\n`,
  );
  repository.commit();
  symlinkSync(resolve('node_modules'), repository.path('node_modules'));
  const run = (env: Readonly<Record<string, string>>): number | null =>
    spawnSync(process.execPath, ['main.mjs'], { cwd: repository.root, env: { PATH: process.env['PATH'], ...env } }).status;
  expect(run({ JWT_SECRET: 'x'.repeat(32) })).toBe(0);
  expect(run({})).not.toBe(0);
  if (least !== undefined) expect(run({ JWT_SECRET: 'x'.repeat(least - 1) })).not.toBe(0);

  const { stdout } = await runProgram(repository.context, 'audit', '-f', 'json');
  const { items, keys } = JSON.parse(stdout) as Audit;
  expect(keys.map((key) => `${key.origin} ${key.name ?? ''}`)).toEqual(['environment JWT_SECRET']);
  const { answer, evidence } = items.find(({ id }) => id === 'start-up')!;
  expect(answer).toBe('yes');
  expect(evidence[0]!.says).toBe(`JWT_SECRET is demanded${least === undefined ? '' : `, with ${String(least)} characters at least`}`);
});
