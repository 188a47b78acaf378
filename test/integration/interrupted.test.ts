/** Commands that write several files, broken off between two of them by Ctrl-C: all is done then, or nothing. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { TemporaryRepository, temporaryDirectory } from '../temporary-repository.js';

/** Sends the signal to the process itself as soon as the first file is in place. */
const BREAK_OFF = `const fs = require('node:fs');
const { renameSync } = fs;
let done = 0;
fs.renameSync = (...paths) => {
  renameSync(...paths);
  if (++done === 1) process.kill(process.pid, process.env.BREAK_OFF_BY);
};
require('node:module').syncBuiltinESMExports();
`;

const COMMANDS = [
  { args: ['fix', '--yes'], files: ['.env', '.env.example', '.gitignore', 'a.js'] },
  {
    args: ['generate', '--for', 'development,production', 'JWT_SECRET'],
    files: ['.env.development', '.env.example', '.env.production', '.gitignore'],
  },
  { args: ['generate', '--algorithm', 'ES256', '--out', 'jwt.pem'], files: ['.gitignore', 'jwt.jwks.json', 'jwt.pem'] },
  { args: ['rotate', 'OTHER_SECRET', '--for', 'staging', '--yes'], files: ['.env.example', '.env.staging'] },
];

test.each(COMMANDS.flatMap((command) => ['SIGINT', 'SIGTERM'].map((signal) => ({ ...command, signal }))))(
  '$args, by $signal',
  ({ args, files, signal }) => {
    const hook = join(temporaryDirectory(), 'break-off.cjs');
    writeFileSync(hook, BREAK_OFF);
    const repository = new TemporaryRepository();
    repository.stage('package.json', '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }');
    repository.stage('a.js', "module.exports = { jwtSecret: 'made-up-of-a-config' };\n");
    if (args[0] === 'rotate') {
      repository.stage('.gitignore', '.env.staging\n');
      repository.stage('.env.example', 'OTHER_SECRET=\n');
      repository.write('.env.staging', 'OTHER_SECRET=made-up-old-secret-that-is-long-enough\n');
    }
    repository.commit();
    const before = new Map(
      files.map((path) => [path, existsSync(repository.path(path)) ? readFileSync(repository.path(path), 'utf8') : undefined]),
    );
    const { status, signal: ended } = spawnSync(process.execPath, ['--require', hook, resolve('dist/bin.cjs'), ...args], {
      cwd: repository.root,
      env: { ...repository.env, BREAK_OFF_BY: signal },
    });
    expect([status, ended]).toEqual([0, null]);
    for (const path of files) expect(readFileSync(repository.path(path), 'utf8'), path).not.toBe(before.get(path));
    expect(readdirSync(repository.root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  },
);
