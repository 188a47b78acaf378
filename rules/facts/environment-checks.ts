/** Which environment variables a script makes sure of, by stopping when they are missing. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Place, Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { isOwnModule } from './import-names.js';
import { originsOf } from './origins.js';
import { dottedName, keyName, lastName, memberName, nodesIn, placeOf, unwrap, type Node } from './syntax.js';
import { importsTestRunner } from './test-runners.js';
import { onlyText } from './value-sets.js';
import type { Value } from './values.js';

/** Where a script makes sure of a variable. */
export interface VariableCheck {
  readonly name: string;
  readonly place: Place;
  /** Characters that it demands at least, where it says so. */
  readonly least: number | undefined;
  /** It stands in a function: the program stops there and then, be it long after its start. */
  readonly isLate: boolean;
}

interface Checks {
  /** Variables that are checked somehow, be it that one may be missing. */
  readonly names: ReadonlySet<string>;
  /** Those without which the program stops. */
  readonly demands: ReadonlyMap<string, VariableCheck>;
  /** Variables that are checked when the script is evaluated, or by a function that is called then. */
  readonly atStart: ReadonlySet<string>;
}

const cache = new WeakMap<Script, Checks>();
const NO_CHECKS: Checks = { names: new Set(), demands: new Map(), atStart: new Set() };

function checksOf(script: Script): Checks {
  let found = cache.get(script);
  if (!found) cache.set(script, (found = SPEAKS_OF_ENVIRONMENT.test(script.text) ? findChecks(script) : NO_CHECKS));
  return found;
}

/** Names of the variables that the script checks; computed only where a rule needs them. */
export function checkedVariablesOf(script: Script): ReadonlySet<string> {
  return checksOf(script).names;
}

/** Variables without which scripts of a file stop the program as it starts: other files that it loads can rely on them. */
export function variablesCheckedAtStart(scripts: readonly Script[]): readonly string[] | undefined {
  const found = scripts.filter((script) => !importsTestRunner(script)).flatMap((script) => [...checksOf(script).atStart]);
  return found.length > 0 ? found : undefined;
}

/** What the script demands of its environment: those of its checks that nothing passes by. */
export function demandsOf(script: Script): readonly VariableCheck[] {
  return [...checksOf(script).demands.values()];
}

/** The same, with those that files which this one imports check when they are loaded. */
export function checkedVariablesAround(script: Script): ReadonlySet<string> {
  const found = new Set(checkedVariablesOf(script));
  for (const specifier of ownImportsOf(script)) for (const name of script.imports(specifier, script.path)?.checks ?? []) found.add(name);
  return found;
}

/** Whether a file that nobody reads may check the environment when this one imports it. */
export function mayBeCheckedElsewhere(script: Script): boolean {
  return script.followsImports === false && ownImportsOf(script).length > 0;
}

/** What a script imports of the files around it. */
function ownImportsOf(script: Script): readonly string[] {
  return bindingsOf(script).modules.flatMap((node) =>
    node.type === 'ImportDeclaration' && isOwnModule(script.project, node.source.value) ? [node.source.value] : [],
  );
}

/** Without these words no variable is read and no schema of them is written: Nest has a schema without the first. */
const SPEAKS_OF_ENVIRONMENT = /env|config/i;

/** Packages that do nothing but refuse an environment that lacks something. */
export const ENVIRONMENT_VALIDATORS: readonly string[] = [
  'envalid',
  'convict',
  'env-var',
  'dotenv-safe',
  'env-schema',
  '@fastify/env',
  '@t3-oss/env-core',
  '@t3-oss/env-nextjs',
];
/** Packages that check anything, the environment among it, by schemas in which the names of what they check are seen. */
const READABLE_SCHEMAS: readonly string[] = ['zod', 'joi', '@hapi/joi', 'yup', 'valibot', '@sinclair/typebox', 'class-validator'];
/** The same, by schemas that are text or data. */
const OTHER_SCHEMAS: readonly string[] = ['arktype', 'superstruct', 'ajv'];

/** Whether a package may check its environment where nobody sees it. */
export function mayHaveUnseenSchema({ project, comparesChecks }: Script): boolean {
  return [...OTHER_SCHEMAS, ...(comparesChecks ? [] : READABLE_SCHEMAS)].some((name) => project.uses(name));
}

/** Packages whose schemas refuse an environment that lacks what they name. */
const VALIDATORS =
  /^(?:zod|yup|joi|@hapi\/joi|valibot|envalid|convict|env-var|arktype|superstruct|@sinclair\/typebox|@t3-oss\/env-.*)(?:\/|$)/;
/** Functions that throw when what they are given is missing, as they are called everywhere. */
const ASSERTION = /(?:^|\.)(?:assert|ok|invariant|ensure|require[A-Z]\w*|must\w*|check\w*|validate\w*)$/;
/** Functions that are called for what must be there. */
const DEMANDING = /require|must|ensure|demand|mandatory|assert|orThrow|needed/i;
const VARIABLE_NAME = /^[A-Z][A-Z0-9_]+$/;

/** Nodes of one test or argument that are looked at. */
const MAX_MENTIONS = 200;

/** Calls that run what they are given at once, or as soon as they can. */
const RUNS_CALLBACK = /^(?:forEach|map|filter|every|some|find|reduce|then|catch|finally)$/;

/** Functions that lead from the start of a script to a check. */
const MAX_CALLS = 3;

/** Packages that are given a JSON schema of the environment. */
const JSON_SCHEMAS = new Set(['env-schema', '@fastify/env', 'fastify-env']);

/** What lets a variable be missing, in the words of all these packages. */
const LAX =
  /^(?:optional|default|nullish|nullable|nullableWithDefault|catch|prefault|allow|empty|or|optionalWithDefault|fallback|exactOptional|undefinedable|undefinedOr|withDefault|IsOptional|partial|notRequired|optionalAsync)$/;
const LEAST = /^(?:min|minLength|length|MinLength|Length)$/;
/** What they check may be missing, unless they are told otherwise. */
const NOT_REQUIRED = /^(?:joi|@hapi\/joi|yup)(?:\/|$)/;

function findChecks(script: Script): Checks {
  const bindings = bindingsOf(script);
  const origins = originsOf(script);
  const names = new Set<string>();
  const demands = new Map<string, VariableCheck>();
  const atStart = new Set<string>();
  const lists: TSESTree.ArrayExpression[] = [];
  const keyLists: TSESTree.ObjectExpression[] = [];
  let byName: Node | undefined;
  const takesJsonSchema =
    bindings.modules.some((node) => node.type === 'ImportDeclaration' && JSON_SCHEMAS.has(node.source.value)) ||
    bindings.calls.some(
      ({ callee, arguments: [specifier] }) =>
        callee.type === 'Identifier' &&
        callee.name === 'require' &&
        specifier?.type === 'Literal' &&
        JSON_SCHEMAS.has(String(specifier.value)),
    );
  const demand = (
    name: string,
    node: Node,
    { least, isSchema = false, by = node }: { readonly least?: number | undefined; readonly isSchema?: boolean; readonly by?: Node } = {},
  ): void => {
    names.add(name);
    const isLate = !isSchema && !isAtStart(by, 0);
    if (!isLate) atStart.add(name);
    if (demands.get(name)?.isLate !== false) demands.set(name, { name, place: placeOf(script.path, node), least, isLate });
  };

  for (const node of bindings.nodes) {
    switch (node.type) {
      case 'IfStatement':
        for (const branch of [node.consequent, node.alternate]) {
          const end = branch ? endOf(branch) : undefined;
          if (end) mentioned(node.test, end === 'stops');
        }
        break;
      case 'LogicalExpression':
        if (endsProgram(unwrap(node.right))) mentioned(node.left);
        break;
      case 'ConditionalExpression':
        if (endsProgram(unwrap(node.consequent)) || endsProgram(unwrap(node.alternate))) mentioned(node.test);
        break;
      case 'CallExpression':
        // `Object.keys({ JWT_SECRET: true })`
        if (dottedName(node.callee) === 'Object.keys' && node.arguments[0]?.type === 'ObjectExpression') keyLists.push(node.arguments[0]);
        if (ASSERTION.test(dottedName(node.callee) ?? '')) for (const argument of node.arguments) mentioned(argument);
        demandedByGetter(node);
        break;
      case 'ArrayExpression':
        lists.push(node);
        break;
      case 'MemberExpression':
        if (node.computed && isEnvironment(origins.evaluate(node.object)) && keyName(node.property, true) === undefined) byName = node;
        break;
      case 'Property': {
        const name = keyName(node.key, node.computed);
        if (name === undefined) break;
        if (VARIABLE_NAME.test(name)) {
          const checkers = schemaPackages(node.value);
          if (checkers.length > 0)
            bySchema(
              name,
              node,
              node.value,
              checkers.some((each) => NOT_REQUIRED.test(each)),
            );
        } else if (name === 'required' && takesJsonSchema && node.value.type === 'ArrayExpression') {
          for (const element of node.value.elements)
            if (element?.type === 'Literal' && typeof element.value === 'string') demand(element.value, element, { isSchema: true });
        } else if (name === 'env') demandedByConvict(node);
        break;
      }
      case 'PropertyDefinition': {
        const name = keyName(node.key, node.computed);
        if (name !== undefined && VARIABLE_NAME.test(name) && ((node.decorators as unknown[] | undefined)?.length ?? 0) > 0)
          bySchema(name, node, node, false);
        break;
      }
    }
  }
  // `for (const name of [...]) if (!process.env[name]) throw ...`
  if (byName) {
    // A function that goes through a list of names and is exported is there for those that start the program.
    const listed = { by: byName, isSchema: isExported(byName) };
    for (const element of lists.flatMap(({ elements }) => elements)) {
      const name = element && element.type !== 'SpreadElement' ? onlyText(origins.evaluate(element)) : undefined;
      if (name !== undefined && VARIABLE_NAME.test(name)) demand(name, element!, listed);
    }
    for (const property of keyLists.flatMap(({ properties }) => properties)) {
      const name = property.type === 'Property' ? keyName(property.key, property.computed) : undefined;
      if (name !== undefined && VARIABLE_NAME.test(name)) demand(name, property, listed);
    }
  }
  return { names, demands, atStart };

  /** `z.string().min(32)`, `v.pipe(v.string(), v.minLength(32))`, `@MinLength(32) JWT_SECRET: string` */
  function bySchema(name: string, at: Node, schema: Node, mustBeRequired: boolean): void {
    names.add(name);
    let least: number | undefined;
    let isRequired = !mustBeRequired;
    const open: Node[] = [schema];
    for (let count = 0, node = open.pop(); node && count < MAX_MENTIONS; node = open.pop(), count++) {
      if (node.type === 'CallExpression') {
        const method = node.callee.type === 'MemberExpression' ? memberName(node.callee) : dottedName(node.callee);
        if (method !== undefined && LAX.test(method)) return;
        if (method === 'required') isRequired = true;
        const [given] = node.arguments;
        if (method !== undefined && LEAST.test(method) && given?.type === 'Literal' && typeof given.value === 'number')
          least = Math.max(least ?? 0, given.value);
      }
      // envalid: `str({ default: 'x' })`
      if (node.type === 'Property' && /default$/i.test(keyName(node.key, node.computed) ?? '')) return;
      open.push(...childrenOf(node));
    }
    if (isRequired) demand(name, at, { least, isSchema: true });
  }

  /** `config.getOrThrow('NAME')`, `env.get('NAME').required()`, `requireEnv('NAME')` */
  function demandedByGetter(call: TSESTree.CallExpression): void {
    const method = call.callee.type === 'MemberExpression' ? memberName(call.callee) : undefined;
    const getter = method === 'required' && call.callee.type === 'MemberExpression' ? call.callee.object : call;
    const [name] = getter.type === 'CallExpression' ? getter.arguments : [];
    if (name?.type !== 'Literal' || typeof name.value !== 'string' || !VARIABLE_NAME.test(name.value)) return;
    const { value } = name;
    const stops =
      method === 'required' || method === 'getOrThrow' || DEMANDING.test(dottedName(call.callee) ?? '') || throwsItself(call.callee);
    if (!stops) return;
    const reads = origins.evaluate(getter).some((each) => each.kind === 'environment' && each.name === value);
    if (reads || method === 'getOrThrow') demand(value, call);
  }

  /** A function of this script that throws. */
  function throwsItself(callee: Node): boolean {
    const definition = callee.type === 'Identifier' ? bindings.variableOf(callee)?.definitions[0]?.node : undefined;
    const maker = definition?.type === 'VariableDeclarator' ? definition.init : definition;
    if (!maker || !/Function/.test(maker.type)) return false;
    return nodesIn(script.visitorKeys, maker).some((node) => node.type === 'ThrowStatement');
  }

  /** Whether a place is below what the script exports where it declares it, and that may end the program. */
  function isExported(node: Node): boolean {
    let above: Node | undefined = node;
    while (above && above.type !== 'ExportNamedDeclaration' && above.type !== 'ExportDefaultDeclaration') above = bindings.parentOf(above);
    return above !== undefined && nodesIn(script.visitorKeys, above).some((each) => each.type === 'ThrowStatement' || endsProgram(each));
  }

  /** Whether a place is come to when the script is evaluated. */
  function isAtStart(node: Node, calls: number): boolean {
    let above = bindings.parentOf(node);
    while (above && !isFunction(above)) above = bindings.parentOf(above);
    if (!above) return true;
    if (calls >= MAX_CALLS) return false;
    const holder = bindings.parentOf(above);
    if (holder?.type === 'CallExpression') {
      const runs = holder.callee === above || RUNS_CALLBACK.test(lastName(holder.callee) ?? '');
      return runs && isAtStart(holder, calls + 1);
    }
    const name = above.type === 'FunctionDeclaration' ? above.id : holder?.type === 'VariableDeclarator' ? holder.id : null;
    const variable = name?.type === 'Identifier' ? bindings.variableOf(name) : undefined;
    return (variable?.references ?? []).some((reference) => {
      const call = bindings.parentOf(reference);
      return call?.type === 'CallExpression' && call.callee === reference && isAtStart(call, calls + 1);
    });
  }

  /** `{ format: String, default: null, env: 'NAME' }`: null is no String. */
  function demandedByConvict(property: TSESTree.Property): void {
    const object = bindings.parentOf(property);
    if (object?.type !== 'ObjectExpression' || property.value.type !== 'Literal' || typeof property.value.value !== 'string') return;
    const other = (name: string): Node | undefined =>
      object.properties.find((each): each is TSESTree.Property => each.type === 'Property' && keyName(each.key, each.computed) === name)
        ?.value;
    const standard = other('default');
    const format = other('format');
    if (standard?.type === 'Literal' && standard.value === null && format?.type === 'Identifier' && format.name === 'String')
      demand(property.value.value, property, { isSchema: true });
  }

  function childrenOf(node: Node): Node[] {
    const children: Node[] = [];
    for (const key of script.visitorKeys[node.type] ?? []) {
      const child = (node as unknown as Record<string, unknown>)[key];
      if (Array.isArray(child)) for (const each of child) children.push(...(isNode(each) ? [each] : []));
      else if (isNode(child)) children.push(child);
    }
    return children;
  }

  /** Adds every variable that an expression speaks of. Text made of one is never empty, so a test of it proves nothing. */
  function mentioned(expression: Node, stops = true): void {
    const open: Node[] = [expression];
    for (let count = 0, node = open.pop(); node && count < MAX_MENTIONS; node = open.pop(), count++) {
      if (node.type === 'MemberExpression' || (node.type === 'Identifier' && bindings.variableOf(node))) {
        const values = origins.evaluate(node);
        for (const value of values) {
          if (value.kind !== 'environment' || value.name === undefined || value.stringified !== undefined) continue;
          if (stops) demand(value.name, node);
          else names.add(value.name);
        }
        if (values.some((value) => value.kind === 'environment')) continue;
      }
      open.push(...childrenOf(node));
    }
  }

  /** The packages that make a schema. */
  function schemaPackages(node: Node): readonly string[] {
    return origins
      .evaluate(node)
      .flatMap((value) => (value.kind === 'import' && VALIDATORS.test(value.specifier) ? [value.specifier] : []));
  }

  function endsProgram(node: Node): boolean {
    if (node.type !== 'CallExpression') return false;
    const name = dottedName(node.callee) ?? '';
    return name === 'process.exit' || name === 'Deno.exit' || /(?:^|\.)(?:fail|raise|throw|abort|exit|die|missing)\w*$/i.test(name);
  }

  /** Whether a branch ends the program, or at least what it was about to do. */
  function endOf(branch: Node): 'stops' | 'returns' | undefined {
    const statements: readonly Node[] = branch.type === 'BlockStatement' ? branch.body : [branch];
    const stops = statements.some(
      (each) => each.type === 'ThrowStatement' || (each.type === 'ExpressionStatement' && endsProgram(unwrap(each.expression))),
    );
    if (stops) return 'stops';
    return statements.some(({ type }) => type === 'ReturnStatement') ? 'returns' : undefined;
  }
}

function isEnvironment(values: readonly Value[]): boolean {
  return values.some((value) => value.kind === 'environment-object');
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function isFunction(node: Node): boolean {
  return node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';
}
