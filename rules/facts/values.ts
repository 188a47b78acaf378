/**
 * What an expression can be worth, as far as reading the code tells: the vocabulary of origins.
 * Values are plain data without AST nodes, so that a module's exports can be kept after its AST is gone.
 */
import type { Place, Step } from '../contract.js';
import type { Api } from './libraries.js';

/** How a literal came to stand in for something that was not given. */
export interface Fallback {
  /** What is asked first: the environment, a configuration getter, an argument, or something unknown. */
  readonly of: 'environment' | 'config' | 'argument' | 'unknown';
  /** Name of the variable or key asked first, when known. */
  readonly name: string | undefined;
  /** Index of the enclosing function's parameter that holds the name, filled in at the call. */
  readonly nameParameter?: number;
  /** What is asked first, while other files decide what that is. */
  readonly asked?: readonly Value[];
}

/** How text becomes bytes. */
export type Encoding = 'utf8' | 'hex' | 'base64' | 'base64url' | 'latin1';

interface ValueBase {
  /** Where the value is written. */
  readonly at: Place;
  /** The way from there to the expression that was asked about. */
  readonly steps: readonly Step[];
  readonly fallback?: Fallback;
  /** True where it is known to have become bytes (TextEncoder, Buffer, KeyObject). */
  readonly bytes?: boolean;
  /** How it became bytes, where the code says so. */
  readonly encoding?: Encoding;
  /** The parameter that it is the default of: only where a call gives nothing for that. */
  readonly standsFor?: Pick<ParameterValue, 'owner' | 'index' | 'path'>;
}

/** Text, possibly as bytes of it: `encoding` says how a string becomes key bytes. */
export interface TextValue extends ValueBase {
  readonly kind: 'text';
  readonly text: string;
  /** `utf8` unless the code decodes it (`Buffer.from(x, 'hex')`). */
  readonly encoding: Encoding;
  readonly bytes: boolean;
  /** Name under which it was declared, e.g. `JWT_SECRET`; names the finding's symbol. */
  readonly name: string | undefined;
}

export interface NumberValue extends ValueBase {
  readonly kind: 'number';
  readonly value: number;
}

export interface BooleanValue extends ValueBase {
  readonly kind: 'boolean';
  readonly value: boolean;
}

/** `undefined` or `null`, written out. */
export interface NullishValue extends ValueBase {
  readonly kind: 'nullish';
}

/** A read of the environment or of configuration. */
export interface EnvironmentValue extends ValueBase {
  readonly kind: 'environment';
  readonly source: 'environment' | 'config';
  readonly name: string | undefined;
  /** Where it is made into text whether it is there or not: a missing one becomes "undefined". */
  readonly stringified?: Place;
  /** Where the code asserts, without a check, that it is there: `process.env.X!`, `as string`. */
  readonly asserted?: Place | undefined;
  /** Index of the enclosing function's parameter that holds the name (`env(name)`), filled in at the call. */
  readonly nameParameter?: number;
}

/** Bytes from a CSPRNG; `size` in bytes when known. */
export interface RandomValue extends ValueBase {
  readonly kind: 'random';
  readonly size: number | undefined;
}

/** The whole environment (`process.env`), before a name is taken from it. */
export interface EnvironmentObject extends ValueBase {
  readonly kind: 'environment-object';
}

export interface ObjectValue extends ValueBase {
  readonly kind: 'object';
  readonly members: ReadonlyMap<string, readonly Value[]>;
  /** True when a spread or computed key may add or change members that are not listed. */
  readonly open: boolean;
  /** What is spread into it from other files or by callers, where nothing else leaves it open. */
  readonly spread?: readonly Value[];
  /** Only what is not listed is open: an object of a class, or one whose members say what may be spread over them. */
  readonly fixed?: 'class' | 'literal';
  /** Of a class of another file: what its constructor hands on, and what it passes to other functions. */
  readonly handsOn?: readonly HandedOn[];
  readonly passesOn?: readonly PassedOn[];
  /** Of a class of another file: what its objects are. */
  readonly object?: ObjectValue;
}

export interface ArrayValue extends ValueBase {
  readonly kind: 'array';
  readonly elements: readonly (readonly Value[])[];
  readonly open: boolean;
  /** As of an {@link ObjectValue}; where its elements stand among the others is not kept. */
  readonly spread?: readonly Value[];
}

/** A function of the scanned source, by what it returns and what it hands to a callback parameter. */
export interface FunctionValue extends ValueBase {
  readonly kind: 'function';
  readonly returns: readonly Value[];
  /** Values given to parameters that are called (`(req, token, done) => done(null, 'x')`), last argument of each such call. */
  readonly yields: readonly Value[];
  /** Of a function of another file. */
  readonly handsOn?: readonly HandedOn[];
  readonly passesOn?: readonly PassedOn[];
}

/** A library's call that a function makes with something of its parameters in it. */
export interface HandedOn {
  readonly package: string;
  readonly version: string | undefined;
  /** As the table describes the call. */
  readonly api: Api;
  /** The function whose parameters they are. */
  readonly owner: Place;
  /** The arguments of the library's call, as far as callers of the function give them. */
  readonly args: readonly (readonly Value[])[];
  /** What the function itself has: the algorithm of a signature, and the kind of the key. */
  readonly algorithm: string | undefined;
  readonly key: KeyKind;
  /** The one key that the function has itself. */
  readonly ownKey?: readonly Value[];
  /** Where the library's call stands that signs tokens to which nothing but their claims can give an end. */
  readonly endless?: Place;
}

/** A call of a function of yet another file, with something of the own parameters in its arguments. */
export interface PassedOn {
  readonly to: ImportValue;
  /** The function whose parameters they are. */
  readonly owner: Place;
  readonly args: readonly (readonly Value[])[];
}

/** A secret of the service's own, or the public key of whoever signs. */
export type KeyKind = 'secret' | 'public' | 'unknown';

/** Something imported: `path` is the member path from the module's namespace, e.g. `['default', 'verify']`. */
export interface ImportValue extends ValueBase {
  readonly kind: 'import';
  readonly specifier: string;
  readonly path: readonly string[];
  /** An object of an imported class or factory rather than the import itself. */
  readonly instance?: boolean;
  /** Path of the file whose import it is: relative specifiers are resolved against it. */
  readonly from: string;
  /** As of an {@link EnvironmentValue}, for what the other file may have read. */
  readonly asserted?: Place | undefined;
}

/** Key material made by a library call around other values (createPublicKey, importSPKI, a JWKS client). */
export interface KeyValue extends ValueBase {
  readonly kind: 'key';
  readonly type: 'public' | 'private' | 'jwks' | 'unknown';
}

/** A parameter of a function of the scanned source, until a call says what is given; `path` are members read from it. */
export interface ParameterValue extends ValueBase {
  readonly kind: 'parameter';
  /** Where the function stands. */
  readonly owner: Place;
  readonly index: number;
  readonly path: readonly string[];
}

/** What a function of another file returns for these arguments, until that file is read; `path` are members read from it. */
export interface CallValue extends ValueBase {
  readonly kind: 'call';
  readonly callee: ImportValue;
  readonly args: readonly (readonly Value[])[];
  readonly path: readonly string[];
}

/** Something that reading cannot tell; silent for every rule. */
export interface UnknownValue extends ValueBase {
  readonly kind: 'unknown';
  /** What the expression is called where it is read (`config.jwt.secret` -> `secret`): a hint for people's sake, never proof. */
  readonly name?: string;
  /** It is what a file holds; {@link name} is that of the file where it is known. */
  readonly file?: true;
  /** Everything that decides the value, when that much is known. */
  readonly made?: Making;
}

/** How a value is computed from others. */
export interface Making {
  /** Text put together, picked or counted; one text repeated; a digest; a key derivation. */
  readonly by: 'composition' | 'repetition' | 'digest' | 'derivation';
  /** Possible values of each part: nothing else goes into the result. */
  readonly of: readonly (readonly Value[])[];
  /** Values in all parts together: bounds every walk over them. */
  readonly size: number;
}

export type Value =
  | TextValue
  | NumberValue
  | BooleanValue
  | NullishValue
  | EnvironmentValue
  | EnvironmentObject
  | RandomValue
  | ObjectValue
  | ArrayValue
  | FunctionValue
  | ImportValue
  | KeyValue
  | ParameterValue
  | CallValue
  | UnknownValue;
