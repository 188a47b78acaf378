/** The repositories that the benchmark scans. Each is generated, committed with git, and the same on every machine. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { json, longScript, normal, prose, script, seededRandom, yaml } from './generated-code.js';

/** The environment of every process that is measured: no trace of the machine's git settings or of a surrounding hook. */
export function cleanEnvironment(home) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:GIT_|NODE_|npm_|JWTLINT_|NO_COLOR|FORCE_COLOR)/i.test(name));
  return { ...Object.fromEntries(kept), HOME: home, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: join(home, 'gitconfig') };
}

function repository(root, env) {
  mkdirSync(root, { recursive: true });
  const git = (...args) => execFileSync('git', args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  git('init', '--quiet', '--initial-branch=main', '--template=');
  git('config', 'user.name', 'bench');
  git('config', 'user.email', 'bench@example.invalid');
  git('config', 'core.autocrlf', 'false');
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  return { root, git, write };
}

const MANIFEST = {
  name: 'shop',
  dependencies: { jsonwebtoken: '^9.0.2', jose: '^6.1.0', '@nestjs/jwt': '^11.0.0', '@nestjs/common': '^11.0.0', express: '^5.1.0' },
};

/** Not one of these texts is a secret of anybody; they are drawn once and stand here for good. */
const CALLS = {
  jsonwebtoken: {
    imports: "import jwt from 'jsonwebtoken';",
    extra: `export function issueSession(user) {
  return jwt.sign({ sub: user.id, role: user.role }, process.env.SESSION_SIGNING || 'c5Qm8yT2vW0kXr7LpZ3nHs9B', { expiresIn: '15m' });
}`,
  },
  jose: {
    imports: "import { SignJWT } from 'jose';",
    extra: `const encoded = new TextEncoder().encode('q1Rb6Yd0ZkVt3Uw8Jf5Ln2Sx7Gc4Mh9P');
export async function issueInvite(team) {
  return new SignJWT({ team }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('2h').sign(encoded);
}`,
  },
  '@nestjs/jwt': {
    imports: "import { Module } from '@nestjs/common';\nimport { JwtModule } from '@nestjs/jwt';",
    extra: `@Module({ imports: [JwtModule.register({ secret: 'w7Nf2Kz5Ds8Xq1Tb4Ry9Vh6Lm3Jc0PgE', signOptions: { expiresIn: '1h' } })] })
export class AuthModule {}`,
  },
};

/** Calls without a mistake: read and analysed, nothing to report. */
const SOUND = {
  imports: "import jwt from 'jsonwebtoken';",
  extra: `export function readSession(header) {
  return jwt.verify(header.slice(7), process.env.JWT_SECRET, { algorithms: ['HS256'] });
}`,
};

const COMPOSE = `services:
  api:
    image: shop/api:4
    ports: ["8080:8080"]
    environment:
      NODE_ENV: production
      JWT_SECRET: g4Tn8Wq2Zc6Vb0Ym5Kx9Rf3Hd7Ls1Jp
  db:
    image: postgres:17
    volumes: [data:/var/lib/postgresql/data]
volumes:
  data: {}
`;

/** The history on which the staged commits stand: a manifest and two hundred files. */
function withHistory(root, env) {
  const target = repository(root, env);
  const random = seededRandom(7);
  target.write('package.json', `${JSON.stringify(MANIFEST, null, 2)}\n`);
  target.write('.gitignore', 'node_modules/\ndist/\n.env\n.env.*\n');
  for (let index = 0; index < 200; index++) {
    target.write(`src/module${index % 20}/part${index}.ts`, script(random, 1000 + random() * 6000, { typed: true }));
  }
  return target;
}

/**
 * Ten staged files, five changed and five new. With `calls`, three of them hold one finding each: a call of jsonwebtoken in
 * a changed file, one of jose and one of NestJS in new ones.
 */
export function stagedTen(root, env, { calls }) {
  const { git, write } = withHistory(root, env);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'start');
  const random = seededRandom(11);
  const text = (length, library) => script(random, length, { typed: true, ...(calls ? CALLS[library] : {}) });
  const files = {
    'src/module1/part1.ts': text(4200, 'jsonwebtoken'),
    'src/invites/issue.ts': text(2600, 'jose'),
    'src/auth/auth.module.ts': text(1800, '@nestjs/jwt'),
  };
  const calling = Object.keys(files);
  for (const [index, length] of [1500, 3100, 6400, 2200].entries()) files[`src/module${index + 2}/part${index + 2}.ts`] = text(length);
  for (const [index, length] of [900, 5200].entries()) files[`src/orders/order${index}.ts`] = text(length);
  files['docs/orders.md'] = prose(random, 2400, 'md');
  for (const [path, contents] of Object.entries(files)) write(path, contents);
  git('add', '--all');
  return { root, files: Object.keys(files), scripts: Object.keys(files).filter((path) => path.endsWith('.ts')), calling };
}

/** One env file, one compose file and one script, all new. */
export function stagedSettings(root, env) {
  const { git, write } = withHistory(root, env);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'start');
  const script1 = 'src/auth/issue.ts';
  write('.env', 'NODE_ENV=production\nPORT=8080\nJWT_SECRET=m6Xr1Bv9Qk4Zt7Hw2Fn5Yc8Ld3Gs0JpT\nDATABASE_URL=postgres://db/shop\n');
  write('compose.yaml', COMPOSE);
  write(script1, script(seededRandom(13), 2600, { typed: true, ...CALLS.jsonwebtoken }));
  git('add', '--all');
  git('add', '--force', '.env');
  return { root, files: ['.env', 'compose.yaml', script1], scripts: [script1] };
}

/** Two routes of an application, without a mistake. */
const routes = (index) => `app.post('/sessions/${index}', async (request, response) => {
  const user = await users.find(request.body.name);
  if (!user) return response.status(401).end();
  const token = jwt.sign({ sub: user.id, role: user.role }, SECRET, { algorithm: 'HS256', expiresIn: '15m' });
  return response.json({ token });
});

app.get('/sessions/${index}', (request, response) => {
  try {
    const claims = jwt.verify(request.get('authorization').slice(7), SECRET, { algorithms: ['HS256'], issuer: 'shop' });
    return response.json({ user: claims.sub });
  } catch {
    return response.status(401).end();
  }
});
`;

/** Lines of the long script. */
const LONG = 5000;

/** One script that no one should have to read: everything in a file, with two calls every hundred lines. */
export function longFile(root, env) {
  const { write } = repository(root, env);
  const file = 'src/server.ts';
  write('package.json', `${JSON.stringify(MANIFEST, null, 2)}\n`);
  const imports = `import express from 'express';
import jwt from 'jsonwebtoken';
import { users } from './users.js';

const app = express();
const SECRET = process.env.JWT_SECRET;
if (!SECRET) throw new Error('JWT_SECRET is not set');`;
  write(file, longScript(seededRandom(17), LONG, { imports, statement: routes }));
  return { root, file };
}

/** Shares of a tree by kind of file. The last two are of all files: what the trigger lets pass, and what holds calls. */
const SHARES = { script: 0.6, json: 0.2, yaml: 0.1, triggered: 0.05, calling: 0.02 };

/** Mean size of a file in bytes. Sizes are log-normal, as those of real projects: half of the files are below 2 KB. */
const MEAN_BYTES = 5_000;
const SIGMA = 1.35;
const SMALLEST = 120;
const LARGEST = 400_000;

function sizes(random, count) {
  const drawn = Array.from({ length: count }, () => Math.exp(SIGMA * normal(random)));
  const scale = (MEAN_BYTES * count) / drawn.reduce((sum, size) => sum + size, 0);
  return drawn.map((size) => Math.round(Math.min(LARGEST, Math.max(SMALLEST, size * scale))));
}

/**
 * A tree of `count` files and 5,000 bytes for each on average.
 *
 * @returns the paths, those of scripts, and what jwtlint is to find in it
 */
export function tree(root, env, count) {
  const { git, write } = repository(root, env);
  const random = seededRandom(count);
  const files = [];
  const add = (path, text, passing = false) => {
    write(path, text);
    files.push({ path, bytes: Buffer.byteLength(text), passing });
  };
  const manifest = `${JSON.stringify(MANIFEST, null, 2)}\n`;
  add('package.json', manifest);
  add('.gitignore', 'node_modules/\ndist/\n.env\n.env.*\n');
  for (const [index, size] of sizes(random, count - files.length).entries()) {
    const directory = `packages/p${index % 40}/src/d${Math.floor(index / 40) % 12}`;
    // Spread evenly, in steps of a hundred, whatever the count.
    const place = index % 100;
    if (place < SHARES.script * 100) {
      const typed = place % 3 !== 0;
      const calling = place < SHARES.calling * 100;
      const triggered = !calling && place < SHARES.triggered * 100;
      // One in ten of the calls has a mistake; the other scripts that pass the trigger only name a setting.
      const mistake = calling && (index - place) % 1000 === 0 && place === 0;
      const statement = calling
        ? mistake
          ? CALLS.jsonwebtoken
          : SOUND
        : triggered
          ? { extra: 'export const hasSigning = Boolean(process.env.JWT_SECRET);' }
          : {};
      add(`${directory}/f${index}.${typed ? 'ts' : 'js'}`, script(random, size, { typed, ...statement }), calling || triggered);
    } else if (place < (SHARES.script + SHARES.json) * 100) add(`${directory}/f${index}.json`, json(random, size));
    else if (place < (SHARES.script + SHARES.json + SHARES.yaml) * 100) add(`${directory}/f${index}.yaml`, yaml(random, size));
    else {
      const extension = ['md', 'css', 'html', 'txt'][place % 4];
      add(`${directory}/f${index}.${extension}`, prose(random, size, extension));
    }
  }
  git('add', '--all');
  git('commit', '--quiet', '--message', 'start');
  return {
    root,
    paths: files.map(({ path }) => path),
    passing: files.filter(({ passing }) => passing).map(({ path }) => path),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    mistakes: Math.ceil(count / 1000),
  };
}

/**
 * A project of so many TypeScript files, sized as those of a tree: one in twenty calls a JWT library, one in seven only names
 * a setting that the trigger lets pass.
 *
 * @returns the paths, those without anything about JWTs, and how many mistakes the project was made with
 */
export function typescriptProject(root, count) {
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const random = seededRandom(count);
  write('package.json', `${JSON.stringify({ ...MANIFEST, type: 'module' }, null, 2)}\n`);
  const libraries = Object.values(CALLS);
  const files = sizes(random, count).map((size, index) => {
    const path = `src/d${index % 40}/f${index}.ts`;
    const place = index % 20;
    const calling = place === 0;
    const triggered = !calling && place < 4;
    // One in ten of the calls has a mistake.
    const statement = !calling
      ? { extra: triggered ? 'export const hasSigning = Boolean(process.env.JWT_SECRET);' : '' }
      : index % 200 === 0
        ? libraries[(index / 200) % libraries.length]
        : SOUND;
    write(path, script(random, size, { typed: true, ...statement }));
    return { path, plain: !calling && !triggered };
  });
  return { paths: files.map(({ path }) => path), plain: files.filter((file) => file.plain).map(({ path }) => path), mistakes: count / 200 };
}

/** A tree of `count` files, all committed, and ten staged files of which three hold one finding each. */
export function stagedInTree(root, env, count) {
  tree(root, env, count);
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const random = seededRandom(17);
  const files = ['jsonwebtoken', 'jose', '@nestjs/jwt'].map((library, index) => {
    const path = `packages/p${index}/src/issue.ts`;
    write(path, script(random, 3000, { typed: true, ...CALLS[library] }));
    return path;
  });
  for (let index = 3; index < 10; index++) {
    files.push(`packages/p${index}/src/new.ts`);
    write(files.at(-1), script(random, 3000, { typed: true }));
  }
  execFileSync('git', ['add', '--all'], { cwd: root, env });
  return { root, files };
}

/** A repository whose hooks are husky's, and whose pre-commit hook is one line; ten files are staged. */
export function stagedUnderHusky(root, env, husky, line) {
  const staged = stagedTen(root, env, { calls: true });
  execFileSync(process.execPath, [husky], { cwd: root, env });
  writeFileSync(join(root, '.husky/pre-commit'), `${line}\n`);
  return staged;
}

/** Commits between two new files that hold a mistake. */
const COMMITS_PER_MISTAKE = 1000;

/**
 * A history of `count` commits on 1,000 files, each of which changes two or three of them by a few lines, packed as git packs
 * a clone. Of the files as many are about JWTs as in {@link tree}.
 *
 * @returns a file with the names of all blobs, and the number of different secrets that were committed
 */
export function longHistory(root, env, count) {
  const { git } = repository(root, env);
  const random = seededRandom(count + 1);
  const manifest = `${JSON.stringify(MANIFEST, null, 2)}\n`;
  const passing = new Set();
  const files = sizes(random, 1000).map((size, index) => {
    const place = index % 100;
    const directory = `packages/p${index % 40}/src`;
    if (place >= 90) return { path: `${directory}/f${index}.md`, lines: prose(random, size, 'md').split('\n'), comment: '' };
    if (place >= 60) return { path: `${directory}/f${index}.yaml`, lines: yaml(random, size).split('\n'), comment: '# ' };
    const about =
      place < SHARES.calling * 100
        ? SOUND
        : place < SHARES.triggered * 100
          ? { extra: 'export const hasSigning = Boolean(process.env.JWT_SECRET);' }
          : {};
    const path = `${directory}/f${index}.ts`;
    if (place < SHARES.triggered * 100) passing.add(path);
    return { path, lines: script(random, size, { typed: true, ...about }).split('\n'), comment: '// ' };
  });
  const stream = [];
  const commit = (number, changes) => {
    stream.push(`commit refs/heads/main\ncommitter bench <bench@example.invalid> ${1_500_000_000 + number * 600} +0000\ndata 6\nchange\n`);
    for (const [path, text] of changes) stream.push(`M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  };
  commit(0, [['package.json', manifest], ...files.map(({ path, lines }) => [path, lines.join('\n')])]);
  for (let number = 1; number < count; number++) {
    const changes = new Map();
    for (let index = 0; index < 2 + (number % 2); index++) {
      const { path, lines, comment } = files[Math.floor(random() * files.length)];
      lines[Math.floor(random() * lines.length)] += ` ${comment}${number}`;
      changes.set(path, lines.join('\n'));
    }
    if (number % COMMITS_PER_MISTAKE === 0) {
      const mistake = number / COMMITS_PER_MISTAKE;
      const path = `packages/p${mistake % 40}/src/issue${mistake}.ts`;
      passing.add(path);
      changes.set(path, script(random, 1500, { typed: true, ...CALLS.jsonwebtoken }));
    }
    commit(number, changes);
  }
  execFileSync('git', ['fast-import', '--quiet'], { cwd: root, env, input: stream.join(''), stdio: ['pipe', 'ignore', 'inherit'] });
  git('repack', '-adfq', '--window=10', '--depth=50');
  git('reset', '--quiet', '--hard', 'main');
  const output = (...args) => execFileSync('git', args, { cwd: root, env, maxBuffer: 1e9 }).toString();
  const blobs = output('cat-file', '--batch-all-objects', '--batch-check=%(objecttype) %(objectname)')
    .split('\n')
    .flatMap((line) => (line.startsWith('blob ') ? [line.slice(5)] : []));
  const pathOf = new Map(
    output('rev-list', '--objects', '--all')
      .split('\n')
      .map((line) => [line.slice(0, 40), line.slice(41)]),
  );
  const list = `${root}.blobs`;
  writeFileSync(list, `${blobs.join('\n')}\n`);
  const parsed = `${root}.parsed`;
  writeFileSync(parsed, blobs.filter((blob) => passing.has(pathOf.get(blob))).join('\n'));
  // They all hold the same one.
  return { root, list, parsed, blobs: blobs.length, secrets: 1 };
}
