/**
 * A change that makes a script read its secret from the environment, and stop when it is missing: in place of a literal, of a
 * fallback, or of an assertion that the variable is there.
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { Edit, Script, Suggestion } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { readingChecked, type ScriptChange } from './checked-reads.js';
import { styleOf } from './code-style.js';
import { inserting, nodeAt, removing, replacing } from './edits.js';
import type { WantedVariable } from './environment-schemas.js';
import type { KeyLiteral } from './key-literals.js';
import { secretName, wordsOf } from './names.js';
import { nestRead, orThrow } from './nest-suggestions.js';
import { originsOf } from './origins.js';
import { hmacBytesRequired } from './strength.js';
import { endOf, keyName, memberName, startOf, type Node } from './syntax.js';
import { purposeIn, purposeOf } from './token-purposes.js';
import { addingMember, environmentTypeIn, memberOf, type TypeDeclaration } from './type-declarations.js';
import type { TextValue, Value } from './values.js';

/** How a variable's absence is answered. */
function titleOf(variable: string, { demands }: ScriptChange): string {
  const shorter = demands ? ` or has less than ${String(demands.characters)} characters` : '';
  return `Read \`${variable}\` from the environment, and stop when it is missing${shorter}`;
}

/** The change that takes a key literal out of a script; undefined where none is surely right. */
export function literalSuggestion(script: Script, literal: KeyLiteral): Suggestion | undefined {
  const { value, fallback } = literal;
  if (!isForNode(script)) return undefined;
  const node = nodeAt(script, value.at);
  if (!node || !isPlainText(node)) return undefined;
  const variable = fallback && fallback.of !== 'argument' ? fallback.name : variableFor(script, literal, node);
  if (variable === undefined || !/^[A-Z_][A-Z0-9_]*$/i.test(variable)) return undefined;
  const wanted = { name: variable, length: charactersOf(value.encoding, literal.algorithm) };
  const change = fallback && fallback.of !== 'argument' ? withoutFallback(script, node, wanted) : inPlaceOf(script, node, literal, wanted);
  if (!change) return undefined;
  const { encoding } = value;
  return {
    title: titleOf(variable, change),
    ...declaring(script, variable, suggested(change)),
    variable: { name: variable, encoding, algorithm: literal.algorithm },
  };
}

/** The change that checks a variable instead of asserting that it is there, or of making text of it. */
export function checkSuggestion(script: Script, place: Parameters<typeof nodeAt>[1], variable: string): Suggestion | undefined {
  const node = isForNode(script) ? nodeAt(script, place) : undefined;
  if (!node || !readsOnly(originsOf(script).evaluate(node), variable)) return undefined;
  const change = readingChecked(script, node, { name: variable, length: charactersOf('utf8', undefined) });
  return change && { title: titleOf(variable, change), ...suggested(change) };
}

function suggested({
  edits,
  elsewhere,
  tooEarly,
  demands,
  declaresIn,
}: ScriptChange): Pick<Suggestion, 'edits' | 'elsewhere' | 'tooEarly' | 'demands' | 'declaresIn'> {
  return {
    edits,
    ...(elsewhere.length > 0 ? { elsewhere } : {}),
    ...(tooEarly ? { tooEarly } : {}),
    ...(demands ? { demands } : {}),
    ...(declaresIn === undefined ? {} : { declaresIn }),
  };
}

/** A change that declares its variable where the package declares the others, in TypeScript. */
function declaring<Change extends Pick<Suggestion, 'edits' | 'elsewhere'>>(
  script: Script,
  variable: string,
  change: Change,
): Change & Pick<Suggestion, 'undeclared'> {
  const types = styleOf(script).typed ? (script.neighbours?.environmentTypes() ?? []).flatMap((each) => environmentTypeIn(each) ?? []) : [];
  if (types.length === 0 || types.some((type) => memberOf(type, variable))) return change;
  const [type, another] = types as [TypeDeclaration, TypeDeclaration?];
  const edit = another ? undefined : addingMember(type, variable);
  if (!edit) return { ...change, undeclared: types.map((each) => each.script.path) };
  const { path } = type.script;
  return path === script.path
    ? { ...change, edits: [edit, ...change.edits] }
    : { ...change, elsewhere: [...(change.elsewhere ?? []), { path, edits: [edit] }] };
}

/** Characters that as many bytes as the algorithm needs have at least. */
function charactersOf(encoding: TextValue['encoding'], algorithm: string | undefined): number {
  const bytes = hmacBytesRequired(algorithm);
  if (encoding === 'hex') return bytes * 2;
  return encoding === 'base64' || encoding === 'base64url' ? Math.ceil((bytes * 4) / 3) : bytes;
}

/** Workers and components get their environment in other ways, and declarations have none. */
function isForNode({ path, project }: Script): boolean {
  return /\.(?:[cm]?[jt]s|[jt]sx)$/.test(path) && !/\.d\.[cm]?ts$/.test(path) && !project.uses('wrangler');
}

function isPlainText(node: Node): boolean {
  return (node.type === 'Literal' && typeof node.value === 'string') || (node.type === 'TemplateLiteral' && node.expressions.length === 0);
}

// --- the name ------------------------------------------------------------------------------------------------------

/** The variable that a literal becomes: after its own name where that says what it is, else after what the key is for. */
function variableFor(script: Script, { value, name, call }: KeyLiteral, node: Node): string {
  for (const own of [name, value.name]) {
    const words = own === undefined ? [] : wordsOf(own);
    const variable = words.join('_').toUpperCase();
    if (secretName(variable)?.strength === 'strong') return variable;
    const purpose = own === undefined ? undefined : purposeIn(own);
    if (purpose) return `JWT_${purpose.toUpperCase().replace(/[^A-Z]+/g, '_')}_SECRET`;
  }
  for (const around of namesAround(script, node)) {
    if (/^(?:express_?|cookie_?)?(?:session|cookie)s?$/i.test(around)) return 'SESSION_SECRET';
    const purpose = purposeIn(`${around}Secret`);
    if (purpose) return `JWT_${purpose.toUpperCase().replace(/[^A-Z]+/g, '_')}_SECRET`;
  }
  const speaksOfSessions = [name, value.name].some((own) => own !== undefined && secretName(own)?.purpose === 'session');
  if (speaksOfSessions || (call && /session|cookie|yar|remix|react-router/.test(call.package))) return 'SESSION_SECRET';
  const purpose = call && call.api.kind === 'sign' ? purposeOf(script, node) : undefined;
  return purpose === undefined || purpose === 'access' ? 'JWT_SECRET' : `JWT_${purpose.toUpperCase().replace(/[^A-Z]+/g, '_')}_SECRET`;
}

/** What the objects around a value are called, the innermost first: `refresh`, `jwt` of `exports.jwt = { refresh: { secret: 'x' } }`. */
function namesAround(script: Script, node: Node): readonly string[] {
  const bindings = bindingsOf(script);
  const names: string[] = [];
  for (let below = node, above = bindings.parentOf(node); above; below = above, above = bindings.parentOf(above)) {
    if (above.type === 'Property') {
      const name = above.value === below && below.type === 'ObjectExpression' ? keyName(above.key, above.computed) : undefined;
      if (name !== undefined) names.push(name);
    } else if (above.type === 'AssignmentExpression') {
      const name = above.left.type === 'MemberExpression' && below.type === 'ObjectExpression' ? memberName(above.left) : undefined;
      return name === undefined ? names : [...names, name];
    } else if (above.type !== 'ObjectExpression') return names;
  }
  return names;
}

// --- in place of a literal -----------------------------------------------------------------------------------------

function inPlaceOf(script: Script, node: Node, literal: KeyLiteral, wanted: WantedVariable): ScriptChange | undefined {
  const parent = bindingsOf(script).parentOf(node);
  switch (parent?.type) {
    case 'TSEnumMember':
    case 'TSLiteralType':
    case 'JSXAttribute':
    case 'ImportDeclaration':
    // A whole that only begins with it.
    // eslint-disable-next-line no-fallthrough
    case 'BinaryExpression':
    case undefined:
      return undefined;
    case 'AssignmentExpression':
      // `process.env.JWT_SECRET = '...'`
      if (
        originsOf(script)
          .evaluate(parent.left)
          .some((value) => value.kind === 'environment')
      )
        return undefined;
      break;
  }
  if (literal.value.at.start !== startOf(node)) return undefined;
  if (standsInFor(script, node, wanted.name)) return undefined;
  return nestRead(script, node, literal, wanted.name) ?? readingChecked(script, node, wanted);
}

/** True within a call that is asked for the variable itself: `getVar('JWT_SECRET', encode('x'))`. */
function standsInFor(script: Script, node: Node, variable: string): boolean {
  const bindings = bindingsOf(script);
  for (let above = bindings.parentOf(node); above && !/Function|Statement/.test(above.type); above = bindings.parentOf(above))
    if (above.type === 'CallExpression' && above.arguments.some((each) => each.type === 'Literal' && each.value === variable)) return true;
  return false;
}

// --- in place of a fallback ----------------------------------------------------------------------------------------

function readsOnly(values: readonly Value[], variable: string): boolean {
  return (
    values.length > 0 &&
    values.every((value) => value.kind === 'environment' && value.source === 'environment' && value.name === variable && !value.fallback)
  );
}

function withoutFallback(script: Script, node: Node, wanted: WantedVariable): ScriptChange | undefined {
  const bindings = bindingsOf(script);
  let inner: Node = node;
  let parent = bindings.parentOf(inner);
  while (parent && /^(?:TS(?:As|Satisfies|NonNull)Expression|TSTypeAssertion)$/.test(parent.type)) {
    inner = parent;
    parent = bindings.parentOf(inner);
  }
  if (parent?.type === 'LogicalExpression') {
    if (parent.right !== inner || parent.operator === '&&') return undefined;
    // process.env.X || 'x'
    if (readsOnly(originsOf(script).evaluate(parent.left), wanted.name)) return readingChecked(script, parent, wanted);
    return only(orThrow(script, parent.left, endOf(parent)));
  }
  switch (parent?.type) {
    case 'AssignmentPattern':
      return parent.right === inner ? only(withoutDefault(script, parent, wanted.name)) : undefined;
    case 'CallExpression':
      return readsByName(script, parent, inner, wanted.name)
        ? readingChecked(script, parent, wanted)
        : only(withoutArgument(script, parent, inner));
    case 'Property':
      return parent.value === inner && keyName(parent.key, parent.computed) === 'default' ? only(withoutOption(script, parent)) : undefined;
    default:
      return undefined;
  }
}

/** A change to the script alone. */
function only(edits: readonly Edit[] | undefined): ScriptChange | undefined {
  return edits && { edits, elsewhere: [] };
}

/** `const { JWT_SECRET = 'x' } = process.env` */
function withoutDefault(script: Script, pattern: TSESTree.AssignmentPattern, variable: string): readonly Edit[] | undefined {
  const bindings = bindingsOf(script);
  const property = bindings.parentOf(pattern);
  const object = property && bindings.parentOf(property);
  const declarator = object && bindings.parentOf(object);
  const declaration = declarator && bindings.parentOf(declarator);
  if (object?.type !== 'ObjectPattern' || declaration?.type !== 'VariableDeclaration' || pattern.left.type !== 'Identifier')
    return undefined;
  const above = bindings.parentOf(declaration);
  if (above?.type !== 'Program' && above?.type !== 'BlockStatement') return undefined;
  const { semicolon, quote, lineEnd } = styleOf(script);
  const lineStart = script.text.lastIndexOf('\n', startOf(declaration) - 1) + 1;
  const margin = /^\s*/.exec(script.text.slice(lineStart, startOf(declaration)))![0];
  const check = `if (!${pattern.left.name}) throw new Error(${quote}${variable} is not set${quote})${semicolon}`;
  return [{ start: endOf(pattern.left), end: endOf(pattern), text: '' }, inserting(endOf(declaration), `${lineEnd}${margin}${check}`)];
}

/** True for `env('JWT_SECRET', 'x')` of a function of the package, which is of use elsewhere too. */
function readsByName(script: Script, { callee, arguments: args }: TSESTree.CallExpression, standIn: Node, variable: string): boolean {
  const [name, second] = args;
  if (callee.type !== 'Identifier' || args.length !== 2 || second !== standIn) return false;
  if (name?.type !== 'Literal' || name.value !== variable || (bindingsOf(script).variableOf(callee)?.references.length ?? 0) < 2)
    return false;
  const [value] = originsOf(script).evaluate(callee);
  return (
    value?.kind === 'function' &&
    value.returns.some((each) => each.kind === 'environment' && each.source === 'environment' && each.nameParameter === 0) &&
    value.returns.every(({ kind }) => kind === 'environment' || kind === 'parameter')
  );
}

/** `z.string().default('x')`, `Joi.string().default('x')`, `config.get('X', 'x')` of Nest */
function withoutArgument(script: Script, call: TSESTree.CallExpression, node: Node): readonly Edit[] | undefined {
  const callee = call.callee;
  if (callee.type !== 'MemberExpression') return undefined;
  const name = memberName(callee);
  const origins = originsOf(script);
  const dropped = { start: endOf(callee.object), end: endOf(call) };
  if (name === 'default' && call.arguments.length === 1) {
    const made = origins.evaluate(callee.object).find((value) => value.kind === 'import');
    if (made?.specifier === 'zod' || made?.specifier.startsWith('zod/')) return [{ ...dropped, text: '' }];
    const isRequired =
      /\.required\(/.test(script.text.slice(startOf(callee.object), endOf(callee.object))) ||
      script.text.startsWith('.required(', endOf(call));
    if (made && /^(?:joi|@hapi\/joi|yup)$/.test(made.specifier)) return [{ ...dropped, text: isRequired ? '' : '.required()' }];
    return undefined;
  }
  const [, second] = call.arguments;
  return second === node && call.arguments.length === 2 ? orThrow(script, call, endOf(call)) : undefined;
}

/** envalid: `str({ default: 'x' })` */
function withoutOption(script: Script, property: TSESTree.Property): readonly Edit[] | undefined {
  const bindings = bindingsOf(script);
  const object = bindings.parentOf(property);
  const call = object && bindings.parentOf(object);
  if (object?.type !== 'ObjectExpression' || call?.type !== 'CallExpression') return undefined;
  const validator = originsOf(script)
    .evaluate(call.callee)
    .some((value) => value.kind === 'import' && value.specifier === 'envalid');
  if (!validator) return undefined;
  if (object.properties.length === 1) return [replacing(object, '')];
  return [removing(script, object.properties, property)];
}
