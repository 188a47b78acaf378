/**
 * Which values can be guessed or computed by somebody who has seen the source and a token: clocks, Math.random, what the
 * process and the machine are called, what a request says, and anything that is made of nothing else.
 */
import type { Script } from '../contract.js';
import { importName, isOfRequestType } from './import-names.js';
import { originsOf } from './origins.js';
import type { ImportValue, ParameterValue, Value } from './values.js';

/** What makes a value predictable, the most telling source first. */
export type PredictableSource = 'request' | 'user' | 'math-random' | 'clock' | 'uuid' | 'random-uuid' | 'counter' | 'process' | 'constants';

/** Sources by the canonical name of what is called, constructed or read. */
const SOURCES: ReadonlyMap<string, PredictableSource> = new Map([
  ...names('math-random', ['global:Math.random', 'lodash:random', 'lodash/random:', 'nanoid/non-secure:nanoid', 'math-random:']),
  ...names('clock', ['global:Date.now', 'global:Date', 'global:performance.now', 'global:performance.timeOrigin']),
  ...names('clock', ['perf_hooks:performance.now', 'global:process.hrtime', 'global:process.hrtime.bigint', 'global:process.uptime']),
  ...names('clock', ['os:uptime', 'dayjs:', 'moment:', 'moment:now', 'luxon:DateTime.now', 'uniqid:', 'uniqid:time', 'uniqid:process']),
  ...names('uuid', ['uuid:v1', 'uuid:v3', 'uuid:v5', 'uuid:v6', 'uuid:v7', 'uuid/v1:', 'uuid/v3:', 'uuid/v5:', 'uuidv7:uuidv7']),
  ...names('random-uuid', [
    'uuid:v4',
    'uuid/v4:',
    'crypto:randomUUID',
    'uuid-random:',
    'uuidv4:uuid',
    'node-uuid:v4',
    'crypto-randomuuid:',
  ]),
  ...names('counter', ['bson:ObjectId', 'bson:ObjectID', 'mongodb:ObjectId', 'mongodb:ObjectID', 'mongoose:Types.ObjectId', 'cuid:']),
  ...names('counter', ['shortid:', 'shortid:generate', 'lodash:uniqueId', 'lodash/uniqueId:', 'hyperid:']),
  ...names('process', [
    'global:process.pid',
    'global:process.ppid',
    'global:process.cwd',
    'global:process.title',
    'global:process.platform',
  ]),
  ...names('process', ['global:process.version', 'global:process.arch', 'global:__filename', 'global:__dirname', 'global:import.meta.url']),
  ...names('process', ['os:hostname', 'os:userInfo', 'os:platform', 'os:arch', 'os:type', 'os:release', 'os:homedir', 'os:machine']),
  ...names('process', ['global:location.hostname', 'global:location.host', 'global:location.origin', 'global:navigator.userAgent']),
]);

function names(source: PredictableSource, list: readonly string[]): readonly (readonly [string, PredictableSource])[] {
  return list.map((name) => [name, source] as const);
}

/** What may be done to a source without adding anything to it. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...[
    '()',
    'toString',
    'toFixed',
    'toISOString',
    'toJSON',
    'toUTCString',
    'toDateString',
    'toLocaleString',
    'toLocaleDateString',
    'toMillis',
  ],
  ...[
    'valueOf',
    'getTime',
    'getFullYear',
    'getMonth',
    'getDate',
    'getDay',
    'getHours',
    'unix',
    'format',
    'toHexString',
    'username',
    'toISO',
  ],
  ...['slice', 'substring', 'substr', 'trim', 'toUpperCase', 'toLowerCase', 'split', 'reverse', 'join', 'repeat', 'charAt', '0', '1', '2'],
]);

/** Where a request holds what its sender wrote. */
const REQUEST_PARTS: ReadonlySet<string> = new Set(['body', 'query', 'params', 'headers', 'cookies']);
const REQUEST_PARAMETER = /^(?:_?req(?:uest)?|ctx|context|event)\b/;
/** What others know of a user. */
const USER_FIELDS: ReadonlySet<string> = new Set(['email', 'username', 'userName', 'userId', '_id', 'phone', 'phoneNumber']);

/** Why a value is predictable; undefined when it is not, or when nothing is known of it. */
export function predictableSource(script: Script, value: Value): PredictableSource | undefined {
  if (value.kind === 'unknown' && value.made === undefined) return userField(value.name);
  const source = sourceOf(script, value);
  // Constants alone are literals, which other rules know, unless something is computed from them.
  return source === 'constants' && value.kind !== 'unknown' ? undefined : source;
}

const RANKS: readonly PredictableSource[] = ['request', 'user', 'math-random', 'clock', 'uuid', 'counter', 'process', 'constants'];

/** Values that one computed value is looked through for. */
const MAX_VISITED = 1000;

function sourceOf(script: Script, value: Value): PredictableSource | undefined {
  const origins = originsOf(script);
  let best: PredictableSource | undefined;
  const take = (source: PredictableSource): void => {
    if (best === undefined || RANKS.indexOf(source) < RANKS.indexOf(best)) best = source;
  };
  const stack: Value[] = [value];
  for (let visited = 0, next = stack.pop(); next; next = stack.pop()) {
    if (++visited > MAX_VISITED) return undefined;
    switch (next.kind) {
      case 'text':
      case 'number':
      case 'boolean':
      case 'nullish':
        take('constants');
        break;
      case 'array':
        if (next.open) return undefined;
        for (const element of next.elements) stack.push(...element);
        break;
      case 'object':
        if (next.open) return undefined;
        for (const inner of next.members.values()) stack.push(...inner);
        break;
      case 'unknown':
        if (!next.made) {
          const field = userField(next.name);
          if (!field) return undefined;
          take(field);
        } else for (const part of next.made.of) stack.push(...origins.resolve(part));
        break;
      case 'import': {
        const source = importedSource(next);
        if (source === undefined) return undefined;
        // With anything else beside it a random UUID is no longer all there is.
        if (source === 'random-uuid') return next === value ? source : undefined;
        take(source);
        break;
      }
      case 'parameter': {
        const source = parameterSource(script, next);
        if (source === undefined) return undefined;
        take(source);
        break;
      }
      default:
        return undefined;
    }
  }
  return best;
}

/** The longest beginning of an import's path that is a source, when nothing else is done to it. */
function importedSource(value: ImportValue): PredictableSource | undefined {
  if (isOfRequestType(value)) return isOfRequest(value.path.slice(1)) ? 'request' : undefined;
  for (let length = value.path.length; length >= 0; length--) {
    const source = SOURCES.get(importName({ specifier: value.specifier, path: value.path.slice(0, length) }));
    if (source === undefined) continue;
    const rest = value.path.slice(length);
    const used = rest.length > 0 || value.instance === true || source === 'process';
    return used && rest.every((part) => HARMLESS.has(part)) ? source : undefined;
  }
  return undefined;
}

function parameterSource(script: Script, value: ParameterValue): PredictableSource | undefined {
  if (isOfRequest(value.path) && value.at.path === script.path) {
    const written = script.text.slice(value.at.start, value.at.start + 16);
    if (REQUEST_PARAMETER.test(written)) return 'request';
  }
  return userField(value.path.at(-1));
}

/** `body.secret`, and `request.body.secret` of a context. */
function isOfRequest(path: readonly string[]): boolean {
  const parts = path[0] === 'request' || path[0] === 'req' ? path.slice(1) : path;
  return parts.length >= 2 && REQUEST_PARTS.has(parts[0]!);
}

function userField(name: string | undefined): PredictableSource | undefined {
  return name !== undefined && USER_FIELDS.has(name) ? 'user' : undefined;
}
