/** Environment variables, and settings by their key paths, that scripts use as secrets, whatever they are called. */
import type { Script } from '../contract.js';
import { callsOf, type JwtCall } from './calls.js';
import { secretName, wordsOf } from './names.js';

/** Words in names of what is no secret, or only says where one is. */
const NO_SECRET: ReadonlySet<string> = new Set([
  ...['public', 'pub', 'cert', 'certificate', 'pem', 'crt', 'rsa', 'jwk', 'jwks', 'url', 'uri', 'endpoint', 'path', 'file', 'filename'],
  ...['dir', 'arn', 'kid'],
]);

/** Those of whose names alone nobody would say so; undefined when there are none. */
export function keyVariablesOf(scripts: readonly Script[]): readonly string[] | undefined {
  const found = new Set<string>();
  for (const script of scripts) {
    for (const call of callsOf(script)) {
      if (!takesSecret(call)) continue;
      for (const value of call.keys) {
        const name = value.kind === 'environment' ? value.name : undefined;
        if (name !== undefined && !wordsOf(name).some((word) => NO_SECRET.has(word)) && secretName(name)?.strength !== 'strong')
          found.add(name);
      }
    }
  }
  return found.size > 0 ? [...found] : undefined;
}

/** Whether the key of a call is a secret as far as the call says: no algorithm of key pairs, and no list of public keys. */
function takesSecret({ api, algorithm, algorithms }: JwtCall): boolean {
  if (api.kind === 'decode') return false;
  const named = [...(algorithm === undefined ? [] : [algorithm]), ...algorithms.names.map(({ name }) => name)];
  return named.every((name) => name.startsWith('HS'));
}
