/**
 * Which expressions of a script are whole tokens or the secrets that sign them: by where their value comes from (a
 * signature's result, what a verification is given, a key, the environment), and only where nothing is known of it by name.
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { Confidence, Project, Script } from '../contract.js';
import { bindingsOf, type Variable } from './bindings.js';
import { callGiving } from './call-results.js';
import { callsOf, type JwtCall } from './calls.js';
import { isOfRequestType, isOwnModule } from './import-names.js';
import { keyKind } from './key-kinds.js';
import { TOKEN_PACKAGES } from './libraries.js';
import { isPrivateKeyName, secretName, tokenName } from './names.js';
import { originsOf } from './origins.js';
import { shownParts } from './shown-parts.js';
import { endOf, keyName, memberName, startOf, unwrap, type Node } from './syntax.js';
import { tokenTakenFrom } from './token-holders.js';
import type { Value } from './values.js';

/** What an expression is, and what it is called where it stands. */
export interface Sensitive {
  readonly what: 'token' | 'secret' | 'environment';
  readonly name: string | undefined;
  readonly confidence: Confidence;
}

export interface TokenValues {
  /**
   * What a whole token, a secret, an object with one of them, or the whole environment is; undefined for anything else.
   *
   * @param said what a message says just before it: there a name is believed in every file of a project that uses tokens
   */
  sensitive(node: Node, said?: string): Sensitive | undefined;
  /** The same for tokens alone. */
  token(node: Node): Sensitive | undefined;
  /** True when this script itself signs, verifies or decodes tokens, or gives a key for it. */
  readonly usesTokens: boolean;
}

/** Packages of the table that keep sessions rather than tokens. */
const SESSION_PACKAGES: ReadonlySet<string> = new Set(['express-session', 'cookie-session', 'iron-session']);

/** True when a project handles JSON Web Tokens. */
export function usesTokens(project: Project): boolean {
  return signsTokens(project) || project.uses('jwt-decode');
}

/** True when a project signs or verifies them, and so has a secret or a key. */
function signsTokens(project: Project): boolean {
  return TOKEN_PACKAGES.some((name) => !SESSION_PACKAGES.has(name) && name !== 'hono' && name !== 'jwt-decode' && project.uses(name));
}

/** The end of a message that a token follows: `no session for access token: `. */
const SAYS_TOKEN = /(?:^|[^a-z])(?:(?:access|refresh|auth|bearer|id|login)[ _-]?token|jwt(?:[ _-]?token)?)[^a-z0-9]{0,5}$/i;

/** Nesting of objects that are looked into for what they hold. */
const MAX_NESTING = 3;

const cache = new WeakMap<Script, TokenValues>();

/** The tokens and secrets of a script, computed once. */
export function tokenValuesOf(script: Script): TokenValues {
  let found = cache.get(script);
  if (!found) cache.set(script, (found = createTokenValues(script)));
  return found;
}

function createTokenValues(script: Script): TokenValues {
  const bindings = bindingsOf(script);
  const origins = originsOf(script);
  /** Places of calls that give a token, values that are checked as one, values that are keys. */
  const signed = new Set<string>();
  const checked = new Set<string>();
  const keys = new Set<string>();
  /** Parameters that are handed a new token: of callbacks and of functions in `.then(...)`. */
  const handed = new Set<Variable>();
  const calls = callsOf(script).filter((call) => !SESSION_PACKAGES.has(call.package));

  for (const call of calls) {
    if (call.api.kind === 'sign' && call.api.payloadOf !== 'returned') {
      signed.add(`${script.path} ${String(startOf(call.node))} ${String(endOf(call.node))}`);
      handOn(call.node);
    }
    const token = tokenArgument(call);
    // What is checked is a token where it is given as well as where it is called.
    if (token) {
      const local = origins.evaluate(token);
      const isAnswer = local.some((value) => value.kind === 'call' || (value.kind === 'import' && value.path.includes('()')));
      for (const value of [...local, ...origins.valuesOf(token)])
        if (isFollowed(value) && !(isAnswer && isMadeElsewhere(value))) checked.add(identityOf(value));
    }
    for (const value of call.keys) {
      // A package's own constant or a provider's key set is nobody's secret.
      if (value.kind === 'import' && (value.path.at(-1) !== '()' || keyKind(script, call) === 'public')) continue;
      if (value.kind !== 'key' && value.kind !== 'object' && isFollowed(value) && !isMadeElsewhere(value)) keys.add(identityOf(value));
    }
  }

  /** What another file's function makes of its arguments is another thing at each call, though it is made at one place; an empty text is none. */
  function isMadeElsewhere(value: Value): boolean {
    return value.at.path !== script.path && (value.kind === 'unknown' || (value.kind === 'text' && value.text === ''));
  }

  return { token, sensitive: (node, said) => sensitive(node, 0, said), usesTokens: calls.length > 0 };

  function handOn(node: Node): void {
    if (node.type !== 'CallExpression') return;
    for (const argument of node.arguments) parameter(argument, 1);
    const above = bindings.parentOf(node);
    if (above?.type !== 'MemberExpression' || memberName(above) !== 'then') return;
    const then = bindings.parentOf(above);
    if (then?.type === 'CallExpression' && then.callee === above && then.arguments[0]) parameter(then.arguments[0], 0);
  }

  function parameter(node: Node, index: number): void {
    if (node.type !== 'ArrowFunctionExpression' && node.type !== 'FunctionExpression') return;
    const variable = node.params[index] && bindings.variableOf(node.params[index]);
    if (variable) handed.add(variable);
  }

  function token(node: Node): Sensitive | undefined {
    const inner = unwrap(node);
    const found = sensitive(inner);
    return found?.what === 'token' ? found : undefined;
  }

  function sensitive(node: Node, nesting = 0, said?: string): Sensitive | undefined {
    const inner = unwrap(node);
    const name = nameOf(inner);
    const variable = inner.type === 'Identifier' ? bindings.variableOf(inner) : undefined;
    if (variable && handed.has(variable)) return { what: 'token', name, confidence: 'certain' };
    const values = origins.valuesOf(inner);
    const local = origins.evaluate(inner);
    for (const value of [...values, ...local]) {
      const found = ofValue(value, name, 0);
      if (found) return found;
    }
    // A file's content, and only names tell of which.
    const file = values.find((value) => value.kind === 'unknown' && value.file === true);
    if (file?.kind === 'unknown' && calls.length > 0 && [name, file.name].some((each) => isPrivateKeyName(each ?? '')))
      return { what: 'secret', name, confidence: 'likely' };
    // `const header = `Bearer ${token}``: text that is made of one shows it.
    const made = variable && nesting < MAX_NESTING ? composedText(variable) : undefined;
    for (const part of made ? shownParts(script, made) : []) {
      const found = sensitive(part, nesting + 1);
      if (found && found.what !== 'environment') return { ...found, name };
    }
    // What is known to be something else is what it is, whatever it is called.
    const isHandedIn = local.length > 0 && local.every(({ kind }) => kind === 'parameter');
    if (
      (values.length > 0 && !values.some((value) => isUntold(script.project, value) || (isHandedIn && value.kind === 'import'))) ||
      name === undefined
    )
      return undefined;
    if (inner.type === 'CallExpression' || inner.type === 'NewExpression' || isConstant(inner)) return undefined;
    const secret = secretName(name);
    if (secret?.strength === 'strong' && secret.purpose === 'jwt' && tokenName(name) === undefined)
      return { what: 'secret', name, confidence: 'likely' };
    if (calls.length === 0 && (said === undefined || !usesTokens(script.project))) return undefined;
    const taken = said !== undefined && inner.type === 'Identifier' ? tokenTakenFrom(script, inner) : undefined;
    if (taken !== undefined) return { what: 'token', name: `${name}.${taken}`, confidence: 'likely' };
    // `const token = event.authorizationToken`: it was called more than it is now.
    const names = [name, ...(tokenName(name) === 'medium' ? values.flatMap(nameBefore) : [])];
    const isLogin =
      names.some((each) => tokenName(each) === 'strong') ||
      (said !== undefined && tokenName(name) === 'medium' && isLoginToken(inner, said));
    return isLogin ? { what: 'token', name, confidence: 'likely' } : undefined;
  }

  /** A mere `token` that its owner (`refresh.token`) or the message (`access token: `) calls one that says who is in. */
  function isLoginToken(node: Node, said: string): boolean {
    const owner = node.type === 'MemberExpression' ? unwrap(node.object) : undefined;
    const ownerName = owner?.type === 'Identifier' ? owner.name : owner?.type === 'MemberExpression' ? memberName(owner) : undefined;
    return (ownerName !== undefined && tokenName(`${ownerName}_token`) === 'strong') || SAYS_TOKEN.test(said);
  }

  /** The template or concatenation that a variable is declared with. */
  function composedText(variable: Variable): Node | undefined {
    const definition = variable.definitions[0];
    if (definition?.kind !== 'variable' || variable.definitions.length > 1) return undefined;
    const declarator = definition.node as TSESTree.VariableDeclarator;
    const text = declarator.id === definition.name && declarator.init ? unwrap(declarator.init) : undefined;
    return text?.type === 'TemplateLiteral' || text?.type === 'BinaryExpression' ? text : undefined;
  }

  function ofValue(value: Value, name: string | undefined, nesting: number): Sensitive | undefined {
    const identity = identityOf(value);
    if (
      signed.has(`${value.at.path} ${String(value.at.start)} ${String(value.at.end)}`) ||
      (value.kind === 'import' && callGiving(script.project, value, 'sign') !== undefined)
    )
      return { what: 'token', name, confidence: 'certain' };
    if (checked.has(identity)) return { what: 'token', name, confidence: 'certain' };
    switch (value.kind) {
      case 'environment': {
        const secret = value.name === undefined ? undefined : secretName(value.name);
        if (!secret || secret.public)
          return keys.has(identity) && !isPublic(value.name ?? '')
            ? { what: 'secret', name: value.name, confidence: 'certain' }
            : undefined;
        if (secret.strength === 'strong' || keys.has(identity)) return { what: 'secret', name: value.name, confidence: 'certain' };
        return undefined;
      }
      case 'environment-object':
        return calls.length > 0 || signsTokens(script.project) ? { what: 'environment', name, confidence: 'likely' } : undefined;
      case 'text':
      case 'random':
      case 'parameter':
      case 'unknown':
      case 'call':
      case 'import':
        return keys.has(identity) && !isPublic(name ?? '') ? { what: 'secret', name, confidence: 'certain' } : undefined;
      case 'object': {
        if (nesting === MAX_NESTING) return undefined;
        for (const [key, inner] of value.members) {
          if (isPublic(key)) continue;
          for (const each of origins.resolve(inner)) {
            const found = each.kind === 'unknown' || each.kind === 'parameter' ? undefined : ofValue(each, key, nesting + 1);
            if (found && found.what !== 'environment') return found;
          }
        }
        return undefined;
      }
      default:
        return undefined;
    }
  }
}

/** The argument that a call reads as a token: of calls that take no options in its place. */
export function tokenArgument({ api, args, node }: JwtCall): Node | undefined {
  if (node.type !== 'CallExpression' || (api.form !== 'call' && api.form !== 'method')) return undefined;
  const reads =
    api.kind === 'verify' || (api.kind === 'decode' && !api.name.startsWith('create')) || (api.kind === 'config' && api.name === 'verify');
  if (!reads || [...(api.key ?? []), ...(api.algorithms ?? [])].some((position) => position[0] === 0)) return undefined;
  return args[0];
}

/** Nothing but its name tells what it is. */
function isUntold(project: Project, value: Value): boolean {
  if (value.kind === 'import') return isOwnModule(project, value.specifier) || isOfRequestType(value);
  return value.kind === 'unknown' || value.kind === 'parameter';
}

/** What is last read from a parameter, or from what reading cannot tell. */
function nameBefore(value: Value): readonly string[] {
  const name = value.kind === 'unknown' ? value.name : value.kind === 'parameter' ? value.path.at(-1) : undefined;
  return name === undefined ? [] : [name];
}

function isPublic(name: string): boolean {
  // A secret is never in PEM; a private key is, and says so.
  return /public|pub_?key|cert|jwks/i.test(name) || (/pem/i.test(name) && !/priv|secret|sign/i.test(name));
}

/** `AuthError.TRY_REFRESH_TOKEN`: what a class calls one of several cases. */
function isConstant(node: Node): boolean {
  if (node.type !== 'MemberExpression' || node.computed || node.object.type !== 'Identifier') return false;
  return /^[A-Z]\w*[a-z]/.test(node.object.name) && /^[A-Z][A-Z0-9_]+$/.test(memberName(node) ?? '');
}

/** Values that stand for one thing wherever they are met: what was written, given or read at one place. */
function isFollowed(value: Value): boolean {
  // `process.env[name]` in a function that reads all settings is any of them.
  if (value.kind === 'environment' && value.name === undefined) return false;
  return (
    value.kind !== 'nullish' &&
    value.kind !== 'boolean' &&
    value.kind !== 'number' &&
    value.kind !== 'function' &&
    value.kind !== 'environment-object'
  );
}

function identityOf(value: Value): string {
  const path = 'path' in value ? value.path.join('.') : '';
  // Members of what reading cannot tell have the place of the whole: the name they are read by tells them apart.
  const name = value.kind === 'environment' || value.kind === 'unknown' ? (value.name ?? '') : '';
  return `${value.kind} ${value.at.path} ${String(value.at.start)} ${String(value.at.end)} ${path} ${name}`;
}

/** What an expression is called: a variable, the last member, or the name in quotes that a getter is asked for. */
function nameOf(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'MemberExpression') return memberName(node);
  if (node.type === 'CallExpression') return calleeName(node);
  return node.type === 'Property' ? keyName(node.key, node.computed) : undefined;
}

function calleeName(node: TSESTree.CallExpression): string | undefined {
  const callee = unwrap(node.callee);
  return callee.type === 'MemberExpression' ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined;
}
