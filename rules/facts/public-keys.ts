/** Which keys are known to everybody: public keys, certificates, key sets. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import type { JwtCall } from './calls.js';
import { isFromKeySet } from './key-sets.js';
import { originsOf } from './origins.js';
import { startOf } from './syntax.js';
import { onlyText } from './value-sets.js';
import type { Value } from './values.js';

export interface PublicKey {
  readonly kind: 'key' | 'certificate' | 'key set';
  /** True when the value itself says so; false when only a name does. */
  readonly certain: boolean;
  /** True when it is plain text or bytes of it: what a library may take for an HMAC secret. */
  readonly asText: boolean;
}

/** The first public key among the possible keys of a call. */
export function publicKeyOf(script: Script, call: JwtCall): PublicKey | undefined {
  for (const value of call.keys) {
    const found = publicKey(script, value);
    if (found) return found;
  }
  return undefined;
}

const FILE = /(?:^|[/._-])(?:pub(?:lic)?|cert(?:ificate)?s?)(?:[/._-]|key|$)|\.(?:crt|cer)$/i;
const NAME = /public_?(?:key|pem)|(?:^|_)pub_?key|certificate|(?:^|_)cert(?:_|$)/i;

function publicKey(script: Script, value: Value): PublicKey | undefined {
  if (isFromKeySet(script, value)) return { kind: 'key set', certain: true, asText: false };
  switch (value.kind) {
    case 'text':
      if (/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(value.text)) return { kind: 'key', certain: true, asText: true };
      return value.text.includes('-----BEGIN CERTIFICATE-----') ? { kind: 'certificate', certain: true, asText: true } : undefined;
    case 'key':
      if (value.type === 'jwks') return { kind: 'key set', certain: true, asText: false };
      return value.type === 'public' ? { kind: 'key', certain: true, asText: false } : undefined;
    case 'environment':
      return value.name !== undefined && NAME.test(value.name) ? { kind: named(value.name), certain: false, asText: true } : undefined;
    case 'import':
      if (value.specifier === 'jwks-rsa') return { kind: 'key set', certain: true, asText: false };
      return undefined;
    case 'unknown': {
      const file = value.at.path === script.path ? fileReadAt(script, value.at.start) : undefined;
      if (file !== undefined) return FILE.test(file) ? { kind: named(file), certain: false, asText: true } : undefined;
      return value.name !== undefined && NAME.test(value.name) ? { kind: named(value.name), certain: false, asText: true } : undefined;
    }
    default:
      return undefined;
  }
}

function named(name: string): 'key' | 'certificate' {
  return /cert|\.crt|\.cer$/i.test(name) ? 'certificate' : 'key';
}

const cache = new WeakMap<Script, ReadonlyMap<number, TSESTree.CallExpression>>();

/** The path that a `readFile` at an offset of the script is given, when it is written out. */
function fileReadAt(script: Script, start: number): string | undefined {
  let reads = cache.get(script);
  if (!reads) {
    const found = new Map<number, TSESTree.CallExpression>();
    for (const call of bindingsOf(script).calls) {
      if (call.type !== 'CallExpression') continue;
      const { callee } = call;
      const name =
        callee.type === 'Identifier'
          ? callee.name
          : callee.type === 'MemberExpression' && callee.property.type === 'Identifier'
            ? callee.property.name
            : '';
      if (/^readFile(?:Sync)?$/.test(name)) found.set(startOf(call), call);
    }
    cache.set(script, (reads = found));
  }
  let argument = reads.get(start)?.arguments[0];
  // `path.join(__dirname, 'keys', 'public.pem')`
  if (argument?.type === 'CallExpression') argument = argument.arguments[argument.arguments.length - 1];
  if (!argument || argument.type === 'SpreadElement') return undefined;
  if (argument.type === 'TemplateLiteral') return argument.quasis[argument.quasis.length - 1]?.value.raw;
  return onlyText(originsOf(script).evaluate(argument));
}
