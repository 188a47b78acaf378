import { defineRule, type Finding, type Script, type Settings } from './contract.js';
import { findingOfLiteral } from './facts/literal-findings.js';
import { keyLiteralsOf } from './facts/key-literals.js';
import { settingsLiteralsOf } from './facts/settings-literals.js';

export default defineRule({
  id: 'no-hardcoded-secret',
  title: 'Disallow signing secrets that are written in source code or tracked settings',
  severity: 'error',
  values: true,
  suggests: true,
  messages: {
    used: {
      what: 'A literal in the source is the key of {{call}}.',
      fix: 'Read the key from the environment or a secret manager and stop at start-up when it is missing. Replace the value too: whoever has the repository has this key.',
    },
    named: {
      what: '`{{name}}` is given a literal in the source.',
      fix: 'Read it from the environment or a secret manager and stop at start-up when it is missing. Replace the value too: whoever has the repository has this key.',
    },
    environment: {
      what: 'The program itself sets `{{name}}` in its environment to a literal.',
      fix: 'Let the environment give the value; to prepare tests, draw a random one there.',
    },
    setting: {
      what: '`{{name}}` holds a signing secret in a settings file of the repository.',
      fix: 'Keep the name here and the value in the environment or a secret manager. Replace the value too: whoever has the repository has this key.',
    },
    page: {
      what: 'An example on this page gives `{{name}}` a signing secret.',
      fix: 'Show the name without a value, and how to draw one. Replace the secret wherever this value is in use.',
    },
  },
  docs: {
    why: 'Whoever can read the repository, a build or a copy of it can sign tokens as any user, now and for as long as the key is in use.',
    cwe: [798, 321],
    securitySeverity: 9.1,
    references: [
      {
        title: 'RFC 8725, 3.5: Ensure Cryptographic Keys Have Sufficient Entropy',
        url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.5',
      },
      {
        title: 'OWASP: Secrets Management Cheat Sheet',
        url: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
      },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    for (const literal of keyLiteralsOf(script)) {
      if (literal.fallback) continue;
      if (literal.call)
        yield findingOfLiteral(script, literal, 'used', { call: `${literal.call.package} ${literal.call.api.name || 'middleware'}` });
      else
        yield findingOfLiteral(script, literal, literal.confidence === 'certain' ? 'environment' : 'named', { name: literal.name ?? '' });
    }
  },
  *settings(settings: Settings): Iterable<Finding> {
    const isPage = settings.format === 'markdown';
    for (const literal of settingsLiteralsOf(settings)) {
      if (literal.place !== 'tracked settings') continue;
      yield isPage ? literal.finding('page', { level: 'warning', confidence: 'likely' }) : literal.finding('setting');
    }
  },
});
