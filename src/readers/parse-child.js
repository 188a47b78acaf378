/**
 * Parses one script in a process of its own, which the parser may end, and prints the answers. Started as a file by
 * guarded-parse.ts, from the sources too: therefore JavaScript.
 *
 * Standard input: JSON of `path`, `text` and `attempts` (options of oxc-parser, tried until one succeeds).
 * Standard output: JSON of the answers.
 */
import { text as read } from 'node:stream/consumers';
import { parseSync } from 'oxc-parser';

// As ESTree has it for literals that the reader's engine cannot represent.
RegExp.prototype.toJSON = BigInt.prototype.toJSON = () => null;

const { path, text, attempts } = JSON.parse(await read(process.stdin));
const answers = [];
for (const options of attempts) {
  const { program, comments, errors } = parseSync(path, text, options);
  answers.push({ program, comments, errors: errors.slice(0, 1) });
  if (program.body.length > 0 || errors.length === 0) break;
}
process.stdout.write(JSON.stringify(answers));
