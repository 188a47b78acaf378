import { defineRule, type Confidence, type Finding, type Script } from './contract.js';
import { storageWritesOf } from './facts/browser-storage.js';
import { tokenName } from './facts/names.js';
import { originsOf } from './facts/origins.js';
import { keyName, memberName, placeOf, unwrap, type Node } from './facts/syntax.js';
import { tokenValuesOf } from './facts/token-values.js';

export default defineRule({
  id: 'no-token-in-storage',
  title: 'Disallow tokens in the storage of a browser',
  severity: 'off',
  messages: {
    kept: {
      what: 'A token is kept in `{{storage}}`, where every script of the page can read it.',
      fix: 'Let the server set it as a cookie with HttpOnly, Secure and SameSite, or keep it in memory and renew it by such a cookie.',
    },
  },
  docs: {
    why: 'One script that an attacker brings into the page, or a dependency that turns bad, reads the storage and takes the session away. A cookie with HttpOnly is out of its reach.',
    cwe: [922],
    securitySeverity: 4.3,
    references: [
      {
        title: 'OWASP: HTML5 Security Cheat Sheet, Local Storage',
        url: 'https://cheatsheetseries.owasp.org/cheatsheets/HTML5_Security_Cheat_Sheet.html#local-storage',
      },
      {
        title: 'OAuth 2.0 for Browser-Based Applications',
        url: 'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-browser-based-apps',
      },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    for (const { storage, keys, value, node } of storageWritesOf(script)) {
      const confidence = isNothing(script, value) ? undefined : (keyConfidence(keys) ?? valueConfidence(script, value));
      if (confidence)
        yield { message: 'kept', data: { storage }, anchor: placeOf(script.path, node), confidence, symbol: `${storage} ${keys[0] ?? ''}` };
    }
  },
});

/** True for what is written here and no token: an empty text, `'true'`, null. */
function isNothing(script: Script, value: Node): boolean {
  const values = originsOf(script).valuesOf(value);
  return values.length > 0 && values.every(({ kind }) => kind === 'text' || kind === 'nullish' || kind === 'boolean' || kind === 'number');
}

function keyConfidence(keys: readonly string[]): Confidence | undefined {
  const names = keys.map((key) => tokenName(key));
  return names.includes('strong') || names.includes('medium') ? 'likely' : undefined;
}

/** Nesting of objects that are looked into. */
const MAX_NESTING = 4;

/** How sure it is that a value is a token, or holds one. */
function valueConfidence(script: Script, value: Node): Confidence | undefined {
  const tokens = tokenValuesOf(script);
  const stack = [{ node: unwrap(value), nesting: 0 }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, nesting } = next;
    const known = tokens.token(node);
    if (known) return known.confidence;
    if (node.type === 'Identifier' && tokenName(node.name) === 'strong') return 'likely';
    if (node.type === 'MemberExpression' && tokenName(memberName(node) ?? '') === 'strong') return 'likely';
    if (nesting === MAX_NESTING) continue;
    if (node.type === 'ObjectExpression') {
      for (const property of node.properties) {
        if (property.type !== 'Property') continue;
        if (tokenName(keyName(property.key, property.computed) ?? '') === 'strong') return 'likely';
        stack.push({ node: unwrap(property.value), nesting: nesting + 1 });
      }
    } else if (node.type === 'CallExpression' && isJson(node.callee) && node.arguments[0] && node.arguments[0].type !== 'SpreadElement')
      stack.push({ node: unwrap(node.arguments[0]), nesting: nesting + 1 });
  }
  return undefined;
}

/** `JSON.stringify` */
function isJson(callee: Node): boolean {
  const inner = unwrap(callee);
  return (
    inner.type === 'MemberExpression' &&
    inner.object.type === 'Identifier' &&
    inner.object.name === 'JSON' &&
    memberName(inner) === 'stringify'
  );
}
