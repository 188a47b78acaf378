/** Rules that are off by default: nothing is reported, and nothing read for them, unless a configuration switches them on. */
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
  if (config) repository.write('jwtlint.config.json', JSON.stringify(config));
  const { stdout: output } = await runProgram(repository.context, '-f', 'json', 'page', 'server');
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
])('%s', async (_, config, expected) => {
  expect((await findings(config)).sort()).toEqual(expected);
});
