/** Where a script runs: in a visitor's browser or on a server, as its imports, its names, its path and its project tell. */
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { packageSpecifier } from './package-specifiers.js';

const SERVER =
  /^(?:node:|express$|fastify$|koa$|hono(?:\/|$)|@nestjs\/|next\/(?:server|headers)$|server-only$|@apollo\/server|socket\.io$|fs$|http$|crypto$)/;
const BROWSER =
  /^(?:react(?:-dom|-router.*|-redux|-native)?$|vue(?:-router|x)?$|pinia$|@angular\/|svelte|@reduxjs\/|redux|zustand$|mobx|next\/(?:router|navigation)$|js-cookie$|react-cookie$|universal-cookie$|preact|solid-js)/;
/** What a program that runs on somebody's own machine is made with, and what makes one that answers requests. */
const CLIENTS = ['react', 'react-native', 'expo', 'vue', '@angular/core', 'svelte', 'preact', 'solid-js', '@ionic/core', 'electron'];
const SERVERS = [
  ...['express', 'fastify', 'koa', 'hono', 'elysia', 'restify', 'sails', '@hapi/hapi', '@nestjs/core', '@adonisjs/core', '@loopback/core'],
  ...['next', 'nuxt', '@sveltejs/kit', 'astro', '@remix-run/node', '@react-router/node', '@angular/ssr', '@redwoodjs/api', 'blitz'],
  // What keeps a database, or a secret to sign with, is none of these.
  ...['jsonwebtoken', '@nestjs/jwt', 'passport', 'mongoose', 'pg', 'mysql2', '@prisma/client', 'sequelize', 'typeorm', '@strapi/strapi'],
  ...['@apollo/server', 'apollo-server', 'graphql-yoga', 'socket.io', 'ws', 'firebase-functions', '@types/aws-lambda', 'serverless'],
];
/** Directories whose files answer requests, in a project that has nothing else to do with servers. */
const SERVER_PATH = /(?:^|\/)(?:api|functions?|server|backend|lambdas?|workers?|middleware|supabase|netlify)\/|\.server\./;
const GLOBALS = new Set(['localStorage', 'sessionStorage', 'document', 'window', 'navigator']);

const cache = new WeakMap<Script, boolean>();

/** True when a script surely runs in a browser: something says so and nothing says that it runs on a server. */
export function runsInBrowser(script: Script): boolean {
  let found = cache.get(script);
  if (found === undefined) cache.set(script, (found = decide(script)));
  return found;
}

function decide(script: Script): boolean {
  const bindings = bindingsOf(script);
  let browser =
    /\.(?:tsx|jsx|vue|svelte)$/.test(script.path) ||
    (CLIENTS.some((name) => script.project.uses(name)) &&
      !SERVERS.some((name) => script.project.uses(name)) &&
      !SERVER_PATH.test(script.path));
  for (const node of bindings.modules) {
    const specifier = node.type === 'ImportDeclaration' ? packageSpecifier(node.source.value).specifier : undefined;
    if (specifier === undefined) continue;
    if (SERVER.test(specifier)) return false;
    if (BROWSER.test(specifier)) browser = true;
  }
  for (const node of script.ast.body)
    if (node.type === 'ExpressionStatement' && node.directive === 'use client') return true;
    else if (node.type === 'ExpressionStatement' && node.directive === 'use server') return false;
  for (const call of bindings.calls) {
    let root = call.callee;
    while (root.type === 'MemberExpression') root = root.object;
    if (root.type !== 'Identifier' || bindings.variableOf(root)) continue;
    const argument = call.arguments[0];
    if (root.name === 'require' && argument?.type === 'Literal' && typeof argument.value === 'string') {
      if (SERVER.test(argument.value)) return false;
      if (BROWSER.test(argument.value)) browser = true;
    } else if (GLOBALS.has(root.name)) browser = true;
  }
  return browser;
}
