/** Packages with an env file or a key that git ignores, and whether npm publishes it; and repositories with such files. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { runProgram } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

const SECRET = randomBytes(36).toString('base64url');
export const ENV = `JWT_SECRET=${SECRET}\n`;
const PAIR = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const KEY = PAIR.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const PUBLIC_KEY = PAIR.publicKey.export({ type: 'spki', format: 'pem' }).toString();

export type Files = Readonly<Record<string, string>>;

export const manifest = (fields: object): string => JSON.stringify({ name: 'made-up', version: '1.0.0', ...fields });

/** The secret file is the last one of each. What npm does is tried in test/integration/publishing.test.ts. */
export const PACKAGES: readonly (readonly [name: string, published: boolean, files: Files])[] = [
  ['files: all', true, { 'package.json': manifest({ files: ['*'] }), '.env': ENV }],
  ['files: all, anywhere', true, { 'package.json': manifest({ files: ['**'] }), 'config/.env': ENV }],
  ['files: this directory', false, { 'package.json': manifest({ files: ['.'] }), '.env': ENV }],
  ['files: a directory', true, { 'package.json': manifest({ files: ['dist', './config/'] }), 'config/.env.prod': ENV }],
  ['files: children', true, { 'package.json': manifest({ files: ['config/*'] }), 'config/.env': ENV }],
  ['files: other directories', false, { 'package.json': manifest({ files: ['dist', 'src'] }), '.env': ENV }],
  ['files: all but', false, { 'package.json': manifest({ files: ['*', '!.env'] }), 'config/.env': ENV }],
  ['files: a directory but', false, { 'package.json': manifest({ files: ['config', '!config/.env'] }), 'config/.env': ENV }],
  ['files: none', false, { 'package.json': manifest({ files: [] }), '.env': ENV }],
  [
    'files, and an ignore file further down',
    false,
    { 'package.json': manifest({ files: ['config'] }), 'config/.npmignore': '.env', 'config/.env': ENV },
  ],
  ['.npmignore without it', true, { 'package.json': manifest({}), '.npmignore': 'test\n', '.env': ENV }],
  ['.npmignore with it', false, { 'package.json': manifest({}), '.npmignore': 'test\n.env\n', 'config/.env': ENV }],
  ['.npmignore at the top only', true, { 'package.json': manifest({}), '.npmignore': '/.env\n', 'config/.env': ENV }],
  ['files: a directory with a key', true, { 'package.json': manifest({ files: ['dist', 'certs'] }), 'certs/private.pem': KEY }],
  ['files: a directory that is for keys', true, { 'package.json': manifest({ files: ['keys'] }), 'keys/private.key': KEY }],
  ['.npmignore without the key', true, { 'package.json': manifest({}), '.npmignore': 'test\n', 'private.pem': KEY }],
  ['.npmignore with the key', false, { 'package.json': manifest({}), '.npmignore': '*.pem\n', 'private.pem': KEY }],
  ['.gitignore alone, a key', false, { 'package.json': manifest({}), 'private.pem': KEY }],
  ['.gitignore alone', false, { 'package.json': manifest({}), '.env': ENV }],
];

export interface Found {
  readonly ruleId: string;
  readonly level: string;
  readonly message: string;
  readonly fix: string;
  readonly location: { readonly path: string };
}

/** A repository where git ignores env files and keys, and these are there. */
export function repositoryOf(files: Files): TemporaryRepository {
  const repository = new TemporaryRepository();
  for (const [path, text] of Object.entries({ '.gitignore': '.env*\n*.pem\nkeys/\n', ...files })) {
    if (/(?:^|\/)(?:\.env|keys\/)|\.pem$/.test(path)) repository.write(path, text);
    else repository.stage(path, text);
  }
  return repository;
}

/** What jwtlint says of ignore files. */
export async function publications(repository: TemporaryRepository, ...args: string[]): Promise<Found[]> {
  const { stdout } = await runProgram(repository.context, '-f', 'json', ...args);
  expect(stdout).not.toContain(SECRET.slice(0, 8));
  return (JSON.parse(stdout) as { findings: Found[] }).findings.filter(({ ruleId }) => ruleId === 'require-gitignore');
}
