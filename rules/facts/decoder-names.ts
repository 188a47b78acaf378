/** Names under which functions that decode are passed on between files: only these are followed into other files. */
export const PASSED_DECODER =
  /^(?:\w{0,40}decode\w{0,40}|(?:parse|read)\w{0,40}(?:token|jwt)|\w{0,40}(?:header|claims|payload)\w{0,20}(?:token|jwt))$/i;

/** Text that may call one of them: from the word on that every such name holds, since the search runs over whole files. */
export const PASSED_DECODER_CALL =
  /(?:decode\w{0,40}|(?:parse|read)\w{0,40}(?:token|jwt)|(?:header|claims|payload)\w{0,20}(?:token|jwt))\(/i;

/**
 * Of these, in lower case, every such text holds one, and so does every call of a method of what is named so: from there to
 * the parenthesis stand nothing but word characters and at most one dot.
 */
export const PASSED_DECODER_STEMS: readonly string[] = ['decode', 'token', 'jwt'];
