import { defineRule, type Finding, type Script, type Settings } from './contract.js';
import { findingOfLiteral } from './facts/literal-findings.js';
import { keyLiteralsOf } from './facts/key-literals.js';
import { settingsLiteralsOf } from './facts/settings-literals.js';

export default defineRule({
  id: 'no-secret-fallback',
  title: 'Disallow literals that stand in when the environment gives no signing secret',
  severity: 'error',
  values: true,
  suggests: true,
  messages: {
    environment: {
      what: 'When `{{name}}` is not set, a literal from the source signs and verifies tokens.',
      fix: 'Drop the literal and stop at start-up when `{{name}}` is missing; a service without its secret must not run.',
    },
    other: {
      what: 'When no secret is given, a literal from the source takes its place.',
      fix: 'Drop the literal and stop at start-up when the secret is missing; a service without its secret must not run.',
    },
  },
  docs: {
    why: 'A missing or misspelled variable goes unnoticed: the service runs on a secret that everybody with the source knows, and accepts tokens that anybody signs.',
    cwe: [1188, 798],
    securitySeverity: 9.1,
    references: [
      {
        title: 'RFC 8725, 3.5: Ensure Cryptographic Keys Have Sufficient Entropy',
        url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.5',
      },
      { title: 'CWE-1188: Initialization of a Resource with an Insecure Default', url: 'https://cwe.mitre.org/data/definitions/1188.html' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    for (const literal of keyLiteralsOf(script)) {
      const { fallback } = literal;
      if (!fallback) continue;
      if (fallback.name !== undefined) yield findingOfLiteral(script, literal, 'environment', { name: fallback.name });
      else yield findingOfLiteral(script, literal, 'other', {});
    }
  },
  *settings(settings: Settings): Iterable<Finding> {
    for (const literal of settingsLiteralsOf(settings)) if (literal.place === 'fallback') yield literal.finding('environment');
  },
});
