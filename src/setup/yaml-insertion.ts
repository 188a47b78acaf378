/** Where lines go in a YAML file, so that all that was there stays as it is. */
import { isMap, isScalar, isSeq, parseDocument, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Insertion } from './edit.js';

/** A YAML file of one document that is a block mapping. */
export class YamlFile {
  readonly #text: string;
  readonly #top: YAMLMap<unknown, unknown>;
  /** What it holds, as plain values. */
  readonly value: Readonly<Record<string, unknown>>;

  private constructor(text: string, top: YAMLMap<unknown, unknown>, value: Record<string, unknown>) {
    this.#text = text;
    this.#top = top;
    this.value = value;
  }

  /** Undefined for what is no such file, or has faults. */
  static read(text: string): YamlFile | undefined {
    const document = parseDocument(text, { uniqueKeys: true });
    // A file of several documents has an error, too.
    if (document.errors.length > 0 || !isMap(document.contents) || document.contents.flow) return undefined;
    // Aliases that multiply (a "billion laughs") are an error here.
    try {
      return new YamlFile(text, document.contents, document.toJS({ maxAliasCount: 100 }) as Record<string, unknown>);
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      return undefined;
    }
  }

  /** Adds a key with its lines at the end of the file. */
  append(lines: readonly string[]): Insertion {
    const gap = this.#text.endsWith('\n') ? '\n' : '\n\n';
    return { at: this.#text.length, text: `${gap}${lines.join('\n')}\n` };
  }

  /**
   * Adds lines before the first member of the mapping or list at a path of keys, indented as that is.
   *
   * @returns undefined when there is no such block, or none with lines of its own
   */
  prepend(path: readonly string[], lines: readonly string[]): Insertion | undefined {
    let node: unknown = this.#top;
    for (const key of path) node = isMap(node) ? node.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.value : undefined;
    if (isMap(node)) return node.flow ? undefined : this.#before(node.items[0], lines);
    if (isSeq(node)) return node.flow ? undefined : this.#before(node.items[0], lines);
    return undefined;
  }

  /** Comments right above a member belong to it. */
  #aboveComments(line: number): number {
    for (let at = line; ;) {
      const above = this.#text.lastIndexOf('\n', at - 2) + 1;
      if (at === 0 || !/^\s*#/.test(this.#text.slice(above, at))) return at;
      at = above;
    }
  }

  #before(first: unknown, lines: readonly string[]): Insertion | undefined {
    const node = isNode((first as Pair | undefined)?.key) ? (first as Pair<Node>).key : isNode(first) ? first : undefined;
    const start = node?.range?.[0];
    if (start === undefined) return undefined;
    const line = this.#text.lastIndexOf('\n', start - 1) + 1;
    const [, indentation, dash] = /^( *)(- +)?$/.exec(this.#text.slice(line, start)) ?? [];
    if (indentation === undefined) return undefined;
    // Of a list, the first line brings its dash itself.
    if ((dash !== undefined) !== lines[0]!.startsWith('- ')) return undefined;
    return { at: this.#aboveComments(line), text: lines.map((text) => `${indentation}${text}\n`).join('') };
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}
