/**
 * Scopes and names of one script: which declaration an identifier means, which node stands above which.
 * Everything is found in one walk with an explicit stack (so that deep nesting cannot overflow ours) and kept per AST.
 *
 * Agrees with `@typescript-eslint/scope-manager` on values (test/bindings-agree.test.ts); types are only looked up by name.
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import type { Node } from './syntax.js';

export type DefinitionKind = 'import' | 'variable' | 'parameter' | 'function' | 'class' | 'catch' | 'enum' | 'enum-member' | 'namespace';

/** One declaration of a name. */
export interface Definition {
  readonly kind: DefinitionKind;
  /** The identifier (or string literal of an enum member) that is declared. */
  readonly name: Node;
  /** The node that declares it: an import specifier, a declarator, a function, a class, ... */
  readonly node: Node;
}

/** A name in a scope, with everything that declares or mentions it. */
export interface Variable {
  readonly name: string;
  readonly scope: Scope;
  readonly definitions: Definition[];
  /** Identifiers that mean this variable, declarations not among them. */
  readonly references: TSESTree.Identifier[];
}

export interface Scope {
  readonly parent: Scope | undefined;
  /** True where `var` declarations come to rest: programs, functions, static blocks, namespaces. */
  readonly hoists: boolean;
  readonly variables: Map<string, Variable>;
}

export type FunctionNode = TSESTree.FunctionDeclaration | TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression;
export type ClassNode = TSESTree.ClassDeclaration | TSESTree.ClassExpression;

/** What the walk over one AST found. */
export interface Bindings {
  parentOf(node: Node): Node | undefined;
  /** The variable that an identifier means; undefined for globals and names that are no references. */
  variableOf(identifier: Node): Variable | undefined;
  /** Looks a name up as seen from a node: for names in type positions. */
  lookup(name: string, from: Node): Variable | undefined;
  readonly calls: readonly (TSESTree.CallExpression | TSESTree.NewExpression)[];
  readonly dynamicImports: readonly TSESTree.ImportExpression[];
  readonly classes: readonly ClassNode[];
  /** `return` arguments by function; arrow functions with an expression body list that body. */
  returnsOf(node: FunctionNode): readonly Node[];
  /** Assignments to `this.x` inside each class, by property name. */
  thisWritesOf(node: ClassNode): ReadonlyMap<string, readonly Node[]>;
  /** Nodes of the kinds that named settings can take: declarators, properties, class fields, assignments, defaults. */
  readonly named: readonly Node[];
  /** Text that is put together: templates with expressions and whole concatenations. */
  readonly composed: readonly (TSESTree.TemplateLiteral | TSESTree.BinaryExpression)[];
  /** Import and export declarations at the top level, in order. */
  readonly modules: readonly Node[];
  /** Number of nodes: the unit of the growth tests. */
  readonly nodes: number;
}

const cache = new WeakMap<object, Bindings>();

/** The bindings of a script's AST, computed once. */
export function bindingsOf(script: Pick<Script, 'ast' | 'visitorKeys'>): Bindings {
  let found = cache.get(script.ast);
  if (!found) cache.set(script.ast, (found = walk(script.ast, script.visitorKeys)));
  return found;
}

/** Child keys whose identifiers are names, not references, by the parent's type. */
const NAME_KEYS: Readonly<Record<string, readonly string[]>> = {
  LabeledStatement: ['label'],
  BreakStatement: ['label'],
  ContinueStatement: ['label'],
  MetaProperty: ['meta', 'property'],
  ImportSpecifier: ['imported', 'local'],
  ImportDefaultSpecifier: ['local'],
  ImportNamespaceSpecifier: ['local'],
  ImportAttribute: ['key', 'value'],
  ExportAllDeclaration: ['exported', 'source'],
  TSImportEqualsDeclaration: ['id'],
  TSEnumMember: ['id'],
  TSEnumDeclaration: ['id'],
  TSModuleDeclaration: ['id'],
  TSInterfaceDeclaration: ['id'],
  TSTypeAliasDeclaration: ['id'],
  TSTypeParameter: ['name'],
  TSMappedType: ['key'],
  TSNamedTupleMember: ['label'],
  TSTypePredicate: ['parameterName'],
  TSNamespaceExportDeclaration: ['id'],
  TSQualifiedName: ['right'],
  TSPropertySignature: ['key'],
  TSMethodSignature: ['key'],
};

/** Types whose parameters are only documentation. */
const TYPE_FUNCTIONS = new Set([
  'TSFunctionType',
  'TSConstructorType',
  'TSCallSignatureDeclaration',
  'TSConstructSignatureDeclaration',
  'TSMethodSignature',
]);

const KEYED = new Set([
  'Property',
  'PropertyDefinition',
  'MethodDefinition',
  'AccessorProperty',
  'TSAbstractPropertyDefinition',
  'TSAbstractMethodDefinition',
  'TSAbstractAccessorProperty',
  'TSPropertySignature',
  'TSMethodSignature',
]);

interface Frame {
  readonly node: Node;
  readonly scope: Scope;
  readonly owner: FunctionNode | undefined;
  readonly thisClass: ClassNode | undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function walk(program: TSESTree.Program, visitorKeys: Script['visitorKeys']): Bindings {
  const parents = new Map<Node, Node>();
  const scopes = new Map<Node, Scope>();
  const variables = new Map<Node, Variable>();
  const returns = new Map<Node, Node[]>();
  const thisWrites = new Map<ClassNode, Map<string, Node[]>>();
  /** Identifiers that are names where they stand, not references. */
  const unresolvable = new Set<Node>();
  const pending: { readonly identifier: TSESTree.Identifier; readonly scope: Scope }[] = [];
  const calls: (TSESTree.CallExpression | TSESTree.NewExpression)[] = [];
  const dynamicImports: TSESTree.ImportExpression[] = [];
  const classes: ClassNode[] = [];
  const named: Node[] = [];
  const composed: (TSESTree.TemplateLiteral | TSESTree.BinaryExpression)[] = [];
  const modules: Node[] = [];
  let nodes = 0;

  const newScope = (parent: Scope | undefined, hoists: boolean): Scope => ({ parent, hoists, variables: new Map() });

  function declare(scope: Scope, kind: DefinitionKind, name: Node, node: Node): void {
    const text = name.type === 'Identifier' ? name.name : name.type === 'Literal' ? String(name.value) : undefined;
    if (text === undefined) return;
    let variable = scope.variables.get(text);
    if (!variable) scope.variables.set(text, (variable = { name: text, scope, definitions: [], references: [] }));
    variable.definitions.push({ kind, name, node });
    variables.set(name, variable);
  }

  /** Declares every identifier that a binding pattern binds; defaults and computed keys stay expressions for the walk. */
  function declarePattern(scope: Scope, kind: DefinitionKind, pattern: Node, node: Node): void {
    const stack: Node[] = [pattern];
    for (let next = stack.pop(); next; next = stack.pop()) {
      switch (next.type) {
        case 'Identifier':
          declare(scope, kind, next, node);
          break;
        case 'ObjectPattern':
          for (const property of next.properties) stack.push(property.type === 'RestElement' ? property.argument : property.value);
          break;
        case 'ArrayPattern':
          for (const element of next.elements) if (element) stack.push(element);
          break;
        case 'AssignmentPattern':
          stack.push(next.left);
          break;
        case 'RestElement':
          stack.push(next.argument);
          break;
        case 'TSParameterProperty':
          stack.push(next.parameter);
          break;
      }
    }
  }

  function hoistScope(scope: Scope): Scope {
    let target = scope;
    while (!target.hoists && target.parent) target = target.parent;
    return target;
  }

  const root = newScope(undefined, true);
  scopes.set(program, root);
  const stack: Frame[] = [{ node: program, scope: root, owner: undefined, thisClass: undefined }];

  for (let frame = stack.pop(); frame; frame = stack.pop()) {
    const { node } = frame;
    let { scope, owner, thisClass } = frame;
    nodes++;
    const type = node.type as string;
    let names: readonly string[] = NAME_KEYS[type] ?? [];

    switch (node.type) {
      case 'Identifier': {
        if (!variables.has(node)) pending.push({ identifier: node, scope });
        break;
      }
      case 'ImportDeclaration':
        modules.push(node);
        for (const specifier of node.specifiers) declare(root, 'import', specifier.local, specifier);
        break;
      case 'TSImportEqualsDeclaration':
        modules.push(node);
        declare(scope, 'import', node.id, node);
        break;
      case 'ExportNamedDeclaration':
        modules.push(node);
        // `export { a } from 'b'` names nothing of this module.
        if (node.source) names = ['specifiers'];
        break;
      case 'ExportSpecifier':
        names = ['exported'];
        break;
      case 'ExportAllDeclaration':
      case 'ExportDefaultDeclaration':
      case 'TSExportAssignment':
        modules.push(node);
        break;
      case 'VariableDeclaration': {
        const target = node.kind === 'var' ? hoistScope(scope) : scope;
        for (const declarator of node.declarations) {
          declarePattern(target, 'variable', declarator.id, declarator);
          named.push(declarator);
        }
        break;
      }
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'TSDeclareFunction':
      case 'TSEmptyBodyFunctionExpression': {
        if (node.type === 'FunctionDeclaration' || node.type === 'TSDeclareFunction') {
          if (node.id) declare(scope, 'function', node.id, node);
        } else if (node.type === 'FunctionExpression' && node.id) {
          scope = newScope(scope, false);
          declare(scope, 'function', node.id, node);
        }
        scope = newScope(scope, true);
        for (const parameter of node.params) declarePattern(scope, 'parameter', parameter, node);
        if (node.type === 'ArrowFunctionExpression') {
          if (node.body.type !== 'BlockStatement') returns.set(node, [node.body]);
        }
        owner = node as FunctionNode;
        if (node.type !== 'ArrowFunctionExpression') {
          const above = parents.get(node);
          if (above?.type !== 'MethodDefinition' && above?.type !== 'PropertyDefinition') thisClass = undefined;
        }
        break;
      }
      case 'ReturnStatement':
        if (owner && node.argument) {
          const list = returns.get(owner);
          if (list) list.push(node.argument);
          else returns.set(owner, [node.argument]);
        }
        break;
      case 'ClassDeclaration':
      case 'ClassExpression':
        classes.push(node);
        if (node.id) {
          if (node.type === 'ClassDeclaration') declare(scope, 'class', node.id, node);
          scope = newScope(scope, false);
          declare(scope, 'class', node.id, node);
        }
        thisClass = node;
        break;
      case 'TSEnumDeclaration':
        declare(scope, 'enum', node.id, node);
        scope = newScope(scope, false);
        declare(scope, 'enum', node.id, node);
        for (const member of node.body.members) declare(scope, 'enum-member', member.id, member);
        break;
      case 'TSModuleDeclaration':
        if (node.id.type === 'Identifier' && node.kind !== 'global') declare(scope, 'namespace', node.id, node);
        break;
      case 'TSModuleBlock':
      case 'StaticBlock':
        scope = newScope(scope, true);
        break;
      case 'BlockStatement': {
        const above = parents.get(node);
        const isFunctionBody = above !== undefined && 'params' in above;
        if (!isFunctionBody) scope = newScope(scope, false);
        break;
      }
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'SwitchStatement':
        scope = newScope(scope, false);
        break;
      case 'CatchClause':
        scope = newScope(scope, false);
        if (node.param) declarePattern(scope, 'catch', node.param, node);
        break;
      case 'CallExpression':
      case 'NewExpression':
        calls.push(node);
        break;
      case 'ImportExpression':
        dynamicImports.push(node);
        break;
      case 'TemplateLiteral':
        if (node.expressions.length > 0) composed.push(node);
        break;
      case 'BinaryExpression': {
        const above = parents.get(node);
        if (node.operator === '+' && !(above?.type === 'BinaryExpression' && above.operator === '+')) composed.push(node);
        break;
      }
      case 'Property':
        if (parents.get(node)?.type === 'ObjectExpression') named.push(node);
        else if (node.value.type === 'AssignmentPattern') named.push(node);
        break;
      case 'PropertyDefinition':
      case 'AccessorProperty':
        named.push(node);
        break;
      case 'AssignmentExpression': {
        named.push(node);
        const left = node.left;
        if (thisClass && left.type === 'MemberExpression' && left.object.type === 'ThisExpression' && !left.computed) {
          let writes = thisWrites.get(thisClass);
          if (!writes) thisWrites.set(thisClass, (writes = new Map()));
          const name = (left.property as TSESTree.Identifier).name;
          const list = writes.get(name);
          if (list) list.push(node);
          else writes.set(name, [node]);
        }
        break;
      }
      case 'MemberExpression':
        if (!node.computed) names = ['property'];
        break;
    }

    if (KEYED.has(type) && !(node as unknown as { computed: boolean }).computed) names = [...names, 'key'];
    if (TYPE_FUNCTIONS.has(type)) names = [...names, 'params', 'parameters'];

    scopes.set(node, scope);
    const keys = visitorKeys[type] ?? Object.keys(node).filter((key) => key !== 'parent');
    const record = node as unknown as Record<string, unknown>;
    for (let index = keys.length - 1; index >= 0; index--) {
      const key = keys[index]!;
      const child = record[key];
      if (Array.isArray(child)) {
        for (let at = child.length - 1; at >= 0; at--) {
          const member: unknown = child[at];
          if (!isNode(member)) continue;
          parents.set(member, node);
          if (names.includes(key)) skipNames(member);
          stack.push({ node: member, scope, owner, thisClass });
        }
      } else if (isNode(child)) {
        // Some parsers use one node for key and value of a shorthand property: it is a reference then.
        if (parents.get(child) !== node) parents.set(child, node);
        if (names.includes(key)) {
          if (child.type === 'Identifier') continue;
          skipNames(child);
        }
        stack.push({ node: child, scope, owner, thisClass });
      }
    }
  }

  /** Marks identifiers that are names by giving them no variable; their subtrees are still walked for nested expressions. */
  function skipNames(node: Node): void {
    if (node.type === 'Identifier') unresolvable.add(node);
    else if (node.type === 'ExportSpecifier') {
      unresolvable.add(node.local);
      unresolvable.add(node.exported);
    }
  }

  function lookupFrom(scope: Scope | undefined, name: string): Variable | undefined {
    for (let next = scope; next; next = next.parent) {
      const variable = next.variables.get(name);
      if (variable) return variable;
    }
    return undefined;
  }

  for (const { identifier, scope } of pending) {
    if (unresolvable.has(identifier) || variables.has(identifier)) continue;
    const variable = lookupFrom(scope, identifier.name);
    if (!variable) continue;
    variables.set(identifier, variable);
    variable.references.push(identifier);
  }

  return {
    parentOf: (node) => parents.get(node),
    variableOf: (identifier) => variables.get(identifier),
    lookup: (name, from) => lookupFrom(scopes.get(from), name),
    calls,
    dynamicImports,
    classes,
    returnsOf: (node) => returns.get(node) ?? [],
    thisWritesOf: (node) => thisWrites.get(node) ?? new Map<string, Node[]>(),
    named,
    composed,
    modules,
    nodes,
  };
}
