/** Values whose form says who handed them out, whatever they are called. */

/**
 * Beginnings of credentials: Stripe and Paystack, Svix, GitHub, GitLab, npm, Slack, SendGrid, AWS, Google, OpenAI and Anthropic,
 * as their documentation has them.
 */
const BEGINNING =
  /^(?:(?:sk|pk|rk)_(?:test|live)_|whsec_|gh[opsur]_|github_pat_|glpat-|npm_|xox[abpr]-|SG\.|A(?:KIA|SIA)[A-Z0-9]{12}|AIza|sk-(?:proj-|ant-))/;

/** True for another service's credential: under a name as plain as `SECRET` it is not ours to sign with. */
export function isVendorCredential(value: string): boolean {
  return BEGINNING.test(value);
}
