#!/usr/bin/env node
/**
 * The installed binary (dist/bin.cjs). It starts the program with V8's compiled code of an earlier run: Node would compile
 * every chunk anew in each process, which is the largest part of a hook's time that is ours.
 *
 * A script, not a module, since V8 hands out and takes code for scripts only, and since Node 20 starts a module 8 ms later.
 * The code is kept in the package's own directory: who can write there can change the program itself. Nothing is kept where
 * that directory cannot be written, e.g. in a global installation.
 */
'use strict';
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

const CHUNKS = join(__dirname, 'chunks');
/** The build puts a digest of all chunks here: V8 tells sources apart by their length only, and refuses code of another version. */
const BUILD = 'BUILD';
const CACHE = join(__dirname, 'code-cache', `${BUILD}-${process.versions.v8}-${process.arch}`);

/** What chunks export, by name. */
const loaded = new Map();
/** @type {Map<string, Script>} */
const scripts = new Map();
let compiled = false;

const others = createRequire(join(CHUNKS, 'x'));

/** Chunks know each other as `./name`; everything else is the platform's business. */
function load(specifier) {
  if (!specifier.startsWith('./')) return others(specifier);
  const name = specifier.slice(2);
  const known = loaded.get(name);
  if (known) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  const filename = join(CHUNKS, name);
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, 'latin1')}\n})`;
  const cachedData = read(join(CACHE, name));
  const script = new Script(source, cachedData ? { filename, cachedData } : { filename });
  compiled ||= !cachedData || script.cachedDataRejected === true;
  scripts.set(name, script);
  script.runInThisContext()(module.exports, load, module, filename, CHUNKS);
  return module.exports;
}

/** At the end, when the functions that this run called have been compiled as well. */
process.on('exit', () => {
  if (!compiled) return;
  try {
    mkdirSync(CACHE, { recursive: true });
    for (const [name, script] of scripts) {
      const place = join(CACHE, name);
      const code = script.createCachedData();
      writeFileSync(`${place}.${process.pid}`, Buffer.concat([code, code]));
      renameSync(`${place}.${process.pid}`, place);
    }
  } catch (error) {
    // A disk that is full or may not be written to: the next run compiles again.
    if (error.code === undefined) throw error;
  }
});

/**
 * The compiled code of a chunk; undefined when there is none. V8 ends the process on damaged code, so each file holds it
 * twice: comparing the halves is faster than any digest.
 */
function read(path) {
  try {
    const bytes = readFileSync(path);
    const code = bytes.subarray(0, bytes.length / 2);
    return code.length > 0 && code.equals(bytes.subarray(code.length)) ? code : undefined;
  } catch (error) {
    if (error.code === undefined) throw error;
    return undefined;
  }
}

load('./program.cjs').runProcess();
