/**
 * SARIF 2.1.0 for code scanning. Without snippets: a viewer shows the line from the repository, the report never holds
 * a secret. Section numbers are those of the OASIS standard.
 */
import type { Confidence, Level } from '../../rules/contract.js';
import { inert } from '../redact.js';
import type { Format, Location, Notice, Report, ReportedFinding, ReportedRule, ReportedStep } from '../report.js';
import { jsonText } from './json-text.js';
import { leftOut, pastLine } from './sentences.js';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const ROOT = '%SRCROOT%';
const CWE = 'CWE';
/** GitHub refuses a run with more results. */
export const MOST_RESULTS = 25_000;

const LEVEL_OF: Readonly<Record<Level, string>> = { error: 'error', warning: 'warning', info: 'note' };
const LOUDNESS: Readonly<Record<Level, number>> = { error: 0, warning: 1, info: 2 };
const SURENESS: Readonly<Record<Confidence, number>> = { possible: 0, likely: 1, certain: 2 };
const PRECISION_OF: Readonly<Record<Confidence, string>> = { certain: 'very-high', likely: 'high', possible: 'medium' };

export const format: Format = function* (report) {
  const ruleIndexes = new Map(report.rules.map((rule, index) => [rule.id, index]));
  const compared = report.findings.some((finding) => !finding.isNew);
  let findings = report.findings;
  const notices: Notice[] = [...report.notices];
  if (findings.length > MOST_RESULTS) {
    findings = findings.toSorted((a, b) => LOUDNESS[a.level] - LOUDNESS[b.level]).slice(0, MOST_RESULTS);
    notices.push({ text: `Only the worst ${MOST_RESULTS} of ${report.findings.length} findings are listed.` });
  }
  const precisions = precisionsOf(report.findings);
  const weaknesses = [...new Set(report.rules.flatMap(({ cwe }) => cwe))].sort((one, other) => one - other);
  const run = {
    tool: {
      driver: {
        name: 'jwtlint',
        version: report.version,
        semanticVersion: report.version,
        ...(report.homepage === undefined ? {} : { informationUri: report.homepage }),
        supportedTaxonomies: [{ name: CWE, index: 0 }],
        rules: report.rules.map((rule) => ruleOf(rule, precisions.get(rule.id) ?? PRECISION_OF.likely)),
      },
    },
    taxonomies: [
      {
        name: CWE,
        organization: 'MITRE',
        informationUri: 'https://cwe.mitre.org/',
        shortDescription: { text: 'The Common Weakness Enumeration, as far as rules name it.' },
        taxa: weaknesses.map((number) => ({
          id: String(number),
          helpUri: `https://cwe.mitre.org/data/definitions/${String(number)}.html`,
        })),
      },
    ],
    columnKind: 'utf16CodeUnits',
    automationDetails: { id: `jwtlint/${report.scope}/` },
    originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the scanned tree.' } } },
    invocations: [{ executionSuccessful: true, toolExecutionNotifications: notificationsOf(report, notices) }],
    results: resultsOf(findings, ruleIndexes, compared),
  };
  yield* jsonText({ $schema: SCHEMA, version: '2.1.0', runs: [run] });
};

function ruleOf(rule: ReportedRule, precision: string): object {
  const references = rule.references.map(({ title, url }) => `- [${title}](${url})`);
  const cwes = rule.cwe.map((number) => `CWE-${number}`).join(', ');
  return {
    id: rule.id,
    name: rule.id.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: `${rule.title}.` },
    fullDescription: { text: rule.why },
    help: {
      text: `${rule.why} See ${rule.url}`,
      markdown: [`${rule.why}\n`, `[What to do](${rule.url})${cwes === '' ? '' : ` · ${cwes}`}\n`, ...references].join('\n'),
    },
    helpUri: rule.url,
    defaultConfiguration: { level: LEVEL_OF[rule.level] },
    relationships: rule.cwe.map((number) => ({
      target: { id: String(number), toolComponent: { name: CWE, index: 0 } },
      kinds: ['relevant'],
    })),
    properties: {
      tags: ['security', ...rule.cwe.map((number) => `external/cwe/cwe-${String(number).padStart(3, '0')}`)],
      precision,
      'security-severity': rule.securitySeverity.toFixed(1),
    },
  };
}

/** SARIF knows precision of rules only: that of the least certain finding of the rule. */
function precisionsOf(findings: readonly ReportedFinding[]): ReadonlyMap<string, string> {
  const least = new Map<string, Confidence>();
  for (const { ruleId, confidence } of findings) {
    const known = least.get(ruleId);
    if (known === undefined || SURENESS[confidence] < SURENESS[known]) least.set(ruleId, confidence);
  }
  return new Map([...least].map(([id, confidence]) => [id, PRECISION_OF[confidence]]));
}

function* resultsOf(findings: readonly ReportedFinding[], ruleIndexes: ReadonlyMap<string, number>, compared: boolean): Generator<object> {
  for (const finding of findings) yield resultOf(finding, ruleIndexes.get(finding.ruleId), compared);
}

function resultOf(finding: ReportedFinding, ruleIndex: number | undefined, compared: boolean): object {
  const stations: ReportedStep[] = [...finding.steps, ...(finding.use ? [finding.use] : [])];
  const anchor: ReportedStep = { label: 'The value stands here', location: finding.location };
  return {
    ruleId: finding.ruleId,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: LEVEL_OF[finding.level],
    message: messageOf(`${finding.message} ${finding.fix}${finding.past ? ` Found ${pastLine(finding.past)}.` : ''}`),
    locations: [{ physicalLocation: physicalLocation(finding.location) }],
    ...(stations.length === 0
      ? {}
      : {
          relatedLocations: stations.map((station, index) => ({ id: index + 1, ...locationOf(station) })),
          codeFlows: [{ threadFlows: [{ locations: [anchor, ...stations].map((station) => ({ location: locationOf(station) })) }] }],
        }),
    ...(finding.fingerprint === '' ? {} : { partialFingerprints: { 'jwtlintFingerprint/v1': finding.fingerprint } }),
    ...(compared ? { baselineState: finding.isNew ? 'new' : 'unchanged' } : {}),
    properties: {
      confidence: finding.confidence,
      also: finding.also,
      ...(finding.context === undefined ? {} : { context: finding.context }),
      ...(finding.past === undefined ? {} : { past: finding.past }),
    },
  };
}

function notificationsOf(report: Report, notices: readonly Notice[]): object[] {
  const left = leftOut(report);
  return [
    ...notices.map(({ path, text }) => ({
      level: 'warning',
      message: messageOf(text),
      ...(path === undefined ? {} : { locations: [{ physicalLocation: { artifactLocation: artifactLocation(path) } }] }),
    })),
    ...report.notes.map((text) => ({ level: 'note', message: messageOf(text) })),
    ...(left === undefined ? [] : [{ level: 'note', message: messageOf(`Left out: ${left}.`) }]),
  ];
}

function locationOf({ label, location }: ReportedStep): object {
  return { physicalLocation: physicalLocation(location), message: messageOf(label) };
}

function physicalLocation({ path, startLine, startColumn, endLine, endColumn }: Location): object {
  return { artifactLocation: artifactLocation(path), region: { startLine, startColumn, endLine, endColumn } };
}

/** A relative reference of RFC 3986 with every segment percent-encoded; half surrogate pairs have no encoding. */
function artifactLocation(path: string): object {
  const segments = path.replace(/\p{Cs}/gu, '\ufffd').split('/');
  return { uri: segments.map((segment) => encodeURIComponent(segment)).join('/'), uriBaseId: ROOT };
}

/** Brackets before parentheses would be a link of a message (3.11.6), so they are escaped; names in code may hold them. */
function messageOf(text: string): object {
  const harmless = inert(text);
  return { text: harmless.includes('](') ? harmless.replace(/[\\[\]]/g, '\\$&') : harmless };
}
