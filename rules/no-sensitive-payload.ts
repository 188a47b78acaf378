import type { TSESTree } from '@typescript-eslint/types';
import { defineRule, type Confidence, type Finding, type Place, type Script } from './contract.js';
import { bindingsOf, type FunctionNode, type Variable } from './facts/bindings.js';
import { argumentsFor } from './facts/called-functions.js';
import { callsOf, type JwtCall } from './facts/calls.js';
import { importName } from './facts/import-names.js';
import { originsOf } from './facts/origins.js';
import { payloadsOf } from './facts/payloads.js';
import { losesPassword, recordEvidence } from './facts/person-records.js';
import { predictableSource } from './facts/predictability.js';
import { isContactName, isPasswordName, isPersonName, isPrivateName } from './facts/private-names.js';
import { keyName, memberName, placeOf, unwrap, type Node } from './facts/syntax.js';
import { tokenValuesOf } from './facts/token-values.js';
import type { ObjectValue, Value } from './facts/values.js';

/** Options of the rule. */
export interface NoSensitivePayloadOptions {
  /** E-mail addresses, telephone numbers, addresses and dates of birth count too. */
  readonly contacts: boolean;
}

/** Parts of one payload that are looked at. */
const MAX_PARTS = 1000;

export default defineRule<NoSensitivePayloadOptions>({
  id: 'no-sensitive-payload',
  title: 'Disallow passwords, secrets and whole user records in the payload of a token',
  severity: 'warning',
  messages: {
    named: {
      what: 'The payload of {{call}} holds `{{name}}`: a token is signed, not encrypted, and everybody who has it can read it.',
      fix: 'Take it out. Put the id of the user in the token and read the rest where it is needed.',
    },
    record: {
      what: 'The payload of {{call}} is a whole user record (`{{name}}`), with all that the database keeps about the user.',
      fix: 'Name the claims one by one, e.g. `{ sub: user.id, role: user.role }`.',
    },
    secret: {
      what: 'The {{part}} of {{call}} holds a secret{{name}}: everybody who has the token can read it.',
      fix: 'Take it out and replace the secret: tokens that were issued hold it.',
    },
  },
  docs: {
    why: 'A signed token is no secret: its claims are base64, and browsers, proxies, logs and the user can read them. A password hash in it can be guessed at leisure.',
    cwe: [312, 522],
    securitySeverity: 6.5,
    references: [
      { title: 'RFC 7519, 12: Privacy Considerations', url: 'https://www.rfc-editor.org/rfc/rfc7519#section-12' },
      { title: 'CWE-312: Cleartext Storage of Sensitive Information', url: 'https://cwe.mitre.org/data/definitions/312.html' },
    ],
  },
  options: {
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        contacts: { type: 'boolean', description: 'Report e-mail addresses, telephone numbers, addresses and dates of birth too.' },
      },
    },
    defaults: { contacts: false },
  },
  *script(script: Script, options: NoSensitivePayloadOptions): Iterable<Finding> {
    const reported = new Set<string>();
    for (const call of callsOf(script)) {
      if (call.api.kind !== 'sign' || call.api.name.startsWith('EncryptJWT')) continue;
      const found = [
        ...payloadsOf(script, call).each.flatMap(({ node }) => (node ? findingsIn(script, call, node, options) : [])),
        ...(call.wrapped?.parts ?? []).flatMap((node) => findingsIn(script, call, node, options)),
        ...headerSecrets(script, call),
      ];
      for (const finding of found) {
        const key = `${finding.anchor.path}\0${String(finding.anchor.start)}`;
        if (reported.has(key)) continue;
        reported.add(key);
        yield finding;
      }
    }
  },
});

function nameOfCall(call: JwtCall): string {
  return `${call.package} ${call.api.name}`;
}

function findingAt(call: JwtCall, message: string, anchor: Place, name: string, confidence: Confidence): Finding {
  return {
    message,
    data: { call: nameOfCall(call), name, part: 'payload' },
    anchor,
    use: call.place,
    confidence,
    symbol: `${call.package}.${call.api.name}.${name}`,
  };
}

function secretAt(call: JwtCall, part: 'payload' | 'header', anchor: Place, name: string | undefined): Finding {
  const finding = findingAt(call, 'secret', anchor, name ?? 'secret', 'certain');
  return { ...finding, level: 'error', data: { call: nameOfCall(call), part, name: name === undefined ? '' : ` (\`${name}\`)` } };
}

/** Everything in a payload that nobody should read, from the expression that is given as one. */
function findingsIn(script: Script, call: JwtCall, payload: Node, options: NoSensitivePayloadOptions): readonly Finding[] {
  const bindings = bindingsOf(script);
  const origins = originsOf(script);
  const tokens = tokenValuesOf(script);
  const found: Finding[] = [];
  const seen = new Set<Variable>();
  const isPrivate = (name: string): boolean => isPrivateName(name) || (options.contacts && isContactName(name));
  const stack: { readonly node: Node; readonly spread: boolean }[] = [{ node: payload, spread: false }];

  for (let parts = 0, next = stack.pop(); next && parts < MAX_PARTS; parts++, next = stack.pop()) {
    const { spread } = next;
    const node = unwrap(next.node);
    switch (node.type) {
      case 'ObjectExpression':
        object(node);
        break;
      case 'ArrayExpression':
        for (const element of node.elements) if (element && element.type !== 'SpreadElement') stack.push({ node: element, spread: false });
        break;
      case 'ConditionalExpression':
        stack.push({ node: node.alternate, spread }, { node: node.consequent, spread });
        break;
      case 'LogicalExpression':
        if (node.operator !== '&&') stack.push({ node: node.left, spread });
        stack.push({ node: node.right, spread });
        break;
      case 'Identifier':
        identifier(node, spread);
        break;
      case 'MemberExpression':
        if (isRawRecord(node)) record(node.object, node, true);
        else leaf(node, undefined);
        break;
      case 'CallExpression':
        called(node);
        break;
      default:
        leaf(node, undefined);
    }
  }
  return found;

  function object(node: TSESTree.ObjectExpression): void {
    // `{ ...user, password: undefined }`
    const takenOut = node.properties.some(
      (property) =>
        property.type === 'Property' &&
        isPrivateName(keyName(property.key, property.computed) ?? '') &&
        origins.evaluate(property.value).every((value) => value.kind === 'nullish'),
    );
    for (const property of node.properties) {
      if (property.type === 'SpreadElement') {
        if (!takenOut) stack.push({ node: property.argument, spread: true });
        continue;
      }
      member(keyName(property.key, property.computed), property.value, property);
    }
  }

  /** One claim: by its own name, by that of its value, or by what is in it. */
  function member(name: string | undefined, value: Node, at: Node): void {
    const inner = unwrap(value);
    const secret = tokens.sensitive(inner);
    if (secret?.what === 'secret') {
      found.push(secretAt(call, 'payload', placeOf(script.path, inner), secret.name));
      return;
    }
    const values = origins.valuesOf(inner);
    // The first password of an account is drawn too, but opens it.
    if (name !== undefined && !isPasswordName(name) && values.length > 0 && values.every((value) => isDrawn(script, value))) return;
    if (name !== undefined && isPrivate(name) && !isOnlyAbout(inner, values)) {
      found.push(findingAt(call, 'named', placeOf(script.path, at), name, 'certain'));
      return;
    }
    if (inner.type === 'Identifier' || inner.type === 'MemberExpression') {
      if (leaf(inner, name)) return;
    }
    if (inner.type !== 'Literal' && inner.type !== 'MemberExpression') stack.push({ node: inner, spread: false });
    else if (inner.type === 'MemberExpression' && isRawRecord(inner)) stack.push({ node: inner, spread: false });
  }

  /** A value by what it is called where it is read, and by the function that made it. */
  function leaf(node: Node, claim: string | undefined): boolean {
    const name = node.type === 'Identifier' ? node.name : node.type === 'MemberExpression' ? memberName(node) : undefined;
    const values = origins.valuesOf(node);
    if (values.some(isPasswordHash)) {
      found.push(findingAt(call, 'named', placeOf(script.path, node), claim ?? name ?? 'hash', 'certain'));
      return true;
    }
    if (name === undefined || !isPrivate(name) || isOnlyAbout(node, values)) return false;
    found.push(findingAt(call, 'named', placeOf(script.path, node), name, 'likely'));
    return true;
  }

  function identifier(node: TSESTree.Identifier, spread: boolean): void {
    const variable = bindings.variableOf(node);
    if (!variable || seen.has(variable)) return;
    seen.add(variable);
    if (record(node, node, spread)) return;
    for (const reference of variable.references) {
      const access = bindings.parentOf(reference);
      if (access?.type !== 'MemberExpression' || access.object !== reference) continue;
      const write = bindings.parentOf(access);
      if (write?.type === 'AssignmentExpression' && write.left === access) member(memberName(access), write.right, access);
    }
    for (const { kind, name, node: declarator } of variable.definitions) {
      if (kind === 'parameter')
        for (const given of argumentsFor(bindings, declarator as FunctionNode, name)) stack.push({ node: given, spread });
      if (kind !== 'variable' || declarator.type !== 'VariableDeclarator') continue;
      // Part of a pattern is not the whole of what is taken apart.
      if (declarator.init && declarator.id.type === 'Identifier' && !losesPassword(script, variable))
        stack.push({ node: declarator.init, spread });
    }
    for (const reference of variable.references) {
      const write = bindings.parentOf(reference);
      if (write?.type === 'AssignmentExpression' && write.left === reference) stack.push({ node: write.right, spread });
    }
  }

  /** A person's whole record: surely where its password is read, else where it is spread or turned into a plain object. */
  function record(node: Node, at: Node, opened: boolean): boolean {
    const inner = unwrap(node);
    if (inner.type !== 'Identifier') {
      const name = inner.type === 'MemberExpression' ? memberName(inner) : undefined;
      // `this.toObject()` in a method of the model, `result.user.toObject()`.
      if (!opened || at === node || name === undefined || !isPersonName(name)) return false;
      found.push(findingAt(call, 'record', placeOf(script.path, at), name, 'likely'));
      return true;
    }
    const variable = bindings.variableOf(inner);
    if (!variable) return false;
    // What is known member by member is judged member by member.
    if (origins.valuesOf(inner).some((value) => value.kind === 'object' && !(value.fixed === 'class' && mayHoldPrivate(value))))
      return false;
    // A parameter that is merely called so may be anything; what has `toObject()` is a document of a database.
    const evidence = recordEvidence(script, variable);
    if (evidence === undefined || (evidence === 'name' && !opened)) return false;
    // What the class of a type holds nobody knows where its file is not read.
    const unsure = (evidence === 'name' && at === node) || (evidence === 'type' && script.followsImports === false);
    found.push(findingAt(call, 'record', placeOf(script.path, at), inner.name, unsure ? 'possible' : 'likely'));
    return true;
  }

  /** A class of another file by its members, as far as it has them itself. */
  function mayHoldPrivate({ members, spread }: ObjectValue): boolean {
    return spread !== undefined || [...members.keys()].some(isPrivate);
  }

  function called(node: TSESTree.CallExpression): void {
    const callee = unwrap(node.callee);
    const method = callee.type === 'MemberExpression' ? memberName(callee) : undefined;
    const first = node.arguments[0];
    if (callee.type === 'MemberExpression') {
      if (method === 'toObject' && node.arguments.length === 0) {
        record(callee.object, node, true);
        return;
      }
      if (method === 'toJSON') {
        const inner = unwrap(callee.object);
        const variable = inner.type === 'Identifier' ? bindings.variableOf(inner) : undefined;
        if (variable && recordEvidence(script, variable) === 'password read') record(callee.object, node, true);
        return;
      }
    }
    const names = origins.evaluate(callee).flatMap((value) => (value.kind === 'import' ? [importName(value)] : []));
    if (names.includes('global:Object.assign')) {
      for (const argument of node.arguments) if (argument.type !== 'SpreadElement') stack.push({ node: argument, spread: true });
      return;
    }
    if (names.some((name) => name === 'global:JSON.parse' || name === 'global:JSON.stringify' || name === 'global:structuredClone')) {
      if (first && first.type !== 'SpreadElement') stack.push({ node: first, spread: true });
      return;
    }
    if (leaf(node, undefined)) return;
    // A function of the scanned source that builds the claims: by the members of what it gives.
    for (const value of origins.valuesOf(node)) {
      if (value.kind !== 'object') continue;
      for (const [name, values] of value.members) {
        if (isPrivate(name) && !origins.resolve(values).every(saysLittle))
          found.push(findingAt(call, 'named', placeOf(script.path, node), name, 'certain'));
      }
    }
  }

  /** `user._doc`, `user.dataValues`: the raw record below a document of Mongoose or Sequelize. */
  function isRawRecord(node: TSESTree.MemberExpression): boolean {
    const name = memberName(node);
    return name === '_doc' || name === 'dataValues';
  }

  /** A flag, a number, nothing, or the result of a comparison. */
  function isOnlyAbout(node: Node, values: readonly Value[]): boolean {
    if (node.type === 'UnaryExpression' && node.operator === '!') return true;
    if (node.type === 'BinaryExpression' && node.operator !== '+') return true;
    return values.length > 0 && values.every(saysLittle);
  }
}

function saysLittle(value: Value): boolean {
  return value.kind === 'boolean' || value.kind === 'nullish' || (value.kind === 'text' && value.text === '');
}

/** Drawn by lot: it makes the token unlike all others. */
function isDrawn(script: Script, value: Value): boolean {
  return value.kind === 'random' || predictableSource(script, value) === 'random-uuid';
}

/** What bcrypt, argon2 and scrypt make of a password. */
function isPasswordHash(value: Value): boolean {
  if (value.kind !== 'import' || value.path.at(-1) !== '()') return false;
  const name = importName(value);
  return (
    /^(?:bcrypt|bcryptjs|@node-rs\/bcrypt|argon2|@node-rs\/argon2):(?:hash|hashSync)\.\(\)$/.test(name) || name === 'crypto:scryptSync.()'
  );
}

/** Secrets in the header that a signature is given in its options. */
function headerSecrets(script: Script, call: JwtCall): readonly Finding[] {
  if (call.node.type !== 'CallExpression') return [];
  const found: Finding[] = [];
  for (const argument of call.node.arguments.slice(1)) {
    const options = unwrap(argument);
    if (options.type !== 'ObjectExpression') continue;
    for (const property of options.properties) {
      if (property.type !== 'Property' || keyName(property.key, property.computed) !== 'header') continue;
      const header = unwrap(property.value);
      if (header.type !== 'ObjectExpression') continue;
      for (const each of header.properties) {
        if (each.type !== 'Property') continue;
        const secret = tokenValuesOf(script).sensitive(each.value);
        if (secret?.what === 'secret') found.push(secretAt(call, 'header', placeOf(script.path, each.value), secret.name));
      }
    }
  }
  return found;
}
