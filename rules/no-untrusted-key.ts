import { defineRule, type Finding, type Script } from './contract.js';
import { bindingsOf } from './facts/bindings.js';
import { callsOf, type JwtCall } from './facts/calls.js';
import { usesOf, type Use } from './facts/decoded-use.js';
import { dottedName, keyName, memberName, placeOf, startOf, unwrap, type Node } from './facts/syntax.js';
import { unverifiedReadsOf } from './facts/unverified-tokens.js';

export default defineRule({
  id: 'no-untrusted-key',
  title: 'Disallow keys that the token itself names without a fixed list to look them up in',
  severity: 'error',
  messages: {
    kid: {
      what: 'The `kid` of a token that nobody verified yet becomes part of {{use}}.',
      fix: 'Look the id up in a fixed map or a key set, or bind it as a parameter of the query.',
    },
    fetched: {
      what: 'The `kid` of a token that nobody verified yet becomes part of an address that is fetched{{host}}.',
      fix: 'Look the id up in the key set at a fixed address, or put `encodeURIComponent(...)` around it.',
    },
    address: {
      what: 'The `{{name}}` of the token says where its key is fetched from.',
      fix: "Fetch keys from the issuer's own fixed address, e.g. `createRemoteJWKSet(new URL(...))`.",
    },
    embedded: {
      what: 'The token is verified with the key that it brings along (`{{name}}`).',
      fix: "Use the issuer's own key; a token's own key proves nothing.",
    },
  },
  docs: {
    why: 'Whoever forges a token also writes its header: with a key of their own address, their own key, or an id that leads to a file or row they know, their signature is right.',
    cwe: [22, 89, 918],
    securitySeverity: 9.1,
    references: [
      { title: 'RFC 8725, 3.10: Do Not Trust Received Claims', url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.10' },
      { title: 'RFC 7515, 4.1: Registered Header Parameter Names', url: 'https://www.rfc-editor.org/rfc/rfc7515#section-4.1' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    for (const call of callsOf(script)) {
      const embedded = call.keys.find(
        (value) => value.kind === 'import' && value.specifier === 'jose' && value.path.includes('EmbeddedJWK'),
      );
      if (embedded && !isProof(call)) yield report(script, 'embedded', call.node, { name: 'EmbeddedJWK' });
      for (const { at, is, of } of call.api.waivers ?? [])
        if (of === 'key' && call.at(at).some((value) => value.kind === 'boolean' && value.value === is))
          yield report(script, 'embedded', call.node, { name: String(at[at.length - 1]) });
    }
    const reported = new Set<Node>();
    for (const uses of headerUses(script)) {
      for (const part of ['kid', 'jku', 'x5u', 'jwk'] as const) {
        const own = uses.filter((use) => isPart(use, part));
        if (own.some(isChecked)) continue;
        for (const use of own) {
          const finding = judge(script, part, use);
          if (!finding || reported.has(use.node)) continue;
          reported.add(use.node);
          yield finding;
          break;
        }
      }
    }
  },
});

/** A verification that asks for a type of token which proves who holds a key (RFC 9449, 4.2), by the `typ` of its options. */
function isProof(call: JwtCall): boolean {
  const types = call.at([2, 'typ']);
  return types.length > 0 && types.every((value) => value.kind === 'text' && /(?:^dpop|proof)\+jwt$/i.test(value.text));
}

function report(script: Script, message: string, node: Node, data: Record<string, string>): Finding {
  return { message, data, anchor: placeOf(script.path, node), confidence: 'certain', symbol: data['name'] ?? message };
}

/** The uses of every header of a token that nobody verified yet: decoded ones, and those that key functions are given. */
function* headerUses(script: Script): Iterable<readonly Use[]> {
  for (const read of unverifiedReadsOf(script)) yield usesOf(script, read.node, read.path);
  const bindings = bindingsOf(script);
  const seen = new Set<Node>();
  for (const call of callsOf(script)) {
    if (call.api.kind !== 'verify' || call.node.type !== 'CallExpression') continue;
    if (call.package !== 'jsonwebtoken' && call.package !== 'jose') continue;
    let getter: Node | undefined = call.node.arguments[1];
    if (getter?.type === 'Identifier') {
      const definition = bindings.variableOf(getter)?.definitions[0];
      getter = definition?.node.type === 'VariableDeclarator' ? (definition.node.init ?? undefined) : definition?.node;
    }
    if (!getter || !('params' in getter) || seen.has(getter)) continue;
    seen.add(getter);
    const header = (getter as { readonly params: readonly Node[] }).params[0];
    if (header?.type === 'Identifier')
      for (const reference of bindings.variableOf(header)?.references ?? []) yield usesOf(script, reference, ['header']);
    else if (header?.type === 'ObjectPattern')
      for (const property of header.properties) {
        if (property.type !== 'Property' || property.value.type !== 'Identifier') continue;
        const name = keyName(property.key, property.computed) ?? '*';
        for (const reference of bindings.variableOf(property.value)?.references ?? []) yield usesOf(script, reference, ['header', name]);
      }
  }
}

function isPart(use: Use, part: string): boolean {
  const at = use.path.lastIndexOf(part);
  return at >= 0 && at === use.path.length - 1 && (at === 0 || use.path[at - 1] === 'header');
}

/** A comparison or a look into a list of known ones chooses, not the token. */
function isChecked(use: Use): boolean {
  if (use.truthOnly) return false;
  if (use.kind === 'compared') {
    const other = unwrap(use.other);
    return (
      !(other.type === 'Literal' && (other.value === null || other.value === '')) &&
      !(other.type === 'Identifier' && other.name === 'undefined')
    );
  }
  if (use.kind === 'member') return true;
  return (
    use.kind === 'given' &&
    /^(?:includes|indexOf|has|test|isUUID|validate\w*|assert\w*|sanitize\w*|basename|escape\w*)$/i.test(calleeOf(use))
  );
}

function calleeOf(use: Use & { readonly kind: 'given' }): string {
  const callee = unwrap(use.call.callee);
  return (callee.type === 'MemberExpression' ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined) ?? '';
}

const READS = /^(?:readFile|readFileSync|createReadStream|open|openSync|readText)$/;
const JOINS = /^(?:join|resolve|normalize)$/;
const RUNS = /^(?:exec|execSync|execFile|execFileSync|spawn|spawnSync)$/;
const FETCHES = /^(?:fetch|axios|request|got|ofetch|createRemoteJWKSet|jwksClient|jwksRsa|JwksClient|importKeys|asKeyStore)$/;
/** What a `get` fetches with, rather than looks up in. */
const FETCHERS = /(?:^|\.)(?:axios|got|https?|httpService|request|superagent|needle|ky|undici)\.get$/;
const IMPORTS = /^(?:importJWK|createPublicKey|jwkToPem|jwk2pem|jwktopem|asKey)$/i;

function judge(script: Script, part: 'kid' | 'jku' | 'x5u' | 'jwk', use: Use): Finding | undefined {
  if (part === 'kid') {
    const target = destination(script, use, 0);
    if (target === undefined) return undefined;
    if (target !== ADDRESS) return report(script, 'kid', use.node, { use: target });
    // Behind a host that is written out, nobody but that host answers.
    const fixed = use.kind === 'text' && /[/?#]/.test(script.text.slice(startOf(use.template), startOf(use.node)).replace(/\w+:\/\//, ''));
    const finding = report(script, 'fetched', use.node, { host: fixed ? '' : ', its host perhaps' });
    return fixed ? { ...finding, level: 'warning', confidence: 'likely' } : finding;
  }
  if (part === 'jwk') {
    if (use.kind !== 'given' || !IMPORTS.test(calleeOf(use))) return undefined;
    return report(script, 'embedded', use.node, { name: part });
  }
  return fetches(script, use, 0) ? report(script, 'address', use.node, { name: part }) : undefined;
}

const ADDRESS = 'an address';

/** What a key's id becomes part of: a path that is read, a query, a command, an address. */
function destination(script: Script, use: Use, depth: number): string | undefined {
  if (depth > 3 || use.truthOnly) return undefined;
  if (use.kind === 'text') {
    // sql`... ${kid}`: a tag binds its parts as parameters.
    if (bindingsOf(script).parentOf(use.template)?.type === 'TaggedTemplateExpression') return undefined;
    if (/\b(?:select|insert|update|delete)\b[\s\S]{0,200}\b(?:from|into|set|where)\b/i.test(staticText(use.template)))
      return 'an SQL statement';
    return onward(script, use.template, depth);
  }
  if (use.kind !== 'given') return undefined;
  const name = calleeOf(use);
  if (READS.test(name)) return use.index === 0 && use.under.length === 0 ? 'a path' : undefined;
  if (RUNS.test(name)) return isRegularExpression(use) ? undefined : 'a command';
  if (isFetch(use)) return ADDRESS;
  if (name === 'URL') return use.index === 0 ? onward(script, use.call, depth) : undefined;
  return JOINS.test(name) && use.under.length === 0 ? onward(script, use.call, depth) : undefined;
}

/** `PATTERN.exec(kid)` runs nothing. */
function isRegularExpression(use: Use & { readonly kind: 'given' }): boolean {
  const callee = unwrap(use.call.callee);
  return callee.type === 'MemberExpression' && !/child|process|cp/i.test(callee.object.type === 'Identifier' ? callee.object.name : '');
}

function onward(script: Script, node: Node, depth: number): string | undefined {
  for (const next of usesOf(script, node)) {
    const found = destination(script, next, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The parts of a text that are written out. */
function staticText(template: Node): string {
  const found: string[] = [];
  const stack: Node[] = [template];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.type === 'TemplateLiteral') found.push(...node.quasis.map((quasi) => quasi.value.raw));
    else if (node.type === 'Literal') found.push(String(node.value));
    else if (node.type === 'BinaryExpression') stack.push(node.right, node.left as Node);
  }
  return found.join(' ');
}

/** True when an address from the token is fetched, perhaps as a URL or an option, and its host is not looked at. */
function fetches(script: Script, use: Use, depth: number): boolean {
  if (depth > 3 || use.truthOnly) return false;
  if (use.kind === 'text') return usesOf(script, use.template).some((each) => fetches(script, each, depth + 1));
  if (use.kind !== 'given') return false;
  const name = calleeOf(use);
  if (name === 'URL') {
    const next = usesOf(script, use.call);
    if (next.some((each) => isChecked(each))) return false;
    return next.some((each) => fetches(script, each, depth + 1));
  }
  return isFetch(use);
}

/** Whether what is given to a call is where it fetches from. */
function isFetch(use: Use & { readonly kind: 'given' }): boolean {
  const name = calleeOf(use);
  const fetches = FETCHES.test(name) || (name === 'get' && FETCHERS.test(dottedName(use.call.callee) ?? ''));
  return fetches && (use.under.length === 0 ? use.index === 0 : /uri|url/i.test(use.under.join('.')));
}
