/**
 * The JSON schema of the configuration, made from the rules. schema.json is this for jwtlint's own rules, and the
 * configuration is checked against it (src/config-file.ts), so that editors and the command line cannot disagree.
 */
import type { Preset, OptionsSchema, RuleId, Severity } from '../rules/contract.js';
import { LONGEST_GLOB } from './glob.js';

/** What the configuration has to know of a rule. */
export interface ConfigurableRule {
  readonly id: RuleId;
  readonly title: string;
  /** Absent for a rule without options. */
  readonly options?: { readonly schema: OptionsSchema };
}

/** The part of JSON Schema 2020-12 that src/config-file.ts knows; options of rules may use this and nothing else. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  /** Alternatives, told apart by their `type`. */
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: boolean | JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

const SEVERITIES: readonly Severity[] = ['off', 'info', 'warning', 'error'];

const PRESETS: readonly Preset[] = ['recommended', 'strict', 'all'];

/** Where a sink takes something: `arg[0]`, `arg[1].secret`. */
const POSITION: JsonSchema = {
  type: 'string',
  pattern: '^arg\\[[0-9]\\][A-Za-z0-9_$.]{0,100}$',
  description: 'Which argument, and which member of it: arg[1], arg[0].jwt.secret.',
};

const NAMES: JsonSchema = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 100 } };

const GLOBS: JsonSchema = { type: 'array', items: { type: 'string', minLength: 1, maxLength: LONGEST_GLOB } };

/** The schema of a configuration that sets these rules. */
export function configSchema(rules: readonly ConfigurableRule[]): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of jwtlint: jwtlint.config.json, or the key "jwtlint" of package.json',
    description: 'The nearest configuration above a file counts. Globs count from the directory of the configuration that holds them.',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      extends: {
        type: 'string',
        minLength: 1,
        description: '"root" for the configuration at the root of the repository, or a path relative to this file.',
      },
      preset: {
        type: 'string',
        enum: PRESETS,
        description:
          'recommended (the default): what is certain or likely; strict: what is only possible too; all: by the rules that are off by default as well.',
      },
      rules: { $ref: '#/$defs/rules', description: 'Severity of each rule, or a list of its severity and its options.' },
      overrides: {
        type: 'array',
        description: 'Rules for some files only; later entries win.',
        items: {
          type: 'object',
          required: ['files', 'rules'],
          additionalProperties: false,
          properties: {
            files: { ...GLOBS, minItems: 1, description: 'Globs; one that fits is enough.' },
            rules: { $ref: '#/$defs/rules', description: 'As above, for these files.' },
          },
        },
      },
      ignore: { ...GLOBS, description: 'Files that are not scanned.' },
      contexts: {
        type: 'object',
        description:
          'Files of tests, examples, docs, dependencies or of a name of your own, where only what looks real counts; replaces the usual patterns of that name.',
        properties: { test: GLOBS, example: GLOBS, docs: GLOBS },
        additionalProperties: GLOBS,
      },
      sinks: {
        type: 'array',
        description: 'Functions and methods of your own that take a key.',
        items: {
          type: 'object',
          required: ['name', 'kind'],
          additionalProperties: false,
          properties: {
            module: { type: 'string', minLength: 1, description: 'As imports write it; without it, name is a method of any object.' },
            name: { type: 'string', minLength: 1, description: 'The export or method.' },
            kind: {
              type: 'string',
              enum: ['sign', 'verify', 'config'],
              description: 'What it does with the key; config: it keeps it for later.',
            },
            key: POSITION,
            algorithms: POSITION,
            payload: POSITION,
          },
        },
      },
      secretNames: { ...NAMES, description: 'Further names of settings, variables and properties that hold signing secrets.' },
      secretSources: { ...NAMES, description: 'Functions and methods that read the environment, e.g. config.get.' },
    },
    $defs: {
      severity: { type: 'string', enum: SEVERITIES },
      rules: {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(rules.map((rule) => [rule.id, ruleSchema(rule)])),
      },
    },
  };
}

function ruleSchema({ title, options }: ConfigurableRule): JsonSchema {
  const severity: JsonSchema = { $ref: '#/$defs/severity' };
  const prefixItems = options ? [severity, options.schema as JsonSchema] : [severity];
  return {
    description: `${title}.`,
    anyOf: [severity, { type: 'array', prefixItems, items: false, minItems: 1, maxItems: prefixItems.length }],
  };
}
