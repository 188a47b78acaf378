/** Version of this jwtlint; the build puts package.json's in place of the development mark. */
declare const JWTLINT_VERSION: string | undefined;
export const VERSION: string = typeof JWTLINT_VERSION === 'string' ? JWTLINT_VERSION : '0.0.0-development';
