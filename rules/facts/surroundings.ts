/** What stands around a place of a script and says what it is for: names of functions and classes, comments beside it. */
import type { Place, Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { keyName, memberName, type Node } from './syntax.js';

/** Names of the functions, methods, variables, properties and classes that a node stands in, from the inside out. */
export function namesAround(script: Script, node: Node): readonly string[] {
  const bindings = bindingsOf(script);
  const names: string[] = [];
  // Where a node stands in a list whose members are given names: `const [token, link] = await Promise.all([...])`.
  let index: number | undefined;
  for (let below = node, above = bindings.parentOf(node); above; below = above, above = bindings.parentOf(above)) {
    if (above.type === 'ArrayExpression') index = (above.elements as readonly (Node | null)[]).indexOf(below);
    const name = ownName(above) ?? (index === undefined ? undefined : listedName(above, index));
    if (name !== undefined) names.push(name);
  }
  return names;
}

/** The name that a declaration gives to one member of a list. */
function listedName(node: Node, index: number): string | undefined {
  const element = node.type === 'VariableDeclarator' && node.id.type === 'ArrayPattern' ? node.id.elements[index] : undefined;
  return element?.type === 'Identifier' ? element.name : undefined;
}

function ownName(node: Node): string | undefined {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ClassDeclaration':
    case 'ClassExpression':
      return node.id?.name;
    case 'VariableDeclarator':
      return node.id.type === 'Identifier' ? node.id.name : undefined;
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'Property':
      return keyName(node.key, node.computed);
    case 'AssignmentExpression':
      return node.left.type === 'Identifier' ? node.left.name : node.left.type === 'MemberExpression' ? memberName(node.left) : undefined;
    case 'CallExpression': {
      // `router.post('/logout', ...)`: the path of a route names what its handler does.
      const first = node.arguments[0];
      return first?.type === 'Literal' && typeof first.value === 'string' && node.arguments.length > 1 ? first.value : undefined;
    }
    default:
      return undefined;
  }
}

/** Comments in the line of a place and in the lines just above it. */
export function commentsBeside(script: Script, place: Place): string {
  if (place.path !== script.path) return '';
  const { text } = script;
  const lineStart = text.lastIndexOf('\n', place.start - 1) + 1;
  const lineEnd = text.indexOf('\n', place.end);
  const rest = text.slice(place.end, lineEnd < 0 ? undefined : lineEnd).slice(0, 500);
  const found: string[] = [];
  const after = rest.search(/\/[/*]/);
  if (after >= 0) found.push(rest.slice(after));
  let end = lineStart - 1;
  for (let lines = 0; lines < 8 && end > 0; lines++) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, Math.min(end, start + 500)).trim();
    if (!/^(?:\/\/|\/\*|\*)/.test(line)) break;
    found.push(line);
    end = start - 1;
  }
  return found.join('\n');
}
