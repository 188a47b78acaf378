/**
 * How a script reads an environment variable that must be there, the way its package does it already: by the schema, the
 * function or the object that is at hand, else by a function of its own that stops the program.
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { Edit, FileEdits, ImportableScript, Script, Suggestion } from '../contract.js';
import { bindingsOf, type Definition, type FunctionNode } from './bindings.js';
import { endOfImports, startOfCode, styleOf, type CodeStyle } from './code-style.js';
import { appendingProperty, inserting, propertyNamed, replacing } from './edits.js';
import { bare, constantOf, ownTypeOf, schemaOf, type WantedVariable } from './environment-schemas.js';
import { specifiersIn } from './modules.js';
import { originsOf } from './origins.js';
import { dottedName, endOf, keyName, memberName, startOf, type Node } from './syntax.js';
import { addingMember, declarationOf, memberOf } from './type-declarations.js';

/** The function that is added where the package has no way of its own. */
const HELPER = 'requireEnv';

/** Modules between a script and the environment. */
const MAX_MODULES = 3;

/** Nesting of an object of settings. */
const MAX_NESTING = 3;

/** An expression that gives a checked variable. */
interface CheckedRead {
  readonly text: string;
  /** To the script itself: imports, declarations. */
  readonly edits: readonly Edit[];
  readonly elsewhere: readonly FileEdits[];
  /** Something else reads it when it is loaded, and that is before the env file is. */
  readonly tooEarly?: boolean;
  /** It is put into a schema that asks for its length. */
  readonly isMeasured?: boolean;
  /** It checks when it is called: what should stop the program at the start must be called there. */
  readonly isCall: boolean;
  /** The statement before which it cannot be called. */
  readonly after?: Node;
  /** See {@link Suggestion.declaresIn}. */
  readonly declaresIn?: string;
}

/** Changes to a script, and to others that it needs. */
export interface ScriptChange {
  readonly edits: readonly Edit[];
  readonly elsewhere: readonly FileEdits[];
  /** See {@link Suggestion.tooEarly}. */
  readonly tooEarly?: boolean;
  /** See {@link Suggestion.declaresIn}. */
  readonly declaresIn?: string;
  /** See {@link Suggestion.demands}. */
  readonly demands?: Suggestion['demands'];
}

/** What puts a checked read of a variable in the place of a node; undefined where no way is surely right. */
export function readingChecked(script: Script, node: Node, wanted: WantedVariable): ScriptChange | undefined {
  const read = checkedRead(script, node, wanted, 0);
  if (!read) return undefined;
  const { text, edits, elsewhere, isCall, after } = read;
  const more = {
    ...(read.isMeasured ? { demands: { variable: wanted.name, characters: wanted.length } } : {}),
    ...(read.declaresIn === undefined ? {} : { declaresIn: read.declaresIn }),
  };
  const isLate = loadsLate(script);
  const atStart = runsAtStart(script, node);
  const tooEarly = read.tooEarly ?? (isCall && atStart && isLate);
  // What runs when the module is loaded stops the program there and then.
  // Next evaluates scripts while it builds, when there is no secret yet.
  if (!isCall || atStart || isLate || script.project.uses('next') || !isFree(script, wanted.name, node))
    return { edits: [...edits, replacing(node, text)], elsewhere, tooEarly, ...more };
  const style = styleOf(script);
  const constant = `const ${wanted.name} = ${text}${style.semicolon}`;
  const declaring = after
    ? [inserting(endOf(after), `${style.lineEnd}${style.lineEnd}${constant}`)]
    : atTop(script, style, `${constant}${style.lineEnd}`, true);
  return { edits: [...edits, ...declaring, replacing(node, wanted.name)], elsewhere, tooEarly, ...more };
}

function checkedRead(script: Script, node: Node, wanted: WantedVariable, hops: number): CheckedRead | undefined {
  return ownRead(script, node, wanted) ?? moduleRead(script, node, wanted, hops) ?? helperRead(script, wanted);
}

// --- by the script itself ------------------------------------------------------------------------------------------

function ownRead(script: Script, node: Node, wanted: WantedVariable): CheckedRead | undefined {
  const { quote } = styleOf(script);
  for (const statement of script.ast.body) {
    if (startOf(statement) <= startOf(node) && endOf(statement) >= endOf(node)) break;
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration') continue;
    for (const name of declaration.declarations.flatMap(({ id }) => namesOf(id))) {
      const schema = schemaOf(script, name);
      const demand = schema?.demandOf(wanted.name);
      if (!schema || demand === 'lax') continue;
      return {
        text: `${name.name}.${wanted.name}`,
        edits: demand === 'absent' ? schema.adding(wanted) : [],
        elsewhere: [],
        isCall: false,
        isMeasured: demand === 'absent',
      };
    }
  }
  for (const { name, node: reader, statement } of readersOf(script)) {
    if (startOf(reader) <= startOf(node) && endOf(reader) >= endOf(node)) continue;
    const isHoisted = reader.type === 'FunctionDeclaration';
    if (!isHoisted && startOf(statement) > startOf(node) && runsAtStart(script, node)) continue;
    return {
      text: `${name}(${quote}${wanted.name}${quote})`,
      edits: [],
      elsewhere: [],
      isCall: true,
      ...(isHoisted ? {} : { after: statement }),
    };
  }
  return undefined;
}

function namesOf(pattern: Node): readonly TSESTree.Identifier[] {
  if (pattern.type === 'Identifier') return [pattern];
  if (pattern.type !== 'ObjectPattern') return [];
  return pattern.properties.flatMap((each) => (each.type === 'Property' && each.value.type === 'Identifier' ? [each.value] : []));
}

interface Reader {
  readonly name: string;
  readonly node: FunctionNode;
  readonly statement: Node;
}

/** Functions at the top of a script that read the variable they are given the name of, and stop when it is missing. */
function readersOf(script: Script): readonly Reader[] {
  return script.ast.body.flatMap((statement): readonly Reader[] => {
    const isExport = statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration';
    const declaration = isExport ? statement.declaration : statement;
    if (declaration?.type === 'FunctionDeclaration' && declaration.id)
      return isReader(script, declaration) ? [{ name: declaration.id.name, node: declaration, statement }] : [];
    if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') return [];
    return declaration.declarations.flatMap(({ id, init }) =>
      id.type === 'Identifier' && isFunction(init) && isReader(script, init) ? [{ name: id.name, node: init, statement }] : [],
    );
  });
}

function isFunction(node: Node | null | undefined): node is FunctionNode {
  return node?.type === 'ArrowFunctionExpression' || node?.type === 'FunctionExpression' || node?.type === 'FunctionDeclaration';
}

function isReader(script: Script, node: FunctionNode): boolean {
  const [first, ...more] = node.params;
  if (first?.type !== 'Identifier' || node.async || node.generator) return false;
  if (!more.every((each) => each.type === 'AssignmentPattern' || (each.type === 'Identifier' && each.optional))) return false;
  const [value] = originsOf(script).evaluate(node);
  if (value?.kind !== 'function') return false;
  const reads = value.returns.filter((each) => each.kind === 'environment');
  const isOwn = reads.length > 0 && reads.every((each) => each.source === 'environment' && each.nameParameter === 0);
  // What else it may give is what a caller handed in to stand in.
  return (
    isOwn &&
    value.returns.every((each) => each.kind === 'environment' || each.kind === 'parameter' || each.kind === 'nullish') &&
    throws(script, node)
  );
}

function throws(script: Script, node: FunctionNode): boolean {
  const open: Node[] = [node.body];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.type === 'ThrowStatement') return true;
    if (next.type === 'CallExpression' && /^(?:process\.exit|assert|assert\.ok|invariant)$/.test(dottedName(next.callee) ?? ''))
      return true;
    for (const key of script.visitorKeys[next.type] ?? []) {
      const child = (next as unknown as Record<string, Node | readonly (Node | null)[] | null>)[key];
      if (Array.isArray(child)) for (const each of child as readonly (Node | null)[]) open.push(...(each ? [each] : []));
      else if (child) open.push(child as Node);
    }
  }
  return false;
}

// --- by another module ---------------------------------------------------------------------------------------------

function moduleRead(script: Script, node: Node, wanted: WantedVariable, hops: number): CheckedRead | undefined {
  if (hops >= MAX_MODULES) return undefined;
  for (const module of importableBy(script)) {
    for (const { exported, value } of exportsOf(module.script)) {
      const given = givenBy(module.script, value, wanted, hops + 1);
      const access = given && accessTo(script, node, module, exported, given.member);
      if (!access) continue;
      const { quote } = styleOf(script);
      const elsewhere = [...given.elsewhere, ...(given.edits.length > 0 ? [{ path: module.script.path, edits: given.edits }] : [])];
      return {
        text: given.member === undefined ? `${access.text}(${quote}${wanted.name}${quote})` : access.text,
        edits: access.edits,
        elsewhere,
        isCall: given.member === undefined,
        ...(given.tooEarly ? { tooEarly: true } : {}),
        ...(given.declaresIn === undefined ? {} : { declaresIn: given.declaresIn }),
        isMeasured: given.isMeasured === true,
      };
    }
  }
  return undefined;
}

interface Importable extends ImportableScript {
  /** Specifiers by which the script has it already. */
  readonly specifiers: readonly string[];
}

/** Modules that read the environment for a script: those that it imports already before the others. */
function importableBy(script: Script): readonly Importable[] {
  const { neighbours } = script;
  if (!neighbours) return [];
  const imported = specifiersIn(script).map((specifier) => ({ specifier, path: neighbours.resolve(specifier, script.path) }));
  return neighbours
    .environmentScripts()
    .map((module) => ({
      ...module,
      specifiers: imported.filter(({ path }) => path === module.script.path).map(({ specifier }) => specifier),
    }))
    .sort((one, other) => other.specifiers.length - one.specifiers.length);
}

/** True for a script that reads the environment for others in a way that is understood. */
export function givesEnvironment(script: Script): boolean {
  return exportsOf(script).some(({ value }) => givenBy(script, value, PROBE, MAX_MODULES) !== undefined);
}

/** Asked for when nothing is known of other scripts yet. */
const PROBE: WantedVariable = { name: 'JWTLINT_PROBE', length: 1 };

/** What a module gives to others, by name: `default`, or `*` for all that it is in CommonJS. */
interface Exported {
  readonly exported: string;
  readonly value: Node;
}

function exportsOf(script: Script): readonly Exported[] {
  const found: Exported[] = [];
  const add = (exported: string, value: Node): void => void found.push({ exported, value });
  for (const statement of script.ast.body) {
    switch (statement.type) {
      case 'ExportDefaultDeclaration':
        add('default', statement.declaration);
        break;
      case 'TSExportAssignment':
        add('*', statement.expression);
        break;
      case 'ExportNamedDeclaration': {
        const { declaration, source, specifiers } = statement;
        if (declaration?.type === 'VariableDeclaration')
          for (const name of declaration.declarations.flatMap(({ id }) => namesOf(id))) add(name.name, name);
        else if (declaration?.type === 'FunctionDeclaration' && declaration.id) add(declaration.id.name, declaration);
        if (!source) for (const { exported, local } of specifiers) if (exported.type === 'Identifier') add(exported.name, local);
        break;
      }
      case 'ExpressionStatement': {
        const { expression } = statement;
        if (expression.type !== 'AssignmentExpression' || expression.operator !== '=') break;
        const name = /^(?:module\.)?exports(?:\.(\w+))?$/.exec(dottedName(expression.left) ?? '');
        if (!name) break;
        add(name[1] ?? '*', expression.right);
        if (name[1] === undefined && expression.right.type === 'ObjectExpression')
          for (const each of expression.right.properties)
            if (each.type === 'Property' && each.value.type === 'Identifier') add(keyName(each.key, each.computed) ?? '', each.value);
        break;
      }
    }
  }
  return found;
}

/** How an exported value gives a variable: by a member, or (without one) when it is called with the name. */
interface Given {
  readonly member: string | undefined;
  /** To the module. */
  readonly edits: readonly Edit[];
  readonly elsewhere: readonly FileEdits[];
  readonly tooEarly?: boolean;
  readonly isMeasured?: boolean;
  readonly declaresIn?: string;
}

function givenBy(module: Script, value: Node, wanted: WantedVariable, hops: number): Given | undefined {
  const schema = schemaOf(module, value);
  if (schema) {
    const demand = schema.demandOf(wanted.name);
    if (demand === 'lax') return undefined;
    const isMeasured = demand === 'absent';
    return { member: wanted.name, edits: isMeasured ? schema.adding(wanted) : [], elsewhere: [], isMeasured };
  }
  const constant = value.type === 'Identifier' ? constantOf(module, value, true) : undefined;
  if (constant?.member !== undefined) return undefined;
  const expression = functionNamed(module, value) ?? bare(module, constant?.init ?? value);
  const type = constant && ownTypeOf(module, constant.declarator);
  if (isFunction(expression)) return isReader(module, expression) && !type ? { member: undefined, edits: [], elsewhere: [] } : undefined;
  if (expression.type !== 'ObjectExpression') return undefined;
  const types = [...(type ? [type] : []), ...satisfiedBy(constant?.init ?? value)];
  const given = givenByObject(module, expression, wanted, hops);
  return given && wanted !== PROBE ? fitting(module, types, given) : given;
}

/** Types that an object must fit without being of them. */
function satisfiedBy(expression: Node): readonly Node[] {
  if (expression.type === 'TSSatisfiesExpression') return [expression.typeAnnotation, ...satisfiedBy(expression.expression)];
  if (expression.type === 'TSAsExpression') return satisfiedBy(expression.expression);
  return expression.type === 'CallExpression' ? expression.arguments.flatMap(satisfiedBy) : [];
}

/** What is given by an object that is of some types: a member that is new there is new in these. */
function fitting(module: Script, types: readonly Node[], given: Given): Given | undefined {
  let { edits, elsewhere } = given;
  for (const type of types) {
    const declaration = declarationOf(module, type);
    const [name, ...below] = given.member!.split('.');
    if (!declaration || below.length > 0) return undefined;
    const member = memberOf(declaration, name!);
    if (member) {
      if (member.optional || member.type?.type !== 'TSStringKeyword') return undefined;
      continue;
    }
    const edit = addingMember(declaration, name!);
    if (!edit) return undefined;
    const { path } = declaration.script;
    if (path === module.path) edits = [...edits, edit];
    else elsewhere = [...elsewhere, { path, edits: [edit] }];
  }
  return { ...given, edits, elsewhere };
}

/** The function that an identifier names by its declaration. */
function functionNamed(module: Script, value: Node): FunctionNode | undefined {
  const definitions = value.type === 'Identifier' ? (bindingsOf(module).variableOf(value)?.definitions ?? []) : [];
  const [definition] = definitions;
  return definitions.length === 1 && definition?.kind === 'function' && isFunction(definition.node) ? definition.node : undefined;
}

/** `{ port: process.env.PORT, jwt: { secret: requireEnv('JWT_SECRET') } }` */
function givenByObject(module: Script, object: TSESTree.ObjectExpression, wanted: WantedVariable, hops: number): Given | undefined {
  const members = membersOf(object);
  const reads = members?.map((member) => ({ ...member, variable: variableReadBy(module, member.value) }));
  if (!reads || !isOfManyThings(reads, wanted.name)) return undefined;
  const there = reads.find(({ variable }) => variable?.name === wanted.name);
  if (there?.variable?.isChecked) return { member: there.path.join('.'), edits: [], elsewhere: [] };
  const read = checkedRead(module, object, wanted, hops);
  if (!read) return undefined;
  const { elsewhere, isMeasured = false, declaresIn } = read;
  const tooEarly = read.tooEarly ?? (read.isCall && loadsLate(module));
  const more = { elsewhere, tooEarly, isMeasured, ...(declaresIn === undefined ? {} : { declaresIn }) };
  if (there) return { member: there.path.join('.'), edits: [...read.edits, replacing(there.value, read.text)], ...more };
  const inCapitals = object.properties.every(
    (each) => each.type === 'Property' && /^[A-Z][A-Z0-9_]*$/.test(keyName(each.key, false) ?? ''),
  );
  const key = inCapitals ? wanted.name : wanted.name.toLowerCase().replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  if (propertyNamed(object, key)) return undefined;
  return {
    member: key,
    edits: [...read.edits, appendingProperty(module, object, `${key}: ${read.text}`)],
    ...more,
  };
}

/** True for settings of the program as a whole. Those of one thing, such as a database, all begin with its name. */
function isOfManyThings(
  reads: readonly { readonly path: readonly string[]; readonly variable: { readonly name: string } | undefined }[],
  wanted: string,
): boolean {
  const names = reads.flatMap(({ path, variable }) => (variable && path.length === 1 ? [variable.name] : []));
  const things = new Set([...names, wanted].map((name) => name.replace(/_.*/, '')));
  return (
    names.length > 1 && (things.size > 2 || (things.size > 1 && names.some((name) => name.startsWith(`${wanted.replace(/_.*/, '')}_`))))
  );
}

interface Member {
  readonly path: readonly string[];
  readonly value: Node;
}

/** The members of an object and of those in it; undefined when not all of them stand there. */
function membersOf(object: TSESTree.ObjectExpression, above: readonly string[] = []): readonly Member[] | undefined {
  const found: Member[] = [];
  for (const property of object.properties) {
    const name =
      property.type === 'Property' && property.kind === 'init' && !property.method ? keyName(property.key, property.computed) : undefined;
    if (property.type !== 'Property' || name === undefined) return undefined;
    const path = [...above, name];
    if (property.value.type !== 'ObjectExpression' || above.length >= MAX_NESTING) found.push({ path, value: property.value });
    else found.push(...(membersOf(property.value, path) ?? []));
  }
  return found;
}

/** The variable that a member of an object of settings is, and whether it is surely there. */
function variableReadBy(module: Script, value: Node): { readonly name: string; readonly isChecked: boolean } | undefined {
  if (value.type === 'MemberExpression' && value.object.type === 'Identifier') {
    const schema = schemaOf(module, value.object);
    const name = memberName(value);
    if (schema && name !== undefined) return { name, isChecked: schema.demandOf(name) === 'demanded' };
  }
  const values = originsOf(module).evaluate(value);
  const names = new Set(
    values.map((each) => (each.kind === 'environment' && each.source === 'environment' ? each.name : each.fallback?.name)),
  );
  const [name] = names;
  if (names.size !== 1 || name === undefined) return undefined;
  const byReader =
    value.type === 'CallExpression' && value.callee.type === 'Identifier' && values.length === 1 && isCheckedCall(module, value.callee);
  return { name, isChecked: byReader };
}

function isCheckedCall(module: Script, callee: TSESTree.Identifier): boolean {
  const [definition] = bindingsOf(module).variableOf(callee)?.definitions ?? [];
  if (definition?.kind === 'function') return isFunction(definition.node) && isReader(module, definition.node);
  const init = definition?.node.type === 'VariableDeclarator' ? definition.node.init : undefined;
  return isFunction(init) && isReader(module, init);
}

// --- imports -------------------------------------------------------------------------------------------------------

/** A name by which a script has what a module exports. */
interface Access {
  readonly text: string;
  readonly local: string;
  /** The statement that imports it, with another specifier and the same name. */
  statement(specifier: string, style: CodeStyle): string;
  readonly isImport: boolean;
}

/** How a script reads an export of a module, or a member of it, and what imports it where it has not got it. */
function accessTo(
  script: Script,
  node: Node,
  { specifiers, examples }: Importable,
  exported: string,
  member: string | undefined,
): { readonly text: string; readonly edits: readonly Edit[] } | undefined {
  const bindings = bindingsOf(script);
  const isFreeName = (name: string): boolean => !(bindings.lookup(name, node) ?? bindings.lookup(name, script.ast));
  // A member of all that a module of CommonJS is, is as good as an export.
  const [first, ...below] = member?.split('.') ?? [];
  const ways: readonly (readonly [exported: string, path: readonly string[]])[] =
    exported === '*' && first !== undefined
      ? [
          ['*', [first, ...below]],
          [first, below],
        ]
      : [[exported, member === undefined ? [] : [member]]];
  for (const [name, path] of ways) {
    const own = accessIn(script, specifiers, name);
    if (!own) continue;
    // Nothing between may hide the name.
    return bindings.lookup(own.local, node) === bindings.lookup(own.local, script.ast)
      ? { text: [own.text, ...path].join('.'), edits: [] }
      : undefined;
  }
  const [taken, path] = ways.at(-1)!;
  const last = takenOut(script, specifiers, exported);
  if (last && isFreeName(taken)) return { text: [taken, ...path].join('.'), edits: [inserting(endOf(last), `, ${taken}`)] };
  const style = styleOf(script);
  const isModule = isEcmaScriptModule(script);
  for (const { script: example, theirs, ours } of examples) {
    for (const [name, rest] of ways) {
      const there = accessIn(example, [theirs], name);
      if (there?.isImport !== isModule || !isFreeName(there.local)) continue;
      return { text: [there.text, ...rest].join('.'), edits: [importing(script, there.statement(ours, style))] };
    }
    if (isModule || exported !== '*' || !isFreeName(taken) || !takenOut(example, [theirs], '*')) continue;
    const statement = access(taken, taken, `const { ${taken} } = require`, '').statement(ours, style);
    return { text: [taken, ...path].join('.'), edits: [importing(script, statement)] };
  }
  return undefined;
}

/** True for a script that imports and exports by statements, and not by `require`. */
export function isEcmaScriptModule({ ast, path }: Script): boolean {
  return ast.body.some(({ type }) => /^(?:Import|Export)/.test(type)) || /\.m[jt]s$/.test(path);
}

/** The last of the names that a script takes out of a module, where more can be taken; of all that it is, only those of `require`. */
function takenOut(script: Script, specifiers: readonly string[], exported: string): Node | undefined {
  for (const statement of script.ast.body) {
    if (statement.type === 'ImportDeclaration') {
      const last = statement.specifiers.at(-1);
      const isValue = statement.importKind !== 'type' && exported !== '*' && exported !== 'default';
      if (isValue && specifiers.includes(statement.source.value) && last?.type === 'ImportSpecifier') return last;
    }
    for (const { id, member, specifier } of requiredBy(statement)) {
      const last = id.type === 'ObjectPattern' ? id.properties.at(-1) : undefined;
      if (member === undefined && specifiers.includes(specifier) && last?.type === 'Property') return last;
    }
  }
  return undefined;
}

interface Required {
  readonly id: TSESTree.VariableDeclarator['id'];
  readonly specifier: string;
  /** Of `require('x').y`. */
  readonly member: string | undefined;
}

/** What a statement declares by `require`. */
function requiredBy(statement: Node): readonly Required[] {
  if (statement.type !== 'VariableDeclaration') return [];
  return statement.declarations.flatMap(({ id, init }) => {
    const call = init?.type === 'MemberExpression' ? init.object : init;
    if (call?.type !== 'CallExpression' || call.callee.type !== 'Identifier' || call.callee.name !== 'require') return [];
    const [first] = call.arguments;
    const member = init?.type === 'MemberExpression' ? memberName(init) : undefined;
    return first?.type === 'Literal' && typeof first.value === 'string' ? [{ id, member, specifier: first.value }] : [];
  });
}

function accessIn(script: Script, specifiers: readonly string[], exported: string): Access | undefined {
  const isWhole = exported === '*';
  for (const statement of script.ast.body) {
    if (statement.type === 'ImportDeclaration') {
      if (!specifiers.includes(statement.source.value) || statement.importKind === 'type') continue;
      for (const specifier of statement.specifiers) {
        const local = specifier.local.name;
        if (specifier.type === 'ImportNamespaceSpecifier')
          return access(isWhole ? local : `${local}.${exported}`, local, `import * as ${local} from`, '');
        if (specifier.type === 'ImportDefaultSpecifier') {
          if (isWhole || exported === 'default') return access(local, local, `import ${local} from`, '');
          continue;
        }
        if (specifier.importKind === 'type' || specifier.imported.type !== 'Identifier' || specifier.imported.name !== exported) continue;
        return access(local, local, `import { ${local === exported ? local : `${exported} as ${local}`} } from`, '');
      }
    }
    for (const { id, member, specifier } of requiredBy(statement)) {
      if (!specifiers.includes(specifier)) continue;
      if (id.type === 'Identifier' && member === undefined)
        return access(isWhole ? id.name : `${id.name}.${exported}`, id.name, `const ${id.name} = require`, '');
      if (id.type === 'Identifier' && member === exported) return access(id.name, id.name, `const ${id.name} = require`, `.${member}`);
      if (id.type !== 'ObjectPattern' || member !== undefined) continue;
      for (const property of id.properties) {
        if (property.type !== 'Property' || property.value.type !== 'Identifier') continue;
        if (keyName(property.key, property.computed) !== exported) continue;
        const local = property.value.name;
        return access(local, local, `const { ${local === exported ? local : `${exported}: ${local}`} } = require`, '');
      }
    }
  }
  return undefined;
}

function access(text: string, local: string, before: string, after: string): Access {
  const isImport = before.startsWith('import');
  return {
    text,
    local,
    isImport,
    statement: (specifier, { quote, semicolon }) => {
      const written = `${quote}${specifier}${quote}`;
      return `${before}${isImport ? ` ${written}` : `(${written})`}${after}${semicolon}`;
    },
  };
}

/** What puts an import behind the others, of which some may stand further below. */
export function importing(script: Script, statement: string): Edit {
  const { lineEnd } = styleOf(script);
  const first = endOfImports(script);
  const imports = script.ast.body.filter(({ type }) => type === 'ImportDeclaration');
  const last = imports.findLast((each) => first !== undefined && endOf(each) <= first) ?? imports.at(-1);
  const end = last ? endOf(last) : first;
  return end === undefined ? inserting(startOfCode(script), `${statement}${lineEnd}${lineEnd}`) : inserting(end, `${lineEnd}${statement}`);
}

// --- by a function of its own --------------------------------------------------------------------------------------

function helperRead(script: Script, { name }: WantedVariable): CheckedRead | undefined {
  const style = styleOf(script);
  const { quote, semicolon } = style;
  const helper = bindingsOf(script).lookup(HELPER, script.ast);
  // Something else is called so: what it does nobody knows.
  if (helper && !helper.definitions.every(isCallable)) return undefined;
  const read = { text: `${HELPER}(${quote}${name}${quote})`, edits: [], elsewhere: [], isCall: true };
  if (helper) return read;
  const shared = script.neighbours?.sharedReader();
  if (!shared) return { ...read, edits: atTop(script, style, helperText(style)), declaresIn: script.path };
  const { path, specifier, text } = shared;
  const from = `${quote}${specifier}${quote}`;
  const statement = isEcmaScriptModule(script) ? `import { ${HELPER} } from ${from}` : `const { ${HELPER} } = require(${from})`;
  return {
    ...read,
    edits: [importing(script, `${statement}${semicolon}`)],
    elsewhere: text === undefined ? [] : [{ path, creates: true, edits: [inserting(0, text)] }],
  };
}

/** A module that gives the function to others, written as a script is that needs it. */
export function readerModule(script: Script): string {
  const style = styleOf(script);
  if (isEcmaScriptModule(script)) return `export ${helperText(style)}`;
  return `${helperText(style)}${style.lineEnd}module.exports = { ${HELPER} }${style.semicolon}${style.lineEnd}`;
}

/** A function by its declaration, or by where it comes from. */
function isCallable({ kind, node }: Definition): boolean {
  if (kind === 'function' || kind === 'import') return true;
  return node.type === 'VariableDeclarator' && node.init !== null && /Call|Function/.test(node.init.type);
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

/**
 * What puts a declaration behind the imports, or before the first statement where there are none.
 * @param isOfMany one of several that may stand below each other without a gap
 */
function atTop(script: Script, { lineEnd }: CodeStyle, text: string, isOfMany = false): readonly Edit[] {
  const imports = endOfImports(script);
  if (imports === undefined) return [inserting(startOfCode(script), `${text}${lineEnd}`)];
  // Behind what else stands in the line: a comment.
  const end = script.text.indexOf('\n', imports);
  const rest = script.text.slice(imports, end < 0 ? undefined : end);
  if (!/^\s*(?:\/\/|\/\*|$)/.test(rest) || end < 0) return [inserting(imports, `${lineEnd}${lineEnd}${text}`)];
  if (/^(?:\r?\n|$)/.test(script.text.slice(end + 1)))
    return isOfMany ? [inserting(end + 1, lineEnd), inserting(end + 1, text)] : [inserting(end + 1, `${lineEnd}${text}`)];
  return [inserting(end + 1 - lineEnd.length, lineEnd), inserting(end + 1, `${text}${lineEnd}`)];
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

/** True where the env file is loaded after the script has been evaluated. */
function loadsLate({ neighbours }: Script): boolean {
  return neighbours?.loadsLate() === true;
}

/** Nothing in the script is called so but, perhaps, in the node that goes. */
function isFree({ text }: Script, name: string, node: Node): boolean {
  return !new RegExp(`(?<![\\w$.])${name}(?![\\w$])`).test(text.slice(0, startOf(node)) + text.slice(endOf(node)));
}
