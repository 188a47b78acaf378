/** Whether tokens have an end: by the options of their signature, by their claims, or by the settings of the library. */
import type { Place, Script, Signing } from '../contract.js';
import { bindingsOf, initialValue } from './bindings.js';
import { callsOf, type JwtCall } from './calls.js';
import type { Position } from './libraries.js';
import { originsOf } from './origins.js';
import { builderOf, callsNamed, hasClaim, payloadsOf, type Payload } from './payloads.js';
import { dottedName, keyName, lastName, unwrap, type Node } from './syntax.js';
import { importsTestRunner } from './test-runners.js';
import type { Value } from './values.js';

type State = 'given' | 'absent' | 'unknown';

/** As a {@link State}; `sometimes`: some of the possible options have an end and some surely have none. */
type OptionsState = State | 'sometimes';

/** A signature that gives its token no end itself. */
export interface EndlessSignature {
  readonly call: JwtCall;
  /** Where the library's call stands to which an end can be given. */
  readonly place: Place;
  /** Claims that are surely without one. */
  readonly endless: readonly (readonly Value[])[];
  /** Whether the library's settings have none: `unknown` where they are not in this script. */
  readonly settings: 'absent' | 'unknown';
  /** Its options have an end in some cases. */
  readonly sometimes?: true;
}

/** The signatures of a script after which a token may never end. */
export function endlessSignaturesOf(script: Script): readonly EndlessSignature[] {
  return callsOf(script).flatMap((call): readonly EndlessSignature[] => {
    if (!canEnd(call)) return [];
    const { wrapped } = call;
    if (wrapped?.endless && importsTestRunner(script)) return [];
    const options = wrapped?.endless ? 'absent' : optionsOf(script, call);
    if (options !== 'absent' && options !== 'sometimes') return [];
    const payloads = payloadsOf(script, call);
    const claims = payloads.each.map((payload) => ({ state: claimState(script, payload), values: payload.values }));
    const endless = claims.filter(({ state }) => state === 'absent').map(({ values }) => withKindResolved(script, values));
    const unseen = !payloads.complete || claims.some(({ state }) => state === 'unknown');
    // What callers of a function give is not seen where it stands, and where they do not say it either.
    if (endless.length === 0 && (!unseen || wrapped?.endless)) return [];
    const settings = wrapped?.endless ? 'absent' : settingsOf(script, call);
    if (settings === 'given') return [];
    return [{ call, place: wrapped?.endless ?? call.place, endless, settings, ...(options === 'sometimes' ? { sometimes: true } : {}) }];
  });
}

/** Whether nothing but the claims can give an end to the tokens of a signature. */
export function isLeftToClaims(script: Script, call: JwtCall): boolean {
  return canEnd(call) && optionsOf(script, call) === 'absent' && settingsOf(script, call) === 'absent';
}

function canEnd({ api }: JwtCall): boolean {
  return api.kind === 'sign' && api.expiry !== undefined && !api.unsecured;
}

/** What scripts of one file leave to settings elsewhere, or settle for other files; undefined where it is neither. */
export function signingOf(scripts: readonly Script[]): Signing | undefined {
  const own = scripts.filter((script) => !importsTestRunner(script));
  const endless = own.flatMap(endlessSignaturesOf).filter(isLeftToSettings);
  const settings = own.flatMap((script) =>
    callsOf(script)
      .filter(isSetting)
      .map((call) => ({ package: call.package, ends: ENDS[settingState(call)], place: call.place })),
  );
  if (endless.length + settings.length === 0) return undefined;
  return {
    endless: endless.map(({ call }) => ({
      package: call.package,
      call: nameOf(call),
      example: exampleOf(call),
      place: call.place,
    })),
    settings,
  };
}

const ENDS: Readonly<Record<State, boolean | undefined>> = { given: true, absent: false, unknown: undefined };

/** Whether only settings of another script can give the token an end. */
function isLeftToSettings({ endless, settings, sometimes }: EndlessSignature): boolean {
  return settings === 'unknown' && !sometimes && endless.length > 0 && isSession(endless);
}

/** What a signature is called in messages. */
export function nameOf({ package: name, api }: JwtCall): string {
  return `${name} ${api.name}`;
}

/** Claims whose kind other files may name, with what they call it. */
function withKindResolved(script: Script, claims: readonly Value[]): readonly Value[] {
  const origins = originsOf(script);
  return claims.map((value) => {
    if (value.kind !== 'object') return value;
    const kinds = [...value.members].filter(([name]) => NO_SESSION.test(name));
    const members = new Map([...value.members, ...kinds.map(([name, values]) => [name, origins.resolve(values)] as const)]);
    return { ...value, members };
  });
}

/** Whether claims say of nothing but being logged in. */
export function isSession(claims: readonly (readonly Value[])[]): boolean {
  return !claims.some(isNoSession);
}

/** Whether claims have an end; text that is put together is no object and has none, but what was made into JSON is one. */
function claimState(script: Script, { node, values }: Payload): State {
  const state = hasClaim(values, 'exp');
  if (state !== 'unknown' || !node) return state;
  let first = initialValue(bindingsOf(script), node);
  if (first.type === 'CallExpression') {
    const [claims] = first.arguments;
    if (dottedName(first.callee) === 'JSON.stringify' && claims) return hasClaim(originsOf(script).valuesOf(claims), 'exp');
    return MAKES_TEXT.test(lastName(first.callee) ?? '') ? 'absent' : state;
  }
  const typed = typedClaims(script, first);
  if (typed) return typed.some((name) => name === 'exp' || NO_SESSION.test(name)) ? state : 'absent';
  // Nothing but its name is known: an id is no object.
  if ((first.type === 'MemberExpression' || first.type === 'Identifier') && IDENTITY.test(lastName(first) ?? '')) return 'absent';
  while (first.type === 'BinaryExpression' && first.operator === '+') first = unwrap(first.left);
  const text =
    first.type === 'TemplateLiteral'
      ? first.quasis[0]?.value.raw
      : first.type === 'Literal' && typeof first.value === 'string'
        ? first.value
        : undefined;
  return text === undefined || /^\s*\{/.test(text) ? 'unknown' : 'absent';
}

/** The claims that a parameter's type names, when the type is written in this script and lets no others in. */
function typedClaims(script: Script, node: Node): readonly string[] | undefined {
  const definition = bindingsOf(script).variableOf(node)?.definitions[0];
  if (definition?.kind !== 'parameter' || definition.name.type !== 'Identifier') return undefined;
  let type: Node | undefined = definition.name.typeAnnotation?.typeAnnotation;
  if (type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier') type = typeNamed(script, type.typeName.name);
  const members =
    type?.type === 'TSTypeLiteral'
      ? type.members
      : type?.type === 'TSInterfaceDeclaration' && type.extends.length === 0
        ? type.body.body
        : [];
  const names = members.map((member) => (member.type === 'TSPropertySignature' ? keyName(member.key, member.computed) : undefined));
  return names.length > 0 && names.every((name) => name !== undefined) ? names : undefined;
}

/** The interface, or what the alias stands for, that a script declares under a name. */
function typeNamed(script: Script, name: string): Node | undefined {
  for (const statement of script.ast.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type === 'TSInterfaceDeclaration' && declaration.id.name === name) return declaration;
    if (declaration?.type === 'TSTypeAliasDeclaration' && declaration.id.name === name) return declaration.typeAnnotation;
  }
  return undefined;
}

/** What gives text that is no JSON: of an id, mostly. */
const MAKES_TEXT = /^(?:toString|String|toHexString)$/;

/** Names of what tells users apart, and is a text or a number. */
const IDENTITY = /^_?(?:id|uu?id|email|user_?name)$|[a-z]Id$/;

/** Whether the call's own options or chained methods give an end. */
function optionsOf(script: Script, call: JwtCall): OptionsState {
  let state: State = 'absent';
  for (const { at, method } of call.api.expiry ?? []) {
    let each: State;
    if (method === undefined) {
      each = stateOf(call.at(at));
      if (each === 'given' && isMissingFromSome(call, at)) return 'sometimes';
    } else {
      const builder = builderOf(script, call.node);
      each = callsNamed(builder, method).length > 0 ? 'given' : builder.complete ? 'absent' : 'unknown';
    }
    if (each === 'given') return 'given';
    if (each === 'unknown') state = 'unknown';
  }
  return state;
}

/** Whether one of the possible options is nothing, or an object that surely lacks the option. */
function isMissingFromSome(call: JwtCall, [index, name, ...further]: Position): boolean {
  if (name === undefined || further.length > 0) return false;
  return call.at([index]).some((value) => value.kind === 'nullish' || (value.kind === 'object' && !value.open && !value.members.has(name)));
}

/** Whether the library's settings give an end to all tokens, as far as this script has them. */
function settingsOf(script: Script, call: JwtCall): State {
  if (!isConfigured(call)) return 'absent';
  const settings = callsOf(script).filter((each) => each.package === call.package && isSetting(each));
  if (settings.length === 0) return 'unknown';
  const states = settings.map(settingState);
  return states.find((state) => state === 'given') ?? states.find((state) => state === 'unknown') ?? 'absent';
}

/** A call that gives settings to later signatures. */
function isSetting(call: JwtCall): boolean {
  return call.api.kind === 'config' && call.api.expiry !== undefined && isConfigured(call);
}

/** Whether settings hold an end. Options that somebody else makes (`useClass`) hold no key here. */
function settingState(call: JwtCall): State {
  return call.keyGiven ? stateOf(call.api.expiry!.flatMap(({ at }) => call.at(at))) : 'unknown';
}

/** Calls of objects that were given their options when they were made. */
function isConfigured(call: JwtCall): boolean {
  return call.package === '@nestjs/jwt' || call.package === '@fastify/jwt' || call.package === 'fastify-jwt';
}

function stateOf(values: readonly Value[]): State {
  let state: State = 'absent';
  for (const value of values) {
    if (value.kind === 'text' || value.kind === 'number' || value.kind === 'environment') return 'given';
    if (value.kind !== 'nullish') state = 'unknown';
  }
  return state;
}

/** Claims that may say that a token is good for something else than being logged in. */
const NO_SESSION = /^(?:purpose|type|typ|kind|use|usage|scope|action|aud|token_?type)$/i;

/** Claims that say what a token is good for beside being logged in. */
function isNoSession(values: readonly Value[]): boolean {
  return values.some((value) => {
    if (value.kind !== 'object') return false;
    for (const [name, inner] of value.members) {
      // A security event token tells what happened and ends never (RFC 8417, 2.2 and 4.1).
      if (name === 'events' && inner.some((each) => each.kind === 'object')) return true;
      if (!NO_SESSION.test(name)) continue;
      if (
        inner.some(
          (each) =>
            each.kind === 'text' &&
            /unsubscri|api[-_ ]?key|webhook|service|machine|bot|invit|share|public|widget|preview|download|upload/i.test(each.text),
        )
      )
        return true;
    }
    return false;
  });
}

/** An end as it is written for a signature. */
export function exampleOf(call: JwtCall): string {
  const [first] = call.api.expiry ?? [];
  if (!first) return '`exp` in the payload, in seconds since 1970';
  if (first.method !== undefined) return `\`.${first.method}('15m')\``;
  return `\`${first.at.slice(1).join('.')}: '15m'\``;
}
