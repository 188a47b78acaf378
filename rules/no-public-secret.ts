import { defineRule, type Confidence, type Finding, type Script, type Settings } from './contract.js';
import { callsOf } from './facts/calls.js';
import { keyKind } from './facts/key-kinds.js';
import { publicPrefixOf, secretName } from './facts/names.js';
import { publicReadsOf } from './facts/public-reads.js';
import { usesSigning } from './facts/settings.js';
import { placeOf } from './facts/syntax.js';

export default defineRule({
  id: 'no-public-secret',
  title: 'Disallow signing secrets under names that build tools publish',
  severity: 'error',
  messages: {
    used: {
      what: 'The key of {{call}} is `{{variable}}`: what begins with `{{prefix}}` is copied into the code that every visitor gets.',
      fix: 'Rename it without the prefix, use it on the server only, and replace the value: it must count as known.',
    },
    read: {
      what: '`{{variable}}` is the name of a signing secret, and what begins with `{{prefix}}` is copied into the code that every visitor gets.',
      fix: 'Rename it without the prefix, use it on the server only, and replace the value: it must count as known.',
    },
  },
  docs: {
    why: 'Build tools replace such variables by their values in the files that browsers load. Whoever opens the page can read the key and sign tokens as any user.',
    cwe: [200, 522],
    securitySeverity: 9.1,
    references: [
      {
        title: 'Next.js: Bundling Environment Variables for the Browser',
        url: 'https://nextjs.org/docs/app/guides/environment-variables#bundling-environment-variables-for-the-browser',
      },
      { title: 'Vite: Env Variables and Modes', url: 'https://vite.dev/guide/env-and-mode#env-variables' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    const reported = new Set<string>();
    for (const call of callsOf(script)) {
      for (const value of call.keys) {
        if (value.kind !== 'environment' || value.source !== 'environment' || value.name === undefined || reported.has(value.name))
          continue;
        const prefix = publicPrefixOf(value.name);
        // What only verifies may well be a public key, which is what such a variable is for.
        if (prefix === undefined || value.at.path !== script.path || (call.api.kind !== 'sign' && keyKind(script, call) !== 'secret'))
          continue;
        reported.add(value.name);
        yield {
          message: 'used',
          data: { variable: value.name, prefix, call: `${call.package} ${call.api.name || 'middleware'}` },
          anchor: value.at,
          use: call.place,
          ...(value.steps.length > 0 ? { steps: value.steps } : {}),
          confidence: 'certain',
          symbol: value.name,
        };
      }
    }
    for (const { name, node } of publicReadsOf(script)) {
      const confidence = reported.has(name) ? undefined : sureness(name, script);
      if (!confidence) continue;
      reported.add(name);
      yield {
        message: 'read',
        data: { variable: name, prefix: publicPrefixOf(name)! },
        anchor: placeOf(script.path, node),
        confidence,
        symbol: name,
      };
    }
  },
  *settings(settings: Settings): Iterable<Finding> {
    if (settings.role === 'manifest') return;
    for (const { key, keySpan } of settings.entries) {
      const name = key.at(-1) ?? '';
      const prefix = publicPrefixOf(name);
      const confidence = prefix === undefined ? undefined : sureness(name, settings);
      if (prefix === undefined || !confidence) continue;
      yield {
        message: 'read',
        data: { variable: name, prefix },
        anchor: { path: settings.path, ...keySpan },
        confidence,
        symbol: key.join('.'),
      };
    }
  },
});

/** How sure the name alone makes it that a signing secret is meant; undefined when it is none of ours. */
function sureness(name: string, { project }: Script | Settings): Confidence | undefined {
  const meant = secretName(name);
  if (!meant?.public) return undefined;
  if (meant.strength === 'strong') return 'likely';
  return usesSigning(project) ? 'possible' : undefined;
}
