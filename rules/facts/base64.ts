/** Base64 and base64url (RFC 4648, 4 and 5), without padding. */

/** Bytes in so many characters; undefined when no bytes give that length. */
export function bytesIn(characters: number): number | undefined {
  return characters % 4 === 1 ? undefined : Math.floor((characters * 3) / 4);
}

/** Decodes either alphabet, without padding, to a string of bytes. */
export function latin1Of(encoded: string): string | undefined {
  if (bytesIn(encoded.length) === undefined) return undefined;
  return atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
}
