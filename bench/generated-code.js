/**
 * Source text as projects hold it, drawn from a seeded generator: the same seed gives the same bytes on every machine.
 * Ordinary files hold what a search for secrets stumbles over everywhere (`key=`, `Object.keys`, `password`), and nothing
 * that jwtlint's search is after.
 */

/** A generator of numbers in [0, 1): mulberry32. */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A value of the normal distribution with mean 0 and deviation 1 (Box and Muller). */
export function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const NOUNS = [
  ...['account', 'address', 'article', 'asset', 'author', 'batch', 'booking', 'cart', 'category', 'channel', 'comment', 'company'],
  ...['contact', 'coupon', 'customer', 'dashboard', 'document', 'event', 'filter', 'folder', 'group', 'image', 'invoice', 'item'],
  ...['label', 'layout', 'list', 'location', 'member', 'menu', 'message', 'metric', 'note', 'order', 'page', 'parcel', 'payment'],
  ...['person', 'plan', 'price', 'product', 'profile', 'project', 'quote', 'report', 'request', 'review', 'row', 'schedule', 'section'],
  ...['shipment', 'slot', 'status', 'stock', 'table', 'task', 'team', 'template', 'theme', 'ticket', 'user', 'vendor', 'view', 'widget'],
];
const VERBS = ['add', 'apply', 'build', 'change', 'check', 'collect', 'create', 'find', 'format', 'group', 'load', 'map', 'merge', 'move'];
const WORDS = [
  ...['the', 'a', 'of', 'when', 'is', 'and', 'to', 'not', 'that', 'for', 'each', 'before', 'after', 'with', 'value', 'returns', 'list'],
  ...['given', 'keeps', 'order', 'only', 'as', 'all', 'from', 'default', 'see', 'also', 'used', 'by', 'page', 'render', 'state', 'may'],
];

const pick = (random, list) => list[Math.floor(random() * list.length)];
const capital = (word) => word[0].toUpperCase() + word.slice(1);
const sentence = (random, length) => Array.from({ length }, () => pick(random, random() < 0.3 ? NOUNS : WORDS)).join(' ');
const whole = (random, most) => Math.floor(random() * most);

function declaration(random, index, typed) {
  const noun = pick(random, NOUNS);
  const other = pick(random, NOUNS);
  const verb = pick(random, VERBS);
  const name = `${verb}${capital(noun)}${index}`;
  const type = (annotation) => (typed ? `: ${annotation}` : '');
  const comment = `/**\n * ${capital(sentence(random, 8))}.\n * @returns ${sentence(random, 6)}\n */\n`;
  switch (whole(random, 6)) {
    case 0:
      return `${comment}export function ${name}(${noun}${type('Record<string, unknown>')}, ${other}s${type('string[]')} = [])${type('string[]')} {
  const result${type('string[]')} = [];
  for (const key of Object.keys(${noun})) {
    const value = ${noun}[key];
    if (value === undefined || value === null) continue;
    if (typeof value === 'object' && !Array.isArray(value)) {
      result.push(...${name}(value${typed ? ' as Record<string, unknown>' : ''}, [...${other}s, key]));
    } else {
      result.push(\`\${[...${other}s, key].join('.')}=\${String(value)}\`);
    }
  }
  return result.sort((a, b) => a.localeCompare(b));
}\n`;
    case 1:
      return `export const ${noun}Defaults${index} = {
  id: ${whole(random, 9999)},
  title: '${capital(sentence(random, 5))}',
  password: { minLength: ${8 + whole(random, 8)}, label: 'Password', placeholder: '' },
  columns: ['${pick(random, NOUNS)}', '${pick(random, NOUNS)}', '${pick(random, NOUNS)}'],
  visible: ${random() < 0.5},
  weight: ${(random() * 10).toFixed(2)},
  sortKey: '${noun}_${other}',
};\n`;
    case 2:
      return `${comment}export async function ${name}(id${type('number')}) {
  const response = await fetch(\`/api/${noun}s/\${id}?include=${other}\`, { headers: { accept: 'application/json' } });
  if (!response.ok) {
    throw new Error(\`${sentence(random, 4)}: \${response.status}\`);
  }
  const { data, total } = await response.json();
  return { ...data, total: Number(total ?? 0), page: data.page + 1 };
}\n`;
    case 3:
      return `export class ${capital(noun)}${capital(other)}${index} {
  ${typed ? 'private readonly ' : ''}cache = new Map${typed ? '<string, number>' : ''}();

  ${verb}(key${type('string')}, amount${type('number')} = ${1 + whole(random, 9)}) {
    const before = this.cache.get(key) ?? 0;
    // ${capital(sentence(random, 9))}.
    this.cache.set(key, before + amount);
    return before + amount > ${whole(random, 100)} ? this.flush(key) : undefined;
  }

  flush(key${type('string')}) {
    const total = this.cache.get(key);
    this.cache.delete(key);
    return total;
  }
}\n`;
    case 4:
      return `${comment}export const ${name} = (${noun}s${type('any[]')}) =>
  ${noun}s
    .filter((${noun}) => ${noun}.${other}Id !== null && ${noun}.createdAt > ${whole(random, 99999)})
    .map(({ id, ...rest }) => ({ ...rest, key: \`${noun}-\${id}\` }))
    .reduce((sum, { amount = 0 }) => sum + amount, 0);\n`;
    default:
      return `${comment}export function ${name}(action${type('{ type: string; payload?: any }')}, state${type('any')}) {
  switch (action.type) {
    case '${noun}/${verb}':
      return { ...state, ${noun}s: [...state.${noun}s, action.payload] };
    case '${noun}/remove':
      return { ...state, ${noun}s: state.${noun}s.filter((each${type('any')}) => each.id !== action.payload) };
    default:
      return state;
  }
}\n`;
  }
}

/**
 * A script of about so many characters.
 *
 * @param extra statements that stand among the others
 * @param imports further lines at the top
 */
export function script(random, length, { typed, extra = '', imports = '' }) {
  const noun = pick(random, NOUNS);
  let text = `import { ${pick(random, VERBS)}${capital(noun)} } from '../${noun}/${pick(random, NOUNS)}';\nimport path from 'node:path';\n${imports}\n`;
  const middle = length / 3;
  let placed = extra === '';
  for (let index = 0; text.length < length || !placed; index++) {
    if (!placed && text.length >= middle) {
      text += `${extra}\n`;
      placed = true;
    }
    if (text.length < length) text += `${declaration(random, index, typed)}\n`;
  }
  return text;
}

/**
 * A script of at least so many lines.
 *
 * @param statement makes the statements that stand after every fourth other one, by their number
 */
export function longScript(random, lines, { imports, statement }) {
  let text = `${imports}\n\n`;
  for (let index = 0, count = 0; count < lines; index++) {
    const next = `${index % 4 === 3 ? statement(index) : declaration(random, index, true)}\n`;
    text += next;
    count += next.split('\n').length - 1;
  }
  return text;
}

/** A JSON file: messages of an application, or the answer of a service. */
export function json(random, length, extra = {}) {
  const contents = { ...extra };
  for (let size = 2, index = 0; size < length; index++) {
    const entry = {
      id: index,
      title: sentence(random, 6),
      active: random() < 0.5,
      tags: [pick(random, NOUNS)],
      amount: whole(random, 1e6),
    };
    contents[`${pick(random, NOUNS)}.${pick(random, VERBS)}.${index}`] = entry;
    size += JSON.stringify(entry).length + 80;
  }
  return `${JSON.stringify(contents, null, 2)}\n`;
}

/** A YAML file: steps and settings. */
export function yaml(random, length, extra = '') {
  let text = `name: ${pick(random, NOUNS)}\nversion: 2\n${extra}items:\n`;
  for (let index = 0; text.length < length; index++) {
    text += `  - name: ${sentence(random, 4)}\n    key: ${pick(random, NOUNS)}-${index}\n    run: npm run ${pick(random, VERBS)}\n    with:\n      ${pick(random, NOUNS)}: "${whole(random, 999)}"\n`;
  }
  return text;
}

/** Prose, a style sheet or a page. */
export function prose(random, length, extension) {
  let text = '';
  while (text.length < length) {
    if (extension === 'css')
      text += `.${pick(random, NOUNS)}-${pick(random, NOUNS)} {\n  margin: ${whole(random, 40)}px;\n  color: #${whole(random, 4096)};\n}\n`;
    else if (extension === 'html') text += `<p class="${pick(random, NOUNS)}">${sentence(random, 14)}.</p>\n`;
    else text += `${capital(sentence(random, 16))}.\n${random() < 0.1 ? `\n## ${capital(sentence(random, 3))}\n\n` : ''}`;
  }
  return text;
}
