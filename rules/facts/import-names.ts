/** What an import or a global is called, whatever form the import has. */
import type { Project } from '../contract.js';
import { librarySpecifier } from './libraries.js';
import type { ImportValue } from './values.js';

/** True for specifiers that name a file of the scanned source rather than a package. */
export function isLocalSpecifier(specifier: string): boolean {
  return (
    specifier.startsWith('./') || specifier.startsWith('../') || specifier === '.' || specifier === '..' || /^[~@#]?\//.test(specifier)
  );
}

/** True for specifiers that name a file of the scanned source, by their form or by the project's own configuration. */
export function isOwnModule(project: Project, specifier: string): boolean {
  return isLocalSpecifier(specifier) || (librarySpecifier(specifier) === undefined && project.owns(specifier));
}

/** Types of frameworks whose objects hold what the sender of a request wrote. */
const REQUEST_TYPES: ReadonlySet<string> = new Set([
  ...['express:Request', 'koa:Context', 'koa:ParameterizedContext', 'fastify:FastifyRequest', '@hapi/hapi:Request', 'http:IncomingMessage'],
  ...['next:NextApiRequest', 'next/server:NextRequest', 'hono:Context', 'elysia:Context', 'h3:H3Event', '@sveltejs/kit:RequestEvent'],
  ...['@nestjs/common:ExecutionContext', 'socket.io:Socket'],
]);

/** True for what a request holds, by the type that a parameter is annotated with. */
export function isOfRequestType({ specifier, path }: Pick<ImportValue, 'specifier' | 'path'>): boolean {
  return REQUEST_TYPES.has(importName({ specifier, path: path.slice(0, 1) }));
}

/**
 * Canonical name of an import: `package:member.path`, without `node:` and without the `default` that CommonJS interop adds.
 * Globals have the specifier `global`; what exists both as a global and in a built-in module is named as the global.
 */
export function importName(value: Pick<ImportValue, 'specifier' | 'path'>): string {
  let specifier = value.specifier.startsWith('node:') ? value.specifier.slice(5) : value.specifier;
  let path = value.path[0] === 'default' ? value.path.slice(1) : value.path;
  if (specifier === 'buffer' || ((specifier === 'util' || specifier === 'crypto') && path[0] === 'TextEncoder')) specifier = 'global';
  else if (specifier === 'process') {
    specifier = 'global';
    path = ['process', ...path];
  } else if (specifier === 'global' && path[0] === 'crypto') {
    specifier = 'crypto';
    path = path.slice(1);
  } else if (specifier === 'global' && (path[0] === 'globalThis' || path[0] === 'global' || path[0] === 'window')) path = path.slice(1);
  return `${specifier}:${path.join('.')}`;
}

/** Imports and globals that are the environment itself. */
export const ENVIRONMENT_OBJECTS = new Set([
  'global:process.env',
  'global:import.meta.env',
  'global:Bun.env',
  '$env/dynamic/private:env',
  '$env/dynamic/public:env',
]);
/** Modules every export of which is an environment variable. */
export const ENVIRONMENT_MODULES = new Set(['$env/static/private', '$env/static/public']);
/** Functions that read the environment or configuration by name. */
export const ENVIRONMENT_GETTERS = new Set(['global:Deno.env.get', 'env-var:get', 'config:get', 'nconf:get']);
