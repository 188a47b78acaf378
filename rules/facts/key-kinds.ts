/** Whether the key of a verification is a secret of the service's own, or the public key of whoever signs. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { callsOf, type JwtCall } from './calls.js';
import { isFromKeySet } from './key-sets.js';
import { secretName } from './names.js';
import { endOf, memberName, startOf, unwrap, type Node } from './syntax.js';
import type { KeyKind, Value } from './values.js';

/** What kind of key a verification has: a plain secret is bounded to HMAC, anything else lets the token's header matter. */
export function keyKind(script: Script, call: JwtCall): KeyKind {
  if (call.wrapped && !call.api.key) return call.wrapped.key;
  for (const position of call.api.key ?? []) {
    const last = position[position.length - 1];
    if (last !== '(cb)' && last !== '()') continue;
    const makers = call.at(position.slice(0, -1) as unknown as typeof position);
    if (makers.some((value) => value.kind === 'import' && value.specifier === 'jwks-rsa')) return 'public';
    if (call.at(position).some((value) => isFromKeySet(script, value))) return 'public';
  }
  // A service whose module was given the key elsewhere: most often a secret, and the module may pin the algorithms too.
  if (call.keys.length === 0) return call.api.name.startsWith('JwtService.') ? 'secret' : 'unknown';
  let kind: KeyKind = 'secret';
  for (const value of call.keys) {
    // jose takes bytes for HS* alone, whatever they say: its public keys are objects.
    const each = call.package === 'jose' && value.bytes ? 'secret' : kindOf(value);
    if (each === 'public') return 'public';
    if (each === 'unknown') kind = 'unknown';
  }
  return kind === 'unknown' && (isCalledSecret(call) || signsByDefault(script, call)) ? 'secret' : kind;
}

/** What the author of a call calls its key, where nothing more is known of it. */
function isCalledSecret(call: JwtCall): boolean {
  const key = keyArgument(call);
  const name = key?.type === 'MemberExpression' ? memberName(key) : key?.name;
  return name !== undefined && /secret/i.test(name) && !/pub/i.test(name);
}

const cache = new WeakMap<Script, ReadonlySet<string>>();

/** True where the file signs with the very key and names no algorithm, which no key but a plain secret is good for. */
function signsByDefault(script: Script, call: JwtCall): boolean {
  let signers = cache.get(script);
  if (!signers) {
    const signatures = callsOf(script).filter((each) => each.api.kind === 'sign' && isDefaultAlgorithm(each));
    cache.set(script, (signers = new Set(signatures.flatMap((each) => keyWritten(script, each) ?? []))));
  }
  const key = keyWritten(script, call);
  return key !== undefined && signers.has(key);
}

/** Library, variable and members by which a call names its key; undefined for what may be another one each time. */
function keyWritten(script: Script, call: JwtCall): string | undefined {
  const key = keyArgument(call);
  let root: Node | undefined = key;
  while (root?.type === 'MemberExpression') root = unwrap(root.object);
  const name = root && bindingsOf(script).variableOf(root)?.definitions[0]?.name;
  return key && name && `${call.package} ${String(startOf(name))} ${script.text.slice(startOf(key), endOf(key))}`;
}

/** The variable or member that is given as the key. */
function keyArgument({ api, node }: JwtCall): TSESTree.Identifier | TSESTree.MemberExpression | undefined {
  const position = api.key?.[0];
  const argument = position?.length === 1 && node.type === 'CallExpression' ? node.arguments[position[0]] : undefined;
  const key = argument && unwrap(argument);
  return key?.type === 'Identifier' || key?.type === 'MemberExpression' ? key : undefined;
}

function kindOf(value: Value): KeyKind {
  switch (value.kind) {
    case 'text':
      return value.text.includes('-----BEGIN') ? 'public' : 'secret';
    case 'environment':
      return value.name === undefined
        ? 'unknown'
        : secretName(value.name) || /secret/i.test(value.name)
          ? 'secret'
          : /public|pub|cert|pem/i.test(value.name)
            ? 'public'
            : 'unknown';
    case 'random':
      return 'secret';
    case 'unknown':
      // Nothing is known of it but what its author calls it, or the name of the file that holds it.
      if (value.name !== undefined && /\.(?:pem|pub|crt|cer|cert)$/i.test(value.name) && !/secret|priv/i.test(value.name)) return 'public';
      if (value.file && value.name !== undefined && /public|(?:^|_)pub_|certificate/i.test(value.name)) return 'public';
      return value.name !== undefined && /secret/i.test(value.name) ? 'secret' : 'unknown';
    case 'parameter':
    case 'import': {
      // Keys of a provider, looked up by the token's `kid`.
      if (value.kind === 'import' && value.specifier === 'jwks-rsa') return 'public';
      // Members that a plugin would ask a key pair for say nothing about what was given.
      const name = value.path.findLast((part) => part !== 'private' && part !== 'key');
      return name !== undefined && /secret/i.test(name) ? 'secret' : 'unknown';
    }
    case 'key':
      return value.type === 'public' || value.type === 'private' || value.type === 'jwks' ? 'public' : 'unknown';
    default:
      return 'unknown';
  }
}

/** Libraries whose signatures are HS256 where nothing is said and the key is a secret. */
const HS256_BY_DEFAULT: ReadonlySet<string> = new Set(['jsonwebtoken', 'fast-jwt', '@nestjs/jwt', '@fastify/jwt', 'hono']);

/** The algorithm of a signature: the one that is given, or the library's default; undefined when it is not known. */
export function signatureAlgorithm(script: Script, call: JwtCall): string | undefined {
  if (call.algorithm !== undefined) return call.algorithm;
  return isDefaultAlgorithm(call) && call.keys.length > 0 && keyKind(script, call) === 'secret' ? 'HS256' : undefined;
}

function isDefaultAlgorithm(call: JwtCall): boolean {
  const given = call.api.algorithm?.some((position) => call.at(position).some(({ kind }) => kind !== 'nullish')) ?? false;
  return !given && call.algorithm === undefined && HS256_BY_DEFAULT.has(call.package);
}
