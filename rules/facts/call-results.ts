/** Which library's call has given a value, whatever file it stands in. */
import type { Project } from '../contract.js';
import { librariesOf, librarySpecifier, type Api, type CallKind } from './libraries.js';
import type { ImportValue } from './values.js';

/** The call of this kind, of a function or an object of the table, that gives a value. */
export function callGiving(project: Project, value: ImportValue, kind: CallKind): Api | undefined {
  const module = librarySpecifier(value.specifier);
  if (!module || value.path.at(-1) !== '()') return undefined;
  const whole = value.path[0] === 'default' ? value.path.slice(1) : value.path;
  const own = module.prefix === '' || whole[0] === module.prefix ? whole : [module.prefix, ...whole];
  const libraries = librariesOf(module.package, project.versionOf(module.package));
  return libraries
    .flatMap((library) => library.apis)
    .find((api) => {
      if (api.kind !== kind) return false;
      if (api.payloadOf === 'returned') return own.join('.') === `${api.name}.().()`;
      if (api.form === 'method') {
        const [type, method] = api.name.split('.');
        return own[0] === type && own.at(-2) === method;
      }
      return own.join('.') === `${api.name}.()`;
    });
}
