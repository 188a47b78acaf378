/** Functions and classes that put a library's call behind parameters of their own, for those who call them from other files. */
import type { Place, Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { callsOfFunction } from './called-functions.js';
import { callsOf, importedSpecifiers, type JwtCall } from './calls.js';
import { given, ofCallers, parametersIn } from './handed-on.js';
import { isOwnModule } from './import-names.js';
import { keyKind } from './key-kinds.js';
import { callNames, librarySpecifier } from './libraries.js';
import { originsOf } from './origins.js';
import { dottedName, placeOf, startOf, type Node } from './syntax.js';
import { isLeftToClaims } from './token-ends.js';
import type { HandedOn, PassedOn, Value } from './values.js';
import { namesAround } from './surroundings.js';
import { purposeIn } from './token-purposes.js';
import { WRAPPER } from './wrapper-names.js';

/** What functions do with their parameters, by the offset at which each or, for its constructor, the class begins. */
export interface Wrappers {
  readonly handedOn: ReadonlyMap<number, readonly HandedOn[]>;
  readonly passedOn: ReadonlyMap<number, readonly PassedOn[]>;
}

/** Functions through which one call's arguments come, in one file. */
const MAX_OWNERS = 10;

/** Calls that are described for one function. */
const MAX_CALLS = 50;

/** What each function of a script does with its parameters. */
export function wrappersOf(script: Script): Wrappers {
  const bindings = bindingsOf(script);
  const origins = originsOf(script);
  const classAt = constructorsOf(script);
  const handedOn = new Map<number, HandedOn[]>();
  const passedOn = new Map<number, PassedOn[]>();
  const imported = importedSpecifiers(bindings);

  for (const call of imported.some((specifier) => librarySpecifier(specifier) !== undefined) ? callsOf(script) : []) {
    const { package: name, version, api, algorithm } = call;
    if (api.kind === 'decode') continue;
    const args = evaluated(call.args);
    if (parametersIn(args.flat()).length === 0) continue;
    const ownKey = ownKeyOf(call);
    const own = {
      ...{ package: name, version, api, algorithm, key: keyKind(script, call) },
      ...(ownKey ? { ownKey } : {}),
      ...(isLeftToClaims(script, call) ? { endless: call.place } : {}),
    };
    for (const each of byOwner(args)) add(handedOn, { ...own, ...each });
  }

  for (const { callee, arguments: nodes } of imported.some((specifier) => isOwnModule(script.project, specifier)) ? bindings.calls : []) {
    if (nodes.length === 0 || !mayWrap(callee)) continue;
    const to = origins.evaluate(callee).find((value) => value.kind === 'import' && isOwnModule(script.project, value.specifier));
    if (to?.kind !== 'import') continue;
    for (const each of byOwner(evaluated(nodes))) add(passedOn, { to, ...each });
  }
  return { handedOn, passedOn };

  function add<Handing extends HandedOn | PassedOn>(to: Map<number, Handing[]>, each: Handing): void {
    const at = classAt.get(each.owner.start) ?? each.owner.start;
    const known = to.get(at);
    if (!known) to.set(at, [each]);
    else if (known.length < MAX_CALLS) known.push(each);
  }

  /** The key of a call that callers have no say in, when it is one and the same for all of them, whatever their tokens are for. */
  function ownKeyOf({ api, args, node }: JwtCall): readonly Value[] | undefined {
    if (namesAround(script, node).some((name) => purposeIn(name) !== undefined)) return undefined;
    const [index, ...way] = api.key?.[0] ?? [];
    const argument = index === undefined ? undefined : args[index];
    let values = argument && origins.evaluate(argument);
    for (const name of way) values = values && origins.member(values, name, placeOf(script.path, argument!));
    const [only, another] = values?.filter(({ fallback }) => !fallback) ?? [];
    return only && !another && (only.kind === 'environment' || only.kind === 'text' || only.kind === 'import') ? [only] : undefined;
  }

  function evaluated(nodes: readonly (Node | undefined)[]): readonly (readonly Value[])[] {
    const unseen = nodes.findIndex((node) => !node || node.type === 'SpreadElement');
    return (unseen < 0 ? nodes : nodes.slice(0, unseen)).map((node) => origins.evaluate(node!));
  }

  /** Arguments as each function of the script gives them whose parameters come to them, itself or through those that it calls. */
  function byOwner(args: readonly (readonly Value[])[]): readonly Pick<HandedOn, 'owner' | 'args'>[] {
    const found = new Map<number, Pick<HandedOn, 'owner' | 'args'>>();
    const open = [args];
    for (let next = open.pop(); next; next = open.pop()) {
      for (const owner of ownersIn(next)) {
        if (found.has(owner.start) || found.size === MAX_OWNERS) continue;
        const each = { owner, args: next.map((values) => ofCallers(values, owner)) };
        found.set(owner.start, each);
        for (const site of callsOfFunction(bindings, owner.start).slice(0, MAX_OWNERS))
          open.push(given(each, origins, evaluated(site.arguments)));
      }
    }
    return [...found.values()];
  }

  /** The functions of this script whose parameters stand in arguments. */
  function ownersIn(args: readonly (readonly Value[])[]): readonly Place[] {
    const owners = new Map<number, Place>();
    for (const { owner } of parametersIn(args.flat())) if (owner.path === script.path) owners.set(owner.start, owner);
    return [...owners.values()];
  }
}

/** By the names in a callee; those of the table may be passed on by the file that is called. */
function mayWrap(callee: Node): boolean {
  const parts = dottedName(callee)?.split('.') ?? [];
  return callNames().has(parts.at(-1) ?? '') || parts.some((part) => WRAPPER.test(part));
}

/** Where the classes of a script begin, by where their constructors do. */
function constructorsOf(script: Script): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const owner of bindingsOf(script).classes) {
    for (const member of owner.body.body)
      if (member.type === 'MethodDefinition' && member.kind === 'constructor') found.set(startOf(member.value), startOf(owner));
  }
  return found;
}
