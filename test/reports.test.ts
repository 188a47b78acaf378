import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { maskedFrame } from '../src/redact.js';
import type { FormatOptions, Location, Report, ReportedFinding, ReportedRule } from '../src/report.js';
import { FORMAT_NAMES, loadFormat, type FormatName } from '../src/reports/index.js';
import { jsonText } from '../src/reports/json-text.js';
import { partsOf, SECRETS } from './sentinels.js';

const PLAIN: FormatOptions = { color: false, quiet: false, hook: false };

function render(report: Report, name: FormatName, options: Partial<FormatOptions> = {}): Promise<string> {
  return loadFormat(name).then((format) => [...format(report, { ...PLAIN, ...options })].join(''));
}

function at(path: string, line: number, column: number, length = 8): Location {
  return { path, startLine: line, startColumn: column, endLine: line, endColumn: column + length };
}

function rule(id: string): ReportedRule {
  return {
    id,
    title: `Disallow ${id}`,
    why: `Whoever reads the code can sign tokens (${id}).`,
    level: 'error',
    cwe: [798, 22],
    references: [{ title: 'RFC 8725', url: 'https://www.rfc-editor.org/rfc/rfc8725' }],
    securitySeverity: 8.1,
    url: `https://jwtlint.example/rules/${id}`,
    ...(id === 'no-secret-fallback' ? { values: true } : {}),
  };
}

const SOURCE = "export const jwtSecret = process.env.JWT_SECRET || 'made-up';\n";

const FINDING: ReportedFinding = {
  ruleId: 'no-secret-fallback',
  level: 'error',
  confidence: 'certain',
  message: 'A secret in the code stands in when JWT_SECRET is not set.',
  fix: 'Stop when JWT_SECRET is missing.',
  location: at('src/config.ts', 1, 52, 9),
  frame: maskedFrame(SOURCE, { start: 51, end: 60 }, [], 'script'),
  steps: [{ label: 'imported', location: at('src/auth.ts', 3, 10) }],
  use: {
    label: 'used by jwt.sign',
    location: at('src/auth.ts', 104, 10),
    frame: { line: 104, text: 'return jwt.sign(claims, jwtSecret);', start: 7, end: 34 },
  },
  also: ['no-weak-secret'],
  fingerprint: 'f1',
  isNew: true,
};

function reportOf(findings: readonly ReportedFinding[], more: Partial<Report> = {}): Report {
  return {
    version: '1.2.3',
    scope: 'tree',
    prefix: '',
    notes: [],
    notices: [],
    rules: [rule('no-secret-fallback'), rule('require-algorithms')],
    findings,
    finishedAt: Date.UTC(2024, 0, 31, 23, 59, 59, 500),
    summary: { files: 1204, bytes: 3_204_000, milliseconds: 412.4, leftOut: [], old: 0, suppressed: 0, accepted: 0, lowered: 0 },
    ...more,
  };
}

const LEVELS = ['warning', 'info', 'error'] as const;

/** A report with so many findings of all levels, in files and lines that differ. */
function many(number: number): Report {
  const findings = Array.from({ length: number }, (_, index) => ({
    ...FINDING,
    level: LEVELS[index % 3]!,
    location: at(`src/file ${index % 100}.ts`, index + 1, 3),
    fingerprint: `f${index}`,
  }));
  return reportOf(findings);
}

const HOSTILE = [
  '::error::made up',
  'a\n::error file=x::b',
  'a%0A::set-output name=x::y',
  'a\r\nb',
  'a%25%0D%0Ab',
  '\u001b[2J\u001b]8;;http://x\u0007x',
  'a\u202eb\u2066c',
  'a,line=1:b',
  '##[error]x ##vso[task.complete]',
  '[x](javascript:1)',
  ' ::warning::x',
  'ünï 日本/🔑/[id]/(group)/a b+c#d?e.ts',
  'c:/x\\y',
];

const HOSTILE_REPORT = reportOf(
  HOSTILE.map((text) => ({
    ...FINDING,
    message: `Found ${text}`,
    fix: `${text} is to be fixed.`,
    location: at(text, 1, 1),
    steps: [{ label: text, location: at(text, 2, 2) }],
    context: text,
    also: [text],
  })),
  {
    notices: HOSTILE.flatMap((text) => [{ path: text, text }, { text }]),
    notes: HOSTILE,
    summary: {
      ...reportOf([]).summary,
      leftOut: [{ reason: 'too large', count: HOSTILE.length, examples: HOSTILE }],
    },
  },
);

/** Commands at the start of a line or anywhere, as logs of CI systems read them. */
function commandsIn(text: string): string[] {
  return text.split('\n').filter((line) => /^\s*::/.test(line) || /##\[/.test(line) || /##vso\[/.test(line));
}

describe('what all formats have in common', () => {
  test.each(FORMAT_NAMES)('%s ends with a line feed, whatever there is to report', async (name) => {
    for (const number of [0, 1, 10]) expect(await render(many(number), name)).toMatch(/[^\n]\n$/);
  });

  test.each(FORMAT_NAMES)('%s shows no hostile text as itself', async (name) => {
    const text = await render(HOSTILE_REPORT, name);
    // eslint-disable-next-line no-control-regex -- that is what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });

  test.each(FORMAT_NAMES)('%s shows errors only under quiet', async (name) => {
    const text = await render(many(3), name, { quiet: true });
    expect(text).toContain('file 2.ts'.replace(' ', name === 'sarif' ? '%20' : ' '));
    expect(text).not.toMatch(/file(?: |%20)[01]\.ts/);
  });

  test.each(FORMAT_NAMES)('%s writes ten thousand findings in linear time', async (name) => {
    const time = async (number: number): Promise<number> => {
      const report = many(number);
      const started = performance.now();
      await render(report, name);
      return performance.now() - started;
    };
    const small = await time(1000);
    expect(await time(10_001)).toBeLessThan(40 * small + 400);
  });

  test.each(FORMAT_NAMES)('%s is made in pieces, as its reader asks for them', async (name) => {
    const format = await loadFormat(name);
    const longest = Math.max(...[...format(many(10_001), PLAIN)].map((piece) => piece.length));
    expect(longest).toBeLessThan(2 * 65_536);
    // What fits into one piece is handed on at once; of more, the last finding is not looked at for the first piece.
    const report = many(10_000);
    if ([...format(report, PLAIN)].length === 1) return;
    let looked = false;
    const last = Object.defineProperty({ ...report.findings.at(-1)! }, 'message', {
      get: () => {
        looked = true;
        return 'Made up.';
      },
    });
    const [first] = format({ ...report, findings: [...report.findings.slice(0, -1), last] }, PLAIN);
    expect([first!.length > 0, looked]).toEqual([true, false]);
  });

  test.each(FORMAT_NAMES)('%s shows no part of a secret', async (name) => {
    const findings = Object.values(SECRETS).flatMap((secret) =>
      ([`const key = '${secret}'; sign(key); // ${secret}`, `KEY=${secret}`, `Bearer: ${secret}`] as const).map((text, index) => {
        const kind = (['script', 'settings', 'text'] as const)[index]!;
        const frame = maskedFrame(text, { start: 0, end: 3 }, [], kind);
        const value = maskedFrame(text, { start: text.indexOf(secret), end: text.indexOf(secret) + secret.length }, [], kind);
        return { ...FINDING, frame: value, steps: [{ label: 'declared', location: at('a.ts', 9, 1), frame }] };
      }),
    );
    for (const hook of [false, true]) {
      const text = await render(reportOf(findings), name, { hook });
      const leaked = Object.entries(SECRETS).filter(([, secret]) => partsOf(secret).some((part) => text.includes(part)));
      expect(leaked.map(([shape]) => shape)).toEqual([]);
    }
  });
});

describe('stylish', () => {
  test('a finding', async () => {
    expect(await render(reportOf([FINDING]), 'stylish')).toBe(
      `error[no-secret-fallback]: A secret in the code stands in when JWT_SECRET is not set.
    ╭─ src/config.ts:1:52
  1 │ export const jwtSecret = process.env.JWT_SECRET || '••••••';
    │                                                    ━━━━━━━━
    ├─ imported          src/auth.ts:3:10
    ├─ used by jwt.sign  src/auth.ts:104:10
104 │ return jwt.sign(claims, jwtSecret);
    ╰─ also: no-weak-secret
  why: Whoever reads the code can sign tokens (no-secret-fallback).
  fix: Stop when JWT_SECRET is missing.
  see: https://jwtlint.example/rules/no-secret-fallback

1 error in 1 file.
1,204 files, 3.2 MB in 412 ms: nothing was left out.
`,
    );
  });

  test('no finding', async () => {
    expect(await render(reportOf([]), 'stylish')).toBe('No findings.\n1,204 files, 3.2 MB in 412 ms: nothing was left out.\n');
  });

  test('a finding of the tool itself, without rule, frame or way', async () => {
    const { frame: _frame, use: _use, ...bare } = FINDING;
    const finding = { ...bare, ruleId: 'directive', level: 'warning', steps: [], also: [], message: 'It has no effect.', fix: '' } as const;
    expect(await render(reportOf([finding]), 'stylish')).toContain(
      'warning[directive]: It has no effect.\n   ╭─ src/config.ts:1:52\n   ╰─\n\n1 warning in 1 file.\n',
    );
  });

  test('says why once for each rule, and what to do each time', async () => {
    const text = await render(many(9), 'stylish');
    expect(text.match(/ why: /g)).toHaveLength(1);
    expect(text.match(/ fix: /g)).toHaveLength(9);
    expect(text).toContain('3 errors, 3 warnings and 3 info in 9 files.');
  });

  test('says what is not shown, and what was left out, at the end', async () => {
    const leftOut = [
      { reason: 'too large', count: 1, examples: ['bundle.js'] },
      { reason: 'minified', count: 1200, examples: ['a.js', 'b.js', 'c.js'] },
    ];
    const summary = { files: 1, bytes: 999, milliseconds: 1500, leftOut, old: 2, suppressed: 1, accepted: 0, lowered: 4 };
    const text = await render(
      reportOf([FINDING], { summary, notices: [{ path: 'x.ts', text: 'does not parse' }], notes: ['no git'] }),
      'stylish',
    );
    expect(text.split('\n').slice(-8)).toEqual([
      'notice: x.ts: does not parse',
      'note: no git',
      '1 error in 1 file.',
      '4 findings in tests, examples, docs or dependencies are information only (--info).',
      '1 finding silenced by jwtlint-disable comments.',
      '2 older findings in the same files (--include-old).',
      '1 file, 999 bytes in 1.5 s: left out 1 too large (bundle.js), 1,200 minified (a.js, b.js, c.js, …).',
      '',
    ]);
  });

  test('does not offer what is shown already', async () => {
    const shown = [{ ...FINDING, isNew: false }, { ...FINDING, level: 'info', context: 'test', confidence: 'likely' } as const];
    const text = await render(reportOf(shown, { summary: { ...reportOf([]).summary, old: 1, lowered: 1 } }), 'stylish');
    expect(text).toContain('src/config.ts:1:52  (was there before)');
    expect(text).toContain('src/config.ts:1:52  (likely, in test files)');
    expect(text).not.toMatch(/--info|--include-old/);
  });

  test('paths are relative to where people stand', async () => {
    const findings = [FINDING, { ...FINDING, location: at('docs/x.ts', 1, 1) }];
    const text = await render(reportOf(findings, { prefix: 'src/deep', notices: [{ path: 'src/deep/a', text: 'n' }] }), 'stylish');
    expect(text).toContain('╭─ ../config.ts:1:52');
    expect(text).toContain('╭─ ../../docs/x.ts:1:1');
    expect(text).toContain('notice: a: n');
  });

  test('a long way shows its ends', async () => {
    const steps = Array.from({ length: 12 }, (_, index) => ({ label: `step ${index}`, location: at('a.ts', index + 1, 1) }));
    const text = await render(reportOf([{ ...FINDING, steps }]), 'stylish');
    expect(text.match(/step \d+/g)).toEqual(['step 0', 'step 1', 'step 2', 'step 11']);
    expect(text).toContain('┊  8 further steps');
  });

  test.each([40, 80, 120])('paragraphs are wrapped at %d columns', async (columns) => {
    const fix = 'some words and more words '.repeat(20).trim();
    const text = await render(reportOf([{ ...FINDING, fix }]), 'stylish', { columns });
    const lines = text.split('\n');
    const from = lines.findIndex((line) => line.startsWith('  fix: '));
    const paragraph = lines.slice(
      from,
      lines.findIndex((line) => line.startsWith('  see: ')),
    );
    expect(Math.max(...paragraph.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(paragraph.map((line) => line.slice(7)).join(' ')).toBe(fix);
  });

  test('colours and links only where they are wanted', async () => {
    const colored = await render(reportOf([FINDING]), 'stylish', { color: true });
    expect(colored).toContain('\u001b[31merror[no-secret-fallback]');
    expect(colored).not.toContain('\u001b]8');
    expect(colored).toContain('see:');
    const linked = await render(reportOf([FINDING]), 'stylish', { color: true, links: true });
    expect(linked).toContain('\u001b]8;;https://jwtlint.example/rules/no-secret-fallback\u001b\\no-secret-fallback\u001b]8;;\u001b\\');
    expect(linked).not.toContain('see:');
    // eslint-disable-next-line no-control-regex -- colours and links
    const bare = linked.replace(/\u001b\[\d+m|\u001b\]8;;[^\u001b]*\u001b\\/g, '');
    expect(bare).toBe((await render(reportOf([FINDING]), 'stylish')).replace(/ {2}see:.*\n/, ''));
  });

  test('hostile text gives no command to a CI log, wherever a line is wrapped', async () => {
    for (const columns of [40, 41, 43, 47, 60, 100]) {
      expect(commandsIn(await render(HOSTILE_REPORT, 'stylish', { columns }))).toEqual([]);
      expect(commandsIn(await render(HOSTILE_REPORT, 'stylish', { columns, hook: true }))).toEqual([]);
    }
  });
});

describe('stylish in a hook', () => {
  test('is silent on success, whatever is of no interest', async () => {
    const leftOut = [{ reason: 'symbolic link', count: 1, examples: ['a'] }];
    const summary = { ...reportOf([]).summary, leftOut, suppressed: 3, accepted: 0, lowered: 2 };
    expect(await render(reportOf([], { scope: 'staged', summary, notes: ['a note'] }), 'stylish', { hook: true })).toBe('');
    expect(await render(reportOf([{ ...FINDING, level: 'warning' }]), 'stylish', { hook: true, quiet: true })).toBe('');
  });

  test('a finding takes a line, its frame and what to do', async () => {
    const summary = { ...reportOf([]).summary, old: 1 };
    expect(await render(reportOf([FINDING], { scope: 'staged', summary }), 'stylish', { hook: true })).toBe(
      `error[no-secret-fallback]: src/config.ts:1:52 A secret in the code stands in when JWT_SECRET is not set.
 1 │ export const jwtSecret = process.env.JWT_SECRET || '••••••';
   │                                                    ━━━━━━━━
  fix: Stop when JWT_SECRET is missing.

jwtlint: 1 error in what is about to be committed.
jwtlint: 1 older finding in the same files (--include-old shows them).
Is a finding wrong here? A comment "jwtlint-disable-next-line RULE -- reason" above the line lets it pass.
`,
    );
  });

  test('passes nothing over in silence', async () => {
    const leftOut = [{ reason: 'too large', count: 1, examples: ['a.ts'] }];
    const summary = { ...reportOf([]).summary, leftOut, old: 2 };
    const report = reportOf([], { scope: 'staged', summary, notices: [{ path: 'x.ts', text: 'does not parse' }] });
    expect(await render(report, 'stylish', { hook: true })).toBe(
      `notice: x.ts: does not parse
notice: left out 1 too large (a.ts)
jwtlint: 2 older findings in the same files (--include-old shows them).
`,
    );
  });
});

test.each([0, 2])('JSON in pieces is what JSON.stringify writes, indented by %d', (indent) => {
  const lists: readonly (readonly unknown[])[] = [[], [1, 'a\nb', null], [{ deep: [{ list: [] }, 'x'] }]];
  for (const list of lists)
    for (const around of [(items: object) => items, (items: object) => ({ a: 1, none: undefined, b: [{ items }], empty: {} })])
      expect([...jsonText(around(list.values()), indent)].join('')).toBe(`${JSON.stringify(around(list), undefined, indent)}\n`);
});

describe('json', () => {
  const schema = JSON.parse(readFileSync(new URL('../docs/json-report.schema.json', import.meta.url), 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true }).compile(schema);

  test.each([0, 1, 10, 10_001])('keeps to its schema with %d findings', async (number) => {
    const json = JSON.parse(await render(many(number), 'json')) as { findings: unknown[]; summary: object };
    validate(json);
    expect(validate.errors).toBeNull();
    expect(json.findings).toHaveLength(number);
    expect(json.summary).toMatchObject({ errors: Math.floor(number / 3), files: 1204 });
  });

  test('keeps to its schema and every character with hostile text', async () => {
    const json = JSON.parse(await render(HOSTILE_REPORT, 'json')) as { findings: { location: { path: string } }[] };
    validate(json);
    expect(validate.errors).toBeNull();
    expect(json.findings.map((finding) => finding.location.path)).toEqual(HOSTILE);
  });

  test('has all of a finding but its frame', async () => {
    const json = JSON.parse(await render(reportOf([FINDING]), 'json')) as { version: number; tool: object; findings: object[] };
    expect([json.version, json.tool]).toEqual([1, { name: 'jwtlint', version: '1.2.3' }]);
    const { frame: _frame, ...rest } = FINDING;
    expect(json.findings).toEqual([{ ...rest, use: { label: rest.use!.label, location: rest.use!.location } }]);
  });
});

interface SarifRun {
  tool: { driver: { rules: Record<string, unknown>[] } };
  taxonomies: { taxa: object[] }[];
  results: {
    ruleId: string;
    ruleIndex?: number;
    level: string;
    message: { text: string };
    baselineState?: string;
    locations: { physicalLocation: { artifactLocation: { uri: string }; region: object } }[];
    codeFlows?: { threadFlows: { locations: { location: object }[] }[] }[];
    partialFingerprints?: object;
    properties: object;
  }[];
  invocations: { executionSuccessful: boolean; toolExecutionNotifications: { level: string; message: { text: string } }[] }[];
}

describe('sarif', () => {
  const schema = JSON.parse(readFileSync(new URL('schemas/sarif-2.1.0.json', import.meta.url), 'utf8')) as object;
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    formats: {
      uri: (text: string) => URL.canParse(text),
      'uri-reference': (text: string) => URL.canParse(text, 'https://base.example/') && /^[\w.!~*'();/?:@&=+$,#%-]*$/.test(text),
      uuid: true,
      'date-time': true,
    },
  });
  const validate = ajv.compile(schema);
  const runOf = async (report: Report): Promise<SarifRun> => {
    const sarif = JSON.parse(await render(report, 'sarif')) as { runs: [SarifRun] };
    validate(sarif);
    expect(validate.errors).toBeNull();
    return sarif.runs[0];
  };

  test.each([0, 1, 10, 10_001])('keeps to the schema with %d findings', async (number) => {
    expect((await runOf(many(number))).results).toHaveLength(number);
  });

  test('a result', async () => {
    const run = await runOf(reportOf([FINDING]));
    expect(run.results).toMatchObject([
      {
        ruleId: 'no-secret-fallback',
        ruleIndex: 0,
        level: 'error',
        message: { text: 'A secret in the code stands in when JWT_SECRET is not set. Stop when JWT_SECRET is missing.' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'src/config.ts' },
              region: { startLine: 1, startColumn: 52, endLine: 1, endColumn: 61 },
            },
          },
        ],
        partialFingerprints: { 'jwtlintFingerprint/v1': 'f1' },
        properties: { confidence: 'certain', also: ['no-weak-secret'] },
      },
    ]);
    const flow = run.results[0]!.codeFlows![0]!.threadFlows[0]!.locations;
    expect(flow.map(({ location }) => location)).toMatchObject([
      { physicalLocation: { artifactLocation: { uri: 'src/config.ts' } } },
      { physicalLocation: { artifactLocation: { uri: 'src/auth.ts' } }, message: { text: 'imported' } },
      { physicalLocation: { region: { startLine: 104 } }, message: { text: 'used by jwt.sign' } },
    ]);
    expect(JSON.stringify(run)).not.toContain('snippet');
  });

  test('lists all rules as code scanning wants them', async () => {
    const run = await runOf(reportOf([{ ...FINDING, confidence: 'possible' }, FINDING], { homepage: 'https://jwtlint.example/' }));
    expect(run).toMatchObject({
      columnKind: 'utf16CodeUnits',
      automationDetails: { id: 'jwtlint/tree/' },
      tool: { driver: { name: 'jwtlint', version: '1.2.3', informationUri: 'https://jwtlint.example/' } },
    });
    expect(run.tool.driver.rules).toHaveLength(2);
    expect(run.tool.driver.rules[0]).toMatchObject({
      id: 'no-secret-fallback',
      name: 'NoSecretFallback',
      shortDescription: { text: 'Disallow no-secret-fallback.' },
      helpUri: 'https://jwtlint.example/rules/no-secret-fallback',
      defaultConfiguration: { level: 'error' },
      relationships: [798, 22].map((number) => ({ target: { id: String(number), toolComponent: { index: 0 } }, kinds: ['relevant'] })),
      properties: { tags: ['security', 'external/cwe/cwe-798', 'external/cwe/cwe-022'], precision: 'medium', 'security-severity': '8.1' },
    });
    expect(run.tool.driver.rules[0]!['help']).toMatchObject({
      markdown: expect.stringMatching(
        /\(https:\/\/jwtlint\.example\/rules\/no-secret-fallback\) · CWE-798, CWE-22[^]*\[RFC 8725\]/,
      ) as unknown,
    });
    expect(run.tool.driver.rules[1]).toMatchObject({ properties: { precision: 'high' } });
    expect(run.taxonomies).toMatchObject([{ name: 'CWE', organization: 'MITRE' }]);
    expect(run.taxonomies[0]!.taxa).toContainEqual({ id: '798', helpUri: 'https://cwe.mitre.org/data/definitions/798.html' });
  });

  test('levels are those of SARIF', async () => {
    expect((await runOf(many(3))).results.map((result) => result.level)).toEqual(['warning', 'note', 'error']);
  });

  test('a finding without a rule of its own, or without a fingerprint', async () => {
    const [result] = (await runOf(reportOf([{ ...FINDING, ruleId: 'directive', fingerprint: '' }]))).results;
    expect(result).not.toHaveProperty('ruleIndex');
    expect(result).not.toHaveProperty('partialFingerprints');
  });

  test('says which findings are old, when there are any', async () => {
    const states = async (...isNew: boolean[]): Promise<unknown[]> =>
      (await runOf(reportOf(isNew.map((each) => ({ ...FINDING, isNew: each }))))).results.map((result) => result.baselineState);
    expect(await states(true, true)).toEqual([undefined, undefined]);
    expect(await states(true, false)).toEqual(['new', 'unchanged']);
  });

  test('addresses are relative and encoded, and lead back to the paths', async () => {
    const run = await runOf(HOSTILE_REPORT);
    const uris = run.results.map((result) => result.locations[0]!.physicalLocation.artifactLocation.uri);
    expect(uris.map((uri) => decodeURIComponent(uri))).toEqual(HOSTILE);
    for (const uri of uris) expect(new URL(uri, 'https://base.example/root/').href).toMatch(/^https:\/\/base\.example\/root\//);
    const [half] = (await runOf(reportOf([{ ...FINDING, location: at('a\ud800b', 1, 1) }]))).results;
    expect(half!.locations[0]!.physicalLocation.artifactLocation.uri).toBe('a%EF%BF%BDb');
  });

  test('a message holds no link', async () => {
    const run = await runOf(HOSTILE_REPORT);
    expect(run.results[HOSTILE.indexOf('[x](javascript:1)')]!.message.text).toContain('Found \\[x\\](javascript:1)');
  });

  test('notices, notes and what was left out are notifications', async () => {
    const leftOut = [{ reason: 'too large', count: 1, examples: ['a.ts'] }];
    const summary = { ...reportOf([]).summary, leftOut };
    const run = await runOf(reportOf([], { notices: [{ path: 'a b.ts', text: 'does not parse' }], notes: ['no git'], summary }));
    expect(run.invocations).toMatchObject([
      {
        executionSuccessful: true,
        toolExecutionNotifications: [
          {
            level: 'warning',
            message: { text: 'does not parse' },
            locations: [{ physicalLocation: { artifactLocation: { uri: 'a%20b.ts' } } }],
          },
          { level: 'note', message: { text: 'no git' } },
          { level: 'note', message: { text: 'Left out: 1 too large (a.ts).' } },
        ],
      },
    ]);
  });

  test('no run has more results than GitHub takes: the worst stay, and it says so', async () => {
    const run = await runOf(many(30_000));
    expect(run.results).toHaveLength(25_000);
    expect(run.results.filter((result) => result.level === 'note')).toHaveLength(5000);
    expect(run.invocations[0]!.toolExecutionNotifications[0]!.message.text).toBe('Only the worst 25000 of 30000 findings are listed.');
  });
});

/** A workflow command as actions/runner reads a line (ActionCommand.TryParseV2); undefined for plain text. */
function commandOf(line: string): { name: string; properties: Record<string, string>; data: string } | undefined {
  const text = line.trimStart();
  const end = text.indexOf('::', 2);
  if (!text.startsWith('::') || end < 0) return undefined;
  const info = text.slice(2, end);
  const space = info.indexOf(' ');
  const name = space < 0 ? info : info.slice(0, space);
  if (!['error', 'warning', 'notice', 'debug', 'group', 'endgroup', 'add-mask', 'set-output', 'stop-commands'].includes(name))
    return undefined;
  const data = (value: string): string => value.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  const property = (value: string): string =>
    value.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');
  const properties: Record<string, string> = {};
  for (const pair of space < 0
    ? []
    : info
        .slice(space + 1)
        .trim()
        .split(',')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && equals < pair.length - 1) properties[pair.slice(0, equals)] = property(pair.slice(equals + 1));
  }
  return { name, properties, data: data(text.slice(end + 2)) };
}

describe('github', () => {
  test('an annotation', async () => {
    const [first, ...rest] = (await render(reportOf([FINDING]), 'github')).split('\n');
    expect(commandOf(first!)).toEqual({
      name: 'error',
      properties: { file: 'src/config.ts', line: '1', endLine: '1', col: '52', endColumn: '61', title: 'jwtlint no-secret-fallback' },
      data: 'A secret in the code stands in when JWT_SECRET is not set.\nStop when JWT_SECRET is missing.\nhttps://jwtlint.example/rules/no-secret-fallback',
    });
    expect(rest).toEqual(['jwtlint: 1 error.', 'jwtlint: 1,204 files, 3.2 MB in 412 ms: nothing was left out.', '']);
  });

  test('columns only for an annotation of one line', async () => {
    const location = { ...at('a.ts', 1, 1), endLine: 2 };
    const [first] = (await render(reportOf([{ ...FINDING, location }]), 'github')).split('\n');
    expect(commandOf(first!)!.properties).toEqual({ file: 'a.ts', line: '1', endLine: '2', title: 'jwtlint no-secret-fallback' });
  });

  test.each([0, 1, 10, 10_001])('%d findings are as many commands, ten at most, and sentences', async (number) => {
    const lines = (await render(many(number), 'github')).split('\n');
    const commands = Math.min(number, 10);
    expect(lines.map((line) => commandOf(line) !== undefined)).toEqual(lines.map((_, index) => index < commands));
    for (const line of lines.slice(commands, -1)) expect(line).toMatch(/^jwtlint: /);
  });

  test('the worst ten, and a sentence on the rest', async () => {
    const lines = (await render(many(10_001), 'github')).split('\n');
    const commands = lines.map(commandOf).filter((command) => command !== undefined);
    expect(commands.map((command) => command.name)).toEqual(new Array(10).fill('error'));
    expect(commands.map((command) => command.properties['line'])).toEqual(['3', '6', '9', '12', '15', '18', '21', '24', '27', '30']);
    expect(lines[10]).toMatch(/^jwtlint: 3,333 errors, 3,334 warnings and 3,334 info\. The worst 10 are annotated/);
    const few = (await render(many(4), 'github')).split('\n').map(commandOf);
    expect(few.map((command) => command?.name).slice(0, 5)).toEqual(['error', 'warning', 'warning', 'notice', undefined]);
  });

  test.each(HOSTILE)('%j makes no command and ends none', async (text) => {
    const finding = HOSTILE_REPORT.findings[HOSTILE.indexOf(text)]!;
    const lines = (await render({ ...HOSTILE_REPORT, findings: [finding] }, 'github')).split('\n');
    const commands = lines.map(commandOf).filter((command) => command !== undefined);
    expect(commands).toHaveLength(1);
    expect(commands[0]!.name).toBe('error');
    expect(Object.keys(commands[0]!.properties)).toEqual(['file', 'line', 'endLine', 'col', 'endColumn', 'title']);
    expect(commands[0]!.properties).toMatchObject({ line: '1', title: 'jwtlint no-secret-fallback' });
    expect(commands[0]!.data.split('\n')).toHaveLength(3);
    expect(lines.slice(1).flatMap((line) => commandsIn(line))).toEqual([]);
  });

  test('paths with what the grammar uses arrive whole', async () => {
    for (const path of ['a,line=1:b', 'a%25%2Cb.ts', 'ünï 日本/🔑/[id]/(group)/a b+c#d?e.ts', 'a=b']) {
      const [first] = (await render(reportOf([{ ...FINDING, location: at(path, 1, 1) }]), 'github')).split('\n');
      expect(commandOf(first!)!.properties['file']).toBe(path);
    }
  });
});
