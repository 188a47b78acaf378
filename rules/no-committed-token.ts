import { defineRule, type Finding, type Text } from './contract.js';
import { classifyToken, tokensIn } from './facts/tokens.js';

export default defineRule({
  id: 'no-committed-token',
  title: 'Disallow complete tokens in files',
  severity: 'error',
  values: true,
  messages: {
    live: {
      what: 'A complete token ({{kind}}, {{algorithm}}) stands here, which {{reason}}.',
      fix: 'Get tokens at run time, or from the environment. Revoke this one, or replace the key that signed it: whoever has the repository has this token.',
    },
    harmless: {
      what: 'A complete token ({{kind}}, {{algorithm}}) stands here, which {{reason}}.',
      fix: 'Nothing has to be revoked. A placeholder such as `<token>` says as much to readers, and no scanner stops at it.',
    },
  },
  docs: {
    why: 'A token is what a server asks for instead of a password: whoever finds it is the user it names until it expires, wherever they are.',
    cwe: [798, 522],
    securitySeverity: 7.5,
    references: [
      { title: 'RFC 6750, 5.3: Summary of Recommendations (bearer tokens)', url: 'https://www.rfc-editor.org/rfc/rfc6750#section-5.3' },
      { title: 'RFC 7515, 3.1: JWS Compact Serialization Overview', url: 'https://www.rfc-editor.org/rfc/rfc7515#section-3.1' },
      { title: 'RFC 7516, 3.1: JWE Compact Serialization Overview', url: 'https://www.rfc-editor.org/rfc/rfc7516#section-3.1' },
    ],
  },
  *text({ path, text, crypto }: Text): Iterable<Finding> {
    for (const token of tokensIn(text)) {
      const { grade, reason, live } = classifyToken(token, crypto.now());
      yield {
        message: grade === 'info' ? 'harmless' : 'live',
        data: { kind: token.kind, algorithm: token.algorithm === 'other' ? 'unknown algorithm' : token.algorithm, reason },
        anchor: { path, start: token.start, end: token.end },
        level: grade,
        confidence: 'certain',
        symbol: `token:${token.algorithm}`,
        mark: crypto.mark(token.compact, 128),
        real: live,
      };
    }
  },
});
