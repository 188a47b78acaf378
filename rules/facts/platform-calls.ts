/**
 * Calls that hand a value on, or make one: text methods, bytes, keys, random numbers, configuration getters of the platform
 * and of well-known packages.
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { Place } from '../contract.js';
import { ENVIRONMENT_GETTERS, importName } from './import-names.js';
import { dottedName, lastName, memberName, unwrap, type Node } from './syntax.js';
import { bytesOf, madeOf, onlyText, stringified } from './value-sets.js';
import type { ImportValue, TextValue, Value } from './values.js';

/** What these calls need of the evaluation that meets them. */
export interface Evaluation {
  evaluate(node: Node): readonly Value[];
  member(values: readonly Value[], name: string, at: Place): readonly Value[];
  /** One object of the members of several. */
  merged(parts: readonly (readonly Value[])[], at: Place): Value;
  /** What calling possible values gives, without arguments. */
  returned(values: readonly Value[]): readonly Value[];
  unknown(node: Node): readonly Value[];
  text(node: Node, value: string): TextValue;
  /** Text put together from parts. */
  joined(node: Node, parts: readonly (string | readonly Value[])[]): readonly Value[];
  /** `get('name', standIn)` of the environment or a configuration. */
  fromConfig(node: TSESTree.CallExpression, source?: 'environment' | 'config'): readonly Value[];
  here(node: Node): Place;
}

/** Text, numbers, lists of them and what is computed from them: nothing but itself and its arguments decides what a method gives. */
export function isPlain(value: Value): boolean {
  return (
    value.kind === 'text' ||
    value.kind === 'number' ||
    (value.kind === 'array' && !value.open) ||
    (value.kind === 'unknown' && value.made !== undefined)
  );
}

/** Methods of text, numbers and lists; `true` where an argument becomes part of the result. */
const PLAIN_METHODS: Readonly<Record<string, boolean>> = {
  ...{
    toString: false,
    toFixed: false,
    toUpperCase: false,
    toLowerCase: false,
    trim: false,
    slice: false,
    substring: false,
    substr: false,
  },
  ...{
    split: false,
    reverse: false,
    repeat: false,
    join: true,
    concat: true,
    replace: true,
    replaceAll: true,
    padStart: true,
    padEnd: true,
  },
  ...{ charAt: true, at: true, charCodeAt: true },
};

/** What a method gives of which only the parts can be told. */
function composed(node: TSESTree.CallExpression, callee: TSESTree.MemberExpression, method: string, tools: Evaluation): Value | undefined {
  const { evaluate, here, returned } = tools;
  const first = node.arguments[0];
  if (method === 'digest') return digest(node, tools);
  if (method === 'map' && first) {
    const made = evaluate(first).filter((value) => value.kind === 'function');
    return made.length === 1 ? madeOf(here(node), 'composition', [returned(made)]) : undefined;
  }
  if (!Object.hasOwn(PLAIN_METHODS, method)) return undefined;
  const object = evaluate(callee.object);
  if (object.length === 0 || !object.every(isPlain)) return undefined;
  const parts = PLAIN_METHODS[method] === true ? node.arguments.map((argument) => evaluate(argument)) : [];
  return madeOf(here(node), method === 'repeat' ? 'repetition' : 'composition', [object, ...parts]);
}

/** `createHash('sha256').update(a).update(b).digest('hex')`, and `createHmac` likewise with its key. */
function digest(node: TSESTree.CallExpression, tools: Evaluation): Value | undefined {
  const { evaluate, here } = tools;
  const parts: (readonly Value[])[] = [];
  let next: Node = node;
  for (;;) {
    const callee: Node = unwrap(next.callee);
    if (callee.type !== 'MemberExpression') return undefined;
    const object: Node = unwrap(callee.object);
    if (object.type !== 'CallExpression') return undefined;
    const inner: Node = unwrap(object.callee);
    if (inner.type === 'MemberExpression' && memberName(inner) === 'update') {
      if (object.arguments[0]) parts.push(evaluate(object.arguments[0]));
      next = object;
      continue;
    }
    const maker = evaluate(inner).find((value) => value.kind === 'import');
    const name = maker?.kind === 'import' ? importName(maker) : undefined;
    if (name === 'crypto:createHmac' && object.arguments[1]) parts.push(evaluate(object.arguments[1]));
    else if (name !== 'crypto:createHash') return undefined;
    return parts.length > 0 ? madeOf(here(node), 'digest', parts) : undefined;
  }
}

/** Functions whose result is the digest of their first argument; a salt that they draw themselves would make it random. */
const DIGESTS: ReadonlySet<string> = new Set([
  ...['MD5', 'SHA1', 'SHA224', 'SHA256', 'SHA384', 'SHA512', 'SHA3'].flatMap((name) => [
    `crypto-js:${name}`,
    `crypto-js/${name.toLowerCase()}:`,
  ]),
  ...['md5:', 'sha1:', 'sha256:', 'js-md5:', 'js-md5:md5', 'js-sha256:sha256', 'js-sha512:sha512', 'object-hash:', 'hash-sum:'],
  ...['@noble/hashes/sha256:sha256', '@noble/hashes/sha512:sha512', '@noble/hashes/sha2:sha256', '@noble/hashes/sha2:sha512'],
]);

/** Key derivations, with the argument that holds their password or key material. */
const DERIVATIONS: Readonly<Record<string, number>> = {
  'crypto:scryptSync': 0,
  'crypto:pbkdf2Sync': 0,
  'crypto:hkdfSync': 1,
  'crypto-js:PBKDF2': 0,
};

/** Methods of values themselves: text, bytes, keys. */
export function valueMethod(
  node: TSESTree.CallExpression,
  callee: TSESTree.MemberExpression,
  method: string,
  tools: Evaluation,
): readonly Value[] | undefined {
  const known = knownMethod(node, callee, method, tools);
  if (known) return known;
  const made = composed(node, callee, method, tools);
  return made && [made];
}

function knownMethod(
  node: TSESTree.CallExpression,
  callee: TSESTree.MemberExpression,
  method: string,
  tools: Evaluation,
): readonly Value[] | undefined {
  const { evaluate, text, joined, fromConfig, here } = tools;
  const first = node.arguments[0];
  switch (method) {
    case 'toString':
    case 'valueOf':
    case 'trim':
    case 'trimEnd':
    case 'trimStart':
    case 'toUpperCase':
    case 'toLowerCase':
    case 'normalize':
    case 'replace':
    case 'replaceAll':
    case 'export': {
      const values = evaluate(callee.object);
      if (!values.some((value) => value.kind === 'text' || value.kind === 'environment' || value.kind === 'random' || value.kind === 'key'))
        return undefined;
      return values.map((value) => {
        // A method of what is missing throws: that much is a check.
        if (value.kind === 'environment' && value.asserted) return { ...value, asserted: undefined };
        if (value.kind !== 'text') return value;
        if (method === 'trim') return { ...value, text: value.text.trim() };
        if (method === 'toUpperCase') return { ...value, text: value.text.toUpperCase() };
        if (method === 'toLowerCase') return { ...value, text: value.text.toLowerCase() };
        return value;
      });
    }
    // env-var: `get('NAME').required().asString()`
    case 'required':
    case 'asString': {
      const values = evaluate(callee.object);
      return values.length > 0 && values.every(({ kind }) => kind === 'environment') ? values : undefined;
    }
    case 'repeat': {
      const times = first ? evaluate(first).find((value) => value.kind === 'number') : undefined;
      const values = evaluate(callee.object);
      if (times?.kind !== 'number' || times.value > 1000) return undefined;
      return values.map((value) =>
        value.kind === 'text' ? { ...value, text: value.text.repeat(Math.max(0, times.value)).slice(0, 4096), at: here(node) } : value,
      );
    }
    case 'join': {
      const separator = first ? onlyText(evaluate(first)) : ',';
      const list = evaluate(callee.object).find((value) => value.kind === 'array');
      if (list?.kind !== 'array' || separator === undefined || list.open || list.elements.length > 2000) return undefined;
      const texts = list.elements.map((element) => onlyText(element));
      if (texts.some((part) => part === undefined)) return undefined;
      return [text(node, texts.join(separator))];
    }
    case 'concat': {
      const parts = [evaluate(callee.object), ...node.arguments.map((argument) => evaluate(argument))];
      return parts[0]!.some((value) => value.kind === 'text') ? joined(node, parts) : undefined;
    }
    case 'get':
    case 'getOrThrow': {
      // `configService.get('JWT_SECRET', 'x')`, whatever the receiver is called: a name in quotes and perhaps a stand-in.
      const asked = first ? evaluate(first) : [];
      const isName = onlyText(asked) !== undefined;
      // Of a configuration also a name that is handed in: the callers have it.
      if (!isName && !(asked.length === 1 && asked[0]!.kind === 'parameter' && asked[0].path.length === 0)) return undefined;
      const receiver = evaluate(callee.object);
      const known = receiver.some(
        (value) =>
          value.kind === 'import' &&
          (ENVIRONMENT_GETTERS.has(importName({ specifier: value.specifier, path: [...value.path, method] })) ||
            /config/i.test(value.path.join('.'))),
      );
      if (known) return fromConfig(node);
      if (
        isName &&
        receiver.every((value) => value.kind === 'unknown' || value.kind === 'parameter' || value.kind === 'import') &&
        (node.arguments.length === 2 || /config|env/i.test(dottedName(callee.object) ?? ''))
      ) {
        return fromConfig(node);
      }
      return undefined;
    }
    default:
      return undefined;
  }
}

/** Functions of the platform and of well-known packages that hand a value on, or make one. */
export function platformCall(node: TSESTree.CallExpression, callee: ImportValue, tools: Evaluation): readonly Value[] | undefined {
  const { evaluate, member, unknown, fromConfig, here } = tools;
  const at = here(node);
  const first = node.arguments[0];
  const input = (): readonly Value[] => (first ? evaluate(first) : []);
  const name = importName(callee);
  switch (name) {
    case 'global:String':
      return stringified(input(), at);
    case 'global:Object.freeze':
    case 'global:Object.seal':
    case 'util:promisify':
    case 'global:structuredClone':
    case 'global:Promise.resolve':
      return input();
    case 'global:Object.assign':
      return [
        tools.merged(
          node.arguments.map((argument) => evaluate(argument)),
          at,
        ),
      ];
    case 'global:Buffer.from':
    case 'global:Buffer':
      return bytesOf(input(), node.arguments[1] ? onlyText(evaluate(node.arguments[1])) : undefined);
    case 'global:TextEncoder.encode':
    case 'global:TextEncoder.().encode':
    case 'crypto:createSecretKey':
      return bytesOf(input(), node.arguments[1] ? onlyText(evaluate(node.arguments[1])) : undefined);
    case 'jose:base64url.decode':
      return bytesOf(input(), 'base64url');
    case 'global:Uint8Array.from':
      return bytesOf(input(), undefined);
    case 'global:atob':
      return bytesOf(input(), 'base64');
    case 'global:Math.floor':
    case 'global:Math.round':
    case 'global:Math.ceil':
    case 'global:Math.trunc':
    case 'global:Math.abs':
    case 'global:Number':
    case 'global:parseInt':
    case 'global:parseFloat':
    case 'global:btoa':
    case 'global:JSON.stringify':
      return [madeOf(at, 'composition', [input()])];
    case 'global:String.fromCharCode':
      return [
        madeOf(
          at,
          'composition',
          node.arguments.map((argument) => evaluate(argument)),
        ),
      ];
    case 'crypto:hash':
      return node.arguments[1] && [madeOf(at, 'digest', [evaluate(node.arguments[1])])];
    case 'global:Array.from': {
      // `Array.from({ length: 32 }, () => letter())`: only the function decides what is in the list.
      const maker = node.arguments[1] && evaluate(node.arguments[1]).filter((value) => value.kind === 'function');
      return maker?.length === 1 ? [madeOf(at, 'composition', [tools.returned(maker)])] : undefined;
    }
    case 'crypto:createPublicKey':
    case 'jose:importSPKI':
    case 'jose:importX509':
      return [{ kind: 'key', type: 'public', at, steps: [] }];
    case 'crypto:createPrivateKey':
    case 'jose:importPKCS8':
      return [
        ...input().filter((value) => value.kind === 'text' || (value.kind === 'unknown' && value.file)),
        { kind: 'key', type: 'private', at, steps: [] },
      ];
    case 'jose:createRemoteJWKSet':
    case 'jose:createLocalJWKSet':
      return [{ kind: 'key', type: 'jwks', at, steps: [] }];
    case 'jose:importJWK':
      return keyOfJwk(input(), at, tools);
    case 'global:crypto.subtle.importKey':
    case 'crypto:subtle.importKey':
    case 'crypto:webcrypto.subtle.importKey':
      return importedKey(onlyText(input()), node.arguments[1] ? evaluate(node.arguments[1]) : [], at, tools);
    case 'crypto:randomBytes':
    case 'crypto:webcrypto.getRandomValues':
    case 'crypto:getRandomValues': {
      const size = input().find((value) => value.kind === 'number');
      return [{ kind: 'random', size: size?.kind === 'number' ? size.value : undefined, at, steps: [] }];
    }
    case 'crypto:generateKeySync': {
      const options = node.arguments[1];
      const length = options ? member(evaluate(options), 'length', at).find((value) => value.kind === 'number') : undefined;
      if (onlyText(input()) !== 'hmac') return undefined;
      return [{ kind: 'random', size: length?.kind === 'number' ? length.value / 8 : undefined, at, steps: [] }];
    }
    case 'module:createRequire.()': {
      const specifier = onlyText(input());
      return specifier === undefined ? unknown(node) : [{ kind: 'import', specifier, path: [], from: callee.from, at, steps: [] }];
    }
    case 'fs:readFileSync':
    case 'fs:readFile':
    case 'fs/promises:readFile':
    case 'fs:promises.readFile': {
      const file = fileName(node.arguments[0], tools);
      return [{ kind: 'unknown', file: true, at, steps: [], ...(file === undefined ? {} : { name: file }) }];
    }
    default:
      if (DIGESTS.has(name)) return [madeOf(at, 'digest', [input()])];
      if (Object.hasOwn(DERIVATIONS, name)) {
        const material = node.arguments[DERIVATIONS[name]!];
        return material && [madeOf(at, 'derivation', [evaluate(material)])];
      }
      if (name.endsWith('.bind')) return [{ ...callee, path: callee.path.slice(0, -1) }];
      if (ENVIRONMENT_GETTERS.has(name)) return fromConfig(node, name === 'global:Deno.env.get' ? 'environment' : 'config');
      if (name === 'dotenv:config.().parsed') return [{ kind: 'environment-object', at, steps: [] }];
      return validated(node, name, tools);
  }
}

function keyOfJwk(jwk: readonly Value[], at: Place, { member }: Evaluation): readonly Value[] {
  const secret = member(jwk, 'k', at).filter((value) => value.kind === 'text');
  return secret.length > 0 ? bytesOf(secret, 'base64url') : [{ kind: 'key', type: 'unknown', at, steps: [] }];
}

/** The key that Web Cryptography makes of material in one of its formats. */
function importedKey(format: string | undefined, material: readonly Value[], at: Place, tools: Evaluation): readonly Value[] | undefined {
  if (format === 'raw') return bytesOf(material, undefined);
  if (format === 'jwk') return keyOfJwk(material, at, tools);
  if (format === 'spki' || format === 'pkcs8') return [{ kind: 'key', type: format === 'spki' ? 'public' : 'private', at, steps: [] }];
  return undefined;
}

/** Functions that give the environment as they checked it, whatever they are given. */
const ENVIRONMENT_CHECKS = /^(?:@t3-oss\/env-(?:core|nextjs|nuxt):createEnv|env-schema:(?:envSchema)?)$/;
/** Functions that give what they were given, as they checked it. */
const CHECKS =
  /^(?:envalid:cleanEnv|(?:zod(?:\/(?:v[34]|mini))?|yup):.*\.(?:parse|validateSync|cast)|zod(?:\/\w+)?:parse|(?:joi|@hapi\/joi):(?:.*\.)?(?:attempt|assert)|valibot:(?:v\.)?parse)$/;
/** The same, of which a member of the result is it. */
const RESULTS: readonly (readonly [check: RegExp, member: string])[] = [
  [/^zod(?:\/\w+)?:(?:.*\.)?safeParse$/, 'data'],
  [/^(?:joi|@hapi\/joi):(?:.*\.)?validate$/, 'value'],
  [/^valibot:(?:v\.)?safeParse$/, 'output'],
];
/** What comes out of these has other members than what went in. */
const RESHAPES = /\.(?:transform|pipe|preprocess|rename|overwrite)(?:\.|$)/;

/** The environment behind a schema is the environment still. */
function validated(node: TSESTree.CallExpression, name: string, tools: Evaluation): readonly Value[] | undefined {
  const environment: Value = { kind: 'environment-object', at: tools.here(node), steps: [] };
  if (ENVIRONMENT_CHECKS.test(name)) return [environment];
  const member = RESULTS.find(([check]) => check.test(name))?.[1];
  if ((member === undefined && !CHECKS.test(name)) || RESHAPES.test(name)) return undefined;
  const given = node.arguments.some((argument) => tools.evaluate(argument).some(({ kind }) => kind === 'environment-object'));
  if (!given) return undefined;
  if (member === undefined) return [environment];
  const members = new Map(['error', 'errors', 'issues', 'success', 'typed'].map((each) => [each, tools.unknown(node)]));
  return [{ kind: 'object', members: members.set(member, [environment]), open: false, at: environment.at, steps: [] }];
}

/**
 * The name of the file that a path leads to, when its end is written out: `join(__dirname, 'keys/public.pem')`; else what its
 * author calls the path.
 */
function fileName(path: Node | undefined, tools: Evaluation): string | undefined {
  if (!path || path.type === 'SpreadElement') return undefined;
  let end: Node | undefined = unwrap(path);
  if (end.type === 'BinaryExpression') end = end.right;
  else if (end.type === 'CallExpression') end = end.arguments[end.arguments.length - 1];
  else if (end.type === 'NewExpression') end = end.arguments[0];
  if (!end || end.type === 'SpreadElement') return undefined;
  end = unwrap(end);
  const text = end.type === 'TemplateLiteral' ? end.quasis[end.quasis.length - 1]?.value.raw : onlyText(tools.evaluate(end));
  if (text !== undefined && text !== '') return text.slice(text.lastIndexOf('/') + 1);
  return end.type === 'Identifier' || end.type === 'MemberExpression' ? lastName(end) : undefined;
}
