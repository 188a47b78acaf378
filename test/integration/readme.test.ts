/** The output that the pages show is what the built binary prints today. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { codeBlocks, isOutput, isTranscript, pages } from '../pages.js';
import { TemporaryRepository } from '../temporary-repository.js';

const readme = readFileSync('README.md', 'utf8');

test('the finding is one of the demo', () => {
  const outputs = codeBlocks(readme).filter((block) => isOutput('README.md', block));
  expect(outputs).toHaveLength(1);
  const printed = execFileSync(process.execPath, ['scripts/demo.js'], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
  for (const { text } of outputs) expect(printed).toContain(`\n${text}\n`);
});

const transcripts = pages().flatMap((page) =>
  codeBlocks(readFileSync(page, 'utf8'))
    .filter(isTranscript)
    .map(({ text }) => text),
);

test('there are transcripts of a stopped commit and of a mended file', () => {
  expect(transcripts.map((text) => text.split(/^\$ /m).length - 2)).toEqual([4, 6]);
});

test.each(transcripts.map((text, index) => [index, text] as const))('transcript %i', (_, text) => {
  const [catCommand, ...commands] = text.split(/^\$ /m).slice(1);
  const [cat, ...content] = catCommand!.split('\n');
  const repository = new TemporaryRepository();
  const binary = `exec '${process.execPath}' '${resolve('dist/bin.cjs')}'`;
  repository.script('.git/hooks/pre-commit', `#!/bin/sh\n${binary} --staged\n`);
  repository.script('.git/bin/jwtlint', `#!/bin/sh\n${binary} "$@"\n`);
  repository.write(cat!.replace('cat ', ''), content.join('\n'));
  for (const command of commands) {
    const [line, ...shown] = command.split('\n');
    const { stdout, stderr } = spawnSync('sh', ['-c', line!], {
      cwd: repository.root,
      env: { ...repository.env, NO_COLOR: '1', PATH: `${repository.path('.git/bin')}:${process.env['PATH'] ?? ''}` },
      encoding: 'utf8',
    });
    expect(stdout + stderr, line).toBe(shown.join('\n'));
  }
});
