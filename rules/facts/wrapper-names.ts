const ACTS = 'sign|verif|creat|generat|issu|mak|build|encod|check|valid|auth';
const ROLES = 'service|manager|helper|middleware|guard|strategy|provider|client|factory|util';

/** Names of functions and classes that wrap a library's calls: only these are followed into other files for what they hand on. */
export const WRAPPER = new RegExp(
  `^(?:\\w{0,40}(?:${ACTS})\\w{0,40}(?:token|jwt)\\w{0,20}|\\w{0,20}(?:token|jwt)\\w{0,40}(?:${ACTS}|${ROLES})\\w{0,20})$`,
  'i',
);

/** Text that may call one of them, or a method of such an object, with something. */
export const WRAPPER_CALL = new RegExp(
  `(?:(?:${ACTS})\\w{0,40}(?:token|jwt)\\w{0,20}|(?:token|jwt)\\w{0,40}(?:${ACTS}|${ROLES})\\w{0,20})(?:\\.\\w{1,40})?\\(\\s{0,80}[^)\\s]`,
  'i',
);
