/** Base64 and base64url (RFC 4648, 4 and 5), without padding, and text that is hidden in them or in hex. */

/** Bytes in so many characters; undefined when no bytes give that length. */
export function bytesIn(characters: number): number | undefined {
  return characters % 4 === 1 ? undefined : Math.floor((characters * 3) / 4);
}

/** Decodes either alphabet, without padding, to a string of bytes. */
export function latin1Of(encoded: string): string | undefined {
  if (bytesIn(encoded.length) === undefined) return undefined;
  return atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
}

/** Decodes base64 to bytes, with or without padding. */
export function bytesOf(encoded: string): Uint8Array | undefined {
  const text = latin1Of(encoded.replace(/=+$/, ''));
  return text === undefined ? undefined : Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Shorter texts are words of their own as often as not. */
const SHORTEST_ENCODED = 8;

/** The text that somebody wrote in base64 or hex; undefined when what is behind it is no text, as of bytes that were drawn. */
export function encodedText(value: string): string | undefined {
  if (value.length < SHORTEST_ENCODED) return undefined;
  const decoded =
    value.length % 2 === 0 && /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(value)
      ? value.replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16)))
      : /^[\w+/-]+={0,2}$/.test(value)
        ? latin1Of(value.replace(/=+$/, ''))
        : undefined;
  return decoded !== undefined && /^[\x20-\x7e]+$/.test(decoded) ? decoded : undefined;
}
