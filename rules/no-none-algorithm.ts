import type { TSESTree } from '@typescript-eslint/types';
import { defineRule, type Finding, type Place, type Script } from './contract.js';
import { elementSuggestion } from './facts/call-suggestions.js';
import { bindingsOf, initialValue } from './facts/bindings.js';
import { callsOf, type JwtCall } from './facts/calls.js';
import { checkedVariablesOf } from './facts/environment-checks.js';
import type { Node } from './facts/syntax.js';
import type { Value } from './facts/values.js';

const NONE = /^none$/i;

export default defineRule({
  id: 'no-none-algorithm',
  title: 'Disallow unsigned tokens: the algorithm `none` in any spelling, and keys that are empty',
  severity: 'error',
  suggests: true,
  messages: {
    accepted: {
      what: '{{call}} accepts unsigned tokens: its algorithms include `none`.',
      fix: 'Remove `none`; list exactly the algorithm that signs these tokens.',
    },
    signed: {
      what: '{{call}} makes a token without a signature.',
      fix: 'Sign it with a key: anybody can write an unsigned token.',
    },
    unsecured: {
      what: '`UnsecuredJWT` neither signs nor checks anything.',
      fix: 'Use `SignJWT` and `jwtVerify` with a key.',
    },
    falsy: {
      what: '{{call}} is given an empty key{{effect}}.',
      fix: 'Read the key from the environment or a secret manager and stop at start-up when it is missing.',
    },
    emptied: {
      what: 'When `{{variable}}` is not set, {{call}} is given an empty key, and this version then accepts unsigned tokens.',
      fix: 'Stop at start-up when the variable is missing: `if (!process.env.{{variable}}) throw ...`.',
    },
  },
  docs: {
    why: 'Anybody can write a token with `"alg":"none"` and any claims in it; a verification that accepts it checks nothing.',
    cwe: [347, 327],
    securitySeverity: 9.8,
    references: [
      { title: 'RFC 8725, 3.2: Use Appropriate Algorithms', url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.2' },
      { title: 'RFC 7519, 6: Unsecured JWTs', url: 'https://www.rfc-editor.org/rfc/rfc7519#section-6' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    const reported = new Set<string>();
    for (const call of callsOf(script)) {
      for (const finding of findingsOf(script, call)) {
        const key = `${finding.anchor.path}\0${String(finding.anchor.start)}`;
        if (reported.has(key)) continue;
        reported.add(key);
        yield finding;
      }
    }
  },
});

function* findingsOf(script: Script, call: JwtCall): Iterable<Finding> {
  const name = `${call.package} ${call.api.name || 'middleware'}`;
  const finding = (message: string, anchor: Place, extra?: Record<string, string>): Finding => ({
    message,
    data: { call: name, ...extra },
    anchor,
    ...(anchor === call.place ? {} : { use: call.place }),
    confidence: 'certain',
    symbol: `${call.package}.${call.api.name}`,
  });
  if (call.api.unsecured) {
    if (!staysHere(script, call)) yield finding('unsecured', call.place);
    return;
  }
  for (const each of call.algorithms.names)
    if (NONE.test(each.name)) yield { ...finding('accepted', each.at), suggest: () => elementSuggestion(script, each.at) };
  if (call.api.kind === 'sign') {
    for (const position of call.api.algorithm ?? []) {
      for (const value of call.at(position)) if (NONE.test(algorithmNamed(call, value))) yield finding('signed', value.at);
    }
  }
  // Other calls may take their key from elsewhere (a module's registration); these have no other place for it.
  const first = call.api.key?.[0];
  if (call.package !== 'jsonwebtoken' || (call.wrapped?.kind ?? call.api.kind) !== 'verify' || !first) return;
  const keys = call.at(first);
  const accepts = call.api.falsyKeyAcceptsNone === true && call.algorithms.state === 'absent';
  if (isFalsy(keys)) yield finding('falsy', call.place, { effect: accepts ? ', and this version then accepts unsigned tokens' : '' });
  else if (accepts) {
    const variable = variableThatEmpties(script, keys);
    if (variable !== undefined) yield { ...finding('emptied', call.place, { variable }), confidence: 'likely', unlessChecked: variable };
  }
}

/** An algorithm as it is written, or as the library's own table of them calls it (`SupportedAlgorithms.NONE`). */
function algorithmNamed(call: JwtCall, value: Value): string {
  if (value.kind === 'text') return value.text;
  return value.kind === 'import' && value.specifier === call.package && value.path.length > 1 ? value.path[value.path.length - 1]! : '';
}

/** Of claims that are put into an unsecured token only for their checks: the token that is made here is read here, and nobody else gets it. */
function staysHere(script: Script, { node, api }: JwtCall): boolean {
  const bindings = bindingsOf(script);
  const isOther = (other: Node): boolean =>
    callsOf(script).some((call) => call.node === other && call.api.unsecured === true && call.node !== node);
  if (api.kind === 'decode') {
    const token = node.type === 'CallExpression' ? node.arguments[0] : undefined;
    return token?.type === 'Identifier' && isOther(initialValue(bindings, token));
  }
  const made = bindings.parentOf(node);
  const variable = made?.type === 'VariableDeclarator' && made.id.type === 'Identifier' ? bindings.variableOf(made.id) : undefined;
  const uses = (variable?.references ?? []).filter((reference) => reference !== (made as TSESTree.VariableDeclarator).id);
  return (
    uses.length > 0 &&
    uses.every((reference) => {
      const above = bindings.parentOf(reference);
      return above !== undefined && isOther(above);
    })
  );
}

/** The variable in whose absence the key is an empty text, when nothing in the file checks it. */
function variableThatEmpties(script: Script, keys: readonly Value[]): string | undefined {
  for (const { fallback, ...value } of keys) {
    if (value.kind !== 'text' || value.text !== '' || fallback?.of !== 'environment' || fallback.name === undefined) continue;
    return checkedVariablesOf(script).has(fallback.name) ? undefined : fallback.name;
  }
  return undefined;
}

/** True when the value is surely nothing: written as undefined, null, false or an empty text. */
function isFalsy(values: readonly Value[]): boolean {
  return (
    values.length > 0 &&
    values.every(
      (value) => value.kind === 'nullish' || (value.kind === 'text' && value.text === '') || (value.kind === 'boolean' && !value.value),
    )
  );
}
