/** The licences of what is bundled into dist/, from the modules that the bundle really holds. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages that are published without the text of their licence, and the text. */
const TEXTS = { '@humanwhocodes/momoa': 'scripts/licences/Apache-2.0.txt', 'locate-character': 'scripts/licences/MIT.txt' };

const PACKAGE = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;

/**
 * The text of THIRD-PARTY-NOTICES.md.
 *
 * @param {Iterable<string>} modules ids (paths) of the bundle's modules
 * @throws when a package has no licence text: it may not be shipped then
 */
export function thirdPartyNotices(modules) {
  const directories = new Set([...modules].map((id) => PACKAGE.exec(id)?.[0]).filter((directory) => directory !== undefined));
  const sections = [...directories].map((directory) => {
    const { name, version, license, author } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    const own = readdirSync(directory).find((entry) => /^licen[cs]e(?:\.\w+)?$/i.test(entry));
    const file = own ? join(directory, own) : TEXTS[name];
    if (!file) throw new Error(`${name} is bundled and has no licence text.`);
    const by = own ? '' : `By ${typeof author === 'object' ? author.name : author}.\n\n`;
    const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim();
    return `## ${name} ${version} (${license})\n\n${by}\`\`\`text\n${text}\n\`\`\`\n`;
  });
  return `# Third-party notices\n\nThe files in dist/ hold code of these packages.\n\n${sections.sort().join('\n')}`;
}
