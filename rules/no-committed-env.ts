import { defineRule, type Finding, type Settings } from './contract.js';
import { settingsLiteralsOf } from './facts/settings-literals.js';

export default defineRule({
  id: 'no-committed-env',
  title: 'Disallow signing secrets in env files that git tracks',
  severity: 'error',
  values: true,
  suggests: true,
  messages: {
    committed: {
      what: '`{{name}}` stands in an env file that git tracks.',
      fix: 'Run `git rm --cached` on the file, add its name to `.gitignore`, keep the names in an `.env.example`, and replace the value: it stays in the history.',
    },
    template: {
      what: 'The value of `{{name}}` in this template looks like a real one, and whoever copies the file runs on it.',
      fix: 'Leave the value empty, say beside it how to draw one, and replace the secret wherever this value is in use.',
    },
  },
  docs: {
    why: 'Everybody who can read the repository, now or in any old clone, has the key and can sign tokens as any user.',
    cwe: [538, 798],
    securitySeverity: 8.6,
    references: [
      { title: 'The Twelve-Factor App: Config', url: 'https://12factor.net/config' },
      {
        title: 'OWASP: Secrets Management Cheat Sheet',
        url: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
      },
    ],
  },
  *settings(settings: Settings): Iterable<Finding> {
    for (const literal of settingsLiteralsOf(settings)) {
      if (literal.place === 'example' && settings.tracking !== 'ignored') {
        const finding = literal.finding('template', { level: 'warning', confidence: 'likely' });
        // What can be guessed is the matter of no-weak-secret, and words that ask to be replaced are what templates are for.
        if (finding.real) yield finding;
      }
      if (literal.place !== 'committed environment') continue;
      // A row of x or "change me" is no secret yet, but a program that reads this file runs on it.
      yield literal.finding('committed', literal.placeholder ? { level: 'warning' } : {});
    }
  },
});
