/** Text in XML: inert, escaped, and without the characters that XML 1.0 (2.2) does not have. */
import { inert } from '../redact.js';

/** Longest text of one attribute or element. */
const LONGEST = 4096;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** For attributes in double quotes and for content. */
export function escapeXml(text: string, longest = LONGEST): string {
  return inert(text, longest)
    .replace(/[\p{Cs}\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
