/** Settings files: which paths are settings, and their values with exact positions, whatever the format. */
import type { Settings, SettingsEntry, SettingsFormat, Span } from '../../../rules/contract.js';
import { isEnvFile, isEnvTemplate } from '../../../rules/facts/env-files.js';
import { deploymentRole, withVariables } from './deployment.js';

/** What the name of a file says about it. */
export interface SettingsKind {
  readonly format: SettingsFormat;
  readonly role: Settings['role'];
}

/** A settings file as rules see it. */
export interface SettingsFile extends SettingsKind {
  readonly entries: readonly SettingsEntry[];
  readonly comments: readonly Span[];
  /**
   * Why the file was not read to its end, as the rest of a sentence about it (`does not parse at line 3`); the entries
   * before the fault are there. Never holds anything of the file.
   */
  readonly failed: string | undefined;
}

/** Manifests and lockfiles: they say what a program is made of, and hold hashes that look like secrets. */
const MANIFEST =
  /^(?:package|composer|bower|jsr|deno|(?:ts|js)config(?:[.-].{1,60})?|\.?package-lock|packages\.lock|npm-shrinkwrap)\.jsonc?$|^pnpm-lock\.ya?ml$|^(?:pyproject|Cargo|Pipfile|bunfig|netlify-plugin)\.toml$/;

/** Files that a shell reads when it starts. */
const SHELL_STARTUP = /^\.(?:bashrc|bash_profile|bash_login|profile|zshrc|zshenv|zprofile)$/;

const DOCKERFILE = /^(?:Dockerfile|Containerfile)(?:\.[\w.-]{1,60})?$|\.(?:dockerfile|containerfile)$/i;

/** True for the names of files that say how an image is built. */
export function isDockerfile(baseName: string): boolean {
  return DOCKERFILE.test(baseName) && !baseName.endsWith('.dockerignore');
}

const COMPOSE_NAME = /^(?:docker-)?compose[^/]{0,100}\.ya?ml$/;

const CI_PATH =
  /(?:^|\/)(?:\.(?:github|gitea|forgejo)\/workflows\/[^/]{1,200}|\.gitlab-ci|\.travis|\.drone|\.woodpecker|\.circleci\/config|appveyor|azure-pipelines|bitbucket-pipelines)\.ya?ml$/;

/** Tells from a path alone whether it is a settings file; undefined when it is not, which lockfiles and most manifests are not either. */
export function settingsFormat(path: string): SettingsKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'package.json') return { format: 'json', role: 'manifest' };
  switch (name.slice(name.lastIndexOf('.') + 1).toLowerCase()) {
    case 'json':
    case 'jsonc':
    case 'json5':
      return MANIFEST.test(name) ? undefined : { format: 'json', role: 'config' };
    case 'yml':
    case 'yaml':
      if (MANIFEST.test(name)) return undefined;
      return { format: 'yaml', role: COMPOSE_NAME.test(name) ? 'compose' : CI_PATH.test(path) ? 'ci' : 'config' };
    case 'toml':
      return MANIFEST.test(name) ? undefined : { format: 'toml', role: 'config' };
    case 'properties':
      return { format: 'properties', role: 'config' };
    case 'ini':
    case 'cfg':
      return { format: 'ini', role: 'config' };
    case 'tf':
    case 'tfvars':
    case 'hcl':
      return { format: 'hcl', role: 'config' };
    case 'http':
    case 'rest':
      return { format: 'http', role: 'config' };
    case 'md':
    case 'mdx':
    case 'markdown':
      return { format: 'markdown', role: 'config' };
    case 'sh':
    case 'bash':
    case 'zsh':
    case 'envrc':
      return { format: 'shell', role: 'commands' };
    default:
      if (SHELL_STARTUP.test(name)) return { format: 'shell', role: 'commands' };
      if (isDockerfile(name)) return { format: 'dockerfile', role: 'commands' };
      if (isEnvTemplate(name)) return { format: 'dotenv', role: 'env-example' };
      return isEnvFile(name) ? { format: 'dotenv', role: 'env' } : undefined;
  }
}

/**
 * Reads a settings file, or a manifest in JSON. Parsers are loaded when the first file of their format comes. What a
 * file is by its name may be told better by its content.
 */
export async function readSettings(path: string, text: string): Promise<SettingsFile> {
  return readAs(settingsFormat(path) ?? { format: 'json', role: 'manifest' }, text);
}

const CAPITALS = /^[A-Z][A-Z0-9_]*$/;

async function readAs({ format, role }: SettingsKind, text: string): Promise<SettingsFile> {
  switch (format) {
    case 'dotenv': {
      const { readDotenv } = await import('./dotenv.js');
      return { format, role, ...readDotenv(text) };
    }
    case 'json': {
      const { readJson } = await import('./json.js');
      const { entries, ...rest } = readJson(text);
      return { format, ...inDeployment(role, [entries], text), ...rest };
    }
    case 'toml': {
      const { readToml } = await import('./toml.js');
      return { format, role, ...readToml(text) };
    }
    case 'properties':
    case 'ini': {
      const { readIni, readProperties } = await import('./ini.js');
      return { format, role, ...(format === 'ini' ? readIni(text) : readProperties(text)) };
    }
    case 'hcl': {
      const { readHcl } = await import('./hcl.js');
      return { format, role, ...readHcl(text) };
    }
    case 'shell':
    case 'dockerfile': {
      const { readDockerfile, readShell } = await import('./shell.js');
      return { format, role, ...(format === 'shell' ? readShell(text) : readDockerfile(text)) };
    }
    case 'http': {
      const { readHttp } = await import('./http.js');
      return { format, role, ...readHttp(text) };
    }
    case 'markdown': {
      const { readFences } = await import('./markdown.js');
      const { fences, comments } = readFences(text);
      const entries: SettingsEntry[] = [];
      for (const fence of fences) {
        // Examples leave out what does not matter: what cannot be read to its end is no fault.
        const shown = await readAs({ format: fence.format, role: 'config' }, text.slice(fence.start, fence.end));
        const moved = ({ start, end }: Span): Span => ({ start: fence.start + start, end: fence.start + end });
        for (const entry of shown.entries) {
          // Other names are those of a script for itself.
          if ((fence.format === 'shell' || fence.format === 'dockerfile') && !CAPITALS.test(entry.key[0]!)) continue;
          entries.push({ ...entry, span: moved(entry.span), keySpan: moved(entry.keySpan) });
        }
      }
      return { format, role, entries, comments, failed: undefined };
    }
    case 'yaml': {
      const { readYaml } = await import('./yaml.js');
      const { documents, ...rest } = readYaml(text);
      return { format, ...inDeployment(role, documents, text), ...rest };
    }
  }
}

/** The entries of a file's documents with the variables of deployments taken out, and what the content says of the file. */
export function inDeployment(
  role: Settings['role'],
  documents: readonly (readonly SettingsEntry[])[],
  text: string,
): Pick<SettingsFile, 'role' | 'entries'> {
  const told = role === 'config' ? documents.map(deploymentRole).find((found) => found !== undefined) : undefined;
  return { role: told ?? role, entries: documents.flatMap((document) => withVariables(document, text)) };
}
