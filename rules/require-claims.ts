import type { TSESTree } from '@typescript-eslint/types';
import { defineRule, type Finding, type Script } from './contract.js';
import { bindingsOf, type Bindings } from './facts/bindings.js';
import { callsOf, type JwtCall } from './facts/calls.js';
import { keyKind } from './facts/key-kinds.js';
import { keyName, memberName, type Node } from './facts/syntax.js';

export default defineRule({
  id: 'require-claims',
  title: 'Require verification with a public key to say whose tokens, and for whom, it accepts',
  severity: 'warning',
  messages: {
    anybody: {
      what: '{{call}} checks with a public key and demands neither issuer nor audience.',
      fix: 'Demand both: `{{issuer}}` (who signs) and `{{audience}}` (this service). Tokens that were made for another service pass as long as you do not.',
    },
  },
  docs: {
    why: 'Whoever signs for several services or tenants signs tokens for others too: one that a user got for any of them opens this one.',
    cwe: [345, 287],
    securitySeverity: 5.9,
    references: [
      { title: 'RFC 8725, 3.8: Validate Issuer and Subject', url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.8' },
      { title: 'RFC 8725, 3.9: Use and Validate Audience', url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.9' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    for (const call of callsOf(script)) {
      if ((call.wrapped?.kind ?? call.api.kind) !== 'verify' || !call.api.claims || keyKind(script, call) !== 'public') continue;
      if (!call.api.claims.every((position) => call.at(position).every((value) => value.kind === 'nullish'))) continue;
      // Somebody looks at the claim afterwards.
      if (readsClaims(script)) continue;
      const [issuer, audience] = call.api.claims.map((position) => position.slice(1).join('.'));
      yield {
        message: 'anybody',
        data: { call: `${call.package} ${call.api.name || 'middleware'}`, issuer: issuer ?? 'issuer', audience: audience ?? 'audience' },
        anchor: call.place,
        confidence: isNamedOnly(call) ? 'likely' : 'certain',
        symbol: `${call.package}.${call.api.name}`,
      };
    }
  },
});

/** True when only a name says that the key is public: of the variable or of the file. */
function isNamedOnly(call: JwtCall): boolean {
  return !call.keys.some((value) => value.kind === 'key' || value.kind === 'text');
}

const CLAIMS = new Set(['iss', 'aud', 'azp', 'client_id', 'tid']);
const cache = new WeakMap<object, boolean>();

/** True when the script reads an issuer or an audience from something: `claims.iss`, `const { aud } = claims`. */
function readsClaims(script: Script): boolean {
  let known = cache.get(script.ast);
  if (known === undefined) cache.set(script.ast, (known = findsClaims(script)));
  return known;
}

/** `client_id: settings.client_id`, `request.client_id = settings.client_id`: also what a client of a provider is registered as. */
function isSettingHandedOn(bindings: Bindings, node: TSESTree.MemberExpression): boolean {
  if (memberName(node) !== 'client_id') return false;
  const above = bindings.parentOf(node);
  if (above?.type === 'AssignmentExpression') return true;
  return above?.type === 'Property' && above.value === node && keyName(above.key, above.computed) === 'client_id';
}

function findsClaims(script: Script): boolean {
  const bindings = bindingsOf(script);
  const stack: Node[] = [script.ast];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.type === 'MemberExpression' && CLAIMS.has(memberName(node) ?? '') && !isSettingHandedOn(bindings, node)) return true;
    if (node.type === 'Property' && bindings.parentOf(node)?.type === 'ObjectPattern') {
      if (node.key.type === 'Identifier' && CLAIMS.has(node.key.name)) return true;
    }
    for (const key of script.visitorKeys[node.type] ?? []) {
      const child = (node as unknown as Record<string, unknown>)[key];
      for (const each of Array.isArray(child) ? child : [child]) {
        if (typeof each === 'object' && each !== null && typeof (each as { type?: unknown }).type === 'string') stack.push(each as Node);
      }
    }
  }
  return false;
}
