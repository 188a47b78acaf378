/** Reads of the environment by the ConfigService of Nest: where one is at hand, or where it can be asked for. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Edit, Script } from '../contract.js';
import { bindingsOf, type ClassNode, type FunctionNode } from './bindings.js';
import type { ScriptChange } from './checked-reads.js';
import { startOfCode, styleOf } from './code-style.js';
import { addingProperty, appendingElement, appendingProperty, inserting, propertyNamed, removing, replacing } from './edits.js';
import type { KeyLiteral } from './key-literals.js';
import { originsOf } from './origins.js';
import { endOf, memberName, startOf, unwrap, type Node } from './syntax.js';
import { addingMember, declarationOf, listsVariables, memberOf } from './type-declarations.js';

const CONFIG_PACKAGE = '@nestjs/config';

/** The parameter that is added where there is none. */
const SERVICE = 'config';

/** What puts a read by the ConfigService in the place of a literal; undefined where none is at hand and none can be asked for. */
export function nestRead(script: Script, node: Node, { call }: KeyLiteral, variable: string): ScriptChange | undefined {
  const { quote, typed } = styleOf(script);
  if (!typed || !script.project.uses(CONFIG_PACKAGE)) return undefined;
  const get = (service: string): Edit => replacing(node, `${service}.getOrThrow<string>(${quote}${variable}${quote})`);
  const bindings = bindingsOf(script);
  let constructor: TSESTree.FunctionExpression | undefined;
  let below: Node = node;
  for (let above = bindings.parentOf(node); above; below = above, above = bindings.parentOf(above)) {
    if (above.type === 'FunctionExpression') {
      const method = bindings.parentOf(above);
      if (method?.type === 'MethodDefinition' && method.kind === 'constructor') constructor = above;
    }
    if (isFunction(above)) {
      const property = bindings.parentOf(above);
      const options = property && bindings.parentOf(property);
      const isFactory = property?.type === 'Property' && property.value === above && nameOf(property) === 'useFactory';
      if (isFactory && options?.type === 'ObjectExpression') return inFactory(script, above, options, variable, get);
    }
    // A decorator of a class is no part of it.
    if ((above.type === 'ClassDeclaration' || above.type === 'ClassExpression') && below === above.body)
      return inClass(script, above, constructor, variable, get);
  }
  const register = call?.node;
  if (call?.package !== '@nestjs/jwt' || call.api.name !== 'JwtModule.register' || register?.type !== 'CallExpression') return undefined;
  return inRegistration(script, node, register, get);
}

/**
 * What makes a read by a ConfigService throw: `config.get('X', 'y')`, `config.get('X') ?? 'y'`.
 *
 * @param end of what stands in for a missing value
 */
export function orThrow(script: Script, read: Node, end: number): readonly Edit[] | undefined {
  const call = unwrap(read);
  if (call.type !== 'CallExpression' || call.callee.type !== 'MemberExpression' || memberName(call.callee) !== 'get') return undefined;
  const [first, second] = call.arguments;
  if (!first || call.callee.computed || !isConfigService(script, call.callee.object)) return undefined;
  const gone: Edit[] = [];
  if (second) gone.push({ start: endOf(first), end: endOf(call.arguments.at(-1)!), text: '' });
  if (end > endOf(read)) gone.push({ start: endOf(read), end, text: '' });
  return [replacing(call.callee.property, 'getOrThrow'), ...gone];
}

// --- the places ----------------------------------------------------------------------------------------------------

type Get = (service: string) => Edit;

/** In a class: by the service that its constructor is given, or could be given. */
function inClass(
  script: Script,
  node: ClassNode,
  constructor: TSESTree.FunctionExpression | undefined,
  variable: string,
  get: Get,
): ScriptChange | undefined {
  const service = serviceOf(script, node);
  // Before `super(...)` there is no `this`, but the argument.
  if (service) {
    if (!constructor && !service.kept) return undefined;
    return declared(script, service.parameter, variable, get(constructor ? service.parameter.name : `this.${service.parameter.name}`));
  }
  if (!constructor || node.id === null || speaksOf(script, SERVICE, node)) return undefined;
  const modules = modulesGiving(script, node);
  if (!modules) return undefined;
  const own = modules.filter(({ module }) => module.path === script.path).map(({ edit }) => edit);
  const names = own.length > 0 ? ['ConfigModule', 'ConfigService'] : ['ConfigService'];
  return {
    edits: [...importing(script, names), ...own, addingParameter(script, constructor), get(SERVICE)],
    elsewhere: modules
      .filter(({ module }) => module.path !== script.path)
      .map(({ module, edit }) => ({ path: module.path, edits: [...importing(module, ['ConfigModule']), edit] })),
  };
}

/** In `useFactory` of a module that is made from what others provide: by the service that is injected, or could be. */
function inFactory(
  script: Script,
  factory: FunctionNode,
  options: TSESTree.ObjectExpression,
  variable: string,
  get: Get,
): ScriptChange | undefined {
  const inject = propertyNamed(options, 'inject')?.value;
  const elements = inject === undefined ? [] : inject.type === 'ArrayExpression' ? inject.elements : undefined;
  if (!elements || options.properties.some(({ type }) => type === 'SpreadElement')) return undefined;
  const index = elements.findIndex((each) => each !== null && isImported(script, each, 'ConfigService'));
  const given = index < 0 ? undefined : factory.params[index];
  if (given) return given.type === 'Identifier' ? declared(script, given, variable, get(given.name)) : undefined;
  // Each parameter is what stands in the same place of the list.
  if (factory.params.length !== (index < 0 ? elements.length : index) || speaksOf(script, SERVICE, factory)) return undefined;
  const injecting =
    index >= 0
      ? []
      : inject?.type === 'ArrayExpression'
        ? [appendingElement(script, inject, 'ConfigService')]
        : [addingProperty(script, options, 'inject: [ConfigService]')];
  const names = ['ConfigService'];
  const needs: Edit[] = [];
  if (index < 0 && !isGlobal(script)) {
    // Only what is registered has imports of its own.
    const call = bindingsOf(script).parentOf(options);
    if (call?.type !== 'CallExpression' || call.arguments[0] !== options) return undefined;
    const imports = propertyNamed(options, 'imports')?.value;
    if (imports && imports.type !== 'ArrayExpression') return undefined;
    const isThere = imports?.elements.some((each) => each !== null && isConfigModule(script, each));
    if (!isThere) {
      names.unshift('ConfigModule');
      needs.push(imports ? appendingElement(script, imports, 'ConfigModule') : addingProperty(script, options, 'imports: [ConfigModule]'));
    }
  }
  return {
    edits: [...importing(script, names), ...needs, ...injecting, addingParameter(script, factory), get(SERVICE)],
    elsewhere: [],
  };
}

/** A read by a service; where its type says which variables there are, as in `ConfigService<Env>`, it says so of this one, too. */
function declared(script: Script, service: TSESTree.Identifier, variable: string, read: Edit): ScriptChange | undefined {
  const reference = service.typeAnnotation?.typeAnnotation;
  const type = reference?.type === 'TSTypeReference' ? reference.typeArguments?.params[0] : undefined;
  if (!type) return { edits: [read], elsewhere: [] };
  const declaration = declarationOf(script, type);
  if (!declaration || !listsVariables(declaration)) return undefined;
  if (memberOf(declaration, variable)) return { edits: [read], elsewhere: [] };
  const edit = addingMember(declaration, variable);
  const { path } = declaration.script;
  return edit && (path === script.path ? { edits: [edit, read], elsewhere: [] } : { edits: [read], elsewhere: [{ path, edits: [edit] }] });
}

/** `JwtModule.register({ secret: 'x' })`: a module has no environment when it is loaded, so that it is made later. */
function inRegistration(script: Script, node: Node, call: TSESTree.CallExpression, get: Get): ScriptChange | undefined {
  const [options] = call.arguments;
  if (options?.type !== 'ObjectExpression' || call.callee.type !== 'MemberExpression' || call.arguments.length > 1) return undefined;
  if (startOf(node) < startOf(options) || endOf(node) > endOf(options)) return undefined;
  const { indent, lineEnd } = styleOf(script);
  const { text } = script;
  const lineStart = text.lastIndexOf('\n', startOf(call) - 1) + 1;
  const margin = `${lineEnd}${/^\s*/.exec(text.slice(lineStart))![0]}`;
  const withImports = !isGlobal(script);
  const global = propertyNamed(options, 'global');
  const outer = [
    ...(global ? [text.slice(startOf(global), endOf(global))] : []),
    ...(withImports ? ['imports: [ConfigModule]'] : []),
    'inject: [ConfigService]',
    `useFactory: (${SERVICE}: ConfigService) => (`,
  ];
  return {
    edits: [
      ...importing(script, withImports ? ['ConfigModule', 'ConfigService'] : ['ConfigService']),
      replacing(call.callee.property, 'registerAsync'),
      inserting(startOf(options), `{${outer.map((each) => `${margin}${indent}${each}`).join(',')}`),
      ...(global ? [removing(script, options.properties, global)] : []),
      ...indenting(script, options, indent, global),
      get(SERVICE),
      inserting(endOf(options), `),${margin}}`),
    ],
    elsewhere: [],
  };
}

/** What moves the further lines of a node to the right; nothing where a text of several lines stands in it. */
function indenting({ text }: Script, node: Node, indent: string, gone: Node | undefined): readonly Edit[] {
  const start = startOf(node);
  const inner = text.slice(start, endOf(node));
  if (/`[^`]*\n/.test(inner)) return [];
  return Array.from(inner.matchAll(/\n(?=[^\r\n])/g), ({ index }) => inserting(start + index + 1, indent)).filter(
    // The line of what goes, goes too.
    ({ start: at }) => !gone || at > endOf(gone) || text.indexOf('\n', at) < startOf(gone),
  );
}

function addingParameter(script: Script, { params, ...node }: FunctionNode): Edit {
  const parameter = `${SERVICE}: ConfigService`;
  const last = params.at(-1);
  if (!last) return inserting(script.text.indexOf('(', startOf(node as FunctionNode)) + 1, parameter);
  const lineStart = script.text.lastIndexOf('\n', startOf(last) - 1) + 1;
  const margin = script.text.slice(lineStart, startOf(last));
  // Where each parameter has a line, this one gets one.
  return margin.trim() === '' && lineStart > startOf(node as FunctionNode)
    ? inserting(endOf(last), `,${styleOf(script).lineEnd}${margin}${parameter}`)
    : inserting(endOf(last), `, ${parameter}`);
}

// --- what is at hand -----------------------------------------------------------------------------------------------

/** The constructor's argument that is a ConfigService, and whether the class keeps it. */
function serviceOf(script: Script, node: ClassNode): { readonly parameter: TSESTree.Identifier; readonly kept: boolean } | undefined {
  for (const member of node.body.body) {
    if (member.type !== 'MethodDefinition' || member.kind !== 'constructor') continue;
    for (const parameter of member.value.params) {
      const inner = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter;
      if (isServiceParameter(script, inner)) return { parameter: inner, kept: parameter.type === 'TSParameterProperty' };
    }
  }
  return undefined;
}

function isServiceParameter(script: Script, node: Node): node is TSESTree.Identifier {
  const type = node.type === 'Identifier' ? node.typeAnnotation?.typeAnnotation : undefined;
  return (
    type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && isFromConfig(script, type.typeName.name, 'ConfigService')
  );
}

function isConfigService(script: Script, node: Node): boolean {
  const isOfThis = node.type === 'MemberExpression' && node.object.type === 'ThisExpression';
  const name = isOfThis ? memberName(node) : node.type === 'Identifier' ? node.name : undefined;
  const bindings = bindingsOf(script);
  for (let above = bindings.parentOf(node); above; above = bindings.parentOf(above)) {
    if (above.type === 'ClassDeclaration' || above.type === 'ClassExpression') return serviceOf(script, above)?.parameter.name === name;
    // useFactory: (config: ConfigService) => ...
    if (!isFunction(above) || isOfThis) continue;
    const parameter = above.params.find((each) => each.type === 'Identifier' && each.name === name);
    if (parameter) return isServiceParameter(script, parameter);
  }
  return false;
}

function isFunction(node: Node): node is FunctionNode {
  return node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression';
}

function nameOf({ key, computed }: TSESTree.Property): string | undefined {
  return !computed && key.type === 'Identifier' ? key.name : undefined;
}

/** True where a name of the script is an export of `@nestjs/config`. */
function isFromConfig(script: Script, name: string, exported: string): boolean {
  const bindings = bindingsOf(script);
  const definition = bindings.lookup(name, script.ast)?.definitions[0];
  if (definition?.node.type !== 'ImportSpecifier' || definition.node.imported.type !== 'Identifier') return false;
  const declaration = bindings.parentOf(definition.node);
  return (
    definition.node.imported.name === exported && declaration?.type === 'ImportDeclaration' && declaration.source.value === CONFIG_PACKAGE
  );
}

function isImported(script: Script, node: Node, exported: string): boolean {
  return node.type === 'Identifier' && isFromConfig(script, node.name, exported);
}

/** `ConfigModule`, `ConfigModule.forRoot(...)`, `ConfigModule.forFeature(...)`, awaited or not. */
function isConfigModule(script: Script, node: Node): boolean {
  const inner = unwrap(node);
  const module = inner.type === 'CallExpression' && inner.callee.type === 'MemberExpression' ? inner.callee.object : inner;
  return isImported(script, module, 'ConfigModule');
}

/** True where a module of the package gives the ConfigService to all others. */
function isGlobal(script: Script): boolean {
  return (script.neighbours?.nestModules() ?? []).some((module) =>
    bindingsOf(module).calls.some(({ callee, arguments: [options] }) => {
      if (callee.type !== 'MemberExpression' || memberName(callee) !== 'forRoot' || !isImported(module, callee.object, 'ConfigModule'))
        return false;
      const value = options?.type === 'ObjectExpression' ? propertyNamed(options, 'isGlobal')?.value : undefined;
      return value?.type === 'Literal' && value.value === true;
    }),
  );
}

/**
 * What gives a class of the script its ConfigService: nothing where there is one for all, else ConfigModule among the imports
 * of each module that provides it. Undefined where no module is known to.
 */
function modulesGiving(script: Script, node: ClassNode): readonly { readonly module: Script; readonly edit: Edit }[] | undefined {
  if (!script.neighbours) return undefined;
  if (isGlobal(script)) return [];
  const found: { readonly module: Script; readonly edit: Edit }[] = [];
  let provided = false;
  for (const module of script.neighbours.nestModules()) {
    for (const options of moduleOptionsIn(module)) {
      const providers = propertyNamed(options, 'providers')?.value;
      if (providers?.type !== 'ArrayExpression' || !providers.elements.some((each) => each !== null && isClass(script, node, module, each)))
        continue;
      provided = true;
      const imports = propertyNamed(options, 'imports')?.value;
      if (imports && imports.type !== 'ArrayExpression') return undefined;
      if (imports?.elements.some((each) => each !== null && isConfigModule(module, each))) continue;
      found.push({
        module,
        edit: imports ? appendingElement(module, imports, 'ConfigModule') : appendingProperty(module, options, 'imports: [ConfigModule]'),
      });
    }
  }
  return provided ? found : undefined;
}

/** The objects that `@Module(...)` is given in a script. */
function moduleOptionsIn(module: Script): readonly TSESTree.ObjectExpression[] {
  return bindingsOf(module).classes.flatMap(({ decorators }) =>
    decorators.flatMap(({ expression }) => {
      if (expression.type !== 'CallExpression') return [];
      const [options] = expression.arguments;
      const values = originsOf(module).evaluate(expression.callee);
      const isModule = values.some(
        (value) => value.kind === 'import' && value.specifier === '@nestjs/common' && value.path.at(-1) === 'Module',
      );
      return isModule && options?.type === 'ObjectExpression' ? [options] : [];
    }),
  );
}

/** Whether what a module provides is the class. */
function isClass(script: Script, node: ClassNode, module: Script, provider: Node): boolean {
  const named = provider.type === 'ObjectExpression' ? propertyNamed(provider, 'useClass')?.value : provider;
  if (named?.type !== 'Identifier') return false;
  const bindings = bindingsOf(module);
  const definition = bindings.variableOf(named)?.definitions[0];
  if (module.path === script.path) return definition?.kind === 'class' && named.name === node.id?.name;
  const declaration = definition && bindings.parentOf(definition.node);
  if (definition?.node.type !== 'ImportSpecifier' || declaration?.type !== 'ImportDeclaration') return false;
  const { imported } = definition.node;
  return (
    imported.type === 'Identifier' &&
    imported.name === node.id?.name &&
    script.neighbours?.resolve(declaration.source.value, module.path) === script.path
  );
}

function speaksOf(script: Script, name: string, node: Node): boolean {
  return new RegExp(`\\b${name}\\b`).test(script.text.slice(startOf(node), endOf(node)));
}

/** The edits that import what is not imported yet. */
function importing(script: Script, names: readonly string[]): readonly Edit[] {
  const { quote, semicolon, lineEnd } = styleOf(script);
  const missing = names.filter((name) => !bindingsOf(script).lookup(name, script.ast));
  if (missing.length === 0) return [];
  for (const statement of script.ast.body) {
    if (statement.type !== 'ImportDeclaration' || statement.source.value !== CONFIG_PACKAGE || statement.importKind === 'type') continue;
    const last = statement.specifiers.at(-1);
    if (last?.type === 'ImportSpecifier') return [inserting(endOf(last), `, ${missing.join(', ')}`)];
  }
  const line = `import { ${missing.join(', ')} } from ${quote}${CONFIG_PACKAGE}${quote}${semicolon}`;
  const last = script.ast.body.findLast(({ type }) => type === 'ImportDeclaration');
  return last ? [inserting(endOf(last), `${lineEnd}${line}`)] : [inserting(startOfCode(script), `${line}${lineEnd}`)];
}
