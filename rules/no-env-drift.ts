import { defineRule, type FileFacts, type Finding, type Place, type Project, type Repository } from './contract.js';
import { isApart, packageOf } from './facts/env-files.js';
import { driftBetween } from './facts/environment-names.js';

export default defineRule({
  id: 'no-env-drift',
  title: 'Disallow a signing secret that settings call by another name than the code',
  severity: 'warning',
  messages: {
    drift: {
      what: '`{{given}}` is set here and read nowhere; {{file}} reads `{{read}}`, which no settings file of the repository names.',
      fix: 'Give both the same name: as long as they differ, the service runs without its secret, or on its fallback.',
    },
  },
  docs: {
    why: 'Whoever sets the service up does what the template says, and the secret never arrives: tokens are signed with a default from the source, with the text “undefined” or not at all, and nothing looks wrong.',
    cwe: [1188, 665],
    securitySeverity: 5.9,
    references: [
      { title: 'The Twelve-Factor App: Config', url: 'https://12factor.net/config' },
      { title: 'CWE-1188: Initialization of a Resource with an Insecure Default', url: 'https://cwe.mitre.org/data/definitions/1188.html' },
    ],
  },
  *repository({ whole, facts, projects }: Repository): Iterable<Finding> {
    if (!whole) return;
    const { given, reads, set, known } = variablesOf(facts);
    const told = new Set<string>();
    for (const { name, place } of given) {
      if (known.has(name) || told.has(name)) continue;
      for (const [read, file] of reads) {
        if (set.has(read) || !isNear(place.path, file, projects)) continue;
        const drift = driftBetween(read, name);
        if (drift === undefined) continue;
        told.add(name);
        yield {
          message: 'drift',
          data: { given: name, read, file },
          anchor: place,
          confidence: drift === 'guess' ? 'possible' : 'likely',
          symbol: name,
        };
        break;
      }
    }
  },
});

/** What all files together say. */
interface Variables {
  readonly given: readonly { readonly name: string; readonly place: Place }[];
  /** The first script that reads each; tests set up an environment of their own. */
  readonly reads: ReadonlyMap<string, string>;
  /** Named in settings, or in scripts that do not read them: those set them (`ecosystem.config.js`). */
  readonly set: ReadonlySet<string>;
  /** Named in scripts. */
  readonly known: ReadonlySet<string>;
}

function variablesOf(facts: readonly FileFacts[]): Variables {
  const given: { readonly name: string; readonly place: Place }[] = [];
  const reads = new Map<string, string>();
  const set = new Set<string>();
  const known = new Set<string>();
  for (const { path, variables } of facts) {
    if (!variables) continue;
    given.push(...variables.given);
    for (const name of variables.mentioned) {
      if (variables.by === 'script') known.add(name);
      if (!variables.read.includes(name)) set.add(name);
      else if (!isTest(path) && !reads.has(name)) reads.set(name, path);
    }
  }
  return { given, reads, set, known };
}

function isTest(path: string): boolean {
  const slash = path.lastIndexOf('/');
  return isApart(path.slice(0, Math.max(slash, 0))) || /\.(?:test|spec|e2e-spec)\.\w+$/.test(path);
}

/** The settings are for the package of the script, or for one around it. */
function isNear(settings: string, script: string, projects: ReadonlyMap<string, Project>): boolean {
  const around = packageOf(settings, projects);
  const own = packageOf(script, projects);
  return around === '' || own === around || own.startsWith(`${around}/`);
}
