/** What a client of a provider's key set (jwks-rsa) hands to callbacks: public keys. */
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { originsOf } from './origins.js';
import { memberName, startOf, unwrap } from './syntax.js';
import type { Value } from './values.js';

const cache = new WeakMap<Script, ReadonlySet<number>>();

/**
 * True for a parameter of a function that such a client calls, and for what its method gives:
 * `client.getSigningKey(kid, (error, key) => done(error, key.getPublicKey()))`.
 */
export function isFromKeySet(script: Script, value: Value): boolean {
  if (value.kind !== 'parameter' && value.kind !== 'unknown') return false;
  const { path, start } = value.kind === 'parameter' ? value.owner : value.at;
  if (path !== script.path) return false;
  let places = cache.get(script);
  if (!places) cache.set(script, (places = placesOf(script)));
  return places.has(start);
}

/** Where the functions begin that are given to clients of key sets, and the calls of what these are handed. */
function placesOf(script: Script): ReadonlySet<number> {
  const found = new Set<number>();
  if (!script.text.includes('jwks-rsa')) return found;
  const origins = originsOf(script);
  for (const { callee, arguments: given } of bindingsOf(script).calls) {
    const functions = given.filter(({ type }) => type === 'ArrowFunctionExpression' || type === 'FunctionExpression');
    if (functions.length === 0) continue;
    if (!origins.evaluate(callee).some((value) => value.kind === 'import' && value.specifier === 'jwks-rsa')) continue;
    for (const each of functions) found.add(startOf(each));
  }
  for (const call of found.size > 0 ? bindingsOf(script).calls : []) {
    const callee = unwrap(call.callee);
    if (callee.type !== 'MemberExpression' || memberName(callee) !== 'getPublicKey') continue;
    if (origins.evaluate(callee.object).some((value) => value.kind === 'parameter' && found.has(value.owner.start)))
      found.add(startOf(call));
  }
  return found;
}
