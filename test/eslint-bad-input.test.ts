/** What linters and their parsers may give, in real ESLint: nothing throws, and what can be answered is answered as for any other file. */
import * as tsParser from '@typescript-eslint/parser';
import { ESLint, Linter } from 'eslint';
import * as espree from 'espree';
import { describe, expect, test } from 'vitest';
import jwtlint from '../src/eslint/plugin.js';
import { temporaryDirectory } from './temporary-repository.js';

const CODE = [
  "import jwt from 'jsonwebtoken';",
  "const key = process.env.JWT_SECRET || 'made-up-of-bad-input';",
  'export const issue = (id) => jwt.sign({ sub: id }, key, { expiresIn: 3600 });',
  "export const read = (token) => jwt.verify(token, 'made-up-of-a-reader', { algorithms: ['HS256'] });",
].join('\n');
const ANSWERS = ['2:39 no-secret-fallback', '4:50 no-hardcoded-secret'];

const lines = (messages: readonly Linter.LintMessage[]): string[] =>
  messages.map(({ line, column, ruleId, message }) => `${String(line)}:${String(column)} ${ruleId?.replace('jwtlint/', '') ?? message}`);

function verify(code: string, parser?: Linter.Parser, filename = 'src/a.js', config: Linter.Config = {}): string[] {
  const linter = new Linter({ cwd: temporaryDirectory() });
  const configs = [
    { ...jwtlint.configs.all, files: ['**/*.{js,graphql}'] },
    { files: ['**/*.{js,graphql}'], ...(parser ? { languageOptions: { parser } } : {}), ...config },
  ];
  return lines(linter.verify(code, configs, filename));
}

type Tree = Record<string, unknown>;

/**
 * A parser that does something to each node below the program, and gives neither services nor visitor keys. Scopes it gives, since
 * ESLint itself needs ranges to find them.
 */
function parserThat(change: (node: Tree, key: string) => Tree | undefined): Linter.Parser {
  const below = (node: Tree): void => {
    for (const [key, child] of Object.entries(node)) {
      if (['tokens', 'comments', 'loc', 'range', 'parent'].includes(key)) continue;
      const changed = (each: unknown): unknown => {
        if (typeof each !== 'object' || each === null || typeof (each as Tree)['type'] !== 'string') return each;
        below(each as Tree);
        return change(each as Tree, key) ?? each;
      };
      node[key] = Array.isArray(child) ? child.map(changed) : changed(child);
    }
  };
  return {
    parseForESLint(text: string, options: object) {
      const parsed = tsParser.parseForESLint(text, { ...options, range: true, loc: true, tokens: true, comment: true });
      const { ast, scopeManager } = parsed as unknown as { ast: Tree; scopeManager: object };
      below(ast);
      return { ast, scopeManager } as unknown as Linter.ESLintParseResult;
    },
  };
}

test('what is to be found', () => {
  expect(verify(CODE)).toEqual(ANSWERS);
});

describe('parsers', () => {
  test('without services', () => {
    const parse = (text: string): object =>
      espree.parse(text, { ecmaVersion: 'latest', sourceType: 'module', range: true, loc: true, tokens: true, comment: true });
    expect(verify(CODE, { parse } as unknown as Linter.Parser)).toEqual(ANSWERS);
    expect(
      verify(
        CODE,
        parserThat(() => undefined),
      ),
    ).toEqual(ANSWERS);
  });

  test.each<[string, (node: Tree) => void]>([
    ['start and end in place of a range', (node) => void delete node['range']],
    [
      'lines and columns only',
      (node) => {
        delete node['range'];
        delete node['start'];
        delete node['end'];
      },
    ],
    [
      'a range of null',
      (node) => {
        Object.assign(node, { range: null, start: undefined, end: undefined });
      },
    ],
  ])('that give %s', (_, strip) => {
    expect(
      verify(
        CODE,
        parserThat((node) => void strip(node)),
      ),
    ).toEqual(ANSWERS);
  });

  test('that give no place at all: what is found is told of the file', () => {
    const parser = parserThat((node) => {
      for (const key of ['range', 'start', 'end', 'loc']) delete node[key];
      return undefined;
    });
    expect(verify(CODE, parser)).toEqual(['1:1 no-secret-fallback']);
  });

  test('that give places which the text does not have', () => {
    const loc = { start: { line: 99, column: 0 }, end: { line: 99, column: 9 } };
    const parser = parserThat((node) => void Object.assign(node, { range: undefined, start: undefined, end: undefined, loc }));
    expect(verify(CODE, parser)).toEqual(['1:1 no-secret-fallback']);
  });

  test('whose trees have nodes that nobody knows', () => {
    // The way of a language to come: `id |> f` around each argument, a statement of its own, a node that points back.
    const parser = parserThat((node, key) => {
      const { range, loc } = node;
      if (key === 'arguments' && node['type'] === 'ObjectExpression') return { type: 'PartialArgument', argument: node, range, loc };
      if (key === 'body' && node['type'] === 'ExportNamedDeclaration') return { type: 'DecoratedExport', of: [node, null], range, loc };
      return undefined;
    });
    expect(verify(CODE, parser)).toEqual(ANSWERS);
  });
});

describe('texts', () => {
  test.each([
    ['an empty file', '', []],
    ['a byte order mark', `\uFEFF${CODE}`, ANSWERS],
    ['a line that names the interpreter', `#!/usr/bin/env node\n${CODE}`, ['3:39 no-secret-fallback', '5:50 no-hardcoded-secret']],
    ['both', `\uFEFF#!/usr/bin/env node\n${CODE}`, ['3:39 no-secret-fallback', '5:50 no-hardcoded-secret']],
    ['lines as on Windows', CODE.replaceAll('\n', '\r\n'), ANSWERS],
    ['only a comment', '// JWT_SECRET', []],
  ])('%s', (_, code, answers) => {
    expect(verify(code)).toEqual(answers);
  });
});

describe('files in files', () => {
  /** As processors of documents do it: each fenced block is a file of its own. */
  const processor: Linter.Processor = {
    meta: { name: 'blocks' },
    preprocess: (text) =>
      [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, code], index) => ({
        text: code!,
        filename: `${String(index)}.${language!}`,
      })),
    postprocess: (messages) => messages.flat(),
  };
  const page = `# A page\n\n\`\`\`js\n${CODE}\n\`\`\`\n\n\`\`\`json\n{ "jwtSecret": "made-up-of-a-block" }\n\`\`\`\n\n\`\`\`js\n\`\`\`\n`;

  const lintPage = async (filename: string): Promise<string[]> => {
    const eslint = new ESLint({
      cwd: temporaryDirectory(),
      overrideConfigFile: true,
      overrideConfig: [
        { files: ['**/*.page', '**/*.md'], plugins: { blocks: { processors: { blocks: processor } } }, processor: 'blocks/blocks' },
        { ...jwtlint.configs.all, files: ['**/*.js'] },
        jwtlint.configs.json,
      ],
    });
    return (await eslint.lintText(page, { filePath: filename })).flatMap(({ messages }) => lines(messages));
  };

  test('are judged as what they are, in the context of the file that holds them', async () => {
    expect(await lintPage('pages/home.page')).toEqual(ANSWERS);
    // In documentation only what looks real counts.
    expect(await lintPage('pages/home.md')).toEqual([]);
  });
});

describe('trees of other languages', () => {
  const other = (root: object): Linter.Config => ({
    language: 'other/other',
    plugins: {
      other: {
        languages: {
          other: {
            ...jwtlint.languages.text,
            parse: (file: { body: unknown }) => ({
              ok: true,
              ast: {
                range: [0, (file.body as string).length],
                loc: { start: { line: 1, column: 0 }, end: { line: 1, column: 1 } },
                ...root,
              },
            }),
          },
        },
      } as unknown as ESLint.Plugin,
    },
  });

  test.each([
    ['a document of definitions', { type: 'Document', definitions: [] }],
    ['a document with one body', { type: 'Document', body: { type: 'Object', members: [] } }],
    ['a program without statements', { type: 'Program' }],
    ['a style sheet', { type: 'StyleSheet', children: [] }],
  ])('%s', (_, root) => {
    expect(verify('type Query { jwtSecret: String }', undefined, 'schema.graphql', other(root))).toEqual([]);
  });

  test('a lockfile among the files of JSON', async () => {
    const eslint = new ESLint({ cwd: temporaryDirectory(), overrideConfigFile: true, overrideConfig: [jwtlint.configs.json] });
    const [result] = await eslint.lintText('{ "packages": { "node_modules/jwt": { "integrity": "sha512-made-up" } } }', {
      filePath: 'package-lock.json',
    });
    expect(result!.messages).toEqual([]);
  });
});
