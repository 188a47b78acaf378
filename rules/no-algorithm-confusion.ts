import { defineRule, type Confidence, type Finding, type Level, type Place, type Script } from './contract.js';
import { bindingsOf } from './facts/bindings.js';
import { callsOf, type JwtCall } from './facts/calls.js';
import { usesOf, type Use } from './facts/decoded-use.js';
import type { Position } from './facts/libraries.js';
import { originsOf } from './facts/origins.js';
import { compareVersions } from './facts/versions.js';
import { publicKeyOf, type PublicKey } from './facts/public-keys.js';
import { memberName, placeOf, startOf, unwrap, type Node } from './facts/syntax.js';
import { unverifiedReadsOf } from './facts/unverified-tokens.js';
import type { Value } from './facts/values.js';

export default defineRule({
  id: 'no-algorithm-confusion',
  title: 'Disallow verification in which a token can choose between an HMAC secret and a public key',
  severity: 'error',
  messages: {
    mixed: {
      what: '{{call}} accepts {{hmac}} beside {{other}}: what is a public key for one is the secret for the other.',
      fix: 'List the algorithms of one kind of key; make two verifications where there are two keys.',
    },
    public: {
      what: '{{call}} uses a public {{kind}} with {{hmac}}: everybody who has it can sign.',
      fix: 'List the algorithm of the key, e.g. `RS256` or `ES256`, or use a secret.',
    },
    header: {
      what: '{{call}} takes its algorithm from the header of the token that it checks.',
      fix: 'Write the algorithm down: `algorithms: [...]` with exactly the one that signs these tokens.',
    },
  },
  docs: {
    why: 'Whoever writes a token also writes its header. If that may choose HMAC where the key is public, anybody can sign tokens with the public key.',
    cwe: [347, 327],
    securitySeverity: 8.1,
    references: [
      { title: 'RFC 8725, 3.1: Perform Algorithm Verification', url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.1' },
      {
        title: 'RFC 8725, 2.1: Weak Signatures and Insufficient Signature Validation',
        url: 'https://www.rfc-editor.org/rfc/rfc8725#section-2.1',
      },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    const reported = new Set<string>();
    for (const finding of [...fromHeaders(script), ...fromLists(script)]) {
      const key = `${finding.anchor.path}\0${String(finding.anchor.start)}`;
      if (reported.has(key)) continue;
      reported.add(key);
      yield finding;
    }
  },
});

function report(
  call: JwtCall,
  message: string,
  anchor: Place,
  data: Record<string, string>,
  level: Level,
  confidence: Confidence,
): Finding {
  return {
    message,
    data: { call: `${call.package} ${call.api.name || 'middleware'}`, ...data },
    anchor,
    ...(anchor === call.place ? {} : { use: call.place }),
    level,
    confidence,
    symbol: `${call.package}.${call.api.name}`,
  };
}

/** The version of a library that does not tell a public key from an HMAC secret by itself. */
function isOld(call: JwtCall): boolean {
  if (call.api.omitted === 'unsafe') return true;
  // express-jwt 6 wants a list, and hands it to jsonwebtoken 8.
  return call.package === 'express-jwt' && call.version !== undefined && compareVersions(call.version, '7.0.0') < 0;
}

const isHmac = (name: string): boolean => /^HS\d/.test(name);
const isAsymmetric = (name: string): boolean => /^(?:RS|PS|ES)\d|^Ed/.test(name);

function* fromLists(script: Script): Iterable<Finding> {
  for (const call of callsOf(script)) {
    if (!call.api.algorithms) continue;
    const publicKey = publicKeyOf(script, call);
    for (const position of call.api.algorithms) {
      for (const value of call.at(position)) {
        const names = namesOf(script, value);
        const hmac = names.find(isHmac);
        if (hmac === undefined) continue;
        const other = names.find(isAsymmetric);
        const anchor = value.at;
        if (other !== undefined) {
          if (choosesKeyByAlgorithm(script, call)) continue;
          yield report(call, 'mixed', anchor, { hmac, other }, isOld(call) ? 'error' : 'warning', 'certain');
        } else if (publicKey && names.every(isHmac)) {
          // A choice between keys may come with a choice between lists.
          if (call.keys.length > 1 || call.at(position).length > 1) continue;
          const { level, confidence } = weigh(call, publicKey);
          yield report(call, 'public', anchor, { hmac, kind: publicKey.kind }, level, confidence);
        }
      }
    }
  }
}

/** A current library refuses a public key that it recognises; bytes of one are a secret to it. */
function weigh(call: JwtCall, key: PublicKey): { readonly level: Level; readonly confidence: Confidence } {
  const taken = key.asText && (isOld(call) || call.keys.some((value) => value.kind === 'text' && value.bytes));
  return { level: taken ? 'error' : 'warning', confidence: key.certain ? 'certain' : 'likely' };
}

/** The names that surely stand in one list: an element that may be one of several is a choice, not a mixture. */
function namesOf(script: Script, value: Value): readonly string[] {
  if (value.kind === 'text') return [value.text];
  if (value.kind !== 'array') return [];
  const origins = originsOf(script);
  const certain = (values: readonly Value[]): readonly Value[] => (values.length === 1 ? origins.resolve(values) : []);
  const spread = (value.spread ?? []).flatMap((each) => certain([each]));
  const elements = [...value.elements, ...spread.flatMap((list) => (list.kind === 'array' ? list.elements : []))];
  return elements.flatMap((element) => {
    const [only, another] = certain(element);
    return only?.kind === 'text' && !another ? [only.text] : [];
  });
}

/** True when the key comes from a function of this file that looks at the algorithm. */
function choosesKeyByAlgorithm(script: Script, call: JwtCall): boolean {
  const bindings = bindingsOf(script);
  const starts = new Set<number>();
  for (const position of call.api.key ?? []) {
    if (position[position.length - 1] === '()' || position[position.length - 1] === '(cb)') continue;
    for (const value of call.at(position)) if (value.kind === 'function' && value.at.path === script.path) starts.add(value.at.start);
  }
  if (starts.size === 0) return false;
  for (const read of bindings.calls)
    for (let above: Node | undefined = read; above; above = bindings.parentOf(above))
      if (starts.has(startOf(above)) && mentionsAlgorithm(script, above)) return true;
  return false;
}

const mentions = new WeakMap<Node, boolean>();

function mentionsAlgorithm(script: Script, node: Node): boolean {
  let found = mentions.get(node);
  if (found === undefined) {
    const { start, end } = placeOf(script.path, node);
    mentions.set(node, (found = /\balg\b/.test(script.text.slice(start, end))));
  }
  return found;
}

function* fromHeaders(script: Script): Iterable<Finding> {
  const calls = new Map<Node, JwtCall>();
  for (const call of callsOf(script)) if (call.api.algorithms) calls.set(call.node, call);
  if (calls.size === 0) return;
  for (const read of unverifiedReadsOf(script)) {
    const uses = usesOf(script, read.node, read.path).filter(isAlgorithm);
    if (uses.some(isChecked)) continue;
    for (const use of uses) {
      if (use.kind !== 'given') continue;
      const call = calls.get(use.call);
      if (!call?.api.algorithms!.some((position) => isAt(use, call, position))) continue;
      yield report(
        call,
        'header',
        placeOf(script.path, use.node.type === 'ObjectExpression' ? whereGiven(uses, use) : use.node),
        {},
        // The key, or a setting, says it first.
        use.standsIn ? 'warning' : levelOf(call),
        use.standsIn ? 'likely' : 'certain',
      );
    }
  }
}

function levelOf(call: JwtCall): Level {
  return call.api.omitted === 'fixed' ? 'warning' : 'error';
}

/** The place in an object where the algorithm was put into it. */
function whereGiven(uses: readonly Use[], use: Use): Node {
  const option = uses.find((each) => each.kind === 'option' && each.key === use.under[use.under.length - 1]);
  return option?.node ?? use.node;
}

function isAlgorithm(use: Use): boolean {
  return use.path[use.path.length - 1] === 'alg' && (use.path.length === 1 || use.path[use.path.length - 2] === 'header');
}

/** A comparison with names, or a look into a list of them, stands before the use: then it is the list that chooses. */
function isChecked(use: Use): boolean {
  if (use.truthOnly) return false;
  if (use.kind === 'compared') {
    const other = unwrap(use.other);
    // Whoever sorts out `none` leaves the choice among all others.
    if (other.type === 'Literal') return !/^none$/i.test(String(other.value));
    return other.type !== 'Identifier' || other.name !== 'undefined';
  }
  if (use.kind !== 'given') return false;
  const callee = unwrap(use.call.callee);
  return callee.type === 'MemberExpression' && /^(?:includes|indexOf|has|some|find|get)$/.test(memberName(callee) ?? '');
}

/** True when a use gives the value at a position of a call, in a list or bare. */
function isAt(use: Use & { readonly kind: 'given' }, call: JwtCall, position: Position): boolean {
  const way = use.under.filter((key) => key !== '[]').reverse();
  return (
    call.args[position[0]] === use.call.arguments[use.index] &&
    way.length === position.length - 1 &&
    way.every((key, index) => key === position[index + 1])
  );
}
