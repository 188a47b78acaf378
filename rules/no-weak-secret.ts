import { defineRule, type Finding, type Settings } from './contract.js';
import { settingsLiteralsOf } from './facts/settings-literals.js';

export default defineRule({
  id: 'no-weak-secret',
  title: 'Disallow signing secrets that a cracker tries first',
  severity: 'error',
  values: true,
  suggests: true,
  messages: {
    weak: {
      what: '`{{name}}` can be guessed: {{reason}}.',
      fix: 'Draw a new one from a CSPRNG, e.g. `openssl rand -base64 48`; every token signed with the old one stays forgeable until it is replaced.',
    },
    example: {
      what: 'The example value of `{{name}}` would work unchanged, and it can be guessed: {{reason}}.',
      fix: 'Leave the value empty, so that a copy of this file does not start, and say beside it how to draw one.',
    },
  },
  docs: {
    why: 'One captured token is enough to try millions of candidate keys a second offline; words, names, dates and well-known demo values fall at once.',
    cwe: [521, 1391],
    securitySeverity: 8.1,
    references: [
      {
        title: 'RFC 8725, 3.5: Ensure Cryptographic Keys Have Sufficient Entropy',
        url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.5',
      },
      { title: 'RFC 7518, 3.2: HMAC with SHA-2 Functions', url: 'https://www.rfc-editor.org/rfc/rfc7518#section-3.2' },
    ],
  },
  *settings(settings: Settings): Iterable<Finding> {
    for (const literal of settingsLiteralsOf(settings)) {
      const { strength, place } = literal;
      if (literal.placeholder) {
        // In a template it asks to be replaced. Where it was copied to and forgotten, a program runs on it.
        const data = { name: literal.name, reason: 'it is a text that asks to be replaced' };
        if (place === 'kept') yield weak(literal.finding('weak', { data, level: 'warning', confidence: 'likely' }));
        continue;
      }
      if (strength.verdict !== 'known' && strength.verdict !== 'guessable') continue;
      const data = { name: literal.name, reason: strength.reason };
      if (place === 'kept') yield weak(literal.finding('weak', { data, confidence: 'certain' }));
      if (place === 'example') yield weak(literal.finding('example', { data, level: 'warning', confidence: 'likely' }));
    }
  },
});

/** This rule is the one that reports: it is not also named. */
function weak(finding: Finding): Finding {
  const also = finding.also?.filter((id) => id !== 'no-weak-secret');
  return { ...finding, also: also ?? [] };
}
