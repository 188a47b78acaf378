import { defineRule, type Finding, type Repository, type Text } from './contract.js';
import { MOST_TRIES } from './facts/proof-bound.js';
import { isForgeable } from './facts/token-proofs.js';
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
    forgeable: {
      what: 'A complete token ({{kind}}, {{algorithm}}) stands here, and the secret that signed it is one that a cracker tries first.',
      fix: 'Draw a new secret where these tokens are signed: with this one anybody signs tokens as any user. Then take the token out.',
    },
    proved: {
      what: 'A complete token ({{algorithm}}) stands here that {{secret}} in {{file}} has signed: it is one of this service.',
      fix: 'Revoke it, or replace the secret; get tokens at run time.',
    },
    signs: {
      what: 'This secret has signed a token that stands in {{file}}.',
      fix: 'That token is good until it ends or the secret is replaced: take it out, and replace the secret.',
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
      const forgeable = grade !== 'info' && isForgeable(token, crypto);
      yield {
        message: grade === 'info' ? 'harmless' : forgeable ? 'forgeable' : 'live',
        data: { kind: token.kind, algorithm: token.algorithm === 'other' ? 'unknown algorithm' : token.algorithm, reason },
        anchor: { path, start: token.start, end: token.end },
        level: forgeable ? 'error' : grade,
        confidence: 'certain',
        symbol: `token:${token.algorithm}`,
        mark: crypto.mark(token.compact, 128),
        // One that a test's secret signed is a test's.
        real: live && !forgeable,
      };
    }
  },
  // Of a change both the token and the secret must be part: no other file is read for a proof.
  *repository({ facts }: Repository): Iterable<Finding> {
    const keys = facts.flatMap((file) => file.keys ?? []);
    let tries = 0;
    for (const token of facts.flatMap((file) => file.tokens ?? [])) {
      for (const key of keys) {
        if (++tries > MOST_TRIES) return;
        if (!key.tried((secret) => token.signedBy(secret))) continue;
        const { algorithm, place, mark } = token;
        const { name } = key;
        const proof = { level: 'error', confidence: 'certain', mark, real: true } as const;
        yield {
          ...proof,
          message: 'proved',
          data: { algorithm, secret: name === undefined ? 'a literal' : `\`${name}\``, file: key.place.path },
          anchor: place,
          steps: [{ place: key.place, label: name === undefined ? 'signed with this' : `signed with ${name}` }],
          symbol: `token:${algorithm}`,
        };
        yield {
          ...proof,
          level: 'warning',
          message: 'signs',
          data: { file: place.path },
          anchor: key.place,
          steps: [{ place, label: 'the token' }],
          symbol: `key:${name ?? ''}`,
        };
        break;
      }
    }
  },
});
