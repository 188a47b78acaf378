/**
 * What a scan of a history that judges nothing takes: lets git print the contents that the first argument lists, one object a
 * line, and parses those that the second one lists, which any scan has to that knows what their words mean.
 */
'use strict';
const { spawn } = require('node:child_process');
const { openSync, readFileSync } = require('node:fs');
const { parseSync } = require('oxc-parser');

const [list, scripts] = process.argv.slice(2);
const parsed = new Set(readFileSync(scripts, 'utf8').split('\n'));
const git = spawn('git', ['cat-file', '--batch', '--buffer'], { stdio: [openSync(list), 'pipe', 'inherit'] });
let bytes = 0;
/** What has come of an object that is not whole yet. */
let rest = Buffer.alloc(0);
git.stdout.on('data', (chunk) => {
  bytes += chunk.length;
  rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
  for (;;) {
    const end = rest.indexOf(10);
    if (end < 0) return;
    const [object, , size] = rest.toString('latin1', 0, end).split(' ');
    const next = end + 1 + Number(size) + 1;
    if (rest.length < next) return;
    if (parsed.has(object)) parseSync('script.ts', rest.toString('utf8', end + 1, next - 1)).program;
    rest = rest.subarray(next);
  }
});
git.on('close', () => process.stdout.write(`${bytes}\n`));
