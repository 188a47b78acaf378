/** Errors that end a run with a clear sentence and an exit status. Anything else that is thrown is a fault of jwtlint itself. */

/** Exit statuses of the command line. */
export const EXIT = { clean: 0, findings: 1, failed: 2, interrupted: 130 } as const;

/** Stable codes, for tests and scripts. */
export type ErrorCode =
  | 'usage'
  | 'config'
  | 'path-not-found'
  | 'git-missing'
  | 'git-failed'
  | 'not-a-repository'
  | 'unknown-revision'
  | 'output'
  | 'rule-failed'
  | 'baseline';

/** The job could not be done: says what, where and what to do; exit status 2. */
export class JwtlintError extends Error {
  override readonly name = 'JwtlintError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    /** A further line: what to do about it. */
    readonly hint?: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
