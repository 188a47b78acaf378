/**
 * What a hook that judges nothing takes: starts git's two processes, as any hook must to see staged content, and parses the
 * scripts that its arguments name. Measured beside jwtlint, to tell git's and the parser's part of a run from ours.
 */
'use strict';
const { spawn } = require('node:child_process');

const scripts = new Set(process.argv.slice(2));
const list = spawn('git', ['diff-index', '--cached', '--raw', '-z', 'HEAD', '--'], { stdio: ['ignore', 'pipe', 'inherit'] });
const objects = spawn('git', ['cat-file', '--batch'], { stdio: ['pipe', 'pipe', 'inherit'] });
const changes = [];
const contents = [];
list.stdout.on('data', (chunk) => changes.push(chunk));
objects.stdout.on('data', (chunk) => contents.push(chunk));
list.on('close', () => {
  const fields = Buffer.concat(changes).toString().split('\0');
  const ids = [];
  for (let at = 0; at + 1 < fields.length; at += 2)
    if (scripts.size === 0 || scripts.has(fields[at + 1])) ids.push(fields[at].split(' ')[3]);
  objects.stdin.end(`${ids.join('\n')}\n`);
});
objects.on('close', () => {
  if (scripts.size === 0) return;
  const { parseSync } = require('oxc-parser');
  const whole = Buffer.concat(contents);
  for (let at = 0; at < whole.length;) {
    const line = whole.indexOf(10, at);
    const size = Number(whole.toString('latin1', at, line).split(' ')[2]);
    parseSync('script.ts', whole.toString('utf8', line + 1, line + 1 + size)).program;
    at = line + size + 2;
  }
});
