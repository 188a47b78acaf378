/** Calls that write to logs: of a console, a logger, the process's output; and those that make an error. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { importName } from './import-names.js';
import { originsOf } from './origins.js';
import { memberName, unwrap, type Node } from './syntax.js';

/** What loggers call their levels. */
const LEVELS: ReadonlySet<string> = new Set([
  ...['log', 'info', 'warn', 'warning', 'error', 'debug', 'trace', 'verbose', 'silly', 'fatal', 'notice', 'critical', 'http', 'success'],
  ...['dir', 'table', 'msg'],
]);

/** Packages whose objects are loggers, whatever they are called. */
const LOGGERS: ReadonlySet<string> = new Set([
  ...['winston', 'pino', 'bunyan', 'log4js', 'loglevel', 'consola', 'signale', 'tslog', 'npmlog', 'roarr', 'nestjs-pino', 'nest-winston'],
]);

/** What a logger is called where nothing else says that it is one. */
const LOGGER_NAME =
  /^[_$]?(?:logs?|logger|LOG(?:GER)?|[A-Za-z]+(?:Log|Logger|_log|_logger)|winston|pino|bunyan|log4js|loglevel|consola|signale|npmlog)$/;

/** A call that writes something for people to read. */
export interface LogCall {
  /** As a message names it, with its backticks. */
  readonly name: string;
  readonly shown: readonly Node[];
}

/** What a call writes, when it is one of a console, a logger or the process's output, or makes an error. */
export function logCall(script: Script, call: TSESTree.CallExpression | TSESTree.NewExpression): LogCall | undefined {
  const callee = unwrap(call.callee);
  const given = call.arguments.map((argument) => (argument.type === 'SpreadElement' ? argument.argument : argument));
  if (given.length === 0) return undefined;
  if (call.type === 'NewExpression') {
    const name = callee.type === 'Identifier' ? callee.name : callee.type === 'MemberExpression' ? memberName(callee) : undefined;
    return name !== undefined && /(?:Error|Exception)$/.test(name) ? { name: `\`new ${name}\``, shown: given.slice(0, 1) } : undefined;
  }
  if (callee.type !== 'MemberExpression') return undefined;
  const method = memberName(callee);
  if (method === undefined) return undefined;
  if (method === 'write') {
    const object = unwrap(callee.object);
    const stream = object.type === 'MemberExpression' ? memberName(object) : undefined;
    const isOutput =
      (stream === 'stdout' || stream === 'stderr') &&
      originsOf(script)
        .evaluate(object)
        .some((value) => value.kind === 'import' && importName(value) === `global:process.${stream}`);
    return isOutput ? { name: `\`process.${stream}.write\``, shown: given.slice(0, 1) } : undefined;
  }
  if (!LEVELS.has(method) || !isLogger(script, callee.object)) return undefined;
  const object = unwrap(callee.object);
  const receiver = object.type === 'Identifier' ? object.name : object.type === 'MemberExpression' ? nameOfMember(object) : undefined;
  return { name: receiver === undefined ? `\`${method}\`` : `\`${receiver}.${method}\``, shown: given };
}

function nameOfMember(node: TSESTree.MemberExpression): string | undefined {
  return node.property.type === 'PrivateIdentifier' ? node.property.name : memberName(node);
}

/** A console, an object of a logging package, or what is called a logger and is not known to be anything else. */
function isLogger(script: Script, node: Node): boolean {
  const object = unwrap(node);
  const values = originsOf(script).evaluate(object);
  for (const value of values) {
    if (value.kind !== 'import') continue;
    const name = importName(value);
    if (name === 'global:console' || LOGGERS.has(name.slice(0, name.indexOf(':')))) return true;
    if (name.startsWith('@nestjs/common:Logger')) return true;
  }
  const name = object.type === 'Identifier' ? object.name : object.type === 'MemberExpression' ? nameOfMember(object) : undefined;
  return name !== undefined && name !== 'console' && LOGGER_NAME.test(name);
}
