/** The action's step with the built binary where the repository has it installed: annotations, a summary, SARIF. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { TemporaryRepository } from '../temporary-repository.js';

test('a push that brings a secret fails, and old ones do not matter', () => {
  const bad = (name: string): string => `const jwt = require('jsonwebtoken');\njwt.sign({}, 'made-up-${name}', { expiresIn: '1h' });\n`;
  const made = new TemporaryRepository();
  made.stage('old.js', bad('old'));
  made.commit();
  const before = made.git('rev-parse', 'HEAD').toString().trim();
  made.stage('new.js', '1;\n');
  made.commit();
  made.script('node_modules/.bin/jwtlint', `#!/bin/sh\nexec '${process.execPath}' '${resolve('dist/bin.cjs')}' "$@"\n`);
  const run = (): { status: number | null; stdout: string } =>
    spawnSync('bash', [resolve('scripts/github-action.sh')], {
      cwd: made.root,
      encoding: 'utf8',
      env: {
        ...made.env,
        JWTLINT_EVENT: 'push',
        JWTLINT_PUSH_BEFORE: before,
        JWTLINT_SARIF: 'out.sarif',
        GITHUB_STEP_SUMMARY: made.path('summary.md'),
      },
    });
  expect(run().status).toBe(0);
  made.stage('new.js', bad('new'));
  made.commit();
  const { status, stdout } = run();
  expect(status).toBe(1);
  expect(stdout).toMatch(/^::error file=new\.js,line=2,/m);
  expect(stdout).not.toContain('file=old.js');
  expect(readFileSync(made.path('summary.md'), 'utf8')).toContain('new.js:2:14');
  expect(readFileSync(made.path('out.sarif'), 'utf8')).toContain('"uri":"new.js"');
});
