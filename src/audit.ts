/**
 * How a repository handles its keys: questions, each answered by yes, no or cannot tell, with evidence, a reference and the
 * next step. Pure; no grade is made of it.
 */
import type { KeyOrigin, KeySurvey, KeyUse } from '../rules/facts/key-uses.js';
import type { ReportedFinding } from './report.js';

export type Answer = 'yes' | 'no' | 'cannot tell';

/** What an answer rests on. */
export interface Evidence {
  readonly path?: string;
  readonly line?: number;
  readonly says: string;
}

export interface Reference {
  readonly title: string;
  readonly url: string;
}

export interface AuditItem {
  readonly id: string;
  readonly question: string;
  readonly answer: Answer;
  readonly evidence: readonly Evidence[];
  readonly references: readonly Reference[];
  /** What to do next; undefined when there is nothing to do. */
  readonly next: string | undefined;
}

/** One key, with what uses it. */
export interface AuditedKey {
  readonly origin: KeyOrigin;
  readonly name: string | undefined;
  readonly uses: readonly {
    readonly call: string;
    readonly kind: KeyUse['kind'];
    readonly purpose: string | undefined;
    readonly path: string;
    readonly line: number;
  }[];
}

export interface Audit {
  readonly version: string;
  readonly items: readonly AuditItem[];
  readonly keys: readonly AuditedKey[];
}

/** What was found out about a repository. */
export interface AuditMaterial {
  readonly version: string;
  readonly surveys: readonly KeySurvey[];
  /** Line of an offset in a file. */
  lineOf(path: string, offset: number): number;
  /** Of the tree, by all rules; tests and examples are lowered to info. */
  readonly findings: readonly ReportedFinding[];
  /** Packages of all manifests. */
  readonly packages: ReadonlySet<string>;
  /** The directory of the manifest that a file belongs to. */
  packageOf(path: string): string;
  /** Names in templates of env files that dotenv-safe demands. */
  readonly templateNames: readonly { readonly path: string; readonly line: number; readonly name: string }[];
  /** Scripts that name a package of {@link RATE_LIMITERS}. */
  readonly rateLimiters: readonly { readonly path: string; readonly line: number; readonly name: string; readonly aboutLogin: boolean }[];
  /** Which hooks run jwtlint, and the file that says so; undefined outside of git. */
  readonly hooks: readonly { readonly name: string; readonly runs: boolean; readonly place: string }[] | undefined;
  /** Workflow files that run jwtlint. */
  readonly workflows: readonly string[];
  /** Secrets in the history; undefined when it was not looked at. */
  readonly past: readonly ReportedFinding[] | undefined;
}

const RFC8725 = (section: string, title: string): Reference => ({
  title: `RFC 8725, ${section}: ${title}`,
  url: `https://www.rfc-editor.org/rfc/rfc8725#section-${section}`,
});
const OWASP_JWT: Reference = {
  title: 'OWASP: JSON Web Token Cheat Sheet',
  url: 'https://cheatsheetseries.owasp.org/cheatsheets/JSON_Web_Token_for_Java_Cheat_Sheet.html',
};
const OWASP_SECRETS: Reference = {
  title: 'OWASP: Secrets Management Cheat Sheet',
  url: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
};
const OWASP_SESSIONS: Reference = {
  title: 'OWASP: Session Management Cheat Sheet',
  url: 'https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html',
};
const ASVS: Reference = {
  title: 'OWASP ASVS: Self-contained Tokens',
  url: 'https://owasp.org/www-project-application-security-verification-standard/',
};
const NIST: Reference = {
  title: 'NIST SP 800-57, Part 1: Recommendation for Key Management',
  url: 'https://csrc.nist.gov/pubs/sp/800/57/pt1/r5/final',
};

/** Packages that limit how often a route answers. */
export const RATE_LIMITERS: readonly string[] = [
  ...['express-rate-limit', '@fastify/rate-limit', '@nestjs/throttler', 'koa-ratelimit', 'koa2-ratelimit', 'hono-rate-limiter'],
  ...['express-slow-down', 'rate-limiter-flexible', '@upstash/ratelimit', 'express-brute', '@hapi/hapi-rate-limit', 'hapi-rate-limit'],
];

/** Pieces of evidence that are listed for one item. */
const LISTED = 8;

/** Answers all questions. */
export function auditOf(material: AuditMaterial): Audit {
  const survey = new Survey(material);
  return { version: material.version, items: ITEMS.map((item) => item(survey)), keys: survey.keys() };
}

class Survey {
  readonly uses: readonly KeyUse[];
  readonly signs: readonly KeyUse[];
  readonly verifies: readonly KeyUse[];

  constructor(readonly material: AuditMaterial) {
    this.uses = material.surveys.flatMap(({ uses }) => uses);
    this.signs = this.uses.filter(({ kind }) => kind === 'sign');
    this.verifies = this.uses.filter(({ algorithms, kind }) => kind === 'verify' || algorithms !== 'none');
  }

  at(use: KeyUse, says: string): Evidence {
    return { path: use.place.path, line: this.material.lineOf(use.place.path, use.place.start), says: `${callOf(use)}: ${says}` };
  }

  place(place: { readonly path: string; readonly start: number }, says: string): Evidence {
    return { path: place.path, line: this.material.lineOf(place.path, place.start), says };
  }

  /** Lengths that are demanded of variables. */
  lengths(): readonly Evidence[] {
    const names = this.uses.flatMap((use) => use.sources.flatMap(({ name }) => (name === undefined ? [] : [{ use, name }])));
    return distinct(names.flatMap(({ use, name }) => this.demandOf(use, name)?.evidence ?? [])).filter(({ says }) =>
      says.includes('characters'),
    );
  }

  /** Where the package of a call stops without a variable. */
  demandOf({ place: { path } }: KeyUse, name: string): { readonly evidence: Evidence; readonly isLate: boolean } | undefined {
    const { surveys, packageOf, templateNames } = this.material;
    const all = surveys
      .flatMap(({ demands }) => demands.filter((each) => each.name === name))
      .sort((one, other) => Number(one.isLate) - Number(other.isLate));
    // What another package demands counts where this file imports it.
    const demand =
      all.find(({ place }) => packageOf(place.path) === packageOf(path)) ??
      (surveys.some((each) => each.path === path && each.checked.includes(name)) ? all[0] : undefined);
    if (demand) {
      const length = (demand.least ?? 0) > 1 ? `, with ${String(demand.least)} characters at least` : '';
      const late = demand.isLate ? ' in a function, which may be called long after the start' : '';
      return { evidence: this.place(demand.place, `${name} is demanded${late}${length}`), isLate: demand.isLate };
    }
    const template = templateNames.find((each) => each.name === name && packageOf(each.path) === packageOf(path));
    if (!template) return undefined;
    return { evidence: { path: template.path, line: template.line, says: `${name} is demanded by dotenv-safe` }, isLate: false };
  }

  /** Findings of rules that hold in what runs. */
  found(...rules: readonly string[]): readonly Evidence[] {
    return this.material.findings
      .filter(({ ruleId, level, also }) => level !== 'info' && (rules.includes(ruleId) || also.some((id) => rules.includes(id))))
      .map(({ location, message }) => ({ path: location.path, line: location.startLine, says: message }));
  }

  keys(): readonly AuditedKey[] {
    const keys = new Map<string, { key: AuditedKey; uses: AuditedKey['uses'][number][] }>();
    for (const use of this.uses) {
      for (const { origin, name } of use.sources) {
        const id = `${origin}\0${name ?? ''}`;
        const known = keys.get(id) ?? { key: { origin, name, uses: [] }, uses: [] };
        keys.set(id, known);
        const { path, start } = use.place;
        known.uses.push({ call: callOf(use), kind: use.kind, purpose: use.purpose, path, line: this.material.lineOf(path, start) });
      }
    }
    return [...keys.values()].map(({ key, uses }) => ({ ...key, uses }));
  }
}

function callOf({ package: name, api }: KeyUse): string {
  return `${name} ${api || 'middleware'}`;
}

type Item = (survey: Survey) => AuditItem;

function answered(
  id: string,
  question: string,
  references: readonly Reference[],
  { answer, evidence, next }: Pick<AuditItem, 'answer' | 'evidence'> & { readonly next?: string },
): AuditItem {
  const more = evidence.length - LISTED;
  const listed = more > 0 ? [...evidence.slice(0, LISTED), { says: `and ${String(more)} more` }] : evidence;
  return { id, question, answer, evidence: listed, references, next: answer === 'yes' ? undefined : next };
}

/** No when something speaks against it, yes when something speaks for it and nothing is left open. */
function decide(
  against: readonly Evidence[],
  open: readonly Evidence[],
  support: readonly Evidence[],
): Pick<AuditItem, 'answer' | 'evidence'> {
  if (against.length > 0) return { answer: 'no', evidence: against };
  if (open.length > 0 || support.length === 0) return { answer: 'cannot tell', evidence: open };
  return { answer: 'yes', evidence: support };
}

const VARIABLE = /^[A-Z][A-Z0-9_]*$/;

const ORIGIN_WORDS: Readonly<Record<KeyOrigin, string>> = {
  literal: 'a literal in the code',
  environment: 'the environment',
  configuration: 'configuration',
  file: 'a file',
  'secret manager': 'a secret manager',
  'key management service': 'a key management service or HSM',
  'certificate store': 'a certificate store',
  JWKS: 'a key set (JWKS)',
  generator: 'drawn when the program starts',
  unknown: 'reading the code does not tell',
};

const ITEMS: readonly Item[] = [
  (survey) => {
    const each = survey.uses.flatMap((use) =>
      use.sources.map(({ origin, name, standsIn }) => ({
        bad: origin === 'literal' || standsIn,
        open: origin === 'unknown',
        evidence: survey.at(
          use,
          `${ORIGIN_WORDS[origin]}${name === undefined ? '' : ` (${name})`}${standsIn ? ', with a literal that stands in' : ''}`,
        ),
      })),
    );
    const files = survey.found('no-hardcoded-secret', 'no-secret-fallback', 'no-committed-env', 'no-private-key');
    const against = distinct([...files, ...each.filter(({ bad }) => bad).map(({ evidence }) => evidence)]);
    return answered(
      'outside-the-code',
      'Does every key come from outside the repository?',
      [RFC8725('3.5', 'Ensure Cryptographic Keys Have Sufficient Entropy'), OWASP_SECRETS],
      {
        ...decide(
          against,
          each.filter(({ open }) => open).map(({ evidence }) => evidence),
          each.map(({ evidence }) => evidence),
        ),
        next:
          against.length > 0
            ? 'jwtlint fix takes literals out; replace the values: they count as leaked.'
            : 'Say where these keys come from, or name your own getters in the configuration (secretSources).',
      },
    );
  },
  (survey) => {
    const against = survey.found('no-weak-secret', 'min-key-size', 'no-predictable-secret', 'no-stringified-secret');
    return answered(
      'strength',
      'Are the keys strong enough for their algorithms?',
      [{ title: 'RFC 7518, 3.2: HMAC with SHA-2 Functions', url: 'https://www.rfc-editor.org/rfc/rfc7518#section-3.2' }, NIST],
      {
        answer: against.length > 0 ? 'no' : 'cannot tell',
        evidence:
          against.length > 0
            ? against
            : [{ says: 'no weak key is in sight; values that are kept elsewhere are not seen' }, ...survey.lengths()],
        next:
          against.length > 0
            ? 'jwtlint generate makes strong ones.'
            : 'Check the values where they are kept: at least 32, 48 or 64 random bytes for HS256, HS384 or HS512. jwtlint .env looks at a file of them.',
      },
    );
  },
  (survey) => {
    const against = survey.found('no-shared-secret');
    const purposes = new Map<string, Set<string>>();
    for (const { purpose, sources } of survey.signs)
      if (purpose !== undefined)
        for (const { name } of sources) if (name !== undefined) purposes.set(purpose, (purposes.get(purpose) ?? new Set()).add(name));
    const named = [...purposes.values()].flatMap((names) => [...names]);
    // What two purposes call alike may be one key, or two.
    const support =
      purposes.size > 1 && new Set(named).size === named.length
        ? [...purposes].map(([purpose, names]) => ({ says: `${purpose} tokens: ${[...names].join(', ')}` }))
        : [];
    return answered(
      'separation',
      'Has every purpose and every environment a key of its own?',
      [RFC8725('3.12', 'Use Mutually Exclusive Validation Rules for Different Kinds of JWTs'), NIST],
      {
        ...decide(against, [], support),
        next:
          against.length > 0
            ? 'Draw one for each: jwtlint generate --env NAME… --for development,production'
            : 'Compare the values of your environments; one kind of token alone needs no second key.',
      },
    );
  },
  (survey) => {
    const { surveys } = survey.material;
    const variables = survey.uses.flatMap((use) =>
      use.sources.flatMap(({ origin, name, standsIn }) =>
        name !== undefined && (origin === 'environment' || (origin === 'configuration' && VARIABLE.test(name)))
          ? [{ use, name, standsIn }]
          : [],
      ),
    );
    const support: Evidence[] = [];
    const open: Evidence[] = [];
    const against = [...survey.found('require-secret-check')];
    for (const { use, name, standsIn } of variables) {
      const demand = survey.demandOf(use, name);
      const isChecked = surveys.some(({ path, checked }) => path === use.place.path && checked.includes(name));
      if (demand) (demand.isLate ? open : support).push(demand.evidence);
      else if (standsIn) against.push(survey.at(use, `${name} is replaced by a literal when it is missing`));
      else
        open.push(
          survey.at(use, `${name} is ${isChecked ? 'checked, and may be missing all the same' : 'demanded nowhere that this could see'}`),
        );
    }
    return answered('start-up', 'Does the service refuse to start without its keys?', [OWASP_SECRETS], {
      ...decide(distinct(against), distinct(open), distinct(support)),
      next: 'Check each variable once when the program starts, and throw when it is missing: jwtlint fix does it where it can.',
    });
  },
  (survey) => {
    const against = survey.verifies.filter(({ algorithms }) => algorithms === 'absent').map((use) => survey.at(use, 'names no algorithms'));
    const faults = survey.found('no-none-algorithm', 'no-algorithm-confusion', 'no-misspelled-option');
    const open = survey.verifies
      .filter(({ algorithms }) => algorithms === 'unknown')
      .map((use) => survey.at(use, 'its options could not be seen'));
    const support = survey.verifies
      .filter(({ algorithms }) => algorithms === 'given' || algorithms === 'required' || algorithms === 'fixed')
      .map((use) =>
        survey.at(
          use,
          use.algorithmNames.length > 0
            ? use.algorithmNames.join(', ')
            : use.algorithms === 'fixed'
              ? 'the library takes one alone'
              : 'the library demands them',
        ),
      );
    return answered('algorithms', 'Does every verification pin its algorithms?', [RFC8725('3.1', 'Perform Algorithm Verification'), ASVS], {
      ...decide(distinct([...faults, ...against]), open, support),
      next: 'Add algorithms: [...] with exactly the one that signs these tokens.',
    });
  },
  (survey) => {
    const against = distinct([
      ...survey.signs.filter(({ expires }) => expires === false).map((use) => survey.at(use, 'its tokens never end')),
      ...survey.found('no-ignored-expiration', 'no-ambiguous-expiration', 'require-expiration'),
    ]);
    const open = survey.signs
      .filter(({ expires }) => expires === undefined)
      .map((use) => survey.at(use, 'its options or claims could not be seen'));
    const support = survey.signs.filter(({ expires }) => expires === true).map((use) => survey.at(use, 'its tokens end'));
    return answered(
      'expiry',
      'Do all tokens end, and is their end checked?',
      [{ title: 'RFC 7519, 4.1.4: "exp" (Expiration Time) Claim', url: 'https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4' }, OWASP_JWT],
      {
        ...decide(against, open, support),
        next: 'Give every token an expiry of minutes to hours, and leave its check on.',
      },
    );
  },
  (survey) => {
    const refresh = survey.signs.filter(({ purpose }) => purpose === 'refresh').map((use) => survey.at(use, 'signs refresh tokens'));
    return answered('refresh', 'Are sessions renewed by refresh tokens of their own?', [OWASP_JWT, OWASP_SESSIONS], {
      answer: refresh.length > 0 ? 'yes' : 'cannot tell',
      evidence: refresh,
      next: 'If access tokens are short-lived, renew them by a token of another kind with a key of its own.',
    });
  },
  (survey) => {
    const asked = survey.verifies.filter(({ claims }) => claims !== undefined);
    const open = survey.verifies
      .filter(({ claims }) => claims === undefined)
      .map((use) => survey.at(use, 'reading its call does not tell'));
    return answered(
      'claims',
      'Does every verification demand issuer or audience?',
      [RFC8725('3.8', 'Validate Issuer and Subject'), RFC8725('3.9', 'Use and Validate Audience')],
      {
        ...decide(
          asked.filter(({ claims }) => claims === false).map((use) => survey.at(use, 'demands neither')),
          open,
          asked.map((use) => survey.at(use, 'demands one')),
        ),
        next: 'Set issuer and audience where you sign, and demand them where you verify. A service that shares its key with nobody can do without.',
      },
    );
  },
  (survey) => {
    const support: Evidence[] = [];
    const open: Evidence[] = [];
    const against: Evidence[] = [];
    const reads = new Set(survey.material.surveys.flatMap((each) => each.reads));
    for (const use of survey.verifies) {
      const { sources, kid, place } = use;
      const names = sources.flatMap(({ name }) => name ?? []);
      const own = survey.material.surveys.find(({ path }) => path === place.path)?.reads ?? [];
      const previous =
        names.flatMap((name) => [`${name}_PREVIOUS`, `${name}_OLD`]).find((name) => reads.has(name)) ??
        own.find((name) => /_(?:PREVIOUS|OLD)$/.test(name));
      const isKnown = sources.some(({ origin }) => /^(?:literal|environment|configuration|file)$/.test(origin));
      if (sources.some(({ origin }) => origin === 'JWKS')) support.push(survey.at(use, 'takes its keys from a key set'));
      else if (kid) support.push(survey.at(use, 'finds its key by kid'));
      else if (previous !== undefined) support.push(survey.at(use, `its code reads ${previous}, too`));
      else if (isKnown) against.push(survey.at(use, `takes ${names.length > 0 ? names.join(', ') : 'one key'} alone`));
      else open.push(survey.at(use, 'reading the code does not tell which keys it takes'));
    }
    return answered('rotation', 'Can a key be replaced while tokens of the old one are out?', [NIST, OWASP_SECRETS], {
      ...decide(against, open, support),
      next: 'Verify with the current and with the previous key, or by kid from a key set: jwtlint rotate says where.',
    });
  },
  (survey) => {
    const { rateLimiters, packages } = survey.material;
    const used = rateLimiters.map(({ path, line, name, aboutLogin }) => ({
      path,
      line,
      says: `uses ${name}${aboutLogin ? '' : ', for other routes as it seems'}`,
    }));
    const named = RATE_LIMITERS.filter((name) => packages.has(name)).map((name) => ({ says: `${name} is among the dependencies` }));
    return answered(
      'rate-limits',
      'Are the routes that hand out tokens rate-limited?',
      [
        {
          title: 'OWASP: Authentication Cheat Sheet',
          url: 'https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html',
        },
      ],
      {
        answer: rateLimiters.some(({ aboutLogin }) => aboutLogin) ? 'yes' : 'cannot tell',
        evidence: used.length > 0 ? used : named,
        next: 'If nothing before the service limits these routes, limit them here.',
      },
    );
  },
  (survey) => {
    const caught = survey.verifies.filter(({ logged }) => logged !== undefined);
    return answered(
      'logging',
      'Are failed verifications logged?',
      [{ title: 'OWASP: Logging Cheat Sheet', url: 'https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html' }],
      {
        ...decide(
          caught.filter(({ logged }) => logged === false).map((use) => survey.at(use, 'its failure is caught and not logged')),
          survey.verifies.filter(({ logged }) => logged === undefined).map((use) => survey.at(use, 'its failure ends elsewhere')),
          caught.map((use) => survey.at(use, 'its failure is logged')),
        ),
        next: 'Log that a token was refused, why, and for whom; never the token.',
      },
    );
  },
  (survey) => {
    const support = survey.material.surveys.flatMap(({ signs }) =>
      signs.revocation ? [survey.place(signs.revocation, 'speaks of revocation')] : [],
    );
    return answered('revocation', 'Can a token be taken back before it ends?', [OWASP_JWT, ASVS], {
      answer: support.length > 0 ? 'yes' : survey.signs.length > 0 ? 'no' : 'cannot tell',
      evidence:
        support.length === 0 && survey.signs.length > 0 ? [{ says: 'no jti, denylist or version of a token is in sight' }] : support,
      next: 'Keep a denylist by jti until each token ends, or a version of the user in the token; or keep tokens so short-lived that it does not matter.',
    });
  },
  (survey) => {
    const { surveys } = survey.material;
    const against = distinct([
      ...surveys.flatMap(({ signs }) =>
        signs.storage ? [survey.place(signs.storage, 'puts a token into the storage of the browser')] : [],
      ),
      ...survey.found('no-token-in-storage', 'no-token-in-url'),
    ]);
    const support = surveys.flatMap(({ signs }) =>
      signs.httpOnly ? [survey.place(signs.httpOnly, 'sets a cookie that scripts cannot read')] : [],
    );
    return answered('browser', 'Are tokens kept where scripts of a page cannot read them?', [OWASP_SESSIONS], {
      ...decide(against, [], support),
      next: 'Hand tokens to browsers in cookies: httpOnly, secure, sameSite.',
    });
  },
  ({ material: { hooks } }) =>
    answered('hook', 'Does a hook keep secrets from being committed?', [OWASP_SECRETS], {
      answer: hooks === undefined ? 'cannot tell' : hooks.some(({ name, runs }) => name === 'pre-commit' && runs) ? 'yes' : 'no',
      evidence: (hooks ?? []).filter(({ runs }) => runs).map(({ name, place }) => ({ path: place, says: `${name} runs jwtlint` })),
      next: 'npx jwtlint init sets it up; npx jwtlint doctor proves it.',
    }),
  ({ material: { workflows } }) =>
    answered('ci', 'Does CI look for secrets too?', [OWASP_SECRETS], {
      answer: workflows.length > 0 ? 'yes' : 'no',
      evidence: workflows.map((path) => ({ path, says: 'runs jwtlint' })),
      next: 'npx jwtlint init adds a step; anybody can leave a hook out.',
    }),
  ({ material: { past } }) =>
    answered('history', 'Is the history free of secrets?', [OWASP_SECRETS], {
      answer: past === undefined ? 'cannot tell' : past.length > 0 ? 'no' : 'yes',
      evidence:
        past === undefined
          ? []
          : past.length > 0
            ? past.map(({ location, message, past: at }) => ({
                path: location.path,
                line: location.startLine,
                says: `${message}${at ? ` (commit ${at.commit.slice(0, 10)})` : ''}`,
              }))
            : [{ says: 'no secret was ever committed' }],
      next:
        past === undefined
          ? 'jwtlint audit --history looks; it takes longer.'
          : 'Replace each of them where it is in use; rewriting the history is optional, since whoever has a clone has it.',
    }),
];

function distinct(evidence: readonly Evidence[]): readonly Evidence[] {
  const seen = new Set<string>();
  return evidence.filter(({ path, line, says }) => {
    const key = `${path ?? ''}\0${String(line)}\0${says}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
