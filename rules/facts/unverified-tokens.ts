/**
 * Where a script reads a token without checking its signature: with a library's decoder, by taking it apart by hand, or
 * through a function of another file that does.
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { PASSED_DECODER } from './decoder-names.js';
import { callsOf, type JwtCall } from './calls.js';
import { isLocalSpecifier } from './import-names.js';
import { librariesOf, librarySpecifier } from './libraries.js';
import { originsOf } from './origins.js';
import { dottedName, memberName, unwrap, type Node } from './syntax.js';
import type { ImportValue, Value } from './values.js';

/** One read of a token whose signature was not checked by it. */
export interface UnverifiedRead {
  /** The expression whose value the token's content is. */
  readonly node: Node;
  /** What of the token the value is: `['header']`, `['payload', 'sub']`, or nothing for a decoder's whole answer. */
  readonly path: readonly string[];
  readonly token: Node | undefined;
  /** How people call it: `jsonwebtoken decode`, `JSON.parse of a token's part`. */
  readonly name: string;
  /** True when the library would have verified, had it not been told not to. */
  readonly waived: boolean;
}

const cache = new WeakMap<Script, readonly UnverifiedRead[]>();

/** The unverified reads of a script. */
export function unverifiedReadsOf(script: Script): readonly UnverifiedRead[] {
  let found = cache.get(script);
  if (!found) cache.set(script, (found = find(script)));
  return found;
}

function find(script: Script): readonly UnverifiedRead[] {
  const bindings = bindingsOf(script);
  const found: UnverifiedRead[] = [];
  const calls = callsOf(script);
  const known = new Set<Node>(calls.map((call) => call.node));
  for (const call of calls) {
    const read = readOf(call);
    if (read) found.push(read);
  }
  for (const node of bindings.calls) {
    if (node.type !== 'CallExpression' || known.has(node)) continue;
    const read = byHand(script, node) ?? passedOn(script, node);
    if (read) found.push(read);
  }
  return found;
}

function readOf(call: JwtCall): UnverifiedRead | undefined {
  if (call.node.type !== 'CallExpression' || call.wrapped) return undefined;
  const token = argument(call.node, 0);
  const base = { node: call.node, token, name: `${call.package} ${call.api.name.replace('.()', '') || 'decode'}` };
  if (call.api.kind === 'decode') {
    // A decoder that is only made here is called elsewhere.
    if (call.api.name === 'createDecoder') return undefined;
    if (call.api.name === 'decodeProtectedHeader' || isTrue(call.at([1, 'header']))) return { ...base, path: ['header'], waived: false };
    return { ...base, path: [], waived: false };
  }
  const waived = (call.api.waivers ?? []).some((waiver) => waiver.of === 'signature' && isTrue(call.at(waiver.at)));
  return waived ? { ...base, path: [], waived: true } : undefined;
}

function isTrue(values: readonly Value[]): boolean {
  return (
    values.length === 1 && ((values[0]!.kind === 'boolean' && values[0]!.value) || (values[0]!.kind === 'number' && values[0]!.value !== 0))
  );
}

function argument(node: TSESTree.CallExpression, index: number): Node | undefined {
  const found = node.arguments[index];
  return found && found.type !== 'SpreadElement' ? found : undefined;
}

/** `JSON.parse(atob(token.split('.')[1]))` and its kin. */
function byHand(script: Script, node: TSESTree.CallExpression): UnverifiedRead | undefined {
  if (dottedName(node.callee) !== 'JSON.parse') return undefined;
  const bindings = bindingsOf(script);
  let next: Node | undefined = argument(node, 0);
  let decoded = false;
  for (let step = 0; next && step < 30; step++) {
    const inner: Node = unwrap(next);
    if (inner.type === 'CallExpression' || inner.type === 'NewExpression') {
      const name: string = calleeName(inner);
      if (/^(?:atob|from|decode\w*|b64\w*|base64\w*|buffer|toBuffer)$/i.test(name)) decoded = true;
      const callee = unwrap(inner.callee);
      const first: TSESTree.CallExpressionArgument | undefined = inner.arguments[0];
      // A method of the value itself (`.toString()`, `.replace(...)`), or a function that is given it.
      const isMethod: boolean =
        callee.type === 'MemberExpression' && /^(?:toString|replace|replaceAll|trim|padEnd|concat|slice|substring)$/.test(name);
      next = isMethod ? (callee as TSESTree.MemberExpression).object : first && first.type !== 'SpreadElement' ? first : undefined;
      continue;
    }
    if (inner.type === 'MemberExpression') {
      const token = splitAtDots(script, inner.object);
      const part = memberName(inner);
      return token && decoded ? read(token, part) : undefined;
    }
    if (inner.type !== 'Identifier') return undefined;
    const definition = bindings.variableOf(inner)?.definitions[0];
    if (definition?.kind !== 'variable' || definition.node.type !== 'VariableDeclarator' || !definition.node.init) return undefined;
    const { id, init } = definition.node as TSESTree.VariableDeclarator;
    if (id.type === 'Identifier') next = init!;
    else if (id.type === 'ArrayPattern') {
      const token = splitAtDots(script, init!);
      return token && decoded ? read(token, String(id.elements.findIndex((element) => element === definition.name))) : undefined;
    } else return undefined;
  }
  return undefined;

  function read(token: Node, part: string | undefined): UnverifiedRead | undefined {
    if (part !== '0' && part !== '1') return undefined;
    return { node, path: part === '0' ? ['header'] : ['payload'], token, name: 'Parsing the parts of a token', waived: false };
  }
}

/** The token in `token.split('.')`, perhaps kept in a variable. */
function splitAtDots(script: Script, node: Node): Node | undefined {
  let inner = unwrap(node);
  if (inner.type === 'Identifier') {
    const definition = bindingsOf(script).variableOf(inner)?.definitions[0];
    if (definition?.node.type !== 'VariableDeclarator' || definition.node.id.type !== 'Identifier' || !definition.node.init)
      return undefined;
    inner = unwrap(definition.node.init);
  }
  return inner.type === 'CallExpression' ? tokenSplitBy(inner) : undefined;
}

/** The token in `token.split('.')`. */
export function tokenSplitBy({
  callee: called,
  arguments: [separator],
}: TSESTree.CallExpression | TSESTree.NewExpression): Node | undefined {
  const callee = unwrap(called);
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'split') return undefined;
  return separator?.type === 'Literal' && separator.value === '.' ? callee.object : undefined;
}

function calleeName(node: TSESTree.CallExpression | TSESTree.NewExpression): string {
  const callee = unwrap(node.callee);
  return (callee.type === 'MemberExpression' ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined) ?? '';
}

/** A call of another file's function that gives back what it decoded. */
function passedOn(script: Script, node: TSESTree.CallExpression): UnverifiedRead | undefined {
  const name = calleeName(node);
  if (!PASSED_DECODER.test(name)) return undefined;
  const origins = originsOf(script);
  if (!origins.evaluate(node.callee).some((value) => value.kind === 'import' && isLocalSpecifier(value.specifier))) return undefined;
  let path: readonly string[] | undefined;
  for (const value of origins.valuesOf(node)) {
    if (value.kind === 'nullish' || value.kind === 'boolean') continue;
    const decoded = value.kind === 'import' ? decodedPath(script, value, name) : undefined;
    if (decoded) path = decoded;
    else if (value.kind === 'import') return undefined;
  }
  if (!path) return undefined;
  return { node, path, token: argument(node, 0), name: `\`${name}\``, waived: false };
}

/** What a value is of an unverified token, when an imported decoder made it. */
function decodedPath(script: Script, value: ImportValue, name: string): readonly string[] | undefined {
  if (value.specifier === 'global' && value.path[0] === 'JSON' && value.path[1] === 'parse' && value.path[2] === '()')
    return /token|jwt/i.test(name) ? ['payload', ...value.path.slice(3)] : undefined;
  const module = librarySpecifier(value.specifier);
  const libraries = module ? librariesOf(module.package, script.project.versionOf(module.package)) : [];
  const whole = value.path[0] === 'default' ? value.path.slice(1) : value.path;
  const called = whole.lastIndexOf('()');
  const apiName = whole.slice(0, called).join('.');
  return libraries.some((library) => library.apis.some((api) => api.kind === 'decode' && api.name === apiName))
    ? whole.slice(called + 1)
    : undefined;
}
