/**
 * Values that are no value: templates that something fills in, and words that ask to be replaced. Both are told from
 * the whole value, never from a word that a random value happens to hold.
 */
import type { Span } from '../contract.js';

/**
 * `template`: the value comes from elsewhere when the file is used. `wordy`: it asks to be replaced, which does not
 * keep anybody from using it as it is.
 */
export type Placeholder = 'template' | 'wordy';

/** Longer values are neither; it also bounds the work. */
const MAX_LENGTH = 1024;

/**
 * Says whether a value is a placeholder. `${NAME:-fallback}` is none, since its fallback is a value: ask
 * {@link interpolation} for it.
 */
export function placeholderOf(value: string): Placeholder | undefined {
  const text = value.trim();
  if (text === '' || text.length > MAX_LENGTH) return undefined;
  if (text.startsWith('${') && text.endsWith('}') && interpolation(text)?.fallback) return undefined;
  if (isTemplate(text)) return 'template';
  return isWordy(text) ? 'wordy' : undefined;
}

/** Something between marks that open and close it. */
const ENCLOSED: readonly RegExp[] = [
  /^\$\{.*\}$/, // ${NAME}: shell, Compose, Serverless; ${{ secrets.NAME }}: GitHub
  /^\$\([^)]*\)$/, // $(command), Kubernetes' $(NAME)
  /^\{\{.*\}\}$/, // {{ .Values.name }}: Helm, Ansible, Mustache
  /^<%.*%>$/, // <%= name %>: ERB, EJS
  /^<[^<>]{1,60}>$/, // <your-secret>
  /^\{[A-Z][A-Z_ -]{1,60}\}$/, // {SECRET}
  /^\[[^\]'"]{1,60}\]$/, // [your secret]
  /^\[\[[^\]'"]{1,60}\]\]$/,
  /^#\{[^}]*\}#?$/, // #{name}, #{name}#: Octopus, Azure Pipelines
];

/** Names with signs around them, as they stand in files that a tool fills in, and reads of the environment as text. */
const NAMED: readonly RegExp[] = [
  /^\$[A-Z_][A-Z0-9_]*$/, // $NAME; in lower case it may be a secret that begins with a dollar sign
  /^%[A-Za-z_]\w*%$/, // %NAME%: Windows
  /^(%?)env\([^()]{1,80}\)\1$/, // env(NAME): Foal; %env(NAME)%: Symfony
  /^@[A-Za-z_.][\w.]*@$/, // @name@: CMake, Maven
  /^__[A-Z][A-Z0-9_]*__$/, // __NAME__
  /^process\.env\.[A-Za-z_]\w*$/,
];

/** Tags of YAML, written as text. */
const TAGGED = /^!(?:Ref|Sub|GetAtt|vault)\b/;

/** References into a store of secrets: `op://vault/item`, `vault:secret/path#key`, `ref+awsssm://path`. */
const STORE = /^(?:ref\+[a-z0-9]{2,20}|op|vault|aws-?sm|gcp-?sm|azurekeyvault|akv|keyvault|secretsmanager|ssm|doppler|infisical|bws):./;
const CLOUD_PATHS: readonly RegExp[] = [/^arn:aws[a-z-]{0,10}:(?:secretsmanager|ssm):./, /^projects\/[^/]+\/secrets\/./];

/** Ciphertext: dotenvx, sops, Spring Cloud, Ansible Vault. */
const ENCRYPTED: readonly RegExp[] = [/^encrypted:[A-Za-z0-9+/=]{80,}$/, /^ENC\[.+\]$/, /^\{cipher\}./, /^\$ANSIBLE_VAULT;/];

const TEMPLATES: readonly RegExp[] = [...ENCLOSED, ...NAMED, TAGGED, STORE, ...CLOUD_PATHS, ...ENCRYPTED];

function isTemplate(text: string): boolean {
  return TEMPLATES.some((form) => form.test(text));
}

/** `change me`, `replace_this`, `ROTATE-BEFORE-USE`, `pleasechange`. */
const REPLACE_ME = /(?:change|replace|update|modify|rotate)[-_ .!]{0,3}(?:me|this|it|in|with|before|now|please)/;
const TO_BE_REPLACED = /to[-_ ]?be[-_ ]?(?:modified|changed|replaced|set|defined|generated)/;
const REPLACED_LAST = /(?:^|[^a-z]|to|must|please)(?:change|replace)(?:d|able)?$/;

/** `your-secret`, in the languages of tutorials. */
const POSSESSIVE = /^(?:your[-_ ]?|(?:ur|tu|votre|dein|seu|sua)[-_ ])/;
const POSSESSED =
  /^(?:own|super|very|jwt|app|api|auth|session|cookie|access|refresh|token|private|prod|dev|stag(?:e|ing)|test|local|secr[eé]t|s[3e]cr[3e]t|key|random|long|strong|256|384|512)/;

/** `...-your-...`, `secret-here`. Not `where` or `sphere`. */
const YOUR_INSIDE = /[-_ ]your(?:[-_ ]|$)/;
const HERE = /(?:[-_ ]here(?:[-_ ]|$)|(?:secret|key|value|token|string|password|goes|go|is)[-_ ]?here$)/;

/** `enter a value`, `put-your-secret-in`. */
const FILL_IN =
  /(?:^|[^a-z])(?:enter|insert|put|add|set|fill|provide|paste|type)[-_ ](?:your|a|an|the|some|string|secret|key|value|here|in)(?:[^a-z]|$)/;

const SAMPLE = /place[-_ ]?holder|example|sample|dummy|fixme|redacted/;
/** Too short to be looked for inside a word: `tbd` alone stands in one of 800 random values. */
const SAMPLE_WORD = /(?:^|[^a-z0-9])(?:todo|tbd|fake|mock)(?:[^a-z0-9]|$)/;

const NOT_FOR_USE = /do[-_ ]?not[-_ ]?use|not[-_ ]?(?:for|in)[-_ ]?prod|(?:dev|local|test|demo|ci)[-_ ]?only|insecure|unsafe/;
const HOW_TO_MAKE = /generate[-_ ]?(?:a|with|one|me)|openssl rand|random[-_ ]?string/;

const NOTHING = /^(?:undefined|null|none|nil|n\/?a|empty|blank|value)$/;
/** `aaaaaa`, `xxxx`, `***`, and what an ellipsis cuts off. */
const FILLER = /^(.)\1{5,}$|(?:^|[^a-z0-9])x{4,}(?:[^a-z0-9]|$)|\*{3}|(?:\.{3}|…)$/;

const WORDY: readonly RegExp[] = [
  REPLACE_ME,
  TO_BE_REPLACED,
  REPLACED_LAST,
  YOUR_INSIDE,
  HERE,
  FILL_IN,
  SAMPLE,
  SAMPLE_WORD,
  NOT_FOR_USE,
  HOW_TO_MAKE,
  NOTHING,
  FILLER,
];

function isWordy(text: string): boolean {
  if (hasRandomRun(text)) return false;
  const lower = text.toLowerCase();
  const possessive = POSSESSIVE.exec(lower);
  if (possessive !== null && POSSESSED.test(lower.slice(possessive[0].length))) return true;
  return WORDY.some((form) => form.test(lower));
}

const RUN = /[A-Za-z0-9+/]{12,}/g;
const STRETCH = /[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[+/]/g;

/**
 * Mean length below which stretches of one kind (lower case, upper case, digits) are no words: random hex has 2.1,
 * random base64 1.6, `YourSuperSecretKey123` 4.2.
 */
const MEAN_STRETCH = 2.75;

/** True when some run of letters and digits looks drawn by lot. */
function hasRandomRun(text: string): boolean {
  return (text.match(RUN) ?? []).some((run) => run.length < (run.match(STRETCH) ?? []).length * MEAN_STRETCH);
}

/** One `${NAME}` in a value, with what stands in for it. */
export interface Interpolation {
  readonly name: string;
  /**
   * `:-` and `-` give a fallback, `:?` and `?` a message for the absence of the variable, `:+` and `+` a value for its
   * presence; `,` gives the fallback of Serverless (`${env:NAME, 'x'}`).
   */
  readonly operator: ':-' | '-' | ':?' | '?' | ':+' | '+' | ',' | undefined;
  /** The literal that stands in when the variable is not set; of variables that fall back on others, the last. */
  readonly fallback?: string;
  /** Where the fallback stands, from the start of the value. */
  readonly fallbackSpan?: Span;
}

/**
 * The interpolation of shells, Compose, dotenv-expand and Serverless in a value: the first that has a fallback, else the
 * first. `$${NAME}` and `\${NAME}` are text.
 */
export function interpolation(value: string): Interpolation | undefined {
  if (value.length > MAX_LENGTH) return undefined;
  const whole = /^\$([A-Z_][A-Z0-9_]*)$/.exec(value);
  if (whole !== null) return { name: whole[1]!, operator: undefined };
  const closings = closingBraces(value);
  let first: Interpolation | undefined;
  for (let open = value.indexOf('${'); open !== -1;) {
    const close = closings.get(open);
    if (close !== undefined && value[open - 1] !== '$' && value[open - 1] !== '\\') {
      const found = interpolationAt(value, open, closings);
      if (found?.fallback) return found;
      first ??= found;
    }
    open = value.indexOf('${', close ?? open + 2);
  }
  return first;
}

const NAME_AND_OPERATOR = /^\$\{([A-Za-z_][\w.]*)(?=\})|^\$\{([A-Za-z_][\w.]*)(:?[-?+])/;
const SERVERLESS = /^\$\{env:([A-Za-z_]\w*)\s*,\s*(['"])([^'"]*)\2\s*\}/;

/** The interpolation whose `${` stands at an offset and is closed; one that falls back on another has the fallback of that. */
function interpolationAt(value: string, open: number, closings: ReadonlyMap<number, number>): Interpolation | undefined {
  const serverless = SERVERLESS.exec(value.slice(open));
  if (serverless !== null) {
    const [text, name, quote, fallback] = serverless;
    const start = open + text.indexOf(quote!) + 1;
    return { name: name!, operator: ',', fallback: fallback!, fallbackSpan: { start, end: start + fallback!.length } };
  }
  let outer: Interpolation | undefined;
  for (let at = open; ;) {
    const head = NAME_AND_OPERATOR.exec(value.slice(at));
    if (head === null) return outer;
    const operator = head[3] as Interpolation['operator'];
    outer ??= { name: (head[1] ?? head[2])!, operator };
    if (operator !== ':-' && operator !== '-') return outer;
    const start = at + head[0].length;
    if (!value.startsWith('${', start)) {
      const fallback = value.slice(start, closings.get(at));
      return fallback.includes('${') ? outer : { ...outer, fallback, fallbackSpan: { start, end: start + fallback.length } };
    }
    at = start;
  }
}

/** Where the brace stands that closes each `${`, by the offset of that; those that nothing closes are missing. */
function closingBraces(value: string): ReadonlyMap<number, number> {
  const closings = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < value.length; at++) {
    if (value[at] === '$' && value[at + 1] === '{') open.push(at);
    else if (value[at] === '}' && open.length > 0) closings.set(open.pop()!, at);
  }
  return closings;
}
