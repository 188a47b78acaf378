/** The output that README.md shows is what the built binary prints today. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { TemporaryRepository } from '../temporary-repository.js';

const readme = readFileSync('README.md', 'utf8');

/** The text of the first fenced block in a language. */
function block(language: string): string {
  const match = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readme);
  if (!match) throw new Error(`README.md has no block of ${language}`);
  return match[1]!;
}

test('the finding is one of the demo', () => {
  const printed = execFileSync(process.execPath, ['scripts/demo.js'], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
  expect(printed).toContain(`\n${block('text')}\n`);
});

test('the transcript of the stopped commit', () => {
  const [catCommand, ...commands] = block('console').split(/^\$ /m).slice(1);
  const [, ...content] = catCommand!.split('\n');
  const repository = new TemporaryRepository();
  repository.script('.git/hooks/pre-commit', `#!/bin/sh\nexec '${process.execPath}' '${resolve('dist/bin.cjs')}' --staged\n`);
  repository.write('login.js', content.join('\n'));
  expect(commands.length).toBe(6);
  for (const command of commands) {
    const [line, ...shown] = command.split('\n');
    const { stdout, stderr } = spawnSync('sh', ['-c', line!], {
      cwd: repository.root,
      env: { ...repository.env, NO_COLOR: '1' },
      encoding: 'utf8',
    });
    expect(stdout + stderr, line).toBe(shown.join('\n'));
  }
});
