import { defineRule, type Finding, type Script } from './contract.js';
import { bindingsOf } from './facts/bindings.js';
import { logCall } from './facts/log-calls.js';
import { shownParts } from './facts/shown-parts.js';
import { placeOf, startOf, type Node } from './facts/syntax.js';
import { tokenValuesOf } from './facts/token-values.js';

export default defineRule({
  id: 'no-secret-logging',
  title: 'Disallow secrets and whole tokens in logs and in messages of errors',
  severity: 'warning',
  messages: {
    secret: {
      what: '{{sink}} writes a signing secret{{name}} where others can read it.',
      fix: 'Say whether it is set, not what it is. Replace the secret if the program has run with this line.',
    },
    token: {
      what: '{{sink}} writes a whole token{{name}}: whoever reads it is that user until the token ends.',
      fix: 'Write the `sub` or `jti` of its claims instead.',
    },
    environment: {
      what: '{{sink}} writes the whole environment, and the signing secret with it.',
      fix: 'Write the names of the settings that matter, without secrets.',
    },
  },
  docs: {
    why: 'Logs are kept for long, copied to other systems and read by many: a secret in them signs tokens as any user, and a token in them is as good as its login.',
    cwe: [532],
    securitySeverity: 5.3,
    references: [
      {
        title: 'OWASP: Logging Cheat Sheet, data to exclude',
        url: 'https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude',
      },
      { title: 'CWE-532: Insertion of Sensitive Information into Log File', url: 'https://cwe.mitre.org/data/definitions/532.html' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    const tokens = tokenValuesOf(script);
    const reported = new Set<string>();
    for (const call of bindingsOf(script).calls) {
      const sink = logCall(script, call);
      if (!sink) continue;
      for (const argument of sink.shown) {
        for (const part of shownParts(script, argument)) {
          const found = tokens.sensitive(part, saidBefore(script, part));
          const anchor = placeOf(script.path, part);
          if (!found || reported.has(String(anchor.start))) continue;
          reported.add(String(anchor.start));
          yield {
            message: found.what,
            data: { sink: sink.name, name: found.name === undefined ? '' : ` (\`${found.name}\`)` },
            anchor,
            use: placeOf(script.path, call),
            confidence: found.confidence,
            symbol: `${sink.name}.${found.name ?? found.what}`,
          };
        }
      }
    }
  },
});

/** What stands before a part of a message, without the signs that join them. */
function saidBefore(script: Script, part: Node): string {
  const start = startOf(part);
  return script.text.slice(Math.max(0, start - 60), start).replace(/[\s'"`,+${(]{1,20}$/, '');
}
