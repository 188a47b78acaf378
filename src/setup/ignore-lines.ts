/** The lines that keep env files and keys out of git, as far as they are not there and do not hide what is committed on purpose. */
import { isEnvTemplate } from '../../rules/facts/env-files.js';

/** A pattern, and a name that stands for those it is about. */
const PATTERNS: readonly (readonly [pattern: string, probe: string, hides: RegExp])[] = [
  ['.env', '.env', /^\.env$/],
  ['.env.*', '.env.production', /^\.env\../],
  ['*.pem', 'private.pem', /\.pem$/],
  ['*.key', 'private.key', /\.key$/],
];

/** Where `.env.*` would hide settings that are committed on purpose: the files that Next, Vite and dotenv-flow keep to one machine. */
const LOCAL_ONLY = ['.env*.local', '.env.local'] as const;

/** Names to ask git about. */
export const PROBES: readonly string[] = [...PATTERNS.map(([, probe]) => probe), LOCAL_ONLY[1]];

/**
 * The lines that are missing.
 *
 * @param ignored which of the {@link PROBES} git ignores
 * @param tracked base names of all tracked files that are env files or keys
 */
export function missingIgnoreLines(ignored: ReadonlySet<string>, tracked: readonly string[]): string[] {
  const lines: string[] = [];
  for (const [pattern, probe, hides] of PATTERNS) {
    if (ignored.has(probe)) continue;
    const hidden = tracked.filter((name) => hides.test(name) && !isEnvTemplate(name));
    if (hidden.length === 0) lines.push(pattern);
    else if (pattern === '.env.*' && !ignored.has(LOCAL_ONLY[1])) lines.push(LOCAL_ONLY[0]);
  }
  if (!lines.includes('.env.*')) return lines;
  const templates = new Set(tracked.filter((name) => name.startsWith('.env.') && isEnvTemplate(name)));
  const kept = [...(templates.size > 0 ? templates : ['.env.example'])].sort().map((name) => `!${name}`);
  lines.splice(lines.indexOf('.env.*') + 1, 0, ...kept);
  return lines;
}
