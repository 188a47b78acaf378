/** What only the analysis of a file needs, loaded together: for most commits none of it is. */
export { RULES } from '../rules/index.js';
export { createCrypto, randomSalt } from './crypto.js';
export { Inspection } from './inspect.js';
