/** Published faults of packages that sign, verify or decode tokens, with the versions that have them. */

import { compareVersions } from './versions.js';

/** One fault, or several that one update mends. */
export interface Advisory {
  readonly package: string;
  /** Half-open range of versions that have it, as `major.minor.patch`; from the first version where nothing is said. */
  readonly from?: string;
  /** The first version of that line without it. */
  readonly below: string;
  /** CVE numbers. */
  readonly ids: readonly string[];
  /** A clause that completes "in this version ...". */
  readonly fault: string;
  /** The fault is in functions that the packages which bring this one do not call: only who depends on it directly has it. */
  readonly onlyDirect?: true;
}

/** The advisories of the GitHub Advisory Database that are about tokens; the widest range of a package's line stands for all in it. */
export const ADVISORIES: readonly Advisory[] = [
  {
    package: 'jsonwebtoken',
    below: '9.0.0',
    ids: ['CVE-2022-23539', 'CVE-2022-23540', 'CVE-2022-23541'],
    fault: 'a verification without `algorithms` accepts unsigned tokens where its key is missing, and keys of the wrong kind are taken',
  },
  {
    package: 'express-jwt',
    below: '6.0.0',
    ids: ['CVE-2020-15084'],
    fault: 'the token chooses its algorithm unless `algorithms` is given',
  },
  { package: 'jose', below: '2.0.7', ids: ['CVE-2022-36083', 'CVE-2024-28176'], fault: 'one encrypted token can occupy the server' },
  { package: 'jose', from: '3.0.0', below: '4.15.5', ids: ['CVE-2024-28176'], fault: 'one encrypted token can occupy the server' },
  {
    package: 'fast-jwt',
    below: '5.0.6',
    ids: ['CVE-2023-48223', 'CVE-2025-30144'],
    fault: 'a list of issuers in the token passes for the one that is asked for, and a public key may be taken for an HMAC secret',
  },
  {
    package: 'fast-jwt',
    from: '5.0.6',
    below: '6.2.4',
    ids: ['CVE-2026-44351'],
    fault: 'a key function that finds no key lets anybody sign with the empty one',
  },
  { package: 'jwt-simple', below: '0.5.3', ids: ['CVE-2016-10555'], fault: 'the token chooses its algorithm' },
  {
    package: 'jws',
    below: '3.2.3',
    ids: ['CVE-2025-65945'],
    fault: 'streamed HMAC signatures may be checked against the wrong secret',
    onlyDirect: true,
  },
  {
    package: 'jws',
    from: '4.0.0',
    below: '4.0.1',
    ids: ['CVE-2025-65945'],
    fault: 'streamed HMAC signatures may be checked against the wrong secret',
    onlyDirect: true,
  },
  { package: 'json-web-token', below: '4.0.0', ids: ['CVE-2023-48238'], fault: 'the token chooses its algorithm' },
  { package: 'node-jose', below: '0.11.0', ids: ['CVE-2018-0114'], fault: 'a key that the token brings along verifies it' },
  { package: 'node-jose', from: '0.11.0', below: '2.2.0', ids: ['CVE-2023-25653'], fault: 'one token can occupy the server for good' },
  {
    package: 'jsrsasign',
    below: '10.5.25',
    ids: ['CVE-2022-25898'],
    fault: 'signatures with characters that do not belong there are accepted',
  },
  {
    package: 'next-auth',
    from: '4.0.0',
    below: '4.24.5',
    ids: ['CVE-2023-48309'],
    fault: 'a token of another step of the sign-in passes for a session',
  },
];

/** The advisory about a version of a package. */
export function advisoryOf(name: string, version: string): Advisory | undefined {
  return ADVISORIES.find(
    (each) =>
      each.package === name &&
      compareVersions(version, each.below) < 0 &&
      (each.from === undefined || compareVersions(version, each.from) >= 0),
  );
}
