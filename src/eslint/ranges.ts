/** Offsets of nodes, which rules rely on and a parser may have left out. */
import type { SourceCode } from 'eslint';
import type { TSESTree } from '@typescript-eslint/types';
import type { Node } from '../../rules/facts/syntax.js';

/**
 * The tree of a file, in which every node has a range: parsers that were not written for ESLint give `start` and `end`, or
 * lines and columns only. What says nothing of its place stands where its parent does.
 */
export function withRanges(sourceCode: SourceCode): TSESTree.Program {
  const program = sourceCode.ast as unknown as TSESTree.Program;
  // A parser that gives ranges gives them to all nodes.
  if (program.body.every(({ range }) => isRange(range))) return program;
  const { visitorKeys } = sourceCode;
  const stack: { node: Node; above: [number, number] }[] = [{ node: program, above: [0, sourceCode.text.length] }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, above } = next;
    const range = rangeOf(node, sourceCode) ?? above;
    if (!isRange(node.range)) node.range = range;
    const record = node as unknown as Record<string, unknown>;
    for (const key of visitorKeys[node.type] ?? []) {
      const child = record[key];
      for (const each of Array.isArray(child) ? (child as unknown[]) : [child])
        if (typeof each === 'object' && each !== null && 'type' in each) stack.push({ node: each as Node, above: range });
    }
  }
  return program;
}

function isRange(range: unknown): range is [number, number] {
  return Array.isArray(range) && typeof range[0] === 'number' && typeof range[1] === 'number';
}

function rangeOf(node: Node, sourceCode: SourceCode): [number, number] | undefined {
  if (isRange(node.range)) return node.range;
  const { loc, start, end } = node as { loc?: TSESTree.SourceLocation | null; start?: unknown; end?: unknown };
  if (typeof start === 'number' && typeof end === 'number') return [start, end];
  const [first, last] = [offsetOf(loc?.start, sourceCode), offsetOf(loc?.end, sourceCode)];
  return first === undefined || last === undefined ? undefined : [first, last];
}

function offsetOf(position: TSESTree.Position | undefined, sourceCode: SourceCode): number | undefined {
  if (!position) return undefined;
  const line = sourceCode.lines[position.line - 1];
  return line === undefined || position.column > line.length ? undefined : sourceCode.getIndexFromLoc(position);
}
