import type { TSESTree } from '@typescript-eslint/types';
import { defineRule, type Confidence, type Finding, type Level, type Script } from './contract.js';
import { bindingsOf, type FunctionNode } from './facts/bindings.js';
import { argumentsFor } from './facts/called-functions.js';
import { callsOf } from './facts/calls.js';
import { functionName, functionsAround, usesOf, type Use } from './facts/decoded-use.js';
import { originsOf } from './facts/origins.js';
import { runsInBrowser } from './facts/runtime.js';
import { dottedName, memberName, placeOf, startOf, unwrap, type Node } from './facts/syntax.js';
import { checkedAround, isGuarded, isInRoute, tokenOriginOf, type TokenGiver } from './facts/token-trust.js';
import { unverifiedReadsOf, type UnverifiedRead } from './facts/unverified-tokens.js';
import { onlyText } from './facts/value-sets.js';

export default defineRule({
  id: 'no-unverified-decode',
  title: 'Disallow deciding who somebody is by a token whose signature nobody checked',
  severity: 'error',
  messages: {
    decides: {
      what: '{{call}} does not check the signature, and {{use}}.',
      fix: 'Verify the token and use what the verification returns: `jwt.verify(token, key, { algorithms: [...] })`.',
    },
    browser: {
      what: '{{call}} does not check the signature, and {{use}}: in the browser this decides what is shown, never what is allowed.',
      fix: 'Make sure that the server verifies the token on every request that this page makes.',
    },
    waived: {
      what: '{{call}} is told not to check the signature.',
      fix: 'Leave the argument out: the call verifies then.',
    },
  },
  docs: {
    why: 'Anybody can write a token that says anything. Decoding reads it; only verification proves who wrote it.',
    cwe: [345, 347],
    securitySeverity: 9.1,
    references: [
      { title: 'RFC 8725, 3.3: Validate All Cryptographic Operations', url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.3' },
      {
        title: 'OWASP: JSON Web Token Cheat Sheet',
        url: 'https://cheatsheetseries.owasp.org/cheatsheets/JSON_Web_Token_for_Java_Cheat_Sheet.html',
      },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    for (const read of unverifiedReadsOf(script)) {
      const finding = judge(script, read);
      if (finding) yield finding;
    }
  },
});

/** Claims of a token's life and of its key, which decide nothing about a person. */
const LIFE = new Set([
  'exp',
  'iat',
  'nbf',
  'auth_time',
  'iss',
  'kid',
  'alg',
  'typ',
  'jti',
  'nonce',
  'azp',
  'cnf',
  'jku',
  'x5u',
  'cty',
  'vc',
  'vp',
]);
const IDENTITY =
  /^(?:sub|_?id|uid|uuid|upn|oid|login|e?mail|name|nickname|phone|is[A-Z_]\w*|has[A-Z_]\w*|\w*(?:user|admin|role|scope|perm|group|tenant|org|account|member|customer|owner|company|team|client|staff|email|access|privilege|authorit|workspace|project)\w*)$/i;
/** A claim that says by itself what somebody may do. */
const FLAG =
  /^(?:is|has|can)_?(?=[A-Z_])\w*(?:admin|staff|root|owner|manager|moderator|super|access|perm|role)|^(?:admin|staff|superuser|superadmin)$/i;
/** Names under which a request, a session or a context carries who is calling. */
const CALLER =
  /^(?:current|auth|authenticated|logged|loggedIn|jwt|decoded|token|verified)?_?(?:user|account|member|customer|admin|principal|identity|session|auth|claims|credentials|profile|viewer|tenant|organization|company|subject)(?:_?(?:id|name|email|roles?|data|info|payload|claims))?$|^(?:_?id|sub|uid|email|roles?|permissions|scopes?|decoded|payload|(?:decoded|jwt|token|auth)_?(?:token|jwt|data|info|payload|claims)|jwt|token)$/i;
const CARRIER = new Set([
  'req',
  'request',
  'ctx',
  'context',
  'socket',
  'ws',
  'conn',
  'connection',
  'client',
  'event',
  'res',
  'response',
  'c',
  'reply',
  'locals',
]);
const LOOKUP = /^(?:find|get|load|fetch|select|aggregate|query|count)/i;
const CHANGE = /^(?:update|upsert|delete|remove|destroy|deactivate|revoke|log_?out|sign_?out|create|insert|save)/i;
const PEOPLE = /user|account|member|customer|admin|profile|principal|identity|person|employee|owner|auth/i;
const GIVES_CALLER =
  /^(?:get|load|resolve|require|read|extract|fetch|use)?_?(?:current|auth(?:enticated)?|logged_?in|session)_?(?:user|account|member|viewer|session)(?:_?(?:id|from\w+))?$|^(?:get|resolve|require|extract|load)_?(?:user|account|viewer|identity|principal|session|auth|caller)(?:_?(?:id|from\w*|by_?token|by_?jwt))?$|^(?:authenticate|authorize|identify|verify|validate)\w*$|^is_?(?:auth\w*|admin\w*|logged_?in|valid_?token)$/i;

interface Verdict {
  readonly use: Node;
  readonly says: string;
  readonly sure: boolean;
  /** False for what only matters on a server. */
  readonly inBrowser: boolean;
  /** True where a claim is compared, and nothing says that it becomes who is calling. */
  readonly compares?: true;
}

function judge(script: Script, read: UnverifiedRead): Finding | undefined {
  if (read.path[0] === 'header') return undefined;
  const base = { anchor: placeOf(script.path, read.node), symbol: read.name };
  const checked = checkedAround(script, read.node, read.token);
  if (read.waived) {
    if (checked === 'yes') return undefined;
    return { ...base, message: 'waived', data: { call: read.name }, confidence: 'certain' };
  }
  if (checked === 'yes') return undefined;
  const given = read.token ? tokenOriginOf(script, read.token).giver : 'unknown';
  // Who signs tokens and gets one back from a caller gets what a client sent.
  const giver = given === 'parameter' && isOwnKind(script, read) ? 'request' : given;
  const browser = runsInBrowser(script);
  if (giver === 'own' || giver === 'fetched' || giver === 'unknown' || (giver === 'stored' && !browser)) return undefined;
  if (checked === 'failed' && asksForExpiry(script, read.node)) return undefined;
  if (isGuarded(script, read.node)) return undefined;
  let best: Verdict | undefined;
  for (const use of [...usesOf(script, read.node, read.path)].sort((one, other) => startOf(one.node) - startOf(other.node))) {
    const verdict = judgeUse(script, use, giver);
    if (!verdict || (browser && !verdict.inBrowser) || (best && (best.sure || !verdict.sure))) continue;
    if (isElsewhere(script, read, verdict.use) && isCheckedThere(script, read, verdict.use)) continue;
    best = verdict;
  }
  if (!best) return undefined;
  // What is compared may be a token that this service got from its provider, or signed itself: only the caller knows.
  const level: Level = browser || (giver === 'parameter' && best.compares) ? 'warning' : 'error';
  const confidence: Confidence = browser ? 'possible' : best.sure && giver === 'request' ? 'certain' : 'likely';
  return {
    ...base,
    message: browser ? 'browser' : 'decides',
    data: { call: read.name, use: best.says },
    use: placeOf(script.path, best.use),
    level,
    confidence,
  };
}

/**
 * True for a token of the kind that the file itself signs, with the same object, and verifies nowhere; nothing but the
 * read asks for it, such as a comparison with what was kept of it.
 */
function isOwnKind(script: Script, { node, token }: UnverifiedRead): boolean {
  const read = callsOf(script).find((call) => call.node === node);
  const own = token && unwrap(token);
  // `token`, or `body.token` of what a caller hands in.
  const whole = own?.type === 'MemberExpression' ? unwrap(own.object) : own;
  const variable = whole && bindingsOf(script).variableOf(whole);
  if (!read || !variable || callsOf(script).some(({ api }) => api.kind === 'verify' || api.algorithms !== undefined)) return false;
  const object = receiverOf(read.node);
  if (!callsOf(script).some((call) => call.api.kind === 'sign' && call.package === read.package && receiverOf(call.node) === object))
    return false;
  return variable.references.every((reference) => {
    const above = bindingsOf(script).parentOf(reference);
    const member = own !== whole && above?.type === 'MemberExpression' ? above : undefined;
    if (member && memberName(member) !== memberName(own as TSESTree.MemberExpression)) return true;
    const asked = member ?? reference;
    return asked === own || asksOnlyForPresence(script, asked);
  });
}

/** What a call is a method of, as dotted names. */
function receiverOf(node: Node): string | undefined {
  const callee = node.type === 'CallExpression' ? unwrap(node.callee) : undefined;
  return callee?.type === 'MemberExpression' ? dottedName(callee.object) : undefined;
}

/** `if (!token)`, `token ? ... : ...`, `token && ...` */
function asksOnlyForPresence(script: Script, reference: Node): boolean {
  const bindings = bindingsOf(script);
  let below = reference;
  let above = bindings.parentOf(below);
  while (above?.type === 'UnaryExpression' && above.operator === '!') [below, above] = [above, bindings.parentOf(above)];
  if (above?.type === 'IfStatement' || above?.type === 'ConditionalExpression') return above.test === below;
  return above?.type === 'LogicalExpression' && above.left === below;
}

/** True when a use stands in another function than the read. */
function isElsewhere(script: Script, read: UnverifiedRead, use: Node): boolean {
  const around = functionsAround(script, use);
  const own = functionsAround(script, read.node)[0];
  return own !== undefined && !around.includes(own);
}

/** Tokens that one function gives to a reader and that are looked at: written code has one. */
const MOST_GIVEN = 20;

const givenByParameter = new WeakMap<Node, ReadonlyMap<FunctionNode | undefined, readonly Node[]>>();

/** What the calls of a function give for one of its parameters, by the function that calls. */
function givenFor(script: Script, owner: FunctionNode, parameter: Node): ReadonlyMap<FunctionNode | undefined, readonly Node[]> {
  let known = givenByParameter.get(parameter);
  if (!known) {
    const found = new Map<FunctionNode | undefined, Node[]>();
    for (const given of argumentsFor(bindingsOf(script), owner, parameter)) {
      const [caller] = functionsAround(script, given);
      const list = found.get(caller) ?? [];
      if (list.length < MOST_GIVEN) found.set(caller, [...list, given]);
    }
    givenByParameter.set(parameter, (known = found));
  }
  return known;
}

/** True when the function that uses what another one has read checks the token that it gave that one, or stands behind a check. */
function isCheckedThere(script: Script, { node, token }: UnverifiedRead, use: Node): boolean {
  if (checkedAround(script, use, undefined) === 'yes' || isGuarded(script, use)) return true;
  const reader = functionsAround(script, node)[0];
  const parameter = token && bindingsOf(script).variableOf(unwrap(token))?.definitions[0];
  if (!reader || parameter?.kind !== 'parameter') return false;
  const given = givenFor(script, reader, parameter.name);
  return functionsAround(script, use).some((caller) => given.get(caller)?.some((each) => checkedAround(script, use, each) === 'yes'));
}

/** What is read of the payload: without the part of the token, and without what decides nothing. */
function claimOf(use: Use): readonly string[] | undefined {
  const path = use.path[0] === 'payload' ? use.path.slice(1) : use.path;
  if (path[0] === 'header' || path[0] === 'protectedHeader' || path[0] === 'signature') return undefined;
  return path[0] !== undefined && LIFE.has(path[0]) ? undefined : path;
}

function judgeUse(script: Script, use: Use, giver: TokenGiver): Verdict | undefined {
  const claim = claimOf(use);
  if (!claim) return undefined;
  const whole = claim.length === 0;
  const says = whole ? 'what it says' : `the claim \`${claim.join('.')}\``;
  const identity = claim.some((part) => IDENTITY.test(part));
  switch (use.kind) {
    case 'assigned': {
      if (use.truthOnly) return undefined;
      const target = dottedName(use.target);
      const parts = target?.split('.') ?? [];
      const names = [parts[parts.length - 1] ?? '', ...use.under];
      if (!parts.slice(0, -1).some((part) => CARRIER.has(part)) || !names.some((name) => CALLER.test(name))) return undefined;
      if (!whole && !identity && !CALLER.test(names[0]!)) return undefined;
      return { use: use.target, says: `${says} becomes \`${target!}\``, sure: true, inBrowser: false };
    }
    case 'compared': {
      if (whole || use.truthOnly || use.under.length > 0 || isNothing(use.other)) return undefined;
      const inGuard = claim[0] === 'aud' && enclosing(script, use.node).some((name) => name === 'canActivate');
      if (!identity && !inGuard) return undefined;
      return { use: use.node, says: `${says} decides`, sure: true, inBrowser: isPrivilege(claim), compares: true };
    }
    case 'tested':
      if (use.under.length > 0 || !FLAG.test(claim.at(-1) ?? '')) return undefined;
      return { use: use.node, says: `${says} decides`, sure: true, inBrowser: isPrivilege(claim), compares: true };
    case 'member':
      // The payload as text, in which a guard looks for a permission.
      if (whole && use.under.length === 0 && enclosing(script, use.node).includes('canActivate'))
        return { use: use.call, says: `${says} decides`, sure: true, inBrowser: false };
      if (whole || !identity || use.under.length > 0 || use.method === 'find') return undefined;
      return { use: use.call, says: `${says} decides`, sure: true, inBrowser: isPrivilege(claim), compares: true };
    case 'given':
      return givenTo(script, use, { whole, says, identity, giver, claim });
    case 'returned':
      return returnedFrom(script, use, { whole, says, identity, giver });
    default:
      return undefined;
  }
}

interface Claim {
  readonly whole: boolean;
  readonly says: string;
  readonly identity: boolean;
  readonly giver: TokenGiver;
}

function givenTo(
  script: Script,
  use: Use & { readonly kind: 'given' },
  claim: Claim & { readonly claim: readonly string[] },
): Verdict | undefined {
  const callee = unwrap(use.call.callee);
  const method = callee.type === 'MemberExpression' ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined;
  if (method === undefined || use.truthOnly) return undefined;
  const found = (says: string, sure: boolean, inBrowser = false): Verdict => ({
    use: use.call,
    says: `${claim.says} ${says}`,
    sure,
    inBrowser,
  });
  const first = use.call.arguments[0];
  if (callee.type === 'MemberExpression') {
    if (/^(?:includes|has|indexOf)$/.test(method))
      return claim.identity && !claim.whole ? found('decides', true, isPrivilege(claim.claim)) : undefined;
    if (method === 'assign' && dottedName(callee) === 'Object.assign')
      return first && CARRIER.has(dottedName(first) ?? '') && use.under.some((name) => CALLER.test(name))
        ? found('becomes the caller', true)
        : undefined;
    const name = /^(?:set|setUser|decorate)$/.test(method) && use.index === 1 ? nameIn(script, first) : undefined;
    if (name !== undefined) return CALLER.test(name) ? found(`becomes \`${name}\` of the context`, true) : undefined;
  } else if (/^(?:done|cb|callback|verified)$/.test(method)) {
    const isSuccess =
      use.index === 1 && (first?.type === 'Literal' ? first.value === null : first?.type === 'Identifier' && first.name === 'undefined');
    return isSuccess && (claim.whole || claim.identity) ? found(`goes to \`${method}\` as the user`, true) : undefined;
  }
  if (claim.whole || !claim.identity || claim.giver !== 'request') return undefined;
  // `where(eq(users.id, claim))`
  if (method === 'eq') {
    const column = use.call.arguments[1 - use.index];
    return column && PEOPLE.test(dottedName(column) ?? '') ? found('chooses whose data it is', false) : undefined;
  }
  const changes = CHANGE.test(method);
  if (!changes && !LOOKUP.test(method)) return undefined;
  if (/key|secret|issuer|tenant/i.test(method)) return undefined;
  // Of other records than those of people only where nothing that this file does not show may stand before it.
  if (!PEOPLE.test(dottedName(callee) ?? method) && !isInRoute(script, use.call)) return undefined;
  return found(changes ? 'chooses whose data is changed' : 'chooses whose data is loaded', false);
}

/** The text that an argument is, written there or by a constant. */
function nameIn(script: Script, argument: TSESTree.CallExpressionArgument | undefined): string | undefined {
  return argument && argument.type !== 'SpreadElement' ? onlyText(originsOf(script).valuesOf(argument)) : undefined;
}

function returnedFrom(script: Script, use: Use & { readonly kind: 'returned' }, claim: Claim): Verdict | undefined {
  const name = functionName(script, use.from);
  const found = (says: string): Verdict => ({ use: use.node, says: `${claim.says} ${says}`, sure: true, inBrowser: false });
  if (name === 'canActivate') return found('lets the request pass');
  if (use.truthOnly) return undefined;
  if (isParameterDecorator(script, use.from))
    return claim.whole || claim.identity ? found('becomes the user that handlers are given') : undefined;
  if (name === undefined) return undefined;
  if (/context$/i.test(name) && claim.giver === 'request' && use.under.length > 0 && CALLER.test(use.under[use.under.length - 1]!))
    return found('becomes the user of the context');
  if (!GIVES_CALLER.test(name) || !(claim.whole || claim.identity)) return undefined;
  // A helper that only hands on its caller's token is judged by name where the name promises a check.
  if (claim.giver !== 'request' && !/^(?:verify|validate|authenticate)/i.test(name)) return undefined;
  return found(`is what \`${name}\` answers`);
}

/** The callback of Nest's `createParamDecorator`. */
function isParameterDecorator(script: Script, node: FunctionNode): boolean {
  const above = bindingsOf(script).parentOf(node);
  return above?.type === 'CallExpression' && dottedName(above.callee)?.split('.').pop() === 'createParamDecorator';
}

function enclosing(script: Script, node: Node): readonly (string | undefined)[] {
  return functionsAround(script, node).map((each) => functionName(script, each));
}

function isPrivilege(claim: readonly string[]): boolean {
  return claim.some((part) => /role|admin|perm|scope|staff|privilege|authorit/i.test(part));
}

/** `undefined`, `null`, an empty text: a comparison with it asks only whether a claim is there. */
function isNothing(node: Node): boolean {
  const inner = unwrap(node);
  if (inner.type === 'Identifier') return inner.name === 'undefined';
  if (inner.type === 'UnaryExpression') return inner.operator === 'void' || inner.operator === 'typeof';
  return inner.type === 'Literal' && (inner.value === null || inner.value === '');
}

/** True in a `catch` that looks for expired tokens: their signature was good. */
function asksForExpiry(script: Script, node: Node): boolean {
  const bindings = bindingsOf(script);
  for (let above = bindings.parentOf(node); above; above = bindings.parentOf(above)) {
    if (above.type === 'CatchClause') {
      const { start, end } = placeOf(script.path, above as TSESTree.CatchClause);
      return script.text.slice(start, end).toLowerCase().includes('expired');
    }
  }
  return false;
}
