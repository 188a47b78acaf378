/** Changes to calls that sign or verify: algorithms that the file itself tells, options that go, sizes that grow. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Edit, Place, Script, Suggestion } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { callsOf, type JwtCall } from './calls.js';
import { styleOf } from './code-style.js';
import { addingProperty, inserting, nodeAt, removing, replacing } from './edits.js';
import { keyKind, signatureAlgorithm } from './key-kinds.js';
import { namedSources } from './key-uses.js';
import { endOf, keyName, startOf, unwrap, type Node } from './syntax.js';

/** The one algorithm of signatures; undefined when there are none, when they differ, or one is not known. */
function onlyAlgorithm(algorithms: readonly (string | undefined)[]): string | undefined {
  const [first, ...more] = algorithms;
  return more.every((each) => each === first) ? first : undefined;
}

/** The algorithm that all signatures of a file have by the same library. */
function algorithmOfSignatures(script: Script, packageName: string): string | undefined {
  const signatures = callsOf(script).filter(({ api, package: name }) => api.kind === 'sign' && name === packageName);
  return onlyAlgorithm(signatures.map((each) => signatureAlgorithm(script, each)));
}

/** The algorithm that all signatures of the package have which are made with the key of a verification. */
function algorithmOfKey(script: Script, call: JwtCall): string | undefined {
  const sources = script.neighbours && namedSources(script, call);
  const signatures = script.neighbours?.signatures() ?? [];
  return (
    sources && onlyAlgorithm(signatures.flatMap(({ keys, algorithm }) => (keys.some((key) => sources.includes(key)) ? [algorithm] : [])))
  );
}

/** What makes a verification name the algorithm that its tokens are signed with: by the same file, or with the same key. */
export function algorithmsSuggestion(script: Script, call: JwtCall): Suggestion | undefined {
  const path = call.api.algorithms?.[0];
  if (path?.length !== 2 || call.wrapped || !('arguments' in call.node) || path[1] === '()') return undefined;
  const ofFile = algorithmOfSignatures(script, call.package);
  const algorithm = ofFile ?? algorithmOfKey(script, call);
  if (
    algorithm === undefined ||
    !/^[A-Z]{2}\d{3}$|^EdDSA$/.test(algorithm) ||
    keyKind(script, call) !== (algorithm.startsWith('HS') ? 'secret' : 'public')
  )
    return undefined;
  const [index, option] = path;
  const { quote } = styleOf(script);
  const property = `${option}: [${quote}${algorithm}${quote}]`;
  const args: readonly Node[] = call.node.arguments;
  const edit = optionEdit(script, args, index, property);
  const why = ofFile === undefined ? 'its tokens are signed with' : 'this file signs with';
  return edit && { title: `Accept \`${algorithm}\` only, which ${why}`, edits: [edit] };
}

function optionEdit(script: Script, args: readonly Node[], index: number, property: string): Edit | undefined {
  if (args.some(({ type }) => type === 'SpreadElement')) return undefined;
  const there = args[index];
  if (there) {
    const options = unwrap(there);
    if (options.type === 'ObjectExpression') return addingProperty(script, options, property);
    const isCallback = options.type === 'ArrowFunctionExpression' || options.type === 'FunctionExpression';
    return isCallback ? inserting(startOf(there), `{ ${property} }, `) : undefined;
  }
  const last = args[index - 1];
  if (!last || args.length !== index) return undefined;
  const { text } = script;
  const lineStart = text.lastIndexOf('\n', startOf(last) - 1) + 1;
  const margin = text.slice(lineStart, startOf(last));
  // Where each argument has a line, this one gets one.
  const gap = index > 1 && margin.trim() === '' ? `${styleOf(script).lineEnd}${margin}` : ' ';
  return inserting(endOf(last), `,${gap}{ ${property} }`);
}

/** What takes the option out that a place is the value of. */
export function removalSuggestion(script: Script, place: Place): Suggestion | undefined {
  const node = nodeAt(script, place);
  const property = node && bindingsOf(script).parentOf(node);
  const object = property && bindingsOf(script).parentOf(property);
  if (property?.type !== 'Property' || object?.type !== 'ObjectExpression') return undefined;
  const name = keyName(property.key, property.computed);
  if (name === undefined) return undefined;
  return { title: `Remove \`${name}\``, edits: [withoutEmpty(script, object) ?? removing(script, object.properties, property)] };
}

/** What takes options out that hold nothing else, where they are the last of several arguments. */
function withoutEmpty(script: Script, options: TSESTree.ObjectExpression): Edit | undefined {
  const call = bindingsOf(script).parentOf(options);
  if (options.properties.length > 1 || call?.type !== 'CallExpression' || call.arguments.at(-1) !== options) return undefined;
  const before = call.arguments.at(-2);
  return before && { start: endOf(before), end: endOf(options), text: '' };
}

/** What gives an option the name that the library knows it by; a single algorithm becomes a list. */
export function renamingSuggestion(script: Script, place: Place, meant: string): Suggestion | undefined {
  const property = nodeAt(script, place);
  if (property?.type !== 'Property' || property.computed || property.method) return undefined;
  const { text } = script;
  const written = text.slice(startOf(property.value), endOf(property.value));
  const isList = meant !== 'algorithms' || unwrap(property.value).type === 'ArrayExpression';
  // What a name stands for may be a list already.
  if (!isList && property.value.type !== 'Literal') return undefined;
  return { title: `Write \`${meant}\``, edits: [replacing(property, `${meant}: ${isList ? written : `[${written}]`}`)] };
}

/** What takes an element out of a list that has others. */
export function elementSuggestion(script: Script, place: Place): Suggestion | undefined {
  const node = nodeAt(script, place);
  const list = node && bindingsOf(script).parentOf(node);
  if (!node || list?.type !== 'ArrayExpression' || list.elements.length < 2) return undefined;
  return { title: 'Remove it from the list', edits: [removing(script, list.elements, node)] };
}

/** What puts the unit behind a number of seconds in a text. */
export function unitSuggestion(script: Script, place: Place): Suggestion | undefined {
  const node = nodeAt(script, place);
  if (node?.type !== 'Literal' || typeof node.value !== 'string') return undefined;
  return { title: 'Say that these are seconds', edits: [inserting(endOf(node) - 1, 's')] };
}

/** What makes a call that draws or makes a key ask for enough. */
export function sizeSuggestion(
  script: Script,
  place: Place,
  size: { readonly bits: number; readonly was: number },
): Suggestion | undefined {
  const call = nodeAt(script, place);
  if (call?.type !== 'CallExpression') return undefined;
  const numbers: TSESTree.Literal[] = [];
  for (const argument of call.arguments) {
    if (argument.type === 'Literal') numbers.push(argument);
    if (argument.type !== 'ObjectExpression') continue;
    for (const property of argument.properties)
      if (property.type === 'Property' && property.value.type === 'Literal') numbers.push(property.value);
  }
  for (const unit of [1, 8]) {
    const fitting = numbers.filter(({ value }) => value === size.was / unit);
    if (fitting.length !== 1) continue;
    const needed = String(size.bits / unit);
    return { title: `Ask for ${String(size.bits)} bits`, edits: [replacing(fitting[0]!, needed)] };
  }
  return undefined;
}
