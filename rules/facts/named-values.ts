/** Names of a script that are given a value: variables, properties, class fields, assignments. */
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { secretName, type SecretName } from './names.js';
import { originsOf } from './origins.js';
import { keyName, memberName, unwrap, type Node } from './syntax.js';
import type { Value } from './values.js';

/** One name and the expression that it is given. */
export interface NamedValue {
  readonly name: string;
  /** What the name says about the value, when it is that of a signing secret. */
  readonly secret: SecretName;
  /** The name where it is written. */
  readonly target: Node;
  readonly node: Node;
  readonly values: readonly Value[];
}

const cache = new WeakMap<Script, readonly NamedValue[]>();

/** Every value that a signing secret's name is given, in source order. */
export function namedValuesOf(script: Script): readonly NamedValue[] {
  let found = cache.get(script);
  if (!found) cache.set(script, (found = findNamed(script)));
  return found;
}

function findNamed(script: Script): readonly NamedValue[] {
  const bindings = bindingsOf(script);
  const origins = originsOf(script);
  const found: NamedValue[] = [];
  for (const node of bindings.named) {
    // What a pattern binds is a name, not a value.
    if (node.type === 'Property' && bindings.parentOf(node)?.type !== 'ObjectExpression') continue;
    const given = nameAndValue(node);
    const secret = given && secretName(given.name);
    if (given && secret) found.push({ ...given, secret, values: origins.evaluate(given.node) });
  }
  return found;
}

function nameAndValue(node: Node): Pick<NamedValue, 'name' | 'node' | 'target'> | undefined {
  switch (node.type) {
    case 'VariableDeclarator':
      return node.id.type === 'Identifier' && node.init ? { name: node.id.name, target: node.id, node: node.init } : undefined;
    case 'Property':
    case 'PropertyDefinition':
    case 'AccessorProperty': {
      const name = keyName(node.key, node.computed);
      return name !== undefined && node.value ? { name, target: node.key, node: node.value } : undefined;
    }
    case 'AssignmentExpression': {
      if (node.operator !== '=' && node.operator !== '||=' && node.operator !== '??=') return undefined;
      const left = unwrap(node.left);
      const name = left.type === 'Identifier' ? left.name : left.type === 'MemberExpression' ? memberName(left) : undefined;
      return name === undefined ? undefined : { name, target: left, node: node.right };
    }
    default:
      return undefined;
  }
}
