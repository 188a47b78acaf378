#!/usr/bin/env node
import { main } from './cli.js';

process.exitCode = await main({
  argv: process.argv.slice(2),
  stdin: () => process.stdin,
  // Touching a stream opens it: left for when there is something to say.
  stdout: { write: (text) => process.stdout.write(text) },
  stderr: { write: (text) => process.stderr.write(text) },
  cwd: process.cwd(),
  env: process.env,
  hasColors: () => process.stdout.isTTY && process.stdout.hasColors(),
  columns: () => (process.stdout.isTTY ? process.stdout.columns : undefined),
});
