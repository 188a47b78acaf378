/**
 * What reading settings costs, against a plain parse of the same text by the field's own library. Told by ratios of one run,
 * in which both take turns, so that neither the machine nor what else runs on it decides.
 *
 * What is compared is what gives positions, where the field has it: of JSON that is momoa, the parser of ESLint's JSON plugin.
 * JSON.parse gives values alone, and is native: twice its time is no promise, four times is. Request files have no parser.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse as parseJson } from '@humanwhocodes/momoa';
import { DockerfileParser } from 'dockerfile-ast';
import { parseLines } from 'dot-properties';
import { parse as parseDotenv } from 'dotenv';
import { parseTOML } from 'toml-eslint-parser';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { readDotenv } from '../../src/readers/settings/dotenv.js';
import { readHcl } from '../../src/readers/settings/hcl.js';
import { readIni, readProperties } from '../../src/readers/settings/ini.js';
import { readJson } from '../../src/readers/settings/json.js';
import { readFences } from '../../src/readers/settings/markdown.js';
import { readDockerfile, readShell } from '../../src/readers/settings/shell.js';
import { readToml } from '../../src/readers/settings/toml.js';
import { readYaml } from '../../src/readers/settings/yaml.js';
import { seededRandom } from '../seeded-random.js';

const require = createRequire(import.meta.url);
const { parse: parseIni } = require('ini') as { parse(text: string): unknown };
const { parse: parseShell } = require('shell-quote') as { parse(text: string): unknown };
const { parseToObject: parseHcl } = require('hcl2-parser') as { parseToObject(text: string): unknown };
const markdown = new (require('markdown-it') as new () => { parse(text: string, environment: object): unknown })();

const ROUNDS = 15;
/** Rounds until a ratio is believed that is too high: what else the machine does can only make the best of them worse. */
const MOST_ROUNDS = 100;

/** How many times longer the first takes than the second: both at their best. */
function ratio(one: () => unknown, other: () => unknown, limit: number): number {
  const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS || (round < MOST_ROUNDS && best[0]! >= limit * best[1]!); round++) {
    for (const [index, run] of [one, other].entries()) {
      const start = performance.now();
      run();
      best[index] = Math.min(best[index]!, performance.now() - start);
    }
  }
  return best[0]! / best[1]!;
}

/** Our own lockfile: objects within each other, names, numbers, addresses and hashes. */
const LOCKFILE = readFileSync('package-lock.json', 'utf8');

const random = seededRandom(3);
const word = (): string =>
  Array.from({ length: 3 + Math.floor(random() * 8) }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');

const ENV = Array.from({ length: 3000 }, (_, index) => {
  const name = `${word()}_${word()}`.toUpperCase();
  return [`${name}=${word()}`, `export ${name}="${word()} ${word()}\\n"`, `# ${word()} ${word()}`, `${name}='${word()}' # ${word()}`, ''][
    index % 5
  ]!;
}).join('\n');

const TOML = Array.from(
  { length: 300 },
  () =>
    `[${word()}.${word()}]\n${word()}1 = "${word()} ${word()}"\n${word()}2 = ${String(Math.floor(random() * 1000))}\n${word()}3 = ["${word()}", "${word()}"]\n`,
).join('\n');

const lines = (count: number, ...kinds: (() => string)[]): string =>
  Array.from({ length: count }, (_, index) => kinds[index % kinds.length]!()).join('\n');

const PROPERTIES = lines(
  3000,
  () => `${word()}.${word()}=${word()} ${word()}`,
  () => `# ${word()} ${word()}`,
  () => `${word()} : ${word()}\\u0041`,
);

const INI = lines(
  3000,
  () => `[${word()}]`,
  () => `${word()} = ${word()}`,
  () => `; ${word()} ${word()}`,
  () => `${word()}="${word()}"`,
);

const TERRAFORM = lines(
  300,
  () => `variable "${word()}" {\n  type = string\n  default = "${word()}"\n}`,
  () => `resource "a_${word()}" "${word()}" {\n  name = "\${var.${word()}}-b"\n  tags = { ${word()} = "${word()}" }\n}`,
);

const SHELL = lines(
  1000,
  () => `export ${word().toUpperCase()}="${word()} ${word()}"`,
  () => `${word()} --${word()} ${word()} | ${word()} > ${word()}.txt`,
  () => `# ${word()} ${word()}`,
  () => `if [ -f ${word()} ]; then ${word()} '${word()}'; fi`,
);

const DOCKERFILE = `FROM a\n${lines(
  1000,
  () => `ENV ${word().toUpperCase()}=${word()} ${word().toUpperCase()}="${word()}"`,
  () => `RUN ${word()} ${word()} && \\\n  ${word()} --${word()}`,
  () => `COPY ${word()} /${word()}`,
  () => `# ${word()} ${word()}`,
)}`;

const PAGE = lines(
  500,
  () => `## ${word()} ${word()}\n\n${Array.from({ length: 40 }, word).join(' ')}\n`,
  () => `- ${word()}\n- **${word()}** \`${word()}\`\n`,
  () => `\`\`\`env\nJWT_SECRET=${word()}\n\`\`\`\n`,
);

const COMPOSE = stringify({
  services: Object.fromEntries(
    Array.from({ length: 200 }, () => [
      word(),
      { image: word(), ports: ['80:80'], environment: { [word().toUpperCase()]: word(), PORT: 3000 }, command: [word(), word()] },
    ]),
  ),
});

describe('reading costs at most twice a plain parse', () => {
  test.each<[string, string, (text: string) => unknown, (text: string) => unknown]>([
    ['an env file', ENV, readDotenv, parseDotenv],
    ['JSON', LOCKFILE, readJson, (text) => parseJson(text, { ranges: true })],
    ['YAML', COMPOSE, readYaml, (text) => parseAllDocuments(text)],
    ['TOML', TOML, readToml, (text) => parseTOML(text)],
    ['properties', PROPERTIES, readProperties, (text) => parseLines(text, true)],
    ['INI', INI, readIni, parseIni],
    ['Terraform', TERRAFORM, readHcl, parseHcl],
    ['a shell script', SHELL, readShell, parseShell],
    ['a Dockerfile', DOCKERFILE, readDockerfile, (text) => DockerfileParser.parse(text).getInstructions()],
    ['a Markdown page', PAGE, readFences, (text) => markdown.parse(text, {})],
  ])('%s', (name, text, read, parse) => {
    const cost = ratio(
      () => read(text),
      () => parse(text),
      2,
    );
    process.stdout.write(`${name}: ${cost.toFixed(2)} times a plain parse of ${String(Math.round(text.length / 1024))} kB\n`);
    expect(cost).toBeLessThan(2);
  });

  test('JSON beside JSON.parse, which gives no positions', () => {
    const cost = ratio(
      () => readJson(LOCKFILE),
      () => JSON.parse(LOCKFILE) as unknown,
      4,
    );
    process.stdout.write(`JSON: ${cost.toFixed(2)} times JSON.parse\n`);
    expect(cost).toBeLessThan(4);
  });
});
