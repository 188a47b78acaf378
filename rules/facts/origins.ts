/**
 * Where can the value of an expression come from? Follows a value through bindings, reassignments, conditionals, objects,
 * classes, functions and other files back to literals, the environment, a CSPRNG, or to nothing that reading can tell.
 *
 * Evaluation inside one file is symbolic: what another file or a caller decides stays an import, a call or a parameter in
 * the answer. {@link Origins.resolve} then asks the host for those files. So a module can be summarised on its own, once.
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { ModuleSummary, Place, Script, Step } from '../contract.js';
import { callsOfFunction, classAround } from './called-functions.js';
import { bindingsOf, type ClassNode, type Definition, type FunctionNode, type Variable } from './bindings.js';
import { ENVIRONMENT_MODULES, ENVIRONMENT_OBJECTS, importName, isLocalSpecifier, isOwnModule } from './import-names.js';
import { isLibraryClass, librarySpecifier } from './libraries.js';
import { packageSpecifier } from './package-specifiers.js';
import { storedFor } from './stores.js';
import { assertsPresence, dottedName, keyName, memberName, placeOf, startOf, unwrap, type Node } from './syntax.js';
import { isPlain, platformCall, valueMethod } from './platform-calls.js';
import {
  askedFirst,
  asserted,
  bytesOf,
  carried,
  few,
  madeOf,
  named,
  onlyNumber,
  onlyText,
  samePlace,
  settledFallback,
  stringified,
  throughPlace,
  withFallback,
} from './value-sets.js';
import type {
  ArrayValue,
  Fallback,
  FunctionValue,
  ImportValue,
  ObjectValue,
  ParameterValue,
  TextValue,
  UnknownValue,
  Value,
} from './values.js';

/** Evaluations per script before the rest is unknown: far above what written code needs, low enough for hostile input. */
export const EVALUATION_BUDGET = 100_000;
/** Nesting of one evaluation: expressions, calls and bindings together. */
const MAX_DEPTH = 150;
/** Files that one value is followed through. */
const MAX_MODULE_HOPS = 6;
/** Members and calls in the path of one import, call or parameter: what is known of a library is reached by far fewer. */
const MAX_PATH = 100;
/** Call sites of a function that are asked for a parameter's values. */
const MAX_CALL_SITES = 20;

/** Values that are spread into one object of which each member is asked for. */
const MAX_SPREADS = 20;

/** Kinds of values that are surely there. */
const CERTAIN: ReadonlySet<Value['kind']> = new Set(['text', 'number', 'boolean', 'object', 'array', 'function', 'random', 'key']);

/** In place of a name: whichever member. */
const ANY = '{}';

/** What a getter of settings is told to expect: `string`, `number|string`. */
const TYPE_NAMES = /^(?:(?:string|number|boolean|any|object)(?:\||$))+$/;

const FURTHER_ARITHMETIC: ReadonlySet<string> = new Set(['%', '**', '|', '&', '^', '<<', '>>', '>>>']);

/** The answers about one script. */
export interface Origins {
  /** Possible values as far as this file says. */
  evaluate(node: Node): readonly Value[];
  /** Follows imports, calls of imported functions and, for parameters, the callers in this file. */
  resolve(values: readonly Value[]): readonly Value[];
  /** `resolve(evaluate(node))`. */
  valuesOf(node: Node): readonly Value[];
  /** A member of possible values. */
  member(values: readonly Value[], name: string, at: Place): readonly Value[];
  /** What calling possible values gives, without arguments. */
  returned(values: readonly Value[]): readonly Value[];
  /** Values with the arguments of a call in place of a function's parameters. */
  substituted(values: readonly Value[], owner: Place, args: readonly (readonly Value[])[]): readonly Value[];
  /** What the objects of a class of this file are, whoever makes them. */
  objectOf(owner: ClassNode): ObjectValue;
  /** True once the budget ran out: the answers are incomplete then, and the host says so. */
  readonly exhausted: boolean;
  /** Evaluations done: the unit of the growth tests. */
  readonly steps: number;
}

const cache = new WeakMap<Script, Origins>();

/** The origins of a script, computed on demand and kept with the script. */
export function originsOf(script: Script): Origins {
  let found = cache.get(script);
  if (!found) cache.set(script, (found = createOrigins(script)));
  return found;
}

function createOrigins(script: Script): Origins {
  const bindings = bindingsOf(script);
  const memo = new Map<Node, readonly Value[]>();
  const variableMemo = new Map<Variable, readonly Value[]>();
  const evaluating = new Set<Node | Variable>();
  /** Variables whose members are being followed to what is written to them, with how often they were read on that way. */
  const writing = new Map<Variable, number>();
  let steps = 0;
  let depth = 0;
  let cuts = 0;
  let exhausted = false;

  const here = (node: Node): Place => placeOf(script.path, node);
  const through = (value: Value, node: Node, name: string): Value => throughPlace(value, here(node), name);
  const unknown = (node: Node): readonly UnknownValue[] => {
    const name = node.type === 'Identifier' ? node.name : node.type === 'MemberExpression' ? memberName(node) : undefined;
    return [{ kind: 'unknown', at: here(node), steps: [], ...(name === undefined ? {} : { name }) }];
  };

  const tools = { evaluate, member, merged, returned, unknown, text, joined, fromConfig, here };

  function evaluate(node: Node): readonly Value[] {
    const inner = unwrap(node);
    if (inner === node) return evaluateInner(node);
    const values = evaluateInner(inner);
    return assertsPresence(node) ? asserted(values, here(node)) : values;
  }

  function evaluateInner(inner: Node): readonly Value[] {
    const known = memo.get(inner);
    if (known) return known;
    if (evaluating.has(inner) || depth > MAX_DEPTH) {
      cuts++;
      return unknown(inner);
    }
    if (++steps > EVALUATION_BUDGET) {
      exhausted = true;
      return unknown(inner);
    }
    evaluating.add(inner);
    depth++;
    const cutsBefore = cuts;
    const values = few(evaluateNode(inner));
    depth--;
    evaluating.delete(inner);
    // What was cut off by the depth or by a cycle through a node above is not remembered as the truth about this one.
    if (evaluating.size === 0 || cuts === cutsBefore) memo.set(inner, values);
    return values;
  }

  function evaluateNode(node: Node): readonly Value[] {
    switch (node.type) {
      case 'Literal':
        return [literal(node)];
      case 'TemplateLiteral':
        return template(node);
      case 'Identifier':
        return identifier(node);
      case 'MemberExpression':
        return memberExpression(node);
      case 'CallExpression':
        return call(node);
      case 'NewExpression':
        return construction(node);
      case 'ImportExpression': {
        const specifier = onlyText(evaluate(node.source));
        return specifier === undefined ? unknown(node) : [imported(node, specifier, [])];
      }
      case 'LogicalExpression':
        return logical(node);
      case 'ConditionalExpression': {
        const then = evaluate(node.consequent);
        const otherwise = evaluate(node.alternate);
        return [...standingIn(then, askedFirst(otherwise), node.test), ...standingIn(otherwise, askedFirst(then), node.test)];
      }
      case 'BinaryExpression':
        return node.operator === '+' ? concatenation(node) : arithmetic(node);
      case 'AssignmentExpression':
        if (node.operator === '=') return evaluate(node.right);
        if (node.operator === '||=' || node.operator === '??=') return evaluate(node.right);
        return unknown(node);
      case 'SequenceExpression':
        return evaluate(node.expressions[node.expressions.length - 1]!);
      case 'UnaryExpression':
        return unary(node);
      case 'ObjectExpression':
        return [objectLiteral(node)];
      case 'ArrayExpression':
        return [arrayLiteral(node)];
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'FunctionDeclaration':
        return [functionValue(node)];
      case 'ClassDeclaration':
      case 'ClassExpression':
        return [classValue(node)];
      case 'MetaProperty':
        return node.meta.name === 'import' ? [imported(node, 'global', ['import.meta'])] : unknown(node);
      default:
        return unknown(node);
    }
  }

  function literal(node: TSESTree.Literal): Value {
    const at = here(node);
    if (typeof node.value === 'string') return text(node, node.value);
    if (typeof node.value === 'number') return { kind: 'number', value: node.value, at, steps: [] };
    if (typeof node.value === 'boolean') return { kind: 'boolean', value: node.value, at, steps: [] };
    if (node.raw === 'null') return { kind: 'nullish', at, steps: [] };
    return { kind: 'unknown', at, steps: [] };
  }

  function text(node: Node, value: string): TextValue {
    return { kind: 'text', text: value, encoding: 'utf8', bytes: false, name: undefined, at: here(node), steps: [] };
  }

  function template(node: TSESTree.TemplateLiteral): readonly Value[] {
    const parts: (string | readonly Value[])[] = [];
    node.quasis.forEach((quasi, index) => {
      if (quasi.value.cooked) parts.push(quasi.value.cooked);
      const expression = node.expressions[index];
      if (expression) parts.push(evaluate(expression));
    });
    return joined(node, parts);
  }

  function concatenation(node: TSESTree.BinaryExpression): readonly Value[] {
    // Left-deep chains of thousands of parts are common in generated code: taken apart without recursion.
    const operands: Node[] = [];
    let left: Node = node;
    while (left.type === 'BinaryExpression' && left.operator === '+') {
      operands.push(left.right);
      left = unwrap(left.left);
    }
    operands.push(left);
    const parts = operands.reverse().map((operand) => evaluate(operand));
    const numbers = parts.map(onlyNumber);
    if (numbers.every((number) => number !== undefined)) {
      return [{ kind: 'number', value: numbers.reduce((sum, number) => sum + number, 0), at: here(node), steps: [] }];
    }
    return joined(node, parts);
  }

  /** `60 * 60 * 24`: of numbers that are each known for sure; other operators, and sums that may be text, are not followed. */
  function arithmetic(node: TSESTree.BinaryExpression): readonly Value[] {
    const operands: { readonly operator: string; readonly node: Node }[] = [];
    let left: Node = node;
    while (left.type === 'BinaryExpression' && (left.operator === '*' || left.operator === '/' || left.operator === '-')) {
      operands.push({ operator: left.operator, node: left.right });
      left = unwrap(left.left);
    }
    if (operands.length === 0) {
      if (!FURTHER_ARITHMETIC.has(node.operator)) return unknown(node);
      return [madeOf(here(node), 'composition', [evaluate(node.left), evaluate(node.right)])];
    }
    const parts = [evaluate(left)];
    let total = onlyNumber(parts[0]!);
    for (const { operator, node: operand } of operands.reverse()) {
      const values = evaluate(operand);
      parts.push(values);
      const value = onlyNumber(values);
      if (total === undefined || value === undefined) total = undefined;
      else total = operator === '*' ? total * value : operator === '/' ? total / value : total - value;
    }
    return total === undefined ? [madeOf(here(node), 'composition', parts)] : [{ kind: 'number', value: total, at: here(node), steps: [] }];
  }

  /** Text made of parts: known when every part is one known text or number, an environment read when that is the only part. */
  function joined(node: Node, parts: readonly (string | readonly Value[])[]): readonly Value[] {
    if (parts.length === 0) return [text(node, '')];
    if (parts.length === 1 && typeof parts[0] !== 'string') {
      return stringified(parts[0]!, here(node)).map((value) =>
        value.kind === 'number' ? { ...text(node, String(value.value)), steps: value.steps } : value,
      );
    }
    let whole = '';
    let fallback: Fallback | undefined;
    let taken: readonly Step[] = [];
    for (const part of parts) {
      if (typeof part === 'string') {
        whole += part;
        continue;
      }
      // Of several possible values the literal ones are followed: the result is what it would be with them.
      const known = part.filter((value) => value.kind === 'text' || value.kind === 'number');
      if (known.length === 0 || known.length < part.length - part.filter((value) => value.kind === 'environment').length) {
        return [
          madeOf(
            here(node),
            'composition',
            parts.map((each) => (typeof each === 'string' ? [text(node, each)] : each)),
          ),
        ];
      }
      const value = known[0]!;
      whole += value.kind === 'text' ? value.text : String((value as { value: number }).value);
      fallback ??= value.fallback;
      if (value.steps.length > taken.length) taken = value.steps;
      if (whole.length > 100_000) return unknown(node);
    }
    return [{ ...text(node, whole), steps: taken, ...(fallback ? { fallback } : {}) }];
  }

  function unary(node: TSESTree.UnaryExpression): readonly Value[] {
    if (node.operator === 'void') return [{ kind: 'nullish', at: here(node), steps: [] }];
    if (node.operator === '-') {
      return evaluate(node.argument).map((value) =>
        value.kind === 'number' ? { ...value, value: -value.value } : { kind: 'unknown', at: here(node), steps: [] },
      );
    }
    if (node.operator === '!') {
      return evaluate(node.argument).map((value) =>
        value.kind === 'boolean' || value.kind === 'number'
          ? { kind: 'boolean', value: !value.value, at: here(node), steps: [] }
          : { kind: 'unknown', at: here(node), steps: [] },
      );
    }
    return unknown(node);
  }

  function logical(node: TSESTree.LogicalExpression): readonly Value[] {
    if (node.operator === '&&') return evaluate(node.right);
    return standIn(evaluate(node.left), () => evaluate(node.right));
  }

  /** `left || right`, `left ?? right` and defaults: right stands in where left may give nothing. */
  function standIn(left: readonly Value[], right: () => readonly Value[]): readonly Value[] {
    const given = left.filter((value) => value.kind !== 'nullish' && !(value.kind === 'text' && value.text === ''));
    if (given.length > 0 && given.length === left.length && given.every((value) => value.kind === 'text' && !value.fallback)) return given;
    return [...given, ...withFallback(right(), askedFirst(given))];
  }

  /** What a condition takes in place of something: one variable stands in for another only where it asks whether that is set. */
  function standingIn(values: readonly Value[], fallback: Fallback | undefined, test: Node): readonly Value[] {
    let tested = unwrap(test);
    while (tested.type === 'UnaryExpression' || tested.type === 'BinaryExpression')
      tested = unwrap(tested.type === 'UnaryExpression' ? tested.argument : tested.left);
    const asks = (name: string | undefined): boolean =>
      evaluate(tested).some((value) => value.kind === 'environment' && value.name !== undefined && value.name === name);
    return values.flatMap((value) => (value.kind === 'environment' && !asks(fallback?.name) ? value : withFallback([value], fallback)));
  }

  function objectLiteral(node: TSESTree.ObjectExpression): ObjectValue {
    const parts = node.properties.map((property): readonly Value[] => {
      if (property.type === 'SpreadElement') return evaluate(property.argument);
      const at = here(property);
      const values = property.kind === 'get' ? returned(evaluate(property.value)) : evaluate(property.value);
      const name = keyName(property.key, property.computed) ?? (property.computed ? onlyText(evaluate(property.key)) : undefined);
      if (name === undefined) return [{ kind: 'unknown', at, steps: [] }];
      return [{ kind: 'object', members: new Map([[name, values.map((value) => named(value, name))]]), open: false, at, steps: [] }];
    });
    return merged(parts, here(node));
  }

  /** One object of the members of several, the later ones over the earlier. */
  function merged(parts: readonly (readonly Value[])[], at: Place): ObjectValue {
    const members = new Map<string, readonly Value[]>();
    const foreign: Value[] = [];
    let open = false;
    /** What other files or callers decide may have any of the members that are there by then. */
    const over = (value: Value): void => {
      if (foreign.push(value) > MAX_SPREADS) open = true;
      else for (const [name, values] of members) members.set(name, few([...member([value], name, value.at), ...values]));
    };
    for (const value of parts.flat()) {
      if (value.kind === 'object') {
        value.spread?.forEach(over);
        for (const [name, values] of value.members) members.set(name, values);
        open ||= value.open && !value.spread;
      } else if (isDecidedElsewhere(value)) over(value);
      else if (value.kind !== 'nullish' && value.kind !== 'boolean') open = true;
    }
    const fixed = !open && foreign.length > 0;
    return { kind: 'object', members, ...openness(open, foreign), ...(fixed ? { fixed: 'literal' } : {}), at, steps: [] };
  }

  /** Whether other files or callers say what a value is. */
  function isDecidedElsewhere(value: Value): boolean {
    return value.kind === 'call' || value.kind === 'parameter' || (value.kind === 'import' && isOwnModule(script.project, value.specifier));
  }

  function openness(open: boolean, foreign: readonly Value[]): Pick<ObjectValue, 'open' | 'spread'> {
    return open || foreign.length === 0 ? { open } : { open: true, spread: foreign };
  }

  function arrayLiteral(node: TSESTree.ArrayExpression): ArrayValue {
    const elements: (readonly Value[])[] = [];
    const foreign: Value[] = [];
    let open = false;
    for (const element of node.elements) {
      if (!element) continue;
      if (element.type !== 'SpreadElement') {
        elements.push(evaluate(element));
        continue;
      }
      for (const spread of evaluate(element.argument)) {
        if (spread.kind === 'array') {
          elements.push(...spread.elements);
          foreign.push(...(spread.spread ?? []));
          open ||= spread.open && !spread.spread;
        } else if (isDecidedElsewhere(spread)) foreign.push(spread);
        else open = true;
      }
    }
    return { kind: 'array', elements, ...openness(open, foreign), at: here(node), steps: [] };
  }

  function functionValue(node: FunctionNode): FunctionValue {
    const at = here(node);
    let returns: readonly Value[] | undefined;
    let yields: readonly Value[] | undefined;
    return {
      kind: 'function',
      at,
      steps: [],
      get returns() {
        return (returns ??= few(bindings.returnsOf(node).flatMap((argument) => evaluate(argument))));
      },
      get yields() {
        return (yields ??= few(yieldedBy(node)));
      },
    };
  }

  /** Last arguments of calls of a function's own parameters: what a callback style function hands on. */
  function yieldedBy(node: FunctionNode): readonly Value[] {
    const found: Value[] = [];
    for (const parameter of node.params) {
      if (parameter.type !== 'Identifier') continue;
      for (const reference of bindings.variableOf(parameter)?.references ?? []) {
        const above = bindings.parentOf(reference);
        if (above?.type !== 'CallExpression' || above.callee !== reference) continue;
        const last = above.arguments[above.arguments.length - 1];
        if (last && last.type !== 'SpreadElement' && above.arguments.length > 1) found.push(...evaluate(last));
      }
    }
    return found;
  }

  /** Static members of a class. */
  function classValue(node: ClassNode): ObjectValue {
    const members = new Map<string, readonly Value[]>();
    // What is declared without a value, or written by a static block, comes from somewhere else.
    let open = node.superClass !== null;
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock') open = true;
      if (!('static' in member) || !member.static || !('key' in member)) continue;
      const name = keyName(member.key, member.computed);
      open ||= name === undefined || (member.type === 'PropertyDefinition' && !member.value);
      if (name === undefined) continue;
      if (member.type === 'PropertyDefinition' && member.value)
        members.set(
          name,
          evaluate(member.value).map((value) => named(value, name)),
        );
      else if (member.type === 'MethodDefinition' && member.value.type === 'FunctionExpression') {
        const method = evaluate(member.value);
        members.set(name, member.kind === 'get' ? returned(method) : method);
      }
    }
    return { kind: 'object', members, open, at: here(node), steps: [] };
  }

  /** Instance members of a class; parameters of its constructor stay symbolic. */
  function instanceMember(node: ClassNode, name: string, hops = 0): readonly Value[] | undefined {
    const found: Value[] = [];
    let declared = false;
    for (const member of node.body.body) {
      if (member.type === 'PropertyDefinition' || member.type === 'AccessorProperty') {
        if (member.static || keyName(member.key, member.computed) !== name) continue;
        declared = true;
        // A field that begins with nothing is written later, by whoever has the object.
        const initial = member.value ? evaluate(member.value).filter(({ kind }) => kind !== 'nullish') : [];
        if (initial.length > 0) found.push(...initial.map((value) => through(value, member.key, name)));
        else if (member.value) found.push({ kind: 'unknown', name, at: here(member), steps: [] });
        else found.push(...(injectedBy(member) ?? (member.typeAnnotation ? typed(member.typeAnnotation.typeAnnotation, member) : [])));
      } else if (member.type === 'MethodDefinition') {
        if (member.kind === 'constructor') {
          for (const parameter of member.value.params) {
            if (parameter.type !== 'TSParameterProperty') continue;
            const inner = parameter.parameter.type === 'AssignmentPattern' ? parameter.parameter.left : parameter.parameter;
            if (inner.type !== 'Identifier' || inner.name !== name) continue;
            declared = true;
            const variable = bindings.variableOf(inner);
            if (variable) found.push(...valuesOfVariable(variable));
          }
        } else if (!member.static && keyName(member.key, member.computed) === name && member.value.type === 'FunctionExpression') {
          declared = true;
          found.push(...(member.kind === 'get' ? returned(evaluate(member.value)) : evaluate(member.value)));
        }
      }
    }
    for (const write of bindings.thisWritesOf(node).get(name) ?? []) {
      declared = true;
      const assignment = write as TSESTree.AssignmentExpression;
      found.push(...evaluate(assignment.right).map((value) => through(value, assignment.left, name)));
    }
    if (declared) return found;
    return node.superClass && hops < MAX_MODULE_HOPS ? inheritedMember(node.superClass, name, hops + 1) : undefined;
  }

  /** A member that a class has from the class it extends: one of this file, or one of a library. */
  function inheritedMember(superClass: Node, name: string, hops: number): readonly Value[] | undefined {
    const heritage = unwrap(superClass);
    const own =
      heritage.type === 'Identifier' ? bindings.variableOf(heritage)?.definitions.find((each) => each.kind === 'class') : undefined;
    if (own) return instanceMember(own.node as ClassNode, name, hops);
    const classes = evaluate(heritage).filter((value): value is ImportValue => value.kind === 'import' && isLibraryClass(value));
    return classes.length > 0 ? member(instances(classes), name, here(heritage)) : undefined;
  }

  function instances(classes: readonly ImportValue[]): readonly ImportValue[] {
    return classes.map((value) => ({ ...value, instance: true }));
  }

  /** Objects of a library's class that a decorator's argument names (`@Inject(JwtService) private jwt`). */
  function injectedBy(node: Node): readonly Value[] | undefined {
    const decorators = 'decorators' in node ? (node.decorators as readonly TSESTree.Decorator[] | undefined) : undefined;
    for (const { expression } of decorators ?? []) {
      const token = expression.type === 'CallExpression' ? expression.arguments[0] : undefined;
      const given = token && objectsOf(token);
      if (given) return given;
    }
    return undefined;
  }

  /** Objects of the library's class that a token stands for. */
  function objectsOf(token: Node): readonly Value[] | undefined {
    if (token.type !== 'Identifier' && token.type !== 'MemberExpression') return undefined;
    const values = evaluate(token);
    const classes = values.filter((value): value is ImportValue => value.kind === 'import' && !value.instance && isLibraryClass(value));
    return classes.length > 0 && classes.length === values.length ? instances(classes) : undefined;
  }

  /** An object of the imported class that a type annotation names (`private readonly jwt: JwtService`). */
  function typed(type: Node, at: Node): readonly Value[] {
    if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return unknown(at);
    const definition = bindings.lookup(type.typeName.name, at)?.definitions[0];
    if (definition?.kind !== 'import') return unknown(at);
    return importedBinding(definition).map((value) => ({ ...value, instance: true }));
  }

  function imported(node: Node, specifier: string, path: readonly string[]): ImportValue {
    return { kind: 'import', specifier: packageSpecifier(specifier).specifier, path, from: script.path, at: here(node), steps: [] };
  }

  function importedBinding(definition: Definition, hops = 0): readonly ImportValue[] {
    const node = definition.node;
    const declaration = bindings.parentOf(node);
    if (node.type === 'TSImportEqualsDeclaration') {
      let reference: Node = node.moduleReference;
      // `import own = all.jwt.Strategy`
      const path: string[] = [];
      for (; reference.type === 'TSQualifiedName'; reference = reference.left) path.unshift(reference.right.name);
      if (reference.type === 'Identifier') {
        const whole = bindings.lookup(reference.name, node)?.definitions[0];
        if (whole?.kind !== 'import' || hops >= MAX_MODULE_HOPS) return [];
        return importedBinding(whole, hops + 1).map((value) => ({ ...value, path: [...value.path, ...path] }));
      }
      if (reference.type !== 'TSExternalModuleReference' || reference.expression.type !== 'Literal') return [];
      return [imported(node, String(reference.expression.value), [])];
    }
    if (declaration?.type !== 'ImportDeclaration') return [];
    const specifier = declaration.source.value;
    switch (node.type) {
      case 'ImportDefaultSpecifier':
        return [imported(node, specifier, ['default'])];
      case 'ImportNamespaceSpecifier':
        return [imported(node, specifier, [])];
      case 'ImportSpecifier':
        return [imported(node, specifier, [node.imported.type === 'Identifier' ? node.imported.name : node.imported.value])];
      default:
        return [];
    }
  }

  function identifier(node: TSESTree.Identifier): readonly Value[] {
    const variable = bindings.variableOf(node);
    if (variable) return valuesOfVariable(variable);
    if (node.name === 'undefined') return [{ kind: 'nullish', at: here(node), steps: [] }];
    return [imported(node, 'global', [node.name])];
  }

  function valuesOfVariable(variable: Variable): readonly Value[] {
    const known = variableMemo.get(variable);
    if (known) return known;
    const definition = variable.definitions[0];
    if (!definition) return [];
    if (evaluating.has(variable)) {
      cuts++;
      return unknown(definition.name);
    }
    evaluating.add(variable);
    const cutsBefore = cuts;
    const values: Value[] = [];
    for (const each of variable.definitions) values.push(...definedBy(each, variable));
    const assigned: Value[] = [];
    const appended: { readonly node: Node; readonly values: readonly Value[] }[] = [];
    for (const reference of variable.references) {
      const above = bindings.parentOf(reference);
      if (above?.type === 'AssignmentExpression' && above.operator === '+=' && above.left === reference)
        appended.push({ node: above, values: evaluate(above.right) });
      else assigned.push(...assignedThrough(reference));
    }
    // `let s = process.env.X; if (!s) s = 'x'`: a literal beside an environment read stands in for it.
    const asked = askedFirst(values) ?? askedFirst(assigned.filter((value) => value.kind === 'environment'));
    values.push(...assigned.map((value) => (value.kind === 'environment' ? value : withFallback([value], asked)[0]!)));
    // `s += letter`: what is appended, to whatever else the variable holds.
    if (appended.length > 0)
      values.push(madeOf(here(appended[0]!.node), 'composition', [[...values], ...appended.map((each) => each.values)]));
    evaluating.delete(variable);
    // `config.port = read('PORT', config.port)` for each of many members: what is read on the way is what was there before.
    const readsOnTheWay = writing.get(variable);
    if (readsOnTheWay !== undefined) {
      cuts++;
      writing.set(variable, readsOnTheWay + 1);
      return few(values);
    }
    writing.set(variable, 0);
    const merged = few(withMemberWrites(values, variable));
    cuts -= writing.get(variable)!;
    writing.delete(variable);
    if (evaluating.size === 0 || cuts === cutsBefore) variableMemo.set(variable, merged);
    return merged;
  }

  function definedBy(definition: Definition, variable: Variable): readonly Value[] {
    const node = definition.node;
    switch (definition.kind) {
      case 'import':
        return normalised(importedBinding(definition));
      case 'variable': {
        const declarator = node as TSESTree.VariableDeclarator;
        if (!declarator.init) {
          const annotation = declarator.id.type === 'Identifier' ? declarator.id.typeAnnotation?.typeAnnotation : undefined;
          const above = bindings.parentOf(bindings.parentOf(declarator) ?? declarator);
          if (above?.type === 'ForOfStatement' || above?.type === 'ForInStatement') return unknown(definition.name);
          return annotation ? typed(annotation, declarator).filter((value) => value.kind === 'import') : [];
        }
        return destructured(definition.name, declarator, evaluateInit(declarator.init, definition.name)).map((value) =>
          through(value, definition.name, variable.name),
        );
      }
      case 'parameter':
        return parameterValues(definition, variable);
      case 'function':
      case 'class':
        return evaluate(node);
      case 'enum': {
        const members = new Map<string, readonly Value[]>();
        for (const member of (node as TSESTree.TSEnumDeclaration).body.members) {
          const name = keyName(member.id, false);
          if (name !== undefined && member.initializer)
            members.set(
              name,
              evaluate(member.initializer).map((value) => named(value, name)),
            );
        }
        return [{ kind: 'object', members, open: false, at: here(node), steps: [] }];
      }
      case 'enum-member': {
        const initializer = (node as TSESTree.TSEnumMember).initializer;
        return initializer ? evaluate(initializer) : unknown(node);
      }
      default:
        return unknown(definition.name);
    }
  }

  /** An initialiser; of `const { jwt } = this` only the member that is asked for. */
  function evaluateInit(init: Node, name: Node): readonly Value[] {
    if (unwrap(init).type !== 'ThisExpression') return evaluate(init);
    let property = bindings.parentOf(name);
    if (property?.type === 'AssignmentPattern') property = bindings.parentOf(property);
    const key = property?.type === 'Property' ? keyName(property.key, property.computed) : undefined;
    const owner = classAround(bindings, init);
    const values = key !== undefined && owner ? instanceMember(owner, key) : undefined;
    if (key === undefined || !values) return evaluate(init);
    return [{ kind: 'object', members: new Map([[key, values]]), open: false, at: here(init), steps: [] }];
  }

  function parameterValues(definition: Definition, variable: Variable): readonly Value[] {
    const owner = definition.node as FunctionNode;
    for (const [index, parameter] of owner.params.entries()) {
      let pattern: Node = parameter;
      if (pattern.type === 'TSParameterProperty') pattern = pattern.parameter;
      let standard: Node | undefined;
      if (pattern.type === 'AssignmentPattern') {
        standard = pattern.right;
        pattern = pattern.left;
      }
      if (!contains(pattern, definition.name)) continue;
      const annotation =
        'typeAnnotation' in pattern ? (pattern.typeAnnotation as TSESTree.TSTypeAnnotation | undefined)?.typeAnnotation : undefined;
      const type = annotation ? typed(annotation, owner).filter(hasMethods) : [];
      const injected = type.length > 0 ? undefined : (injectedBy(parameter) ?? injectedBy(pattern));
      const given: Value[] = injected
        ? [...injected]
        : type.length > 0
          ? [...type]
          : [{ kind: 'parameter', owner: here(owner), index, path: [], at: here(parameter), steps: [] }];
      const taken = destructured(definition.name, pattern, given);
      const own = taken.find((value) => value.kind === 'parameter' && value.owner.start === startOf(owner));
      const standsFor = { owner: here(owner), index, path: own?.kind === 'parameter' ? own.path : [] };
      const defaults = standard ? destructured(definition.name, pattern, evaluate(standard)) : [];
      return [...taken, ...defaults.map((value) => ({ ...value, standsFor }))].map((value) => {
        // A parameter's default is a literal like any other: nobody was asked before.
        const { fallback, ...plain } = through(value, definition.name, variable.name);
        if (fallback?.of === 'argument') return { ...(plain as Value), standsFor };
        return fallback?.of === 'unknown' ? (plain as Value) : through(value, definition.name, variable.name);
      });
    }
    return unknown(definition.name);
  }

  /** Whether objects of an imported type can be told from others: a library's types of options and claims are only shapes. */
  function hasMethods(value: Value): value is ImportValue {
    return value.kind === 'import' && (librarySpecifier(value.specifier) === undefined || isLibraryClass(value));
  }

  function contains(outer: Node, inner: Node): boolean {
    for (let node: Node | undefined = inner; node; node = bindings.parentOf(node)) if (node === outer) return true;
    return false;
  }

  /** The part of `values` that a pattern gives to one of its identifiers; `root` is the declarator, or the outermost pattern. */
  function destructured(name: Node, root: Node, values: readonly Value[]): readonly Value[] {
    const way: { readonly member?: string; readonly rest?: boolean; readonly standard?: Node }[] = [];
    let node = name;
    while (node !== root) {
      const above = bindings.parentOf(node);
      if (!above || above === root) {
        if (above && above.type !== 'VariableDeclarator') collect(above);
        break;
      }
      collect(above);
      node = above;
    }
    function collect(above: Node): void {
      if (above.type === 'AssignmentPattern' && above.left === node) way.push({ standard: above.right });
      else if (above.type === 'Property') way.push({ member: keyName(above.key, above.computed) ?? '' });
      else if (above.type === 'ArrayPattern') way.push({ member: String(above.elements.indexOf(node as never)) });
      else if (above.type === 'RestElement') way.push({ rest: true });
    }
    let current = values;
    for (const step of way.reverse()) {
      if (step.member !== undefined) current = member(current, step.member, here(name));
      else if (step.standard) {
        const standard = step.standard;
        current = standIn(current, () => evaluate(standard));
      }
    }
    return current;
  }

  /** Values that one mention of a variable assigns to it. */
  function assignedThrough(reference: TSESTree.Identifier): readonly Value[] {
    let node: Node = reference;
    let above = bindings.parentOf(node);
    while (above && (above.type === 'TSNonNullExpression' || above.type === 'TSAsExpression')) {
      node = above;
      above = bindings.parentOf(node);
    }
    if (above?.type === 'AssignmentExpression' && above.left === node) {
      if (above.operator === '=' || above.operator === '||=' || above.operator === '??=') {
        return evaluate(above.right).map((value) => through(value, reference, reference.name));
      }
      return unknown(reference);
    }
    if (above?.type === 'UpdateExpression') return unknown(reference);
    // `({ secret } = options)`, `[a] = b`
    if (above?.type === 'Property' || above?.type === 'ArrayPattern' || above?.type === 'AssignmentPattern') {
      let pattern: Node | undefined = above;
      while (
        pattern &&
        pattern.type !== 'AssignmentExpression' &&
        pattern.type !== 'ObjectExpression' &&
        pattern.type !== 'VariableDeclarator'
      ) {
        if (/Function|Statement/.test(pattern.type)) return [];
        pattern = bindings.parentOf(pattern);
      }
      if (pattern?.type === 'AssignmentExpression' && contains(pattern.left, reference)) {
        return destructured(reference, pattern.left, evaluate(pattern.right));
      }
    }
    return [];
  }

  /** `config.secret = 'x'` after `const config = {}`. */
  function withMemberWrites(values: readonly Value[], variable: Variable): readonly Value[] {
    if (!values.some((value) => value.kind === 'object')) return values;
    const writes = new Map<string, Value[]>();
    let open = false;
    for (const reference of variable.references) {
      const above = bindings.parentOf(reference);
      if (above?.type !== 'MemberExpression' || above.object !== reference) continue;
      const assignment = bindings.parentOf(above);
      if (assignment?.type !== 'AssignmentExpression' || assignment.left !== above) continue;
      const name = memberName(above);
      if (name === undefined) {
        open = true;
        continue;
      }
      const list = writes.get(name) ?? [];
      list.push(...evaluate(assignment.right).map((value) => through(value, above.property, name)));
      writes.set(name, list);
    }
    if (writes.size === 0 && !open) return values;
    return values.map((value) => {
      if (value.kind !== 'object') return value;
      const members = new Map(value.members);
      for (const [name, written] of writes) members.set(name, [...(members.get(name) ?? []), ...written]);
      return { ...value, members, open: value.open || open };
    });
  }

  function memberExpression(node: TSESTree.MemberExpression): readonly Value[] {
    let name = memberName(node);
    if (name === undefined && node.computed) name = onlyText(evaluate(node.property));
    if (name === undefined) {
      const parameter = node.computed ? evaluate(node.property).find((value) => value.kind === 'parameter') : undefined;
      if (evaluate(node.object).some((value) => value.kind === 'environment-object')) {
        return [
          {
            kind: 'environment',
            source: 'environment',
            name: undefined,
            at: here(node),
            steps: [],
            ...(parameter?.kind === 'parameter' && parameter.path.length === 0 ? { nameParameter: parameter.index } : {}),
          },
        ];
      }
      const object = evaluate(node.object);
      if (node.computed && object.every(isPlain)) return [madeOf(here(node), 'composition', [object, evaluate(node.property)])];
      const tables = object.filter((value) => value.kind === 'object' || isDecidedElsewhere(value));
      return node.computed && tables.length > 0 ? member(tables, ANY, here(node)) : unknown(node);
    }
    const object = unwrap(node.object);
    if (object.type === 'ThisExpression') {
      const owner = classAround(bindings, node);
      return (owner && instanceMember(owner, name)) ?? unknown(node);
    }
    return member(evaluate(object), name, here(node));
  }

  function member(values: readonly Value[], name: string, at: Place): readonly Value[] {
    const found: Value[] = [];
    for (const value of values) {
      if ('path' in value && value.path.length >= MAX_PATH) {
        found.push({ kind: 'unknown', name, at, steps: [] });
        continue;
      }
      switch (value.kind) {
        case 'object': {
          if (name === ANY) {
            found.push(...anyMember(value), { kind: 'unknown', at, steps: [] });
            break;
          }
          const inner = value.members.get(name);
          if (inner)
            found.push(
              ...withFallback(inner, value.fallback).map((each) =>
                value.steps.length > 0 ? { ...each, steps: [...each.steps, ...value.steps] } : each,
              ),
            );
          else if (!value.open) found.push({ kind: 'nullish', at, steps: [] });
          if (inner && value.fixed) break;
          if (value.spread) found.push(...member(value.spread, name, at));
          else if (value.open) found.push({ kind: 'unknown', name, at, steps: [] });
          break;
        }
        case 'array': {
          const inner = value.elements[Number(name)];
          if (inner) found.push(...withFallback(inner, value.fallback));
          else found.push({ kind: 'unknown', name, at, steps: [] });
          break;
        }
        case 'import':
          if (name === ANY && !isOwnModule(script.project, value.specifier)) found.push({ kind: 'unknown', at, steps: [] });
          else found.push(...normalised([{ ...value, path: [...value.path, name], at, asserted: undefined }]));
          break;
        case 'nullish':
        case 'boolean':
          found.push({ kind: 'nullish', at, steps: [] });
          break;
        case 'text':
          found.push(
            name === 'length' ? { kind: 'number', value: value.text.length, at, steps: [] } : { kind: 'unknown', name, at, steps: [] },
          );
          break;
        case 'environment-object':
          found.push({ kind: 'environment', source: 'environment', name, at, steps: [] });
          break;
        case 'parameter':
        case 'call':
          found.push({ ...value, path: [...value.path, name] });
          break;
        default:
          found.push({ kind: 'unknown', ...(name === ANY ? {} : { name }), at, steps: [] });
      }
    }
    return few(found);
  }

  /** `keys[kid]`, `settings[stage]`: each text and each object that stands in a table. Lists are left: they are read as one. */
  function anyMember({ members, steps: taken }: ObjectValue): readonly Value[] {
    return [...members.values()]
      .flat()
      .filter(({ kind }) => kind === 'text' || kind === 'environment' || kind === 'object')
      .map((each) => ({ ...each, steps: [...each.steps, ...taken] }));
  }

  /** Imports that are the environment itself become what they are. */
  function normalised(values: readonly ImportValue[]): readonly Value[] {
    return values.map((value): Value => {
      const name = importName(value);
      if (ENVIRONMENT_OBJECTS.has(name)) return { kind: 'environment-object', at: value.at, steps: [] };
      if (value.path.length === 1 && ENVIRONMENT_MODULES.has(value.specifier)) {
        return { kind: 'environment', source: 'environment', name: value.path[0], at: value.at, steps: [] };
      }
      return value;
    });
  }

  function call(node: TSESTree.CallExpression): readonly Value[] {
    const callee = unwrap(node.callee);
    if (callee.type === 'Identifier' && callee.name === 'require' && !bindings.variableOf(callee)) {
      const specifier = node.arguments[0] ? onlyText(evaluate(node.arguments[0])) : undefined;
      return specifier === undefined ? unknown(node) : [imported(node, specifier, [])];
    }
    const source = secretSource(node, callee);
    if (source) return source;
    if (callee.type === 'MemberExpression') {
      const method = memberName(callee);
      if (method !== undefined) {
        const derived = valueMethod(node, callee, method, tools);
        if (derived) return derived;
        const stored = method === 'get' ? storedFor(bindings, node) : [];
        if (stored.length > 0) return stored.flatMap((value) => evaluate(value));
      }
    }
    // `inject(JwtService)`, `app.get(JwtService)`: a library's class goes in, its object comes out.
    const [token] = node.arguments;
    const asked = token && node.arguments.length <= 2 ? objectsOf(token) : undefined;
    if (asked) return asked;
    const callees = evaluate(callee);
    if (looksLikeGetter(node, callee, callees)) return fromConfig(node);
    return callees.flatMap((value) => called(node, value));
  }

  /** `env('NAME', standIn)`: a getter that was handed in, so that nothing but its shape and name tells. */
  function looksLikeGetter(node: TSESTree.CallExpression, callee: Node, callees: readonly Value[]): boolean {
    const [name, standard] = node.arguments;
    if (!standard || name?.type !== 'Literal' || typeof name.value !== 'string') return false;
    if (!callees.every((value) => value.kind === 'unknown' || value.kind === 'parameter')) return false;
    return /(?:^|\.)(?:env|get|config)/i.test(dottedName(callee) ?? '');
  }

  /** A function that the user's configuration names as a reader of the environment. */
  function secretSource(node: TSESTree.CallExpression, callee: Node): readonly Value[] | undefined {
    if (script.vocabulary.secretSources.length === 0) return undefined;
    const name = dottedName(callee);
    if (name === undefined || !script.vocabulary.secretSources.some((source) => name === source || name.endsWith(`.${source}`)))
      return undefined;
    return fromConfig(node);
  }

  /** `get('name', fallback)` of the environment or a configuration. */
  function fromConfig(node: TSESTree.CallExpression, source: 'environment' | 'config' = 'config'): readonly Value[] {
    const asked = node.arguments[0] ? evaluate(node.arguments[0]) : [];
    const name = onlyText(asked);
    // `get(key) { return this.config.get(key); }`: each call says what is read.
    const [only, another] = asked;
    const later = only?.kind === 'parameter' && !another && only.path.length === 0 ? { nameParameter: only.index } : {};
    const read: Value = { kind: 'environment', source, name, at: here(node), steps: [], ...later };
    const [, second, third] = node.arguments;
    // FoalTS: `Config.get('settings.jwt.secret', 'string', 'x')`
    const type = second && second.type !== 'SpreadElement' ? onlyText(evaluate(second)) : undefined;
    const standard = type !== undefined && TYPE_NAMES.test(type) ? third : second;
    if (!standard || standard.type === 'SpreadElement') return [read];
    const given = evaluate(standard);
    const values = [...given, ...given.flatMap((value) => (value.kind === 'array' ? value.elements.flat() : []))].filter(
      (value) => value.kind === 'text',
    );
    return [read, ...withFallback(values, { of: source, name, ...later })];
  }

  function called(node: TSESTree.CallExpression, callee: Value): readonly Value[] {
    if (callee.kind === 'function') {
      const returns = substitute(callee.returns, callee.at, () => argumentsOf(node));
      // What a function makes of its arguments is another thing at each call.
      return node.arguments.length === 0 ? returns : returns.map((value) => (isUntold(value) ? { ...value, at: here(node) } : value));
    }
    if (callee.kind !== 'import' || callee.path.length >= MAX_PATH) return unknown(node);
    if (isOwnModule(script.project, callee.specifier)) {
      return [{ kind: 'call', callee, args: argumentsOf(node), path: [], at: here(node), steps: [] }];
    }
    return (
      platformCall(node, callee, tools) ?? [
        { ...callee, path: [...callee.path, '()'], instance: true, asserted: undefined, at: here(node) },
      ]
    );
  }

  /** Nothing is known of it, not even a name. */
  function isUntold(value: Value): boolean {
    return value.kind === 'unknown' && value.name === undefined && !value.made && !value.file;
  }

  function argumentsOf(node: TSESTree.CallExpression | TSESTree.NewExpression): readonly (readonly Value[])[] {
    const spread = node.arguments.findIndex((argument) => argument.type === 'SpreadElement');
    return (spread < 0 ? node.arguments : node.arguments.slice(0, spread)).map((argument) => evaluate(argument));
  }

  function construction(node: TSESTree.NewExpression): readonly Value[] {
    const found: Value[] = [];
    for (const value of evaluate(node.callee)) {
      if (value.kind === 'import') {
        const name = importName(value);
        if (name === 'global:Uint8Array' || name === 'global:Buffer' || name === 'global:String') {
          const first = node.arguments[0];
          found.push(...(first ? bytesOf(evaluate(first), undefined) : unknown(node)));
        } else found.push({ ...value, instance: true, at: here(node) });
      } else found.push(...localInstance(node));
    }
    return found.length > 0 ? found : unknown(node);
  }

  /** `new Config()` of a class in this file: its members, with constructor arguments filled in. */
  function localInstance(node: TSESTree.NewExpression): readonly Value[] {
    const callee = unwrap(node.callee);
    const definition =
      callee.type === 'Identifier' ? bindings.variableOf(callee)?.definitions.find((each) => each.kind === 'class') : undefined;
    const owner = definition?.node as ClassNode | undefined;
    if (!owner) return unknown(node);
    const { names, constructor } = instanceNames(owner);
    const members = new Map<string, readonly Value[]>();
    for (const name of names) {
      const values = instanceMember(owner, name) ?? [];
      members.set(name, constructor ? substitute(values, constructor, () => argumentsOf(node)) : values);
    }
    return [{ kind: 'object', members, open: owner.superClass !== null, at: here(node), steps: [] }];
  }

  /** Names of a class's instance members, and where its constructor stands. */
  function instanceNames(owner: ClassNode): { readonly names: ReadonlySet<string>; readonly constructor: Place | undefined } {
    const names = new Set(bindings.thisWritesOf(owner).keys());
    let constructor: Place | undefined;
    for (const each of owner.body.body) {
      if (each.type !== 'PropertyDefinition' && each.type !== 'MethodDefinition') continue;
      const name = keyName(each.key, each.computed);
      if (each.type === 'MethodDefinition' && each.kind === 'constructor') {
        constructor = here(each.value);
        for (const parameter of each.value.params) {
          if (parameter.type !== 'TSParameterProperty') continue;
          const inner = parameter.parameter.type === 'AssignmentPattern' ? parameter.parameter.left : parameter.parameter;
          if (inner.type === 'Identifier') names.add(inner.name);
        }
      } else if (name !== undefined && !each.static) names.add(name);
    }
    return { names, constructor };
  }

  /** The members of a class's objects as its file has them: what the constructor is given stays open, and so may they be. */
  function objectOf(owner: ClassNode): ObjectValue {
    const members = new Map<string, readonly Value[]>();
    for (const name of instanceNames(owner).names) {
      const values = instanceMember(owner, name) ?? [];
      members.set(name, values.length > 0 ? values : [{ kind: 'unknown', name, at: here(owner), steps: [] }]);
    }
    const heritage = owner.superClass ? evaluate(owner.superClass).filter((value) => value.kind === 'import') : [];
    return {
      kind: 'object',
      members,
      open: true,
      fixed: 'class',
      ...(heritage.length > 0 ? { spread: instances(heritage) } : {}),
      at: here(owner),
      steps: [],
    };
  }

  // --- following a value beyond this file and to callers ---

  function resolve(values: readonly Value[]): readonly Value[] {
    return few(resolveAll(values, 0));
  }

  function resolveAll(values: readonly Value[], hops: number): readonly Value[] {
    const found: Value[] = [];
    for (const each of values) {
      if (++steps > EVALUATION_BUDGET) {
        exhausted = true;
        break;
      }
      const value = each.fallback?.asked ? withSettledFallback(each, each.fallback, each.fallback.asked, hops) : each;
      if (value.kind === 'import' && isOwnModule(script.project, value.specifier) && hops < MAX_MODULE_HOPS) {
        found.push(...carried(resolveAll(exported(value, hops), hops + 1), value));
      } else if (value.kind === 'call' && hops < MAX_MODULE_HOPS) {
        const callees = resolveAll([value.callee], hops + 1);
        for (const callee of callees) {
          // What cannot be followed gives something all the same.
          let results: readonly Value[] = [{ kind: 'unknown', at: value.at, steps: [] }];
          if (callee.kind === 'function') results = substitute(callee.returns, callee.at, () => value.args);
          for (const name of value.path) results = member(results, name, value.at);
          found.push(...carried(resolveAll(results, hops + 1), value));
        }
      } else if (value.kind === 'parameter' && value.owner.path === script.path && hops < MAX_MODULE_HOPS) {
        const given = givenBy(value);
        found.push(...(given.length > 0 ? carried(resolveAll(given, hops + 1), value) : [value]));
      } else found.push(value);
    }
    return found;
  }

  /** A stand-in for what other files decide, now that they are read. */
  function withSettledFallback(value: Value, fallback: Fallback, asked: readonly Value[], hops: number): Value {
    const { fallback: _, ...plain } = value;
    const settled = settledFallback(fallback, hops < MAX_MODULE_HOPS ? resolveAll(asked, hops + 1) : asked);
    return settled ? { ...plain, fallback: settled } : plain;
  }

  /** What another file exports under the path of an import. */
  function exported(value: ImportValue, hops: number): readonly Value[] {
    const last = value.path[value.path.length - 1];
    const nothing: readonly Value[] = [{ kind: 'unknown', at: value.at, steps: [], ...(last === undefined ? {} : { name: last }) }];
    const summary = script.imports(value.specifier, value.from);
    // A name without a path in it that no file answers to is a package after all.
    if (!summary) return isLocalSpecifier(value.specifier) ? nothing : [value];
    // `require('../lib')` in the examples and tests of a library.
    if (summary.library !== undefined) return [{ ...value, specifier: summary.library }];
    const [first, ...rest] = value.path;
    const namespace = (module: ModuleSummary): readonly Value[] => [
      { kind: 'object', members: module.exports, open: module.reexports.length > 0, at: value.at, steps: [] },
    ];
    /** `new Service().sign` of `export class Service`: from the class on, members are those of its objects. */
    const made = (found: readonly Value[]): readonly Value[] =>
      value.instance ? resolveAll(found, hops + 1).map((each) => (each.kind === 'object' ? (each.object ?? each) : each)) : found;
    const standard = summary.exports.get('default');
    let values: readonly Value[];
    if (first === undefined) values = standard ?? namespace(summary);
    else {
      const exportedClass = value.instance && !summary.exports.has(first) ? made(standard ?? []) : [];
      values = exportedClass.some((each) => each.kind === 'object')
        ? member(exportedClass, first, value.at)
        : (exportNamed(summary, first, hops) ?? nothing);
      for (const name of rest) values = member(made(resolveAll(values, hops + 1)), name, value.at);
    }
    values = made(values);
    const step: Step = { place: value.at, label: 'imported' };
    return values.map((each) => ({ ...each, steps: [...each.steps, step] }));
  }

  function exportNamed(summary: ModuleSummary, name: string, hops: number): readonly Value[] | undefined {
    const own = summary.exports.get(name);
    if (own) return own;
    for (const specifier of summary.reexports) {
      // `export * from 'jsonwebtoken'`
      if (librarySpecifier(specifier)) {
        const at: Place = { path: summary.path, start: 0, end: 0 };
        return [{ kind: 'import', specifier, path: [name], from: summary.path, at, steps: [] }];
      }
      const further = hops < MAX_MODULE_HOPS ? script.imports(specifier, summary.path) : undefined;
      const values = further && exportNamed(further, name, hops + 1);
      if (values) return values;
    }
    const standard = summary.exports.get('default');
    if (standard) {
      // `module.exports = { name }` and `export default { name }` read as namespaces, or the module is its own default.
      const inner = name === 'default' ? standard : member(standard, name, { path: summary.path, start: 0, end: 0 });
      if (inner.some((value) => value.kind !== 'nullish' && value.kind !== 'unknown')) return inner;
    }
    return undefined;
  }

  /** What callers in this file give for a parameter: of a named function, or of a class constructor. */
  function givenBy(value: ParameterValue): readonly Value[] {
    const found: Value[] = [];
    for (const site of callsOfFunction(bindings, value.owner.start).slice(0, MAX_CALL_SITES)) {
      const argument = site.arguments[value.index];
      if (!argument || argument.type === 'SpreadElement') continue;
      let values = evaluate(argument);
      for (const name of value.path) values = member(values, name, value.at);
      found.push(...values);
    }
    return found;
  }

  /** Puts a call's arguments in place of a function's parameters in what it returns. */
  function substitute(values: readonly Value[], owner: Place, args: () => readonly (readonly Value[])[]): readonly Value[] {
    const found: Value[] = [];
    for (const symbolic of values) {
      if (++steps > EVALUATION_BUDGET) {
        exhausted = true;
        break;
      }
      if (symbolic.standsFor && samePlace(symbolic.standsFor.owner, owner) && isGiven(symbolic.standsFor, args)) continue;
      const value = withNamedFallback(symbolic, args);
      if (value.kind === 'parameter' && samePlace(value.owner, owner)) {
        let given: readonly Value[] = args()[value.index] ?? [{ kind: 'nullish', at: value.at, steps: [] }];
        for (const name of value.path) given = member(given, name, value.at);
        if (value.bytes) given = bytesOf(given, value.encoding);
        found.push(...withFallback(given, value.fallback));
      } else if (value.kind === 'environment' && value.nameParameter !== undefined) {
        const { nameParameter, ...rest } = value;
        found.push({ ...rest, ...nameGiven(nameParameter, args) });
      } else if (value.kind === 'object') {
        const members = new Map<string, readonly Value[]>();
        for (const [name, inner] of value.members)
          members.set(name, depth < MAX_DEPTH ? deeper(() => substitute(inner, owner, args)) : inner);
        found.push({ ...value, members, ...(value.spread ? { spread: substitute(value.spread, owner, args) } : {}) });
      } else if (value.kind === 'array') {
        const inside = (inner: readonly Value[]): readonly Value[] =>
          depth < MAX_DEPTH ? deeper(() => substitute(inner, owner, args)) : inner;
        found.push({ ...value, elements: value.elements.map(inside), ...(value.spread ? { spread: inside(value.spread) } : {}) });
      } else if (value.kind === 'call') {
        found.push({ ...value, args: value.args.map((each) => (depth < MAX_DEPTH ? deeper(() => substitute(each, owner, args)) : each)) });
      } else if (value.kind === 'unknown' && value.made) {
        const { by, of } = value.made;
        found.push({
          ...value,
          ...madeOf(
            value.at,
            by,
            of.map((part) => (depth < MAX_DEPTH ? deeper(() => substitute(part, owner, args)) : part)),
          ),
          steps: value.steps,
        });
      } else found.push(value);
    }
    return found;
  }

  /** Whether a call surely gives something for a parameter, so that its default is not taken. */
  function isGiven({ index, path }: Pick<ParameterValue, 'index' | 'path'>, args: () => readonly (readonly Value[])[]): boolean {
    let given = args()[index] ?? [];
    for (const name of path) given = given.flatMap((value) => (value.kind === 'object' ? (value.members.get(name) ?? []) : []));
    return given.length > 0 && given.every(({ kind }) => CERTAIN.has(kind));
  }

  /** Fills in the name that a stand-in stands in for, when a parameter holds it. */
  function withNamedFallback(value: Value, args: () => readonly (readonly Value[])[]): Value {
    if (value.fallback?.nameParameter === undefined) return value;
    return { ...value, fallback: { of: value.fallback.of, ...nameGiven(value.fallback.nameParameter, args) } };
  }

  /** The name that a reader of variables is asked for; a function that only hands its own parameter on is such a reader itself. */
  function nameGiven(
    index: number,
    args: () => readonly (readonly Value[])[],
  ): { readonly name: string | undefined; readonly nameParameter?: number } {
    const given = args()[index] ?? [];
    const [only, another] = given;
    if (only?.kind === 'parameter' && !another && only.path.length === 0) return { name: undefined, nameParameter: only.index };
    return { name: onlyText(given) };
  }

  function deeper<T>(work: () => T): T {
    depth++;
    const result = work();
    depth--;
    return result;
  }

  function returned(values: readonly Value[]): readonly Value[] {
    const found: Value[] = [];
    for (const value of resolve(values)) {
      if (value.kind === 'function') found.push(...value.returns);
      else found.push({ kind: 'unknown', at: value.at, steps: [] });
    }
    return found;
  }

  const origins = {
    evaluate,
    resolve,
    valuesOf: (node: Node) => resolve(evaluate(node)),
    member: (values: readonly Value[], name: string, at: Place) => resolve(member(values, name, at)),
    returned: (values: readonly Value[]) => resolve(returned(values)),
    substituted: (values: readonly Value[], owner: Place, args: readonly (readonly Value[])[]) =>
      few(substitute(values, owner, () => args)),
    objectOf,
    get exhausted() {
      return exhausted;
    },
    get steps() {
      return steps;
    },
  };
  return origins;
}
