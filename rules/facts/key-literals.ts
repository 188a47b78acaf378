/**
 * Every literal of a script that is a key: because it reaches a key position of a call, or because it is given to a name
 * that means a signing secret. The rules divide these among themselves (RULES.md, law 1).
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { Confidence, Place, Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { callsOf, type JwtCall } from './calls.js';
import { isKeyMaterial } from './keys.js';
import { askedBy, namelessFallbacks, standsInForVariable, withImportedStandIns } from './nameless-fallbacks.js';
import { namesRefusedValues, secretKeyPath, secretName, type SecretName } from './names.js';
import { originsOf } from './origins.js';
import { TRANSLATIONS, usesSigning } from './settings.js';
import { interpolation, placeholderOf } from './placeholders.js';
import { dottedName, keyName, memberName, placeOf, unwrap, type Node } from './syntax.js';
import { tokensIn } from './tokens.js';
import type { Fallback, TextValue, Value } from './values.js';

/** One literal that is, or may become, a key. */
export interface KeyLiteral {
  readonly value: TextValue;
  /** The call that uses it, when one is known. */
  readonly call: JwtCall | undefined;
  /** The name that says so, when no call does. */
  readonly name: string | undefined;
  readonly fallback: Fallback | undefined;
  readonly confidence: Confidence;
  /** The algorithm of the using call when known. */
  readonly algorithm: string | undefined;
  readonly symbol: string;
}

const cache = new WeakMap<Script, readonly KeyLiteral[]>();

/** The key literals of a script, each once, those with a call first. */
export function keyLiteralsOf(script: Script): readonly KeyLiteral[] {
  let found = cache.get(script);
  if (!found) cache.set(script, (found = findKeyLiterals(script)));
  return found;
}

function findKeyLiterals(script: Script): readonly KeyLiteral[] {
  const found = new Map<string, KeyLiteral>();
  const add = (literal: KeyLiteral): void => {
    const key = `${literal.value.at.path}\0${String(literal.value.at.start)}`;
    const known = found.get(key);
    // A member of an object of defaults is one: what it stands in for says more than its own name.
    if (!known || (known.call === undefined && known.fallback === undefined && literal.fallback !== undefined)) found.set(key, literal);
  };
  for (const call of callsOf(script)) {
    // What an unsigned token is given as a key signs nothing.
    if (call.algorithm !== undefined && /^none$/i.test(call.algorithm)) continue;
    for (const value of call.keys) {
      if (value.kind !== 'text' || !isKeyText(value)) continue;
      if (call.api.noStringKeys && !value.bytes) continue;
      add({
        value,
        call,
        name: undefined,
        fallback: value.fallback,
        confidence: 'certain',
        algorithm: call.algorithm ?? (call.algorithms.names.length === 1 ? call.algorithms.names[0]!.name : undefined),
        symbol: value.name ?? `${call.package}.${call.api.name}`,
      });
    }
  }
  for (const literal of namedLiterals(script)) add(literal);
  return [...found.values()];
}

/** Text that can be a symmetric key: not empty, not a template left to fill in, no key pair (which is told by its content). */
function isKeyText(value: TextValue): boolean {
  return (
    value.text.trim() !== '' &&
    placeholderOf(value.text) !== 'template' &&
    !isKeyMaterial(value.text) &&
    interpolation(value.text) === undefined
  );
}

/** Of `module.exports.default`: what says nothing of a value. */
const EXPORTS: ReadonlySet<string> = new Set(['module', 'exports', 'default']);

/** Literals that a secret's name is given, without a call in sight. */
function* namedLiterals(script: Script): Iterable<KeyLiteral> {
  const bindings = bindingsOf(script);
  const origins = originsOf(script);
  for (const node of bindings.named) {
    const target = nameAndValue(node, bindings.parentOf(node));
    if (!target) continue;
    const path = pathTo(node, target.name);
    const secret = meaningOf(path, node) ?? (isConfiguredName(script, target.name) ? { strength: 'strong' as const } : undefined);
    if (target.environment) {
      // `process.env.JWT_SECRET = 'x'`
      if (secret?.strength !== 'strong' || isRefused(path)) continue;
      const standsIn = target.standsIn || isGuardedBy(node, target.name) ? ({ of: 'environment', name: target.name } as const) : undefined;
      for (const value of keyTexts(origins.valuesOf(target.value))) yield named(value, target.name, value.fallback ?? standsIn, 'certain');
      continue;
    }
    const standard = schemaDefault(script, target.value);
    if (standard) {
      if (secret?.strength !== 'strong' || isRefused(path)) continue;
      for (const value of keyTexts(origins.valuesOf(standard)))
        yield named(value, target.name, { of: 'environment', name: target.name }, 'certain');
      continue;
    }
    // Under any other name only what visibly stands in for something is worth following.
    if (secret === undefined && !target.pattern && !isChoice(target.value)) continue;
    if (isRefused(path)) continue;
    for (const value of target.pattern
      ? destructuringDefault(target)
      : texts(withImportedStandIns(script, origins.evaluate(target.value)))) {
      const asked = value.fallback?.name;
      const askedSecret = asked === undefined ? undefined : secretName(lastPart(asked));
      if (value.fallback && (value.fallback.of === 'environment' || value.fallback.of === 'config') && asked !== undefined) {
        // What stands in for an environment variable is judged by that variable's name, whatever it is kept in.
        if (askedSecret?.strength === 'strong' || isConfiguredName(script, asked)) yield named(value, asked, value.fallback, 'certain');
        else if (askedSecret && (secret?.strength === 'strong' || meansSecret(script, asked)))
          yield named(value, asked, value.fallback, 'likely');
        continue;
      }
      const handedIn = value.fallback && secret?.strength !== 'strong' ? askedBy(value.fallback, target.value) : undefined;
      if (handedIn !== undefined && standsInForSecret(value, handedIn)) yield named(value, handedIn, value.fallback, 'likely');
      if (secret?.strength !== 'strong' || !standsHere(value, target.value, script)) continue;
      if (isNameRather(value.text, target.name)) continue;
      // A whole token below the name of a secret is what the secret has signed.
      if (!secretName(target.name) && [...tokensIn(value.text)].length > 0) continue;
      // A label that users see.
      if (node.type === 'Property' && value.fallback === undefined && TRANSLATIONS.test(script.path)) continue;
      yield named(value, target.name, value.fallback, 'likely');
    }
  }
  for (const call of bindings.calls) {
    yield* getterFallbacks(script, call);
    yield* applicationSettings(script, call);
  }
  for (const { value, asked } of namelessFallbacks(script)) {
    if (isKeyText(value) && standsInForSecret(value, asked)) yield named(value, asked, value.fallback, 'likely');
  }

  /** What stands in for a variable or setting may be a sentence; for what is handed in, a sentence is more likely a label. */
  function standsInForSecret({ text, fallback }: TextValue, asked: string): boolean {
    if (fallback?.of === 'environment' || fallback?.of === 'config') return meansSecret(script, lastPart(asked));
    return secretName(asked)?.strength === 'strong' && !/\s/.test(text) && !isNameRather(text, asked);
  }

  /** Whether a name stands in a list of values that are refused. */
  function isRefused(path: readonly string[]): boolean {
    return path.slice(0, -1).some(namesRefusedValues);
  }

  /** What a key path means; one that begins at the exports of a file is read below that file's name too: `config/jwt.js`. */
  function meaningOf(path: readonly string[], node: Node): SecretName | undefined {
    const own = secretKeyPath(path);
    if (own?.strength !== 'medium' || !usesSigning(script.project) || TRANSLATIONS.test(script.path) || !isExported(node)) return own;
    const file = script.path.slice(script.path.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '');
    const below = secretKeyPath([file, ...path]);
    return below?.strength === 'strong' ? below : own;
  }

  /** Whether a property stands in the object that a file exports. */
  function isExported(node: Node): boolean {
    const object = bindings.parentOf(node);
    const above = object?.type === 'ObjectExpression' ? bindings.parentOf(object) : undefined;
    if (above?.type === 'AssignmentExpression') return /^(?:module\.exports|exports\.default)$/.test(dottedName(above.left) ?? '');
    return above?.type === 'ExportDefaultDeclaration';
  }

  /** Names of the objects that a property stands in, outermost first. */
  function pathTo(node: Node, name: string): string[] {
    const path = [...assignedBelow(node), name];
    for (let above = bindings.parentOf(node); above && path.length < 4; above = bindings.parentOf(above)) {
      if (above.type === 'Property') path.unshift(keyName(above.key, above.computed) ?? '');
      else if (above.type === 'AssignmentExpression') {
        // `exports.jwt = { secret: 'x' }`
        const target = above.left.type === 'MemberExpression' ? memberName(above.left) : undefined;
        path.unshift(...assignedBelow(above), ...(target === undefined || EXPORTS.has(target) ? [] : [target]));
        break;
      } else if (above.type === 'VariableDeclarator') {
        if (above.id.type === 'Identifier') path.unshift(above.id.name);
        break;
      } else if (above.type !== 'ObjectExpression' && above.type !== 'TSAsExpression' && above.type !== 'TSSatisfiesExpression') break;
    }
    return path;
  }

  /** Names of the objects whose member is assigned: `config` and `jwt` of `config.jwt.secret = 'x'`. */
  function assignedBelow(node: Node): readonly string[] {
    if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') return [];
    return (dottedName(node.left.object)?.split('.').slice(-2) ?? []).filter((name) => !EXPORTS.has(name));
  }

  /** `if (!process.env.JWT_SECRET) process.env.JWT_SECRET = 'x'` */
  function isGuardedBy(node: Node, name: string): boolean {
    for (let above = bindings.parentOf(node); above; above = bindings.parentOf(above)) {
      if (above.type === 'IfStatement') return mentions(above.test, name);
      if (above.type === 'LogicalExpression') return mentions(above.left, name);
      if (above.type !== 'ExpressionStatement' && above.type !== 'BlockStatement') return false;
    }
    return false;
  }

  function mentions(test: Node, name: string): boolean {
    let inner = unwrap(test);
    while (inner.type === 'UnaryExpression') inner = unwrap(inner.argument);
    if (inner.type === 'BinaryExpression') return mentions(inner.left, name) || mentions(inner.right, name);
    return inner.type === 'MemberExpression' && memberName(inner) === name;
  }

  function keyTexts(values: readonly Value[]): readonly TextValue[] {
    return values.filter((value): value is TextValue => value.kind === 'text' && isKeyText(value));
  }

  /** Of other files only what stands in for a variable: what else they hold is theirs to tell. */
  function texts(values: readonly Value[]): readonly TextValue[] {
    return keyTexts(values).filter((value) => value.at.path === script.path || standsInForVariable(value));
  }

  function destructuringDefault(target: Target): readonly TextValue[] {
    return texts(origins.evaluate(target.value)).map((value) => ({ ...value, fallback: { of: 'environment', name: target.name } }));
  }
}

/** `a || b`, `a ?? b`, `c ? a : b`, whatever is wrapped around it. */
function isChoice(node: Node): boolean {
  const inner = unwrap(node);
  if (inner.type === 'CallExpression' || inner.type === 'NewExpression') {
    return (
      inner.arguments.some((argument) => isChoice(argument)) || (inner.callee.type === 'MemberExpression' && isChoice(inner.callee.object))
    );
  }
  return inner.type === 'LogicalExpression' || inner.type === 'ConditionalExpression';
}

/** `config.get('JWT_SECRET', 'x')` and `env('JWT_SECRET', 'x')`, wherever they stand. */
function* getterFallbacks(script: Script, call: TSESTree.CallExpression | TSESTree.NewExpression): Iterable<KeyLiteral> {
  if (call.type !== 'CallExpression' || call.arguments.length < 2) return;
  const [name] = call.arguments;
  if (name?.type !== 'Literal' || typeof name.value !== 'string' || !meansSecret(script, lastPart(name.value))) return;
  const origins = originsOf(script);
  for (const value of origins.valuesOf(call)) {
    if (value.kind !== 'text' || !value.fallback || value.fallback.name === undefined || !isKeyText(value)) continue;
    if (value.at.path !== script.path || (value.fallback.of !== 'environment' && value.fallback.of !== 'config')) continue;
    const strong = secretName(lastPart(value.fallback.name))?.strength === 'strong';
    yield named(value, value.fallback.name, value.fallback, strong ? 'certain' : 'likely');
  }
}

/** `app.set('jwtSecret', 'x')` of Express: other files ask the application for their key by that name. */
function* applicationSettings(script: Script, call: TSESTree.CallExpression | TSESTree.NewExpression): Iterable<KeyLiteral> {
  const [key, given] = call.arguments;
  if (call.type !== 'CallExpression' || !/(?:^|\.)(?:app|application|server)\.set$/i.test(dottedName(call.callee) ?? '')) return;
  if (key?.type !== 'Literal' || typeof key.value !== 'string' || !given || given.type === 'SpreadElement') return;
  if (!script.project.uses('express') || !meansSecret(script, key.value)) return;
  for (const value of originsOf(script).valuesOf(given)) {
    if (value.kind !== 'text' || !isKeyText(value) || isNameRather(value.text, key.value)) continue;
    yield named(value, key.value, value.fallback, 'likely');
  }
}

function named(value: TextValue, name: string, fallback: Fallback | undefined, confidence: Confidence): KeyLiteral {
  return { value, call: undefined, name, fallback, confidence, algorithm: undefined, symbol: value.name ?? name };
}

interface Target {
  readonly name: string;
  readonly value: Node;
  /** The target is a variable of the environment itself. */
  readonly environment?: boolean;
  /** The value is taken only when the target has none. */
  readonly standsIn?: boolean;
  /** The value is a default in a pattern that takes names from the environment. */
  readonly pattern?: boolean;
}

/** Which name a node gives which value. */
function nameAndValue(node: Node, parent: Node | undefined): Target | undefined {
  switch (node.type) {
    case 'VariableDeclarator':
      return node.id.type === 'Identifier' && node.init ? { name: node.id.name, value: node.init } : undefined;
    case 'Property': {
      const name = keyName(node.key, node.computed);
      if (name === undefined) return undefined;
      const variable = name === 'default' && parent?.type === 'ObjectExpression' ? environmentName(parent) : undefined;
      if (variable !== undefined) return { name: variable, value: node.value, environment: true, standsIn: true };
      if (node.value.type === 'AssignmentPattern') return { name, value: node.value.right, pattern: true };
      return { name, value: node.value };
    }
    case 'PropertyDefinition':
    case 'AccessorProperty': {
      const name = keyName(node.key, node.computed);
      return name !== undefined && node.value ? { name, value: node.value } : undefined;
    }
    case 'AssignmentExpression': {
      if (node.operator !== '=' && node.operator !== '||=' && node.operator !== '??=') return undefined;
      const left = unwrap(node.left);
      if (left.type === 'Identifier') return { name: left.name, value: node.right };
      if (left.type !== 'MemberExpression') return undefined;
      const name = memberName(left);
      if (name === undefined) return undefined;
      const environment = /^(?:process|import\.meta|Bun)\.env$/.test(dottedName(left.object) ?? '');
      return { name, value: node.right, environment, standsIn: node.operator !== '=' };
    }
    default:
      return undefined;
  }
}

/** The variable that `{ env: 'JWT_SECRET', default: 'x' }` (convict and its kin) asks first. */
function environmentName(node: TSESTree.ObjectExpression): string | undefined {
  for (const property of node.properties) {
    if (property.type !== 'Property' || keyName(property.key, property.computed) !== 'env') continue;
    return property.value.type === 'Literal' && typeof property.value.value === 'string' ? property.value.value : undefined;
  }
  return undefined;
}

/** The argument of `.default('x')` at the end of a validation schema (`z.string().default('x')`, `Joi.string().default('x')`, `str({ default: 'x' })`). */
function schemaDefault(script: Script, value: Node): Node | undefined {
  let next = unwrap(value);
  while (next.type === 'CallExpression') {
    const callee = unwrap(next.callee);
    const [options] = next.arguments;
    if (options?.type === 'ObjectExpression' && isOfEnvalid(script, callee)) {
      const given = options.properties.find(
        (each) => each.type === 'Property' && /^(?:default|devDefault)$/.test(keyName(each.key, each.computed) ?? ''),
      );
      return given?.type === 'Property' ? given.value : undefined;
    }
    if (callee.type !== 'MemberExpression') return undefined;
    const name = memberName(callee);
    // valibot: v.optional(v.string(), 'x')
    if ((name === 'optional' || name === 'nullish' || name === 'nullable' || name === 'fallback') && next.arguments.length === 2) {
      const standard = next.arguments[1]!;
      return standard.type === 'SpreadElement' ? undefined : standard;
    }
    if (
      (name === 'default' || name === 'catch' || name === 'fallback') &&
      next.arguments.length === 1 &&
      next.arguments[0]!.type !== 'SpreadElement'
    ) {
      return next.arguments[0];
    }
    next = unwrap(callee.object);
  }
  return undefined;
}

/** A validator of envalid, or one that was made with it. */
function isOfEnvalid(script: Script, callee: Node): boolean {
  return originsOf(script)
    .evaluate(callee)
    .some((value) => value.kind === 'import' && value.specifier === 'envalid');
}

/** True when the literal itself is written in the value position, not fetched from elsewhere (where its own name speaks). */
function standsHere(value: TextValue, node: Node, script: Script): boolean {
  const place = placeOf(script.path, unwrap(node));
  return value.at.start >= place.start && value.at.end <= place.end;
}

/** What `typeof` and the schemas of settings call what they ask for. */
const TYPES: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'object', 'array', 'integer', 'any', 'unknown', 'undefined']);

/** A value that is itself the name of a setting or an injection token (`JWT_SECRET: 'JWT_SECRET'`, `'auth.jwtSecret'`). */
function isNameRather(text: string, name: string): boolean {
  if (!/^[A-Za-z_$][\w$.:-]*$/.test(text)) return false;
  if (TYPES.has(text)) return true;
  const plain = (word: string): string => word.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
  if (plain(text) === plain(name)) return true;
  return /^[A-Z][A-Z0-9_]+$/.test(text) || (text.includes('.') && secretName(lastPart(text)) !== undefined);
}

/** A name that means a signing secret by itself, or beside a library that signs. */
function meansSecret(script: Script, name: string): boolean {
  const secret = secretName(name);
  return secret?.strength === 'strong' || (secret !== undefined && usesSigning(script.project)) || isConfiguredName(script, name);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function isConfiguredName(script: Script, name: string): boolean {
  const plain = (word: string): string => word.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
  return script.vocabulary.secretNames.some((secret) => plain(secret) === plain(name));
}

/** The place that a finding about a literal names as its use. */
export function useOf(literal: KeyLiteral): Place | undefined {
  return literal.call?.place;
}
