/** What the scan of a long script is measured against: reads and parses the one that the argument names. */
'use strict';
const { readFileSync } = require('node:fs');
const { parseSync } = require('oxc-parser');

const [path] = process.argv.slice(2);
const { program, comments } = parseSync(path, readFileSync(path, 'utf8'));
process.stdout.write(`${program.body.length} ${comments.length}\n`);
