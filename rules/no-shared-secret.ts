import {
  defineRule,
  type Finding,
  type Level,
  type Place,
  type Repository,
  type Script,
  type Settings,
  type SettingsEntry,
} from './contract.js';
import { bindingsOf, initialValue } from './facts/bindings.js';
import { callsOfFunction, classAround } from './facts/called-functions.js';
import { callsOf, type JwtCall } from './facts/calls.js';
import { functionName, functionsAround } from './facts/decoded-use.js';
import { environmentOf } from './facts/env-files.js';
import { namedValuesOf } from './facts/named-values.js';
import { secretKeyPath, secretName } from './facts/names.js';
import { originsOf } from './facts/origins.js';
import { payloadsOf } from './facts/payloads.js';
import { placeholderOf } from './facts/placeholders.js';
import { dottedName, lastName, placeOf, startOf, unwrap, type Node } from './facts/syntax.js';
import { namesAround } from './facts/surroundings.js';
import { purposeIn, purposeOf, type TokenPurpose } from './facts/token-purposes.js';
import { tokenArgument } from './facts/token-values.js';
import type { Value } from './facts/values.js';

export default defineRule({
  id: 'no-shared-secret',
  title: 'Disallow one secret for several kinds of token, or for several environments',
  severity: 'warning',
  messages: {
    signed: {
      what: 'The {{second}} token is signed with {{key}}, as the {{first}} token is: only their claims can tell them apart.',
      fix: 'Sign each kind of token with a secret of its own, and verify it with that one only.',
    },
    interchangeable: {
      what: 'The {{second}} token is signed with {{key}}, as the {{first}} token is, and nothing in it says which it is: each is accepted in place of the other.',
      fix: 'Sign each kind of token with a secret of its own, and verify it with that one only.',
    },
    verified: {
      what: 'The {{second}} token is verified with {{key}}, the secret of access tokens: an access token is accepted in its place.',
      fix: 'Sign each kind of token with a secret of its own, and verify it with that one only.',
    },
    fallback: {
      what: 'Where `{{second}}` is not set, `{{first}}` signs the {{purpose}} tokens too.',
      fix: 'Stop at start-up when `{{second}}` is missing, instead of taking the secret of another kind of token.',
    },
    setting: {
      what: '`{{second}}` has the value of `{{first}}`: a token of one kind is accepted as one of the other.',
      fix: 'Draw a value of its own for each, e.g. with `openssl rand -base64 48`.',
    },
    environments: {
      what: '`{{second}}` has the same value in {{file}} and in {{other}}: a token from one environment is accepted in the other.',
      fix: 'Draw a value of its own for each environment, and replace the one of production.',
    },
  },
  docs: {
    why: 'A refresh token, or the link of an e-mail, that is signed like an access token can be used as one: it lives longer, and it travels through more hands. A secret from a developer’s machine that is also that of production gives away production.',
    cwe: [323],
    securitySeverity: 6.5,
    references: [
      {
        title: 'RFC 8725, 3.12: Use Mutually Exclusive Validation Rules for Different Kinds of JWTs',
        url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.12',
      },
      { title: 'CWE-323: Reusing a Nonce, Key Pair in Encryption', url: 'https://cwe.mitre.org/data/definitions/323.html' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    yield* sharedKeys(script);
    yield* otherKeys(script);
    const reported = new Set<number>();
    for (const { place, value } of standIns(script)) {
      if (reported.has(place.start)) continue;
      reported.add(place.start);
      yield {
        message: 'fallback',
        data: { first: value.name, second: value.of, purpose: value.purpose },
        anchor: place,
        confidence: 'certain',
        symbol: value.of,
      };
    }
  },
  *settings(settings: Settings): Iterable<Finding> {
    if (settings.role === 'manifest') return;
    const first = new Map<string, { readonly entry: SettingsEntry; readonly purpose: TokenPurpose }[]>();
    for (const entry of settings.entries) {
      const name = entry.key.at(-1) ?? '';
      if (entry.value.trim() === '' || !secretKeyPath(entry.key)) continue;
      const kind = placeholderOf(entry.value);
      // References are compared too: two names for one variable. What asks to be filled in is nothing yet.
      if (kind !== undefined && !/^\$\{?\w+/.test(entry.value)) continue;
      const purpose = purposeIn(name) ?? 'access';
      const group = `${entry.key.slice(0, -1).join('\0')}\0\0${entry.value}`;
      const others = first.get(group) ?? [];
      const other = others.find((each) => each.purpose !== purpose);
      if (other) {
        yield {
          message: 'setting',
          data: { first: other.entry.key.at(-1) ?? '', second: name },
          anchor: { path: settings.path, ...entry.keySpan },
          steps: [{ place: { path: settings.path, ...other.entry.keySpan }, label: other.entry.key.at(-1) ?? '' }],
          confidence: 'certain',
          symbol: entry.key.join('.'),
        };
      }
      first.set(group, [...others, { entry, purpose }]);
    }
  },
  *repository({ facts }: Repository): Iterable<Finding> {
    const seen = new Map<string, { readonly path: string; readonly environment: string }>();
    for (const file of facts) {
      const environment = environmentOf(file.path);
      if (environment === undefined) continue;
      for (const { name, identity, place } of file.secrets ?? []) {
        const group = `${environment.directory}\0${name}\0${identity}`;
        const other = seen.get(group);
        if (!other) seen.set(group, { path: file.path, environment: environment.name });
        else if (other.environment !== environment.name) {
          yield {
            message: 'environments',
            data: { second: name, file: file.path, other: other.path },
            anchor: place,
            confidence: 'certain',
            symbol: name,
          };
        }
      }
    }
  },
});

interface Signature {
  readonly call: JwtCall;
  /** Where the token is asked for: the call itself, or that of the function of the file that makes it. */
  readonly node: Node;
  readonly purpose: TokenPurpose;
  readonly key: string;
}

/** Signatures of different kinds of token with one key, each kind once. */
function* sharedKeys(script: Script): Iterable<Finding> {
  const byKey = new Map<string, Signature[]>();
  for (const call of callsOf(script)) {
    if (call.api.kind !== 'sign') continue;
    for (const { node, values } of requestsOf(script, call)) {
      const identity = keyIdentity(script, call, values, node === call.node);
      const purpose = identity && purposeOf(script, node);
      if (!identity || !purpose || (call.wrapped && !isMadeFor(script, node, purpose))) continue;
      const { id, key } = identity;
      const same = byKey.get(id) ?? [];
      byKey.set(id, same);
      if (same.some((each) => each.purpose === purpose)) continue;
      same.push({ call, node, purpose, key });
    }
  }
  for (const signatures of byKey.values()) {
    // Told from the kind that is good for most.
    const [first, ...others] = signatures.sort((one, other) => Number(other.purpose === 'access') - Number(one.purpose === 'access'));
    for (const second of others) {
      const alike =
        !tellsApart(script, first!.call) && !tellsApart(script, second.call) && !haveNothingInCommon(script, first!.call, second.call);
      yield {
        message: alike ? 'interchangeable' : 'signed',
        data: { first: first!.purpose, second: second.purpose, key: second.key },
        anchor: placeOf(script.path, second.node),
        steps: [{ place: placeOf(script.path, first!.node), label: `${first!.purpose} token` }],
        level: alike ? ('error' as Level) : ('warning' as Level),
        confidence: 'likely',
        symbol: `${second.purpose} ${second.key}`,
      };
    }
  }
}

/** What else refreshes something makes tokens of other kinds as well: where the key is another file's, the token is to be named. */
function isMadeFor(script: Script, node: Node, purpose: TokenPurpose): boolean {
  return purpose !== 'refresh' || namesAround(script, node).some((name) => purposeIn(name) === purpose && /token|jwt/i.test(name));
}

/** Verifications of another kind of token whose key is, by its name, that of access tokens. */
function* otherKeys(script: Script): Iterable<Finding> {
  for (const call of callsOf(script)) {
    if ((call.wrapped?.kind ?? call.api.kind) !== 'verify') continue;
    const token = tokenArgument(call);
    const name = token ? lastName(token) : call.api.form === 'super' ? className(script, call.node) : undefined;
    const purpose = name && purposeIn(name);
    const [key, another] = call.keys;
    if (!purpose || purpose === 'access' || key?.kind !== 'environment' || another || purposeIn(key.name ?? '') !== 'access') continue;
    yield {
      message: 'verified',
      data: { second: purpose, key: `\`${key.name!}\`` },
      anchor: call.place,
      confidence: 'likely',
      symbol: `${purpose} ${key.name!}`,
    };
  }
}

/** The name of the class that a node stands in. */
function className(script: Script, node: Node): string | undefined {
  return classAround(bindingsOf(script), node)?.id?.name;
}

/**
 * Where tokens of a signature are asked for, and the keys that are given there: at the calls of the function that makes
 * them, where its own name does not say for what.
 */
function requestsOf(script: Script, call: JwtCall): readonly { readonly node: Node; readonly values: readonly Value[] }[] {
  const bindings = bindingsOf(script);
  const origins = originsOf(script);
  const itself = [{ node: call.node, values: call.keyGiven ? call.keys : (call.wrapped?.ownKey ?? []) }];
  const owner = functionsAround(script, call.node)[0];
  if (!owner || !bindings.returnsOf(owner).some((each) => initialValue(bindings, each) === call.node)) return itself;
  const name = functionName(script, owner);
  const sites = name !== undefined && purposeIn(name) ? [] : callsOfFunction(bindings, startOf(owner));
  if (sites.length === 0) return itself;
  const position = call.api.key?.find(({ length }) => length === 1);
  const argument = position ? call.args[position[0]] : undefined;
  const own = argument ? origins.evaluate(argument) : [];
  if (!own.some((value) => value.kind === 'parameter' && value.owner.start === startOf(owner)))
    return sites.map((node) => ({ node, values: itself[0]!.values }));
  return sites.map((node) => {
    if (node.arguments.some(({ type }) => type === 'SpreadElement')) return { node, values: [] };
    const args = node.arguments.map((each) => origins.evaluate(each));
    const given = origins.resolve(origins.substituted(own, placeOf(script.path, owner), args));
    return { node, values: given.filter(({ kind }) => kind !== 'nullish') };
  });
}

/** The one key of a call, by what it is; undefined when it may be several, or nobody knows which. */
function keyIdentity(
  script: Script,
  call: JwtCall,
  values: readonly Value[],
  isSignedHere: boolean,
): { readonly id: string; readonly key: string } | undefined {
  if (!call.keyGiven && !call.wrapped?.ownKey) {
    // A service signs with the key of its module.
    if (call.package !== '@nestjs/jwt' || call.node.type !== 'CallExpression') return undefined;
    const callee = unwrap(call.node.callee);
    const service = callee.type === 'MemberExpression' ? dottedName(callee.object) : undefined;
    return service === undefined ? undefined : { id: `module ${service}`, key: 'the key of its module' };
  }
  // What stands in where a variable is not set does so for each kind of token.
  const asked = values.filter(({ fallback }) => !fallback);
  const [value, another] = asked.length > 0 ? asked : values;
  if (!value || another) return keptSecret(script, call, isSignedHere);
  if (value.kind === 'environment' && value.name !== undefined) {
    // What a configuration is asked for by the name of a variable is that variable.
    const source = /^[A-Z][A-Z0-9_]*$/.test(value.name) ? 'environment' : value.source;
    return { id: `${source} ${value.name}`, key: `\`${value.name}\`` };
  }
  if (value.kind === 'text') return { id: `text ${script.crypto.identity(value.text)}`, key: 'one literal' };
  return keptSecret(script, call, isSignedHere);
}

/** A key that is read by one name wherever the file needs it: `env.JWT_SECRET`, `this.settings.accessSecret`. */
function keptSecret(script: Script, call: JwtCall, isSignedHere: boolean): { readonly id: string; readonly key: string } | undefined {
  const position = call.api.key?.find(({ length }) => length === 1);
  const argument = position ? call.args[position[0]] : undefined;
  const node = argument && unwrap(argument);
  const name = node && dottedName(node);
  if (name === undefined || name.includes('()')) return undefined;
  // A variable is one thing whatever it is called; what stands behind a member only its name tells.
  if (node!.type !== 'Identifier' && !secretName(name.slice(name.lastIndexOf('.') + 1))) return undefined;
  let root: Node = node!;
  while (root.type === 'MemberExpression') root = unwrap(root.object);
  if (root.type === 'ThisExpression') return { id: `${classOf(script, node!)} ${name}`, key: `\`${name}\`` };
  const variable = bindingsOf(script).variableOf(root);
  if (!variable?.scope.parent) return { id: `name ${name}`, key: `\`${name}\`` };
  const definition = variable.definitions[0];
  const own = functionsAround(script, node!)[0];
  // Of a function around that which signs, it is one and the same for all that stand in it.
  if (definition && definition.kind !== 'parameter' && own && !functionsAround(script, definition.name).includes(own))
    return { id: `${String(startOf(definition.name))} ${name}`, key: `\`${name}\`` };
  // A parameter, or a variable of a function, may be another one at each call: it is one where all stands in one block.
  return isSignedHere && node!.type === 'Identifier' ? { id: `${blockOf(script, node!)} ${name}`, key: `\`${name}\`` } : undefined;
}

/** Where the block begins that a node stands in, or the function that is no block. */
function blockOf(script: Script, node: Node): number {
  const bindings = bindingsOf(script);
  for (let above = bindings.parentOf(node); above; above = bindings.parentOf(above))
    if (above.type === 'BlockStatement' || above.type === 'ArrowFunctionExpression') return startOf(above);
  return 0;
}

/** Where the class begins that `this` is of. */
function classOf(script: Script, node: Node): number {
  const bindings = bindingsOf(script);
  for (let above = bindings.parentOf(node); above; above = bindings.parentOf(above))
    if (above.type === 'ClassDeclaration' || above.type === 'ClassExpression') return startOf(above);
  return 0;
}

/** Claims and options by which a reader can tell kinds of token apart. */
const DISTINGUISHING =
  /^(?:typ|type|kind|purpose|use|usage|scope|action|aud|audience|iss|issuer|sub_?type|token_?(?:type|use|kind)|is_?refresh\w*|algorithm|header|keyid|jwtid|jti|fam(?:ily)?|subject)$/i;

/** The claims of a signature by their names; undefined where they are not all seen. */
function claimsOf(script: Script, call: JwtCall): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const { values } of payloadsOf(script, call).each) {
    for (const value of values) {
      if (value.kind !== 'object' || value.open) return undefined;
      for (const name of value.members.keys()) if (name !== 'iat' && name !== 'exp' && name !== 'nbf') names.add(name);
    }
  }
  return names;
}

/** Claims that have no name in common: who reads the one kind finds nothing in the other. */
function haveNothingInCommon(script: Script, one: JwtCall, other: JwtCall): boolean {
  const [first, second] = [claimsOf(script, one), claimsOf(script, other)];
  return first !== undefined && second !== undefined && ![...first].some((name) => second.has(name));
}

/** True unless all that is signed, and how, is seen and holds nothing that says which kind of token it is. */
function tellsApart(script: Script, call: JwtCall): boolean {
  const { each, complete } = payloadsOf(script, call);
  if (!complete || each.length === 0 || call.node.type !== 'CallExpression') return true;
  // What a builder is told stands in its chain.
  if (call.api.payloadOf !== undefined)
    return hasDistinguishing(
      each.flatMap(({ values }) => values),
      false,
    );
  const options = call.args.slice(1).flatMap((_, index) => call.at([index + 1]));
  return (
    hasDistinguishing(
      each.flatMap(({ values }) => values),
      true,
    ) ||
    hasDistinguishing(
      options.filter(({ kind }) => kind === 'object'),
      true,
    )
  );
}

function hasDistinguishing(values: readonly Value[], openCounts: boolean): boolean {
  return values.some((value) => {
    if (value.kind !== 'object') return true;
    return (openCounts && value.open) || [...value.members.keys()].some((name) => DISTINGUISHING.test(name));
  });
}

interface StandIn {
  readonly place: Place;
  readonly value: { readonly name: string; readonly of: string; readonly purpose: TokenPurpose };
}

/** Variables that stand in where the one of another kind of token is missing: `REFRESH_SECRET || JWT_SECRET`. */
function* standIns(script: Script): Iterable<StandIn> {
  const values = [...callsOf(script).flatMap(({ keys }) => keys), ...namedValuesOf(script).flatMap((each) => each.values)];
  for (const value of values) {
    if (value.kind !== 'environment' || value.name === undefined || value.at.path !== script.path) continue;
    const of = value.fallback?.of === 'environment' || value.fallback?.of === 'config' ? value.fallback.name : undefined;
    if (of === undefined || !secretName(of) || !secretName(value.name)) continue;
    const purpose = purposeIn(of) ?? 'access';
    if (purpose !== 'access' && (purposeIn(value.name) ?? 'access') !== purpose)
      yield { place: value.at, value: { name: value.name, of, purpose } };
  }
}
