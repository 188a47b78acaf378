/** From a key literal of a script to a finding: anchor, way, strength. Shared by the rules that say where a literal stands. */
import type { Finding, RuleId, Script } from '../contract.js';
import { encodedText } from './base64.js';
import { literalSuggestion } from './environment-suggestions.js';
import type { KeyLiteral } from './key-literals.js';
import { placeholderOf } from './placeholders.js';
import { hmacBytesRequired, strengthOf, type Strength } from './strength.js';

/** The other rules that hold for a literal key: it is guessable, or shorter than its algorithm's hash. */
export function alsoWeak(strength: Strength, algorithm: string | undefined): readonly RuleId[] {
  const also: RuleId[] = [];
  if (strength.verdict === 'known' || strength.verdict === 'guessable') also.push('no-weak-secret');
  if (strength.decodedBytes < hmacBytesRequired(algorithm)) also.push('min-key-size');
  return also;
}

/** A value that somebody may really use: drawn, not a placeholder, and not words that somebody encoded (`bXktc2VjcmV0LWtleQ==`). */
export function looksReal(text: string, strength: Strength): boolean {
  return strength.verdict === 'random-looking' && placeholderOf(text) === undefined && encodedText(text) === undefined;
}

/** The finding of a rule about a key literal. */
export function findingOfLiteral(script: Script, literal: KeyLiteral, message: string, data: Record<string, string>): Finding {
  const { value } = literal;
  const strength = strengthOf(value.text, {
    encoding: value.encoding,
    crypto: script.crypto,
    ...(script.project.name === undefined ? {} : { projectName: script.project.name }),
  });
  // What another file holds is used where this one asks for it.
  const use =
    literal.call?.place ??
    (value.at.path === script.path ? undefined : value.steps.findLast(({ place }) => place.path === script.path)?.place);
  const also = alsoWeak(strength, literal.algorithm);
  return {
    message,
    data,
    anchor: value.at,
    ...(use ? { use } : {}),
    ...(value.steps.length > 0 ? { steps: value.steps } : {}),
    ...(also.length > 0 ? { also } : {}),
    confidence: also.includes('no-weak-secret') ? 'certain' : literal.confidence,
    symbol: literal.symbol,
    mark: script.crypto.mark(value.text, strength.guessesLog2),
    real: looksReal(value.text, strength),
    suggest: (holder) => literalSuggestion(holder ?? script, literal),
  };
}
