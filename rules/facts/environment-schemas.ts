/**
 * Objects of environment variables that a script checks as a whole when it is loaded, by a schema of zod, joi, yup, valibot,
 * envalid or t3-env. Only those that are understood whole, so that a variable can be added to them in their own terms.
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { Edit, Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { endOfImports, styleOf } from './code-style.js';
import { appendingProperty, inserting, propertyNamed } from './edits.js';
import { originsOf } from './origins.js';
import { dottedName, endOf, memberName, startOf, type Node } from './syntax.js';

/** A variable that code needs. */
export interface WantedVariable {
  readonly name: string;
  /** Characters that a good value has at least. */
  readonly length: number;
}

/** What a schema says of a variable: `lax` where it may be missing, or where that cannot be told. */
export type Demand = 'demanded' | 'lax' | 'absent';

/** A schema by which the environment is checked. */
export interface EnvironmentSchema {
  demandOf(variable: string): Demand;
  /** What adds a variable that is {@link Demand absent}. */
  adding(wanted: WantedVariable): readonly Edit[];
}

/** Constants and members that one value is followed through. */
const MAX_HOPS = 5;

/** The schema behind an object of checked variables; undefined when the expression is something else, or not all of it is understood. */
export function schemaOf(script: Script, expression: Node, hops = 0): EnvironmentSchema | undefined {
  const node = bare(script, expression);
  if (hops > MAX_HOPS) return undefined;
  switch (node.type) {
    case 'Identifier': {
      const constant = constantOf(script, node);
      if (!constant) return undefined;
      if (constant.member === undefined) return schemaOf(script, constant.init, hops + 1);
      return isGuarded(script, constant.declarator) ? resultOf(script, constant.init, constant.member) : undefined;
    }
    case 'MemberExpression': {
      const result = node.object.type === 'Identifier' ? constantOf(script, node.object) : undefined;
      const member = memberName(node);
      if (!result || result.member !== undefined || member === undefined || !isGuarded(script, result.declarator)) return undefined;
      return resultOf(script, result.init, member);
    }
    case 'CallExpression':
      return checkedBy(script, node);
    default:
      return undefined;
  }
}

/** Without what changes nothing about the value: `as const`, `satisfies`, `Object.freeze(...)`. */
export function bare(script: Script, expression: Node): Node {
  let node = expression;
  for (;;) {
    if (node.type === 'TSSatisfiesExpression' || (node.type === 'TSAsExpression' && /^const$/.test(textOf(script, node.typeAnnotation))))
      node = node.expression;
    else if (node.type === 'CallExpression' && dottedName(node.callee) === 'Object.freeze' && node.arguments.length === 1)
      node = node.arguments[0]!;
    else return node;
  }
}

/** What a constant at the top of a script is: its initialiser, or the member that a pattern takes out of it. */
export interface Constant {
  readonly declarator: TSESTree.VariableDeclarator;
  readonly init: Node;
  readonly member: string | undefined;
}

/**
 * The constant that an identifier means; undefined for one that is assigned again.
 * @param ofAnyType also one that is declared with a type of its own
 */
export function constantOf(script: Script, identifier: Node, ofAnyType = false): Constant | undefined {
  const bindings = bindingsOf(script);
  const definitions = bindings.variableOf(identifier)?.definitions ?? [];
  const [definition] = definitions;
  if (definitions.length !== 1 || definition?.kind !== 'variable') return undefined;
  const declarator = definition.node as TSESTree.VariableDeclarator;
  const declaration = bindings.parentOf(declarator);
  const above = declaration && bindings.parentOf(declaration);
  if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const' || !declarator.init) return undefined;
  if (above?.type !== 'Program' && above?.type !== 'ExportNamedDeclaration') return undefined;
  if (!ofAnyType && ownTypeOf(script, declarator)) return undefined;
  const { init, id } = declarator;
  if (id === definition.name) return { declarator, init, member: undefined };
  const property = bindings.parentOf(definition.name);
  if (property?.type !== 'Property' || property.value !== definition.name || bindings.parentOf(property) !== id) return undefined;
  const member = property.computed ? undefined : textOf(script, property.key);
  return member === undefined ? undefined : { declarator, init, member };
}

/** The type that a constant is declared with, where it does not grow with a schema. */
export function ownTypeOf(script: Script, { id }: TSESTree.VariableDeclarator): Node | undefined {
  const type = id.typeAnnotation?.typeAnnotation;
  return type && !isInferred(script, type) ? type : undefined;
}

/** `z.infer<typeof schema>`, or a name for it: a type that grows with the schema. */
function isInferred(script: Script, type: Node): boolean {
  if (type.type !== 'TSTypeReference') return false;
  if (/^(?:\w+\.)?(?:infer|output|Infer|InferOutput)$/.test(textOf(script, type.typeName)))
    return type.typeArguments?.params[0]?.type === 'TSTypeQuery';
  const { typeName } = type;
  if (typeName.type !== 'Identifier') return false;
  for (const statement of script.ast.body) {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declared?.type === 'TSTypeAliasDeclaration' && declared.id.name === typeName.name)
      return declared.typeAnnotation.type === 'TSTypeReference' && declared.typeAnnotation.typeName.type === 'TSQualifiedName'
        ? isInferred(script, declared.typeAnnotation)
        : false;
  }
  return false;
}

/** True where the program stops when what a declaration holds tells of a failure. */
function isGuarded(script: Script, { id }: TSESTree.VariableDeclarator): boolean {
  const bindings = bindingsOf(script);
  const names = id.type === 'ObjectPattern' ? id.properties.map((each) => (each.type === 'Property' ? each.value : each.argument)) : [id];
  return names.some((name) =>
    (bindings.variableOf(name)?.references ?? []).some((reference) => {
      let below: Node = reference;
      for (let above = bindings.parentOf(below); above; below = above, above = bindings.parentOf(above)) {
        if (above.type !== 'IfStatement') continue;
        return above.test === below && bindings.parentOf(above)?.type === 'Program' && [above.consequent, above.alternate].some(stops);
      }
      return false;
    }),
  );
}

function stops(branch: Node | null): boolean {
  const statements: readonly Node[] = branch?.type === 'BlockStatement' ? branch.body : branch ? [branch] : [];
  return statements.some(
    (each) =>
      each.type === 'ThrowStatement' ||
      (each.type === 'ExpressionStatement' &&
        each.expression.type === 'CallExpression' &&
        dottedName(each.expression.callee) === 'process.exit'),
  );
}

/** A member of what a check gives: `schema.safeParse(process.env).data`, `schema.validate(process.env).value`. */
function resultOf(script: Script, init: Node, member: string): EnvironmentSchema | undefined {
  if (init.type !== 'CallExpression' || init.callee.type !== 'MemberExpression' || !isEnvironment(script, init.arguments[0]))
    return undefined;
  const method = memberName(init.callee);
  if (method === 'safeParse' && member === 'data') return zodObject(script, init.callee.object);
  return method === 'validate' && member === 'value' ? chainedObject(script, init.callee.object, JOI) : undefined;
}

/** A call that gives the checked variables. */
function checkedBy(script: Script, call: TSESTree.CallExpression): EnvironmentSchema | undefined {
  const { callee } = call;
  const [first, second] = call.arguments;
  const from = importOf(script, callee);
  if (from === 'envalid:cleanEnv') return second && isEnvironment(script, first) ? envalidObject(script, second) : undefined;
  if (/^@t3-oss\/env-(?:core|nextjs|nuxt):createEnv$/.test(from ?? '')) return first && t3Object(script, first);
  if (callee.type !== 'MemberExpression') return undefined;
  const method = memberName(callee);
  if (from === 'valibot:parse') return first && isEnvironment(script, second) ? valibotObject(script, first) : undefined;
  if (method === 'parse' && isEnvironment(script, first)) return zodObject(script, callee.object);
  if (method === 'validateSync' && isEnvironment(script, first)) return chainedObject(script, callee.object, YUP);
  if (method === 'attempt' && second && isEnvironment(script, first)) return chainedObject(script, second, JOI);
  return undefined;
}

function isEnvironment(script: Script, argument: Node | undefined): boolean {
  const values = argument ? originsOf(script).evaluate(argument) : [];
  return values.length === 1 && values[0]!.kind === 'environment-object';
}

// --- the libraries -------------------------------------------------------------------------------------------------

/** A chain of calls on a library's object: `z.coerce.string().min(1)` is `coerce`, `string`, `min` on `z`. */
interface Chain {
  readonly on: Node;
  readonly calls: readonly { readonly method: string; readonly args: readonly Node[]; readonly typed: boolean }[];
}

function chainOf(script: Script, expression: Node): Chain | undefined {
  const calls: Chain['calls'][number][] = [];
  let node = declared(script, expression);
  for (;;) {
    const call = node.type === 'CallExpression' ? node : undefined;
    const callee = call ? call.callee : node;
    const method = callee.type === 'MemberExpression' ? memberName(callee) : undefined;
    // Another member than one that is called, such as `coerce`, says something too.
    if (callee.type !== 'MemberExpression' || method === undefined || (!call && calls.length === 0)) break;
    // `import * as zod from 'zod'`, `Joi.default`
    if (!call && /^(?:z|default)$/.test(method)) break;
    calls.unshift({ method, args: call?.arguments ?? [], typed: Boolean(call?.typeArguments) });
    const below = declared(script, callee.object);
    // `const Joi = require('joi')` is where a chain ends.
    node = below.type === 'CallExpression' && below.callee.type === 'MemberExpression' ? below : callee.object;
  }
  return calls.length > 0 ? { on: node, calls } : undefined;
}

/** What an expression is imported as, e.g. `envalid:cleanEnv`. */
function importOf(script: Script, node: Node): string | undefined {
  const values = originsOf(script).evaluate(node);
  const [value] = values;
  if (values.length !== 1 || value?.kind !== 'import') return undefined;
  return `${value.specifier}:${value.path.filter((part) => part !== 'default').join('.')}`;
}

const ZOD = /^zod(?:\/v[34])?:(?:z)?$/;

/** A library whose variables may be missing until a chain says `required()`. */
interface ChainedLibrary {
  /** Its import, as {@link importOf} names it. */
  readonly imported: RegExp;
  /** Methods of an object that give one with the same variables. */
  readonly same: RegExp;
  /** Methods that let a variable be missing. */
  readonly lax: RegExp;
}

const JOI: ChainedLibrary = {
  imported: /^(?:joi|@hapi\/joi):(?:Joi)?$/,
  same: /^(?:unknown|required|prefs|preferences|options|label|description)$/,
  lax: /^(?:default|optional|allow|empty)$/,
};
const YUP: ChainedLibrary = {
  imported: /^yup:$/,
  same: /^(?:noUnknown|required|strict|label|meta|defined)$/,
  lax: /^(?:default|optional|notRequired|nullable|when)$/,
};

/** Methods of a zod object that give one with the same variables. */
const SAME_ZOD = /^(?:strict|passthrough|strip|loose|readonly|describe|meta|brand|refine|superRefine|check)$/;

/** Follows a constant to what it was declared as. */
function declared(script: Script, node: Node): Node {
  const constant = node.type === 'Identifier' ? constantOf(script, node) : undefined;
  return constant && constant.member === undefined ? constant.init : node;
}

function zodObject(script: Script, node: Node): EnvironmentSchema | undefined {
  const chain = chainOf(script, node);
  const [first, ...rest] = chain?.calls ?? [];
  if (!chain || !first || !/^(?:object|looseObject|strictObject)$/.test(first.method) || !rest.every(({ method }) => SAME_ZOD.test(method)))
    return undefined;
  const [shape] = first.args;
  return shape && ZOD.test(importOf(script, chain.on) ?? '') ? zodShape(script, shape, textOf(script, chain.on)) : undefined;
}

function zodShape(script: Script, shape: Node, z: string): EnvironmentSchema | undefined {
  const object = plainObject(declared(script, shape));
  return (
    object && {
      demandOf: (name) =>
        demandOf(script, object, name, ({ on, calls }) => {
          if (!ZOD.test(importOf(script, on) ?? '') || calls[0]?.method !== 'string') return false;
          return !calls.some(({ method }) => /^(?:optional|default|nullish|nullable|catch|prefault|or)$/.test(method));
        }),
      adding: ({ name, length }) => [appendingProperty(script, object, `${name}: ${z}.string().min(${String(length)})`)],
    }
  );
}

function chainedObject(script: Script, node: Node, { imported, same, lax }: ChainedLibrary): EnvironmentSchema | undefined {
  const chain = chainOf(script, node);
  const [first, ...rest] = chain?.calls ?? [];
  // A type that is given by hand would have to grow too.
  if (!chain || first?.method !== 'object' || first.typed || !imported.test(importOf(script, chain.on) ?? '')) return undefined;
  const keys = rest.filter(({ method }) => method === 'keys');
  if (!rest.every(({ method }) => method === 'keys' || same.test(method)) || keys.length + first.args.length !== 1) return undefined;
  const [shape] = (keys[0] ?? first).args;
  const object = shape && plainObject(declared(script, shape));
  const library = textOf(script, chain.on);
  return (
    object && {
      demandOf: (name) =>
        demandOf(script, object, name, ({ on, calls }) => {
          if (!imported.test(importOf(script, on) ?? '') || calls[0]?.method !== 'string') return false;
          const methods = calls.map(({ method }) => method);
          return methods.includes('required') && !methods.some((method) => lax.test(method));
        }),
      adding: ({ name, length }) => [appendingProperty(script, object, `${name}: ${library}.string().min(${String(length)}).required()`)],
    }
  );
}

/** `v.object({ PORT: v.string() })` of `import * as v from 'valibot'`; functions imported one by one would have to be more. */
function valibotObject(script: Script, node: Node): EnvironmentSchema | undefined {
  const call = declared(script, node);
  if (call.type !== 'CallExpression' || call.callee.type !== 'MemberExpression' || !call.arguments[0]) return undefined;
  if (!/^valibot:(?:object|looseObject|strictObject)$/.test(importOf(script, call.callee) ?? '')) return undefined;
  const object = plainObject(declared(script, call.arguments[0]));
  const v = textOf(script, call.callee.object);
  const makes = (value: Node | undefined, name: string): boolean =>
    value?.type === 'CallExpression' && importOf(script, value.callee) === `valibot:${name}`;
  const isText = (value: Node): boolean =>
    makes(value, 'string') || (value.type === 'CallExpression' && makes(value, 'pipe') && makes(value.arguments[0], 'string'));
  return (
    object && {
      demandOf: (name) => {
        const value = propertyNamed(object, name)?.value;
        if (!value) return 'absent';
        return isText(value) ? 'demanded' : 'lax';
      },
      adding: ({ name, length }) => [
        appendingProperty(script, object, `${name}: ${v}.pipe(${v}.string(), ${v}.minLength(${String(length)}))`),
      ],
    }
  );
}

function t3Object(script: Script, argument: Node): EnvironmentSchema | undefined {
  const options = plainObject(argument);
  const value = (name: string): Node | undefined => options && propertyNamed(options, name)?.value;
  const server = value('server');
  const shape = server && plainObject(server);
  if (!shape) return undefined;
  const z = shape.properties
    .flatMap((each) => (each.type === 'Property' ? (chainOf(script, each.value)?.on ?? []) : []))
    .find((on) => ZOD.test(importOf(script, on) ?? ''));
  const schema = z && zodShape(script, shape, textOf(script, z));
  const listed = value('runtimeEnv') ?? value('runtimeEnvStrict');
  const runtime = listed && plainObject(listed);
  // What is neither the environment itself nor a list of its variables is not understood.
  if (!schema || (listed ? !runtime && !isEnvironment(script, listed) : !value('experimental__runtimeEnv'))) return undefined;
  return {
    demandOf: (name) => {
      const demand = schema.demandOf(name);
      return demand === 'demanded' && runtime && !propertyNamed(runtime, name) ? 'lax' : demand;
    },
    adding: (wanted) => [
      ...schema.adding(wanted),
      ...(runtime ? [appendingProperty(script, runtime, `${wanted.name}: process.env.${wanted.name}`)] : []),
    ],
  };
}

function envalidObject(script: Script, node: Node): EnvironmentSchema | undefined {
  const object = plainObject(declared(script, node));
  const makers = importedFrom(script, 'envalid');
  if (!object || !makers) return undefined;
  return {
    demandOf: (name) => {
      const value = propertyNamed(object, name)?.value;
      if (!value) return 'absent';
      if (value.type !== 'CallExpression') return 'lax';
      const options = value.arguments[0];
      const isLax = options !== undefined && (options.type !== 'ObjectExpression' || /default/i.test(textOf(script, options)));
      return isLax || !/^envalid:(?:str|makeValidator\.\(\))$/.test(importOf(script, value.callee) ?? '') ? 'lax' : 'demanded';
    },
    adding: ({ name, length }) => [...makers(length), appendingProperty(script, object, `${name}: ${validatorName(length)}()`)],
  };
}

function validatorName(length: number): string {
  return `secret${String(length)}`;
}

/** envalid's `str()` lets an empty value pass: what makes a validator of a length, and imports what that takes. */
function importedFrom(script: Script, specifier: string): ((length: number) => readonly Edit[]) | undefined {
  const bindings = bindingsOf(script);
  for (const statement of script.ast.body) {
    const names =
      statement.type === 'ImportDeclaration' && statement.source.value === specifier
        ? statement.specifiers
        : statement.type === 'VariableDeclaration' && statement.declarations[0]?.init
          ? requiredNames(statement.declarations[0], specifier)
          : undefined;
    const last = names?.at(-1);
    if (!last) continue;
    const isWhole = last.type === 'ImportNamespaceSpecifier' || last.type === 'ImportDefaultSpecifier' || last.type === 'Identifier';
    if (!isWhole && last.type !== 'ImportSpecifier' && last.type !== 'Property') return undefined;
    const whole = isWhole ? textOf(script, last.type === 'Identifier' ? last : last.local) : undefined;
    return (length) => {
      const { quote, semicolon, indent, lineEnd, typed } = styleOf(script);
      const name = validatorName(length);
      if (bindings.lookup(name, script.ast)) return [];
      const maker = whole === undefined ? 'makeValidator' : `${whole}.makeValidator`;
      const text = [
        `const ${name} = ${maker}((value${typed ? ': string' : ''}) => {`,
        `${indent}if (value.length < ${String(length)}) throw new Error(${quote}shorter than ${String(length)} characters${quote})${semicolon}`,
        `${indent}return value${semicolon}`,
        `})${semicolon}`,
      ].join(lineEnd);
      const isImported = whole !== undefined || bindings.lookup('makeValidator', script.ast) !== undefined;
      return [
        ...(isImported ? [] : [inserting(endOf(last), ', makeValidator')]),
        inserting(Math.max(endOfImports(script) ?? 0, endOf(statement)), `${lineEnd}${lineEnd}${text}`),
      ];
    };
  }
  return undefined;
}

/** Names that `const envalid = require('envalid')` or `const { str } = require('envalid')` declares. */
function requiredNames(
  { id, init }: TSESTree.VariableDeclarator,
  specifier: string,
): readonly (TSESTree.Identifier | TSESTree.Property)[] | undefined {
  const isRequire =
    init?.type === 'CallExpression' &&
    init.callee.type === 'Identifier' &&
    init.callee.name === 'require' &&
    init.arguments[0]?.type === 'Literal';
  if (!isRequire || (init.arguments[0] as TSESTree.Literal).value !== specifier) return undefined;
  if (id.type === 'Identifier') return [id];
  return id.type === 'ObjectPattern' ? id.properties.filter((each) => each.type === 'Property') : undefined;
}

/** An object whose keys all stand there. */
function plainObject(node: Node): TSESTree.ObjectExpression | undefined {
  return node.type === 'ObjectExpression' && node.properties.every((each) => each.type === 'Property' && !each.computed) ? node : undefined;
}

function demandOf(script: Script, object: TSESTree.ObjectExpression, name: string, demands: (chain: Chain) => boolean): Demand {
  const value = propertyNamed(object, name)?.value;
  if (!value) return 'absent';
  const chain = chainOf(script, value);
  return chain && demands(chain) ? 'demanded' : 'lax';
}

function textOf({ text }: Script, node: Node): string {
  return text.slice(startOf(node), endOf(node));
}
