/** What a module exports, as plain values: made once per file, kept after its AST is gone. */
import type { TSESTree } from '@typescript-eslint/types';
import type { ModuleSummary, Place, Script, SettingsEntry } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { variablesCheckedAtStart } from './environment-checks.js';
import { originsOf } from './origins.js';
import { packageSpecifier } from './package-specifiers.js';
import { dottedName, lastName, placeOf, startOf, type Node } from './syntax.js';
import { importsTestRunner } from './test-runners.js';
import { CHECK_NAME } from './token-checks.js';
import type { FunctionValue, HandedOn, ImportValue, ObjectValue, PassedOn, Value } from './values.js';
import { wrappersOf, type Wrappers } from './wrappers.js';

/** Nesting to which exported objects are kept; configuration objects are rarely half as deep. */
const MAX_NESTING = 8;

/** The same for the objects of a class, whose methods may each make another one. */
const MAX_CLASS_NESTING = 4;

/** The same for arguments in which parameters are passed on. */
const MAX_ARGUMENT_NESTING = 4;

/** The same for what a computed value is made of. */
const MAX_MADE_NESTING = 4;

/** Summarises a script. Imports and calls of other files stay symbolic in its values. */
export function summarise(script: Script): ModuleSummary {
  const bindings = bindingsOf(script);
  const origins = originsOf(script);
  const exports = new Map<string, readonly Value[]>();
  const reexports: string[] = [];

  const classes = new Map(bindings.classes.map((node) => [startOf(node), node]));
  const kept: Kept = {
    ...wrappersOf(script),
    objectAt: (start) => {
      const node = classes.get(start);
      return node && origins.objectOf(node);
    },
  };

  const add = (name: string, values: readonly Value[]): void => {
    // `exports.name = void 0` comes first in what TypeScript makes.
    const known = (exports.get(name) ?? []).filter(({ kind }) => kind !== 'nullish');
    exports.set(name, [...known, ...plain(values, MAX_NESTING, kept)]);
  };
  const from = (node: Node, specifier: string, path: readonly string[]): ImportValue => ({
    kind: 'import',
    specifier: packageSpecifier(specifier).specifier,
    path,
    from: script.path,
    at: placeOf(script.path, node),
    steps: [],
  });

  for (const node of bindings.modules) {
    switch (node.type) {
      case 'ExportNamedDeclaration':
        if (node.declaration) {
          for (const name of declaredNames(node.declaration)) add(name.name, origins.evaluate(name));
        }
        for (const specifier of node.specifiers) {
          const exported = moduleName(specifier.exported);
          if (node.source) add(exported, [from(specifier, node.source.value, [moduleName(specifier.local)])]);
          else if (specifier.local.type === 'Identifier') add(exported, origins.evaluate(specifier.local));
        }
        break;
      case 'ExportDefaultDeclaration':
        add('default', origins.evaluate(node.declaration));
        break;
      case 'TSExportAssignment':
        add('default', origins.evaluate(node.expression));
        break;
      case 'ExportAllDeclaration':
        if (node.exported) add(moduleName(node.exported), [from(node, node.source.value, [])]);
        else reexports.push(node.source.value);
        break;
    }
  }
  for (const node of bindings.named) {
    if (node.type !== 'AssignmentExpression' || node.operator !== '=') continue;
    const name = dottedName(node.left);
    if (name === undefined || !/^(?:module\.)?exports(?:\.|$)/.test(name)) continue;
    const member = name.replace(/^(?:module\.)?exports\.?/, '');
    if (member.includes('.')) continue;
    if (member !== '') add(member, origins.evaluate(node.right));
    else if (name === 'module.exports') add('default', origins.evaluate(node.right));
  }
  return {
    path: script.path,
    exports,
    reexports,
    checks: variablesCheckedAtStart([script]) ?? [],
    isTest: importsTestRunner(script),
    verifies: bindings.calls.some(({ callee }) => CHECK_NAME.test(lastName(callee) ?? '')),
  };
}

/** What a script imports or requires, by its specifiers in the order of their forms. */
export function specifiersIn(script: Pick<Script, 'ast' | 'visitorKeys'>): readonly string[] {
  const { modules, calls, dynamicImports } = bindingsOf(script);
  const found: string[] = [];
  const add = (node: Node | null | undefined): void => {
    if (node?.type === 'Literal' && typeof node.value === 'string') found.push(node.value);
  };
  for (const node of modules) {
    if ('source' in node) add(node.source as Node | null);
    if (node.type === 'TSImportEqualsDeclaration' && node.moduleReference.type === 'TSExternalModuleReference')
      add(node.moduleReference.expression);
  }
  for (const { source } of dynamicImports) add(source);
  for (const { callee, arguments: args } of calls) if (callee.type === 'Identifier' && callee.name === 'require') add(args[0]);
  return [...new Set(found)];
}

/** The module that a JSON file is when it is imported. */
export function summariseSettings(path: string, entries: readonly SettingsEntry[]): ModuleSummary {
  const at: Place = { path, start: 0, end: 0 };
  type Tree = Map<string, Tree | SettingsEntry>;
  const root: Tree = new Map();
  for (const entry of entries) {
    let tree = root;
    for (const key of entry.key.slice(0, -1)) {
      const inner = tree.get(key);
      if (inner instanceof Map) tree = inner;
      else {
        const made: Tree = new Map();
        tree.set(key, made);
        tree = made;
      }
    }
    const last = entry.key[entry.key.length - 1];
    if (last !== undefined) tree.set(last, entry);
  }
  const valueOf = (node: Tree | SettingsEntry, name: string): Value => {
    if (node instanceof Map) {
      return {
        kind: 'object',
        members: new Map([...node].map(([key, inner]) => [key, [valueOf(inner, key)]])),
        open: false,
        at,
        steps: [],
      };
    }
    const place: Place = { path, start: node.span.start, end: node.span.end };
    if (node.type === 'string') return { kind: 'text', text: node.value, encoding: 'utf8', bytes: false, name, at: place, steps: [] };
    if (node.type === 'number') return { kind: 'number', value: Number(node.value), at: place, steps: [] };
    if (node.type === 'boolean') return { kind: 'boolean', value: node.value === 'true', at: place, steps: [] };
    return { kind: 'nullish', at: place, steps: [] };
  };
  const whole = valueOf(root, 'default');
  return {
    path,
    exports: new Map([...(whole.kind === 'object' ? whole.members : []), ['default', [whole]]]),
    reexports: [],
    checks: [],
    isTest: false,
    verifies: false,
  };
}

function moduleName(node: TSESTree.Identifier | TSESTree.StringLiteral): string {
  return node.type === 'Identifier' ? node.name : node.value;
}

function declaredNames(declaration: Node): readonly TSESTree.Identifier[] {
  switch (declaration.type) {
    case 'VariableDeclaration': {
      const found: TSESTree.Identifier[] = [];
      const stack: Node[] = declaration.declarations.map((declarator) => declarator.id);
      for (let next = stack.pop(); next; next = stack.pop()) {
        if (next.type === 'Identifier') found.push(next);
        else if (next.type === 'ObjectPattern')
          stack.push(...next.properties.map((each) => (each.type === 'RestElement' ? each.argument : each.value)));
        else if (next.type === 'ArrayPattern') stack.push(...next.elements.filter((each) => each !== null));
        else if (next.type === 'AssignmentPattern') stack.push(next.left);
        else if (next.type === 'RestElement') stack.push(next.argument);
      }
      return found;
    }
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
    case 'TSEnumDeclaration':
      return declaration.id ? [declaration.id] : [];
    default:
      return [];
  }
}

/** What is known of a script's functions and classes beside their values, by where they begin. */
interface Kept extends Wrappers {
  objectAt(start: number): ObjectValue | undefined;
}

/** A copy without getters, so that nothing holds the AST. */
function plain(values: readonly Value[], nesting: number, kept: Kept): readonly Value[] {
  const { handedOn, passedOn, objectAt } = kept;
  const inside = (inner: readonly Value[], levels = nesting - 1): readonly Value[] => plain(inner, levels, kept);
  const handing = ({ at }: Value): Pick<FunctionValue, 'handsOn' | 'passesOn'> => {
    const [handsOn, passesOn] = [handedOn.get(at.start), passedOn.get(at.start)];
    const kept = <Handing extends HandedOn | PassedOn>(each: Handing): Handing => ({
      ...each,
      args: each.args.map((argument) => inside(argument, MAX_ARGUMENT_NESTING)),
    });
    return { ...(handsOn ? { handsOn: handsOn.map(kept) } : {}), ...(passesOn ? { passesOn: passesOn.map(kept) } : {}) };
  };
  const copied = (value: ObjectValue, levels: number): ObjectValue => ({
    ...value,
    members: new Map([...value.members].map(([name, inner]) => [name, inside(inner, Math.min(levels, nesting - 1))])),
    ...(value.spread ? { spread: inside(value.spread) } : {}),
  });
  return values.map((value): Value => {
    if (nesting === 0) return { kind: 'unknown', at: value.at, steps: [] };
    switch (value.kind) {
      case 'object': {
        const made = objectAt(value.at.start);
        return { ...copied(value, nesting - 1), ...handing(value), ...(made ? { object: copied(made, MAX_CLASS_NESTING) } : {}) };
      }
      case 'array':
        return {
          ...value,
          elements: value.elements.map((element) => inside(element)),
          ...(value.spread ? { spread: inside(value.spread) } : {}),
        };
      case 'function':
        return {
          kind: 'function',
          at: value.at,
          steps: value.steps,
          returns: inside(value.returns),
          yields: inside(value.yields),
          ...handing(value),
        };
      case 'unknown':
        return value.made
          ? { ...value, made: { ...value.made, of: value.made.of.map((part) => inside(part, Math.min(nesting - 1, MAX_MADE_NESTING))) } }
          : value;
      case 'call':
        return { ...value, args: value.args.map((argument) => inside(argument)) };
      default:
        return value;
    }
  });
}
