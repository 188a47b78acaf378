/** Which expressions are a person's whole record as a database holds it, with the password's hash in it. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { bindingsOf, initialValue, type Bindings, type FunctionNode, type Variable } from './bindings.js';
import { originsOf } from './origins.js';
import { isPasswordName, isPersonName, isPrivateName } from './private-names.js';
import { keyName, lastName, memberName, unwrap, type Node } from './syntax.js';

/** Methods of models, repositories and collections that give one record or make one. */
const ONE_RECORD =
  /^(?:find(?:One|ById|Unique|First|ByPk|OneBy|OrCreate)?(?:OrFail|OrThrow|AndUpdate)?|findBy[A-Z]\w*|create|insertOne|save)$/;
/** Methods after a query that leave its fields as they are. */
const SAME_FIELDS: ReadonlySet<string> = new Set(['lean', 'exec', 'orFail', 'populate', 'session', 'unwrap', 'toObject', 'cache']);
/** Options by which a query chooses its fields. */
const SELECTIONS: ReadonlySet<string> = new Set(['select', 'attributes', 'projection', 'fields', 'omit', 'columns']);
/** Words of types that are made for showing. */
const SHOWN_TYPE = /Payload|Dto|DTO|Response|Public|Safe|Claims|Info|Profile|Session|Without|Input|Jwt|Token/;

/** How sure it is that a variable holds a password: a read of it, or a query and a name. */
export type Evidence = 'password read' | 'query' | 'type' | 'name';

/** What says that a variable holds a person's whole record; undefined where nothing does, or where the password was taken out. */
export function recordEvidence(script: Script, variable: Variable): Evidence | undefined {
  const bindings = bindingsOf(script);
  const passwords = passwordsOf(script, variable);
  if (passwords.some((each) => isTakenOut(script, each))) return undefined;
  const reads = passwords.some((each) => !isWritten(script, each));
  const definition = variable.definitions[0];
  if (!definition || variable.definitions.length > 1) return undefined;
  const annotation = annotationOf(definition.name);
  const type = annotation === undefined ? undefined : personType(annotation);
  if (type === 'other') return undefined;
  if (definition.kind === 'parameter') {
    const owner = definition.node as FunctionNode;
    if (reads) return isRest(definition.name) ? undefined : 'password read';
    if (!owner.params.includes(definition.name as never) || !isPersonName(variable.name)) return undefined;
    return type === 'person' ? 'type' : 'name';
  }
  if (definition.kind !== 'variable') return undefined;
  const declarator = definition.node as TSESTree.VariableDeclarator;
  if (declarator.id !== definition.name) {
    // `const { user } = ...`, and the rest after a password was taken out.
    return isRest(definition.name) ? undefined : reads ? 'password read' : undefined;
  }
  const origin = declarator.init ? queryOf(bindings, declarator.init) : undefined;
  if (origin === 'selected') return undefined;
  if (reads) return 'password read';
  if (origin === 'whole' && (isPersonName(variable.name) || isOfPersonModel(declarator.init!))) return 'query';
  return type === 'person' ? 'type' : undefined;

  function isRest(name: Node): boolean {
    return bindings.parentOf(name)?.type === 'RestElement';
  }
}

/** Whether the password of a record is taken out: `delete user.password`, `user.password = undefined`. */
export function losesPassword(script: Script, variable: Variable): boolean {
  return passwordsOf(script, variable).some((each) => isTakenOut(script, each));
}

/** Where the password of what a variable holds is read, written or deleted. */
function passwordsOf(script: Script, variable: Variable): readonly TSESTree.MemberExpression[] {
  return variable.references.flatMap((reference) => {
    const member = bindingsOf(script).parentOf(reference);
    return member?.type === 'MemberExpression' && member.object === reference && isPasswordName(memberName(member) ?? '') ? [member] : [];
  });
}

function isWritten(script: Script, member: TSESTree.MemberExpression): boolean {
  const above = bindingsOf(script).parentOf(member);
  return above?.type === 'AssignmentExpression' && above.left === member;
}

function isTakenOut(script: Script, member: TSESTree.MemberExpression): boolean {
  const above = bindingsOf(script).parentOf(member);
  if (above?.type === 'UnaryExpression' && above.operator === 'delete') return true;
  if (above?.type !== 'AssignmentExpression' || above.left !== member) return false;
  return originsOf(script)
    .evaluate(above.right)
    .every((value) => value.kind === 'nullish' || (value.kind === 'text' && value.text === ''));
}

function annotationOf(name: Node): TSESTree.TypeNode | undefined {
  return name.type === 'Identifier' ? name.typeAnnotation?.typeAnnotation : undefined;
}

/** `User`, `UserDocument`, `User | null`: a person's record by its type; `other` for any type that is not. */
function personType(type: TSESTree.TypeNode): 'person' | 'other' | undefined {
  if (type.type === 'TSAnyKeyword' || type.type === 'TSUnknownKeyword' || type.type === 'TSObjectKeyword') return undefined;
  const parts = type.type === 'TSUnionType' || type.type === 'TSIntersectionType' ? type.types : [type];
  for (const part of parts) {
    if (part.type === 'TSTypeReference' && part.typeName.type === 'Identifier') {
      const { name } = part.typeName;
      if (isPersonName(name) && !SHOWN_TYPE.test(name)) return 'person';
    }
    if (
      part.type === 'TSTypeLiteral' &&
      part.members.some((member) => member.type === 'TSPropertySignature' && isPrivateName(keyName(member.key, member.computed) ?? ''))
    )
      return 'person';
  }
  return 'other';
}

/** `whole` for a query that gives a record with all its fields, `selected` for one that says which. */
function queryOf(bindings: Bindings, node: Node): 'whole' | 'selected' | undefined {
  let next = unwrap(node);
  for (let links = 0; links < 20 && next.type === 'CallExpression'; links++) {
    const callee = unwrap(next.callee);
    if (callee.type !== 'MemberExpression') return undefined;
    const method = memberName(callee);
    if (method === undefined) return undefined;
    if (SELECTIONS.has(method)) return 'selected';
    if (!SAME_FIELDS.has(method)) {
      if (!ONE_RECORD.test(method)) return undefined;
      const given = next.arguments.map((argument) => initialValue(bindings, argument));
      if (given.some(isSelection)) return 'selected';
      // `[...].find((user) => ...)` searches a list; a second argument in text or as a list chooses fields.
      const [first, second] = given;
      if (first?.type === 'ArrowFunctionExpression' || first?.type === 'FunctionExpression') return undefined;
      if (second && /^find/.test(method) && !/Update/.test(method) && second.type !== 'ObjectExpression') return 'selected';
      return 'whole';
    }
    next = unwrap(callee.object);
  }
  return undefined;
}

/** Whether what is queried is a model of persons: `User.create(...)`, `models.Users.findOne(...)`. */
function isOfPersonModel(node: Node): boolean {
  let next = unwrap(node);
  while (next.type === 'CallExpression') {
    const callee = unwrap(next.callee);
    if (callee.type !== 'MemberExpression') return false;
    next = unwrap(callee.object);
  }
  const name = lastName(next);
  // `user.save()` gives the same user again, but `this.users.find()` is a service's.
  return name !== undefined && /^[A-Z]/.test(name) && isPersonName(name.replace(/s$/, ''));
}

function isSelection(argument: Node): boolean {
  return (
    argument.type === 'ObjectExpression' &&
    argument.properties.some((property) => property.type === 'Property' && SELECTIONS.has(keyName(property.key, property.computed) ?? ''))
  );
}
