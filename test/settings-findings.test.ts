/** What is reported of a settings file, by which rule and at which level: the same in every format, once for every value. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Tracking } from '../rules/contract.js';
import { scanFiles } from './scan-directory.js';

const MANIFEST = '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }';

/** Rules and levels of what is found in each of the texts, as files of one name. */
async function findingsInEach(path: string, texts: readonly string[], tracking: Tracking = 'tracked'): Promise<string[][]> {
  const files = texts.map((text, index): [string, string] => [`${String(index)}/${path}`, text]);
  const results = await scanFiles(new Map([['package.json', MANIFEST], ...files]), { tracking });
  return files.map(([file]) =>
    results
      .flatMap(({ findings }) => findings)
      .filter(({ reported }) => reported.location.path === file)
      .map(({ reported: { ruleId, level } }) => `${ruleId} ${level}`),
  );
}

async function findingsIn(path: string, text: string, tracking?: Tracking): Promise<string[]> {
  return (await findingsInEach(path, [text], tracking))[0]!;
}

/** A file of each format that gives a signing secret a value; where the format has quotes, in them. */
const FORMATS: Readonly<Record<string, readonly [path: string, write: (value: string) => string]>> = {
  'an env file': ['deploy/.env', (value) => `JWT_SECRET='${value}'\n`],
  'an env file, without quotes': ['.env', (value) => `export JWT_SECRET=${value}\n`],
  JSON: ['config.json', (value) => JSON.stringify({ jwt: { secret: value } })],
  'JSON with comments': ['app.jsonc', (value) => `{ // made up\n  jwtSecret: ${JSON.stringify(value)}, }`],
  YAML: ['config.yaml', (value) => `jwt:\n  secret: ${JSON.stringify(value)}\n`],
  'a block of YAML': ['config.yaml', (value) => `jwt:\n  secret: >-\n    ${value}\n`],
  'a map of Compose': [
    'compose.yaml',
    (value) => `services:\n  a:\n    image: b\n    environment:\n      JWT_SECRET: ${JSON.stringify(value)}\n`,
  ],
  'a list of Compose': [
    'docker-compose.prod.yml',
    (value) => `services:\n  a:\n    image: b\n    environment:\n      - ${JSON.stringify(`JWT_SECRET=${value}`)}\n`,
  ],
  'data of a Kubernetes Secret': [
    'k8s/secret.yaml',
    (value) => `apiVersion: v1\nkind: Secret\ndata:\n  JWT_SECRET: ${Buffer.from(value).toString('base64')}\n`,
  ],
  'stringData of a Kubernetes Secret': [
    'k8s/secret.yaml',
    (value) => `apiVersion: v1\nkind: Secret\nstringData:\n  JWT_SECRET: ${JSON.stringify(value)}\n`,
  ],
  'a ConfigMap': ['k8s/config.yaml', (value) => `apiVersion: v1\nkind: ConfigMap\ndata:\n  JWT_SECRET: ${JSON.stringify(value)}\n`],
  'values of Helm': ['chart/values.yaml', (value) => `auth:\n  jwtSecret: ${JSON.stringify(value)}\n`],
  'a workflow of GitHub': ['.github/workflows/ci.yml', (value) => `env:\n  JWT_SECRET: ${JSON.stringify(value)}\n`],
  'a pipeline of GitLab': ['.gitlab-ci.yml', (value) => `variables:\n  JWT_SECRET: ${JSON.stringify(value)}\n`],
  TOML: ['config.toml', (value) => `[jwt]\nsecret = '${value}'\n`],
  properties: ['application.properties', (value) => `jwt.secret=${value}\n`],
  INI: ['app.ini', (value) => `[jwt]\nsecret = ${value}\n`],
  Terraform: ['prod.tfvars', (value) => `jwt_secret = ${JSON.stringify(value)}\n`],
  'a shell script': ['start.sh', (value) => `export JWT_SECRET='${value}'\n`],
  '.envrc': ['.envrc', (value) => `export JWT_SECRET="${value}"\n`],
  'ENV of a Dockerfile': ['Dockerfile', (value) => `FROM a\nENV JWT_SECRET="${value}"\n`],
  'ARG of a Dockerfile': ['Dockerfile', (value) => `FROM a\nARG JWT_SECRET='${value}'\n`],
  'a request file': ['api.http', (value) => `@jwtSecret = ${value}\n\nGET https://example.test\n`],
  'an environment of Postman': [
    'made-up.postman_environment.json',
    (value) => JSON.stringify({ values: [{ key: 'JWT_SECRET', value }], _postman_variable_scope: 'environment' }),
  ],
  'a fence of Markdown': ['notes.md', (value) => `Set it:\n\n\`\`\`dotenv\nJWT_SECRET=${value}\n\`\`\`\n`],
};

describe('values that come from elsewhere are none, in whatever format they stand', () => {
  const ELSEWHERE = [
    '${JWT_SECRET}',
    '${JWT_SECRET:?set it}',
    '${JWT_SECRET:-}',
    '{{ .Values.jwt.secret }}',
    '{{jwt_secret}}',
    '${{ secrets.JWT_SECRET }}',
    '<your-secret>',
    'ENC[AES256_GCM,data:abc,iv:abc,tag:abc,type:str]',
    `encrypted:${'A'.repeat(100)}=`,
    'op://vault/item/field',
    'vault:secret/data/app#jwt',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt',
    '!Ref JwtSecret',
  ];
  describe.each(Object.entries(FORMATS))('%s', (_, [path, write]) => {
    test('templates and references', async () => {
      expect(await findingsInEach(path, ELSEWHERE.map(write))).toEqual(ELSEWHERE.map(() => []));
    });

    test('a literal is one, and so is what stands in', async () => {
      const drawn = randomBytes(32).toString('hex');
      const rule = path.endsWith('.env') ? 'no-committed-env error' : `no-hardcoded-secret ${path.endsWith('.md') ? 'warning' : 'error'}`;
      expect(await findingsIn(path, write(drawn))).toEqual([rule]);
      // HCL has no such form.
      if (!path.endsWith('.tfvars'))
        expect(await findingsIn(path, write(`\${JWT_SECRET:-${drawn}}`))).toEqual(['no-secret-fallback error']);
    });
  });

  test('tags of YAML', async () => {
    const values = ['!Ref JwtSecret', '!Sub "${A}-b"', '!GetAtt a.b', '!vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    3031', '!secret jwt'];
    const texts = values.map((value) => `jwt:\n  secret: ${value}\n`);
    expect(await findingsInEach('template.yaml', texts)).toEqual(values.map(() => []));
  });
});

describe('words that ask to be replaced', () => {
  const WORDS = [
    'changeme',
    'replace-me-with-a-random-string',
    'your-256-bit-secret',
    'your_jwt_secret_here',
    'generate one with openssl rand -base64 32',
    'LOCAL_ONLY_CHANGE_ME',
    'xxxxxxxx',
  ];
  const env = (value: string): string => `JWT_SECRET="${value}"\n`;

  // An env file gives what the environment does not; what Compose and a configuration say, holds.
  test.each<[string, string, (value: string) => string, Tracking, string[]]>([
    ['in a template are what it is for', '.env.example', env, 'tracked', []],
    ['in a tracked env file are a warning', '.env', env, 'tracked', ['no-committed-env warning']],
    ['in an env file that git ignores were forgotten', '.env', env, 'ignored', ['no-weak-secret warning']],
    ['in Compose run', ...FORMATS['a map of Compose']!, 'tracked', ['no-hardcoded-secret error']],
    [
      'in Compose run as stand-ins',
      'compose.yaml',
      (value) => FORMATS['a list of Compose']![1](`\${JWT_SECRET:-${value}}`),
      'tracked',
      ['no-secret-fallback error'],
    ],
    ['in configuration run', ...FORMATS['JSON']!, 'tracked', ['no-hardcoded-secret error']],
    [
      'in an example of a configuration are told on request',
      'config.example.json',
      FORMATS['JSON']![1],
      'tracked',
      ['no-hardcoded-secret info'],
    ],
  ])('%s', async (_, path, write, tracking, expected) => {
    expect(await findingsInEach(path, WORDS.map(write), tracking)).toEqual(WORDS.map(() => expected));
  });

  test('a plain word does not ask: it is weak, in a template too', async () => {
    const texts = ['supersecret', 'keyboard cat', 'hospital-2024'].map(env);
    expect(await findingsInEach('.env.example', texts)).toEqual(texts.map(() => ['no-weak-secret warning']));
    expect(await findingsInEach('.env', texts)).toEqual(texts.map(() => ['no-committed-env error']));
    expect(await findingsInEach('.env', texts, 'ignored')).toEqual(texts.map(() => ['no-weak-secret error']));
  });
});

describe('a key in the value of a signing secret is told once, as a key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');
  const jwk = JSON.stringify({ kid: 'made-up', ...privateKey.export({ format: 'jwk' }), alg: 'ES256' });

  test.each([
    ['PEM', `"${pem}"`],
    ['PEM on one line', `"${pem.replaceAll('\n', '\\n')}"`],
    ['PEM in base64', base64(pem)],
    ['PEM in base64url', Buffer.from(pem).toString('base64url')],
    ['PEM after a line break, in base64', base64(`\n${pem}`)],
    ['PEM in quotes, in base64', base64(JSON.stringify(pem))],
    ['PEM in base64, behind a word', `base64:${base64(pem)}`],
    ['PEM in the address of data', `data:application/x-pem-file;base64,${base64(pem)}`],
    ['DER in base64', base64(privateKey.export({ type: 'pkcs8', format: 'der' }))],
    ['DER in base64, behind a word', `base64:${base64(privateKey.export({ type: 'sec1', format: 'der' }))}`],
    ['a JWK', `'${jwk}'`],
    ['a set of JWKs', `'{"keys":[${jwk}]}'`],
    ['a JWK in base64', base64(jwk)],
  ])('%s', async (_, value) => {
    const texts = ['JWT_SECRET', 'JWT_PRIVATE_KEY', 'JWT_SECRET_KEY'].map((name) => `${name}=${value}\nOTHER_KEY=1\n`);
    expect(await findingsInEach('.env', texts)).toEqual(texts.map(() => ['no-private-key error']));
    const inJson = JSON.stringify({ jwt: { secret: value.replace(/^(['"])([^]*)\1$/, '$2') } });
    expect(await findingsIn('config.json', inJson)).toEqual(['no-private-key error']);
  });

  test('public keys are none', async () => {
    const open = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const texts = [`"${open}"`, base64(open), base64(JSON.stringify(open))].map((value) => `JWT_SECRET=${value}\n`);
    expect(await findingsInEach('.env', texts)).toEqual(texts.map(() => []));
  });
});
