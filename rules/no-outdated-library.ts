import { defineRule, type Finding, type Settings } from './contract.js';
import { ADVISORIES } from './facts/advisories.js';

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
});
