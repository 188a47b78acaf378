/** Reads of environment variables that build tools copy into the browser's code. */
import type { Script } from '../contract.js';
import { environmentReadsOf, type EnvironmentRead } from './environment-reads.js';
import { publicPrefixOf } from './names.js';

/** What every such name holds: most scripts are not walked for it. */
const MARKS = /PUBLIC_|VITE_|REACT_APP_|GATSBY_|VUE_APP_|STORYBOOK_/;

/** The reads of a script, in source order. */
export function publicReadsOf(script: Script): readonly EnvironmentRead[] {
  return MARKS.test(script.text) ? environmentReadsOf(script, (name) => publicPrefixOf(name) !== undefined) : [];
}
