/** Tests make repositories of their own; a GIT_DIR or GIT_INDEX_FILE inherited from a hook would lead them into ours. */
export default function setup(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('GIT_')) delete process.env[name];
}
