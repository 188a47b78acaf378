/** Signatures that are tried in one run, to find which secret signed which token: a thousand tokens with a hundred secrets take less than a second. */
export const MOST_TRIES = 100_000;
