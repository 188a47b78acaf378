/**
 * What Compose, Kubernetes, CI and Postman files mean by their keys: which of them a file is, and the variables that it lists
 * as `NAME=value` or as pairs of name and value, or keeps in base64.
 */
import { isUtf8 } from 'node:buffer';
import type { Settings, SettingsEntry } from '../../../rules/contract.js';

/** Roles that the content of a file can tell. */
type DeploymentRole = Extract<Settings['role'], 'compose' | 'kubernetes'>;

/** Lists of variables, as Compose, Kubernetes, ECS, Render and Travis call them. */
const VARIABLE_LISTS: ReadonlySet<string> = new Set(['environment', 'env', 'envs', 'envVars', 'args', 'variables', 'global']);

/** Lists of pairs in what Postman exports: an environment, the variables of a collection, and what a request signs its token with. */
const POSTMAN_LISTS: ReadonlySet<string> = new Set(['values', 'variable', 'jwt']);

/** True for an environment, globals or a collection of Postman. */
function isPostman(document: readonly SettingsEntry[]): boolean {
  return document.some(
    ({ key, value }) =>
      (key.length === 1 && key[0] === '_postman_variable_scope') ||
      (key.length === 2 && key[0] === 'info' && key[1] === 'schema' && value.includes('schema.getpostman.com')),
  );
}

/** Keys of the pairs in such lists. */
const PAIR_NAMES: ReadonlySet<string> = new Set(['name', 'key']);

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_.]*=/;

/** Says what a document is when its name did not: Kubernetes by `kind` and `apiVersion`, Compose by its `services`. */
export function deploymentRole(document: readonly SettingsEntry[]): DeploymentRole | undefined {
  const has = (name: string): boolean => document.some(({ key }) => key.length === 1 && key[0] === name);
  if (has('kind') && has('apiVersion')) return 'kubernetes';
  const isService = ({ key }: SettingsEntry): boolean => key[0] === 'services' && (key[2] === 'image' || key[2] === 'build');
  return document.some(isService) ? 'compose' : undefined;
}

/** The entries of a document with its variables under their own names, and the data of Kubernetes Secrets decoded. */
export function withVariables(document: readonly SettingsEntry[], text: string): readonly SettingsEntry[] {
  const lists = isPostman(document) ? POSTMAN_LISTS : VARIABLE_LISTS;
  const names = pairNames(document, lists);
  const secrets = secretData(document);
  return document.map((entry) => {
    if (secrets.size > 0 && secrets.has(parentPath(entry))) return decoded(entry);
    const name = entry.key.at(-1) === 'value' ? names.get(parentPath(entry)) : undefined;
    if (name !== undefined) return { ...entry, key: [...entry.key.slice(0, -2), name.value], keySpan: name.span };
    return isListed(entry.key, 1, lists) && ASSIGNMENT.test(entry.value) ? assigned(entry, text) : entry;
  });
}

/** True when a key path ends in one of the lists, an index, and `below - 1` further keys. */
function isListed(key: readonly string[], below: number, lists: ReadonlySet<string>): boolean {
  const index = key.at(-below);
  const list = key.at(-below - 1);
  return index !== undefined && list !== undefined && /^\d+$/.test(index) && lists.has(list);
}

/** The entries that name a variable (`- name: X`), by the path of their pair. */
function pairNames(document: readonly SettingsEntry[], lists: ReadonlySet<string>): ReadonlyMap<string, SettingsEntry> {
  const names = new Map<string, SettingsEntry>();
  for (const entry of document) {
    const last = entry.key.at(-1);
    if (last !== undefined && PAIR_NAMES.has(last) && isListed(entry.key, 2, lists)) names.set(parentPath(entry), entry);
  }
  return names;
}

/** Paths of the `data` of Secrets, also of those in a List. */
function secretData(document: readonly SettingsEntry[]): ReadonlySet<string> {
  const isSecret = ({ key, value }: SettingsEntry): boolean => key.at(-1) === 'kind' && value === 'Secret';
  return new Set(document.filter(isSecret).map(({ key }) => pathText([...key.slice(0, -1), 'data'])));
}

function parentPath({ key }: SettingsEntry): string {
  return pathText(key.slice(0, -1));
}

function pathText(path: readonly string[]): string {
  return JSON.stringify(path);
}

/** Splits `NAME=value` where it stands; one whose sign is written as an escape stays whole. */
function assigned(entry: SettingsEntry, text: string): SettingsEntry {
  const equals = entry.value.indexOf('=');
  const written = text.indexOf('=', entry.span.start);
  if (written === -1 || written >= entry.span.end) return entry;
  return {
    ...entry,
    key: [...entry.key.slice(0, -1), entry.value.slice(0, equals)],
    value: entry.value.slice(equals + 1),
    span: { start: written + 1, end: entry.span.end },
    keySpan: { start: entry.span.start, end: written },
  };
}

/** Control characters other than white space, which tell binary data from text. */
const CONTROL = /[^\P{Cc}\s]/u;

/** Base64 that is text underneath, decoded; everything else as it is. */
function decoded(entry: SettingsEntry): SettingsEntry {
  const encoded = entry.value.replace(/\s+/g, '');
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length === 0 || bytes.toString('base64') !== encoded || !isUtf8(bytes)) return entry;
  const value = bytes.toString('utf8');
  return CONTROL.test(value) ? entry : { ...entry, value, encoded: 'base64' };
}
