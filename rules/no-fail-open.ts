import type { TSESTree } from '@typescript-eslint/types';
import { defineRule, type Confidence, type Finding, type Level, type Place, type Script } from './contract.js';
import { bindingsOf, initialValue, type FunctionNode } from './facts/bindings.js';
import { callsOfFunction } from './facts/called-functions.js';
import { callGiving } from './facts/call-results.js';
import { callsOf, type JwtCall } from './facts/calls.js';
import { functionNamed, functionsAround } from './facts/decoded-use.js';
import { isOwnModule } from './facts/import-names.js';
import { originsOf } from './facts/origins.js';
import { lastName, memberName, nodesIn, placeOf, startOf, unwrap, type Node } from './facts/syntax.js';
import { CHECK_NAME } from './facts/token-checks.js';

export default defineRule({
  id: 'no-fail-open',
  title: 'Disallow going on after a verification that failed, or before it has ended',
  severity: 'error',
  messages: {
    caught: {
      what: 'When {{call}} fails, the `catch` goes on: a request with a forged token passes.',
      fix: 'Answer, return or throw in the `catch`.',
    },
    ignored: {
      what: 'The callback of {{call}} goes on whatever its error says.',
      fix: 'Test the error first: answer, return or throw when it is there.',
    },
    outrun: {
      what: 'The callback of {{call}} answers when the token is no good, and what stands after the call lets the request pass all the same.',
      fix: 'Let the request pass in the callback, after the test of its error, or verify without a callback.',
    },
    unawaited: {
      what: '{{call}} gives a promise that nobody waits for: whatever it says comes too late.',
      fix: 'Write `await` before it, in an `async` function.',
    },
  },
  docs: {
    why: 'A verification protects only if its failure stops what comes after it. A swallowed error, an untested callback argument or a promise that is always true lets every forged token through.',
    cwe: [636, 754],
    securitySeverity: 8.6,
    references: [
      { title: 'RFC 8725, 3.3: Validate All Cryptographic Operations', url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.3' },
      { title: 'CWE-636: Not Failing Securely', url: 'https://cwe.mitre.org/data/definitions/636.html' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    for (const call of callsOf(script)) {
      if (!(call.api.kind === 'verify' || call.api.settles)) continue;
      for (const verification of verificationsOf(script, call)) {
        const finding =
          unawaited(script, call, verification) ??
          ignored(script, call, verification) ??
          outrun(script, call, verification) ??
          swallowed(script, call, verification.node) ??
          caught(script, call, verification.node);
        if (!finding) continue;
        yield finding;
        break;
      }
    }
    for (const call of verificationsElsewhere(script)) {
      const finding = unawaited(script, call, call) ?? swallowed(script, call, call.node) ?? caught(script, call, call.node);
      if (finding) yield finding;
    }
  },
});

/** What a finding says of the call that verifies. */
interface VerifyingCall {
  readonly node: Node;
  readonly place: Place;
  /** Empty for a function of the repository. */
  readonly package: string;
  readonly api: { readonly name: string };
}

/** Calls of other files' functions that give their callers what a library's verification gives. */
function verificationsElsewhere(script: Script): readonly (VerifyingCall & Verification)[] {
  const origins = originsOf(script);
  const known = new Set<Node>(callsOf(script).flatMap((call) => (call.wrapped ? [] : [call.node])));
  return bindingsOf(script).calls.flatMap((node) => {
    const name = lastName(node.callee);
    if (node.type !== 'CallExpression' || known.has(node) || name === undefined || !CHECK_NAME.test(name)) return [];
    const isOwn = origins.evaluate(node.callee).some((value) => value.kind === 'import' && isOwnModule(script.project, value.specifier));
    const given = (isOwn ? origins.valuesOf(node) : []).flatMap(
      (value) => (value.kind === 'import' && callGiving(script.project, value, 'verify')) || [],
    );
    if (given.length === 0) return [];
    const isPromise = given.every(({ settles }) => settles === 'promise');
    return [{ node, isPromise, callback: undefined, place: placeOf(script.path, node), package: '', api: { name: `\`${name}\`` } }];
  });
}

/** A call that verifies: the library's, or one of a function of the file that gives its caller what the library's call gives. */
interface Verification {
  readonly node: TSESTree.CallExpression;
  readonly isPromise: boolean;
  /** The function that it calls back, written there or elsewhere in the file. */
  readonly callback: FunctionNode | undefined;
}

/** Calls through functions of the file that are looked at for one call of a library. */
const MAX_VERIFICATIONS = 50;

function verificationsOf(script: Script, call: JwtCall): readonly Verification[] {
  if (call.node.type !== 'CallExpression') return [];
  const bindings = bindingsOf(script);
  const { settles } = call.api;
  const callback = settles === 'callback' && call.args.length >= 3 ? functionIn(script, call.args.at(-1)) : undefined;
  // What another file's function gives is its own matter; only what it calls back is what the library does.
  if (call.wrapped && !callback) return [];
  const isPromise = settles === 'promise' && !call.wrapped && !functionIn(script, call.args.at(-1));
  const found: Verification[] = [{ node: call.node, isPromise, callback }];
  for (let at = 0; at < found.length && found.length < MAX_VERIFICATIONS; at++) {
    const { node, isPromise: settlesLater } = found[at]!;
    const owner = functionsAround(script, node)[0];
    if (!owner) continue;
    const last = node.arguments.at(-1);
    const index = settles === 'callback' && last?.type === 'Identifier' ? parameterIndex(owner, last) : -1;
    const isAnswer = bindings.returnsOf(owner).some((each) => initialValue(bindings, each) === node);
    if (index < 0 && !isAnswer) continue;
    for (const site of callsOfFunction(bindings, startOf(owner))) {
      if (found.length === MAX_VERIFICATIONS) break;
      if (site.type !== 'CallExpression' || found.some((each) => each.node === site)) continue;
      found.push({ node: site, isPromise: settlesLater || owner.async, callback: functionIn(script, site.arguments[index]) });
    }
  }
  return found;

  function parameterIndex(owner: FunctionNode, name: TSESTree.Identifier): number {
    const variable = bindings.variableOf(name);
    return owner.params.findIndex((each) => each.type === 'Identifier' && bindings.variableOf(each) === variable);
  }
}

function report(script: Script, call: VerifyingCall, message: string, use: Node, level: Level, confidence: Confidence): Finding {
  return {
    message,
    data: { call: `${call.package} ${call.api.name || 'verify'}`.trim() },
    anchor: call.place,
    ...(use === call.node ? {} : { use: placeOf(script.path, use) }),
    level,
    confidence,
    symbol: call.package === '' ? call.api.name : `${call.package}.${call.api.name}`,
  };
}

/** A promise whose outcome nobody waits for: a statement of its own, or a condition that is always true. */
function unawaited(script: Script, call: VerifyingCall, { node, isPromise }: Verification): Finding | undefined {
  if (!isPromise) return undefined;
  const bindings = bindingsOf(script);
  let below: Node = node;
  let above = bindings.parentOf(below);
  while (above && /^(?:TS(?:As|NonNull|Satisfies)Expression|ChainExpression|ParenthesizedExpression)$/.test(above.type)) {
    below = above;
    above = bindings.parentOf(below);
  }
  const isCondition =
    (above?.type === 'UnaryExpression' && above.operator === '!') ||
    ((above?.type === 'IfStatement' || above?.type === 'ConditionalExpression') && above.test === below) ||
    (above?.type === 'LogicalExpression' && above.operator === '&&' && above.left === below);
  const isKeptOnly = above?.type === 'VariableDeclarator' && above.init === below && isNeverAwaited(script, above.id);
  if (above?.type !== 'ExpressionStatement' && !isCondition && !isKeptOnly) return undefined;
  return report(script, call, 'unawaited', node, 'error', isKeptOnly ? 'likely' : 'certain');
}

/** True for a variable that is only tested, or asked for members that no promise has. */
function isNeverAwaited(script: Script, name: Node): boolean {
  const bindings = bindingsOf(script);
  const references = name.type === 'Identifier' ? (bindings.variableOf(name)?.references ?? []) : [];
  let uses = 0;
  for (const reference of references) {
    let below: Node = reference;
    let above = bindings.parentOf(below);
    while (above && /^(?:TS\w+Expression|ChainExpression)$/.test(above.type)) {
      below = above;
      above = bindings.parentOf(below);
    }
    if (above?.type === 'VariableDeclarator' && above.id === reference) continue;
    const isMember = above?.type === 'MemberExpression' && above.object === below;
    if (isMember ? /^(?:then|catch|finally)$/.test(memberName(above as TSESTree.MemberExpression) ?? 'then') : !isTested(script, below))
      return false;
    uses++;
  }
  return uses > 0;
}

/** `await verify(...).catch(() => {})` as a statement, before something that lets the request pass. */
function swallowed(script: Script, call: VerifyingCall, node: TSESTree.CallExpression): Finding | undefined {
  const bindings = bindingsOf(script);
  const member = bindings.parentOf(node);
  const outer =
    member?.type === 'MemberExpression' && member.object === node && memberName(member) === 'catch' ? bindings.parentOf(member) : undefined;
  if (outer?.type !== 'CallExpression' || outer.callee !== member) return undefined;
  const handler = outer.arguments[0];
  if (handler?.type !== 'ArrowFunctionExpression' && handler?.type !== 'FunctionExpression') return undefined;
  const { body } = handler;
  const isIdleHandler =
    body.type === 'BlockStatement'
      ? isIdle(body)
      : body.type === 'CallExpression'
        ? isLog(body)
        : body.type === 'Literal' || body.type === 'Identifier';
  let statement = bindings.parentOf(outer);
  if (statement?.type === 'AwaitExpression') statement = bindings.parentOf(statement);
  if (!isIdleHandler || statement?.type !== 'ExpressionStatement') return undefined;
  if (!after(script, statement).some((inner) => isPass(script, inner))) return undefined;
  return report(script, call, 'caught', handler, 'error', 'certain');
}

/** The function that an argument is or names. */
function functionIn(script: Script, argument: Node | undefined): FunctionNode | undefined {
  if (argument?.type === 'ArrowFunctionExpression' || argument?.type === 'FunctionExpression') return argument;
  return argument?.type === 'Identifier' ? functionNamed(script, argument) : undefined;
}

function ignored(script: Script, call: JwtCall, { callback }: Verification): Finding | undefined {
  if (!callback) return undefined;
  if (callback.params.length === 0)
    return goesOnBlindly(script, callback) ? report(script, call, 'ignored', callback, 'error', 'likely') : undefined;
  const passes = within(script, callback).find((inner) => isPass(script, inner));
  if (!passes) return undefined;
  const bindings = bindingsOf(script);
  const [error, decoded] = callback.params;
  const references = (parameter: Node | undefined): readonly Node[] =>
    parameter?.type === 'Identifier' ? (bindings.variableOf(parameter)?.references ?? []) : [];
  if ((error && error.type !== 'Identifier') || (decoded && decoded.type !== 'Identifier')) return undefined;
  // Whoever asks whether there are claims has asked whether there is an error.
  if (references(decoded).some((reference) => isTested(script, reference))) return undefined;
  for (const reference of references(error)) {
    const test = branchOn(script, reference);
    // An error that is used for anything but a branch without an end is taken care of somehow.
    if (!test || stops(script, test.consequent) || test.alternate || isInside(script, passes, test)) {
      if (!isLogged(script, reference)) return undefined;
    }
  }
  return report(script, call, 'ignored', callback, 'error', 'certain');
}

/** A callback that answers when there is an error, where the request passes without waiting for what it says. */
function outrun(script: Script, call: JwtCall, { node, callback }: Verification): Finding | undefined {
  const bindings = bindingsOf(script);
  const error = callback?.params[0];
  if (!callback || error?.type !== 'Identifier') return undefined;
  const answers = (bindings.variableOf(error)?.references ?? []).some((reference) => {
    const test = branchOn(script, reference);
    const inner = test ? within(script, test.consequent) : [];
    // What is thrown leaves the function that verifies too, since jsonwebtoken calls back before it returns.
    return inner.some((each) => isAnswer(script, each)) && !inner.some(({ type }) => type === 'ThrowStatement');
  });
  if (!answers) return undefined;
  let statement = bindings.parentOf(node);
  while (statement?.type === 'AwaitExpression' || statement?.type === 'ChainExpression') statement = bindings.parentOf(statement);
  if (statement?.type !== 'ExpressionStatement') return undefined;
  for (let outer: Node | undefined = statement; outer && !/Function/.test(outer.type); outer = bindings.parentOf(outer)) {
    const passes = after(script, outer).find((inner) => isPass(script, inner));
    if (passes) return report(script, call, 'outrun', passes, 'error', 'certain');
    // Whoever asks for something after the call has perhaps asked for what the callback left behind.
    if (isFollowedByTest(script, outer)) return undefined;
  }
  return undefined;
}

/** A call that does something about a request: neither writes to a log nor lets it pass. */
function isAnswer(script: Script, node: Node): boolean {
  return node.type === 'CallExpression' && !isLog(node) && !isPass(script, node);
}

/** True for a statement with a branch after it in its block. */
function isFollowedByTest(script: Script, statement: Node): boolean {
  const block = bindingsOf(script).parentOf(statement);
  if (block?.type !== 'BlockStatement') return false;
  return block.body.slice(block.body.indexOf(statement as TSESTree.Statement) + 1).some((next) => next.type === 'IfStatement');
}

/** A callback that asks for no error does the same for every token; undefined when that is nothing. */
function goesOnBlindly(script: Script, callback: FunctionNode): boolean {
  const body = unwrap(callback.body);
  if (body.type !== 'BlockStatement') return !(body.type === 'CallExpression' && isLog(body));
  return !isIdle(body) && !nodesIn(script.visitorKeys, body).some((node) => node.type === 'Identifier' && node.name === 'arguments');
}

/** The `if` that a reference, bare or compared to nothing, decides. */
function branchOn(script: Script, reference: Node): TSESTree.IfStatement | undefined {
  const bindings = bindingsOf(script);
  let above = bindings.parentOf(reference);
  while (above?.type === 'BinaryExpression') above = bindings.parentOf(above);
  return above?.type === 'IfStatement' && isInside(script, reference, above.test) ? above : undefined;
}

function isTested(script: Script, reference: Node): boolean {
  const bindings = bindingsOf(script);
  const above = bindings.parentOf(reference);
  switch (above?.type) {
    case 'UnaryExpression':
      return above.operator === '!';
    case 'IfStatement':
    case 'ConditionalExpression':
      return above.test === reference;
    case 'LogicalExpression':
    case 'BinaryExpression':
      return true;
    case 'MemberExpression':
      return above.optional || isTested(script, above);
    default:
      return false;
  }
}

/** `console.log(error)`, `logger.warn(error.message)`. */
function isLogged(script: Script, reference: Node): boolean {
  const bindings = bindingsOf(script);
  for (let above = bindings.parentOf(reference); above; above = bindings.parentOf(above)) {
    if (above.type === 'CallExpression') return isLog(above);
    if (above.type !== 'MemberExpression' && above.type !== 'TemplateLiteral' && above.type !== 'ChainExpression') return false;
  }
  return false;
}

function isLog(call: TSESTree.CallExpression): boolean {
  const callee = unwrap(call.callee);
  return callee.type === 'MemberExpression' && /^(?:log|error|warn|info|debug|trace|verbose)$/.test(memberName(callee) ?? '');
}

function caught(script: Script, call: VerifyingCall, node: TSESTree.CallExpression): Finding | undefined {
  const bindings = bindingsOf(script);
  let attempt: TSESTree.TryStatement | undefined;
  for (let above = bindings.parentOf(node), below: Node = node; above; below = above, above = bindings.parentOf(above)) {
    if (above.type === 'TryStatement' && above.block === below) {
      attempt = above;
      break;
    }
    if (above.type === 'FunctionDeclaration' || above.type === 'FunctionExpression' || above.type === 'ArrowFunctionExpression')
      return undefined;
  }
  const handler = attempt?.handler;
  if (!attempt || !handler) return undefined;
  const passing = within(script, handler.body).find((inner) => isPass(script, inner));
  let use: Node | undefined = passing;
  if (!use) {
    if (!isIdle(handler.body)) return undefined;
    use = after(script, attempt).find((inner) => isPass(script, inner));
    if (!use && attempt.finalizer) use = within(script, attempt.finalizer).find((inner) => isPass(script, inner));
  } else if (within(script, handler.body).some((inner) => /^(?:If|Throw|Switch|Try)Statement$/.test(inner.type))) {
    // A catch that tells errors apart, or tries again, knows what it does.
    return undefined;
  }
  if (!use) return undefined;
  // Where the claims are kept only on success, whoever comes after may ask for them: optional sign-in.
  const optional = isKept(script, node) || (passing !== undefined && !isIdleBeside(script, handler.body));
  return report(script, call, 'caught', handler, optional ? 'warning' : 'error', optional ? 'possible' : 'certain');
}

/** True when a verification's result is assigned, declared or handed on. */
function isKept(script: Script, node: Node): boolean {
  const bindings = bindingsOf(script);
  let above = bindings.parentOf(node);
  while (above && /^(?:AwaitExpression|ChainExpression|TS\w+Expression)$/.test(above.type)) above = bindings.parentOf(above);
  return above?.type !== 'ExpressionStatement';
}

/** True for a block that does nothing but write to a log. */
function isIdle(block: TSESTree.BlockStatement): boolean {
  return block.body.every(
    (statement) =>
      statement.type === 'EmptyStatement' ||
      (statement.type === 'ExpressionStatement' &&
        unwrap(statement.expression).type === 'CallExpression' &&
        isLog(unwrap(statement.expression) as TSESTree.CallExpression)),
  );
}

/** True when a block does nothing beside logging and letting pass. */
function isIdleBeside(script: Script, block: TSESTree.BlockStatement): boolean {
  return !within(script, block).some(
    (inner) => inner.type === 'AssignmentExpression' || (inner.type === 'CallExpression' && !isLog(inner) && !isPass(script, inner)),
  );
}

/** Letting a request pass: `next()` without an error, `return true`. */
function isPass(script: Script, node: Node): boolean {
  if (node.type === 'ReturnStatement') {
    const answer = node.argument && unwrap(node.argument);
    return answer?.type === 'Literal' && answer.value === true;
  }
  if (node.type !== 'CallExpression' || node.arguments.length > 0) return false;
  const callee = unwrap(node.callee);
  if (callee.type !== 'Identifier' || callee.name !== 'next') return false;
  return bindingsOf(script).variableOf(callee)?.definitions[0]?.kind === 'parameter';
}

const STOPS = new Set(['ReturnStatement', 'ThrowStatement', 'BreakStatement', 'ContinueStatement']);

/** True when a branch ends what comes after it, or answers. */
function stops(script: Script, node: Node): boolean {
  return within(script, node).some(
    (inner) =>
      STOPS.has(inner.type) ||
      (inner.type === 'CallExpression' && !isLog(inner) && !isPass(script, inner)) ||
      inner.type === 'AssignmentExpression',
  );
}

function isInside(script: Script, node: Node, outer: Node): boolean {
  const bindings = bindingsOf(script);
  for (let above: Node | undefined = node; above; above = bindings.parentOf(above)) if (above === outer) return true;
  return false;
}

/** Statements that follow a statement in its block, and their parts. */
function after(script: Script, statement: Node): readonly Node[] {
  const block = bindingsOf(script).parentOf(statement);
  if (block?.type !== 'BlockStatement') return [];
  const found: Node[] = [];
  for (const next of block.body.slice(block.body.indexOf(statement as TSESTree.Statement) + 1)) {
    // A check of what the `try` left behind.
    if (next.type === 'IfStatement' || next.type === 'ThrowStatement') break;
    found.push(...within(script, next));
    if (next.type === 'ReturnStatement') break;
  }
  return found;
}

/** A node and everything in it, functions of its own left out. */
function within(script: Script, root: Node): readonly Node[] {
  const found: Node[] = [];
  const stack: Node[] = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    found.push(node);
    if (node !== root && /Function/.test(node.type)) continue;
    const record = node as unknown as Record<string, unknown>;
    for (const key of script.visitorKeys[node.type] ?? []) {
      const child = record[key];
      for (const each of Array.isArray(child) ? (child as unknown[]) : [child])
        if (typeof each === 'object' && each !== null && 'type' in each) stack.push(each as Node);
    }
  }
  return found;
}
