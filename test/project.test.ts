import { describe, expect, test } from 'vitest';
import { lockedVersions, Projects, rangeOf } from '../src/project.js';

function projectsOver(files: Record<string, string>): { projects: Projects; asked: string[][] } {
  const asked: string[][] = [];
  const projects = new Projects((paths) => {
    asked.push([...paths]);
    return Promise.resolve(new Map(paths.flatMap((path) => (path in files ? [[path, Buffer.from(files[path]!)] as const] : []))));
  });
  return { projects, asked };
}

describe('version ranges', () => {
  test.each([
    ['^9.0.2', '9.0.2', '10.0.0'],
    ['~8.5.1', '8.5.1', '8.6.0'],
    ['9.0.3', '9.0.3', '9.0.4'],
    ['4', '4.0.0', '5.0.0'],
    ['4.x', '4.0.0', '5.0.0'],
    ['^0.5.6', '0.5.6', '0.6.0'],
    ['v6.1.0', '6.1.0', '6.1.1'],
  ])('%s is from %s below %s', (range, from, below) => {
    expect(rangeOf(range)).toEqual({ from, below });
  });

  test.each(['*', 'latest', '>=8', '^8 || ^9', 'workspace:*', 'catalog:', 'npm:other@1', 'git+https://example.org/x.git', ''])(
    '%s says nothing by itself',
    (range) => {
      expect(rangeOf(range)).toBeUndefined();
    },
  );
});

describe('projects', () => {
  test('the nearest manifest counts', async () => {
    const { projects } = projectsOver({
      'package.json': '{"name":"root","dependencies":{"jsonwebtoken":"^8.5.1"}}',
      'packages/api/package.json': '{"name":"@shop/api","dependencies":{"jsonwebtoken":"^9.0.2"}}',
    });
    await projects.load(['packages/api/src/auth.ts', 'scripts/seed.js']);
    expect(projects.of('packages/api/src/auth.ts').name).toBe('api');
    expect(projects.of('packages/api/src/auth.ts').versionOf('jsonwebtoken')).toBe('9.0.2');
    expect(projects.of('scripts/seed.js').versionOf('jsonwebtoken')).toBe('8.5.1');
    expect(projects.directoryOf('packages/api/src/auth.ts')).toBe('packages/api');
  });

  test('a lockfile is read only when the range leaves a boundary of the table open', async () => {
    const clear = projectsOver({ 'package.json': '{"dependencies":{"jsonwebtoken":"^9.0.0"}}', 'package-lock.json': '{}' });
    await clear.projects.load(['a.js']);
    expect(clear.asked.flat()).not.toContain('package-lock.json');

    const open = projectsOver({
      'package.json': '{"dependencies":{"hono":"^4.0.0"}}',
      'package-lock.json': '{"lockfileVersion":3,"packages":{"node_modules/hono":{"version":"4.12.3"}}}',
    });
    await open.projects.load(['a.js']);
    expect(open.projects.of('a.js').versionOf('hono')).toBe('4.12.3');
  });

  test('a manifest that is no JSON stands for nothing', async () => {
    const { projects } = projectsOver({ 'package.json': '{"name":' });
    await projects.load(['a.js']);
    expect(projects.of('a.js').uses('jsonwebtoken')).toBe(false);
  });
});

describe('lockfiles', () => {
  const packages = ['jsonwebtoken', '@nestjs/jwt'];
  test.each([
    ['package-lock.json', '{"lockfileVersion":1,"dependencies":{"jsonwebtoken":{"version":"8.5.1"},"@nestjs/jwt":{"version":"10.2.0"}}}'],
    [
      'package-lock.json',
      '{"lockfileVersion":3,"packages":{"node_modules/jsonwebtoken":{"version":"8.5.1"},"node_modules/@nestjs/jwt":{"version":"10.2.0"}}}',
    ],
    [
      'yarn.lock',
      '# yarn lockfile v1\n\n"@nestjs/jwt@^10.0.0":\n  version "10.2.0"\n\njsonwebtoken@^8.5.0, jsonwebtoken@^8.5.1:\n  version "8.5.1"\n  resolved "x"\n',
    ],
    ['yarn.lock', '"@nestjs/jwt@npm:^10.0.0":\n  version: 10.2.0\n  resolution: "x"\n\n"jsonwebtoken@npm:^8.5.1":\n  version: 8.5.1\n'],
    ['pnpm-lock.yaml', "packages:\n\n  '@nestjs/jwt@10.2.0':\n    resolution: {}\n\n  jsonwebtoken@8.5.1:\n    resolution: {}\n"],
    ['pnpm-lock.yaml', 'packages:\n\n  /@nestjs/jwt/10.2.0:\n    resolution: {}\n\n  /jsonwebtoken/8.5.1:\n    resolution: {}\n'],
  ])('%s', (path, text) => {
    expect([...lockedVersions(path, text, packages)].sort()).toEqual([
      ['@nestjs/jwt', '10.2.0'],
      ['jsonwebtoken', '8.5.1'],
    ]);
  });
});
