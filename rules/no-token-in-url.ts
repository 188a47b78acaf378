import type { TSESTree } from '@typescript-eslint/types';
import { defineRule, type Finding, type Level, type Script } from './contract.js';
import { bindingsOf, type FunctionNode } from './facts/bindings.js';
import { argumentsFor, functionCalledBy } from './facts/called-functions.js';
import { callsOf } from './facts/calls.js';
import { functionNamed } from './facts/decoded-use.js';
import { importName } from './facts/import-names.js';
import { propertyOf } from './facts/object-properties.js';
import { tokenName } from './facts/names.js';
import { originsOf } from './facts/origins.js';
import { onlyText } from './facts/value-sets.js';
import { shownParts } from './facts/shown-parts.js';
import { namesAround } from './facts/surroundings.js';
import { dottedName, keyName, lastName, memberName, placeOf, unwrap, type Node } from './facts/syntax.js';
import { tokenArgument, tokenValuesOf, usesTokens } from './facts/token-values.js';

/** What a link is for that somebody opens from a mail: it can hold its token nowhere else. */
const MAILED = /reset|forgot|verif(?:y|ication)-?_?(?:e?mail|account|address)|e?mail|confirm|activat|invit|unsubscribe|magic/i;

/** Parts of a request that give tokens by their names. */
const HOLDS_CREDENTIALS = new Set(['headers', 'cookies', 'signedCookies']);

/** Uses of a variable that are followed to what it was given. */
const MAX_PARTS = 200;

export default defineRule({
  id: 'no-token-in-url',
  title: 'Disallow tokens in the query of a URL',
  severity: 'warning',
  messages: {
    written: {
      what: 'A whole token is put into the query of a URL.',
      fix: 'Send it in a header or set a cookie (`HttpOnly`, `Secure`, `SameSite`); where only a redirect is left, use a short-lived code that is exchanged once.',
    },
    read: {
      what: '{{call}} takes its token from the query of the URL.',
      fix: 'Take it from the `Authorization` header or a cookie.',
    },
    taken: {
      what: 'The token of a request is taken from the query of its URL where no header has one.',
      fix: 'Take it from the `Authorization` header or a cookie alone.',
    },
    extractor: {
      what: '`{{call}}` takes tokens from the query of the URL.',
      fix: 'Use `ExtractJwt.fromAuthHeaderAsBearerToken()`, or a function that reads a cookie.',
    },
  },
  docs: {
    why: 'URLs are kept in the logs of servers and proxies, in the history of browsers, and are sent to other sites as the referrer: whoever reads one there has the token.',
    cwe: [598],
    securitySeverity: 5.3,
    references: [
      { title: 'RFC 6750, 2.3: URI Query Parameter', url: 'https://www.rfc-editor.org/rfc/rfc6750#section-2.3' },
      { title: 'RFC 6750, 5.3: Summary of Recommendations', url: 'https://www.rfc-editor.org/rfc/rfc6750#section-5.3' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    const reported = new Set<number>();
    for (const finding of [...extractors(script), ...getters(script), ...read(script), ...taken(script), ...written(script)]) {
      if (reported.has(finding.anchor.start)) continue;
      reported.add(finding.anchor.start);
      yield finding;
    }
  },
});

/** Lowers what belongs to a mailed link. */
function levelAt(script: Script, node: Node, text = ''): { readonly level?: Level } {
  const isMailed = MAILED.test(text) || (!isRedirect(script, node) && namesAround(script, node).some((name) => MAILED.test(name)));
  return isMailed ? { level: 'info' } : {};
}

/** Whether a part of a URL is given to `response.redirect(...)`: where the link of a mail leads, not the link. */
function isRedirect(script: Script, part: Node): boolean {
  const bindings = bindingsOf(script);
  let above = bindings.parentOf(part);
  while (above?.type === 'TemplateLiteral' || above?.type === 'BinaryExpression') above = bindings.parentOf(above);
  return above?.type === 'CallExpression' && /(?:^|\.)redirect$/.test(dottedName(above.callee) ?? '');
}

/** passport-jwt's extractor for the query. */
function* extractors(script: Script): Iterable<Finding> {
  const origins = originsOf(script);
  for (const call of bindingsOf(script).calls) {
    const callee = unwrap(call.callee);
    if (callee.type !== 'MemberExpression' || memberName(callee) !== 'fromUrlQueryParameter') continue;
    const known = origins.evaluate(callee).some((value) => value.kind === 'import' && value.specifier === 'passport-jwt');
    if (!known) continue;
    yield {
      message: 'extractor',
      data: { call: 'ExtractJwt.fromUrlQueryParameter' },
      anchor: placeOf(script.path, call),
      confidence: 'certain',
      symbol: 'passport-jwt.fromUrlQueryParameter',
    };
  }
}

/** Options of middlewares that say where their tokens come from, by package. */
const TOKEN_GETTERS: ReadonlyMap<string, string> = new Map([
  ['express-jwt', 'getToken'],
  ['koa-jwt', 'getToken'],
  ['koa-jwt2', 'getToken'],
  ['restify-jwt-community', 'getToken'],
  ['passport-jwt', 'jwtFromRequest'],
]);

/** Middlewares whose own function reads the query, or that are told a parameter of it. */
function* getters(script: Script): Iterable<Finding> {
  const bindings = bindingsOf(script);
  for (const call of callsOf(script)) {
    const option = TOKEN_GETTERS.get(call.package);
    const places: Node[] = [];
    if (option !== undefined) {
      for (const value of call.at([0])) {
        const given = propertyOf(script, value.at, option)?.value;
        for (const getter of given ? functionsIn(script, given) : [])
          places.push(...bindings.returnsOf(getter).flatMap((answer) => queryRead(script, answer) ?? []));
      }
    } else if (call.package === 'hapi-auth-jwt2') {
      for (const value of call.at([2, 'urlKey'])) {
        if (value.kind !== 'text' && !(value.kind === 'boolean' && value.value)) continue;
        const [options] = call.at([2]);
        const property = options && propertyOf(script, options.at, 'urlKey');
        if (property) places.push(property);
      }
    }
    for (const place of places) {
      yield {
        message: 'read',
        data: { call: `${call.package} ${call.api.name || 'middleware'}` },
        anchor: placeOf(script.path, place),
        use: call.place,
        confidence: 'certain',
        symbol: `${call.package}.${option ?? 'urlKey'}`,
      };
    }
  }
}

/** A function, one of this file by its name, or several in `ExtractJwt.fromExtractors([...])`. */
function functionsIn(script: Script, node: Node): readonly FunctionNode[] {
  const inner = unwrap(node);
  if (inner.type === 'ArrowFunctionExpression' || inner.type === 'FunctionExpression') return [inner];
  if (inner.type === 'Identifier') return [functionNamed(script, inner) ?? []].flat();
  if (inner.type !== 'CallExpression') return [];
  const callee = unwrap(inner.callee);
  const [list] = inner.arguments;
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'fromExtractors' || list?.type !== 'ArrayExpression') return [];
  return list.elements.flatMap((element) =>
    element && element.type !== 'SpreadElement' && element.type !== 'CallExpression' ? functionsIn(script, element) : [],
  );
}

/** Verifications of a token that the query gave. */
function* read(script: Script): Iterable<Finding> {
  for (const call of callsOf(script)) {
    const token = call.api.kind === 'decode' ? undefined : tokenArgument(call);
    const from = token && queryRead(script, token);
    if (!from) continue;
    yield {
      message: 'read',
      data: { call: `${call.package} ${call.api.name}` },
      anchor: placeOf(script.path, from),
      use: call.place,
      confidence: 'certain',
      symbol: `${call.package}.${call.api.name}.query`,
      ...levelAt(script, call.node),
      ...levelAt(script, from),
    };
  }
}

/** What is given a token out of the headers or cookies of a request, or else out of its query. */
function* taken(script: Script): Iterable<Finding> {
  if (!usesTokens(script.project)) return;
  const bindings = bindingsOf(script);
  const given = new Map<unknown, Node[]>();
  for (const node of bindings.named) {
    const [target, value] =
      node.type === 'VariableDeclarator' ? [node.id, node.init] : node.type === 'AssignmentExpression' ? [node.left, node.right] : [];
    if (target?.type !== 'Identifier' || !value) continue;
    const variable = bindings.variableOf(target) ?? target;
    const parts = given.get(variable);
    if (parts) parts.push(...shownParts(script, value));
    else given.set(variable, [...shownParts(script, value)]);
  }
  for (const parts of given.values()) {
    const query = parts.find((part) => isQueryRead(part) && tokenName(nameRead(part) ?? '') !== undefined);
    if (!query || !parts.some(isCredential)) continue;
    yield {
      message: 'taken',
      anchor: placeOf(script.path, query),
      confidence: 'likely',
      symbol: `request.query.${nameRead(query) ?? ''}`,
      ...levelAt(script, query),
    };
  }
}

/** What is read by a name in quotes or as a member: `headers.authorization`, `get('authorization')`. */
function nameRead(node: Node): string | undefined {
  if (node.type === 'MemberExpression') return memberName(node);
  const [name] = node.type === 'CallExpression' ? node.arguments : [];
  return name?.type === 'Literal' && typeof name.value === 'string' ? name.value : undefined;
}

/** A token of a request's headers or cookies, and what is cut out of it: `req.headers.authorization?.split(' ')[1]`. */
function isCredential(node: Node): boolean {
  for (let inner = unwrap(node); ;) {
    const name = nameRead(inner);
    const from = inner.type === 'CallExpression' ? unwrap(inner.callee) : inner;
    if (from.type !== 'MemberExpression') return false;
    const holder = unwrap(from.object);
    const isHeld =
      (holder.type === 'MemberExpression' && HOLDS_CREDENTIALS.has(memberName(holder) ?? '')) ||
      (inner.type === 'CallExpression' && /^(?:get|header)$/.test(memberName(from) ?? '') && /^(?:authorization|x-)/i.test(name ?? ''));
    // `x-access-tokens` holds one, too.
    if (isHeld && name !== undefined && tokenName(name.replace(/s$/, '')) !== undefined) return true;
    inner = holder;
  }
}

/** The read of the query that an expression may be worth, through choices and variables. */
function queryRead(script: Script, node: Node): Node | undefined {
  const bindings = bindingsOf(script);
  const stack: Node[] = [node];
  const seen = new Set<Node>();
  for (let parts = 0, next = stack.pop(); next && parts < MAX_PARTS; parts++, next = stack.pop()) {
    for (const part of shownParts(script, next)) {
      if (seen.has(part)) continue;
      seen.add(part);
      if (isQueryRead(part)) return part;
      if (part.type === 'CallExpression') {
        // `req.query.token.trim()`, and what a function of the file takes out of a request.
        if (part.callee.type === 'MemberExpression') stack.push(part.callee.object);
        const called = functionCalledBy(bindings, part);
        if (called) stack.push(...bindings.returnsOf(called));
      }
      if (part.type !== 'Identifier') continue;
      const variable = bindings.variableOf(part);
      for (const reference of variable?.references ?? []) {
        const above = bindings.parentOf(reference);
        if (above?.type === 'AssignmentExpression' && above.left === reference) stack.push(above.right);
      }
      for (const { kind, node: declarator, name } of variable?.definitions ?? []) {
        if (kind === 'parameter') stack.push(...argumentsFor(bindings, declarator as FunctionNode, name));
        if (kind !== 'variable' || declarator.type !== 'VariableDeclarator' || !declarator.init) continue;
        if (declarator.id === name) stack.push(declarator.init);
        // `const { token } = req.query`
        else if (declarator.id.type === 'ObjectPattern' && isQuery(unwrap(declarator.init))) return name;
      }
    }
  }
  return undefined;
}

/** What requests call the parameters of their query; an event of Lambda, by its whole name. */
const QUERIES: ReadonlySet<string | undefined> = new Set(['query', 'queryStringParameters']);

function isQuery(node: Node): boolean {
  return node.type === 'MemberExpression' && (QUERIES.has(memberName(node)) || memberName(node) === 'searchParams');
}

/** OpenID Connect RP-Initiated Logout 1.0, 2: an ID token that tells the provider whom to log out has its place in the query. */
function isHint(script: Script, name: TSESTree.CallExpressionArgument | undefined): boolean {
  return name !== undefined && name.type !== 'SpreadElement' && onlyText(originsOf(script).valuesOf(name)) === 'id_token_hint';
}

/** `req.query.token`, `event.queryStringParameters.token`, `c.req.query('token')`, `url.searchParams.get('token')`. */
function isQueryRead(node: Node): boolean {
  if (node.type === 'MemberExpression') {
    const object = unwrap(node.object);
    return object.type === 'MemberExpression' && QUERIES.has(memberName(object));
  }
  if (node.type !== 'CallExpression') return false;
  const callee = unwrap(node.callee);
  // `_.get(req, 'query.token')`
  const [object, path] = node.arguments;
  if (lastName(callee) === 'get' && object?.type === 'Identifier' && path?.type === 'Literal') return /^query\.\w/.test(String(path.value));
  if (node.arguments.length !== 1) return false;
  if (callee.type !== 'MemberExpression') return false;
  if (memberName(callee) === 'get') {
    const object = unwrap(callee.object);
    return (
      (object.type === 'MemberExpression' && memberName(object) === 'searchParams') ||
      (object.type === 'Identifier' && object.name === 'searchParams')
    );
  }
  return memberName(callee) === 'query' && unwrap(callee.object).type === 'MemberExpression';
}

/** Tokens that are written into a query. */
function* written(script: Script): Iterable<Finding> {
  const bindings = bindingsOf(script);
  const tokens = tokenValuesOf(script);
  const found = (part: Node, text = ''): Finding | undefined => {
    const token = tokens.token(part);
    // An access token that nothing but its name tells of may be another service's, which wants it there.
    if (!token || (token.confidence !== 'certain' && !/jw[ts]/i.test(token.name ?? ''))) return undefined;
    return {
      message: 'written',
      anchor: placeOf(script.path, part),
      confidence: token.confidence,
      symbol: `url.${token.name ?? 'token'}`,
      ...levelAt(script, part, text),
    };
  };
  for (const node of bindings.composed) {
    // Of what stands before a piece its end tells the parameter, its beginning what the link is for.
    let start = '';
    let end = '';
    let isFragment = false;
    for (const piece of piecesOf(node)) {
      if (typeof piece === 'string') {
        // Behind a `#` nothing is sent.
        isFragment ||= piece.includes('#');
        if (start.length < 500) start += piece;
        end = `${end}${piece}`.slice(-50);
        continue;
      }
      if (!isFragment && /[?&][\w.%[\]-]{1,40}=(?:(?:bearer|jwt)(?: |%20|\+))?$/i.test(end)) {
        for (const part of shownParts(script, piece)) {
          const finding = found(part, start);
          if (finding) yield finding;
        }
      }
      end = '';
    }
  }
  const origins = originsOf(script);
  for (const call of bindings.calls) {
    const callee = unwrap(call.callee);
    for (const value of queryMembers(script, call)) {
      for (const part of shownParts(script, value)) {
        const finding = found(part);
        if (finding) yield finding;
      }
    }
    if (call.type === 'CallExpression') {
      // `url.searchParams.set('token', token)`
      const method = callee.type === 'MemberExpression' ? memberName(callee) : undefined;
      if (callee.type !== 'MemberExpression' || (method !== 'set' && method !== 'append') || !call.arguments[1]) continue;
      const object = unwrap(callee.object);
      if (object.type !== 'MemberExpression' || memberName(object) !== 'searchParams' || isHint(script, call.arguments[0])) continue;
      for (const part of shownParts(script, call.arguments[1])) {
        const finding = found(part);
        if (finding) yield finding;
      }
    } else {
      // `new URLSearchParams({ token })` that becomes part of a text; a form's body is made with it too.
      const first = call.arguments[0];
      if (first?.type !== 'ObjectExpression' || !becomesText(call)) continue;
      if (!origins.evaluate(callee).some((value) => value.kind === 'import' && importName(value) === 'global:URLSearchParams')) continue;
      for (const property of first.properties) {
        if (property.type !== 'Property' || keyName(property.key, property.computed) === undefined) continue;
        for (const part of shownParts(script, property.value)) {
          const finding = found(part);
          if (finding) yield finding;
        }
      }
    }
  }

  function becomesText(node: Node): boolean {
    let above = bindings.parentOf(node);
    if (above?.type === 'MemberExpression') above = bindings.parentOf(bindings.parentOf(above) ?? above);
    return above?.type === 'TemplateLiteral' || (above?.type === 'BinaryExpression' && above.operator === '+');
  }
}

/** Clients that write an option into the query of a URL, and which one; axios sends the data of some methods before its options. */
const CLIENTS: ReadonlyMap<string, string> = new Map([
  ['axios', 'params'],
  ['ky', 'searchParams'],
  ['got', 'searchParams'],
  ['ofetch', 'query'],
  ['socket.io-client', 'query'],
  ['next/router', 'query'],
  ['vue-router', 'query'],
]);
const METHODS_WITH_DATA = new Set(['post', 'put', 'patch', 'postForm', 'putForm', 'patchForm']);

/** What the options of a request, a connection or a navigation put into the query. */
function queryMembers(script: Script, call: TSESTree.CallExpression | TSESTree.NewExpression): readonly Node[] {
  const options = call.arguments.filter((argument) => argument.type === 'ObjectExpression');
  if (call.type !== 'CallExpression' || options.length === 0) return [];
  let name: string | undefined;
  let method: string | undefined;
  for (const value of originsOf(script).evaluate(call.callee)) {
    if (value.kind !== 'import' || !CLIENTS.has(value.specifier)) continue;
    name = CLIENTS.get(value.specifier);
    method = value.path.at(-1);
  }
  if (name === undefined) return [];
  const given = METHODS_WITH_DATA.has(method ?? '') && name === 'params' ? call.arguments.slice(2) : options;
  return given.flatMap((argument) =>
    argument.type !== 'ObjectExpression'
      ? []
      : argument.properties.flatMap((property) =>
          property.type === 'Property' && keyName(property.key, property.computed) === name && property.value.type === 'ObjectExpression'
            ? property.value.properties.flatMap((each) => (each.type === 'Property' ? [each.value] : []))
            : [],
        ),
  );
}

/** Texts and expressions of a template or a concatenation, in order; left-deep chains are taken apart without recursion. */
function piecesOf(node: TSESTree.TemplateLiteral | TSESTree.BinaryExpression): readonly (string | Node)[] {
  const pieces: (string | Node)[] = [];
  const stack: Node[] = [node];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const inner = unwrap(next);
    if (inner.type === 'Literal' && typeof inner.value === 'string') pieces.push(inner.value);
    else if (inner.type === 'BinaryExpression' && inner.operator === '+') stack.push(inner.right, inner.left);
    else if (inner.type === 'TemplateLiteral') {
      inner.quasis.forEach((quasi, index) => {
        pieces.push(quasi.value.cooked ?? '');
        const expression = inner.expressions[index];
        if (expression) pieces.push(expression);
      });
    } else pieces.push(inner);
  }
  return pieces;
}
