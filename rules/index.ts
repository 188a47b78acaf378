/** The list of rules, one line each. test/conventions.test.ts holds it true to the files beside it. */
import type { Rule } from './contract.js';
import maxTokenLifetime from './max-token-lifetime.js';
import minKeySize from './min-key-size.js';
import noAlgorithmConfusion from './no-algorithm-confusion.js';
import noAmbiguousExpiration from './no-ambiguous-expiration.js';
import noCommittedEnv from './no-committed-env.js';
import noCommittedToken from './no-committed-token.js';
import noEnvDrift from './no-env-drift.js';
import noFailOpen from './no-fail-open.js';
import noHardcodedSecret from './no-hardcoded-secret.js';
import noIgnoredExpiration from './no-ignored-expiration.js';
import noMisspelledOption from './no-misspelled-option.js';
import noNoneAlgorithm from './no-none-algorithm.js';
import noOutdatedLibrary from './no-outdated-library.js';
import noPredictableSecret from './no-predictable-secret.js';
import noPrivateKey from './no-private-key.js';
import noPublicSecret from './no-public-secret.js';
import noSecretFallback from './no-secret-fallback.js';
import noSecretLogging from './no-secret-logging.js';
import noSensitivePayload from './no-sensitive-payload.js';
import noSharedSecret from './no-shared-secret.js';
import noStringifiedSecret from './no-stringified-secret.js';
import noTokenInStorage from './no-token-in-storage.js';
import noTokenInUrl from './no-token-in-url.js';
import noUntrustedKey from './no-untrusted-key.js';
import noUnverifiedDecode from './no-unverified-decode.js';
import noWeakSecret from './no-weak-secret.js';
import requireAlgorithms from './require-algorithms.js';
import requireClaims from './require-claims.js';
import requireExpiration from './require-expiration.js';
import requireGitignore from './require-gitignore.js';
import requireSecretCheck from './require-secret-check.js';

export const RULES: readonly Rule[] = [
  maxTokenLifetime,
  minKeySize,
  noAlgorithmConfusion,
  noAmbiguousExpiration,
  noCommittedEnv,
  noCommittedToken,
  noEnvDrift,
  noFailOpen,
  noHardcodedSecret,
  noIgnoredExpiration,
  noMisspelledOption,
  noNoneAlgorithm,
  noOutdatedLibrary,
  noPredictableSecret,
  noPrivateKey,
  noPublicSecret,
  noSecretFallback,
  noSecretLogging,
  noSensitivePayload,
  noSharedSecret,
  noStringifiedSecret,
  noTokenInStorage,
  noTokenInUrl,
  noUntrustedKey,
  noUnverifiedDecode,
  noWeakSecret,
  requireAlgorithms,
  requireClaims,
  requireExpiration,
  requireGitignore,
  requireSecretCheck,
] as readonly Rule[];
