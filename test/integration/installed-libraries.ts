/** The libraries that the table of facts is held against: installed for the tests, pinned and without scripts. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Probe } from './probe.js';

/** Alias -> what npm installs. Current versions of the others are devDependencies. */
const PINNED: Readonly<Record<string, string>> = {
  'jsonwebtoken-8': 'npm:jsonwebtoken@8.5.1',
  'jsonwebtoken-esm': '1.0.5',
  'jsonwebtoken-esm-2': 'npm:jsonwebtoken-esm@2.0.1',
  'jwt-promisify': '1.1.7',
  'express-jwt-5': 'npm:express-jwt@5.3.3',
  'express-jwt-6': 'npm:express-jwt@6.1.2',
  'koa-jwt-3': 'npm:koa-jwt@3.6.0',
  'koa-jwt-1': 'npm:koa-jwt@1.3.1',
  co: '4.6.0',
  'passport-jwt-3': 'npm:passport-jwt@3.0.1',
  '@nestjs/passport': '11.0.5',
  '@nestjs/common': '11.1.6',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
  passport: '0.7.0',
  'jose-2': 'npm:jose@2.0.7',
  'jose-3': 'npm:jose@3.20.4',
  'jose-4': 'npm:jose@4.15.9',
  'hono-4.11.3': 'npm:hono@4.11.3',
  'next-auth': '4.24.13',
  'next-auth-5': 'npm:next-auth@5.0.0-beta.30',
  fastify: '5.6.1',
  jws: '4.0.1',
  jwa: '2.0.1',
  'node-jose': '2.2.0',
  njwt: '2.0.1',
  jsrsasign: '11.1.0',
  'atlassian-jwt': '2.0.3',
  '@atlassian/atlassian-jwt': '2.2.0',
  'json-web-token': '4.0.1',
  'json-web-token-3': 'npm:json-web-token@3.2.0',
  jsontokens: '4.0.1',
  'jwt-encode': '1.0.1',
  'jwt-decode': '4.0.0',
  'jwt-decode-3': 'npm:jwt-decode@3.1.2',
  'react-jwt': '2.1.1',
  react: '19.3.1',
  'react-test-renderer': '19.3.1',
  '@cfworker/jwt': '7.0.4',
  'jwt-js-decode': '1.9.0',
  'expo-jwt': '1.8.2',
  'node-webtokens': '1.0.4',
  '@oslojs/jwt': '0.3.0',
  oslo: '1.2.1',
  'aws-jwt-verify': '5.2.1',
  '@clerk/backend': '3.25.0',
  'jwks-rsa': '4.1.0',
  moment: '2.31.0',
  'moment-timezone': '0.6.6',
  dayjs: '1.11.23',
  '@tsndr/cloudflare-worker-jwt': '3.2.0',
  'koa-jwt2': '1.0.3',
  '@elysiajs/jwt': '1.4.2',
  '@elysia/jwt': '1.4.2',
  elysia: '1.4.30',
  '@sinclair/typebox': '0.34.52',
  '@hapi/hapi': '21.4.10',
  '@hapi/jwt': '3.2.4',
  '@hapi/cookie': '12.0.1',
  'hapi-auth-jwt2': '11.0.0',
  'hapi-16': 'npm:hapi@16.8.4',
  'hapi-auth-jwt2-7': 'npm:hapi-auth-jwt2@7.4.1',
  'egg-jwt': '3.1.7',
  'socketio-jwt': '4.6.2',
  '@thream/socketio-jwt': '3.1.4',
  'socketio-jwt-auth': '0.2.1',
  'express-oauth2-jwt-bearer': '1.10.0',
  'restify-jwt-community': '2.0.0',
  'restify-errors': '8.1.0',
  'middy-middleware-jwt-auth': '6.3.0',
  '@midwayjs/jwt': '3.20.24',
  '@midwayjs/core': '3.20.24',
  '@graphql-yoga/plugin-jwt': '3.18.1',
  'graphql-yoga': '5.24.1',
  graphql: '16.15.0',
  '@feathersjs/authentication': '5.0.50',
  '@feathersjs/feathers': '5.0.50',
  '@loopback/authentication-jwt': '0.16.12',
  '@loopback/authentication': '12.0.16',
  '@loopback/core': '7.0.15',
  '@loopback/repository': '8.0.15',
  '@loopback/rest': '15.0.16',
  '@auth/core': '0.41.3',
  '@auth/express': '0.12.3',
  'better-auth': '1.7.25',
  'iron-session': '8.0.4',
  'iron-session-6': 'npm:iron-session@6.3.1',
  'cookie-parser': '1.4.7',
  'cookie-session': '2.1.1',
  koa: '3.3.0',
  keygrip: '1.1.0',
  express: '4.21.2',
  'express-3': 'npm:express@3.21.2',
  h3: '1.15.4',
  'react-router': '7.18.7',
  '@remix-run/node': '2.17.4',
  '@remix-run/cloudflare': '2.17.4',
  '@remix-run/deno': '2.17.4',
  'csrf-csrf': '4.0.3',
  '@fastify/session': '11.1.3',
  '@fastify/cookie': '11.0.2',
  '@fastify/secure-session': '8.4.0',
  'livekit-server-sdk': '2.19.2',
  'stream-chat': '9.53.0',
  'google-auth-library': '10.9.1',
  'universal-github-app-jwt': '2.2.2',
  'crypto-js': '4.2.0',
  '@supabase/supabase-js': '2.75.0',
};

/** Too much would come with these: only what they publish themselves is fetched, and their declarations are read. */
const UNPACKED: Readonly<Record<string, string>> = {
  '@foal/jwt': '4.4.0',
  payload: '3.90.2',
  '@keystone-6/core': '8.1.0',
  '@medusajs/framework': '2.21.2',
  '@medusajs/types': '2.21.2',
  '@sidebase/nuxt-auth': '1.3.1',
  '@auth0/nextjs-auth0': '4.30.0',
  '@auth/sveltekit': '1.11.3',
};

/* Packages are called as scripts call them; what they are is what is being asked here. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Any = any;

const directory = mkdtempSync(join(tmpdir(), 'jwtlint-libraries-'));
const here = createRequire(import.meta.url);
/** `require` of what {@link install} put there. */
export const there = createRequire(join(directory, 'package.json'));

/** Installs everything that is pinned. */
export function install(): void {
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'pinned', private: true, dependencies: PINNED }));
  const npm = (args: readonly string[]): string =>
    execFileSync('npm', [...args, '--ignore-scripts', '--loglevel=error'], {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  npm(['install', '--no-audit', '--no-fund', '--legacy-peer-deps']);
  const specs = Object.entries(UNPACKED).map(([name, version]) => `${name}@${version}`);
  const packed = JSON.parse(npm(['pack', '--json', ...specs])) as readonly { name: string; filename: string }[];
  for (const { name, filename } of packed) {
    const target = join(directory, 'unpacked', name);
    mkdirSync(target, { recursive: true });
    execFileSync('tar', ['-xzf', join(directory, filename), '-C', target, '--strip-components=1']);
  }
  // next-auth's middleware takes its answers from `next/server`; nothing else of Next is needed.
  module('next', { 'server.js': 'exports.NextResponse = { redirect: () => { throw new Error("redirected") } };' });
  // Imports a package as a module of that directory does.
  module('loader', { 'load.mjs': 'export const load = (name) => import(name);' });
}

function module(name: string, files: Readonly<Record<string, string>>): void {
  const at = join(directory, 'node_modules', name);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'package.json'), JSON.stringify({ name, version: '0.0.0' }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(at, file), text);
}

/** Takes it away again. */
export function uninstall(): void {
  rmSync(directory, { recursive: true, force: true });
}

function isFound(specifier: string): boolean {
  try {
    return there.resolve(specifier) !== '';
  } catch {
    return false;
  }
}

/** True for packages, and sub-paths of packages, that are installed for the tests alone. */
export function isPinned(specifier: string): boolean {
  return specifier in PINNED || Object.keys(PINNED).some((name) => specifier.startsWith(`${name}/`));
}

/** Imports a package, installed for the tests or a devDependency. */
export async function load(specifier: string): Promise<Any> {
  if (!isPinned(specifier)) return import(pathToFileURL(here.resolve(specifier)).href);
  const loader = (await import(pathToFileURL(join(directory, 'node_modules/loader/load.mjs')).href)) as { load: typeof load };
  return loader.load(specifier);
}

/** The manifest of an installed package. */
export function manifestOf(name: string): { readonly devDependencies: Readonly<Record<string, string>> } {
  return JSON.parse(readFileSync(join(directory, 'node_modules', name, 'package.json'), 'utf8')) as ReturnType<typeof manifestOf>;
}

/** True when a specifier leads somewhere. */
export async function resolves(specifier: string): Promise<boolean> {
  const unpacked = Object.keys(UNPACKED).find((name) => specifier.startsWith(`${name}/`));
  if (unpacked !== undefined) {
    const manifest = JSON.parse(readFileSync(join(directory, 'unpacked', unpacked, 'package.json'), 'utf8')) as { exports?: object };
    return Object.keys(manifest.exports ?? {}).includes(`.${specifier.slice(unpacked.length)}`);
  }
  if (isPinned(specifier) && isFound(specifier)) return true;
  return load(specifier).then(
    () => true,
    (error: unknown) => !/ERR_(?:MODULE_NOT_FOUND|PACKAGE_PATH_NOT_EXPORTED)/.test(String((error as { code?: unknown }).code)),
  );
}

/** One installed version of a package, with a probe for each call of the table that it has. */
export interface World {
  readonly installed: string;
  /** By form and name, as the table writes them. */
  readonly probes: Readonly<Record<string, Probe>>;
}

/** A declaration in a file of an installed or unpacked package; `options` when the names of key options stand in it too. */
export const declared = (file: string, name: string, options = false): Probe => ({
  declares: {
    get text() {
      const unpacked = Object.keys(UNPACKED).some((each) => file.startsWith(`${each}/`));
      return readFileSync(join(directory, unpacked ? 'unpacked' : 'node_modules', file), 'utf8');
    },
    name,
    options,
  },
});
