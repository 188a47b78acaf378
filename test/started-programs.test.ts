/** What jwtlint starts can be seen by every user of the machine (`ps`, /proc): no secret is among the arguments or in the environment. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import { expect, test } from 'vitest';
import { runProgram } from './run-program.js';
import { temporaryDirectory, TemporaryRepository } from './temporary-repository.js';

const OLD = 'made-up-old-secret-of-a-service-that-rotates';
const LITERAL = 'made-up-literal-that-a-call-is-given';

/** Tells all that it is started with, and is git then. */
function toldGit(repository: TemporaryRepository): { readonly directory: string; readonly log: string } {
  const directory = temporaryDirectory();
  const log = join(directory, 'log');
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const script = new TemporaryRepository().script('git', `#!/bin/sh\n{ printf '%s\\n' "$@"; env; } >> '${log}'\nexec '${git}' "$@"\n`);
  expect(repository.git('status', '--porcelain')).toBe('');
  return { directory: join(script, '..'), log };
}

test.each([
  ['generate', '--env', 'JWT_NEW_SECRET'],
  ['generate', '--out', 'jwt-private.pem', '--algorithm', 'ES256'],
  ['rotate', 'JWT_SECRET', '--yes'],
  ['fix', '--yes'],
])('%s %s', async (...argv) => {
  const repository = new TemporaryRepository();
  repository.stage('package.json', '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }');
  repository.stage('.gitignore', '.env\n*.pem\n');
  repository.stage('a.js', `require('jsonwebtoken').sign({ sub: 1 }, '${LITERAL}', { expiresIn: '1h' });\n`);
  repository.commit();
  repository.write('.env', `JWT_SECRET=${OLD}\n`);
  const { directory, log } = toldGit(repository);
  const env = { ...repository.env, PATH: `${directory}${delimiter}${repository.env['PATH']!}` };
  const { status } = await runProgram({ cwd: repository.root, env }, ...argv);
  expect(status).toBe(0);
  const values = Object.values(parseDotenv(readFileSync(repository.path('.env'), 'utf8'))).filter((value) => value !== '');
  const keys = argv.includes('--out') ? readFileSync(repository.path('jwt-private.pem'), 'utf8').split('\n').slice(1, -2) : [];
  const secrets = [OLD, LITERAL, ...values, ...keys];
  expect(secrets.length).toBeGreaterThan(2);
  const told = readFileSync(log, 'utf8');
  expect(told).toContain('PATH=');
  for (const secret of secrets) expect(told.includes(secret.slice(0, 12))).toBe(false);
});
