/** Every use of a key in a script, with where the key comes from: what rotation and an audit ask about. */
import type { Place, Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { callsOf, type JwtCall } from './calls.js';
import { checkedVariablesAround, demandsOf, type VariableCheck } from './environment-checks.js';
import { environmentReadsOf } from './environment-reads.js';
import { keyKind, signatureAlgorithm } from './key-kinds.js';
import type { Position } from './libraries.js';
import { specifiersIn } from './modules.js';
import { mayMeanSecret, tokenName } from './names.js';
import { payloadsOf } from './payloads.js';
import { dottedName, keyName, memberName, nodesIn, placeOf, type Node } from './syntax.js';
import { importsTestRunner } from './test-runners.js';
import { purposeOf } from './token-purposes.js';
import type { Value } from './values.js';

/** Where a key can come from. */
export const KEY_ORIGINS = [
  'literal',
  'environment',
  'configuration',
  'file',
  'secret manager',
  'key management service',
  'certificate store',
  'JWKS',
  'generator',
  'unknown',
] as const;

export type KeyOrigin = (typeof KEY_ORIGINS)[number];

/** One possible source of a key. */
export interface KeySource {
  readonly origin: KeyOrigin;
  /** The variable, setting, file or package; never a value. */
  readonly name: string | undefined;
  /** A literal that stands in when the source gives nothing. */
  readonly standsIn: boolean;
}

/** One call that signs or verifies, or configures something that does. */
export interface KeyUse {
  readonly package: string;
  readonly api: string;
  readonly kind: JwtCall['api']['kind'];
  readonly place: Place;
  readonly sources: readonly KeySource[];
  readonly key: 'secret' | 'public' | 'unknown';
  /** Of a verification: `required` where the library demands them, `fixed` where it takes one alone unless it is told otherwise. */
  readonly algorithms: 'given' | 'absent' | 'unknown' | 'required' | 'fixed' | 'none';
  readonly algorithmNames: readonly string[];
  /** Of a signature: its algorithm, be it the library's default; undefined when it is not known. */
  readonly signsWith: string | undefined;
  /** Of a signature: what its token is for, and whether it ends. */
  readonly purpose: string | undefined;
  readonly expires: boolean | undefined;
  /** Of a verification: it demands an issuer or an audience. */
  readonly claims: boolean | undefined;
  /** It names its key by `kid`. */
  readonly kid: boolean;
  /** Of a verification: whether its failure is logged where it is caught; undefined where it ends elsewhere. */
  readonly logged: boolean | undefined;
}

/** What stands in a script about tokens besides calls, and where. */
export interface TokenSigns {
  /** Names of revocation: `jti`, `isRevoked`, `denylist`, `tokenVersion`. */
  readonly revocation?: Place;
  /** A cookie that scripts cannot read. */
  readonly httpOnly?: Place;
  /** A token put into the storage of a browser. */
  readonly storage?: Place;
}

/** What a script says of keys. */
export interface KeySurvey {
  readonly path: string;
  /** It runs under a test runner, which it imports itself. */
  readonly isTest: boolean;
  readonly uses: readonly KeyUse[];
  /** Environment variables for secrets that it reads. */
  readonly reads: readonly string[];
  /** Variables without which it stops. */
  readonly demands: readonly VariableCheck[];
  /** Variables that it, or a file that it imports, checks somehow. */
  readonly checked: readonly string[];
  /** Packages that it imports, by their specifiers. */
  readonly imports: readonly string[];
  readonly signs: TokenSigns;
}

const MANAGERS =
  /^(?:@aws-sdk\/client-(?:secrets-manager|ssm)|aws-sdk|@azure\/keyvault-secrets|@google-cloud\/secret-manager|node-vault|hashi-vault-js|@infisical\/sdk|@1password\/(?:sdk|connect)|@dopplerhq\/.*|@bitwarden\/sdk.*)(?:\/|$)/;
const SERVICES = /^(?:@aws-sdk\/client-kms|@azure\/keyvault-keys|@google-cloud\/kms|graphene-pk11|pkcs11js)(?:\/|$)/;
const CERTIFICATES = /^(?:@azure\/keyvault-certificates|@aws-sdk\/client-acm.*|win-ca|mac-ca|system-ca)(?:\/|$)/;

/** What a script does with keys. */
export function surveyOf(script: Script): KeySurvey {
  const imports = specifiersIn(script);
  const reads = new Set(environmentReadsOf(script, mayMeanSecret).map(({ name }) => name));
  const uses = callsOf(script)
    .filter(({ api, wrapped }) => !wrapped && api.kind !== 'decode' && (api.key !== undefined || api.kind !== 'config'))
    .map((call) => useOf(script, call, imports));
  const checked = uses.length + reads.size > 0 ? [...checkedVariablesAround(script)] : [];
  return {
    path: script.path,
    isTest: importsTestRunner(script),
    uses,
    reads: [...reads],
    demands: demandsOf(script),
    checked,
    imports,
    signs: signsIn(script, uses.length > 0),
  };
}

function useOf(script: Script, call: JwtCall, imports: readonly string[]): KeyUse {
  const { api } = call;
  const verifies = api.kind === 'verify' || (api.kind === 'config' && api.algorithms !== undefined);
  const omitted = api.omitted === 'required' || api.omitted === 'fixed' ? api.omitted : undefined;
  return {
    package: call.package,
    api: api.name,
    kind: api.kind,
    place: call.place,
    sources: distinctSources(call.keys.map((value) => sourceOf(value, imports))),
    key: keyKind(script, call),
    algorithms:
      !verifies || !api.algorithms
        ? (omitted ?? 'none')
        : call.algorithms.state === 'absent'
          ? (omitted ?? 'absent')
          : call.algorithms.state,
    algorithmNames: [...call.algorithms.names.map(({ name }) => name), ...(call.algorithm === undefined ? [] : [call.algorithm])],
    signsWith: api.kind === 'sign' ? signatureAlgorithm(script, call) : undefined,
    purpose: api.kind === 'sign' ? purposeOf(script, call.node) : undefined,
    expires: api.kind === 'sign' ? endsSomehow(script, call) : undefined,
    claims: verifies && api.claims ? givenAt(call, api.claims) : undefined,
    kid: /\bkid\b|keyid/.test(script.text.slice(call.place.start, call.place.end)),
    logged: api.kind === 'verify' ? isLogged(script, call.node) : undefined,
  };
}

/** Sources of a call's keys that have a name, as one text each; undefined when one of them has none. */
export function namedSources(script: Script, call: JwtCall): readonly string[] | undefined {
  const imports = specifiersIn(script);
  const names = call.keys.map((value) => nameOfSource(sourceOf(value, imports)));
  return names.every((name) => name !== undefined) && names.length > 0 ? [...new Set(names)] : undefined;
}

/** A variable or setting as one text; undefined for a source that is no such thing. */
export function nameOfSource({ origin, name }: KeySource): string | undefined {
  return (origin === 'environment' || origin === 'configuration') && name !== undefined ? `${origin} ${name}` : undefined;
}

/** Each source once; what stands in for a variable belongs to it. */
function distinctSources(sources: readonly KeySource[]): readonly KeySource[] {
  const found = new Map<string, KeySource>();
  for (const source of sources) {
    const key = `${source.origin}\0${source.name ?? ''}`;
    found.set(key, { ...source, standsIn: source.standsIn || found.get(key)?.standsIn === true });
  }
  return [...found.values()];
}

/** Whether a call has something at one of its positions; undefined where that cannot be seen. */
function givenAt(call: JwtCall, positions: readonly Position[]): boolean | undefined {
  const values = positions.flatMap((position) => call.at(position)).filter(({ kind }) => kind !== 'nullish');
  if (values.length === 0) return false;
  return values.some(({ kind }) => /^(?:text|number|environment|array|object)$/.test(kind)) ? true : undefined;
}

function endsSomehow(script: Script, call: JwtCall): boolean | undefined {
  const given = givenAt(
    call,
    (call.api.expiry ?? []).flatMap(({ at, method }) => (method === undefined ? [at] : [])),
  );
  if (given !== false) return given;
  const methods = (call.api.expiry ?? []).flatMap(({ method }) => method ?? []);
  if (methods.some((method) => script.text.includes(`.${method}(`))) return true;
  if (!call.api.payload) return undefined;
  let seen = false;
  for (const { values } of payloadsOf(script, call).each) {
    for (const value of values) {
      if (value.kind !== 'object') return undefined;
      if (value.open || value.members.has('exp')) return value.open ? undefined : true;
      seen = true;
    }
  }
  return seen ? false : undefined;
}

function sourceOf(value: Value, imports: readonly string[]): KeySource {
  const of = (origin: KeyOrigin, name?: string): KeySource => ({ origin, name, standsIn: value.fallback !== undefined });
  switch (value.kind) {
    case 'text':
      return value.fallback
        ? of(value.fallback.of === 'config' ? 'configuration' : 'environment', value.fallback.name)
        : of('literal', value.name);
    case 'environment':
      return of(value.source === 'config' ? 'configuration' : 'environment', value.name);
    case 'random':
      return of('generator');
    case 'key':
      return value.type === 'jwks' ? of('JWKS') : of('unknown');
    case 'import':
    case 'call': {
      const specifier = value.kind === 'import' ? value.specifier : value.callee.specifier;
      if (specifier === 'jwks-rsa') return of('JWKS', specifier);
      return managed(specifier, of) ?? of('unknown', memberIn(value.path));
    }
    case 'unknown': {
      if (value.file) return of('file', value.name);
      // What comes out of a service is nothing that reading the code can follow.
      for (const specifier of imports) {
        const source = managed(specifier, of);
        if (source) return source;
      }
      return of('unknown', value.name);
    }
    case 'parameter':
      return of('unknown', memberIn(value.path));
    default:
      return of('unknown');
  }
}

/** The last name on a way; undefined where it ends with a call. */
function memberIn(path: readonly string[]): string | undefined {
  const last = path.at(-1);
  return last === '()' ? undefined : last;
}

function managed(specifier: string, of: (origin: KeyOrigin, name?: string) => KeySource): KeySource | undefined {
  if (MANAGERS.test(specifier)) return of('secret manager', specifier);
  if (SERVICES.test(specifier)) return of('key management service', specifier);
  return CERTIFICATES.test(specifier) ? of('certificate store', specifier) : undefined;
}

// --- signs ---------------------------------------------------------------------------------------------------------

const REVOCATION = /revok(?!e_?object_?url)|deny_?list|black_?list|block_?list|^jti$|token_?version/i;
/** Lists and revocations of other things than tokens are many. */
const ABOUT_TOKENS = /token|jwt|jti|session|auth/i;
const STORAGE = /^(?:window\.|globalThis\.)?(?:local|session)Storage\.setItem$/;
const LOGGING = /(?:^|\.)(?:console|log|logger|winston|pino|bunyan|sentry|audit\w*)\.\w+$|(?:^|\.)captureException$/i;

/** Words without which there is none of them: most scripts are not walked. */
const WORDS = /jti|revo[ck]|list|version|httpOnly|Storage/i;

function signsIn(script: Script, usesKeys: boolean): TokenSigns {
  // Declarations do nothing.
  if (!WORDS.test(script.text) || /\.d\.[cm]?ts$/.test(script.path)) return {};
  const isAboutTokens = usesKeys || ABOUT_TOKENS.test(script.path);
  const found: { -readonly [name in keyof TokenSigns]: Place } = {};
  for (const node of nodesIn(script.visitorKeys, script.ast)) {
    if (node.type === 'Identifier' && REVOCATION.test(node.name) && (isAboutTokens || ABOUT_TOKENS.test(node.name)))
      found.revocation ??= placeOf(script.path, node);
    else if (node.type === 'Property' && keyName(node.key, node.computed) === 'httpOnly') {
      if (node.value.type === 'Literal' && node.value.value === true) found.httpOnly ??= placeOf(script.path, node);
    } else if (node.type === 'CallExpression' && STORAGE.test(dottedName(node.callee) ?? '')) {
      const [first] = node.arguments;
      const name = first?.type === 'Literal' && typeof first.value === 'string' ? first.value : undefined;
      if (name !== undefined && tokenName(name) !== undefined) found.storage ??= placeOf(script.path, node);
    }
  }
  return found;
}

/** What hands a failure on: `next(error)`, `reject(error)`, `done(error)`. */
const HANDING_ON = /(?:^|\.)(?:next|reject|done|cb|callback|fail)$/;

/**
 * Whether the failure of a call is logged: in the `catch` around it, in its callback, or in a chained `.catch`; undefined where
 * it is handed on from there, since it may be logged where it ends.
 */
function isLogged(script: Script, call: Node): boolean | undefined {
  const bindings = bindingsOf(script);
  const answers: Node[] = [];
  const callback = 'arguments' in call ? call.arguments.at(-1) : undefined;
  if (callback && /Function/.test(callback.type)) answers.push(callback);
  for (let below: Node = call, above = bindings.parentOf(call); above; below = above, above = bindings.parentOf(above)) {
    if (above.type === 'TryStatement' && above.block === below && above.handler) {
      answers.push(above.handler.body);
      break;
    }
    if (above.type === 'MemberExpression' && memberName(above) === 'catch') {
      const chained = bindings.parentOf(above);
      if (chained?.type === 'CallExpression' && chained.arguments[0]) answers.push(chained.arguments[0]);
    }
    if (/Function/.test(above.type)) break;
  }
  if (answers.length === 0) return undefined;
  const nodes = answers.flatMap((answer) => [...nodesIn(script.visitorKeys, answer)]);
  const calls = nodes.flatMap((node) => (node.type === 'CallExpression' ? (dottedName(node.callee) ?? '') : []));
  if (calls.some((name) => LOGGING.test(name))) return true;
  return nodes.some(({ type }) => type === 'ThrowStatement') || calls.some((name) => HANDING_ON.test(name)) ? undefined : false;
}
