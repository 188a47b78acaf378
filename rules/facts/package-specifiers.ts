/**
 * Packages under their addresses: `npm:jose@5`, `jsr:@panva/jose@6`, `https://esm.sh/jose@5`, as Deno, edge functions and
 * browsers import them (https://docs.deno.com/runtime/fundamentals/modules/).
 */

/** Packages that JSR has under another name. */
export const JSR_NAMES: ReadonlyMap<string, string> = new Map([
  ['@panva/jose', 'jose'],
  ['@hono/hono', 'hono'],
]);

/** What stands before the name of a package; jspm and jsDelivr name the registry, esm.sh its own version. */
const ADDRESS =
  /^(?:(?:npm|jsr):\/?|https:\/\/(?:esm\.sh\/(?:(?:stable|v\d{1,4})\/)?|deno\.land\/x\/|(?:esm\.run|unpkg\.com|cdn\.skypack\.dev)\/|cdn\.jsdelivr\.net\/npm\/|ga\.jspm\.io\/npm:))((?:@[\w.-]+\/)?[\w.-]+)(?:@([^/?#]+))?(\/[^?#]*)?(?:[?#]|$)/;
/** The file that is a package's entry where a module is named by its file. */
const ENTRY = /^\/(?:(?:mod|index|\+esm)(?:\.[cm]?[jt]s)?)?$/;

/** The bare specifier of an import, as a bundler's project writes it, and the version that stands in an address. */
export function packageSpecifier(written: string): { readonly specifier: string; readonly version?: string } {
  const match = written.includes(':') ? ADDRESS.exec(written) : null;
  const [, name = written, version, path = ''] = match ?? [];
  const specifier = withoutJsrName(`${name}${ENTRY.test(path) ? '' : path}`);
  const number = version === undefined ? undefined : /^[\^~=v]?(\d[\w.+-]*)$/.exec(version)?.[1];
  return number === undefined ? { specifier } : { specifier, version: number };
}

function withoutJsrName(specifier: string): string {
  if (!specifier.startsWith('@')) return specifier;
  const end = specifier.indexOf('/', specifier.indexOf('/') + 1);
  const name = JSR_NAMES.get(end < 0 ? specifier : specifier.slice(0, end));
  return name === undefined ? specifier : `${name}${end < 0 ? '' : specifier.slice(end)}`;
}
