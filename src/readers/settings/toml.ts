/** TOML by toml-eslint-parser, whose nodes have ranges. It recurses with every level, so nesting is bounded before it starts. */
import { ParseError, parseTOML, type AST } from 'toml-eslint-parser';
import { Entries, faultAt, TOO_MANY_VALUES, type SettingsContent } from './content.js';

/** Brackets within each other. */
const MAX_DEPTH = 100;

/** Reads a TOML file into its scalar values. */
export function readToml(text: string): SettingsContent {
  const deep = tooDeepAt(text);
  if (deep !== undefined) return { entries: [], comments: [], failed: faultAt(text, deep) };
  const entries = new Entries();
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text, { tomlVersion: '1.1' });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { entries: [], comments: [], failed: faultAt(text, error.index) };
  }
  const [top] = program.body;
  for (const node of top.body) {
    if (node.type === 'TOMLKeyValue') addMember(node, [], entries);
    else for (const member of node.body) addMember(member, node.resolvedKey.map(String), entries);
  }
  return {
    entries: entries.all,
    comments: program.comments.map(({ range: [start, end] }) => ({ start, end })),
    failed: entries.overflowed ? `has ${TOO_MANY_VALUES}` : undefined,
  };
}

function addMember(member: AST.TOMLKeyValue, path: readonly string[], entries: Entries): void {
  const names = member.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
  const [start, end] = member.key.range;
  addValue(member.value, [...path, ...names], { start, end }, entries);
}

function addValue(
  node: AST.TOMLContentNode,
  key: readonly string[],
  keySpan: { readonly start: number; readonly end: number },
  entries: Entries,
): void {
  if (node.type === 'TOMLArray') {
    for (const [index, element] of node.elements.entries()) addValue(element, [...key, String(index)], keySpan, entries);
    return;
  }
  if (node.type === 'TOMLInlineTable') {
    for (const member of node.body) addMember(member, key, entries);
    return;
  }
  const [start, end] = node.range;
  const quotes = node.kind === 'string' ? (node.multiline ? 3 : 1) : 0;
  const type = node.kind === 'string' ? 'string' : node.kind === 'boolean' ? 'boolean' : 'number';
  const value = node.kind === 'string' ? node.value : node.kind === 'boolean' ? String(node.value) : '';
  entries.add({ key, value: type === 'number' ? '' : value, type, span: { start: start + quotes, end: end - quotes }, keySpan });
}

/** The offset at which brackets outside of comments are too deep within each other. A bracket in a text counts, too: better too many. */
function tooDeepAt(text: string): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) {
      if (++depth > MAX_DEPTH) return at;
    } else if ((code === 0x5d || code === 0x7d) && depth > 0) depth--;
  }
  return undefined;
}
