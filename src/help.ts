/** What `jwtlint --help` prints: one screen of 80 columns. Loaded only then. */
export const HELP = `jwtlint finds the secrets behind JSON Web Tokens, and code that verifies badly.

  jwtlint [scan] [paths…]       scan files, directories or globs (default: .)
    --staged                    what is about to be committed (git hook)
    --changed, --since REF      what the work tree changed, or the whole branch
    --range A..B                what commits bring; A...B for a pull request
    --pre-push, --pre-receive   what is pushed, as git tells these hooks
    --stdin --stdin-filename NAME

  -f, --format FORMAT[=FILE]    stylish (default), json, sarif or github; may be
                                given several times, each to its own file
      --quiet                   report errors only
      --info                    report findings of level info too
      --include-old             of a change: older findings count too
      --max-warnings N          fail when there are more than N warnings
      --exit-zero               exit 0 although there are findings
      --no-warn-ignored         skip named files that are ignored or gone
      --config FILE, --no-config
      --color, --no-color       also: FORCE_COLOR, NO_COLOR
      --debug                   on a fault of jwtlint, say where
  -v, --version   -h, --help

Exit status: 0 clean, 1 findings, 2 the scan could not be done.
`;
