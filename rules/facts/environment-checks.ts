/** Which environment variables a script makes sure of, by stopping when they are missing. */
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { isOwnModule } from './import-names.js';
import { originsOf } from './origins.js';
import { dottedName, keyName, unwrap, type Node } from './syntax.js';
import type { Value } from './values.js';

const cache = new WeakMap<Script, ReadonlySet<string>>();

/** Names of the variables that the script checks; computed only where a rule needs them. */
export function checkedVariablesOf(script: Script): ReadonlySet<string> {
  let found = cache.get(script);
  if (!found) cache.set(script, (found = SPEAKS_OF_ENVIRONMENT.test(script.text) ? findChecks(script) : new Set()));
  return found;
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
/** Packages that check anything, the environment among it. */
export const SCHEMA_PACKAGES: readonly string[] = [
  ...['zod', 'joi', '@hapi/joi', 'yup', 'valibot', 'arktype', 'superstruct', '@sinclair/typebox', 'ajv', 'class-validator'],
];

/** Packages whose schemas refuse an environment that lacks what they name. */
const VALIDATORS =
  /^(?:zod|yup|joi|@hapi\/joi|valibot|envalid|convict|env-var|arktype|superstruct|@sinclair\/typebox|@t3-oss\/env-.*)(?:\/|$)/;
/** Functions that throw when what they are given is missing, as they are called everywhere. */
const ASSERTION = /(?:^|\.)(?:assert|ok|invariant|ensure|require[A-Z]\w*|must\w*|check\w*|validate\w*)$/;
const VARIABLE_NAME = /^[A-Z][A-Z0-9_]+$/;

/** Nodes of one test or argument that are looked at. */
const MAX_MENTIONS = 200;

function findChecks(script: Script): ReadonlySet<string> {
  const bindings = bindingsOf(script);
  const origins = originsOf(script);
  const found = new Set<string>();
  const listed: string[] = [];
  let byName = false;

  const stack: Node[] = [script.ast];
  for (let node = stack.pop(); node; node = stack.pop()) {
    switch (node.type) {
      case 'IfStatement':
        if (leaves(node.consequent) || (node.alternate && leaves(node.alternate))) mentioned(node.test);
        break;
      case 'LogicalExpression':
        if (endsProgram(unwrap(node.right))) mentioned(node.left);
        break;
      case 'ConditionalExpression':
        if (endsProgram(unwrap(node.consequent)) || endsProgram(unwrap(node.alternate))) mentioned(node.test);
        break;
      case 'CallExpression':
        if (ASSERTION.test(dottedName(node.callee) ?? '')) for (const argument of node.arguments) mentioned(argument);
        break;
      case 'ArrayExpression':
        for (const element of node.elements) {
          if (element?.type === 'Literal' && typeof element.value === 'string' && VARIABLE_NAME.test(element.value))
            listed.push(element.value);
        }
        break;
      case 'MemberExpression':
        if (node.computed && isEnvironment(origins.evaluate(node.object)) && keyName(node.property, true) === undefined) byName = true;
        break;
      case 'Property': {
        const name = keyName(node.key, node.computed);
        if (name !== undefined && VARIABLE_NAME.test(name) && isSchema(node.value)) found.add(name);
        break;
      }
      case 'PropertyDefinition': {
        const name = keyName(node.key, node.computed);
        if (name !== undefined && VARIABLE_NAME.test(name) && ((node.decorators as unknown[] | undefined)?.length ?? 0) > 0)
          found.add(name);
        break;
      }
    }
    stack.push(...childrenOf(node));
  }
  // `for (const name of [...]) if (!process.env[name]) throw ...`
  if (byName) for (const name of listed) found.add(name);
  return found;

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
  function mentioned(expression: Node): void {
    const open: Node[] = [expression];
    for (let count = 0, node = open.pop(); node && count < MAX_MENTIONS; node = open.pop(), count++) {
      if (node.type === 'MemberExpression' || (node.type === 'Identifier' && bindings.variableOf(node))) {
        const values = origins.evaluate(node);
        for (const value of values) {
          if (value.kind === 'environment' && value.name !== undefined && value.stringified === undefined) found.add(value.name);
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

  /** A branch that ends the program, or at least what it was about to do. */
  function leaves(branch: Node): boolean {
    const statements: readonly Node[] = branch.type === 'BlockStatement' ? branch.body : [branch];
    return statements.some(
      (each) =>
        each.type === 'ThrowStatement' ||
        each.type === 'ReturnStatement' ||
        (each.type === 'ExpressionStatement' && endsProgram(unwrap(each.expression))),
    );
  }
}

function isEnvironment(values: readonly Value[]): boolean {
  return values.some((value) => value.kind === 'environment-object');
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
