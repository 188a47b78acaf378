/** What a script keeps in the storage of a browser (HTML Standard, 12.2: Web storage). */
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { importName } from './import-names.js';
import { originsOf } from './origins.js';
import { memberName, unwrap, type Node } from './syntax.js';

/** Globals that keep text for every script of an origin. */
export const BROWSER_STORAGES: readonly string[] = ['localStorage', 'sessionStorage'];

export interface StorageWrite {
  readonly storage: string;
  /** Possible names of the entry. */
  readonly keys: readonly string[];
  readonly value: Node;
  /** The call or assignment. */
  readonly node: Node;
}

const NAMES = new Map(BROWSER_STORAGES.map((name) => [`global:${name}`, name]));

/** Calls of `setItem` and assignments to members, in source order of each kind. */
export function storageWritesOf(script: Script): readonly StorageWrite[] {
  const bindings = bindingsOf(script);
  const origins = originsOf(script);
  const storageOf = (node: Node): string | undefined => {
    for (const value of origins.evaluate(node)) {
      const name = value.kind === 'import' ? NAMES.get(importName(value)) : undefined;
      if (name !== undefined) return name;
    }
    return undefined;
  };
  const found: StorageWrite[] = [];
  for (const node of bindings.calls) {
    const callee = unwrap(node.callee);
    const [key, value] = node.arguments;
    if (callee.type !== 'MemberExpression' || memberName(callee) !== 'setItem' || !key || !value) continue;
    if (key.type === 'SpreadElement' || value.type === 'SpreadElement') continue;
    const storage = storageOf(callee.object);
    if (storage === undefined) continue;
    const keys = origins.valuesOf(key).flatMap((each) => (each.kind === 'text' ? [each.text] : []));
    found.push({ storage, keys, value, node });
  }
  for (const node of bindings.named) {
    if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') continue;
    const key = memberName(node.left);
    const storage = key === undefined ? undefined : storageOf(node.left.object);
    if (key !== undefined && storage !== undefined) found.push({ storage, keys: [key], value: node.right, node });
  }
  return found;
}
