/** Every call of a script that signs, verifies or decodes a token, or configures something with a key. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Place, Script, UserSink } from '../contract.js';
import { bindingsOf, initialValue, type Bindings, type ClassNode } from './bindings.js';
import {
  callNames,
  DECORATED,
  LIBRARIES,
  librariesOf,
  librarySpecifier,
  OPTION_NAMES,
  type Api,
  type CallKind,
  type DecoratedCall,
  type Library,
  type Position,
} from './libraries.js';
import { given, parametersIn, partsIn, positionIn } from './handed-on.js';
import { signsJws } from './handmade-jws.js';
import { isOwnModule } from './import-names.js';
import { propertyOf } from './object-properties.js';
import { originsOf } from './origins.js';
import { packageSpecifier } from './package-specifiers.js';
import { dottedName, keyName, memberName, placeOf, unwrap, type Node } from './syntax.js';
import type { FunctionValue, HandedOn, ImportValue, KeyKind, ObjectValue, Value } from './values.js';
import { WRAPPER } from './wrapper-names.js';

/** The algorithms of a call, as far as they are known. */
export interface Algorithms {
  /** `absent`: surely not given; `unknown`: an option object or value that reading cannot see into. */
  readonly state: 'given' | 'absent' | 'unknown';
  /** Names as written, when given and known. */
  readonly names: readonly { readonly name: string; readonly at: Place }[];
}

/** One use of a library, or of a sink that the user's configuration names. */
export interface JwtCall {
  readonly package: string;
  /** Locked or lowest allowed version in the scanned project; undefined when unknown. */
  readonly version: string | undefined;
  readonly api: Api;
  readonly node: Node;
  readonly place: Place;
  /** Possible values at the key positions; empty when no key is given there. */
  readonly keys: readonly Value[];
  /** True when the call has an argument or option in the first key position at all. */
  readonly keyGiven: boolean;
  /** For verifications. */
  readonly algorithms: Algorithms;
  /** For signatures: the algorithm's name when known. */
  readonly algorithm: string | undefined;
  /** Values at a position of this call. */
  at(position: Position): readonly Value[];
  /** The expressions that are its arguments, as far as they are seen. */
  readonly args: readonly (Node | undefined)[];
  /**
   * It is a call of another file's function, which makes the one that is described of what it is given here. All that the
   * function has of its own is unknown: that is said where it stands.
   */
  readonly wrapped?: WrappedCall;
}

/** A library's call in another file's function. */
export interface WrappedCall {
  /** What it does: of a verification only what is given is seen where the function is called, and no outcome. */
  readonly kind: CallKind;
  /** Arguments of the function that are single claims, or are spread into the claims. */
  readonly parts: readonly Node[];
  /** What kind of key the function has itself. */
  readonly key: KeyKind;
  /** As of {@link HandedOn}. */
  readonly ownKey: readonly Value[] | undefined;
  readonly endless: Place | undefined;
}

/** The argument that is the key, or the options that hold it; the whole call where there is neither. */
export function keyArgumentOf(call: JwtCall): Place {
  const index = call.api.key?.[0]?.[0];
  const node = index === undefined ? undefined : call.args[index];
  return node ? placeOf(call.place.path, node) : call.place;
}

/** A member of something that nobody knows and that is a value itself: `key` of `env.JWT_SECRET`, where both could be meant. */
function isWithin(value: Value, outer: readonly Value[]): boolean {
  if (value.kind !== 'import' && value.kind !== 'call' && value.kind !== 'parameter') return false;
  const { path } = value;
  return outer.some(
    (other) => other.kind === value.kind && other.path.length < path.length && other.path.every((part, index) => part === path[index]),
  );
}

const cache = new WeakMap<Script, readonly JwtCall[]>();

/** The calls of a script, in source order. */
export function callsOf(script: Script): readonly JwtCall[] {
  let found = cache.get(script);
  if (!found) cache.set(script, (found = findCalls(script)));
  return found;
}

/** Arguments that cannot be seen, since somebody else made the list: as many as any call of the table takes. */
const HANDED_ON: readonly undefined[] = [undefined, undefined, undefined, undefined];

type Call = TSESTree.CallExpression | TSESTree.NewExpression;

/** Files in which a function only calls that of the next one. */
const MAX_WRAPPERS = 3;

/** Calls of libraries that one call of another file's function is described as. */
const MAX_HANDED_ON = 50;

/** Lists that one list is made of: constants of a file or two. */
const MAX_LISTS = 20;

/** Names of the members that the table knows as keys when they are assigned. */
const ASSIGNED = new Set(LIBRARIES.flatMap(({ apis }) => apis.filter(({ form }) => form === 'assigned').map(({ name }) => name)));

/** {@link DECORATED} by the last name of each path. */
const DECORATED_BY_NAME = new Map<string, DecoratedCall[]>();
for (const each of DECORATED) {
  const name = each.path.slice(each.path.lastIndexOf('.') + 1);
  const known = DECORATED_BY_NAME.get(name);
  if (known) known.push(each);
  else DECORATED_BY_NAME.set(name, [each]);
}

/** Whether a dotted name ends in a path of the table, with something before it; `*` in the path is any name. */
function endsIn(name: string, path: string): boolean {
  if (!path.includes('*')) return name.endsWith(`.${path}`);
  const [names, steps] = [name.split('.'), path.split('.')];
  return names.length > steps.length && steps.every((step, index) => step === '*' || step === names[names.length - steps.length + index]);
}

function findCalls(script: Script): readonly JwtCall[] {
  const bindings = bindingsOf(script);
  const origins = originsOf(script);
  const found: JwtCall[] = [];
  const specifiers = importedSpecifiers(bindings);
  const written = versionsIn(specifiers);
  /** What functions of other files hand on, worked out once. */
  const handing = new Map<string, HandedOn[]>();
  // A file that imports no library of the table, nor a file that may pass one on, calls none: no need to look at each call.
  const reachesLibraries =
    specifiers.some((specifier) => librarySpecifier(specifier) !== undefined || isOwnModule(script.project, specifier)) ||
    script.text.includes('subtle.importKey');

  // From the end, since the calls of a chain stand in the text from the last to the first: the value of each then follows
  // from the one before it at once, where the other way round each would be traced through the whole chain below it.
  for (const node of bindings.calls.toReversed()) {
    if (node.callee.type === 'Super') {
      addAll(strategyOf(node), 'super', 'Strategy', node, argumentsOf(node));
      continue;
    }
    const callee = unwrap(node.callee);
    const last = callee.type === 'MemberExpression' ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined;
    if (last === 'register' && node.arguments.length > 0) registered(node);
    for (const sink of script.vocabulary.sinks) userSink(sink, node, callee);
    if (!reachesLibraries) {
      if (callee.type === 'MemberExpression') decorated(node, callee);
      continue;
    }
    let values = origins.evaluate(callee);
    if (values.some((value) => mayWrap(value, last, node))) values = origins.resolve(values);
    let known = false;
    for (const value of values) {
      if (value.kind === 'import') known = fromLibrary(value, node);
      else if (value.kind === 'function' || value.kind === 'object') known = handedOnTo(handedOnBy(value, 0), node);
      if (known) break;
    }
    if (!known && callee.type === 'MemberExpression' && last === 'to') known = bound(node, callee);
    if (!known && callee.type === 'MemberExpression') decorated(node, callee);
  }
  found.reverse();
  for (const node of bindings.named) {
    if (node.type === 'VariableDeclarator') annotated(node);
    else if (node.type === 'AssignmentExpression' && reachesLibraries) assigned(node);
  }
  for (const node of bindings.classes)
    for (const each of (node.implements as typeof node.implements | undefined) ?? []) implemented(node, each.expression);
  return found;

  /**
   * Whether a call of something of another file may be one of a library's: by an option that it is given, by its own name, or
   * by that of the object or class whose method it is, or of the function that gave it.
   */
  function mayWrap(value: Value, last: string | undefined, node: Call): boolean {
    const callee = value.kind === 'call' ? value.callee : value;
    if (callee.kind !== 'import' || !isOwnModule(script.project, callee.specifier)) return false;
    if (callNames().has(value.kind === 'call' ? (last ?? '') : (callee.path.at(-1) ?? ''))) return true;
    if (node.arguments.length === 0) return false;
    const isMade = value.kind === 'call' || callee.instance === true;
    const named = dottedName(node.callee)?.split('.') ?? [];
    if (node.arguments.some(holdsOption)) return true;
    return [...named, ...(isMade ? callee.path : [])].some((name) => WRAPPER.test(name));
  }

  /** The version of an import's own address, else that of the project. */
  function versionOf(packageName: string): string | undefined {
    return written.get(packageName) ?? script.project.versionOf(packageName);
  }

  function argumentsOf(node: Call): readonly (Node | undefined)[] {
    const spread = node.arguments.findIndex((argument) => argument.type === 'SpreadElement');
    return spread < 0 ? node.arguments : [...node.arguments.slice(0, spread), ...HANDED_ON];
  }

  /** A call of something imported, when the table knows it. */
  function fromLibrary(value: ImportValue, node: Call): boolean {
    const isGlobalCrypto = value.specifier === 'global' && value.path[0] === 'crypto';
    const module = librarySpecifier(isGlobalCrypto ? 'crypto' : value.specifier);
    if (!module) return false;
    const whole = value.path[0] === 'default' || isGlobalCrypto ? value.path.slice(1) : value.path;
    const own = module.namespace !== undefined && whole[0] === module.namespace ? whole.slice(1) : whole;
    const path = module.prefix === '' ? own : own[0] === module.prefix ? own : [module.prefix, ...own];
    const libraries = librariesOf(module.package, versionOf(module.package));
    const form = node.type === 'NewExpression' ? 'new' : 'call';
    const last = path[path.length - 1];
    if (last === 'call' || last === 'apply') {
      // `jwt.verify.call(jwt, token, key)`
      if (addAll(libraries, form, path.slice(0, -1).join('.'), node, handedOn(node, last))) return true;
    }
    if (addAll(libraries, form, path.join('.'), node, argumentsOf(node))) return true;
    const byHand = libraries.flatMap(({ apis }) => apis.find((api) => api.form === 'jws' && api.name === path.join('.')) ?? [])[0];
    if (byHand) return signsJws(script, node, byHand.input) && addAll(libraries, 'jws', byHand.name, node, argumentsOf(node));
    if (path.length < 2) return false;
    // A method of an object that a class of the library makes, perhaps after chained calls of other methods.
    const method = path[path.length - 1]!;
    const chained = path.slice(1, -1);
    if (chained.some((part, index) => index % 2 === 1 && part !== '()')) return false;
    return addAll(libraries, 'method', `${path[0]!}.${method}`, node, argumentsOf(node));
  }

  /** What a function or class of another file hands on, itself and through those of further files. */
  function handedOnBy(value: FunctionValue | ObjectValue, hops: number): readonly HandedOn[] {
    const { handsOn = [], passesOn = [] } = value;
    if (hops === MAX_WRAPPERS || passesOn.length === 0) return handsOn;
    const key = `${String(hops)} ${value.at.path} ${String(value.at.start)}`;
    let all = handing.get(key);
    if (!all) {
      all = [...handsOn];
      handing.set(key, all);
      for (const passed of passesOn) {
        for (const callee of origins.resolve([passed.to])) {
          if (callee.kind !== 'function' && callee.kind !== 'object') continue;
          for (const inner of handedOnBy(callee, hops + 1)) {
            const args = given(inner, origins, passed.args);
            if (all.length < MAX_HANDED_ON && parametersIn(args.flat()).length > 0) all.push({ ...inner, owner: passed.owner, args });
          }
        }
      }
    }
    return all;
  }

  /** A call of another file's function that hands on what it is given. */
  function handedOnTo(calls: readonly HandedOn[], node: Call): boolean {
    const nodes = argumentsOf(node);
    let own: readonly (readonly Value[])[] | undefined;
    for (const { package: name, version, api, owner, args, algorithm, key: keyKind, ownKey, endless } of calls) {
      const roots = new Map<number, readonly Value[]>();
      const rootAt = (index: number): readonly Value[] => {
        let found = roots.get(index);
        if (!found) {
          own ??= nodes.map((each) => (each ? origins.evaluate(each) : [{ kind: 'unknown', at: placeOf(script.path, node), steps: [] }]));
          roots.set(index, (found = origins.resolve(origins.substituted(args[index] ?? [], owner, own))));
        }
        return found;
      };
      /** Whether callers give something of what stands at a position. */
      const isGiven = ([index, ...way]: Position): boolean => {
        let values = args[index] ?? [];
        for (const part of way) if (/^\w+$/.test(part)) values = origins.member(values, part, owner);
        return parametersIn(values).length > 0;
      };
      const { key = [], ...rest } = api;
      const keys = key.filter(isGiven);
      const claims = api.payload ? (args[api.payload[0]] ?? []) : [];
      const described = describe(
        name,
        { ...rest, kind: api.kind === 'verify' ? 'config' : api.kind, ...(keys.length > 0 ? { key: keys } : {}) },
        node,
        args.map((values) => nodeGiven(node, positionIn(values, owner))),
        (position) => (isGiven(position) ? rootAt(position[0]) : undefined),
      );
      found.push({
        ...described,
        version,
        algorithm: described.algorithm ?? algorithm,
        wrapped: {
          kind: api.kind,
          key: keyKind,
          ownKey: keys.length > 0 ? undefined : ownKey && origins.resolve(ownKey),
          endless,
          parts: partsIn(claims, owner).flatMap((position) => nodeGiven(node, position) ?? []),
        },
      });
    }
    return calls.length > 0;
  }

  /** The expression of a call that stands at a position of its arguments. */
  function nodeGiven(node: Call, position: Position | undefined): Node | undefined {
    if (!position) return undefined;
    const [index, ...way] = position;
    let found = argumentsOf(node)[index];
    for (const name of way) found = found && propertyOf(script, placeOf(script.path, initialValue(bindings, found)), name)?.value;
    return found;
  }

  /** The arguments that `f.call(self, ...)` and `f.apply(self, [...])` hand on. */
  function handedOn(node: Call, by: 'call' | 'apply'): readonly (Node | undefined)[] {
    if (by === 'call') return argumentsOf(node).slice(1);
    const list = node.arguments[1];
    if (list?.type !== 'ArrayExpression') return HANDED_ON;
    return list.elements.map((element) => (element && element.type !== 'SpreadElement' ? element : undefined));
  }

  function addAll(
    libraries: readonly Library[],
    form: Api['form'],
    name: string,
    node: Node,
    args: readonly (Node | undefined)[],
  ): boolean {
    for (const library of libraries) {
      const api = library.apis.find((each) => each.form === form && each.name === name);
      if (!api) continue;
      found.push(describe(library.package, api, node, args));
      return true;
    }
    return false;
  }

  /** What the table knows of the package that a specifier names, in the project's version. */
  function librariesAt(specifier: string): readonly Library[] {
    const module = librarySpecifier(specifier);
    return module ? librariesOf(module.package, versionOf(module.package)) : [];
  }

  /** `app.register(plugin, options)` */
  function registered(node: Call): void {
    const plugin = node.arguments[0]!;
    if (plugin.type === 'SpreadElement') return;
    for (const value of origins.valuesOf(plugin)) {
      if (value.kind !== 'import') continue;
      if (addAll(librariesAt(value.specifier), 'register', '', node, argumentsOf(node))) return;
    }
  }

  /** `app.keys = [...]` on an object of a library. */
  function assigned(node: TSESTree.AssignmentExpression): void {
    if (node.left.type !== 'MemberExpression') return;
    const name = memberName(node.left);
    if (name === undefined || !ASSIGNED.has(name)) return;
    for (const value of origins.evaluate(node.left.object))
      if (value.kind === 'import' && value.instance && addAll(librariesAt(value.specifier), 'assigned', name, node, [node.right])) return;
  }

  /** `app.bind(TokenServiceBindings.TOKEN_SECRET).to(x)` */
  function bound(node: Call, callee: TSESTree.MemberExpression): boolean {
    const binding = unwrap(callee.object);
    if (binding.type !== 'CallExpression' || binding.callee.type !== 'MemberExpression') return false;
    const [key] = binding.arguments;
    if (memberName(binding.callee) !== 'bind' || !key || key.type === 'SpreadElement') return false;
    return origins
      .evaluate(key)
      .some(
        (value) => value.kind === 'import' && addAll(librariesAt(value.specifier), 'bound', value.path.join('.'), node, argumentsOf(node)),
      );
  }

  /** Methods that a plugin puts on the application, request or reply. */
  function decorated(node: Call, callee: TSESTree.MemberExpression): void {
    const ofName = DECORATED_BY_NAME.get(memberName(callee) ?? '') ?? [];
    const name = ofName.length > 0 ? dottedName(callee) : undefined;
    if (name === undefined) return;
    for (const each of ofName) {
      if (!endsIn(name, each.path) || !script.project.uses(each.package)) continue;
      if (each.only) {
        const argument = node.arguments[each.only.at[0]];
        if (!argument || argument.type === 'SpreadElement' || textOf(origins.valuesOf(argument)) !== each.only.text) continue;
      }
      found.push(describe(each.package, each.api, node, argumentsOf(node)));
      return;
    }
  }

  /** `PassportStrategy` of @nestjs/passport, whatever it is called here. */
  function isPassportStrategy(callee: Node): boolean {
    return origins
      .evaluate(callee)
      .some((value) => value.kind === 'import' && value.specifier === '@nestjs/passport' && value.path.includes('PassportStrategy'));
  }

  /** The strategy library whose constructor a `super(...)` call runs. */
  function strategyOf(node: Call): readonly Library[] {
    let above: Node | undefined = bindings.parentOf(node);
    while (above && above.type !== 'ClassDeclaration' && above.type !== 'ClassExpression') above = bindings.parentOf(above);
    const heritage = (above as ClassNode | undefined)?.superClass;
    if (!heritage) return [];
    let inner = unwrap(heritage);
    // `const Base = PassportStrategy(Strategy)`
    if (inner.type === 'Identifier') {
      const named = bindings.variableOf(inner)?.definitions[0]?.node;
      const made = named?.type === 'VariableDeclarator' && named.init ? unwrap(named.init) : undefined;
      if (made?.type === 'CallExpression' && isPassportStrategy(made.callee)) inner = made;
    }
    let strategy: Node = inner;
    if (inner.type === 'CallExpression') {
      const isPassport = isPassportStrategy(inner.callee);
      const first = inner.arguments[0];
      if (!isPassport || !first) return [];
      strategy = first;
    }
    for (const value of origins.valuesOf(strategy)) {
      if (value.kind !== 'import') continue;
      const libraries = value.path.includes('Strategy') ? librariesAt(value.specifier) : [];
      if (libraries.length > 0) return libraries;
    }
    return [];
  }

  /** `const authOptions: NextAuthOptions = {...}` */
  function annotated(node: TSESTree.VariableDeclarator): void {
    if (!node.init) return;
    const type =
      node.id.type === 'Identifier' && node.id.typeAnnotation
        ? node.id.typeAnnotation.typeAnnotation
        : node.init.type === 'TSSatisfiesExpression'
          ? node.init.typeAnnotation
          : undefined;
    if (type?.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return;
    const definition = bindings.lookup(type.typeName.name, node)?.definitions[0];
    if (definition?.kind !== 'import') return;
    const declaration = bindings.parentOf(definition.node);
    if (declaration?.type !== 'ImportDeclaration') return;
    const name =
      definition.node.type === 'ImportSpecifier' && definition.node.imported.type === 'Identifier' ? definition.node.imported.name : '';
    addAll(librariesAt(declaration.source.value), 'typed', name, node.init, [node.init]);
  }

  /** `class JwtConfig implements JwtOptionsFactory { createJwtOptions() {...} }` */
  function implemented(node: ClassNode, contract: Node): void {
    if (contract.type !== 'Identifier') return;
    const definition = bindings.lookup(contract.name, node)?.definitions[0];
    if (definition?.kind !== 'import' || definition.node.type !== 'ImportSpecifier') return;
    const declaration = bindings.parentOf(definition.node);
    const libraries = declaration?.type === 'ImportDeclaration' ? librariesAt(declaration.source.value) : [];
    const { imported } = definition.node;
    if (libraries.length === 0 || imported.type !== 'Identifier') return;
    for (const member of node.body.body) {
      if (member.type !== 'MethodDefinition' || member.kind !== 'method' || member.value.type !== 'FunctionExpression') continue;
      if (/^create\w+Options$/.test(keyName(member.key, member.computed) ?? ''))
        addAll(libraries, 'factory', imported.name, member, [member.value]);
    }
  }

  function userSink(sink: UserSink, node: Call, callee: Node): void {
    let matches: boolean;
    if (sink.module === undefined) matches = callee.type === 'MemberExpression' && memberName(callee) === sink.name;
    else {
      matches = origins
        .evaluate(callee)
        .some(
          (value) =>
            value.kind === 'import' &&
            value.specifier === sink.module &&
            (value.path[0] === 'default' && sink.name !== 'default' ? value.path.slice(1) : value.path).join('.') === sink.name,
        );
    }
    if (!matches) return;
    const key = sink.key === undefined ? undefined : parsePosition(sink.key);
    const algorithms = sink.algorithms === undefined ? undefined : parsePosition(sink.algorithms);
    const payload = sink.payload === undefined ? undefined : parsePosition(sink.payload);
    const api: Api = {
      name: sink.name,
      form: node.type === 'NewExpression' ? 'new' : 'call',
      kind: sink.kind,
      ...(key ? { key: [key] } : {}),
      ...(payload ? { payload } : {}),
      ...(algorithms
        ? sink.kind === 'verify'
          ? { algorithms: [algorithms], omitted: 'by-key-type' as const }
          : { algorithm: [algorithms] }
        : {}),
    };
    found.push(describe(sink.module ?? 'configured', api, node, argumentsOf(node)));
  }

  /** All that may stand in lists, with what other lists give to them. */
  function elementsOf(lists: readonly Value[]): readonly Value[] {
    const found: Value[] = [];
    const open = [...lists];
    for (let list = open.pop(), count = 0; list && count < MAX_LISTS; list = open.pop(), count++) {
      if (list.kind !== 'array') continue;
      found.push(...origins.resolve(list.elements.flat()));
      if (list.spread) open.push(...origins.resolve(list.spread));
    }
    return found;
  }

  /** The arguments without one that may be left out. */
  function withoutOptional(index: number, args: readonly (Node | undefined)[]): readonly (Node | undefined)[] {
    const argument = args[index];
    const isThere = argument && origins.valuesOf(argument).some(({ kind }) => kind === 'text' || kind === 'boolean');
    return isThere ? args.toSpliced(index, 1) : args;
  }

  /** @param given what the argument may be that a position is below, where the call itself does not say; undefined where that is not seen */
  function describe(
    packageName: string,
    api: Api,
    node: Node,
    written: readonly (Node | undefined)[],
    given?: (position: Position) => readonly Value[] | undefined,
  ): JwtCall {
    const place = placeOf(script.path, node);
    const args = api.optional === undefined ? written : withoutOptional(api.optional, written);
    const rootAt = given ?? (([index]: Position) => (index >= args.length ? [] : args[index] && origins.valuesOf(args[index])));
    const valueAt = (position: Position): readonly Value[] => {
      let values = rootAt(position);
      if (!values) return [{ kind: 'unknown', at: place, steps: [] }];
      const [, ...way] = position;
      for (const part of way) {
        if (part === '()')
          values = origins.returned(
            values.filter((value) => value.kind === 'function' || value.kind === 'import' || value.kind === 'call'),
          );
        else if (part === '(cb)') values = origins.resolve(values.flatMap((value) => (value.kind === 'function' ? value.yields : [])));
        else if (part === '[]') values = elementsOf(values);
        else
          values = origins.member(
            values.filter((value) => value.kind !== 'function' && value.kind !== 'text'),
            part,
            place,
          );
      }
      return values;
    };
    const [first = [], ...others] = (api.key ?? []).map(valueAt);
    const further = others
      .flat()
      .filter((value) => value.kind !== 'nullish' && (value.kind !== 'unknown' || value.file === true) && !isWithin(value, first));
    const all = [...first, ...further];
    return {
      package: packageName,
      version: versionOf(packageName),
      api,
      node,
      args,
      place,
      keys: all,
      keyGiven: [first, ...others].some((values) => values.some(({ kind }) => kind !== 'nullish')),
      algorithms: algorithmsAt((api.algorithms ?? []).map(valueAt), elementsOf),
      algorithm: algorithmOf(api, node, valueAt),
      at: valueAt,
    };
  }

  /** The name of a signature's algorithm: an option, or the protected header of a chained call. */
  function algorithmOf(api: Api, node: Node, valueAt: (position: Position) => readonly Value[]): string | undefined {
    for (const position of api.algorithm ?? []) {
      const name = textOf(valueAt(position));
      if (name !== undefined) return name;
    }
    if (api.form !== 'method') return undefined;
    const header = headerCall(node);
    const argument = header?.arguments[0];
    if (!argument || argument.type === 'SpreadElement') return undefined;
    return textOf(origins.member(origins.valuesOf(argument), 'alg', placeOf(script.path, argument)));
  }

  /** `setProtectedHeader(...)` in the chain below a call, or on the variable that the chain starts from. */
  function headerCall(node: Node): TSESTree.CallExpression | undefined {
    let next: Node = node;
    while (next.type === 'CallExpression') {
      const callee = unwrap(next.callee);
      if (callee.type !== 'MemberExpression') return undefined;
      if (memberName(callee) === 'setProtectedHeader') return next;
      next = unwrap(callee.object);
    }
    if (next.type !== 'Identifier') return undefined;
    const variable = bindings.variableOf(next);
    for (const reference of variable?.references ?? []) {
      let above = bindings.parentOf(reference);
      while (above && (above.type === 'MemberExpression' || above.type === 'CallExpression')) {
        if (above.type === 'CallExpression' && above !== node) {
          const callee = unwrap(above.callee);
          if (callee.type === 'MemberExpression' && memberName(callee) === 'setProtectedHeader') return above;
        }
        above = bindings.parentOf(above);
      }
    }
    const init = variable?.definitions[0]?.node;
    return init?.type === 'VariableDeclarator' && init.init ? headerCall(unwrap(init.init)) : undefined;
  }
}

/** The versions that stand in the addresses of packages of the table. */
function versionsIn(specifiers: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const specifier of specifiers) {
    const { version } = packageSpecifier(specifier);
    const module = version === undefined ? undefined : librarySpecifier(specifier);
    if (version !== undefined && module) found.set(module.package, version);
  }
  return found;
}

/** Specifiers of a file's imports, in any form, as they are written. */
export function importedSpecifiers(bindings: Bindings): string[] {
  const found: string[] = [];
  for (const node of bindings.modules) {
    if (node.type === 'ImportDeclaration') found.push(node.source.value);
    else if (node.type === 'TSImportEqualsDeclaration' && node.moduleReference.type === 'TSExternalModuleReference') {
      const { expression } = node.moduleReference;
      if (expression.type === 'Literal' && typeof expression.value === 'string') found.push(expression.value);
    }
  }
  for (const node of bindings.dynamicImports)
    if (node.source.type === 'Literal' && typeof node.source.value === 'string') found.push(node.source.value);
  for (const node of bindings.calls) {
    const [first] = node.arguments;
    if (first?.type !== 'Literal' || typeof first.value !== 'string') continue;
    // What createRequire makes may be called anything.
    if (isRequire(node) || librarySpecifier(first.value) !== undefined) found.push(first.value);
  }
  return found;
}

function isRequire(node: Call): boolean {
  return node.callee.type === 'Identifier' && node.callee.name === 'require';
}

function textOf(values: readonly Value[]): string | undefined {
  const texts = values.filter((value) => value.kind === 'text');
  return texts.length === 1 && texts[0]!.kind === 'text' ? texts[0]!.text : undefined;
}

/** Whether an argument is an object with an option that libraries of the table have. */
function holdsOption(argument: Node): boolean {
  return (
    argument.type === 'ObjectExpression' &&
    argument.properties.some((each) => each.type === 'Property' && OPTION_NAMES.has(keyName(each.key, each.computed) ?? ''))
  );
}

/** Reads an algorithm list (or a single name, as some libraries take) from its possible values. */
function algorithmsAt(positions: readonly (readonly Value[])[], elementsOf: (lists: readonly Value[]) => readonly Value[]): Algorithms {
  const names: { name: string; at: Place }[] = [];
  let unknown = false;
  let given = false;
  for (const values of positions) {
    for (const value of values) {
      if (value.kind === 'array') {
        given = true;
        for (const element of elementsOf([value])) {
          if (element.kind === 'text') names.push({ name: element.text, at: element.at });
          else unknown = true;
        }
      } else if (value.kind === 'text') {
        given = true;
        names.push({ name: value.text, at: value.at });
      } else if (value.kind === 'environment') given = true;
      else if (value.kind !== 'nullish' && value.kind !== 'function' && value.kind !== 'object') unknown = true;
    }
  }
  return { state: given ? 'given' : unknown ? 'unknown' : 'absent', names };
}

/** `arg[0].secret` -> `[0, 'secret']`; undefined when it is not of that form. */
export function parsePosition(text: string): Position | undefined {
  const match = /^arg\[(\d{1,2})\]((?:\.[A-Za-z_$][\w$]*){0,8})$/.exec(text);
  if (!match) return undefined;
  return [Number(match[1]), ...match[2]!.split('.').slice(1)];
}
