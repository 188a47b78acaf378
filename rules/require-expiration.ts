import { defineRule, type Finding, type Repository, type Script } from './contract.js';
import { packageOf } from './facts/env-files.js';
import { endlessSignaturesOf, exampleOf, isSession, nameOf } from './facts/token-ends.js';
import type { Value } from './facts/values.js';

export default defineRule({
  id: 'require-expiration',
  title: 'Require every signed token to have an end',
  severity: 'warning',
  messages: {
    endless: {
      what: '{{call}} signs a token that never expires.',
      fix: 'Give it an end: {{example}}. Minutes for access tokens; let a refresh token that can be revoked renew them.',
    },
    sometimes: {
      what: '{{call}} signs a token that in one of the cases never expires.',
      fix: 'Give it an end in each of them: {{example}}. A longer one where the user wants to stay logged in.',
    },
    unseen: {
      what: '{{call}} gives its token no end itself; whether the claims or the settings of the library do is not seen here.',
      fix: 'Give it an end where it is signed: {{example}}.',
    },
  },
  docs: {
    why: 'Whoever gets hold of such a token, from a log, a backup or a lost phone, has the account for as long as the key is in use.',
    cwe: [613],
    securitySeverity: 5.4,
    references: [
      { title: 'RFC 7519, 4.1.4: "exp" (Expiration Time) Claim', url: 'https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4' },
      { title: 'CWE-613: Insufficient Session Expiration', url: 'https://cwe.mitre.org/data/definitions/613.html' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    for (const { call, place, endless, settings, sometimes } of endlessSignaturesOf(script)) {
      const sure = endless.length > 0 && settings === 'absent';
      if (sometimes && !sure) continue;
      yield {
        message: sometimes ? 'sometimes' : sure ? 'endless' : 'unseen',
        data: { call: nameOf(call), example: exampleOf(call) },
        anchor: place,
        ...(place === call.place ? {} : { use: call.place }),
        ...(sure && isSession(endless)
          ? { confidence: !sometimes && areWritten(endless) ? 'certain' : 'likely' }
          : { level: 'info', confidence: 'possible' }),
        symbol: `${call.package}.${call.api.name}`,
      };
    }
  },
  /** Where a service signs and a module has the settings, all files together say whether there is an end. */
  *repository({ facts, projects }: Repository): Iterable<Finding> {
    const settings = facts.flatMap(({ signing }) => signing?.settings ?? []);
    for (const { signing } of facts) {
      for (const { package: name, call, example, place } of signing?.endless ?? []) {
        const own = settings.filter(
          (each) => each.package === name && packageOf(each.place.path, projects) === packageOf(place.path, projects),
        );
        if (own.length === 0 || own.some(({ ends }) => ends !== false)) continue;
        yield {
          message: 'endless',
          data: { call, example },
          anchor: place,
          steps: own.map((each) => ({ place: each.place, label: 'settings without an end' })),
          confidence: 'likely',
          symbol: call.replace(' ', '.'),
        };
      }
    }
  },
});

/** Whether claims are all seen, rather than known by a type or a name. */
function areWritten(claims: readonly (readonly Value[])[]): boolean {
  return claims.every((values) => values.every(({ kind }) => kind !== 'unknown' && kind !== 'parameter'));
}
