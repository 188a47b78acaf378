/** Which environment variables a script makes sure of, by stopping when they are missing. */
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { isOwnModule } from './import-names.js';
import { originsOf } from './origins.js';
import { dottedName, keyName, lastName, unwrap, type Node } from './syntax.js';
import { importsTestRunner } from './test-runners.js';
import type { Value } from './values.js';

interface Checks {
  readonly anywhere: ReadonlySet<string>;
  /** Those that end the program, and are made when the script is evaluated or by a function that is called then. */
  readonly atStart: ReadonlySet<string>;
}

const NO_CHECKS: Checks = { anywhere: new Set(), atStart: new Set() };

const cache = new WeakMap<Script, Checks>();

function checksOf(script: Script): Checks {
  let found = cache.get(script);
  if (!found) cache.set(script, (found = SPEAKS_OF_ENVIRONMENT.test(script.text) ? findChecks(script) : NO_CHECKS));
  return found;
}

/** Names of the variables that the script checks; computed only where a rule needs them. */
export function checkedVariablesOf(script: Script): ReadonlySet<string> {
  return checksOf(script).anywhere;
}

/** Variables without which scripts of a file stop the program as it starts: other files that it loads can rely on them. */
export function variablesCheckedAtStart(scripts: readonly Script[]): readonly string[] | undefined {
  const found = scripts.filter((script) => !importsTestRunner(script)).flatMap((script) => [...checksOf(script).atStart]);
  return found.length > 0 ? found : undefined;
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

/** Without this word no variable is read and no schema of them is written. */
const SPEAKS_OF_ENVIRONMENT = /env/i;

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
const VARIABLE_NAME = /^[A-Z][A-Z0-9_]+$/;

/** Nodes of one test or argument that are looked at. */
const MAX_MENTIONS = 200;

/** Calls that run what they are given at once, or as soon as they can. */
const RUNS_CALLBACK = /^(?:forEach|map|filter|every|some|find|reduce|then|catch|finally)$/;

/** Functions that lead from the start of a script to a check. */
const MAX_CALLS = 3;

function findChecks(script: Script): Checks {
  const bindings = bindingsOf(script);
  const origins = originsOf(script);
  const anywhere = new Set<string>();
  const atStart = new Set<string>();
  const listed: string[] = [];
  let byName: Node | undefined;

  const stack: Node[] = [script.ast];
  for (let node = stack.pop(); node; node = stack.pop()) {
    switch (node.type) {
      case 'IfStatement':
        for (const branch of node.alternate ? [node.consequent, node.alternate] : [node.consequent]) {
          if (stops(branch)) mentioned(node.test, isAtStart(node, 0));
          else if (returns(branch)) mentioned(node.test, false);
        }
        break;
      case 'LogicalExpression':
        if (endsProgram(unwrap(node.right))) mentioned(node.left, isAtStart(node, 0));
        break;
      case 'ConditionalExpression':
        if (endsProgram(unwrap(node.consequent)) || endsProgram(unwrap(node.alternate))) mentioned(node.test, isAtStart(node, 0));
        break;
      case 'CallExpression':
        if (ASSERTION.test(dottedName(node.callee) ?? '')) for (const argument of node.arguments) mentioned(argument, isAtStart(node, 0));
        break;
      case 'ArrayExpression':
        for (const element of node.elements) {
          if (element?.type === 'Literal' && typeof element.value === 'string' && VARIABLE_NAME.test(element.value))
            listed.push(element.value);
        }
        break;
      case 'MemberExpression':
        if (node.computed && isEnvironment(origins.evaluate(node.object)) && keyName(node.property, true) === undefined) byName = node;
        break;
      case 'Property': {
        const name = keyName(node.key, node.computed);
        if (name !== undefined && VARIABLE_NAME.test(name) && isSchema(node.value)) add(name, true);
        break;
      }
      case 'PropertyDefinition': {
        const name = keyName(node.key, node.computed);
        if (name !== undefined && VARIABLE_NAME.test(name) && ((node.decorators as unknown[] | undefined)?.length ?? 0) > 0)
          add(name, true);
        break;
      }
    }
    stack.push(...childrenOf(node));
  }
  // `for (const name of [...]) if (!process.env[name]) throw ...`
  if (byName) for (const name of listed) add(name, isAtStart(byName, 0));
  return { anywhere, atStart };

  function add(name: string, start: boolean): void {
    anywhere.add(name);
    if (start) atStart.add(name);
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
  function mentioned(expression: Node, start: boolean): void {
    const open: Node[] = [expression];
    for (let count = 0, node = open.pop(); node && count < MAX_MENTIONS; node = open.pop(), count++) {
      if (node.type === 'MemberExpression' || (node.type === 'Identifier' && bindings.variableOf(node))) {
        const values = origins.evaluate(node);
        for (const value of values) {
          if (value.kind === 'environment' && value.name !== undefined && value.stringified === undefined) add(value.name, start);
        }
        if (values.some((value) => value.kind === 'environment')) continue;
      }
      open.push(...childrenOf(node));
    }
  }

  function isSchema(node: Node): boolean {
    return origins.evaluate(node).some((value) => value.kind === 'import' && VALIDATORS.test(value.specifier));
  }

  function endsProgram(node: Node): boolean {
    if (node.type !== 'CallExpression') return false;
    const name = dottedName(node.callee) ?? '';
    return name === 'process.exit' || name === 'Deno.exit' || /(?:^|\.)(?:fail|raise|throw|abort|exit|die|missing)\w*$/i.test(name);
  }

  /** A branch that ends the program. */
  function stops(branch: Node): boolean {
    return statementsOf(branch).some(
      (each) => each.type === 'ThrowStatement' || (each.type === 'ExpressionStatement' && endsProgram(unwrap(each.expression))),
    );
  }

  /** A branch that ends at least what was about to be done. */
  function returns(branch: Node): boolean {
    return statementsOf(branch).some((each) => each.type === 'ReturnStatement');
  }

  function statementsOf(branch: Node): readonly Node[] {
    return branch.type === 'BlockStatement' ? branch.body : [branch];
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
