/** What `jwtlint --help` prints: one screen of 80 columns. Loaded only then. */
export const HELP = `jwtlint finds the secrets behind JSON Web Tokens in code and configuration,
and code that verifies tokens badly.

  jwtlint [scan] [paths…]       scan files, directories or globs (default: .)
  jwtlint --staged              scan what is about to be committed (git hooks)
  jwtlint --stdin --stdin-filename NAME

  -f, --format FORMAT[=FILE]    stylish (default), json, sarif or github; may be
                                given several times, each to its own file
      --quiet                   report errors only
      --info                    report findings of level info too
      --include-old             with --staged: older findings count too
      --max-warnings N          fail when there are more than N warnings
      --exit-zero               exit 0 although there are findings
      --no-warn-ignored         skip named files that are ignored or gone
      --config FILE             use this configuration for all files
      --no-config               use no configuration
      --color, --no-color       also: FORCE_COLOR, NO_COLOR
      --debug                   on a fault of jwtlint, say where
  -v, --version   -h, --help

Exit status: 0 clean, 1 findings, 2 the scan could not be done.
`;
