/** What a scan of a tree is measured against: reads the files that the list in its argument names, one path a line. */
import { readFileSync } from 'node:fs';

let bytes = 0;
for (const path of readFileSync(process.argv[2], 'utf8').split('\n')) bytes += readFileSync(path).length;
process.stdout.write(`${bytes}\n`);
