import { defineRule, type Finding, type Level, type Script } from './contract.js';
import { algorithmsSuggestion } from './facts/call-suggestions.js';
import { bindingsOf } from './facts/bindings.js';
import { callsOf, type JwtCall } from './facts/calls.js';
import { keyKind } from './facts/key-kinds.js';
import { settledAlgorithmsOf, settledElsewhere } from './facts/settled-algorithms.js';
import { dottedName, memberName, nodesIn, startOf, unwrap, type Node } from './facts/syntax.js';

export default defineRule({
  id: 'require-algorithms',
  title: 'Require verification to name the algorithms it accepts',
  severity: 'error',
  suggests: true,
  messages: {
    missing: {
      what: '{{call}} does not say which algorithms it accepts{{reason}}.',
      fix: 'Add `{{option}}: [...]` with exactly the algorithm that signs these tokens, e.g. `[{{example}}]`.',
    },
  },
  docs: {
    why: 'Without a list the token or the shape of the key chooses the algorithm. A public key that is taken for an HMAC secret, or an unsigned token, lets anybody in.',
    cwe: [347, 757],
    securitySeverity: 7.4,
    references: [
      { title: 'RFC 8725, 3.1: Perform Algorithm Verification', url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.1' },
      {
        title: 'RFC 8725, 2.1: Weak Signatures and Insufficient Signature Validation',
        url: 'https://www.rfc-editor.org/rfc/rfc8725#section-2.1',
      },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    let settledHere: readonly string[] | undefined;
    for (const call of callsOf(script)) {
      if ((call.wrapped?.kind ?? call.api.kind) !== 'verify' && !(call.api.form === 'register' && call.api.algorithms)) continue;
      if (!call.api.algorithms || call.algorithms.state !== 'absent') continue;
      if (call.api.omitted === 'required' || call.api.omitted === 'fixed') continue;
      const key = keyKind(script, call);
      // A plugin that only signs, or takes its key elsewhere, verifies nothing here.
      if (call.api.form === 'register' && !call.keyGiven) continue;
      if (isComparedBefore(script, call)) continue;
      const settled = settledElsewhere(call);
      settledHere ??= settledAlgorithmsOf([script]);
      if (settled !== undefined && settledHere.includes(settled)) continue;
      const path = call.api.algorithms[0]!;
      const level: Level = call.api.omitted === 'unsafe' || key !== 'secret' ? 'error' : 'warning';
      yield {
        message: 'missing',
        data: {
          call: `${call.package} ${call.api.name || 'middleware'}`,
          reason:
            call.api.omitted === 'unsafe'
              ? ', and in this version the token chooses'
              : key === 'secret'
                ? ''
                : key === 'public'
                  ? ', and its key is a public one'
                  : ', and nothing here shows that its key is a plain secret',
          option: path.slice(1).join('.') || 'algorithms',
          example: key === 'public' ? "'RS256'" : "'HS256'",
        },
        anchor: call.place,
        level,
        confidence: level === 'error' && call.api.omitted !== 'unsafe' && key === 'unknown' ? 'likely' : 'certain',
        symbol: `${call.package}.${call.api.name}`,
        ...(settled === undefined ? {} : { unlessChecked: settled }),
        suggest: () => algorithmsSuggestion(script, call),
      };
    }
  },
});

/** Whether the function holds the algorithm of a header against those that it names, and leaves before the call when it is another. */
function isComparedBefore(script: Script, call: JwtCall): boolean {
  const bindings = bindingsOf(script);
  let owner = bindings.parentOf(call.node);
  while (owner && !/Function/.test(owner.type)) owner = bindings.parentOf(owner);
  if (!owner) return false;
  return nodesIn(script.visitorKeys, owner).some((node) => {
    if (startOf(node) > call.place.start) return false;
    // `assertSupportedAlgorithm(header.alg)`
    if (node.type === 'ExpressionStatement') {
      const check = unwrap(node.expression);
      if (check.type !== 'CallExpression' || !check.arguments.some(isAlgorithmRead)) return false;
      return CHECKS_ALGORITHM.test(dottedName(check.callee)?.split('.').pop() ?? '');
    }
    if (node.type !== 'IfStatement' || !refuses(node.test)) return false;
    return nodesIn(script.visitorKeys, node.consequent).some(({ type }) => type === 'ReturnStatement' || type === 'ThrowStatement');
  });
}

/** What a function is called that throws for an algorithm that is not wanted. */
const CHECKS_ALGORITHM = /^(?:assert|ensure|check|validate|require)\w{0,40}alg/i;

const isAlgorithmRead = (node: Node): boolean => {
  const read = unwrap(node);
  return read.type === 'MemberExpression' && memberName(read) === 'alg';
};

/** `header.alg !== 'RS256'`, `!ALGORITHMS.includes(header.alg)` */
function refuses(test: Node): boolean {
  if (test.type === 'BinaryExpression')
    return test.operator.startsWith('!=') && isAlgorithmRead(test.left) && test.right.type === 'Literal';
  if (test.type !== 'UnaryExpression' || test.operator !== '!') return false;
  const asked = unwrap(test.argument);
  if (asked.type !== 'CallExpression' || asked.callee.type !== 'MemberExpression') return false;
  return /^(?:includes|has)$/.test(memberName(asked.callee) ?? '') && asked.arguments.some(isAlgorithmRead);
}
