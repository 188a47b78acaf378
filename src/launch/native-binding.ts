/**
 * Loads oxc-parser's native part. The build puts this in place of the `require` of that package's own loader: where a
 * package manager has put the part is known, and asking Node's resolver for each candidate takes longer than loading it.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PACKAGES = '@oxc-parser/binding-';

/**
 * What oxc-parser's own `require` would give.
 *
 * @throws {Error} for what is not installed, as `require` does; the caller then tries the next name
 */
export function requireBinding(specifier: string): unknown {
  // Only a checkout of oxc-parser has its native part beside it.
  if (specifier.startsWith('./')) throw new Error(`no ${specifier} in a bundle`);
  const builtIn: unknown = process.getBuiltinModule(specifier);
  if (builtIn !== undefined) return builtIn;
  const directory = specifier.startsWith(PACKAGES) ? directoryOf(specifier.split('/', 2).join('/')) : undefined;
  if (directory === undefined) return createRequire(createRequire(import.meta.url).resolve('oxc-parser'))(specifier);
  if (specifier.endsWith('/package.json')) return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const module = { exports: {} };
  process.dlopen(module, join(directory, `parser.${specifier.slice(PACKAGES.length)}.node`));
  return module.exports;
}

/** The directory of a package beside oxc-parser, wherever a package manager has put that. */
function directoryOf(name: string): string | undefined {
  const parser = above(import.meta.dirname, 'oxc-parser');
  return parser === undefined ? undefined : above(realpathSync(parser), name);
}

function above(directory: string, name: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
    if (dirname(at) === at) return undefined;
  }
}
