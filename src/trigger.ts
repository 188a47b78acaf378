/**
 * Which files concern us at all: a search over the text before any parser is loaded. Everything it looks for is derived
 * from the tables of facts; a test proves that scans with and without it find the same (`--no-trigger`).
 */
import type { RuleId, Vocabulary } from '../rules/contract.js';
import { PASSED_DECODER_CALL } from '../rules/facts/decoder-names.js';
import { NAME_STEMS, secretName } from '../rules/facts/names.js';
import { settingsFormat } from './readers/settings/index.js';
import { scriptLanguage } from './readers/script.js';
import { SEARCH_WORDS } from '../rules/facts/search-words.js';

/** Which kinds of subject a file is worth making. */
export interface Interest {
  readonly script: boolean;
  readonly settings: boolean;
  readonly text: boolean;
}

const NOTHING: Interest = { script: false, settings: false, text: false };

export interface Trigger {
  /** Decides for one decoded file. */
  interest(path: string, text: string): Interest;
}

/**
 * Builds the trigger for a user's vocabulary.
 *
 * @param isOn whether the user switched a rule on that is off by default
 */
export function createTrigger(vocabulary: Vocabulary, isOn: (rule: RuleId) => boolean = () => false): Trigger {
  const words = (list: Iterable<string>): string =>
    [...new Set(list)]
      .filter((word) => word !== '')
      .map(escape)
      .join('|');
  const own = [...vocabulary.sinks.flatMap((sink) => [sink.module ?? sink.name]), ...vocabulary.secretNames];
  const material = new RegExp(words(SEARCH_WORDS.material));
  const packages = new RegExp(`['"\`](?:${words(SEARCH_WORDS.specifiers)})['"\`]`);
  // Imports that most files have count only beside a word that says more.
  const { common } = SEARCH_WORDS;
  const widespread = new RegExp(`['"\`](?:${words(common.map(({ specifier }) => specifier))})['"\`]`);
  const beside = new RegExp(`\\b(?:${words(common.flatMap((each) => each.words))})\\b`);
  const stems = new RegExp(words(NAME_STEMS), 'gi');
  // Calls of functions that another file of the repository passes on from a library.
  const passedOn = new RegExp(`\\b(?:${words(SEARCH_WORDS.calls)})\\b`);
  const localImport = /(?:from|require\()\s{0,4}['"][.~@#]/;
  const making = /modulusLength|generateKey|allowInsecureKeySizes|allowInvalidAsymmetricKeyTypes/;
  const configured = own.length > 0 ? new RegExp(words(own), 'i') : undefined;
  const demanded = Object.entries(SEARCH_WORDS.onDemand).flatMap(([rule, list]) => (isOn(rule) ? list : []));
  const onDemand = demanded.length > 0 ? new RegExp(words(demanded)) : undefined;
  const seen = new Map<string, boolean>();

  function namesSecret(text: string): boolean {
    stems.lastIndex = 0;
    // Looking for the stem alone and then for the ends of its word takes a tenth of the time of one expression for both.
    for (let match = stems.exec(text); match; match = stems.exec(text)) {
      let start = match.index;
      let end = stems.lastIndex;
      for (const least = start - WORD_AROUND; start > least && isWordUnit(text.charCodeAt(start - 1));) start--;
      for (const most = end + WORD_AROUND; end < most && isWordUnit(text.charCodeAt(end));) end++;
      stems.lastIndex = end;
      const word = text.slice(start, end);
      let known = seen.get(word);
      if (known === undefined) {
        known = secretName(word) !== undefined;
        if (seen.size < 10_000) seen.set(word, known);
      }
      if (known) return true;
    }
    return false;
  }

  return {
    interest(path, text) {
      const settings = settingsFormat(path);
      if (settings?.format === 'dotenv') return { script: false, settings: true, text: true };
      const isScript = settings === undefined && scriptLanguage(path) !== undefined;
      const hasMaterial = material.test(text);
      if (settings)
        return hasMaterial || namesSecret(text) || configured?.test(text) ? { script: false, settings: true, text: hasMaterial } : NOTHING;
      if (!isScript) return hasMaterial ? { script: false, settings: false, text: true } : NOTHING;
      const script =
        packages.test(text) ||
        (beside.test(text) && widespread.test(text)) ||
        namesSecret(text) ||
        making.test(text) ||
        configured?.test(text) === true ||
        onDemand?.test(text) === true ||
        (localImport.test(text) && (passedOn.test(text) || PASSED_DECODER_CALL.test(text)));
      return script || hasMaterial ? { script, settings: false, text: hasMaterial } : NOTHING;
    },
  };
}

/** Characters of a word that are looked at on either side of a stem. */
const WORD_AROUND = 60;

/** Whether a code unit is one of `[\w$]`; the position before or behind a text is none. */
function isWordUnit(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57) || unit === 95 || unit === 36;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
