/**
 * The contract between rules and their hosts: what a rule is given (subjects), what it gives back (findings),
 * and the few things it cannot do itself (ports). Types and one identity function; nothing here runs.
 *
 * Two words are used throughout: an *offset* counts UTF-16 code units in a file's decoded text (as ESTree ranges do),
 * and a *path* is relative to the scanned root, with forward slashes on every platform.
 */
import type { TSESTree } from '@typescript-eslint/types';

/** The id of a rule: the name of its file, e.g. `no-hardcoded-secret`. */
export type RuleId = string;

/** How loud a finding is. `error` fails a run, `warning` is printed, `info` is shown on request. */
export type Level = 'error' | 'warning' | 'info';

/** What a user may set a rule to. */
export type Severity = Level | 'off';

/**
 * How much is reported. `recommended`: what is certain or likely, by rules that hold for everybody. `strict`: what is only
 * possible too. `all`: by the rules that are off by default as well.
 */
export type Preset = 'recommended' | 'strict' | 'all';

/** How sure a rule is: `certain` when the value or call itself proves it, `possible` when only circumstances speak. */
export type Confidence = 'certain' | 'likely' | 'possible';

/** A half-open range of offsets, `start` up to but not including `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A span in a named file. */
export interface Place extends Span {
  readonly path: string;
}

/** One station of a value on its way from the literal to the call; `label` is a short phrase without any value. */
export interface Step {
  readonly place: Place;
  readonly label: string;
}

/** A change to a text: `text` in the place of the span. */
export interface Edit extends Span {
  readonly text: string;
}

/** Changes to one file; they do not overlap. */
export interface FileEdits {
  readonly path: string;
  /** The file is not there yet. */
  readonly creates?: true;
  readonly edits: readonly Edit[];
}

/** A change that mends what a finding is about. It holds nothing of the value (RULES.md, law 4). */
export interface Suggestion {
  /** What it does, as a sentence without full stop. */
  readonly title: string;
  /** To the file of the finding's anchor; they do not overlap. Several suggestions may share edits, which then are made once. */
  readonly edits: readonly Edit[];
  /** To other files, without which those to the anchor's file are not to be made. */
  readonly elsewhere?: readonly FileEdits[];
  /** The environment variable that the code reads afterwards in place of a value that was written there. */
  readonly variable?: {
    readonly name: string;
    /** How the code makes bytes of it. */
    readonly encoding: 'utf8' | 'hex' | 'base64' | 'base64url' | 'latin1';
    /** The algorithm that it is a key of, when known. */
    readonly algorithm: string | undefined;
  };
  /** The variable is read when a script is evaluated, which is before the package loads its env file. */
  readonly tooEarly?: true;
  /** Scripts that declare the variables of the environment, and of which none alone could be told about this one. */
  readonly undeclared?: readonly string[];
  /** The script that a function is added to which others may need as well; see {@link Neighbours.sharedReader}. */
  readonly declaresIn?: string;
  /** A variable gets a place in a schema, which asks for more than that it is there. */
  readonly demands?: { readonly variable: string; readonly characters: number };
  /** Lines for the end of the anchor's file, which need not be there yet. */
  readonly lines?: readonly string[];
  /** Where a value drawn anew goes, when the place is right and only the value is not. Then there are no edits. */
  readonly draw?: Span;
}

/**
 * One report of one rule about one value or call. It never holds a secret: neither in `data` nor in `symbol`.
 */
export interface Finding {
  /** Which of the rule's messages. */
  readonly message: string;
  /** Fills `{{name}}` in the message. */
  readonly data?: Readonly<Record<string, string | number>>;
  /** Where the value stands; may be another file than the subject's. */
  readonly anchor: Place;
  /** The call or setting that uses the value. */
  readonly use?: Place;
  /** The way between anchor and use, in order. */
  readonly steps?: readonly Step[];
  /** Other rules that hold for the same value and do not report it again (RULES.md, law 1). */
  readonly also?: readonly RuleId[];
  /** The rule's own judgement where it differs from its default level: library version, kind of key. */
  readonly level?: Level;
  readonly confidence: Confidence;
  /** What the fingerprint names instead of a line: export, key path or call path, e.g. `config.jwtSecret`. */
  readonly symbol: string;
  /** Opaque mark of the value, made by {@link CryptoPort.mark}. */
  readonly mark?: string;
  /** True when the value looks like one that somebody uses: in tests and examples only those stay loud (law 6). */
  readonly real?: boolean;
  /**
   * An environment variable, or an option of a library's settings: the finding does not hold where another script of the package
   * stops the program without the one, or gives the other.
   */
  readonly unlessChecked?: string;
  /**
   * The change that mends it, worked out when it is asked for; undefined when there is none that is surely right.
   * @param holder the script with the anchor, where that is another one than the rule was given
   */
  suggest?(holder?: Script): Suggestion | undefined;
}

/** Where a file stands in git. `unknown` where nothing is known (no repository, an editor buffer). */
export type Tracking = 'tracked' | 'ignored' | 'untracked' | 'unknown';

/** The nearest package of a file, read from manifest and lockfile of the scanned source. */
export interface Project {
  /** `name` of the manifest, without scope. */
  readonly name: string | undefined;
  /** True when the manifest names the package in any dependency field. */
  uses(packageName: string): boolean;
  /** The locked version, else the lowest version that the manifest's range allows; undefined when neither says. */
  versionOf(packageName: string): string | undefined;
  /** True when what is installed is surely older: by the lockfile, or because the manifest's range allows nothing else. */
  isBelow(packageName: string, version: string): boolean;
  /** True for a specifier without a path in it that means files of the repository: mapped by a tsconfig, or a package of the workspace. */
  owns(specifier: string): boolean;
}

/** What is known of a key after looking into it. */
export interface KeyMaterial {
  readonly kind: 'private' | 'public' | 'secret';
  readonly encrypted: boolean;
  /** node:crypto's `asymmetricKeyType`, `oct` for symmetric keys, undefined when encrypted. */
  readonly type: string | undefined;
  /** RSA modulus length or symmetric key length, in bits. */
  readonly bits: number | undefined;
  /** Named curve as node:crypto says it, e.g. `prime256v1`. */
  readonly curve: string | undefined;
}

/** A key in one of the forms that a file can hold it. */
export type KeyInput = { readonly pem: string } | { readonly der: Uint8Array } | { readonly jwk: Readonly<Record<string, unknown>> };

/** Hash functions by the names of node:crypto. */
export type HashName = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** The few things that need a cryptographic library. The host gives them, so that rules run anywhere. */
export interface CryptoPort {
  /**
   * An opaque mark of a value: equal for equal values of one run, and never reported.
   * @param guessesLog2 Guesses needed to find the value, as a power of two: of what is easier to find, nothing is ever stored.
   */
  mark(value: string, guessesLog2: number): string;
  /** Equal for equal values of one run, says nothing of them, and is never reported. */
  identity(value: string): string;
  /**
   * Whether a signature of a JWS (RFC 7515, 5.2) was made with a secret, as text or the bytes that it encodes.
   * @param input header and payload, with the dot between
   */
  signed(algorithm: 'HS256' | 'HS384' | 'HS512', secret: string, input: string, signature: string): boolean;
  /** The digest of a text in UTF-8, in lower case hex; undefined where the machine does not allow the function. */
  digest(hash: HashName, text: string): string | undefined;
  /** Looks into key material; undefined when it is no key at all (elided, broken, prose). */
  inspectKey(input: KeyInput): KeyMaterial | undefined;
  /** Seconds since the epoch; a port, so that the same input gives the same report. */
  now(): number;
}

/** A call of the user's own code that takes a key (configuration `sinks`). */
export interface UserSink {
  /** Module specifier as imports write it, or undefined for a method of any object. */
  readonly module?: string;
  /** Export of the module, or name of the method. */
  readonly name: string;
  readonly kind: 'sign' | 'verify' | 'config';
  /** Positions as `arg[0].secret`. */
  readonly key?: string;
  readonly algorithms?: string;
  readonly payload?: string;
}

/** The user's own world, from the configuration. */
export interface Vocabulary {
  readonly sinks: readonly UserSink[];
  /** Further names (of settings, variables, properties) that hold signing secrets; matched whole, ignoring case and separators. */
  readonly secretNames: readonly string[];
  /** Functions or methods that read the environment, e.g. `config.get`, `env`. */
  readonly secretSources: readonly string[];
}

/** What every subject has. */
export interface Subject {
  readonly path: string;
  /** Decoded text, without a byte order mark. Of binary files a character for each byte, in which keys and tokens may stand. */
  readonly text: string;
  readonly tracking: Tracking;
  readonly project: Project;
  readonly crypto: CryptoPort;
  readonly vocabulary: Vocabulary;
}

/** A JavaScript or TypeScript file. */
export interface Script extends Subject {
  /** A TS-ESTree program from any parser: only the shape, offsets (`range` or `start`/`end`) and {@link visitorKeys} are relied on. */
  readonly ast: TSESTree.Program;
  readonly visitorKeys: Readonly<Record<string, readonly string[] | undefined>>;
  /**
   * The module that `specifier` means when imported from the file `from`: undefined when it is not part of the scanned
   * source (a package, a missing file) or not loaded yet; the host loads what was asked for and analyses again.
   */
  imports(specifier: string, from: string): ModuleSummary | undefined;
  /** Absent where only one file can be changed, so that nobody need look for others. */
  readonly neighbours?: Neighbours;
  /** False where the host reads no other file: what an import would give is unknown then, and not absent. */
  readonly followsImports?: false;
  /** Where the host compares what other scripts of the package check when they start; see {@link Finding.unlessChecked}. */
  readonly comparesChecks?: true;
}

/** Other scripts of the same package, which a change may concern too. */
export interface Neighbours {
  /** Those that read the environment for others, the most imported first. */
  environmentScripts(): readonly ImportableScript[];
  /** Those that declare modules of Nest. */
  nestModules(): readonly Script[];
  /** True where an env file is loaded only after scripts have been evaluated, so that they find nothing of it then. */
  loadsLate(): boolean;
  /** All signatures: names of their keys' sources, and their algorithm when it is known. */
  signatures(): readonly { readonly keys: readonly string[]; readonly algorithm: string | undefined }[];
  /** The module of the function that reads the environment, where more than one script would declare it; `text` until it is there. */
  sharedReader(): { readonly path: string; readonly specifier: string; readonly text: string | undefined } | undefined;
  /** Scripts that declare the variables of `process.env` by `interface ProcessEnv`. */
  environmentTypes(): readonly Script[];
  /** A script that a type may come from; undefined for any other. */
  script(path: string): Script | undefined;
  /** The path that a specifier means when imported from a file of the package; undefined for what is none of its files. */
  resolve(specifier: string, from: string): string | undefined;
}

/** Another script of the package, and how a script can import it. */
export interface ImportableScript {
  readonly script: Script;
  /** Scripts nearby that import it, the nearest first: `theirs` is how they write it, `ours` the same as seen from the importing script. */
  readonly examples: readonly { readonly script: Script; readonly theirs: string; readonly ours: string }[];
}

/** What one module gives to others, free of any AST. See rules/facts/values.ts for values. */
export interface ModuleSummary {
  readonly path: string;
  /** The package of the table that others get this module of, in the repository where that is made. */
  readonly library?: string;
  /** Values by exported name; `default` for the default export or `module.exports`. */
  readonly exports: ReadonlyMap<string, readonly import('./facts/values.js').Value[]>;
  /** Specifiers of `export * from`. */
  readonly reexports: readonly string[];
  /** Environment variables without which the module stops the program when it is loaded. */
  readonly checks: readonly string[];
  /** It runs under a test runner, which it imports itself. */
  readonly isTest: boolean;
  /** It calls something that is named as a check of tokens is: `verify`, `authenticate`, `validateToken`. */
  readonly verifies: boolean;
}

/** One key and value of a settings file. */
export interface SettingsEntry {
  /** Key path from the root, e.g. `['services', 'api', 'environment', 'JWT_SECRET']`; array members by their index. */
  readonly key: readonly string[];
  /** The value as a program would read it (quotes and escapes resolved), as text whatever its type. */
  readonly value: string;
  readonly type: 'string' | 'number' | 'boolean' | 'null';
  /** The value without its quotes. */
  readonly span: Span;
  readonly keySpan: Span;
  /** The value stands in base64 in the file and {@link value} is decoded (Kubernetes Secret `data`). */
  readonly encoded?: 'base64';
}

/** `http` sets variables for requests; `markdown` shows settings of all other formats in its code fences. */
export type SettingsFormat =
  'dotenv' | 'json' | 'yaml' | 'toml' | 'properties' | 'ini' | 'hcl' | 'shell' | 'dockerfile' | 'http' | 'markdown';

/** A file of keys and values. */
export interface Settings extends Subject {
  readonly format: SettingsFormat;
  /**
   * What the file is, by name and content. `env-example` is an env file whose name says that it is a template; `commands` set
   * variables, in a shell or a Dockerfile.
   */
  readonly role: 'env' | 'env-example' | 'compose' | 'kubernetes' | 'ci' | 'commands' | 'manifest' | 'config';
  readonly entries: readonly SettingsEntry[];
  readonly comments: readonly Span[];
  /**
   * Variables, and settings by their key paths, that scripts of the same project use as secrets, whatever they are called. Absent
   * where scripts are not looked at.
   */
  readonly keyVariables?: ReadonlySet<string>;
}

/** Any file, text or binary. */
export interface Text extends Subject {
  readonly bytes: Uint8Array;
  /** True when the bytes are not text in an encoding we know; {@link text} is empty then. */
  readonly binary: boolean;
}

/** What one analysed file leaves behind for the rules about the whole repository. */
export interface FileFacts {
  readonly path: string;
  readonly tracking: Tracking;
  /** What secret things the file holds, as the other rules found them. */
  readonly holds: readonly ('environment' | 'private-key')[];
  /** Signing secrets of an env file that is for one environment: equal identities are equal values. */
  readonly secrets?: readonly { readonly name: string; readonly identity: string; readonly place: Place }[];
  /** Environment variables, and settings by their key paths, that a script uses as secrets although their names do not say so. */
  readonly keyVariables?: readonly string[];
  /** Environment variables without which a script stops the program as it starts, and options that its settings of a library give. */
  readonly checks?: readonly string[];
  /** Signatures of a script that settings of another one may give an end, and such settings. */
  readonly signing?: Signing;
  /** Tokens with an HMAC signature that are good for something; they answer whether a secret signed them. */
  readonly tokens?: readonly {
    readonly place: Place;
    readonly algorithm: string;
    readonly mark: string;
    signedBy(secret: string): boolean;
  }[];
  /** Key files that the calls of a script read, by their names, with the algorithms of these calls. */
  readonly keyReads?: readonly { readonly file: string; readonly algorithms: readonly string[]; readonly place: Place }[];
  /** The key pair, or half of one, that the file is. */
  readonly pair?: Pick<KeyMaterial, 'type' | 'curve'>;
  /** Signing secrets that stand in the file; each is tried without being told. */
  readonly keys?: readonly { readonly name: string | undefined; readonly place: Place; tried(by: (secret: string) => boolean): boolean }[];
  /**
   * Environment variables for signing secrets: what a script reads, what settings give a value or a line for, and all that
   * is so much as mentioned. Undefined where none is.
   */
  readonly variables?:
    | {
        readonly by: 'script' | 'settings';
        readonly read: readonly string[];
        readonly given: readonly { readonly name: string; readonly place: Place }[];
        readonly mentioned: readonly string[];
      }
    | undefined;
}

/** What a script says of tokens whose end is a matter of the library's settings. */
export interface Signing {
  /** Tokens without an end of their own. */
  readonly endless: readonly { readonly package: string; readonly call: string; readonly example: string; readonly place: Place }[];
  /** Settings that are for all tokens of a package; `ends` is undefined where nobody can tell. */
  readonly settings: readonly { readonly package: string; readonly ends: boolean | undefined; readonly place: Place }[];
}

/** A way by which a file of the work tree leaves it without git. */
export interface Publication {
  readonly path: string;
  /** An image that a Dockerfile describes, or a package that npm publishes. */
  readonly to: 'image' | 'package';
  /** The Dockerfile or manifest that says so. */
  readonly by: string;
  /** The file where a line keeps it out, which need not be there; undefined where `files` of the manifest names it. */
  readonly ignoreFile: string | undefined;
}

/** A package that no manifest names and that comes with others, as a lockfile says. */
export interface BroughtPackage {
  readonly name: string;
  readonly version: string;
  /** Direct dependencies that need it, directly or through others; at least one. */
  readonly by: readonly { readonly name: string; readonly version: string }[];
  /** Only builds and tests need it. */
  readonly development: boolean;
  /** Where the manifest beside the lockfile names the first of them, or the beginning of the manifest. */
  readonly place: Place;
}

/** The repository as a whole. */
export interface Repository {
  /** True when {@link facts} tell of all its files; of a change they tell only of what was changed. */
  readonly whole: boolean;
  /** Paths that git tracks (in `--staged`: the index), limited to names that rules asked for and to manifests. */
  readonly facts: readonly FileFacts[];
  /** Directories with a package manifest, '' for the root, and their projects. */
  readonly projects: ReadonlyMap<string, Project>;
  /**
   * How git's ignore rules of the repository see a path (`check-ignore --no-index`, personal excludes left out);
   * undefined when the path was not among the rule's {@link Rule.probes}.
   */
  ignored(path: string): boolean | undefined;
  /** Of a commit that is being made: whether rules of the work tree, staged or not, ignore a path that {@link ignored} does not. */
  readonly ignoredByWorkTree?: (path: string) => boolean;
  /** Where files that git does not track and that hold secrets go all the same; empty unless {@link whole}. */
  readonly publications: readonly Publication[];
  /** Packages with published faults in some version that come with others; empty unless {@link whole}. */
  readonly brought: readonly BroughtPackage[];
  readonly crypto: CryptoPort;
  readonly vocabulary: Vocabulary;
}

/** The sentences of one message. `what` is the finding itself, `fix` what to do. Both may use `{{name}}` of the finding's data. */
export interface Message {
  readonly what: string;
  readonly fix: string;
}

export interface RuleDocs {
  /** One or two sentences: what an attacker gains. */
  readonly why: string;
  /** CWE numbers, the most fitting first. */
  readonly cwe: readonly number[];
  /** Titles and addresses of specifications and guides. */
  readonly references: readonly { readonly title: string; readonly url: string }[];
  /** CVSS-like number for SARIF's `security-severity`, 0.1 to 10. */
  readonly securitySeverity: number;
}

/** A JSON Schema (draft 2020-12 subset) of a rule's options object. */
export type OptionsSchema = Readonly<Record<string, unknown>>;

/** One idea of what is wrong, with a method for each kind of subject it looks at. */
export interface Rule<Options extends object = object> {
  readonly id: RuleId;
  /** A sentence without full stop: `Disallow ...` or `Require ...`. */
  readonly title: string;
  /** Default level; `off` for rules that are opinions. */
  readonly severity: Severity;
  readonly messages: Readonly<Record<string, Message>>;
  readonly docs: RuleDocs;
  readonly options?: { readonly schema: OptionsSchema; readonly defaults: Options };
  /** Some of its findings have a {@link Finding.suggest}. */
  readonly suggests?: true;
  /** It is about values that stand in the text ({@link Finding.mark}): those are leaked for good, wherever they once stood. */
  readonly values?: true;
  script?(subject: Script, options: Options): Iterable<Finding>;
  settings?(subject: Settings, options: Options): Iterable<Finding>;
  text?(subject: Text, options: Options): Iterable<Finding>;
  repository?(subject: Repository, options: Options): Iterable<Finding>;
  /** Paths whose ignore state {@link repository} will ask for. */
  probes?(subject: Omit<Repository, 'ignored'>, options: Options): Iterable<string>;
}

/** Declares a rule; the identity function, for its types. */
export function defineRule<Options extends object = object>(rule: Rule<Options>): Rule<Options> {
  return rule;
}
