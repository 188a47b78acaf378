import { defineRule, type BroughtPackage, type Finding, type Repository, type Settings } from './contract.js';
import { ADVISORIES, advisoryOf } from './facts/advisories.js';
import { compareVersions } from './facts/versions.js';

/** A range of `peerDependencies` is a permission: what is installed says somebody else. */
const DEPENDENCIES: ReadonlySet<string> = new Set(['dependencies', 'devDependencies', 'optionalDependencies']);

export default defineRule({
  id: 'no-outdated-library',
  title: 'Disallow versions of token libraries with published faults',
  severity: 'warning',
  messages: {
    outdated: {
      what: '`{{package}}` {{version}} has published faults ({{ids}}): {{fault}}.',
      fix: 'Update `{{package}}` to {{below}} or newer.',
    },
    brought: {
      what: '{{by}} {{verb}} `{{package}}` {{version}}, which has published faults ({{ids}}): {{fault}}.',
      fix: 'Update {{by}} to a version that takes `{{package}}` {{below}} or newer, or ask for it in `overrides` (npm, pnpm) or `resolutions` (yarn).',
    },
  },
  docs: {
    why: 'How to use a published fault is published too. Code that is right with a current version of the library may be open with this one.',
    cwe: [1104, 1395],
    securitySeverity: 6.5,
    references: [
      { title: 'GitHub Advisory Database: npm', url: 'https://github.com/advisories?query=ecosystem%3Anpm' },
      { title: 'CWE-1395: Dependency on Vulnerable Third-Party Component', url: 'https://cwe.mitre.org/data/definitions/1395.html' },
    ],
  },
  *settings({ path, role, entries, project }: Settings): Iterable<Finding> {
    // What others published says what they were tested with.
    if (role !== 'manifest' || path.includes('node_modules/')) return;
    for (const entry of entries) {
      const [field, name] = entry.key;
      if (entry.key.length !== 2 || name === undefined || !DEPENDENCIES.has(field!)) continue;
      const advisory = ADVISORIES.find(
        (each) =>
          each.package === name && project.isBelow(name, each.below) && (each.from === undefined || !project.isBelow(name, each.from)),
      );
      if (!advisory) continue;
      yield {
        message: 'outdated',
        data: {
          package: name,
          version: project.versionOf(name) ?? '',
          ids: advisory.ids.join(', '),
          fault: advisory.fault,
          below: advisory.below,
        },
        anchor: { path, ...entry.span },
        // What only builds and tests use meets no token of a stranger.
        ...(field === 'devDependencies' ? { level: 'info' as const } : {}),
        confidence: 'certain',
        symbol: name,
      };
    }
  },
  *repository({ brought }: Repository): Iterable<Finding> {
    const groups = new Map<string, BroughtPackage[]>();
    for (const each of brought) {
      const advisory = advisoryOf(each.name, each.version);
      if (!advisory || advisory.onlyDirect) continue;
      // To update a library that has faults of its own is told already.
      const by = each.by.filter(({ name, version }) => !advisoryOf(name, version));
      if (by.length === 0) continue;
      const key = `${each.place.path}\0${each.name}`;
      groups.set(key, [...(groups.get(key) ?? []), { ...each, by }]);
    }
    for (const group of groups.values()) {
      // Of several versions the last has the update that mends them all.
      const versions = [...new Set(group.map(({ version }) => version))].sort(compareVersions);
      const { name, place } = group[0]!;
      const { ids, fault, below } = advisoryOf(name, versions.at(-1)!)!;
      yield {
        message: 'brought',
        data: {
          ...bringersOf(group),
          package: name,
          version: versions.join(', '),
          ids: ids.join(', '),
          fault,
          below,
        },
        anchor: place,
        ...(group.every(({ development }) => development) ? { level: 'info' as const } : {}),
        // Whether the fault matters is decided by how it is called.
        confidence: 'likely',
        symbol: `${name} brought`,
      };
    }
  },
});

/** At most this many are named. */
const NAMED = 3;

function bringersOf(group: readonly BroughtPackage[]): { by: string; verb: string } {
  const names = [...new Set(group.flatMap(({ by }) => by.map(({ name }) => name)))];
  const named = names.slice(0, NAMED).map((name) => `\`${name}\``);
  if (names.length > NAMED) return { by: `${named.join(', ')} and ${String(names.length - NAMED)} more`, verb: 'bring' };
  if (named.length === 1) return { by: named[0]!, verb: 'brings' };
  return { by: `${named.slice(0, -1).join(', ')} and ${named.at(-1)!}`, verb: 'bring' };
}
