import { defineRule, type Finding, type Script } from './contract.js';
import { bindingsOf, initialValue } from './facts/bindings.js';
import { callsOf, type JwtCall } from './facts/calls.js';
import { originsOf } from './facts/origins.js';
import { builderOf, callsNamed, hasClaim, payloadsOf, type Payload } from './facts/payloads.js';
import { dottedName, lastName, unwrap } from './facts/syntax.js';
import type { Value } from './facts/values.js';

type State = 'given' | 'absent' | 'unknown';

export default defineRule({
  id: 'require-expiration',
  title: 'Require every signed token to have an end',
  severity: 'warning',
  messages: {
    endless: {
      what: '{{call}} signs a token that never expires.',
      fix: 'Give it an end: {{example}}. Minutes for access tokens; let a refresh token that can be revoked renew them.',
    },
    unseen: {
      what: '{{call}} gives its token no end itself; whether the claims or the settings of the library do is not seen here.',
      fix: 'Give it an end where it is signed: {{example}}.',
    },
  },
  docs: {
    why: 'Whoever gets hold of such a token, from a log, a backup or a lost phone, has the account for as long as the key is in use.',
    cwe: [613],
    securitySeverity: 5.4,
    references: [
      { title: 'RFC 7519, 4.1.4: "exp" (Expiration Time) Claim', url: 'https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4' },
      { title: 'CWE-613: Insufficient Session Expiration', url: 'https://cwe.mitre.org/data/definitions/613.html' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    for (const call of callsOf(script)) {
      if (call.api.kind !== 'sign' || !call.api.expiry || call.api.name.startsWith('UnsecuredJWT')) continue;
      if (optionsOf(script, call) !== 'absent') continue;
      const payloads = payloadsOf(script, call);
      const claims = payloads.each.map((payload) => ({ state: claimState(script, payload), values: payload.values }));
      const endless = claims.filter(({ state }) => state === 'absent');
      const unseen = !payloads.complete || claims.some(({ state }) => state === 'unknown');
      if (endless.length === 0 && !unseen) continue;
      const settings = settingsOf(script, call);
      if (settings === 'given') continue;
      const sure = endless.length > 0 && settings === 'absent';
      const session = !endless.some(({ values }) => isNoSession(values));
      yield {
        message: sure ? 'endless' : 'unseen',
        data: { call: `${call.package} ${call.api.name}`, example: exampleOf(call) },
        anchor: call.place,
        ...(sure && session ? { confidence: 'certain' } : { level: 'info', confidence: 'possible' }),
        symbol: `${call.package}.${call.api.name}`,
      };
    }
  },
});

/** Whether claims have an end; text that is put together is no object and has none, but what was made into JSON is one. */
function claimState(script: Script, { node, values }: Payload): State {
  const state = hasClaim(values, 'exp');
  if (state !== 'unknown' || !node) return state;
  let first = initialValue(bindingsOf(script), node);
  if (first.type === 'CallExpression') {
    const [claims] = first.arguments;
    if (dottedName(first.callee) === 'JSON.stringify' && claims) return hasClaim(originsOf(script).valuesOf(claims), 'exp');
    return MAKES_TEXT.test(lastName(first.callee) ?? '') ? 'absent' : state;
  }
  while (first.type === 'BinaryExpression' && first.operator === '+') first = unwrap(first.left);
  const text =
    first.type === 'TemplateLiteral'
      ? first.quasis[0]?.value.raw
      : first.type === 'Literal' && typeof first.value === 'string'
        ? first.value
        : undefined;
  return text === undefined || /^\s*\{/.test(text) ? 'unknown' : 'absent';
}

/** What gives text that is no JSON: of an id, mostly. */
const MAKES_TEXT = /^(?:toString|String|toHexString)$/;

/** Whether the call's own options or chained methods give an end. */
function optionsOf(script: Script, call: JwtCall): State {
  let state: State = 'absent';
  for (const { at, method } of call.api.expiry ?? []) {
    let each: State;
    if (method === undefined) each = stateOf(call.at(at));
    else {
      const builder = builderOf(script, call.node);
      each = callsNamed(builder, method).length > 0 ? 'given' : builder.complete ? 'absent' : 'unknown';
    }
    if (each === 'given') return 'given';
    if (each === 'unknown') state = 'unknown';
  }
  return state;
}

/** Whether the library's settings give an end to all tokens: those of the same script; others are not seen. */
function settingsOf(script: Script, call: JwtCall): State {
  if (!isConfigured(call)) return 'absent';
  const settings = callsOf(script).filter((each) => each.package === call.package && each.api.kind === 'config' && each.api.expiry);
  if (settings.length === 0) return 'unknown';
  let state: State = 'absent';
  for (const each of settings) {
    // Options that somebody else makes (`useClass`) hold no key here.
    const own: State = each.keyGiven ? stateOf(each.api.expiry!.flatMap(({ at }) => each.at(at))) : 'unknown';
    if (own === 'given') return 'given';
    if (own === 'unknown') state = 'unknown';
  }
  return state;
}

/** Calls of objects that were given their options when they were made. */
function isConfigured(call: JwtCall): boolean {
  return call.package === '@nestjs/jwt' || call.package === '@fastify/jwt' || call.package === 'fastify-jwt';
}

function stateOf(values: readonly Value[]): State {
  let state: State = 'absent';
  for (const value of values) {
    if (value.kind === 'text' || value.kind === 'number' || value.kind === 'environment') return 'given';
    if (value.kind !== 'nullish') state = 'unknown';
  }
  return state;
}

/** Claims that say what a token is good for beside being logged in. */
function isNoSession(values: readonly Value[]): boolean {
  return values.some((value) => {
    if (value.kind !== 'object') return false;
    for (const [name, inner] of value.members) {
      // A security event token tells what happened and ends never (RFC 8417, 2.2 and 4.1).
      if (name === 'events' && inner.some((each) => each.kind === 'object')) return true;
      if (!/^(?:purpose|type|typ|kind|use|usage|scope|action|aud|token_?type)$/i.test(name)) continue;
      if (
        inner.some(
          (each) =>
            each.kind === 'text' &&
            /unsubscri|api[-_ ]?key|webhook|service|machine|bot|invit|share|public|widget|preview|download|upload/i.test(each.text),
        )
      )
        return true;
    }
    return false;
  });
}

function exampleOf(call: JwtCall): string {
  const [first] = call.api.expiry ?? [];
  if (!first) return '`exp` in the payload, in seconds since 1970';
  if (first.method !== undefined) return `\`.${first.method}('15m')\``;
  return `\`${first.at.slice(1).join('.')}: '15m'\``;
}
