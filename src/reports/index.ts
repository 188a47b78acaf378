/** The report formats by name. Each is one file, loaded when it is asked for. */
import type { Format } from '../report.js';

export const FORMAT_NAMES = [
  'stylish',
  'json',
  'sarif',
  'github',
  'gitlab-secret-detection',
  'gitlab-codequality',
  'junit',
  'checkstyle',
  'markdown',
  'html',
] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];

const LOADERS: Readonly<Record<FormatName, () => Promise<{ readonly format: Format }>>> = {
  stylish: () => import('./stylish.js'),
  json: () => import('./json.js'),
  sarif: () => import('./sarif.js'),
  github: () => import('./github.js'),
  'gitlab-secret-detection': () => import('./gitlab-secret-detection.js'),
  'gitlab-codequality': () => import('./gitlab-codequality.js'),
  junit: () => import('./junit.js'),
  checkstyle: () => import('./checkstyle.js'),
  markdown: () => import('./markdown.js'),
  html: () => import('./html.js'),
};

/** Loads a format. Under `quiet` it is given the errors only, so that `--quiet` means the same in all of them. */
export async function loadFormat(name: FormatName): Promise<Format> {
  const { format } = await LOADERS[name]();
  return (report, options) => {
    if (!options.quiet) return chunks(format(report, options));
    return chunks(format({ ...report, findings: report.findings.filter((finding) => finding.level === 'error') }, options));
  };
}

/** UTF-16 code units of a chunk: what a pipe of Linux holds. */
const CHUNK = 65_536;

/** The same text in pieces that are worth a system call each. */
function* chunks(pieces: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
