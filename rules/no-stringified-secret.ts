import { defineRule, type Finding, type Place, type Script } from './contract.js';
import { callsOf } from './facts/calls.js';
import { checkedVariablesOf, ENVIRONMENT_VALIDATORS } from './facts/environment-checks.js';
import { checkSuggestion } from './facts/environment-suggestions.js';
import { namedValuesOf } from './facts/named-values.js';
import { secretName } from './facts/names.js';
import type { Value } from './facts/values.js';

export default defineRule({
  id: 'no-stringified-secret',
  title: 'Disallow signing secrets that become the text "undefined" when they are missing',
  severity: 'error',
  suggests: true,
  messages: {
    used: {
      what: 'When `{{variable}}` is not set, the key of {{call}} is the text "undefined".',
      fix: 'Take the variable as it is, and stop at start-up when it is missing: `if (!process.env.{{variable}}) throw ...`.',
    },
    named: {
      what: 'When `{{variable}}` is not set, `{{name}}` becomes the text "undefined".',
      fix: 'Take the variable as it is, and stop at start-up when it is missing: `if (!process.env.{{variable}}) throw ...`.',
    },
  },
  docs: {
    why: 'Without the variable the service starts all the same and signs with the text "undefined", a key that everybody knows. No check of the text can notice it.',
    cwe: [1188],
    securitySeverity: 8.1,
    references: [
      {
        title: 'RFC 8725, 3.5: Ensure Cryptographic Keys Have Sufficient Entropy',
        url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.5',
      },
      { title: 'CWE-1188: Initialization of a Resource with an Insecure Default', url: 'https://cwe.mitre.org/data/definitions/1188.html' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    const reported = new Set<number>();
    // Another file of the project most likely checks the environment before this one runs.
    const validated = ENVIRONMENT_VALIDATORS.some((name) => script.project.uses(name));
    const level = validated ? { level: 'warning' as const } : {};
    for (const call of callsOf(script)) {
      for (const value of call.keys) {
        const made = textOfMissing(script, value);
        if (!made || reported.has(made.place.start)) continue;
        reported.add(made.place.start);
        yield {
          message: 'used',
          data: { variable: made.variable, call: `${call.package} ${call.api.name || 'middleware'}` },
          anchor: made.place,
          use: call.place,
          ...(value.steps.length > 0 ? { steps: value.steps } : {}),
          ...level,
          confidence: validated ? 'possible' : 'certain',
          symbol: made.variable,
          unlessChecked: made.variable,
          suggest: () => checkSuggestion(script, made.place, made.variable),
        };
      }
    }
    for (const { name, secret, values } of namedValuesOf(script)) {
      for (const value of values) {
        const made = textOfMissing(script, value);
        if (!made || reported.has(made.place.start)) continue;
        if (secret.strength !== 'strong' && secretName(made.variable)?.strength !== 'strong') continue;
        reported.add(made.place.start);
        yield {
          message: 'named',
          data: { variable: made.variable, name },
          anchor: made.place,
          ...level,
          confidence: validated ? 'possible' : 'likely',
          symbol: made.variable,
          unlessChecked: made.variable,
          suggest: () => checkSuggestion(script, made.place, made.variable),
        };
      }
    }
  },
});

/** Where an unchecked variable of this file's environment becomes text; other files answer for themselves. */
function textOfMissing(script: Script, value: Value): { readonly place: Place; readonly variable: string } | undefined {
  let place: Place | undefined;
  const variables: string[] = [];
  const take = (each: Value): void => {
    if (each.kind === 'environment' && each.source === 'environment' && each.name !== undefined) variables.push(each.name);
  };
  if (value.kind === 'environment') {
    place = value.stringified;
    take(value);
  } else if (value.kind === 'unknown' && value.made?.by === 'composition') {
    const { of } = value.made;
    // Beside anything but text and other variables there may be something secret.
    if (!of.every((part) => part.every(({ kind }) => kind === 'text') || part.every(({ kind }) => kind === 'environment')))
      return undefined;
    place = value.at;
    for (const part of of) part.forEach(take);
  }
  if (place?.path !== script.path) return undefined;
  const checked = variables.length > 0 ? checkedVariablesOf(script) : new Set();
  const variable = variables.find((name) => !checked.has(name));
  return variable === undefined || variables.some((name) => checked.has(name)) ? undefined : { place, variable };
}
