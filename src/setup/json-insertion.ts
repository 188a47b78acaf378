/** Where a member goes in a JSON file, so that all that was there stays as it is. */
import { parse, type MemberNode, type ObjectNode } from '@humanwhocodes/momoa';
import type { Insertion } from './edit.js';

/** A JSON file that is an object. */
export class JsonFile {
  readonly #text: string;
  readonly #top: ObjectNode;

  private constructor(text: string, top: ObjectNode) {
    this.#text = text;
    this.#top = top;
  }

  /** Undefined for what is no such file. */
  static read(text: string): JsonFile | undefined {
    try {
      const { body } = parse(text, { mode: 'json', ranges: true });
      return body.type === 'Object' ? new JsonFile(text, body) : undefined;
    } catch (error) {
      // What the parser refuses is a syntax error of its own making, with a position.
      if (!(error instanceof Error && 'offset' in error)) throw error;
      return undefined;
    }
  }

  /** The text of a string at a path of keys; undefined when there is none. */
  string(path: readonly string[]): string | undefined {
    const value = this.#at(path)?.value;
    return value?.type === 'String' ? value.value : undefined;
  }

  /** True when there is an object at a path of keys. */
  hasObject(path: readonly string[]): boolean {
    return this.#objectAt(path) !== undefined;
  }

  /** Adds text at the start of a string. */
  prependToString(path: readonly string[], text: string): Insertion {
    const value = this.#at(path)!.value;
    return { at: value.range![0] + 1, text: JSON.stringify(text).slice(1, -1) };
  }

  /** Adds text at the end of a string. */
  appendToString(path: readonly string[], text: string): Insertion {
    const value = this.#at(path)!.value;
    return { at: value.range![1] - 1, text: JSON.stringify(text).slice(1, -1) };
  }

  /** Adds members at the start of an object, in the way it is laid out. */
  prependMembers(path: readonly string[], members: readonly (readonly [key: string, value: string])[]): Insertion {
    const object = this.#objectAt(path)!;
    const start = object.range![0] + 1;
    const written = members.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
    const first = object.members[0];
    const gap = first ? this.#text.slice(start, first.range![0]) : '';
    return {
      at: start,
      text: written.map((member, index) => `${gap}${member}${first || index < written.length - 1 ? ',' : ''}`).join(first ? '' : ' '),
    };
  }

  #at(path: readonly string[]): MemberNode | undefined {
    const object = this.#objectAt(path.slice(0, -1));
    return object?.members.find(({ name }) => (name.type === 'String' ? name.value : name.name) === path.at(-1));
  }

  #objectAt(path: readonly string[]): ObjectNode | undefined {
    let object: ObjectNode | undefined = this.#top;
    for (const key of path) {
      const value: MemberNode['value'] | undefined = object?.members.find(
        ({ name }) => (name.type === 'String' ? name.value : name.name) === key,
      )?.value;
      object = value?.type === 'Object' ? value : undefined;
    }
    return object;
  }
}
