/** When a package loads its env file: before its scripts are evaluated, or only afterwards. */
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { importName, isOwnModule } from './import-names.js';
import { originsOf } from './origins.js';
import { startOf, type Node } from './syntax.js';

/**
 * `early`: others that are loaded after this script find the variables. `late`: they may be evaluated before. `own`: so may
 * those that it imports, but what follows in the script itself finds them.
 */
export type Loading = 'early' | 'own' | 'late';

/** What loads an env file when it is called; of Nest, while modules are made, when all scripts have been evaluated. */
const LOADERS: ReadonlySet<string> = new Set([
  'dotenv:config',
  'dotenv-flow:config',
  '@dotenvx/dotenvx:config',
  '@nestjs/config:ConfigModule.forRoot',
]);

/** When a script loads the env file; undefined when it loads none. */
export function loadingOf(script: Script): Loading | undefined {
  const { modules, calls } = bindingsOf(script);
  if (
    modules.some(
      (node) => node.type === 'ImportDeclaration' && /^(?:dotenv|dotenv-flow|@dotenvx\/dotenvx)\/config$/.test(node.source.value),
    )
  )
    return 'early';
  let found: Loading | undefined;
  for (const call of calls) {
    if (call.callee.type === 'Identifier' && call.callee.name === 'require') {
      const [first] = call.arguments;
      if (first?.type === 'Literal' && first.value === 'dotenv/config') return 'early';
      continue;
    }
    const [value] = originsOf(script).evaluate(call.callee);
    if (value?.kind !== 'import' || !LOADERS.has(importName(value))) continue;
    if (value.specifier === '@nestjs/config' || isInFunction(script, call)) found ??= 'late';
    else if (importsBefore(script, startOf(call))) found = 'own';
    else return 'early';
  }
  return found;
}

function isInFunction(script: Script, node: Node): boolean {
  const bindings = bindingsOf(script);
  for (let above = bindings.parentOf(node); above; above = bindings.parentOf(above)) if (/Function/.test(above.type)) return true;
  return false;
}

/** Whether scripts of the repository are evaluated before an offset: imports are, wherever they stand. */
function importsBefore(script: Script, offset: number): boolean {
  const { modules, calls } = bindingsOf(script);
  return (
    modules.some(
      (node) => node.type === 'ImportDeclaration' && node.importKind !== 'type' && isOwnModule(script.project, node.source.value),
    ) ||
    calls.some(({ callee, arguments: [first], ...node }) => {
      if (callee.type !== 'Identifier' || callee.name !== 'require' || first?.type !== 'Literal' || typeof first.value !== 'string')
        return false;
      return isOwnModule(script.project, first.value) && startOf(node as Node) < offset;
    })
  );
}
