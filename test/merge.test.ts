/** `--shard` and `jwtlint merge`: the parts together find what one run finds, and bad reports are told. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { findingsIn, runProgram } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

function repository(): TemporaryRepository {
  const made = new TemporaryRepository();
  made.stage('package.json', '{ "dependencies": { "jsonwebtoken": "^8.5.1", "dotenv": "^16.0.0" } }');
  made.stage('words.js', "exports.phrase = 'made-up-shared-phrase';\n");
  made.stage('.env', 'JWT_SECRET=made-up-committed\n');
  made.stage('compose.yaml', 'services:\n  a:\n    environment:\n      JWT_SECRET: made-up-compose\n');
  for (let index = 0; index < 12; index++) {
    made.stage(
      `src/${String(index)}.js`,
      `const jwt = require('jsonwebtoken');\nconst { phrase } = require('../words');\nexports.f = (t) => jwt.verify(t, phrase, { algorithms: ['HS256'] });\nexports.g = () => jwt.sign({}, 'made-up-${String(index)}');\n`,
    );
  }
  made.stage('broken.js', "const jwt = require('jsonwebtoken'\n");
  return made;
}

const PARTS = [1, 2, 3, 4];

describe.each(['json', 'sarif'])('parts in %s', (format) => {
  test('together are what one run finds, each finding once', async () => {
    const { context, path } = ((made) => ({ context: made.context, path: (name: string) => made.path(name) }))(repository());
    const whole = await runProgram(context, '-f', format);
    for (const part of PARTS) await runProgram(context, '--shard', `${String(part)}/4`, '-f', `${format}=.git/part-${String(part)}`);
    const reports = PARTS.map((part) => `.git/part-${String(part)}`);
    const merged = await runProgram(context, 'merge', '-f', format, ...reports);
    expect(merged.status).toBe(whole.status);
    if (format === 'json') {
      expect(findingsIn(merged.stdout)).toEqual(findingsIn(whole.stdout));
      const schema = JSON.parse(readFileSync('docs/json-report.schema.json', 'utf8')) as object;
      expect(new Ajv2020({ strict: false }).validate(schema, JSON.parse(merged.stdout))).toBe(true);
      const [one, all] = [whole, merged].map(({ stdout }) => JSON.parse(stdout) as { summary: { files: number }; notices: unknown[] });
      expect(all!.summary.files).toBe(one!.summary.files);
      expect(all!.notices).toEqual(one!.notices);
    } else {
      const results = (text: string): string[] =>
        (
          JSON.parse(text) as {
            runs: { results: { ruleId: string; ruleIndex: number; locations: unknown }[]; tool: { driver: { rules: { id: string }[] } } }[];
          }
        ).runs
          .flatMap((run) =>
            run.results.map((result) => {
              expect(run.tool.driver.rules[result.ruleIndex]!.id).toBe(result.ruleId);
              return `${result.ruleId} ${JSON.stringify(result.locations)}`;
            }),
          )
          .sort();
      expect(results(merged.stdout)).toEqual(results(whole.stdout));
      const taxonomies = (text: string): unknown => (JSON.parse(text) as { runs: [{ taxonomies: unknown }] }).runs[0].taxonomies;
      expect(taxonomies(merged.stdout)).toEqual(taxonomies(whole.stdout));
      const schema = JSON.parse(readFileSync('test/schemas/sarif-2.1.0.json', 'utf8')) as object;
      expect(new Ajv2020({ strict: false, validateFormats: false }).validate(schema, JSON.parse(merged.stdout))).toBe(true);
    }
    // Every part had something to do.
    const counts = reports.map((report) => readFileSync(path(report), 'utf8').length);
    expect(Math.min(...counts)).toBeGreaterThan(200);
  });
});

test('JSON is merged into every other format, and decides as a scan does', async () => {
  const { context } = repository();
  for (const part of [1, 2]) await runProgram(context, '--shard', `${String(part)}/2`, '--info', '-f', `json=.git/${String(part)}.json`);
  for (const format of ['stylish', 'github', 'junit', 'html', 'markdown', 'sarif', 'gitlab-secret-detection']) {
    const { status, stdout } = await runProgram(context, 'merge', '-f', format, '.git/1.json', '.git/2.json');
    expect(status).toBe(1);
    expect(stdout).toContain('src/11.js');
  }
  expect((await runProgram(context, 'merge', '--exit-zero', '-f', 'json', '.git/1.json', '.git/2.json')).status).toBe(0);
});

describe('is refused', () => {
  const bad: readonly [string, string[], RegExp][] = [
    ['no report', [], /needs reports/],
    ['one that is not there', ['none.json'], /there is no none\.json/],
    ['a directory', ['.git'], /\.git is no file/],
    ['what is no JSON', ['package-lock.txt'], /is no report that jwtlint wrote/],
    ['what another tool wrote', ['other.sarif'], /is no report that jwtlint wrote/],
    ['two kinds', ['ok.json', 'ok.sarif'], /of two kinds/],
    ['a finding without a level', ['no-level.json'], /finding 1 has no "level"/],
    ['a line that is none', ['no-line.json'], /finding 1 has no "startLine" from 1/],
    ['a summary without numbers', ['no-summary.json'], /its summary has no number "files"/],
    ['SARIF as HTML', ['-f', 'html=x.html', 'ok.sarif'], /merged into SARIF only/],
  ];
  test.each(bad)('%s', async (_, args, expected) => {
    const made = repository();
    await runProgram(made.context, '-f', 'json=ok.json', '-f', 'sarif=ok.sarif');
    const json = JSON.parse(readFileSync(made.path('ok.json'), 'utf8')) as {
      findings: { level?: string; location: { startLine: unknown } }[];
      summary: unknown;
    };
    const variant = (name: string, change: (copy: typeof json) => void): void => {
      const copy = structuredClone(json);
      change(copy);
      made.write(name, JSON.stringify(copy));
    };
    variant('no-level.json', (copy) => delete copy.findings[0]!.level);
    variant('no-line.json', (copy) => (copy.findings[0]!.location.startLine = 0));
    variant('no-summary.json', (copy) => (copy.summary = {}));
    made.write('package-lock.txt', 'x');
    made.write('other.sarif', '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"other"}}}]}');
    const { status, stderr, stdout } = await runProgram(made.context, 'merge', ...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(expected);
  });

  test.each([['0/3'], ['4/3'], ['1'], ['a/b'], ['1/']])('--shard %s', async (shard) => {
    const { status, stderr } = await runProgram(repository().context, '--shard', shard);
    expect(status).toBe(2);
    expect(stderr).toContain('--shard takes which of how many');
  });

  test('--shard of a change', async () => {
    expect((await runProgram(repository().context, '--staged', '--shard', '1/2')).stderr).toContain('--shard goes with a scan of files');
  });
});
