/** What is reported only when a configuration asks for it: by rules that are off by default, and what is only possible. */
import { expect, test } from 'vitest';
import { runProgram } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

async function findings(config: object | undefined): Promise<string[]> {
  const repository = new TemporaryRepository();
  repository.write('page/keep.js', "export const keep = (token) => localStorage.setItem('token', token);\n");
  repository.write(
    'server/sign.js',
    "import jwt from 'jsonwebtoken';\nexport const t = (id) => jwt.sign({ sub: id }, process.env.JWT_SECRET, { expiresIn: '30d' });\n",
  );
  repository.write('package.json', '{ "dependencies": { "ajv": "^8.17.1", "jsonwebtoken": "^9.0.2" } }');
  repository.write(
    'api/sign.ts',
    "import jwt from 'jsonwebtoken';\nexport const t = (id: string) => jwt.sign({ sub: id }, process.env.JWT_SECRET!, { expiresIn: '1h' });\n",
  );
  if (config) repository.write('jwtlint.config.json', JSON.stringify(config));
  const { stdout: output } = await runProgram(repository.context, '-f', 'json', 'page', 'server', 'api');
  const report = JSON.parse(output) as { findings: { ruleId: string; level: string; location: { path: string } }[] };
  return report.findings.map(({ ruleId, level, location }) => `${location.path} ${ruleId} ${level}`);
}

test.each([
  ['no configuration', undefined, []],
  ['one of them', { rules: { 'no-token-in-storage': 'warning' } }, ['page/keep.js no-token-in-storage warning']],
  [
    'both, with an option',
    { rules: { 'no-token-in-storage': 'error', 'max-token-lifetime': ['warning', { access: '7d' }] } },
    ['page/keep.js no-token-in-storage error', 'server/sign.js max-token-lifetime warning'],
  ],
  [
    'a limit that is passed',
    { rules: { 'max-token-lifetime': ['warning', { access: '4w' }] } },
    ['server/sign.js max-token-lifetime warning'],
  ],
  ['a limit that is far', { rules: { 'max-token-lifetime': ['warning', { access: '5w' }] } }, []],
  [
    'for some paths',
    { overrides: [{ files: ['page/**'], rules: { 'no-token-in-storage': 'warning' } }] },
    ['page/keep.js no-token-in-storage warning'],
  ],
  ['the preset that tells what is only possible', { preset: 'strict' }, ['api/sign.ts require-secret-check warning']],
  [
    'the preset of all rules',
    { preset: 'all' },
    ['api/sign.ts require-secret-check warning', 'page/keep.js no-token-in-storage warning', 'server/sign.js max-token-lifetime warning'],
  ],
  ['a preset and a rule that is switched off', { preset: 'strict', rules: { 'require-secret-check': 'off' } }, []],
])('%s', async (_, config, expected) => {
  expect((await findings(config)).sort()).toEqual(expected);
});
