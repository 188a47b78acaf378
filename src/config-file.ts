/**
 * One configuration file: its text -> checked contents, or a sentence with file, line, column and the nearest name that
 * would have been right. Loaded only when there is a configuration. No value of the file is ever quoted.
 */
import { parse, type AnyNode, type ArrayNode, type ObjectNode, type ValueNode } from '@humanwhocodes/momoa';
import type { Preset, RuleId, Severity, UserSink } from '../rules/contract.js';
import type { JsonSchema } from './config-schema.js';
import { JwtlintError } from './errors.js';
import { globProblem } from './glob.js';
import { nearest } from './nearest.js';

/** What a configuration may hold, as it was written. */
export interface ConfigContents {
  readonly extends?: string;
  readonly preset?: Preset;
  readonly rules?: ConfiguredRules;
  readonly overrides?: readonly { readonly files: readonly string[]; readonly rules: ConfiguredRules }[];
  readonly ignore?: readonly string[];
  readonly contexts?: Readonly<Record<string, readonly string[]>>;
  readonly sinks?: readonly UserSink[];
  readonly secretNames?: readonly string[];
  readonly secretSources?: readonly string[];
}

export type ConfiguredRules = Readonly<Record<RuleId, Severity | readonly [Severity, object?]>>;

/** A checked configuration, and where it says whom it extends, for a complaint about that. */
export interface ConfigFile {
  readonly contents: ConfigContents;
  /** Makes an error that points at `extends`. */
  complain(message: string, hint?: string): JwtlintError;
}

/** Deeper than this nothing in a configuration is; the JSON parser is recursive. */
const DEEPEST = 100;

/**
 * Reads a configuration.
 * @param file Its name, for messages.
 * @param key The key of the file that holds the configuration (`jwtlint` of package.json); undefined for the whole file.
 * @throws JwtlintError `config`
 */
export function readConfig(file: string, text: string, schema: JsonSchema, key?: string): ConfigFile {
  if (nesting(text) > DEEPEST) throw problem(file, 1, 1, 'the configuration is nested too deeply');
  const whole = parsed(file, text, key === undefined);
  const node = key === undefined || whole.type !== 'Object' ? whole : memberOf(whole, key)?.value;
  if (node === undefined) throw problem(file, 1, 1, `there is no key "${key}"`);
  const contents = new Check(file, schema).value(node, schema, []) as ConfigContents;
  return {
    contents,
    complain: (message, hint) => at(file, (node.type === 'Object' && memberOf(node, 'extends')?.value) || node, message, hint),
  };
}

function problem(file: string, line: number, column: number, message: string, hint?: string, cause?: unknown): JwtlintError {
  return new JwtlintError('config', `${file}:${line}:${column}: ${message}`, hint, { cause });
}

function at(file: string, node: AnyNode, message: string, hint?: string): JwtlintError {
  return problem(file, node.loc.start.line, node.loc.start.column, message, hint);
}

function parsed(file: string, text: string, comments: boolean): ValueNode {
  try {
    return parse(text, { mode: comments ? 'jsonc' : 'json', allowTrailingCommas: comments }).body;
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    // The parser's own sentence may quote the file.
    const { line, column } = cause as Error & { line?: number; column?: number };
    throw problem(file, line ?? 1, column ?? 1, 'this is not valid JSON here', undefined, cause);
  }
}

/** How deep brackets are nested at most; brackets in comments count, which does no harm. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '\\' && quoted) index++;
    else if (character === '"' || (character === '\n' && quoted)) quoted = character === '"' && !quoted;
    else if (!quoted && (character === '{' || character === '[')) deepest = Math.max(deepest, ++depth);
    else if (!quoted && (character === '}' || character === ']')) depth--;
  }
  return deepest;
}

function nameOf(member: ObjectNode['members'][number]): string {
  return member.name.type === 'String' ? member.name.value : member.name.name;
}

/** The last member of a name, as JSON.parse has it. */
function memberOf(node: ObjectNode, name: string): ObjectNode['members'][number] | undefined {
  return node.members.findLast((member) => nameOf(member) === name);
}

const ANYTHING: JsonSchema = {};

type JsonType = NonNullable<JsonSchema['type']>;

function typeOf(node: ValueNode): JsonType | 'null' {
  switch (node.type) {
    case 'Object':
      return 'object';
    case 'Array':
      return 'array';
    case 'String':
      return 'string';
    case 'Boolean':
      return 'boolean';
    case 'Number':
      return Number.isInteger(node.value) ? 'integer' : 'number';
    default:
      return 'null';
  }
}

const NAME_OF_TYPE: Readonly<Record<JsonType, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

/** Keywords that say nothing about a value. */
const ANNOTATIONS = ['$schema', '$defs', 'title', 'description', 'default'];

/** Checks a JSON tree against the part of JSON Schema that {@link JsonSchema} names, and gives its value. */
class Check {
  constructor(
    private readonly file: string,
    private readonly root: JsonSchema,
  ) {}

  /** @param path Keys and indexes that lead to the node. */
  value(node: ValueNode, schema: JsonSchema, path: readonly string[]): unknown {
    const found = typeOf(node);
    const rules = this.#alternative(schema, found);
    const subject = path.length === 0 ? 'the configuration' : `"${path.join('.')}"`;
    const fail = (message: string, hint?: string): JwtlintError => at(this.file, node, `${subject} ${message}`, hint);
    if (rules === undefined) {
      const types = this.#resolved(schema).anyOf!.map((each) => NAME_OF_TYPE[this.#resolved(each).type!]);
      throw fail(`must be ${types.join(' or ')}`);
    }
    if (rules.type !== undefined && rules.type !== found && !(rules.type === 'number' && found === 'integer')) {
      throw fail(`must be ${NAME_OF_TYPE[rules.type]}`);
    }
    switch (node.type) {
      case 'Object':
        return this.#object(node, rules, path, fail);
      case 'Array':
        return this.#array(node, rules, path, fail);
      case 'String':
        this.#string(node.value, rules, path, fail);
        return node.value;
      case 'Number':
        if (rules.minimum !== undefined && node.value < rules.minimum) throw fail(`must be ${rules.minimum} or more`);
        if (rules.maximum !== undefined && node.value > rules.maximum) throw fail(`must be ${rules.maximum} or less`);
        return node.value;
      case 'Boolean':
        return node.value;
      default:
        return null;
    }
  }

  /** The schema itself, or of its alternatives the one for the type. */
  #alternative(schema: JsonSchema, type: JsonType | 'null'): JsonSchema | undefined {
    const resolved = this.#resolved(schema);
    if (resolved.anyOf === undefined) return resolved;
    return resolved.anyOf.map((each) => this.#resolved(each)).find((each) => each.type === type);
  }

  #resolved(schema: JsonSchema): JsonSchema {
    const unknown = Object.keys(schema).find((keyword) => !KEYWORDS.has(keyword));
    if (unknown !== undefined) throw new Error(`A schema uses the keyword ${unknown}, which the check of configurations does not know.`);
    const name = schema.$ref?.replace('#/$defs/', '');
    return name === undefined ? schema : this.root.$defs![name]!;
  }

  #object(node: ObjectNode, schema: JsonSchema, path: readonly string[], fail: Fail): object {
    const known = schema.properties ?? {};
    const result = Object.create(null) as Record<string, unknown>;
    for (const member of node.members) {
      const name = nameOf(member);
      const inside = Object.hasOwn(known, name) ? known[name]! : (schema.additionalProperties ?? true);
      if (inside === false) {
        const noun = path.at(-1) === 'rules' ? 'rule' : 'key';
        const meant = nearest(name, Object.keys(known));
        const hint = meant === undefined ? `Known ${noun}s: ${Object.keys(known).join(', ')}.` : `Did you mean "${meant}"?`;
        throw at(this.file, member, `unknown ${noun} "${name.slice(0, 60)}"`, hint);
      }
      if (Object.hasOwn(result, name))
        throw at(this.file, member, `"${name.slice(0, 60)}" is given twice`, 'Only one of them would count.');
      result[name] = this.value(member.value, inside === true ? ANYTHING : inside, [...path, name]);
    }
    const missing = schema.required?.find((name) => !Object.hasOwn(result, name));
    if (missing !== undefined) throw fail(`needs the key "${missing}"`);
    return result;
  }

  #array(node: ArrayNode, schema: JsonSchema, path: readonly string[], fail: Fail): unknown[] {
    const { minItems = 0, maxItems = Infinity, prefixItems = [], items = true } = schema;
    if (node.elements.length < minItems) throw fail(`must not be ${minItems === 1 ? 'empty' : `shorter than ${minItems}`}`);
    if (node.elements.length > maxItems) {
      throw fail(maxItems === 1 && prefixItems.length === 1 ? 'takes no options' : `must not have more than ${maxItems} entries`);
    }
    const values = node.elements.map((element, index) => {
      const inside = prefixItems[index] ?? items;
      if (inside === false) throw fail(`must not have more than ${index} entries`);
      return this.value(element.value, inside === true ? ANYTHING : inside, [...path, String(index)]);
    });
    if (schema.uniqueItems && new Set(values.map((value) => JSON.stringify(value))).size < values.length)
      throw fail('must not hold an entry twice');
    return values;
  }

  #string(value: string, schema: JsonSchema, path: readonly string[], fail: Fail): void {
    const { minLength = 0, maxLength = Infinity } = schema;
    if (schema.enum && !schema.enum.includes(value)) {
      const meant = nearest(value, schema.enum);
      const choices = schema.enum.map((choice) => `"${choice}"`);
      throw fail(
        `must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`,
        meant === undefined ? undefined : `Did you mean "${meant}"?`,
      );
    }
    // JSON Schema counts characters, not UTF-16 code units.
    const length = minLength > 0 || maxLength < Infinity ? [...value].length : 0;
    if (length < minLength) throw fail(minLength === 1 ? 'must not be empty' : `must have ${minLength} characters or more`);
    if (length > maxLength) throw fail(`must have ${maxLength} characters or less`);
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value))
      throw fail('is not written as it should be', schema.description);
    const isGlob = path[0] === 'ignore' || path[0] === 'contexts' || (path[0] === 'overrides' && path[2] === 'files');
    const wrong = isGlob ? globProblem(value) : undefined;
    if (wrong !== undefined) throw fail(`is no usable glob: ${wrong}`);
  }
}

type Fail = (message: string, hint?: string) => JwtlintError;

/** What a schema may use. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...ANNOTATIONS,
  ...[
    '$ref',
    'type',
    'anyOf',
    'enum',
    'properties',
    'required',
    'additionalProperties',
    'items',
    'prefixItems',
    'minItems',
    'maxItems',
    'uniqueItems',
  ],
  ...['minLength', 'maxLength', 'pattern', 'minimum', 'maximum'],
]);
