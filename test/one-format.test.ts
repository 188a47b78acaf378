/** A file is read as one format, by one reader, once: also a page of Markdown, whose fences are parts of it. */
import { beforeEach, expect, test, vi } from 'vitest';
import { scanFiles } from './scan-directory.js';

const reads: string[] = [];

/** The functions of a reader, each of which notes that it was called. */
async function noted(load: () => Promise<object>): Promise<object> {
  const functions = Object.entries(await load()).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'function' || !name.startsWith('read')) return [name, value];
    const noting = (...parameters: unknown[]): unknown => {
      reads.push(name);
      return Reflect.apply(value, undefined, parameters) as unknown;
    };
    return [name, noting];
  });
  return Object.fromEntries(functions) as object;
}

vi.mock('../src/readers/settings/dotenv.js', noted);
vi.mock('../src/readers/settings/json.js', noted);
vi.mock('../src/readers/settings/yaml.js', noted);
vi.mock('../src/readers/settings/toml.js', noted);
vi.mock('../src/readers/settings/ini.js', noted);
vi.mock('../src/readers/settings/hcl.js', noted);
vi.mock('../src/readers/settings/shell.js', noted);
vi.mock('../src/readers/settings/http.js', noted);
vi.mock('../src/readers/settings/markdown.js', noted);

beforeEach(() => void reads.splice(0));

test.each([
  ['.env', 'JWT_SECRET=made-up', ['readDotenv']],
  ['a.json', '{"jwtSecret":"made-up"}', ['readJson']],
  ['compose.yaml', 'services: { a: { image: b, environment: { JWT_SECRET: made-up } } }', ['readYaml']],
  ['a.toml', 'jwt_secret = "made-up"', ['readToml']],
  ['a.properties', 'jwt.secret=made-up', ['readProperties']],
  ['a.ini', 'jwt_secret=made-up', ['readIni']],
  ['a.tfvars', 'jwt_secret = "made-up"', ['readHcl']],
  ['a.sh', 'export JWT_SECRET=made-up', ['readShell']],
  ['Dockerfile', 'FROM a\nENV JWT_SECRET=made-up', ['readDockerfile']],
  ['a.http', '@jwtSecret = made-up', ['readHttp']],
  ['a.md', '```env\nJWT_SECRET=made-up\n```\n\n```json\n{"jwtSecret":"made-up"}\n```\n', ['readFences', 'readDotenv', 'readJson']],
  // What does not parse is not tried as something else.
  ['broken.json', '{"jwtSecret": made up', ['readJson']],
  ['broken.yaml', 'jwtSecret: [made-up', ['readYaml']],
])('%s', async (path, text, expected) => {
  await scanFiles(new Map([[path, text]]));
  expect(reads).toEqual(expected);
});
