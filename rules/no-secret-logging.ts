import type { TSESTree } from '@typescript-eslint/types';
import { defineRule, type Finding, type Script } from './contract.js';
import { bindingsOf } from './facts/bindings.js';
import { importName } from './facts/import-names.js';
import { originsOf } from './facts/origins.js';
import { shownParts } from './facts/shown-parts.js';
import { memberName, placeOf, unwrap, type Node } from './facts/syntax.js';
import { tokenValuesOf } from './facts/token-values.js';

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
const LOGGER_NAME = /^[_$]?(?:logs?|logger|LOG(?:GER)?|[A-Za-z]+(?:Log|Logger|_log|_logger))$/;

export default defineRule({
  id: 'no-secret-logging',
  title: 'Disallow secrets and whole tokens in logs and in messages of errors',
  severity: 'warning',
  messages: {
    secret: {
      what: '{{sink}} writes a signing secret{{name}} where others can read it.',
      fix: 'Say whether it is set, not what it is. Replace the secret if the program has run with this line.',
    },
    token: {
      what: '{{sink}} writes a whole token{{name}}: whoever reads it is that user until the token ends.',
      fix: 'Write the `sub` or `jti` of its claims instead.',
    },
    environment: {
      what: '{{sink}} writes the whole environment, and the signing secret with it.',
      fix: 'Write the names of the settings that matter, without secrets.',
    },
  },
  docs: {
    why: 'Logs are kept for long, copied to other systems and read by many: a secret in them signs tokens as any user, and a token in them is as good as its login.',
    cwe: [532],
    securitySeverity: 5.3,
    references: [
      {
        title: 'OWASP: Logging Cheat Sheet, data to exclude',
        url: 'https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude',
      },
      { title: 'CWE-532: Insertion of Sensitive Information into Log File', url: 'https://cwe.mitre.org/data/definitions/532.html' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    const tokens = tokenValuesOf(script);
    const reported = new Set<string>();
    for (const call of bindingsOf(script).calls) {
      const sink = sinkOf(script, call);
      if (!sink) continue;
      for (const argument of sink.shown) {
        for (const part of shownParts(script, argument)) {
          const found = tokens.sensitive(part);
          const anchor = placeOf(script.path, part);
          if (!found || reported.has(String(anchor.start))) continue;
          reported.add(String(anchor.start));
          yield {
            message: found.what,
            data: { sink: sink.name, name: found.name === undefined ? '' : ` (\`${found.name}\`)` },
            anchor,
            use: placeOf(script.path, call),
            confidence: found.confidence,
            symbol: `${sink.name}.${found.name ?? found.what}`,
          };
        }
      }
    }
  },
});

interface Sink {
  readonly name: string;
  readonly shown: readonly Node[];
}

/** What a call writes, when it is one of a console, a logger or the process's output, or makes an error. */
function sinkOf(script: Script, call: TSESTree.CallExpression | TSESTree.NewExpression): Sink | undefined {
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
  const receiver = object.type === 'Identifier' ? object.name : object.type === 'MemberExpression' ? memberName(object) : undefined;
  return { name: receiver === undefined ? `\`${method}\`` : `\`${receiver}.${method}\``, shown: given };
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
  const name = object.type === 'Identifier' ? object.name : object.type === 'MemberExpression' ? memberName(object) : undefined;
  return name !== undefined && name !== 'console' && LOGGER_NAME.test(name);
}
