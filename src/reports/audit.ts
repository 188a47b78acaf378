/** An audit as text for a terminal, as Markdown, as JSON, or as a page. */
import { styleText } from 'node:util';
import type { Answer, Audit, AuditItem, AuditedKey, Evidence } from '../audit.js';
import { inert } from '../redact.js';
import { auditPage } from './audit-page.js';
import { markdownText } from './markdown.js';
import { count } from './sentences.js';
import { wrapped } from './stylish.js';

export const AUDIT_FORMATS = ['text', 'markdown', 'json', 'html'] as const;

export type AuditFormat = (typeof AUDIT_FORMATS)[number];

export interface AuditTextOptions {
  readonly color: boolean;
  /** Columns of the terminal; text is wrapped at 100 where there is none. */
  readonly columns: number | undefined;
}

/** Writes an audit. */
export function renderAudit(audit: Audit, format: AuditFormat, options: AuditTextOptions): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(audit, undefined, 2)}\n`;
    case 'markdown':
      return markdown(audit);
    case 'html':
      return auditPage(audit);
    default:
      return text(audit, options);
  }
}

const STYLES = { yes: 'green', no: 'red', 'cannot tell': 'yellow' } as const;

function counts({ items }: Audit): string {
  const of = (answer: Answer): number => items.filter((item) => item.answer === answer).length;
  return `${String(of('yes'))} yes, ${String(of('no'))} no, ${String(of('cannot tell'))} cannot tell`;
}

function placeOf({ path, line }: Evidence): string | undefined {
  return path === undefined ? undefined : `${inert(path)}${line === undefined ? '' : `:${String(line)}`}`;
}

// --- text ----------------------------------------------------------------------------------------------------------

const MARGIN = 13;

function text(audit: Audit, { color, columns = 100 }: AuditTextOptions): string {
  const paint = (style: 'green' | 'red' | 'yellow' | 'bold' | 'dim', words: string): string =>
    color ? styleText(style, words, { validateStream: false }) : words;
  const width = Math.max(columns, 40) - MARGIN;
  const indented = (words: string): string[] => wrapped(words, width).map((line) => `${' '.repeat(MARGIN)}${line}`);
  const lines: string[] = [];
  for (const item of audit.items) {
    lines.push(`${paint(STYLES[item.answer], item.answer.padEnd(MARGIN))}${paint('bold', item.question)}`);
    for (const evidence of item.evidence)
      lines.push(...indented([placeOf(evidence), inert(evidence.says)].filter((part) => part !== undefined).join('  ')));
    if (item.next !== undefined) lines.push(...indented(`Next: ${item.next}`));
    lines.push(...item.references.map(({ title, url }) => paint('dim', `${' '.repeat(MARGIN)}${title} <${url}>`)), '');
  }
  if (audit.keys.length > 0) {
    lines.push(paint('bold', 'Keys, and what uses them:'));
    for (const key of audit.keys) {
      lines.push(`  ${inert(nameOf(key))}`);
      for (const use of key.uses)
        lines.push(
          `    ${use.kind.padEnd(7)} ${inert(use.path)}:${String(use.line)}  ${inert(use.call)}${use.purpose === undefined ? '' : `, ${use.purpose} tokens`}`,
        );
    }
    lines.push('');
  }
  lines.push(`${counts(audit)}; ${keysOf(audit)}. No grade: what counts depends on what the service is for.`);
  return `${lines.join('\n')}\n`;
}

/** Keys that reading tells apart, and whether there are others. */
function keysOf({ keys }: Audit): string {
  const known = keys.filter(({ origin, name }) => origin !== 'unknown' || name !== undefined);
  return `${count(known.length, 'key')}${known.length < keys.length ? ', and calls whose key reading does not tell' : ''}`;
}

function nameOf({ origin, name }: AuditedKey): string {
  return name === undefined ? (origin === 'unknown' ? 'unknown keys' : origin) : `${name} (${origin})`;
}

// --- Markdown ------------------------------------------------------------------------------------------------------

function markdown(audit: Audit): string {
  const parts = [`# Audit of keys\n\n${counts(audit)}. No grade: what counts depends on what the service is for.\n`, table(audit.items)];
  for (const item of audit.items) {
    const lines = [`## ${item.question}\n`, `**${item.answer}**\n`];
    if (item.evidence.length > 0) {
      lines.push(
        `${item.evidence
          .map((evidence) => {
            const place = placeOf(evidence);
            return `- ${place === undefined ? '' : `${markdownText(place)}: `}${markdownText(evidence.says)}`;
          })
          .join('\n')}\n`,
      );
    }
    if (item.next !== undefined) lines.push(`Next: ${markdownText(item.next)}\n`);
    lines.push(`${item.references.map(({ title, url }) => `[${markdownText(title)}](${url})`).join(', ')}\n`);
    parts.push(lines.join('\n'));
  }
  if (audit.keys.length > 0) {
    const rows = audit.keys.flatMap((key) =>
      key.uses.map(
        (use) =>
          `| ${markdownText(nameOf(key))} | ${use.kind} | ${markdownText(use.call)} | ${markdownText(use.purpose ?? '')} | ${markdownText(`${use.path}:${String(use.line)}`)} |`,
      ),
    );
    parts.push(
      `## Keys, and what uses them\n\n| key | for | call | tokens | where |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`,
    );
  }
  return parts.join('\n');
}

function table(items: readonly AuditItem[]): string {
  return `| question | answer |\n| --- | --- |\n${items.map(({ question, answer }) => `| ${question} | ${answer} |`).join('\n')}\n`;
}
