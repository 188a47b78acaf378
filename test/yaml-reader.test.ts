import { describe, expect, test } from 'vitest';
import { parseAllDocuments, visit, type Document } from 'yaml';
import type { SettingsEntry } from '../rules/contract.js';
import { readSettings, settingsFormat } from '../src/readers/settings/index.js';
import { readYaml } from '../src/readers/settings/yaml.js';
import { growth, LINEAR } from './growth.js';
import { seededRandom } from './seeded-random.js';

/** Key path, value, text at the value's span, text at the key's span, of every entry. */
async function rows(path: string, text: string): Promise<string[][]> {
  const { entries, failed } = await readSettings(path, text);
  expect(failed).toBeUndefined();
  return entries.map(({ key, value, span, keySpan }) => [
    key.join('/'),
    value,
    text.slice(span.start, span.end),
    text.slice(keySpan.start, keySpan.end),
  ]);
}

const COMPOSE = `# the stack
x-shared: &shared
  JWT_SECRET: made-up shared
services:
  api:
    image: "node:20"   # pinned
    environment:
      <<: *shared
      SESSION_SECRET: 'made-up ''quoted'''
      REFRESH_TOKEN_SECRET: "made-up\\tescaped"
      FALLBACK: \${JWT_SECRET:-made-up}
      NUMBER: 0123
      EMPTY:
  worker:
    build: {context: ., args: [JWT_SECRET=made-up args, OTHER]}
    environment:
      - COOKIE_SECRET=made-up=list
      - "QUOTED_SECRET=made-up \\"list\\""
      - 'SINGLE=x'
      - PASSED_ON
      - *shared
`;

describe('Compose', () => {
  test('every value of a file with maps, lists, anchors and merge keys', async () => {
    expect(await rows('compose.yaml', COMPOSE)).toEqual([
      ['x-shared/JWT_SECRET', 'made-up shared', 'made-up shared', 'JWT_SECRET'],
      ['services/api/image', 'node:20', 'node:20', 'image'],
      ['services/api/environment/SESSION_SECRET', "made-up 'quoted'", "made-up ''quoted''", 'SESSION_SECRET'],
      ['services/api/environment/REFRESH_TOKEN_SECRET', 'made-up\tescaped', 'made-up\\tescaped', 'REFRESH_TOKEN_SECRET'],
      ['services/api/environment/FALLBACK', '${JWT_SECRET:-made-up}', '${JWT_SECRET:-made-up}', 'FALLBACK'],
      ['services/api/environment/NUMBER', '0123', '0123', 'NUMBER'],
      ['services/api/environment/EMPTY', '', '', 'EMPTY'],
      ['services/worker/build/context', '.', '.', 'context'],
      ['services/worker/build/args/JWT_SECRET', 'made-up args', 'made-up args', 'JWT_SECRET'],
      ['services/worker/build/args/1', 'OTHER', 'OTHER', 'args'],
      ['services/worker/environment/COOKIE_SECRET', 'made-up=list', 'made-up=list', 'COOKIE_SECRET'],
      ['services/worker/environment/QUOTED_SECRET', 'made-up "list"', 'made-up \\"list\\"', 'QUOTED_SECRET'],
      ['services/worker/environment/SINGLE', 'x', 'x', 'SINGLE'],
      ['services/worker/environment/3', 'PASSED_ON', 'PASSED_ON', 'environment'],
    ]);
  });

  test('types', async () => {
    const { entries } = await readSettings('compose.yaml', COMPOSE);
    const typeOf = (name: string): string | undefined => entries.find(({ key }) => key.at(-1) === name)?.type;
    expect([typeOf('NUMBER'), typeOf('EMPTY'), typeOf('SINGLE')]).toEqual(['number', 'null', 'string']);
  });

  test('comments', async () => {
    const text = `${COMPOSE}# '#' in a value: a#b\na: "# no comment"\nb: |\n  # no comment\nc: x # yes\n`;
    const { comments } = await readSettings('compose.yaml', text);
    expect(comments.map(({ start, end }) => text.slice(start, end))).toEqual(['# the stack', '# pinned', "# '#' in a value: a#b", '# yes']);
  });

  test('with CRLF: the same values', async () => {
    expect(await rows('compose.yaml', COMPOSE.replaceAll('\n', '\r\n'))).toEqual(await rows('compose.yaml', COMPOSE));
  });
});

const SECRET = Buffer.from('made-up value').toString('base64');

const KUBERNETES = `apiVersion: v1
kind: Secret
metadata: {name: auth}
data:
  JWT_SECRET: ${SECRET}
  folded: >-
    ${SECRET.slice(0, 8)}
    ${SECRET.slice(8)}
  binary: ${Buffer.from([0, 1, 2, 0xff]).toString('base64')}
  template: '{{ .Values.secret | b64enc }}'
stringData:
  jwt-secret: made-up plain
---
apiVersion: v1
kind: ConfigMap
data:
  JWT_SECRET: ${SECRET}
  app.json: |
    { "jwt":
      "made-up" }

---
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: api
          env:
            - name: JWT_SECRET
              value: made-up env
            - name: OTHER
              valueFrom: {secretKeyRef: {name: auth, key: JWT_SECRET}}
            - {value: "made-up first", name: FIRST}
`;

describe('Kubernetes', () => {
  test('Secrets decoded, ConfigMaps as they are, variables under their names', async () => {
    expect(await rows('k8s/all.yaml', KUBERNETES)).toEqual([
      ['apiVersion', 'v1', 'v1', 'apiVersion'],
      ['kind', 'Secret', 'Secret', 'kind'],
      ['metadata/name', 'auth', 'auth', 'name'],
      ['data/JWT_SECRET', 'made-up value', SECRET, 'JWT_SECRET'],
      ['data/folded', 'made-up value', `${SECRET.slice(0, 8)}\n    ${SECRET.slice(8)}`, 'folded'],
      ['data/binary', 'AAEC/w==', 'AAEC/w==', 'binary'],
      ['data/template', '{{ .Values.secret | b64enc }}', '{{ .Values.secret | b64enc }}', 'template'],
      ['stringData/jwt-secret', 'made-up plain', 'made-up plain', 'jwt-secret'],
      ['apiVersion', 'v1', 'v1', 'apiVersion'],
      ['kind', 'ConfigMap', 'ConfigMap', 'kind'],
      ['data/JWT_SECRET', SECRET, SECRET, 'JWT_SECRET'],
      ['data/app.json', '{ "jwt":\n  "made-up" }\n', '{ "jwt":\n      "made-up" }', 'app.json'],
      ['apiVersion', 'apps/v1', 'apps/v1', 'apiVersion'],
      ['kind', 'Deployment', 'Deployment', 'kind'],
      ['spec/template/spec/containers/0/name', 'api', 'api', 'name'],
      ['spec/template/spec/containers/0/env/0/name', 'JWT_SECRET', 'JWT_SECRET', 'name'],
      ['spec/template/spec/containers/0/env/JWT_SECRET', 'made-up env', 'made-up env', 'JWT_SECRET'],
      ['spec/template/spec/containers/0/env/1/name', 'OTHER', 'OTHER', 'name'],
      ['spec/template/spec/containers/0/env/1/valueFrom/secretKeyRef/name', 'auth', 'auth', 'name'],
      ['spec/template/spec/containers/0/env/1/valueFrom/secretKeyRef/key', 'JWT_SECRET', 'JWT_SECRET', 'key'],
      ['spec/template/spec/containers/0/env/FIRST', 'made-up first', 'made-up first', 'FIRST'],
      ['spec/template/spec/containers/0/env/2/name', 'FIRST', 'FIRST', 'name'],
    ]);
  });

  test('only what was decoded says so', async () => {
    const { entries } = await readSettings('k8s/all.yaml', KUBERNETES);
    expect(entries.filter(({ encoded }) => encoded === 'base64').map(({ key }) => key.join('/'))).toEqual([
      'data/JWT_SECRET',
      'data/folded',
    ]);
  });

  test('Secrets in a List', async () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- kind: Secret\n  data: {A: ${SECRET}}\n- kind: Other\n  data: {A: ${SECRET}}\n`;
    const { entries } = await readSettings('list.yml', text);
    expect(entries.filter(({ key }) => key.at(-1) === 'A').map(({ value }) => value)).toEqual(['made-up value', SECRET]);
  });
});

describe('what a file is', () => {
  test.each([
    ['docker-compose.yml', 'a: b', 'compose'],
    ['deploy/docker-compose.prod.yaml', 'a: b', 'compose'],
    ['compose.override.yml', 'a: b', 'compose'],
    ['stack.yml', 'services: {web: {image: nginx}}', 'compose'],
    ['config/services.yaml', 'services: {mailer: {class: Mailer}}', 'config'],
    ['k8s/app.yaml', 'apiVersion: v1\nkind: Pod', 'kubernetes'],
    ['Chart.yaml', 'apiVersion: v2\nname: x', 'config'],
    ['.github/workflows/ci.yml', 'on: push', 'ci'],
    ['.gitlab-ci.yml', 'image: node', 'ci'],
    ['.travis.yml', 'language: node_js', 'ci'],
    ['config/default.yaml', 'jwt: {secret: made-up}', 'config'],
  ])('%s', async (path, text, role) => {
    expect(await readSettings(path, text)).toMatchObject({ format: 'yaml', role });
  });

  test('a lockfile is none', () => {
    expect(settingsFormat('pnpm-lock.yaml')).toBeUndefined();
  });
});

describe('tags, aliases and keys that are no names', () => {
  test('what a tag of the user computes is left out', () => {
    const text = `a: !Ref Secret
b: !Sub "\${X}-made-up"
c: !vault |
  $ANSIBLE_VAULT;1.1;AES256
d: !Join ['', [made-up, parts]]
e: !reference [.setup, script]
f: !!str 12
g: ! 34
h: !override {NAME: made-up}
i: !override [made-up]
j: !Custom {name: made-up}
`;
    expect(readYaml(text).documents[0]!.map(({ key, value, type }) => [key.join('.'), value, type])).toEqual([
      ['f', '12', 'string'],
      ['g', '34', 'string'],
      ['h.NAME', 'made-up', 'string'],
      ['i.0', 'made-up', 'string'],
      ['j.name', 'made-up', 'string'],
    ]);
  });

  test('members of an inline merge belong to the map they are merged into', () => {
    expect(readYaml('a:\n  <<: {b: 1}\n  "<<": c\n').documents[0]!.map(({ key }) => key.join('.'))).toEqual(['a.b', 'a.<<']);
  });

  test('keys that are collections or aliases', () => {
    const { documents, failed } = readYaml('? [a, b]\n: x\n? {c: d}\n: y\n&k e: z\n*k : w\n1: n\n~: t\n');
    expect(failed).toBeUndefined();
    expect(documents[0]!.map(({ key, value }) => [...key, value])).toEqual([
      ['e', 'z'],
      ['1', 'n'],
      ['~', 't'],
    ]);
  });

  test('equal keys are both read', () => {
    expect(readYaml('a: 1\na: 2\n')).toMatchObject({ failed: undefined, documents: [[{ value: '1' }, { value: '2' }]] });
  });
});

describe('faults', () => {
  test.each([
    ['a: 1\nb: "open\nc: 2\n', ['a']],
    ["a: 1\nb: 'open", ['a']],
    ['a: 1\n\tb: 2\nc: 3\n', ['a']],
    ['a: 1\nb: @x\n', ['a']],
    ['a: 1\nb: [1, 2\nc: 3\n', ['a', 'b.0', 'b.1']],
    ['a: 1\nb: c: d\n', ['a']],
    ['a: 1\n}\nb: 2\n', ['a']],
    ['%YAML 1.2\na: 1\n', []],
  ])('%j: what stands before is read', (text, keys) => {
    const { documents, failed } = readYaml(text);
    expect(failed).toMatch(/^does not parse at line \d+$/);
    expect(documents.flat().map(({ key }) => key.join('.'))).toEqual(keys);
  });

  test('Helm templates: values that are templates are left out, blocks end the reading', () => {
    const values = readYaml('a: {{ .Values.a }}\nb: made-up\nc: "{{ .Values.c }}"\n');
    expect(values.failed).toBeUndefined();
    expect(values.documents[0]!.map(({ key, value }) => [...key, value])).toEqual([
      ['b', 'made-up'],
      ['c', '{{ .Values.c }}'],
    ]);
    const blocks = readYaml('a: made-up\n{{- if .Values.x }}\nb: other\n{{- end }}\n');
    expect(blocks.failed).toBe('does not parse at line 2');
    expect(blocks.documents.flat().map(({ key }) => key.join('.'))).toEqual(['a']);
  });

  test('a fault in one document leaves the next', () => {
    const { documents, failed } = readYaml('a: @\n---\nb: made-up\n');
    expect(failed).toBe('does not parse at line 1');
    expect(documents.flat().map(({ key }) => key.join('.'))).toEqual(['b']);
  });
});

/** The leaves of a plain value, as `readYaml` gives them. */
function leaves(value: unknown, key: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null) return [JSON.stringify([key, value])];
  const members = Array.isArray(value) ? value.map((each, index): [string, unknown] => [String(index), each]) : Object.entries(value);
  return members.flatMap(([name, each]) => leaves(each, [...key, name]));
}

function leafOf({ key, type, value }: SettingsEntry): string {
  return JSON.stringify([key, { string: value, number: Number(value), boolean: value.toLowerCase() === 'true', null: null }[type]]);
}

/** True when plain values hold all of a document: every key is a scalar, and there is no alias. */
function isPlain(document: Document): boolean {
  let plain = true;
  visit(document, {
    Pair: (_, { key }) => {
      plain &&= typeof key === 'object' && key !== null && 'value' in key;
    },
    Alias: () => {
      plain = false;
    },
  });
  return plain;
}

test('the library converts to the same values, in generated files', () => {
  const random = seededRandom(40);
  const pieces = [
    'a: ',
    'b: ',
    'c',
    '- ',
    '\n',
    '\n',
    '  ',
    ' ',
    '"q\\n"',
    "'s'",
    '[1, 2]',
    '{x: y}',
    '# c',
    '1',
    'true',
    'null',
    '|\n  t',
    '>-\n  u\n  v',
    '---\n',
    '\n  ',
  ];
  let compared = 0;
  for (let file = 0; file < 12_000; file++) {
    const text = Array.from({ length: 1 + Math.floor(random() * 12) }, () => pieces[Math.floor(random() * pieces.length)]).join('');
    const documents = [...parseAllDocuments(text, { prettyErrors: false, strict: false })] as Document[];
    if (documents.length === 0 || documents.some((document) => document.errors.length > 0 || !isPlain(document))) continue;
    compared++;
    const read = readYaml(text);
    expect(read.failed, text).toBeUndefined();
    const expected = documents.map((document) => leaves(document.toJS()).sort());
    expect(
      read.documents.map((document) => document.map(leafOf).sort()),
      text,
    ).toEqual(expected);
  }
  expect(compared).toBeGreaterThan(1500);
});

describe('hostile files', () => {
  test('a thousand aliases', () => {
    const { documents, failed } = readYaml(`a: &a made-up\nlist:\n${'- *a\n'.repeat(1000)}`);
    expect(failed).toBeUndefined();
    expect(documents.flat().map(({ key }) => key.join('.'))).toEqual(['a']);
  });

  test('an alias bomb', () => {
    const levels = Array.from({ length: 60 }, (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]\n`);
    const { documents, failed } = readYaml(`l0: &l0 [x]\n${levels.join('')}`);
    expect(failed).toBeUndefined();
    expect(documents.flat()).toHaveLength(1);
  });

  test.each([
    ['flow lists', '['],
    ['flow maps', '{a: '],
    ['lists', '- '],
    ['keys', '? '],
    ['maps on one line', 'a: '],
    ['lists in lists, with space', '-  - '],
    ['maps on lines of their own', 'a: b: c:\n'],
    ['empty keys', ': '],
  ])('100,000 nested %s', (_, unit) => {
    expect(readYaml(unit.repeat(100_000)).failed).toMatch(/^(?:is nested deeper than 100|does not parse at line 1)$/);
  });

  test('maps in maps, a line each', () => {
    const text = Array.from({ length: 1500 }, (_, level) => `${' '.repeat(level)}a:\n`).join('');
    expect(readYaml(text).failed).toBe('is nested deeper than 100');
    expect(readYaml(text.split('\n').slice(0, 90).join('\n')).failed).toBeUndefined();
  });

  test('lists and maps by turns, up to the limit', () => {
    const text = Array.from({ length: 90 }, (_, level) => `${'  '.repeat(level)}a:\n${'  '.repeat(level)}-\n`).join('');
    expect(readYaml(text).failed).toBeUndefined();
  });

  test('what stands before the depth that is too much is read', () => {
    expect(readYaml(`a: made-up\nb: ${'['.repeat(5000)}`).documents.flat()).toMatchObject([{ key: ['a'], value: 'made-up' }]);
  });

  test('depth ends with its document, its brackets and its indentation', () => {
    const deep = `a: ${'['.repeat(60)}${']'.repeat(60)}\n${Array.from({ length: 60 }, (_, level) => `${' '.repeat(level)}b:\n`).join('')}`;
    expect(readYaml(`${deep}---\n${deep}...\n${deep}`).failed).toBeUndefined();
  });

  test.each([
    ['values', '- a\n'],
    ['documents', '---\na: b\n'],
    ['directives', '%a\n'],
    ['comments', '# c\n'],
  ])('more %s than a settings file has', (_, unit) => {
    expect(readYaml(unit.repeat(400_000)).failed).toMatch(/^has more than 300,000 tokens$/);
  });

  test('NUL and control characters', () => {
    for (const sign of ['\0', '\u0002', '\u0018', '\u001f', '\u0085', '\u2028'])
      expect(readYaml(`a: made${sign}up\n`).documents.flat()).toMatchObject([{ key: ['a'], value: `made${sign}up` }]);
  });

  test.each([
    ['keys', 'k: v\n'],
    ['anchors', '- &a v\n'],
    ['quoted lines', 'a: "x\n  y"\n'],
    ['blocks', 'a: |\n  x\n'],
    ['garbage', '@a\n'],
    ['tabs', '\ta: b\n'],
    ['commas', ',\n'],
  ])('%s take linear time', (_, unit) => {
    expect(growth(1200, (size) => unit.repeat(Math.floor(size / unit.length)), readYaml)).toBeLessThan(LINEAR);
  });
});
