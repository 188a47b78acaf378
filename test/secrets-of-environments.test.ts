/** One secret in the env files of several environments: no-shared-secret over the whole tree. */
import { describe, expect, test } from 'vitest';
import { runProgram } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

const ONE = 'q8Zr1Lw5Tn0Vx7Kc3Hb6Ym2Jd9Sf4GpA-made-up';
const OTHER = 'x2Bn7Qe4Uj9Ro1Wk6Zt3Mv8Lc5Hd0YgP-made-up';

async function shared(files: Readonly<Record<string, string>>): Promise<{ at: string[]; text: string }> {
  const repository = new TemporaryRepository();
  repository.stage('package.json', '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }');
  repository.stage('.gitignore', '.env*\n');
  repository.commit();
  for (const [path, text] of Object.entries(files)) repository.write(path, text);
  const { stdout: output } = await runProgram(repository.context, '-f', 'json');
  const { findings } = JSON.parse(output) as {
    findings: { ruleId: string; message: string; location: { path: string; startLine: number; startColumn: number } }[];
  };
  const own = findings.filter(({ ruleId }) => ruleId === 'no-shared-secret' || ruleId === 'directive');
  return {
    at: own.map(({ ruleId, location }) => `${location.path}:${String(location.startLine)}:${String(location.startColumn)} ${ruleId}`),
    text: output,
  };
}

describe('the same value', () => {
  test('for development and for production is told at the second, without the value', async () => {
    const { at, text } = await shared({
      '.env.development': `JWT_SECRET=${ONE}\n`,
      '.env.production.local': `# production\nPORT=80\nJWT_SECRET=${ONE}\n`,
    });
    expect(at).toEqual(['.env.production.local:3:1 no-shared-secret']);
    expect(text).not.toContain(ONE.slice(0, 6));
  });

  test('even when it can be guessed', async () => {
    const { at } = await shared({ '.env.staging': 'JWT_SECRET=made-up\n', '.env.production': 'JWT_SECRET=made-up\n' });
    expect(at).toEqual(['.env.staging:1:1 no-shared-secret']);
  });

  test('is silenced by a directive there, which then has an effect', async () => {
    const { at } = await shared({
      '.env.development': `JWT_SECRET=${ONE}\n`,
      '.env.production': `# jwtlint-disable-next-line no-shared-secret -- production is a demo too\nJWT_SECRET=${ONE}\n`,
    });
    expect(at).toEqual([]);
  });
});

describe('nothing is said of', () => {
  test.each([
    ['different values', { '.env.development': `JWT_SECRET=${ONE}\n`, '.env.production': `JWT_SECRET=${OTHER}\n` }],
    ['development and tests', { '.env.development': `JWT_SECRET=${ONE}\n`, '.env.test': `JWT_SECRET=${ONE}\n` }],
    ['a file without an environment', { '.env': `JWT_SECRET=${ONE}\n`, '.env.production': `JWT_SECRET=${ONE}\n` }],
    ['placeholders', { '.env.development': 'JWT_SECRET=change-me\n', '.env.production': 'JWT_SECRET=change-me\n' }],
    ['references', { '.env.development': 'JWT_SECRET=${KEY}\n', '.env.production': 'JWT_SECRET=${KEY}\n' }],
    ['other services', { 'a/.env.development': `JWT_SECRET=${ONE}\n`, 'b/.env.production': `JWT_SECRET=${ONE}\n` }],
    ['other variables', { '.env.development': `DATABASE_URL=${ONE}\n`, '.env.production': `DATABASE_URL=${ONE}\n` }],
  ])('%s', async (_, files) => {
    expect((await shared(files)).at).toEqual([]);
  });
});
