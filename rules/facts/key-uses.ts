/** Every use of a key in a script, with where the key comes from: what rotation and an audit ask about. */
import type { Place, Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { callsOf, type JwtCall } from './calls.js';
import { checkedVariablesAround } from './environment-checks.js';
import { environmentReadsOf } from './environment-reads.js';
import { keyKind } from './key-kinds.js';
import { mayMeanSecret } from './names.js';
import { payloadsOf } from './payloads.js';
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
  /** Of a verification: `required` where the library demands them or there is one choice. */
  readonly algorithms: 'given' | 'absent' | 'unknown' | 'required' | 'none';
  readonly algorithmNames: readonly string[];
  /** Of a signature: what its token is for, and whether it ends. */
  readonly purpose: string | undefined;
  readonly expires: boolean | undefined;
  /** Of a verification: it demands an issuer or an audience. */
  readonly claims: boolean | undefined;
  /** It names its key by `kid`. */
  readonly kid: boolean;
}

/** What a script says of keys. */
export interface KeySurvey {
  readonly path: string;
  readonly uses: readonly KeyUse[];
  /** Environment variables for secrets that it reads. */
  readonly reads: readonly string[];
  /** Variables that it, or a file that it imports, demands at the start. */
  readonly checked: readonly string[];
  /** Packages that it imports, by their specifiers. */
  readonly imports: readonly string[];
}

const MANAGERS =
  /^(?:@aws-sdk\/client-(?:secrets-manager|ssm)|aws-sdk|@azure\/keyvault-secrets|@google-cloud\/secret-manager|node-vault|hashi-vault-js|@infisical\/sdk|@1password\/(?:sdk|connect)|@dopplerhq\/.*|@bitwarden\/sdk.*)(?:\/|$)/;
const SERVICES = /^(?:@aws-sdk\/client-kms|@azure\/keyvault-keys|@google-cloud\/kms|graphene-pk11|pkcs11js)(?:\/|$)/;
const CERTIFICATES = /^(?:@azure\/keyvault-certificates|@aws-sdk\/client-acm.*|win-ca|mac-ca|system-ca)(?:\/|$)/;

/** What a script does with keys. */
export function surveyOf(script: Script): KeySurvey {
  const imports = importsOf(script);
  const reads = new Set(environmentReadsOf(script, mayMeanSecret).map(({ name }) => name));
  const uses = callsOf(script)
    .filter(({ api }) => api.kind !== 'decode' && (api.key !== undefined || api.kind !== 'config'))
    .map((call) => useOf(script, call, imports));
  const checked = uses.length + reads.size > 0 ? [...checkedVariablesAround(script)] : [];
  return { path: script.path, uses, reads: [...reads], checked, imports };
}

function useOf(script: Script, call: JwtCall, imports: readonly string[]): KeyUse {
  const { api } = call;
  const verifies = api.kind === 'verify' || (api.kind === 'config' && api.algorithms !== undefined);
  const fixed = api.omitted === 'required' || api.omitted === 'fixed';
  const sources = call.keys.map((value) => sourceOf(value, imports));
  return {
    package: call.package,
    api: api.name,
    kind: api.kind,
    place: call.place,
    sources: sources.filter(
      (source, index) => sources.findIndex((other) => other.origin === source.origin && other.name === source.name) === index,
    ),
    key: keyKind(call),
    algorithms:
      !verifies || !api.algorithms
        ? fixed
          ? 'required'
          : 'none'
        : call.algorithms.state === 'absent' && fixed
          ? 'required'
          : call.algorithms.state,
    algorithmNames: [...call.algorithms.names.map(({ name }) => name), ...(call.algorithm === undefined ? [] : [call.algorithm])],
    purpose: api.kind === 'sign' ? purposeOf(script, call.node) : undefined,
    expires: api.kind === 'sign' ? endsSomehow(script, call) : undefined,
    claims: verifies && api.claims ? api.claims.some((position) => call.at(position).some((value) => value.kind !== 'nullish')) : undefined,
    kid: /\bkid\b|keyid/.test(script.text.slice(call.place.start, call.place.end)),
  };
}

function endsSomehow(script: Script, call: JwtCall): boolean | undefined {
  const given = (call.api.expiry ?? []).some(
    ({ at, method }) => method === undefined && call.at(at).some((value) => value.kind !== 'nullish'),
  );
  if (given) return true;
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
      return managed(specifier, of) ?? of('unknown', value.kind === 'import' ? value.path.at(-1) : undefined);
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
    default:
      return of('unknown');
  }
}

function managed(specifier: string, of: (origin: KeyOrigin, name?: string) => KeySource): KeySource | undefined {
  if (MANAGERS.test(specifier)) return of('secret manager', specifier);
  if (SERVICES.test(specifier)) return of('key management service', specifier);
  return CERTIFICATES.test(specifier) ? of('certificate store', specifier) : undefined;
}

/** What a script imports or requires, in the order of the text. */
function importsOf(script: Script): readonly string[] {
  const { modules, calls, dynamicImports } = bindingsOf(script);
  const found: string[] = [];
  for (const node of modules) {
    if ('source' in node && node.source && 'value' in node.source && typeof node.source.value === 'string') found.push(node.source.value);
    if (node.type === 'TSImportEqualsDeclaration' && node.moduleReference.type === 'TSExternalModuleReference') {
      const { expression } = node.moduleReference;
      if (expression.type === 'Literal' && typeof expression.value === 'string') found.push(expression.value);
    }
  }
  for (const { source } of dynamicImports) if (source.type === 'Literal' && typeof source.value === 'string') found.push(source.value);
  for (const { callee, arguments: args } of calls) {
    const [first] = args;
    if (callee.type === 'Identifier' && callee.name === 'require' && first?.type === 'Literal' && typeof first.value === 'string')
      found.push(first.value);
  }
  return [...new Set(found)];
}
