/**
 * A change that makes a script read its secret from the environment, and stop when it is missing: in place of a literal, of a
 * fallback, or of an assertion that the variable is there.
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { Edit, Script, Suggestion } from '../contract.js';
import { bindingsOf, type ClassNode, type Definition } from './bindings.js';
import { endOfImports, startOfCode, styleOf, type CodeStyle } from './code-style.js';
import { inserting, nodeAt, propertyNamed, removing, replacing } from './edits.js';
import type { KeyLiteral } from './key-literals.js';
import { secretName, wordsOf } from './names.js';
import { originsOf } from './origins.js';
import { endOf, keyName, memberName, startOf, type Node } from './syntax.js';
import { purposeIn, purposeOf } from './token-purposes.js';
import type { Value } from './values.js';

/** Reads a variable, and stops the program when it is missing. */
const HELPER = 'requireEnv';

/** How a variable's absence is answered. */
function titleOf(variable: string): string {
  return `Read \`${variable}\` from the environment, and stop when it is missing`;
}

/** The change that takes a key literal out of a script; undefined where none is surely right. */
export function literalSuggestion(script: Script, literal: KeyLiteral): Suggestion | undefined {
  const { value, fallback } = literal;
  if (!isForNode(script)) return undefined;
  const node = nodeAt(script, value.at);
  if (!node || !isPlainText(node)) return undefined;
  const variable = fallback && fallback.of !== 'argument' ? fallback.name : variableFor(script, literal, node);
  if (variable === undefined || !/^[A-Z_][A-Z0-9_]*$/i.test(variable)) return undefined;
  const edits =
    fallback && fallback.of !== 'argument' ? withoutFallback(script, node, variable) : inPlaceOf(script, node, literal, variable);
  if (!edits) return undefined;
  return { title: titleOf(variable), edits, variable: { name: variable, encoding: value.encoding, algorithm: literal.algorithm } };
}

/** The change that checks a variable instead of asserting that it is there, or of making text of it. */
export function checkSuggestion(script: Script, place: Parameters<typeof nodeAt>[1], variable: string): Suggestion | undefined {
  const node = isForNode(script) ? nodeAt(script, place) : undefined;
  if (!node || !readsOnly(originsOf(script).evaluate(node), variable)) return undefined;
  const edits = environmentRead(script, node, variable);
  return edits && { title: titleOf(variable), edits };
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
  const speaksOfSessions = [name, value.name].some((own) => own !== undefined && secretName(own)?.purpose === 'session');
  if (speaksOfSessions || (call && /session|cookie|yar|remix|react-router/.test(call.package))) return 'SESSION_SECRET';
  const purpose = call && call.api.kind === 'sign' ? purposeOf(script, node) : undefined;
  return purpose === undefined || purpose === 'access' ? 'JWT_SECRET' : `JWT_${purpose.toUpperCase().replace(/[^A-Z]+/g, '_')}_SECRET`;
}

// --- in place of a literal -----------------------------------------------------------------------------------------

function inPlaceOf(script: Script, node: Node, literal: KeyLiteral, variable: string): readonly Edit[] | undefined {
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
  return nestRead(script, node, literal, variable) ?? environmentRead(script, node, variable);
}

/** The edits that put a checked read of a variable in the place of a node. */
function environmentRead(script: Script, node: Node, variable: string): readonly Edit[] | undefined {
  const style = styleOf(script);
  const bindings = bindingsOf(script);
  const helper = bindings.lookup(HELPER, script.ast);
  // Something else is called so: what it does nobody knows.
  if (helper && !helper.definitions.every(isFunction)) return undefined;
  const read = `${HELPER}(${style.quote}${variable}${style.quote})`;
  const helping = helper ? [] : [atTop(script, style, helperText(style))];
  // What runs when the module is loaded stops the program there and then.
  if (runsAtStart(script, node)) return [...helping, replacing(node, read)];
  const isFree = !new RegExp(`(?<![\\w$.])${variable}(?![\\w$])`).test(withoutText(script, node));
  if (!isFree) return [...helping, replacing(node, read)];
  const constant = `const ${variable} = ${read}${style.semicolon}${style.lineEnd}`;
  return [atTop(script, style, constant), ...helping, replacing(node, variable)];
}

/** A function by its declaration, or by where it comes from. */
function isFunction({ kind, node }: Definition): boolean {
  if (kind === 'function' || kind === 'import') return true;
  return node.type === 'VariableDeclarator' && node.init !== null && /Call|Function/.test(node.init.type);
}

/** The script without the node itself, in which the name of its variable may well stand. */
function withoutText({ text }: Script, node: Node): string {
  return text.slice(0, startOf(node)) + text.slice(endOf(node));
}

function helperText({ semicolon, indent, lineEnd, typed }: CodeStyle): string {
  const lines = [
    typed ? `function ${HELPER}(name: string): string {` : `function ${HELPER}(name) {`,
    `${indent}const value = process.env[name]${semicolon}`,
    `${indent}if (!value) throw new Error(\`\${name} is not set\`)${semicolon}`,
    `${indent}return value${semicolon}`,
    '}',
  ];
  return `${lines.join(lineEnd)}${lineEnd}`;
}

/** What puts declarations behind the imports, or before the first statement where there are none. */
function atTop(script: Script, { lineEnd }: CodeStyle, text: string): Edit {
  const imports = endOfImports(script);
  if (imports === undefined) return inserting(startOfCode(script), `${text}${lineEnd}`);
  // Behind what else stands in the line: a comment.
  const end = script.text.indexOf('\n', imports);
  const rest = script.text.slice(imports, end < 0 ? undefined : end);
  if (/^\s*(?:\/\/|\/\*|$)/.test(rest) && end >= 0) return inserting(end + 1, `${lineEnd}${text}`);
  return inserting(imports, `${lineEnd}${lineEnd}${text}`);
}

/** True where an expression is worked out when the module is loaded. */
function runsAtStart(script: Script, node: Node): boolean {
  const bindings = bindingsOf(script);
  for (let above = bindings.parentOf(node); above; above = bindings.parentOf(above)) {
    if (/Function/.test(above.type) || above.type === 'StaticBlock') return above.type === 'StaticBlock';
    if (above.type === 'PropertyDefinition' && !above.static) return false;
  }
  return true;
}

// --- in place of a fallback ----------------------------------------------------------------------------------------

function readsOnly(values: readonly Value[], variable: string): boolean {
  return (
    values.length > 0 &&
    values.every((value) => value.kind === 'environment' && value.source === 'environment' && value.name === variable && !value.fallback)
  );
}

function withoutFallback(script: Script, node: Node, variable: string): readonly Edit[] | undefined {
  const bindings = bindingsOf(script);
  let inner: Node = node;
  let parent = bindings.parentOf(inner);
  while (parent && /^(?:TS(?:As|Satisfies|NonNull)Expression|TSTypeAssertion)$/.test(parent.type)) {
    inner = parent;
    parent = bindings.parentOf(inner);
  }
  switch (parent?.type) {
    case 'LogicalExpression':
      // process.env.X || 'x'
      if (parent.right !== inner || parent.operator === '&&') return undefined;
      return readsOnly(originsOf(script).evaluate(parent.left), variable) ? environmentRead(script, parent, variable) : undefined;
    case 'AssignmentPattern':
      return parent.right === inner ? withoutDefault(script, parent, variable) : undefined;
    case 'CallExpression':
      return withoutArgument(script, parent, inner);
    case 'Property':
      return parent.value === inner && keyName(parent.key, parent.computed) === 'default' ? withoutOption(script, parent) : undefined;
    default:
      return undefined;
  }
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
  const [first, second] = call.arguments;
  if (name !== 'get' || !first || second !== node || call.arguments.length !== 2 || !script.project.uses('@nestjs/config'))
    return undefined;
  if (!isConfigService(script, callee.object)) return undefined;
  return [replacing(callee.property, 'getOrThrow'), { start: endOf(first), end: endOf(second), text: '' }];
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

// --- in Nest -------------------------------------------------------------------------------------------------------

const CONFIG_MODULE = '@nestjs/config';

/** A read by Nest's ConfigService, where one is at hand or can be asked for: a module has no environment when it is loaded. */
function nestRead(script: Script, node: Node, { call }: KeyLiteral, variable: string): readonly Edit[] | undefined {
  if (!script.project.uses(CONFIG_MODULE)) return undefined;
  const { quote, typed } = styleOf(script);
  if (!typed) return undefined;
  const get = (service: string): string => `${service}.getOrThrow<string>(${quote}${variable}${quote})`;
  const bindings = bindingsOf(script);
  let inConstructor: TSESTree.FunctionExpression | undefined;
  let below: Node = node;
  for (let above = bindings.parentOf(node); above; below = above, above = bindings.parentOf(above)) {
    if (above.type === 'FunctionExpression') {
      const method = bindings.parentOf(above);
      if (method?.type === 'MethodDefinition' && method.kind === 'constructor') inConstructor = above;
    }
    // A decorator of a class is no part of it.
    if ((above.type !== 'ClassDeclaration' && above.type !== 'ClassExpression') || below !== above.body) continue;
    const service = serviceOf(above);
    // Before `super(...)` there is no `this`, but the argument.
    if (service)
      return [replacing(node, get(inConstructor ? service.name : `this.${service.name}`))].filter(
        () => inConstructor !== undefined || service.kept,
      );
    if (!inConstructor || /\bconfig\b/.test(script.text.slice(startOf(above), endOf(above)))) return undefined;
    const last = inConstructor.params.at(-1);
    const parameter = `config: ConfigService`;
    const open = script.text.indexOf('(', startOf(inConstructor));
    return [
      ...importing(script, ['ConfigService']),
      last ? inserting(endOf(last), `, ${parameter}`) : inserting(open + 1, parameter),
      replacing(node, get('config')),
    ];
  }
  const module = call?.node;
  if (call?.package !== '@nestjs/jwt' || call.api.name !== 'JwtModule.register' || module?.type !== 'CallExpression') return undefined;
  const [options] = module.arguments;
  if (options?.type !== 'ObjectExpression' || module.callee.type !== 'MemberExpression') return undefined;
  if (startOf(node) < startOf(options) || endOf(node) > endOf(options) || propertyNamed(options, 'global')) return undefined;
  return [
    ...importing(script, ['ConfigModule', 'ConfigService']),
    replacing(module.callee.property, 'registerAsync'),
    inserting(startOf(options), '{ imports: [ConfigModule], inject: [ConfigService], useFactory: (config: ConfigService) => ('),
    replacing(node, get('config')),
    inserting(endOf(options), ') }'),
  ];
}

/** The constructor's argument that is a ConfigService, and whether the class keeps it. */
function serviceOf(node: ClassNode): { readonly name: string; readonly kept: boolean } | undefined {
  for (const member of node.body.body) {
    if (member.type !== 'MethodDefinition' || member.kind !== 'constructor') continue;
    for (const parameter of member.value.params) {
      const inner = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter;
      if (inner.type !== 'Identifier') continue;
      const type = inner.typeAnnotation?.typeAnnotation;
      if (type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'ConfigService')
        return { name: inner.name, kept: parameter.type === 'TSParameterProperty' };
    }
  }
  return undefined;
}

function isConfigService(script: Script, node: Node): boolean {
  const name = node.type === 'MemberExpression' ? memberName(node) : node.type === 'Identifier' ? node.name : undefined;
  const bindings = bindingsOf(script);
  for (let above = bindings.parentOf(node); above; above = bindings.parentOf(above)) {
    if (above.type === 'ClassDeclaration' || above.type === 'ClassExpression') return serviceOf(above)?.name === name;
    // useFactory: (config: ConfigService) => ...
    if (above.type !== 'ArrowFunctionExpression' && above.type !== 'FunctionExpression') continue;
    for (const parameter of above.params) {
      if (parameter.type !== 'Identifier' || parameter.name !== name) continue;
      const type = parameter.typeAnnotation?.typeAnnotation;
      return type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'ConfigService';
    }
  }
  return false;
}

/** The edits that import what is not imported yet. */
function importing(script: Script, names: readonly string[]): readonly Edit[] {
  const { quote, semicolon, lineEnd } = styleOf(script);
  const missing = names.filter((name) => !bindingsOf(script).lookup(name, script.ast));
  if (missing.length === 0) return [];
  for (const statement of script.ast.body) {
    if (statement.type !== 'ImportDeclaration' || statement.source.value !== CONFIG_MODULE || statement.importKind === 'type') continue;
    const last = statement.specifiers.at(-1);
    if (last?.type === 'ImportSpecifier') return [inserting(endOf(last), `, ${missing.join(', ')}`)];
  }
  const line = `import { ${missing.join(', ')} } from ${quote}${CONFIG_MODULE}${quote}${semicolon}`;
  const last = script.ast.body.findLast(({ type }) => type === 'ImportDeclaration');
  return last ? [inserting(endOf(last), `${lineEnd}${line}`)] : [inserting(startOfCode(script), `${line}${lineEnd}`)];
}
