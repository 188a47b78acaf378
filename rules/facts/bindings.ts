/**
 * Scopes and names of one script: which declaration an identifier means, which node stands above which.
 * Everything is found in one walk with an explicit stack (so that deep nesting cannot overflow ours) and kept per AST.
 *
 * Agrees with `@typescript-eslint/scope-manager` on values (test/bindings-agree.test.ts); types are only looked up by name.
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { endOf, keyName, startOf, unwrap, type Node } from './syntax.js';

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
  /** Every node, those above before those below. */
  readonly nodes: readonly Node[];
}

const cache = new WeakMap<object, Bindings>();

/** The bindings of a script's AST, computed once. */
export function bindingsOf(script: Pick<Script, 'ast' | 'visitorKeys'>): Bindings {
  let found = cache.get(script.ast);
  if (!found) cache.set(script.ast, (found = walk(script.ast, script.visitorKeys)));
  return found;
}

/** Of types whose parameters are only documentation. */
const PARAMETERS = ['params', 'parameters'];

/** Child keys whose identifiers are names, not references, by the parent's type. */
const NAME_KEYS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
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
    TSMethodSignature: ['key', ...PARAMETERS],
    TSFunctionType: PARAMETERS,
    TSConstructorType: PARAMETERS,
    TSCallSignatureDeclaration: PARAMETERS,
    TSConstructSignatureDeclaration: PARAMETERS,
  }),
);

/** Where a node stands. Most nodes stand where their parent does and share its surroundings. */
interface Surroundings {
  readonly scope: Scope;
  readonly owner: FunctionNode | undefined;
  readonly thisClass: ClassNode | undefined;
}

/**
 * The nodes of an AST and what each stands in. Found by where a node begins and ends, which only a few have in common, and
 * not by a Map: filling one took most of the time of a walk.
 */
class Tree {
  readonly nodes: Node[];
  /** By place in {@link nodes}: the place of what a node stands in. */
  readonly #above: number[] = [-1];
  /** By hash: the last place with it; by place: the one before. Made when the first node is looked for. */
  #last: Int32Array | undefined;
  #before = new Int32Array();

  constructor(program: Node) {
    this.nodes = [program];
  }

  /** Adds a node; the result is its place. */
  add(node: Node, above: number): number {
    this.#above.push(above);
    return this.nodes.push(node) - 1;
  }

  nodeAt(place: number): Node {
    return this.nodes[place]!;
  }

  /** What the node at a place stands in. */
  above(place: number): Node | undefined {
    return this.nodes[this.#above[place]!];
  }

  /** What a node stands in; undefined for nodes that were not added. */
  parentOf(node: Node): Node | undefined {
    const last = (this.#last ??= this.#index());
    for (let place = last[hashOf(node) & (last.length - 1)]!; place >= 0; place = this.#before[place]!)
      if (this.nodes[place] === node) return this.above(place);
    return undefined;
  }

  #index(): Int32Array {
    const last = new Int32Array(2 ** Math.ceil(Math.log2(this.nodes.length))).fill(-1);
    const before = new Int32Array(this.nodes.length);
    for (let place = 0; place < before.length; place++) {
      const slot = hashOf(this.nodes[place]!) & (last.length - 1);
      before[place] = last[slot]!;
      last[slot] = place;
    }
    this.#before = before;
    return last;
  }
}

function hashOf(node: Node): number {
  return startOf(node) ^ Math.imul(endOf(node), 31);
}

function isNode(value: object): value is Node {
  return typeof (value as { type?: unknown }).type === 'string';
}

const NO_NAMES: readonly string[] = [];
const KEY_NAME = ['key'];
const PROPERTY_NAME = ['property'];
const EXPORTED_NAME = ['exported'];
const SPECIFIERS = ['specifiers'];

/** What one type of node means: opens scopes, declares, notes. The result is as {@link NAME_KEYS} where it depends on the node. */
type Visit = (walk: Walk, node: never, place: number) => readonly string[] | undefined;

/** A table of small functions: an engine compiles those that a script needs, where one large one took longer than the walk. */
const VISITS: ReadonlyMap<string, Visit> = new Map(
  Object.entries<Visit>({
    Identifier: (walk, node: TSESTree.Identifier) => walk.mention(node),
    ImportDeclaration: (walk, node: TSESTree.ImportDeclaration) => {
      walk.modules.push(node);
      for (const specifier of node.specifiers) walk.declare(walk.root, 'import', specifier.local, specifier);
      return undefined;
    },
    TSImportEqualsDeclaration: (walk, node: TSESTree.TSImportEqualsDeclaration) => {
      walk.modules.push(node);
      walk.declare(walk.scope, 'import', node.id, node);
      return undefined;
    },
    ExportNamedDeclaration: (walk, node: TSESTree.ExportNamedDeclaration) => {
      walk.modules.push(node);
      // `export { a } from 'b'` names nothing of this module.
      return node.source ? SPECIFIERS : undefined;
    },
    ExportSpecifier: () => EXPORTED_NAME,
    ExportAllDeclaration: (walk, node: Node) => void walk.modules.push(node),
    ExportDefaultDeclaration: (walk, node: Node) => void walk.modules.push(node),
    TSExportAssignment: (walk, node: Node) => void walk.modules.push(node),
    VariableDeclaration: (walk, node: TSESTree.VariableDeclaration) => {
      const target = node.kind === 'var' ? hoistScope(walk.scope) : walk.scope;
      for (const declarator of node.declarations) {
        walk.declarePattern(target, 'variable', declarator.id, declarator);
        walk.named.push(declarator);
      }
      return undefined;
    },
    FunctionDeclaration: visitFunction,
    FunctionExpression: visitFunction,
    ArrowFunctionExpression: visitFunction,
    TSDeclareFunction: visitFunction,
    TSEmptyBodyFunctionExpression: visitFunction,
    ReturnStatement: (walk, node: TSESTree.ReturnStatement) => {
      if (walk.owner && node.argument) append(walk.returns, walk.owner, node.argument);
      return undefined;
    },
    ClassDeclaration: visitClass,
    ClassExpression: visitClass,
    TSEnumDeclaration: (walk, node: TSESTree.TSEnumDeclaration) => {
      walk.declare(walk.scope, 'enum', node.id, node);
      walk.openScope(false);
      walk.declare(walk.scope, 'enum', node.id, node);
      for (const member of node.body.members) walk.declare(walk.scope, 'enum-member', member.id, member);
      return undefined;
    },
    TSModuleDeclaration: (walk, node: TSESTree.TSModuleDeclaration) => {
      if (node.id.type === 'Identifier' && node.kind !== 'global') walk.declare(walk.scope, 'namespace', node.id, node);
      return undefined;
    },
    TSModuleBlock: (walk) => walk.openScope(true),
    StaticBlock: (walk) => walk.openScope(true),
    BlockStatement: (walk, _: Node, place) => {
      const above = walk.tree.above(place);
      const isFunctionBody = above !== undefined && 'params' in above;
      if (!isFunctionBody) walk.openScope(false);
      return undefined;
    },
    ForStatement: (walk) => walk.openScope(false),
    ForInStatement: (walk) => walk.openScope(false),
    ForOfStatement: (walk) => walk.openScope(false),
    SwitchStatement: (walk) => walk.openScope(false),
    CatchClause: (walk, node: TSESTree.CatchClause) => {
      walk.openScope(false);
      if (node.param) walk.declarePattern(walk.scope, 'catch', node.param, node);
      return undefined;
    },
    CallExpression: (walk, node: TSESTree.CallExpression) => void walk.calls.push(node),
    NewExpression: (walk, node: TSESTree.NewExpression) => void walk.calls.push(node),
    ImportExpression: (walk, node: TSESTree.ImportExpression) => void walk.dynamicImports.push(node),
    TemplateLiteral: (walk, node: TSESTree.TemplateLiteral) => {
      if (node.expressions.length > 0) walk.composed.push(node);
      return undefined;
    },
    BinaryExpression: (walk, node: TSESTree.BinaryExpression, place) => {
      if (node.operator !== '+') return undefined;
      const above = walk.tree.above(place);
      if (!(above?.type === 'BinaryExpression' && above.operator === '+')) walk.composed.push(node);
      return undefined;
    },
    Property: (walk, node: TSESTree.Property, place) => {
      if (walk.tree.above(place)?.type === 'ObjectExpression' || node.value.type === 'AssignmentPattern') walk.named.push(node);
      return visitKeyed(walk, node);
    },
    PropertyDefinition: visitField,
    AccessorProperty: visitField,
    MethodDefinition: visitKeyed,
    TSAbstractPropertyDefinition: visitKeyed,
    TSAbstractMethodDefinition: visitKeyed,
    TSAbstractAccessorProperty: visitKeyed,
    AssignmentExpression: (walk, node: TSESTree.AssignmentExpression) => {
      walk.named.push(node);
      const { left } = node;
      if (!walk.thisClass || left.type !== 'MemberExpression' || left.object.type !== 'ThisExpression' || left.computed) return undefined;
      let writes = walk.thisWrites.get(walk.thisClass);
      if (!writes) walk.thisWrites.set(walk.thisClass, (writes = new Map<string, Node[]>()));
      append(writes, keyName(left.property, false) ?? '', node);
      return undefined;
    },
    MemberExpression: (_, node: TSESTree.MemberExpression) => (node.computed ? undefined : PROPERTY_NAME),
  }),
);

function visitFunction(walk: Walk, node: FunctionNode | TSESTree.TSDeclareFunction, place: number): undefined {
  if (node.type === 'FunctionDeclaration' || node.type === 'TSDeclareFunction') {
    if (node.id) walk.declare(walk.scope, 'function', node.id, node);
  } else if (node.type === 'FunctionExpression' && node.id) {
    walk.openScope(false);
    walk.declare(walk.scope, 'function', node.id, node);
  }
  walk.openScope(true);
  for (const parameter of node.params) walk.declarePattern(walk.scope, 'parameter', parameter, node);
  walk.owner = node as FunctionNode;
  if (node.type === 'ArrowFunctionExpression') {
    if (node.body.type !== 'BlockStatement') walk.returns.set(node, [node.body]);
    return;
  }
  const above = walk.tree.above(place);
  if (above?.type !== 'MethodDefinition' && above?.type !== 'PropertyDefinition') walk.thisClass = undefined;
}

function visitClass(walk: Walk, node: ClassNode): undefined {
  walk.classes.push(node);
  if (node.id) {
    if (node.type === 'ClassDeclaration') walk.declare(walk.scope, 'class', node.id, node);
    walk.openScope(false);
    walk.declare(walk.scope, 'class', node.id, node);
  }
  walk.thisClass = node;
}

function visitKeyed(_: Walk, node: { readonly computed: boolean }): readonly string[] | undefined {
  return node.computed ? undefined : KEY_NAME;
}

function visitField(walk: Walk, node: TSESTree.PropertyDefinition | TSESTree.AccessorProperty): readonly string[] | undefined {
  walk.named.push(node);
  return visitKeyed(walk, node);
}

function append<Key>(lists: Map<Key, Node[]>, key: Key, node: Node): void {
  const list = lists.get(key);
  if (list) list.push(node);
  else lists.set(key, [node]);
}

function hoistScope(scope: Scope): Scope {
  let target = scope;
  while (!target.hoists && target.parent) target = target.parent;
  return target;
}

function newScope(parent: Scope | undefined, hoists: boolean): Scope {
  return { parent, hoists, variables: new Map() };
}

function lookupFrom(scope: Scope | undefined, name: string): Variable | undefined {
  for (let next = scope; next; next = next.parent) {
    const variable = next.variables.get(name);
    if (variable) return variable;
  }
  return undefined;
}

/** One walk, and what it has found so far. */
class Walk {
  readonly tree: Tree;
  readonly root = newScope(undefined, true);
  readonly returns = new Map<Node, Node[]>();
  readonly thisWrites = new Map<ClassNode, Map<string, Node[]>>();
  readonly calls: (TSESTree.CallExpression | TSESTree.NewExpression)[] = [];
  readonly dynamicImports: TSESTree.ImportExpression[] = [];
  readonly classes: ClassNode[] = [];
  readonly named: Node[] = [];
  readonly composed: (TSESTree.TemplateLiteral | TSESTree.BinaryExpression)[] = [];
  readonly modules: Node[] = [];

  // Where the node stands that is visited.
  scope = this.root;
  owner: FunctionNode | undefined;
  thisClass: ClassNode | undefined;

  /** By the nodes that open one; the others stand in the one of a node above. */
  readonly #scopes = new Map<Node, Scope>();
  readonly #variables = new Map<Node, Variable>();
  /** Identifiers that are names where they stand, not references. */
  readonly #unresolvable = new Set<Node>();
  readonly #mentions: TSESTree.Identifier[] = [];
  readonly #mentionScopes: Scope[] = [];
  readonly #places: number[] = [0];
  readonly #surroundings: Surroundings[] = [{ scope: this.root, owner: undefined, thisClass: undefined }];

  constructor(
    program: TSESTree.Program,
    private readonly visitorKeys: Script['visitorKeys'],
  ) {
    this.tree = new Tree(program);
    this.#scopes.set(program, this.root);
  }

  run(): void {
    for (let place = this.#places.pop(); place !== undefined; place = this.#places.pop()) {
      const around = this.#surroundings.pop()!;
      const node = this.tree.nodeAt(place);
      const visit = VISITS.get(node.type);
      if (visit) this.#visit(visit, node, place, around);
      else this.#enter(node, place, NAME_KEYS.get(node.type) ?? NO_NAMES, around);
    }
    this.#resolve();
  }

  #visit(visit: Visit, node: Node, place: number, around: Surroundings): void {
    ({ scope: this.scope, owner: this.owner, thisClass: this.thisClass } = around);
    const names = visit(this, node as never, place) ?? NAME_KEYS.get(node.type) ?? NO_NAMES;
    const { scope, owner, thisClass } = this;
    if (scope !== around.scope) this.#scopes.set(node, scope);
    else if (owner === around.owner && thisClass === around.thisClass) return this.#enter(node, place, names, around);
    this.#enter(node, place, names, { scope, owner, thisClass });
  }

  /** Puts the children of a node on the stack. */
  #enter(node: Node, place: number, names: readonly string[], around: Surroundings): void {
    const keys = this.visitorKeys[node.type] ?? Object.keys(node).filter((key) => key !== 'parent');
    const record = node as unknown as Record<string, unknown>;
    for (let index = keys.length - 1; index >= 0; index--) {
      const key = keys[index]!;
      const child = record[key];
      if (typeof child !== 'object' || child === null) continue;
      const isName = names !== NO_NAMES && names.includes(key);
      if (Array.isArray(child)) {
        for (let at = child.length - 1; at >= 0; at--) {
          const member = child[at] as object | null;
          if (member === null || !isNode(member)) continue;
          if (isName) this.#skipNames(member);
          this.#push(this.tree.add(member, place), around);
        }
      } else if (isNode(child)) {
        const own = this.tree.add(child, place);
        if (isName) {
          // Some parsers use one node for key and value of a shorthand property: it is a reference then.
          if (child.type === 'Identifier') continue;
          this.#skipNames(child);
        }
        this.#push(own, around);
      }
    }
  }

  #push(place: number, around: Surroundings): void {
    this.#places.push(place);
    this.#surroundings.push(around);
  }

  /** Marks identifiers that are names by giving them no variable; their subtrees are still walked for nested expressions. */
  #skipNames(node: Node): void {
    if (node.type === 'Identifier') this.#unresolvable.add(node);
    else if (node.type === 'ExportSpecifier') {
      this.#unresolvable.add(node.local);
      this.#unresolvable.add(node.exported);
    }
  }

  mention(identifier: TSESTree.Identifier): undefined {
    this.#mentions.push(identifier);
    this.#mentionScopes.push(this.scope);
  }

  openScope(hoists: boolean): undefined {
    this.scope = newScope(this.scope, hoists);
  }

  declare(scope: Scope, kind: DefinitionKind, name: Node, node: Node): void {
    const text = name.type === 'Identifier' ? name.name : name.type === 'Literal' ? String(name.value) : undefined;
    if (text === undefined) return;
    let variable = scope.variables.get(text);
    if (!variable) scope.variables.set(text, (variable = { name: text, scope, definitions: [], references: [] }));
    variable.definitions.push({ kind, name, node });
    this.#variables.set(name, variable);
  }

  /** Declares every identifier that a binding pattern binds; defaults and computed keys stay expressions for the walk. */
  declarePattern(scope: Scope, kind: DefinitionKind, pattern: Node, node: Node): void {
    if (pattern.type === 'Identifier') return this.declare(scope, kind, pattern, node);
    const stack: Node[] = [pattern];
    for (let next = stack.pop(); next; next = stack.pop()) {
      switch (next.type) {
        case 'Identifier':
          this.declare(scope, kind, next, node);
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

  /** Says of each mentioned name what it means, now that all are declared. */
  #resolve(): void {
    for (const [index, identifier] of this.#mentions.entries()) {
      if (this.#variables.has(identifier) || this.#unresolvable.has(identifier)) continue;
      const variable = lookupFrom(this.#mentionScopes[index], identifier.name);
      if (!variable) continue;
      this.#variables.set(identifier, variable);
      variable.references.push(identifier);
    }
  }

  variableOf(identifier: Node): Variable | undefined {
    return this.#variables.get(identifier);
  }

  /** The scope that a node opens or stands in. */
  scopeOf(node: Node): Scope | undefined {
    for (let next: Node | undefined = node; next; next = this.tree.parentOf(next)) {
      const scope = this.#scopes.get(next);
      if (scope) return scope;
    }
    return undefined;
  }
}

function walk(program: TSESTree.Program, visitorKeys: Script['visitorKeys']): Bindings {
  const walked = new Walk(program, visitorKeys);
  walked.run();
  const { tree, calls, dynamicImports, classes, named, composed, modules } = walked;
  return {
    parentOf: (node) => tree.parentOf(node),
    variableOf: (identifier) => walked.variableOf(identifier),
    lookup: (name, from) => lookupFrom(walked.scopeOf(from), name),
    calls,
    dynamicImports,
    classes,
    returnsOf: (node) => walked.returns.get(node) ?? [],
    thisWritesOf: (node) => walked.thisWrites.get(node) ?? new Map<string, Node[]>(),
    named,
    composed,
    modules,
    nodes: tree.nodes,
  };
}

/** What a variable that is written once begins with; any other expression is itself. */
export function initialValue(bindings: Bindings, node: Node): Node {
  const inner = unwrap(node);
  const [definition, more] = inner.type === 'Identifier' ? (bindings.variableOf(inner)?.definitions ?? []) : [];
  if (!definition || more || definition.node.type !== 'VariableDeclarator' || definition.node.id !== definition.name) return inner;
  return definition.node.init ? unwrap(definition.node.init) : inner;
}
