/**
 * Who gave a token, and whether something checks it beside the place that reads it: the same function, the middleware of
 * its route, a guard of its class.
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { bindingsOf, initialValue, type Bindings, type FunctionNode, type Variable } from './bindings.js';
import { argumentsFor, callsOfFunction, functionCalledBy } from './called-functions.js';
import { callsOf } from './calls.js';
import { functionNamed, functionsAround } from './decoded-use.js';
import { isOwnModule } from './import-names.js';
import { logCall } from './log-calls.js';
import { originsOf } from './origins.js';
import { dottedName, memberName, startOf, unwrap, type Node } from './syntax.js';
import { CHECK_NAME } from './token-checks.js';
import { tokenSplitBy } from './unverified-tokens.js';

/**
 * `request`: whoever sent the request; `own`: signed here; `stored`: a file, or the browser's storage; `parameter`: the
 * caller; `fetched`: the answer of another call; `unknown`: nothing tells.
 */
export type TokenGiver = 'request' | 'own' | 'stored' | 'parameter' | 'fetched' | 'unknown';

export interface TokenOrigin {
  readonly giver: TokenGiver;
  /** Variables that the token passed through, requests not among them. */
  readonly variables: ReadonlySet<Variable>;
  /** The expression as dotted names, when it is one. */
  readonly text: string | undefined;
}

/** Names of what carries a request. */
const REQUESTS = new Set(['req', 'request', 'ctx', 'context', 'c', 'socket', 'handshake', 'event', 'conn', 'connection', 'ws']);
/** Names of the parts of a request that tokens come in. */
const REQUEST_PARTS = new Set(['headers', 'header', 'authorization', 'Authorization', 'cookies', 'cookie', 'handshake', 'signedCookies']);
const BROWSER_STORES = new Set(['localStorage', 'sessionStorage', 'AsyncStorage', 'Cookies', 'SecureStore', 'document']);
const VALUE_METHODS =
  /^(?:split|replace|replaceAll|slice|substring|substr|trim|toString|at|pop|shift|match|exec|get|header|getHeader|getAll|find|concat|toLowerCase|cookie|param|query|switchToHttp|getRequest|getArgs|getContext|getClient|create)$/;

/** True for names such as `req`, and paths that end in a part of a request. */
export function isRequestLike(dotted: string | undefined): boolean {
  if (dotted === undefined) return false;
  const parts = dotted.split('.');
  return parts.some((part) => REQUEST_PARTS.has(part)) || REQUESTS.has(parts[parts.length - 1]!) || REQUESTS.has(parts[0]!);
}

/** Functions of the platform that give what they are given, written differently. */
const CONVERSIONS: ReadonlySet<string> = new Set(['String', 'decodeURIComponent', 'unescape', 'atob']);

/** Functions of the file that hand a token on to each other. */
const MAX_CALLERS = 3;

const signersByScript = new WeakMap<Script, ReadonlySet<Node>>();

/** The calls of a script that sign. */
function signersOf(script: Script): ReadonlySet<Node> {
  let found = signersByScript.get(script);
  if (!found)
    signersByScript.set(script, (found = new Set(callsOf(script).flatMap(({ api, node }) => (api.kind === 'sign' ? [node] : [])))));
  return found;
}

const callersByParameter = new WeakMap<Node, (ReadonlySet<TokenGiver> | undefined)[]>();

/** Who gives what the callers in this file hand to a parameter; worked out once for each, however many they are. */
function giversOfCallers(script: Script, name: Node, callers: number): ReadonlySet<TokenGiver> {
  let known = callersByParameter.get(name);
  if (!known) callersByParameter.set(name, (known = []));
  return (known[callers] ??= callers < MAX_CALLERS ? findGivers(script, name, callers + 1) : new Set());
}

function findGivers(script: Script, name: Node, callers: number): ReadonlySet<TokenGiver> {
  const bindings = bindingsOf(script);
  const owner = functionsAround(script, name)[0];
  // Of one variable, handed over at many calls, one tells as much as all.
  const given = new Map((owner ? argumentsFor(bindings, owner, name) : []).map((each) => [bindings.variableOf(each) ?? each, each]));
  return new Set([...given.values()].map((each) => tokenOriginOf(script, each, callers).giver));
}

/** Traces a token back to who gave it, inside the file. */
export function tokenOriginOf(script: Script, token: Node, callers = 0): TokenOrigin {
  const bindings = bindingsOf(script);
  const signers = signersOf(script);
  const variables = new Set<Variable>();
  const givers = new Set<TokenGiver>();
  const seen = new Set<Node>();
  const stack: Node[] = [token];
  for (let node = stack.pop(); node && seen.size < 300; node = stack.pop()) {
    const inner = unwrap(node);
    if (seen.has(inner)) continue;
    seen.add(inner);
    if (signers.has(inner)) {
      givers.add('own');
      continue;
    }
    switch (inner.type) {
      case 'Identifier':
        identifier(inner);
        break;
      case 'MemberExpression': {
        const dotted = dottedName(inner);
        if (isRequestLike(dotted)) givers.add('request');
        else if (REQUEST_PARTS.has(memberName(inner) ?? '')) givers.add('request');
        else if (isOfAnswer(inner)) givers.add('fetched');
        else stack.push(inner.object);
        break;
      }
      case 'CallExpression':
        call(inner);
        break;
      case 'LogicalExpression':
        stack.push(inner.left, inner.right);
        break;
      case 'ConditionalExpression':
        stack.push(inner.consequent, inner.alternate);
        break;
      case 'AssignmentExpression':
        stack.push(inner.right);
        break;
      case 'TemplateLiteral':
        stack.push(...inner.expressions);
        break;
      case 'ThisExpression':
        givers.add('unknown');
        break;
    }
  }
  const giver = (['own', 'stored', 'request', 'fetched', 'parameter', 'unknown'] as const).find((each) => givers.has(each)) ?? 'unknown';
  return { giver, variables, text: dottedName(token) };

  function identifier(node: TSESTree.Identifier): void {
    const variable = bindings.variableOf(node);
    if (!variable) {
      if (BROWSER_STORES.has(node.name)) givers.add('stored');
      return;
    }
    if (REQUESTS.has(node.name) || REQUEST_PARTS.has(node.name)) givers.add('request');
    else variables.add(variable);
    if (BROWSER_STORES.has(node.name)) givers.add('stored');
    for (const definition of variable.definitions) {
      if (definition.kind === 'variable' && definition.node.type === 'VariableDeclarator') {
        if (definition.node.init) stack.push(definition.node.init);
      } else if (definition.kind === 'parameter') parameter(definition.name);
    }
    for (const reference of variable.references) {
      const above = bindings.parentOf(reference);
      if (above?.type === 'AssignmentExpression' && above.left === reference) stack.push(above.right);
    }
  }

  function parameter(name: Node): void {
    if (isOAuthCallback(bindings, name)) {
      givers.add('fetched');
      return;
    }
    const callerGivers = giversOfCallers(script, name, callers);
    const [only] = callerGivers;
    if (callerGivers.has('request')) givers.add('request');
    // Of several callers, and of none that this file knows, nothing is sure.
    givers.add(callerGivers.size === 1 && only !== undefined && only !== 'unknown' ? only : 'parameter');
    // `{ req }`, `@Headers('authorization') token: string`, `{ headers: { authorization } }`
    for (let node: Node | undefined = name; node && !('params' in node); node = bindings.parentOf(node)) {
      if (node.type === 'Property' && node.key.type === 'Identifier' && isRequestLike(node.key.name)) givers.add('request');
      const decorators = (node as { decorators?: readonly TSESTree.Decorator[] }).decorators ?? [];
      for (const { expression } of decorators) {
        const maker = expression.type === 'CallExpression' ? expression.callee : expression;
        if (
          maker.type === 'Identifier' &&
          /^(?:Headers|Req|Request|Body|Query|Param|Cookies?|ConnectedSocket|MessageBody|Args)$/.test(maker.name)
        )
          givers.add('request');
      }
    }
  }

  function call(node: TSESTree.CallExpression): void {
    const callee = unwrap(node.callee);
    const name = callee.type === 'MemberExpression' ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined;
    const own = functionCalledBy(bindings, node);
    if (own) {
      const returns = bindings.returnsOf(own);
      if (returns.length > 0) stack.push(...returns);
      else givers.add('fetched');
      return;
    }
    for (const argument of node.arguments) {
      if (argument.type === 'SpreadElement') continue;
      const dotted = dottedName(argument);
      if (isRequestLike(dotted) && dotted!.split('.').every((part) => part !== 'body' && part !== 'query' && part !== 'params')) {
        givers.add('request');
        return;
      }
    }
    if (callee.type === 'Identifier' && CONVERSIONS.has(callee.name)) {
      stack.push(...node.arguments.slice(0, 1));
      return;
    }
    if (callee.type === 'Identifier') {
      // Next's `cookies()` and `headers()`, Nuxt's kin.
      if (/^(?:use)?(?:cookies|headers|request)$/i.test(callee.name)) givers.add('request');
      else givers.add('fetched');
      return;
    }
    if (callee.type === 'MemberExpression') {
      const dotted = dottedName(callee);
      if (BROWSER_STORES.has(dotted?.replace(/^window\./, '').split('.')[0] ?? '')) givers.add('stored');
      else if (isRequestLike(dotted) || isRequestLike(dottedName(callee.object))) givers.add('request');
      else if (name !== undefined && VALUE_METHODS.test(name)) stack.push(callee.object);
      else if (name !== undefined && /^readFile/.test(name)) givers.add('stored');
      else if (name === 'parse' && node.arguments[0] && node.arguments[0].type !== 'SpreadElement') stack.push(node.arguments[0]);
      else givers.add('fetched');
    } else givers.add('fetched');
  }
}

/** What the answer of a token endpoint, and what frameworks make of it, is called. */
const TOKEN_ANSWER = /^(?:account|grant|credentials|params|tokens?|tokenSet|(?:token|oauth)?_?(?:response|result|data)|oauth\w{0,20})$/i;

/** What is surely no part of a request, so that an access token in it is this server's own. */
const OWN_ANSWER = /^(?:tokenSet|(?:token|oauth|auth(?:entication)?)_?(?:response|result)|result)$/i;

/** `params.id_token`, `account.id_token`: what this server got from a token endpoint (OpenID Connect Core 1.0, 3.1.3.3). */
function isOfAnswer(node: TSESTree.MemberExpression): boolean {
  const token = /^(id|access)_?token$/i.exec(memberName(node) ?? '')?.[1]?.toLowerCase();
  if (token === undefined) return false;
  const object = unwrap(node.object);
  const name = object.type === 'Identifier' ? object.name : object.type === 'MemberExpression' ? memberName(object) : undefined;
  return name !== undefined && (token === 'id' ? TOKEN_ANSWER : OWN_ANSWER).test(name);
}

/** True for a parameter of the callback that OAuth strategies take: `(accessToken, refreshToken, …)`. */
function isOAuthCallback(bindings: Bindings, name: Node): boolean {
  let node: Node | undefined = name;
  while (node && !('params' in node)) node = bindings.parentOf(node);
  const names = node ? (node as FunctionNode).params.map((each) => (each.type === 'Identifier' ? each.name : '')) : [];
  return names.some((each, index) => /^_?access_?token$/i.test(each) && /^_?refresh_?token$/i.test(names[index + 1] ?? ''));
}

/** Calls that check a token's signature, with the token that they are given: library calls, and functions called so. */
interface Check {
  readonly node: Node;
  readonly tokens: readonly Node[];
  /** True when a library of the table does it. */
  readonly known: boolean;
}

const checks = new WeakMap<Script, readonly Check[]>();

function checksOf(script: Script): readonly Check[] {
  let found = checks.get(script);
  if (found) return found;
  const bindings = bindingsOf(script);
  const known = new Map<Node, boolean>();
  for (const call of callsOf(script)) {
    const waived = (call.api.waivers ?? []).some(
      (waiver) => waiver.of === 'signature' && call.at(waiver.at).some((value) => value.kind === 'boolean' && value.value),
    );
    if (waived || call.api.kind === 'decode' || call.api.kind === 'sign') continue;
    if (call.api.kind === 'verify' || /verify$/i.test(call.api.name)) known.set(call.node, true);
  }
  const wrapped = wrappersOf(script, [...known.keys()]);
  found = bindings.calls.flatMap((node): Check[] => {
    const callee = unwrap(node.callee);
    const index = wrapped.get(node);
    if (index !== undefined) {
      const token = node.arguments[index];
      return token && token.type !== 'SpreadElement' ? [{ node, tokens: [token], known: true }] : [];
    }
    const isKnown = known.has(node);
    const name = callee.type === 'MemberExpression' ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined;
    if (!isKnown && (name === undefined || !CHECK_NAME.test(name))) return [];
    const tokens = node.arguments.flatMap((argument): Node[] => {
      if (argument.type === 'SpreadElement') return [];
      // `verifyIdToken({ idToken, audience })`
      if (argument.type === 'ObjectExpression')
        return argument.properties.flatMap((property) => (property.type === 'Property' ? [property.value] : []));
      return [argument];
    });
    return [{ node, tokens: isKnown ? tokens.slice(0, 1) : tokens, known: isKnown }];
  });
  found = [...found, ...comparedSignaturesOf(script)];
  checks.set(script, found);
  return found;
}

/** Tokens whose third part, the signature, is compared with something or handed to a function. */
function comparedSignaturesOf(script: Script): readonly Check[] {
  const bindings = bindingsOf(script);
  const referencesTo = (name: Node): readonly Node[] =>
    (bindings.variableOf(name)?.references ?? []).filter((reference) => reference !== name);
  const found: Check[] = [];
  for (const split of bindings.calls) {
    const token = tokenSplitBy(split);
    if (!token) continue;
    // `[head, payload, signature] = token.split('.')`, `parts[2]`, and a name that either was given.
    const lists: Node[] = [split];
    const signatures: Node[] = [];
    // Names may be given to each other in a circle.
    const seen = new Set<Node>();
    for (let list = lists.pop(); list; list = lists.pop()) {
      if (seen.has(list)) continue;
      seen.add(list);
      const above = aboveAssertions(bindings, list);
      if (above?.type === 'MemberExpression' && memberName(above) === '2') signatures.push(above);
      if (above?.type !== 'VariableDeclarator') continue;
      if (above.id.type === 'Identifier') lists.push(...referencesTo(above.id));
      const third = above.id.type === 'ArrayPattern' ? above.id.elements[2] : undefined;
      if (third?.type === 'Identifier') signatures.push(...referencesTo(third));
    }
    for (let part = signatures.pop(); part; part = signatures.pop()) {
      if (seen.has(part)) continue;
      seen.add(part);
      const above = aboveAssertions(bindings, part);
      if (above?.type === 'VariableDeclarator' && above.id.type === 'Identifier') signatures.push(...referencesTo(above.id));
      if (above && checksWhatItIsGiven(script, above)) found.push({ node: above, tokens: [token], known: true });
    }
  }
  return found;
}

/** What a node stands in, assertions about it and optional chains left out. */
function aboveAssertions(bindings: Bindings, node: Node): Node | undefined {
  let above = bindings.parentOf(node);
  while (above && /^(?:TS(?:As|NonNull|Satisfies)|Chain)Expression$/.test(above.type)) above = bindings.parentOf(above);
  return above;
}

/** A comparison with something that is not written out, or a call that is no log's. */
function checksWhatItIsGiven(script: Script, node: Node): boolean {
  if (node.type === 'BinaryExpression') return ![node.left, node.right].some((side) => side.type === 'Literal');
  return (node.type === 'CallExpression' || node.type === 'NewExpression') && logCall(script, node) === undefined;
}

/**
 * Calls of functions of the file that hand one of their parameters to a known check, or to such a function, with the
 * parameter's index. Each check and each wrapper is looked at once.
 */
function wrappersOf(script: Script, known: readonly Node[]): ReadonlyMap<Node, number> {
  const bindings = bindingsOf(script);
  const wrapped = new Map<Node, number>();
  const stack = known.map((node) => ({ node, index: 0 }));
  for (let check = stack.pop(); check; check = stack.pop()) {
    if (check.node.type !== 'CallExpression') continue;
    const token = check.node.arguments[check.index];
    const wrapper = functionsAround(script, check.node)[0];
    if (!wrapper || token?.type !== 'Identifier') continue;
    const variable = bindings.variableOf(token);
    const index = wrapper.params.findIndex((each) => each.type === 'Identifier' && bindings.variableOf(each) === variable);
    if (index < 0) continue;
    for (const call of callsOfFunction(bindings, startOf(wrapper))) {
      if (call.type !== 'CallExpression' || wrapped.has(call)) continue;
      wrapped.set(call, index);
      stack.push({ node: call, index });
    }
  }
  return wrapped;
}

/** Where a function is named: its declaration's references, or those of the variable that holds it. */
function mentionsOf(bindings: Bindings, node: FunctionNode): readonly Node[] {
  const above = bindings.parentOf(node);
  const name =
    node.type === 'FunctionDeclaration'
      ? node.id
      : above?.type === 'VariableDeclarator' && above.id.type === 'Identifier'
        ? above.id
        : undefined;
  return name ? (bindings.variableOf(name)?.references ?? []) : [];
}

/** How a token is checked in the functions around a place that reads it. */
export type Checked = 'no' | 'yes' | 'failed';

/**
 * Whether the same token is verified in the function that reads it, before or after: `failed` when the place is the
 * `catch` of that very verification.
 */
export function checkedAround(script: Script, place: Node, token: Node | undefined): Checked {
  const around = functionsAround(script, place);
  const origin = token && tokenOriginOf(script, token);
  for (const check of checksOf(script)) {
    if (check.node === place) continue;
    const others = functionsAround(script, check.node);
    const inner = others[0];
    const own = around[0];
    // One of the two functions stands in the other, or they are the same; top-level code is no function.
    if (!inner || !own || !(around.includes(inner) || others.includes(own))) continue;
    if (origin && !check.tokens.some((other) => sameToken(script, origin, other)) && check.tokens.length > 0) continue;
    if (!origin && !check.known) continue;
    if (isPassedBy(bindingsOf(script), place, check.node)) continue;
    return isInCatchOf(script, place, check.node) ? 'failed' : 'yes';
  }
  return 'no';
}

function sameToken(script: Script, one: TokenOrigin, other: Node): boolean {
  const second = tokenOriginOf(script, other);
  if (one.text !== undefined && one.text === second.text) return true;
  for (const variable of second.variables) if (one.variables.has(variable)) return true;
  return false;
}

/** True when who comes through `place` does not come to a check below it: it stands in the other branch, or `place`'s branch leaves. */
function isPassedBy(bindings: Bindings, place: Node, check: Node): boolean {
  if (startOf(check) < startOf(place)) return isInOtherBranch(bindings, place, check);
  const around = new Set<Node>();
  for (let node: Node | undefined = check; node; node = bindings.parentOf(node)) around.add(node);
  for (let above: Node | undefined = place; above && !around.has(above); above = bindings.parentOf(above))
    if (above.type === 'BlockStatement' && bindings.parentOf(above)?.type === 'IfStatement' && leaves(above)) return true;
  return isInOtherBranch(bindings, place, check);
}

/** True when two places stand in the two branches of one `if`. */
function isInOtherBranch(bindings: Bindings, place: Node, check: Node): boolean {
  const branches = new Map<Node, Node>();
  for (let above = bindings.parentOf(check), below: Node = check; above; below = above, above = bindings.parentOf(above))
    if (above.type === 'IfStatement' && above.test !== below) branches.set(above, below);
  for (let above = bindings.parentOf(place), below: Node = place; above; below = above, above = bindings.parentOf(above)) {
    const other = branches.get(above);
    if (other && above.type === 'IfStatement' && above.test !== below) return other !== below;
  }
  return false;
}

/** True when nothing after a statement is reached through it. */
function leaves(statement: Node): boolean {
  switch (statement.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
      return true;
    case 'BlockStatement':
      return statement.body.some(leaves);
    case 'IfStatement':
      return statement.alternate !== null && leaves(statement.consequent) && leaves(statement.alternate);
    case 'TryStatement':
      return leaves(statement.block) && (statement.handler === null || leaves(statement.handler.body));
    default:
      return false;
  }
}

/** True when `place` stands in the handler of the `try` whose block holds `check`. */
function isInCatchOf(script: Script, place: Node, check: Node): boolean {
  const bindings = bindingsOf(script);
  for (let above = bindings.parentOf(place), below: Node = place; above; below = above, above = bindings.parentOf(above)) {
    if (above.type !== 'TryStatement' || above.handler !== below) continue;
    for (let node: Node | undefined = check; node; node = bindings.parentOf(node)) if (node === above.block) return true;
  }
  return false;
}

/** True when a function holds a check of any token, or calls a function of the file that does. */
function holdsCheck(script: Script, node: FunctionNode): boolean {
  return checksOf(script).some((check) => functionsAround(script, check.node).includes(node));
}

const ROUTES = /^(?:get|post|put|patch|delete|del|all|use|head|options|route|register|on|handle)$/;
/** Of these, the methods of routers that take a path before anything else. */
const PATH_FIRST = /^(?:get|post|put|patch|delete|del|all|head|options)$/;
const GUARDS = /^(?:UseGuards|Auth\w*|Authorized|JwtAuth\w*|UseBefore|Roles?|Protected|Secured)$/;

/** True when something that may verify stands before a function: middleware of its route or application, a guard of its class. */
export function isGuarded(script: Script, place: Node): boolean {
  const bindings = bindingsOf(script);
  for (const node of functionsAround(script, place)) {
    for (const route of routesOf(script, node)) if (hasGuard(script, route.call, route.index)) return true;
  }
  for (let above = bindings.parentOf(place); above; above = bindings.parentOf(above)) {
    for (const { expression } of (above as { decorators?: readonly TSESTree.Decorator[] }).decorators ?? []) {
      const maker = expression.type === 'CallExpression' ? expression.callee : expression;
      const name = maker.type === 'Identifier' ? maker.name : maker.type === 'MemberExpression' ? memberName(maker) : undefined;
      if (name !== undefined && GUARDS.test(name)) return true;
    }
  }
  return false;
}

/** True inside of a function that this file makes the handler of a route: what stands before it is seen here. */
export function isInRoute(script: Script, place: Node): boolean {
  return functionsAround(script, place).some((node) => routesOf(script, node).length > 0);
}

/** Calls that a function is handed to as a handler, directly or by its name. */
function routesOf(script: Script, node: FunctionNode): readonly { readonly call: TSESTree.CallExpression; readonly index: number }[] {
  const bindings = bindingsOf(script);
  const mentions = [node, ...mentionsOf(bindings, node)];
  return mentions.flatMap((mention) => {
    const call = bindings.parentOf(mention);
    if (call?.type !== 'CallExpression' || call.callee === mention) return [];
    const callee = unwrap(call.callee);
    if (callee.type !== 'MemberExpression' || !ROUTES.test(memberName(callee) ?? '')) return [];
    return [{ call, index: call.arguments.indexOf(mention as TSESTree.CallExpressionArgument) }];
  });
}

function hasGuard(script: Script, route: TSESTree.CallExpression, index: number): boolean {
  const callee = unwrap(route.callee) as TSESTree.MemberExpression;
  // Where a route begins with its path, that checks nothing, whatever holds it.
  const first = PATH_FIRST.test(memberName(callee) ?? '') ? 1 : 0;
  for (const argument of route.arguments.slice(first, index)) if (mayVerify(script, argument)) return true;
  // A middleware that the whole application or router uses.
  const receiver = dottedName(callee.object)?.split('.')[0];
  if (memberName(callee) === 'use' && index === route.arguments.length - 1 && route.arguments.length === 1) return false;
  for (const call of bindingsOf(script).calls) {
    if (call.type !== 'CallExpression' || call === route) continue;
    const other = unwrap(call.callee);
    if (other.type !== 'MemberExpression' || !/^(?:use|addHook|register)$/.test(memberName(other) ?? '')) continue;
    if (dottedName(other.object) !== receiver) continue;
    for (const argument of call.arguments) if (mayVerify(script, argument, true)) return true;
  }
  return false;
}

/** True for something out of a file of the repository that checks tokens. */
function verifiesElsewhere(script: Script, node: Node): boolean {
  return originsOf(script)
    .evaluate(node)
    .some(
      (value) =>
        value.kind === 'import' &&
        (script.imports(value.specifier, value.from)?.verifies === true ||
          // Nobody can look there.
          (script.followsImports === false && isOwnModule(script.project, value.specifier))),
    );
}

/** True when an argument of a route may check a token. Of functions of other files nothing is known, so they may. */
function mayVerify(script: Script, argument: TSESTree.CallExpressionArgument, byName = false): boolean {
  const inner = argument.type === 'SpreadElement' ? argument.argument : unwrap(argument);
  switch (inner.type) {
    case 'Identifier': {
      const local = functionNamed(script, inner);
      if (local) return holdsCheck(script, local);
      const made = initialValue(bindingsOf(script), inner);
      if (made.type === 'CallExpression' && mayVerify(script, made, byName)) return true;
      return byName ? /auth|jwt|protect|verify|guard|passport|session|login/i.test(inner.name) || verifiesElsewhere(script, inner) : true;
    }
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return holdsCheck(script, inner);
    case 'CallExpression': {
      const known = callsOf(script).filter((call) => call.node === inner);
      if (known.some(({ api }) => api.kind === 'verify' || api.algorithms !== undefined)) return true;
      // cookie-parser, sessions: what they check are their own cookies.
      if (known.length > 0) return false;
      return byName
        ? /auth|jwt|protect|verify|guard|passport|login/i.test(dottedName(inner.callee) ?? '') || verifiesElsewhere(script, inner.callee)
        : true;
    }
    case 'MemberExpression':
      return byName
        ? /auth|jwt|protect|verify|guard|passport|login/i.test(dottedName(inner) ?? '') || verifiesElsewhere(script, inner)
        : true;
    case 'ArrayExpression':
      return inner.elements.some((element) => element !== null && mayVerify(script, element, byName));
    case 'ObjectExpression':
      return inner.properties.some(
        (property) =>
          property.type === 'Property' &&
          property.key.type === 'Identifier' &&
          /^(?:preHandler|onRequest|preValidation|preParsing|pre|auth|middlewares?)$/.test(property.key.name),
      );
    default:
      return false;
  }
}
