/** What a scan of a history that judges nothing takes: lets git print the contents that the argument lists, and takes them. */
'use strict';
const { spawn } = require('node:child_process');
const { openSync } = require('node:fs');

const git = spawn('git', ['cat-file', '--batch', '--buffer'], { stdio: [openSync(process.argv[2]), 'pipe', 'inherit'] });
let bytes = 0;
git.stdout.on('data', (chunk) => (bytes += chunk.length));
git.on('close', () => process.stdout.write(`${bytes}\n`));
