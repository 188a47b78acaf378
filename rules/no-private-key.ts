import { defineRule, type CryptoPort, type Finding, type KeyMaterial, type RuleId, type Span, type Text } from './contract.js';
import { binaryKeyOf, privateKeysIn, type BinaryKey, type FoundKey } from './facts/keys.js';
import { curveNeeded } from './facts/curves.js';
import { ANDROID_DEBUG_STORE } from './facts/env-files.js';
import { looksReal } from './facts/literal-findings.js';
import { hmacBytesRequired, RSA_MIN_BITS, strengthOf } from './facts/strength.js';

export default defineRule({
  id: 'no-private-key',
  title: 'Disallow private keys in the repository, in any disguise',
  severity: 'error',
  values: true,
  messages: {
    plain: {
      what: 'A private key stands here: {{kind}}.',
      fix: 'Keep it in a secret manager or outside the repository, and make a new pair: whoever has the repository, or an old clone of it, has this key.',
    },
    encrypted: {
      what: 'A private key stands here: {{kind}}, protected by nothing but a passphrase.',
      fix: 'Keep it outside the repository and make a new pair: whoever has a copy can try passphrases for as long as they like.',
    },
    secret: {
      what: 'A symmetric key stands here: {{kind}}.',
      fix: 'Keep it in a secret manager or the environment, and replace it: whoever has the repository, or an old clone of it, has this key.',
    },
    sealed: {
      what: 'This is a key store ({{kind}}) that shows only to who has the passphrase whether a private key is in it.',
      fix: 'Where it holds nothing but certificates, keep them in PEM, which says so. Else keep it outside the repository and replace the keys in it.',
    },
    store: {
      what: 'A key store stands here: {{kind}}.',
      fix: 'Keep it outside the repository and replace the keys in it: whoever has a copy can try passphrases for as long as they like.',
    },
  },
  docs: {
    why: 'Whoever can read the repository, a build or an old clone can sign tokens as this service, and every verifier believes them.',
    cwe: [321, 538],
    securitySeverity: 9.3,
    references: [
      { title: 'RFC 7517, 9.2: Disclosure of private key information', url: 'https://www.rfc-editor.org/rfc/rfc7517#section-9.2' },
      {
        title: 'OWASP: Key Management Cheat Sheet',
        url: 'https://cheatsheetseries.owasp.org/cheatsheets/Key_Management_Cheat_Sheet.html',
      },
      {
        title: 'GitHub: Removing sensitive data from a repository',
        url: 'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository',
      },
    ],
  },
  *text(subject: Text): Iterable<Finding> {
    // Nobody gets it with the repository; whether it leaves by another way is the matter of require-gitignore.
    if (subject.tracking === 'ignored') return;
    if (subject.binary) {
      const kind = binaryKeyOf(subject.bytes);
      if (kind !== undefined) {
        yield binaryFinding(subject, kind, subject.bytes, { start: 0, end: 0 });
        return;
      }
    }
    for (const key of privateKeysIn(subject.text)) {
      if ('der' in key.input) {
        yield binaryFinding(subject, key.label as BinaryKey, key.input.der, key.span);
        continue;
      }
      const material = subject.crypto.inspectKey(key.input);
      if (material && material.kind !== 'public') yield textFinding(subject, key, material);
    }
  },
});

const BINARY_KINDS: Readonly<Record<BinaryKey, string>> = {
  pkcs1: 'RSA in DER (PKCS#1)',
  pkcs8: 'DER (PKCS#8)',
  sec1: 'EC in DER (SEC 1)',
  'encrypted-pkcs8': 'DER (encrypted PKCS#8)',
  pkcs12: 'PKCS#12',
  'sealed-pkcs12': 'PKCS#12',
  jks: 'Java key store',
  jceks: 'Java key store (JCEKS)',
};

const STORES: ReadonlySet<BinaryKey> = new Set<BinaryKey>(['pkcs12', 'sealed-pkcs12', 'jks', 'jceks']);

function binaryFinding(subject: Text, kind: BinaryKey, bytes: Uint8Array, span: Span): Finding {
  const material = STORES.has(kind) ? undefined : subject.crypto.inspectKey({ der: bytes });
  const isSealed = kind === 'sealed-pkcs12';
  return {
    message: isSealed ? 'sealed' : STORES.has(kind) ? 'store' : material?.encrypted ? 'encrypted' : 'plain',
    data: { kind: BINARY_KINDS[kind] },
    anchor: { path: subject.path, ...span },
    symbol: `der:${kind}`,
    mark: subject.crypto.mark(latin1(bytes), 128),
    ...judged(material),
    ...(isSealed ? { level: 'warning', confidence: 'possible' } : {}),
    ...(subject.path.slice(subject.path.lastIndexOf('/') + 1) === ANDROID_DEBUG_STORE ? { level: 'info', confidence: 'possible' } : {}),
  };
}

function textFinding(subject: Text, key: FoundKey, material: KeyMaterial): Finding {
  const { span, label, input } = key;
  const isJwk = 'jwk' in input;
  const value = 'pem' in input ? input.pem : subject.text.slice(span.start, span.end);
  return {
    message: material.encrypted ? 'encrypted' : material.kind === 'secret' ? 'secret' : 'plain',
    data: { kind: label },
    anchor: { path: subject.path, ...span },
    symbol: isJwk ? `jwk:${label.slice('JWK '.length)}` : `pem:${label}`,
    // A symmetric key may be a word in base64; all others are drawn by lot.
    mark: subject.crypto.mark(
      value,
      material.kind === 'secret' ? strengthOf(value, { encoding: 'base64url', crypto: subject.crypto }).guessesLog2 : 128,
    ),
    ...judged(material, isJwk ? input.jwk : {}),
    // Any bytes are a symmetric key, words of a test among them.
    ...(material.kind === 'secret' && isJwk ? { real: isDrawn(input.jwk['k'], subject.crypto) } : {}),
    ...(isJwk && isPrinted(input.jwk) ? { real: false } : {}),
  };
}

/** How the keys begin that RFC 7515 (A.1 to A.3), RFC 7517 (A.2) and RFC 8037 (A.1) print: by `n`, `x` or `k`. */
const PRINTED =
  /^(?:AyM1SysPpbyDfgZld3um|ofgWCuLjybRlzo0tZWJj|f83OJ3D2xF1Bg8vub9tL|0vx7agoebGcQSuuPiLJX|MKBCTNIcKUSDii11ySs3|11qYAYKxCrfVS_7TyWQH)/;

/** True for a key that everybody knows: a test that uses it has no secret. */
function isPrinted(jwk: Readonly<Record<string, unknown>>): boolean {
  return ['n', 'x', 'k'].some((member) => typeof jwk[member] === 'string' && PRINTED.test(jwk[member]));
}

function isDrawn(key: unknown, crypto: CryptoPort): boolean {
  return typeof key === 'string' && looksReal(key, strengthOf(key, { encoding: 'base64url', crypto }));
}

/** What the look into the key adds to a finding; `jwk` says what the key is for. */
function judged(
  material: KeyMaterial | undefined,
  jwk: Readonly<Record<string, unknown>> = {},
): Pick<Finding, 'also' | 'confidence' | 'real'> {
  const also: RuleId[] = [];
  if (isTooSmall(material, jwk)) also.push('min-key-size');
  return {
    ...(also.length > 0 ? { also } : {}),
    confidence: material?.type !== undefined || material?.encrypted ? 'certain' : 'likely',
    real: material?.type !== undefined,
  };
}

/** Smaller than RFC 7518 asks for: 3.3 and 3.5 for RSA, 3.4 for EC, 3.2 for HMAC. A key for encryption may be shorter than a hash. */
function isTooSmall(material: KeyMaterial | undefined, jwk: Readonly<Record<string, unknown>>): boolean {
  const algorithm = typeof jwk['alg'] === 'string' ? jwk['alg'] : undefined;
  if (material && curveNeeded(material, algorithm) !== undefined) return true;
  if (material?.bits === undefined) return false;
  if (material.kind !== 'secret') return (material.type ?? '').startsWith('rsa') && material.bits < RSA_MIN_BITS;
  if (jwk['use'] === 'enc' || (algorithm !== undefined && !algorithm.startsWith('HS'))) return false;
  return material.bits < 8 * hmacBytesRequired(algorithm);
}

/** Larger files hold no single key; their beginning names them well enough. */
const MARKED_BYTES = 16 * 1024;

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, MARKED_BYTES));
}
