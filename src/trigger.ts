/**
 * Which files concern us at all: a search over the bytes, before any text is made of them or any parser is loaded.
 * Everything it looks for is derived from the tables of facts; a test proves that scans with and without it find the same
 * (`--no-trigger`).
 */
import type { RuleId, Vocabulary } from '../rules/contract.js';
import { PASSED_DECODER_CALL, PASSED_DECODER_STEMS } from '../rules/facts/decoder-names.js';
import { mayMeanSecret, NAME_STEMS, secretName, tokenName } from '../rules/facts/names.js';
import { SEARCH_WORDS } from '../rules/facts/search-words.js';
import { WRAPPER_CALL } from '../rules/facts/wrapper-names.js';
import { createByteSearch, type Pattern } from './byte-search.js';
import type { Content } from './readers/decode.js';
import { componentFormat, scriptLanguage } from './readers/script.js';
import { settingsFormat } from './readers/settings/index.js';

/** Which kinds of subject a file is worth making. */
export interface Interest {
  readonly script: boolean;
  readonly settings: boolean;
  readonly text: boolean;
}

const NOTHING: Interest = { script: false, settings: false, text: false };

export interface Trigger {
  /** Decides for one file; asks for its text only where the bytes leave a doubt. */
  interest(path: string, file: Content): Interest;
}

// What a search can come upon.
const MATERIAL = 1;
/** Enough to read a script or settings: the name of a secret, an import of a library. */
const OPENING = 2;
/** A word that opens a script beside an import that most files have. */
const BESIDE = 4;
/** A word that opens a script which calls functions of other files: they may be those of a library. */
const CALLED = 8;
/** As {@link CALLED}, for functions that decode or wrap. */
const DECODING = 16;

/** A text that is cut at its dots, and what reads base64: together they may take a token apart by hand. */
const PARTED = 32;
const BASE64 = 64;

/** Options and functions that weaken keys or make them, and settings that hold them under a name such as `password`. */
const KEY_MAKING = [
  'modulusLength',
  'generateKey',
  'subtle.importKey',
  'allowInsecureKeySizes',
  'allowInvalidAsymmetricKeyTypes',
  'defineNuxtConfig',
];

const LOCAL_IMPORT = /(?:from|require\()\s{0,4}['"][.~@#]/;

/**
 * Builds the trigger for a user's vocabulary.
 *
 * @param isOn whether the user switched a rule on that is off by default
 */
export function createTrigger(vocabulary: Vocabulary, isOn: (rule: RuleId) => boolean = () => false): Trigger {
  const { common, onDemand } = SEARCH_WORDS;
  const widespread = new RegExp(
    `['"\`](?:(?:npm|jsr|https):[^'"\`\\s]{0,60}?)?(?:${alternatives(common.map(({ specifier }) => specifier))})(?:@[^'"\`\\s]{1,60})?['"\`]`,
  );
  const own = [...vocabulary.sinks.flatMap((sink) => [sink.module ?? sink.name]), ...vocabulary.secretNames].filter((word) => word !== '');
  const configured = own.length > 0 ? new RegExp(alternatives(own), 'i') : undefined;

  const demanded = Object.entries(onDemand).flatMap(([rule, words]) => (isOn(rule) ? words : []));
  const material = SEARCH_WORDS.material.map((text): Pattern => ({ text, found: () => MATERIAL }));
  const names = namePatterns();
  const variables = namePatterns(mayMeanSecret);
  const inText = madeWhenAsked(() => createByteSearch(material, MATERIAL));
  const faulty = SEARCH_WORDS.faulty.map((name): Pattern => ({ text: `"${name}"`, found: () => OPENING }));
  const inManifests = madeWhenAsked(() => createByteSearch([...faulty, ...material], MATERIAL | OPENING));
  const inSettings = madeWhenAsked(() => createByteSearch([...variables, ...material], MATERIAL | OPENING));
  const inScripts = madeWhenAsked(() => createByteSearch([...names, ...material, ...scriptPatterns(demanded)], MATERIAL | OPENING));

  return {
    interest(path, file) {
      const settings = settingsFormat(path);
      if (settings?.format === 'dotenv') return { script: false, settings: true, text: true };
      if (settings?.role === 'manifest') {
        const found = inManifests(file.bytes);
        return found === 0 ? NOTHING : { script: false, settings: (found & OPENING) !== 0, text: (found & MATERIAL) !== 0 };
      }
      if (settings) {
        const found = inSettings(file.bytes);
        const text = (found & MATERIAL) !== 0;
        return found !== 0 || configured?.test(file.text) ? { script: false, settings: true, text } : NOTHING;
      }
      if ((scriptLanguage(path) ?? componentFormat(path)) === undefined)
        return inText(file.bytes) === 0 ? NOTHING : { script: false, settings: false, text: true };
      const found = inScripts(file.bytes);
      const script =
        (found & OPENING) !== 0 ||
        configured?.test(file.text) === true ||
        ((found & BESIDE) !== 0 && widespread.test(file.text)) ||
        ((found & PARTED) !== 0 && (found & BASE64) !== 0) ||
        ((found & (CALLED | DECODING)) !== 0 &&
          LOCAL_IMPORT.test(file.text) &&
          ((found & CALLED) !== 0 || PASSED_DECODER_CALL.test(file.text) || WRAPPER_CALL.test(file.text)));
      const text = (found & MATERIAL) !== 0;
      return script || text ? { script, settings: false, text } : NOTHING;
    },
  };
}

/** A search that is made at its first use: a hook rarely sees files of all kinds. */
function madeWhenAsked(make: () => (bytes: Buffer) => number): (bytes: Buffer) => number {
  let made: ((bytes: Buffer) => number) | undefined;
  return (bytes) => (made ??= make())(bytes);
}

/** Characters of a word that are looked at on either side of a stem. */
const WORD_AROUND = 60;

/**
 * Names of secrets: a stem is looked for, and the word around it is judged.
 *
 * @param also what else is worth it
 */
function namePatterns(also: (word: string) => boolean = () => false): Pattern[] {
  const verdicts = new Map<string, number>();
  const verdictOn = (word: string): number => {
    let verdict = verdicts.get(word);
    if (verdict === undefined) {
      verdict = secretName(word) !== undefined || also(word) ? OPENING : 0;
      if (verdicts.size < 10_000) verdicts.set(word, verdict);
    }
    return verdict;
  };
  // A word with several stems is judged once.
  let judged: Buffer | undefined;
  let judgedUntil = 0;
  return NAME_STEMS.map((text) => ({
    text,
    anyCase: true,
    found: (bytes, at) => {
      if (bytes === judged && at < judgedUntil) return 0;
      let start = at;
      let end = at + text.length;
      for (const least = start - WORD_AROUND; start > least && isNameUnit(bytes[start - 1]);) start--;
      for (const most = end + WORD_AROUND; end < most && isNameUnit(bytes[end]);) end++;
      judged = bytes;
      judgedUntil = end;
      return verdictOn(bytes.toString('latin1', start, end));
    },
  }));
}

/** @param further words that open a script wherever they stand */
function scriptPatterns(further: readonly string[]): Pattern[] {
  const { specifiers, common, calls, decorated } = SEARCH_WORDS;
  const words = (list: Iterable<string>, bit: number): Pattern[] =>
    [...new Set(list)]
      .filter((word) => /^\w+$/.test(word))
      .map((text) => ({ text, found: (bytes, at) => (isWordUnit(bytes[at - 1]) || isWordUnit(bytes[at + text.length]) ? 0 : bit) }));
  return [
    ...specifiers.map((text): Pattern => ({
      text,
      found: (bytes, at) => (opensSpecifier(bytes, at) && endsPackage(bytes[at + text.length]) ? OPENING : 0),
    })),
    ...[...KEY_MAKING, ...decorated, ...further].map((text): Pattern => ({ text, found: () => OPENING })),
    // The environment as a whole, given to somebody.
    {
      text: 'process.env',
      found: (bytes, at) => (bytes[at - 1] !== DOT && isEndOfArgument(bytes[at + 'process.env'.length]) ? OPENING : 0),
    },
    ...words(
      common.flatMap((each) => each.words),
      BESIDE,
    ),
    ...words(calls, CALLED),
    // A token out of a URL, in a file that may know nothing else of tokens.
    ...['query', 'searchParams'].map((text): Pattern => ({
      text,
      found: (bytes, at) => {
        const from = at + text.length;
        const name = QUERY_READ.exec(bytes.toString('latin1', from, from + WORD_AROUND))?.[1];
        return name !== undefined && tokenName(name) !== undefined ? OPENING : 0;
      },
    })),
    ...["split('.')", 'split(".")', 'split(`.`)'].map((text): Pattern => ({ text, found: () => PARTED })),
    ...['atob(', 'base64'].map((text): Pattern => ({ text, found: () => BASE64 })),
    ...PASSED_DECODER_STEMS.map((text): Pattern => ({
      text,
      anyCase: true,
      found: (bytes, at) => {
        let end = at + text.length;
        for (const most = end + WORD_AROUND; end < most && isWordUnit(bytes[end]);) end++;
        if (bytes[end] === DOT) for (const most = ++end + WORD_AROUND; end < most && isWordUnit(bytes[end]);) end++;
        return bytes[end] === OPENING_PARENTHESIS ? DECODING : 0;
      },
    })),
  ];
}

/** What is read by a name: `query.token`, `query['token']`, `query('token')`, `searchParams.get('token')`. */
const QUERY_READ = /^[!?]?\.?(?:get)?[[(]?['"`]?([\w-]+)/;

const OPENING_PARENTHESIS = 0x28;
const DOT = 0x2e;

/** Characters of an address before the name of its package. */
const ADDRESS_BEFORE = 60;

/** A quote before a package's name, or one before an address that ends there: `'npm:`, `'https://esm.sh/`. */
function opensSpecifier(bytes: Buffer, at: number): boolean {
  if (isQuote(bytes[at - 1])) return true;
  if (bytes[at - 1] !== SLASH && bytes[at - 1] !== COLON) return false;
  let start = at - 1;
  for (const least = at - ADDRESS_BEFORE; start > least && !isQuote(bytes[start - 1]);) start--;
  return isQuote(bytes[start - 1]) && /^(?:npm|jsr|https):/.test(bytes.toString('latin1', start, start + 6));
}

/** What may stand behind a package's name: the end of the specifier, or the version of an address. */
function endsPackage(unit: number | undefined): boolean {
  return isQuote(unit) || unit === AT;
}

const SLASH = 0x2f;
const COLON = 0x3a;
const AT = 0x40;

/** `)` or `,` */
function isEndOfArgument(unit: number | undefined): boolean {
  return unit === 0x29 || unit === 0x2c;
}

/** `"`, `'` or a backtick; the position before or behind the bytes is none. */
function isQuote(unit: number | undefined): boolean {
  return unit === 0x22 || unit === 0x27 || unit === 0x60;
}

/** `[\w$]` */
function isNameUnit(unit: number | undefined): boolean {
  return unit === 36 || isWordUnit(unit);
}

/** `\w`; the position before or behind the bytes is none. */
function isWordUnit(unit: number | undefined): boolean {
  return unit !== undefined && ((unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57) || unit === 95);
}

function alternatives(words: Iterable<string>): string {
  return [...new Set(words)].map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|');
}
