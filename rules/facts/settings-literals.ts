/**
 * Every signing secret that stands in a settings file, with where that is: in the right place, in a tracked file, in a
 * template, or as the stand-in of an interpolation. The rules divide these among themselves (RULES.md, law 1).
 */
import type { Finding, Settings, Span, Suggestion } from '../contract.js';
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
    const strength = strengthOf(value, {
      crypto: settings.crypto,
      ...(settings.project.name === undefined ? {} : { projectName: settings.project.name }),
    });
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
        suggest: () => settingSuggestion(settings, name, place, span),
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

/** What mends a setting: a template without a value, no stand-in in Compose and in shells, a fresh value where the place is right. */
function settingSuggestion(settings: Settings, name: string, place: SettingsLiteral['place'], span: Span): Suggestion | undefined {
  switch (place) {
    case 'example':
      return { title: `Leave \`${name}\` empty`, edits: [{ ...span, text: '' }] };
    case 'kept':
      return settings.role === 'env'
        ? { title: `Draw a new \`${name}\``, edits: [], draw: span, variable: { name, encoding: 'utf8', algorithm: undefined } }
        : undefined;
    case 'fallback': {
      if (settings.role !== 'compose' && settings.format !== 'shell') return undefined;
      const operator = /:?[-=]$/.exec(settings.text.slice(Math.max(0, span.start - 2), span.start))?.[0];
      if (operator === undefined || settings.text.charAt(span.end) !== '}') return undefined;
      const edit = { start: span.start - operator.length, end: span.end, text: operator.length === 2 ? ':?' : '?' };
      return { title: `Stop when \`${name}\` is missing`, edits: [edit] };
    }
    case 'tracked settings': {
      // Compose takes it from the environment, and from the .env beside it.
      const variable = settings.role === 'compose' && /^[A-Z_][A-Z0-9_]*$/.test(name) ? name : undefined;
      if (variable === undefined) return undefined;
      return {
        title: `Take \`${name}\` from the environment, and stop when it is missing`,
        edits: [{ ...span, text: `\${${variable}:?}` }],
        variable: { name: variable, encoding: 'utf8', algorithm: undefined },
      };
    }
    default:
      return undefined;
  }
}
