import { defineRule, type Finding, type Place, type Script } from './contract.js';
import { callsOf } from './facts/calls.js';
import { checkedVariablesAround, ENVIRONMENT_VALIDATORS, mayBeCheckedElsewhere, mayHaveUnseenSchema } from './facts/environment-checks.js';
import { checkSuggestion } from './facts/environment-suggestions.js';
import { namedValuesOf } from './facts/named-values.js';
import { secretName } from './facts/names.js';
import { originsOf } from './facts/origins.js';
import type { Value } from './facts/values.js';

export default defineRule({
  id: 'require-secret-check',
  title: 'Require a check that stops the program when its signing secret is missing',
  severity: 'warning',
  suggests: true,
  messages: {
    used: {
      what: 'The compiler is told that `{{variable}}` is set, and nothing stops the program when it is not: then {{call}} has no key.',
      fix: 'Check once at start-up and use what was checked: `const secret = process.env.{{variable}}; if (!secret) throw new Error(...)`.',
    },
    named: {
      what: 'The compiler is told that `{{variable}}` is set, and nothing stops the program when it is not: then `{{name}}` is undefined.',
      fix: 'Check once at start-up and use what was checked: `const secret = process.env.{{variable}}; if (!secret) throw new Error(...)`.',
    },
  },
  docs: {
    why: 'An assertion is gone when the program runs. Without the variable the service starts all the same, and fails at its first request, signs with an empty key or runs on a default of its library.',
    cwe: [1188],
    securitySeverity: 5.3,
    references: [
      {
        title: 'OWASP: Secrets Management Cheat Sheet',
        url: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
      },
      { title: 'CWE-1188: Initialization of a Resource with an Insecure Default', url: 'https://cwe.mitre.org/data/definitions/1188.html' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    // Another file of such a project checks the environment before this one runs.
    if (ENVIRONMENT_VALIDATORS.some((name) => script.project.uses(name))) return;
    const isUnclear = mayHaveUnseenSchema(script) || mayBeCheckedElsewhere(script);
    const confidence = isUnclear ? 'possible' : 'likely';
    const reported = new Set<string>();
    let checked: ReadonlySet<string> | undefined;
    /** Where a variable is asserted that nothing checks. */
    const unchecked = (value: Value): { readonly place: Place; readonly variable: string } | undefined => {
      if (value.kind !== 'environment' || value.name === undefined || value.stringified || !value.asserted) return undefined;
      // Other files answer for themselves, unless it takes this one to tell that it is a key.
      if (value.asserted.path !== script.path && secretName(value.name)?.strength === 'strong') return undefined;
      if (reported.has(`${value.asserted.path} ${String(value.asserted.start)}`)) return undefined;
      checked ??= checkedVariablesAround(script);
      return checked.has(value.name) ? undefined : { place: value.asserted, variable: value.name };
    };
    for (const call of callsOf(script)) {
      for (const value of call.keys) {
        const found = unchecked(value);
        if (!found) continue;
        reported.add(`${found.place.path} ${String(found.place.start)}`);
        yield {
          message: 'used',
          data: { variable: found.variable, call: `${call.package} ${call.api.name || 'middleware'}` },
          anchor: found.place,
          use: call.place,
          ...(value.steps.length > 0 ? { steps: value.steps } : {}),
          confidence,
          symbol: found.variable,
          unlessChecked: found.variable,
          suggest: (holder = script) => checkSuggestion(holder, found.place, found.variable),
        };
      }
    }
    for (const { name, secret, values } of namedValuesOf(script)) {
      for (const value of values.flatMap((each) => (each.kind === 'import' && each.asserted ? originsOf(script).resolve([each]) : each))) {
        const found = unchecked(value);
        if (!found || (secret.strength !== 'strong' && secretName(found.variable)?.strength !== 'strong')) continue;
        reported.add(`${found.place.path} ${String(found.place.start)}`);
        yield {
          message: 'named',
          data: { variable: found.variable, name },
          anchor: found.place,
          confidence,
          symbol: found.variable,
          unlessChecked: found.variable,
          suggest: (holder = script) => checkSuggestion(holder, found.place, found.variable),
        };
      }
    }
  },
});
