/**
 * Every signing secret that stands in a settings file, with where that is: in the right place, in a tracked file, in a
 * template, or as the stand-in of an interpolation. The rules divide these among themselves (RULES.md, law 1).
 */
import type { Finding, Settings } from '../contract.js';
import { alsoWeak, looksReal } from './literal-findings.js';
import { signingSecrets, usesSigning } from './settings.js';
import { strengthOf, type Strength } from './strength.js';

export interface SettingsLiteral {
  readonly name: string;
  readonly value: string;
  /**
   * `committed environment`: an env file that git tracks. `kept`: a file that git does not track, which is where secrets belong.
   * `example`: a template of an env file. `fallback`: what `${NAME:-...}` stands in with.
   */
  readonly place: 'committed environment' | 'tracked settings' | 'kept' | 'example' | 'fallback';
  readonly strength: Strength;
  /** True for values that only ask to be replaced (`changeme`, `<your secret>`). */
  readonly placeholder: boolean;
  readonly algorithm: string | undefined;
  /** The finding with one of the reporting rule's messages, `{{name}}` given. */
  finding(message: string, more?: Partial<Finding>): Finding;
}

const cache = new WeakMap<Settings, readonly SettingsLiteral[]>();

/** The signing secrets of a settings file, in order. */
export function settingsLiteralsOf(settings: Settings): readonly SettingsLiteral[] {
  let found = cache.get(settings);
  if (!found) cache.set(settings, (found = findLiterals(settings)));
  return found;
}

function findLiterals(settings: Settings): readonly SettingsLiteral[] {
  const found: SettingsLiteral[] = [];
  for (const secret of signingSecrets(settings)) {
    const { entry, name } = secret;
    if (secret.placeholder === 'template') continue;
    let value = entry.value;
    let span = entry.span;
    let place = placeOfFile(settings);
    if (secret.interpolation) {
      const { fallback, fallbackSpan } = secret.interpolation;
      if (fallback === undefined || fallback === '' || fallbackSpan === undefined) continue;
      value = fallback;
      span = { start: entry.span.start + fallbackSpan.start, end: entry.span.start + fallbackSpan.end };
      place = 'fallback';
    }
    const strength = strengthOf(value, settings.project.name === undefined ? {} : { projectName: settings.project.name });
    const placeholder = secret.placeholder !== undefined;
    // A template of settings that asks to be filled in is what templates are for.
    const also = alsoWeak(strength, secret.algorithm);
    found.push({
      name,
      value,
      place,
      strength,
      placeholder,
      algorithm: secret.algorithm,
      finding: (message, more) => ({
        message,
        data: { name },
        anchor: { path: settings.path, start: span.start, end: span.end },
        ...(also.length > 0 ? { also } : {}),
        confidence: also.includes('no-weak-secret')
          ? 'certain'
          : secret.strength === 'strong' || usesSigning(settings.project)
            ? 'likely'
            : 'possible',
        symbol: entry.key.join('.'),
        mark: settings.crypto.mark(value, strength.guessesLog2),
        real: looksReal(value, strength),
        ...more,
      }),
    });
  }
  return found;
}

function placeOfFile(settings: Settings): SettingsLiteral['place'] {
  if (settings.role === 'env-example') return 'example';
  if (settings.role === 'env') return settings.tracking === 'tracked' ? 'committed environment' : 'kept';
  return settings.tracking === 'ignored' ? 'kept' : 'tracked settings';
}
