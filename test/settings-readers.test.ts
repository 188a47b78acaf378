/** The readers of TOML, properties, INI, HCL, shell scripts and Dockerfiles: names, values, exact positions, and texts that mean them harm. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { SettingsContent } from '../src/readers/settings/content.js';
import { readHcl } from '../src/readers/settings/hcl.js';
import { readHttp } from '../src/readers/settings/http.js';
import { readSettings, settingsFormat } from '../src/readers/settings/index.js';
import { readIni, readProperties } from '../src/readers/settings/ini.js';
import { readDockerfile, readShell } from '../src/readers/settings/shell.js';
import { readToml } from '../src/readers/settings/toml.js';
import { growth, LINEAR } from './growth.js';
import { seededRandom } from './seeded-random.js';

type Reader = (text: string) => SettingsContent;

/** Key path, value, text at the value's span where that is another one. */
function rows(read: Reader, text: string): string[] {
  const { entries, failed } = read(text);
  expect(failed).toBeUndefined();
  return entries.map(({ key, value, span, keySpan }) => {
    const written = text.slice(span.start, span.end);
    expect(text.slice(keySpan.start, keySpan.end).trim()).not.toBe('');
    return `${key.join(' > ')}: ${value}${written === value ? '' : ` <- ${written}`}`;
  });
}

const commentsIn = (read: Reader, text: string): string[] => read(text).comments.map(({ start, end }) => text.slice(start, end));

describe('which files', () => {
  test.each([
    ['wrangler.toml', 'toml'],
    ['api/fly.toml', 'toml'],
    ['pyproject.toml', undefined],
    ['Cargo.toml', undefined],
    ['application.properties', 'properties'],
    ['php.ini', 'ini'],
    ['main.tf', 'hcl'],
    ['prod.auto.tfvars', 'hcl'],
    ['Dockerfile', 'dockerfile'],
    ['Dockerfile.prod', 'dockerfile'],
    ['api.Dockerfile', 'dockerfile'],
    ['Containerfile', 'dockerfile'],
    ['deploy.sh', 'shell'],
    ['.envrc', 'shell'],
    ['.bashrc', 'shell'],
    ['requests/users.http', 'http'],
    ['api.rest', 'http'],
    ['README.md', 'markdown'],
    ['docs/page.mdx', 'markdown'],
    ['Dockerfiles/readme', undefined],
    ['.dockerignore', undefined],
  ])('%s: %s', (path, format) => {
    expect(settingsFormat(path)?.format).toBe(format);
  });
});

describe('TOML', () => {
  test('every kind of key and text', () => {
    const text = `top = "a" # one\n[a."b.c"]\nx.y = 'lit\\eral'\nesc = "t\\u0041b\\t"\nlong = """\nfirst\nsecond"""\nraw = '''r'''\nlist = ["p", { q = "r" }]\nn = 1\nt = true\nd = 1979-05-27\n[[items]]\nname = "i"\n`;
    expect(rows(readToml, text)).toEqual([
      'top: a',
      'a > b.c > x > y: lit\\eral',
      'a > b.c > esc: tAb\t <- t\\u0041b\\t',
      'a > b.c > long: first\nsecond <- \nfirst\nsecond',
      'a > b.c > raw: r',
      'a > b.c > list > 0: p',
      'a > b.c > list > 1 > q: r',
      'a > b.c > n:  <- 1',
      'a > b.c > t: true',
      'a > b.c > d:  <- 1979-05-27',
      'items > 0 > name: i',
    ]);
    expect(commentsIn(readToml, text)).toEqual(['# one']);
  });

  test('faults are told by their line, with nothing of the file', () => {
    expect(readToml('a = 1\nb = "open\n').failed).toBe('does not parse at line 2');
    expect(readToml(`a = ${'['.repeat(5000)}`).failed).toBe('does not parse at line 1');
    expect(readToml(`a = ${'{ b = '.repeat(5000)}`).failed).toBe('does not parse at line 1');
  });
});

describe('properties and INI', () => {
  test('properties as Java reads them', () => {
    const text = 'a=1\nb : two words  \nc three\n d.e=f\\\n    g\nh\\:i=j\\=k\\u0041\n# note\n! also\nempty\nlast=x';
    expect(rows(readProperties, text)).toEqual([
      'a: 1',
      'b: two words',
      'c: three',
      'd > e: fg <- f\\\n    g',
      'h:i: j=kA <- j\\=k\\u0041',
      'empty: ',
      'last: x',
    ]);
    expect(commentsIn(readProperties, text)).toEqual(['# note', '! also']);
  });

  test('INI with sections, quotes and comments behind values', () => {
    const text = '; first\nglobal = 1\r\n[ a.b ]\r\nx = "q ; r" ; note\ny: plain # note\nz=it\'s;joined\n[c]\nk =\n';
    expect(rows(readIni, text)).toEqual(['global: 1', 'a > b > x: q ; r', 'a > b > y: plain', "a > b > z: it's;joined", 'c > k: ']);
    expect(commentsIn(readIni, text)).toEqual(['; first', '# note']);
  });
});

describe('HCL', () => {
  test('attributes of blocks, objects, lists and calls', () => {
    const text = `a = "1"\nblock "t" "l" {\n  b = "x\\"y" // n\n  m = { k = "v", "q" : "w" }\n  l = ["p", "q"]\n  f = jsonencode({ g = "h" })\n  /* c */ i = "ii"\n}\n`;
    expect(rows(readHcl, text)).toEqual([
      'a: 1',
      'block > t > l > b: x"y <- x\\"y',
      'block > t > l > m > k: v',
      'block > t > l > m > q: w',
      'block > t > l > f > g: h',
      'block > t > l > i: ii',
    ]);
    expect(commentsIn(readHcl, text)).toEqual(['// n', '/* c */']);
  });

  test('a value has the name of what its block names', () => {
    expect(
      rows(
        readHcl,
        'variable "v" {\n  default = "d"\n}\nenv {\n  value = "x"\n  name = "N"\n}\nresource "p" "r" {\n  value = <<-E\n    text\n  E\n}\n',
      ),
    ).toEqual(['variable > v: d', 'N: x', 'env > name: N', 'resource > p > r:     text']);
  });

  test('what is computed is no value', () => {
    const text =
      'a = "${var.x}"\nb = "p-${f("}")}-s"\nc = "x" + "y"\nd = cond ? "x" : "y"\ne = f("x")\ng = "%{ if x }y%{ endif }"\nh = "$${x}"\ni = "z" == var.y\nj = var.x != "" ? "JWT" : "NONE"\nk = var.n >= 1 ? "JWT" : "NONE"\nl = { for x in y : x => "v" }\nm = f(var.n <= 1 ? "a" : "b")\n';
    expect(rows(readHcl, text)).toEqual(['h: ${x} <- $${x}']);
  });

  test('deep nesting is a fault', () => {
    expect(readHcl(`a = ${'{ b = '.repeat(5000)}`).failed).toBe('does not parse at line 1');
  });
});

describe('shell', () => {
  test('wherever a variable gets a text', () => {
    const text = `export A=1 B='two words'\nC="a\\"b\\$c" D=pl\\ ain cmd\ndocker run -e E=five -e "F=six" --env='G=seven' img\nif true; then H=8; fi\n( I=9 )\nlocal J=ten # note\nK=\\\ncontinued\nL='a'"b"c\nM=\${X:-fall}\nN=$'ansi'\n`;
    expect(rows(readShell, text)).toEqual([
      'A: 1',
      'B: two words',
      'C: a"b$c <- a\\"b\\$c',
      'D: pl ain <- pl\\ ain',
      'E: five',
      'F: six',
      'G: seven',
      'H: 8',
      'I: 9',
      'J: ten',
      'K: continued <- \\\ncontinued',
      `L: abc <- 'a'"b"c`,
      'M: ${X:-fall}',
    ]);
    expect(commentsIn(readShell, text)).toEqual(['# note']);
  });

  test('agrees with a real shell about what assignments give', () => {
    const text = `A=1\nB='x y'\nC="q\\"r s"\nD=a\\ b\nE='p'"q"'r'\nF="tab\there"\nG=\nH='#no'\nI=x#y\nJ="a'b"\nK='\\n'\nL="5$"\n`;
    const names = [...text.matchAll(/^(\w+)=/gm)].map(([, name]) => name!);
    const printed = execFileSync('sh', ['-c', `${text}for n in ${names.join(' ')}; do eval "printf '%s: %s\\\\n' $n \\"\\$$n\\""; done`], {
      encoding: 'utf8',
    });
    expect(readShell(text).entries.map(({ key, value }) => `${key.join('')}: ${value}`)).toEqual(printed.trimEnd().split('\n'));
  });

  test('what the shell computes, compares or looks for is no value', () => {
    const text = `A=$B\nC="x$D"\nE=$(f)\nF=\`f\`\nG=\${H}\nI="\${J:-\${K}}"\ngrep -q L=m file\nsed -e 's/N=.*/N=x/' f\n[ "$O" = "p" ]\nQ=(a b)\ntest R=s\nawk -v T=u\n`;
    expect(rows(readShell, text)).toEqual(['Q: ']);
  });

  test('lines of here-documents', () => {
    const text = `cat > .env <<EOF\nA=1\nexport B="two"\ntext C=3\nD=$E\nEOF\nF=6\ncat <<-'X' <<Y\n\tG=7\n\tX\nH=8\nY\nI=9\n`;
    expect(rows(readShell, text)).toEqual(['A: 1', 'B: two', 'F: 6', 'G: 7', 'H: 8', 'I: 9']);
  });

  test('quotes that nothing closes leave the rest of the line out', () => {
    expect(rows(readShell, `A='open\nB=2\n`)).toEqual(['B: 2']);
    expect(rows(readShell, `A="open $(f\nB=2\n`)).toEqual(['B: 2']);
  });
});

describe('Dockerfiles', () => {
  test('ENV in both forms, ARG, and what RUN sets', () => {
    const text = `# escape\nFROM x AS y\nENV A=1 B="two words" \\\n  # between\n  C=three\\ words\nENV D four and five  \nARG E\nARG F=6\nRUN G=7 npm ci && \\\n    export H=8\nRUN <<EOF\nI=9\nEOF\nLABEL J=10\nenv K=11\nENV L=\${M} N=\${O:-fallback}\n`;
    expect(rows(readDockerfile, text)).toEqual([
      'A: 1',
      'B: two words',
      'C: three words <- three\\ words',
      'D: four and five',
      'F: 6',
      'G: 7',
      'H: 8',
      'I: 9',
      'K: 11',
      'N: ${O:-fallback}',
    ]);
    expect(commentsIn(readDockerfile, text)).toEqual(['# escape', '# between']);
  });
});

const READERS: readonly (readonly [string, Reader])[] = [
  ['TOML', readToml],
  ['properties', readProperties],
  ['INI', readIni],
  ['HCL', readHcl],
  ['shell', readShell],
  ['Dockerfile', readDockerfile],
  ['requests', readHttp],
];

/** Pieces of which hostile texts are made, for all formats together. */
const PIECES = [
  'A=',
  '"',
  "'",
  '\\',
  '\n',
  '${',
  '$(',
  '`',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '#',
  '//',
  '/*',
  '<<E',
  '<<',
  ' ',
  'x',
  '=',
  ':',
  ',',
  ';',
  'ENV ',
  'RUN ',
  '@a =',
  '\r\n',
  '"""',
  'é',
  '\u2028',
];

describe('request files', () => {
  test('variables of both clients; requests and comments set nothing', () => {
    const text =
      '@host = localhost:3000\r\n  @token-name=made up \n@empty=\n# @no = thing\n// @no = thing\n\n### Users\nGET http://{{host}}/?a=b\nX-At: @x\n\n{ "@a": "b" }\n';
    expect(rows(readHttp, text)).toEqual(['host: localhost:3000', 'token-name: made up', 'empty: ']);
    expect(commentsIn(readHttp, text)).toEqual(['# @no = thing', '// @no = thing', '### Users']);
  });
});

describe('Markdown', () => {
  const shown = async (text: string): Promise<string[]> => {
    const { entries, failed } = await readSettings('README.md', text);
    expect(failed).toBeUndefined();
    return entries.map(({ key, value, span, keySpan }) => {
      expect(text.slice(keySpan.start, keySpan.end)).toContain(key.at(-1));
      expect(text.slice(span.start, span.end)).toContain(value);
      return `${key.join(' > ')}: ${value}`;
    });
  };

  test.each([
    ['env file', '```env\nJWT_SECRET=made-up\n```', ['JWT_SECRET: made-up']],
    ['no language', 'Text.\n\n```\n# A key\nexport JWT_SECRET=made-up\n```\nJWT_SECRET=prose', ['JWT_SECRET: made-up']],
    ['more words behind the language', '```yaml title="values.yaml" {1}\njwt:\n  secret: made-up\n```', ['jwt > secret: made-up']],
    [
      'tildes, in a list, with Windows line ends',
      '1. Do:\r\n\r\n   ~~~~json\r\n   {"jwtSecret": "made-up"}\r\n   ~~~~\r\n',
      ['jwtSecret: made-up'],
    ],
    ['fence in a longer fence', '````md\n```env\nJWT_SECRET=made-up\n```\n````', []],
    ['nothing closes it', '```toml\n[jwt]\nsecret = "made-up"\n', ['jwt > secret: made-up']],
    [
      'an example that breaks off',
      '```json\n{ "jwt": { "secret": "made-up" }, ...\n```\n\n```env\nJWT_SECRET=next\n```',
      ['jwt > secret: made-up', 'JWT_SECRET: next'],
    ],
    ['commands set variables in capitals', '```sh\nsecret=mine\nJWT_SECRET=made-up npm start\n```', ['JWT_SECRET: made-up']],
    [
      'list of Compose',
      '```yaml\nservices:\n  api:\n    environment:\n      - JWT_SECRET=made-up\n```',
      ['services > api > environment > JWT_SECRET: made-up'],
    ],
    ['code of a program', "```js\nconst jwtSecret = 'made-up';\n```", []],
    ['output of a program', '```\nError: JWT_SECRET=x is missing\n```', []],
  ])('%s', async (_, text, expected) => {
    expect(await shown(text)).toEqual(expected);
  });

  test('fences without end or number take linear time', async () => {
    const read = async (text: string): Promise<number> => {
      const start = performance.now();
      await readSettings('README.md', text);
      return performance.now() - start;
    };
    for (const unit of ['```', '```env\n', '```env\nJWT_SECRET=x\n```\n', '~~~~\n````\n', '   `']) {
      await read(unit.repeat(500));
      const small = Math.min(await read(unit.repeat(2000)), await read(unit.repeat(2000)));
      const large = Math.min(await read(unit.repeat(32_000)), await read(unit.repeat(32_000)));
      expect(large / Math.max(small, 0.5)).toBeLessThan(LINEAR);
    }
  });
});

describe.each(READERS)('%s', (_, read) => {
  test('reads any text to an end, with spans that lie in it', () => {
    const random = seededRandom(23);
    for (let round = 0; round < 1500; round++) {
      const text = Array.from({ length: 1 + Math.floor(random() * 40) }, () => PIECES[Math.floor(random() * PIECES.length)]).join('');
      const { entries, comments } = read(text);
      for (const span of [...entries.flatMap((entry) => [entry.span, entry.keySpan]), ...comments]) {
        expect(span.start, JSON.stringify(text)).toBeGreaterThanOrEqual(0);
        expect(span.end, JSON.stringify(text)).toBeGreaterThanOrEqual(span.start);
        expect(span.end, JSON.stringify(text)).toBeLessThanOrEqual(text.length);
      }
    }
  });

  test.each(PIECES.filter((piece) => !/\s/.test(piece)).map((piece) => [JSON.stringify(piece), piece]))(
    'in linear time on %s over and over',
    (_name, piece) => {
      expect(growth(1500, (size) => piece.repeat(size), read)).toBeLessThan(LINEAR);
      expect(growth(1500, (size) => `A="${`${piece} `.repeat(size)}`, read)).toBeLessThan(LINEAR);
    },
  );

  test('in linear time on many lines', () => {
    expect(growth(300, (size) => 'A_NAME = "a value" \n'.repeat(size), read)).toBeLessThan(LINEAR);
    expect(growth(300, (size) => `ENV A=b ${'\\\n  C=d '.repeat(size)}`, read)).toBeLessThan(LINEAR);
  });
});
