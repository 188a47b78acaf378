/** The settings formats of linters, which wait for nobody: their parsers are there from the start. */
import { readDotenv } from './dotenv.js';
import { inDeployment, settingsFormat, type SettingsFile } from './index.js';
import { readJson } from './json.js';
import { readToml } from './toml.js';
import { readYaml } from './yaml.js';

/** Reads an env file, JSON, YAML or TOML; undefined for every other file. */
export function readSettingsAtOnce(path: string, text: string): SettingsFile | undefined {
  const kind = settingsFormat(path);
  switch (kind?.format) {
    case 'dotenv':
      return { ...kind, ...readDotenv(text) };
    case 'json': {
      const { entries, ...rest } = readJson(text);
      return { format: kind.format, ...inDeployment(kind.role, [entries], text), ...rest };
    }
    case 'toml':
      return { ...kind, ...readToml(text) };
    case 'yaml': {
      const { documents, ...rest } = readYaml(text);
      return { format: kind.format, ...inDeployment(kind.role, documents, text), ...rest };
    }
    default:
      return undefined;
  }
}
