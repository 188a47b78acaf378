/** The formats for CI systems and for looking at, each against the schema or the rules of who reads it. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { Location, Past, Report, ReportedFinding, ReportedRule } from '../src/report.js';
import { loadFormat, type FormatName } from '../src/reports/index.js';
import { runProgram } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

const at = (path: string, line: number, column = 1): Location => ({
  path,
  startLine: line,
  startColumn: column,
  endLine: line,
  endColumn: column + 3,
});

function ruleOf(id: string, values: boolean, securitySeverity = 9.1): ReportedRule {
  return {
    id,
    title: `Disallow ${id}`,
    why: `Whoever reads the code can sign tokens (${id}).`,
    level: 'error',
    cwe: [798, 321],
    references: [{ title: 'RFC 8725', url: 'https://www.rfc-editor.org/rfc/rfc8725' }],
    securitySeverity,
    url: `https://jwtlint.example/rules/${id}`,
    ...(values ? { values: true } : {}),
  };
}

const RULES = [ruleOf('no-hardcoded-secret', true), ruleOf('require-algorithms', false, 7.4)];

const FINDING: ReportedFinding = {
  ruleId: 'no-hardcoded-secret',
  level: 'error',
  confidence: 'certain',
  message: 'A literal in the source is the key of jsonwebtoken sign.',
  fix: 'Read it from the environment.',
  location: at('src/a.ts', 3, 5),
  frame: { line: 3, text: "const KEY = '••••••';", start: 12, end: 20 },
  steps: [{ label: 'KEY', location: at('src/a.ts', 3, 7) }],
  use: { label: 'used here', location: at('src/b.ts', 9, 2), frame: { line: 9, text: 'jwt.sign({}, KEY)', start: 0, end: 17 } },
  also: ['no-weak-secret'],
  fingerprint: 'abc',
  isNew: true,
};

function reportOf(findings: readonly ReportedFinding[], more: Partial<Report> = {}): Report {
  return {
    version: '1.2.3',
    homepage: 'https://jwtlint.example',
    scope: 'tree',
    prefix: '',
    notes: [],
    notices: [],
    rules: RULES,
    findings,
    finishedAt: Date.UTC(2024, 0, 31, 23, 59, 59, 500),
    summary: { files: 3, bytes: 1000, milliseconds: 1500, leftOut: [], old: 0, suppressed: 0, accepted: 0, lowered: 0 },
    ...more,
  };
}

const LEVELS = ['error', 'warning', 'info'] as const;

const many = (number: number): Report =>
  reportOf(
    Array.from({ length: number }, (_, index) => ({
      ...FINDING,
      ruleId: index % 4 === 3 ? 'require-algorithms' : 'no-hardcoded-secret',
      level: LEVELS[index % 3]!,
      location: at(`src/${String(index % 7)}.ts`, index + 1),
      // Some fingerprints are equal, as those of equal findings in two commits are.
      fingerprint: `f${String(index % 50)}`,
    })),
    { notices: [{ path: 'broken.ts', text: 'does not parse at line 3' }, { text: 'the budget ran out' }], notes: ['a note'] },
  );

const HOSTILE = [
  '::error::x',
  ']]>',
  '</script><script>alert(1)</script>',
  '</style>',
  '"\'><img src=x onerror=alert(1)>',
  '&amp;&#x41;',
  '\u001b[2J',
  'a\u202eb',
  '\n- x\n',
  '=cmd|x',
  '|a|b|',
  '`x`',
  '[x](javascript:1)',
  '@everyone',
  '\ud800',
  '\ufffe\u0000',
  'ünï 日本/🔑',
];

const hostile = reportOf(
  HOSTILE.map((text, index) => ({
    ...FINDING,
    message: `Found ${text}`,
    fix: text,
    location: at(`dir/${text}`, index + 1),
    steps: [{ label: text, location: at(text, 2), frame: { line: 1, text, start: 0, end: Math.min(3, text.length) } }],
    context: text,
    also: [text],
    fingerprint: '',
  })),
  { notices: HOSTILE.map((text) => ({ path: text, text })), notes: HOSTILE },
);

const past: Past = { commit: 'c0ffee1234567890', date: '2023-05-06', inHead: false, branches: ['main'] };
const historical = reportOf([
  { ...FINDING, past },
  { ...FINDING, past: { ...past, commit: 'deadbeef00', date: '2022-01-02', inHead: true } },
]);

const REPORTS: Readonly<Record<string, Report>> = {
  '0 findings': reportOf([]),
  '1 finding': reportOf([FINDING]),
  '10 findings': many(10),
  '10,001 findings': many(10_001),
  'hostile texts': hostile,
  'a history': historical,
};

const render = async (name: FormatName, report: Report): Promise<string> =>
  [...(await loadFormat(name))(report, { color: false, quiet: false, hook: false })].join('');

describe.each(Object.entries(REPORTS))('%s', (label, report) => {
  test.each([
    ['junit', 'junit-10.xsd'],
    ['checkstyle', 'checkstyle.xsd'],
  ] as const)('as %s is valid by its schema', async (name, schema) => {
    const contents = await render(name, report);
    const { valid, errors } = await validateXML({
      xml: [{ fileName: `${name}.xml`, contents }],
      schema: [readFileSync(`test/schemas/${schema}`, 'utf8')],
      initialMemoryPages: 1024,
      maxMemoryPages: 8192,
    });
    expect([valid, errors]).toEqual([true, []]);
  });

  test('for GitLab is valid by its schema', async () => {
    const validate = new Ajv({ strict: false }).compile(
      JSON.parse(readFileSync('test/schemas/gitlab-secret-detection-15.2.1.json', 'utf8')) as object,
    );
    const json = JSON.parse(await render('gitlab-secret-detection', report)) as { vulnerabilities: { id: string }[] };
    expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
    const ids = json.vulnerabilities.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('for Code Quality has what GitLab demands', async () => {
    const issues = JSON.parse(await render('gitlab-codequality', report)) as Record<string, unknown>[];
    expect(issues).toHaveLength(report.findings.length);
    for (const issue of issues) {
      expect(Object.keys(issue).sort()).toEqual(['categories', 'check_name', 'description', 'fingerprint', 'location', 'severity', 'type']);
      expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(issue['severity']);
      expect(issue).toMatchObject({
        description: expect.stringMatching(/./) as unknown,
        fingerprint: expect.stringMatching(/./) as unknown,
        location: { path: expect.stringMatching(/^(?!\.?\/)./) as unknown, lines: { begin: expect.any(Number) as unknown } },
      });
    }
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
  });

  test('as Markdown stays a table, without markup of others, and small enough for GitHub', async () => {
    const text = await render('markdown', report);
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    const rows = text.split('\n').filter((line) => line.startsWith('| '));
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(7);
    expect(rows).toHaveLength(report.findings.length === 0 ? 0 : Math.min(report.findings.length, 500) + 2);
    expect(text).not.toMatch(/(?<!\\)<(?:script|img)|(?<!\\)\]\(javascript|@everyone/);
    if (label === '10,001 findings') expect(text).toContain('The worst 500 are listed');
  });

  test('as HTML is one page that loads and runs nothing, well-formed, with every finding that a browser can bear', async () => {
    const text = await render('html', report);
    expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(text).not.toMatch(/<(?:script|img|link|iframe|object|svg|base)\b|<[^>]*\son\w+=|href="(?!https:|#f\d)|@import|url\(/i);
    expect([...text.matchAll(/<article /g)]).toHaveLength(Math.min(report.findings.length, 5000));
    expect(text.includes('The worst 5,000 findings are shown')).toBe(report.findings.length > 5000);
    if (report.findings.length > 1000) return;
    // As XML, since every element is closed: no text of a repository is taken for markup.
    const xml = text
      .replace('<!doctype html>', '')
      .replace(/<(meta|input)\b([^>]*)>/g, '<$1$2/>')
      .replace(/ checked\/>/g, ' checked="checked"/>');
    const { valid, errors } = await validateXML({ xml: [{ fileName: 'page.xml', contents: xml }], schema: [ANYTHING] });
    expect([valid, errors]).toEqual([true, []]);
  });
});

/** A schema by which every well-formed document is valid. */
const ANYTHING = `<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:element name="html"><xs:complexType mixed="true"><xs:sequence><xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/></xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType></xs:element>
</xs:schema>`;

describe('what stands in them', () => {
  test('JUnit: errors fail, warnings are skipped, no finding is one case that passes', async () => {
    const text = await render('junit', many(3));
    expect(text).toContain('<testsuites name="jwtlint" tests="3" failures="1" errors="0" time="1.500">');
    expect(text.match(/<failure /g)).toHaveLength(1);
    expect(text.match(/<skipped /g)).toHaveLength(2);
    expect(text).toContain('broken.ts: does not parse at line 3');
    expect(await render('junit', reportOf([]))).toContain('<testcase name="no findings" classname="jwtlint" time="0"/>');
  });

  test('Checkstyle: a finding and a notice', async () => {
    const text = await render('checkstyle', many(1));
    expect(text).toContain(
      '<error line="1" column="1" severity="error" message="A literal in the source is the key of jsonwebtoken sign. Read it from the environment." source="jwtlint.no-hardcoded-secret"/>',
    );
    expect(text).toContain('<error severity="info" message="does not parse at line 3" source="jwtlint.notice"/>');
  });

  test('GitLab: secrets only, with the commit of the past, and a word on the others', async () => {
    const { scan, vulnerabilities } = JSON.parse(await render('gitlab-secret-detection', many(4))) as {
      scan: { messages: unknown; start_time: string; end_time: string };
      vulnerabilities: object[];
    };
    expect(vulnerabilities).toHaveLength(3);
    expect(vulnerabilities[0]).toMatchObject({
      severity: 'Critical',
      name: 'Disallow no-hardcoded-secret.',
      location: { file: 'src/0.ts', start_line: 1, commit: { sha: '0000000' } },
    });
    expect(scan).toMatchObject({ start_time: '2024-01-31T23:59:58', end_time: '2024-01-31T23:59:59' });
    expect(scan.messages).toContainEqual({
      level: 'info',
      value: '1 finding about code, not about secrets: --format gitlab-codequality has them',
    });
    const old = JSON.parse(await render('gitlab-secret-detection', historical)) as { vulnerabilities: { location: object }[] };
    expect(old.vulnerabilities[0]!.location).toMatchObject({ commit: { sha: past.commit, date: past.date } });
  });

  test('Code Quality: severities', async () => {
    const of = async (more: Partial<ReportedFinding>): Promise<unknown> =>
      (JSON.parse(await render('gitlab-codequality', reportOf([{ ...FINDING, ...more }]))) as { severity: unknown }[])[0]!.severity;
    expect(await of({})).toBe('critical');
    expect(await of({ confidence: 'likely' })).toBe('major');
    expect(await of({ level: 'warning' })).toBe('minor');
    expect(await of({ level: 'info' })).toBe('info');
  });

  test('Markdown: a summary that GitHub takes, however long names and texts are, and says what is left out', async () => {
    const long = '*日本'.repeat(400);
    const findings = Array.from({ length: 600 }, () => ({ ...FINDING, message: long, fix: long, location: at(long, 1) }));
    const notices = Array.from({ length: 3000 }, () => ({ path: 'broken.ts', text: 'does not parse' }));
    const text = await render('markdown', reportOf(findings, { notices }));
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    const rows = text.split('\n').filter((line) => line.startsWith('| error')).length;
    expect(rows).toBeGreaterThan(50);
    expect(text).toContain(`The worst ${String(rows)} are listed`);
    expect(text).toContain('- and 2,900 further notices\n');
  });

  test('HTML: the worst first, the way of the value, filters, and the time line of a history', async () => {
    const text = await render('html', many(3));
    expect([...text.matchAll(/<article class="f l-(\w+)/g)].map(([, level]) => level)).toEqual(['error', 'warning', 'info']);
    expect(text).toMatch(/<ol class="way" aria-label="The way of the value, 3 stations"><li><span class="label">stands here<\/span>/);
    expect(text).toContain('<input type="checkbox" id="l-error" checked>');
    expect(text).toContain('body:has(#l-error:not(:checked)) .f.l-error');
    expect(await render('html', historical)).toMatch(/2022-01-02.*2023-05-06/s);
  });
});

test('several formats in one run, each into its file', async () => {
  const repository = new TemporaryRepository();
  repository.stage('a.js', "const jwt = require('jsonwebtoken');\njwt.sign({}, 'made-up-of-a-report', { expiresIn: '1h' });\n");
  const names = ['gitlab-secret-detection', 'gitlab-codequality', 'junit', 'checkstyle', 'markdown', 'html'];
  const { status, stdout } = await runProgram(repository.context, ...names.flatMap((name) => ['-f', `${name}=out/${name}`]));
  expect([status, stdout]).toEqual([1, '']);
  for (const name of names) {
    const text = readFileSync(repository.path(`out/${name}`), 'utf8');
    expect(text).toContain('a.js');
    expect(text).not.toContain('made-up-of');
  }
});
