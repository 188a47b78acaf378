/** What `--help` prints: one screen of 80 columns. Loaded only then. */
const SCAN = `jwtlint finds the secrets behind JSON Web Tokens, and code that verifies badly.

  jwtlint [scan] [paths…]       scan files, directories or globs (default: .)
    --staged                    what is about to be committed (git hook)
    --changed, --since REF      what the work tree changed, or the whole branch
    --range A..B                what commits bring; A...B for a pull request
    --pre-push, --pre-receive   what is pushed, as git tells these hooks
    --stdin --stdin-filename NAME; --shard 2/5: a part, for jwtlint merge
  jwtlint init, doctor          set up hooks and CI; prove that they work
  jwtlint history, audit        all secrets ever committed; how keys are handled
  jwtlint fix, generate, rotate mend what is found; make keys, and replace them
  jwtlint baseline, explain     accept what is there; what a rule looks for, why

  -f, --format FORMAT[=FILE]    stylish, json, sarif, github, markdown, html,
                                gitlab-secret-detection, gitlab-codequality,
                                junit, checkstyle; may be repeated
      --quiet, --info           report errors only; findings of level info too
      --include-old             of a change: older findings count too
      --max-warnings N          how many may pass; --exit-zero: all findings may
      --no-warn-ignored         skip named files that are ignored or gone
      --config FILE, --no-config, --print-config FILE, --color, --no-color
  -v, --version   -h, --help    --debug: why each file was read or not, timings

Exit status: 0 clean, 1 findings, 2 the scan could not be done.
`;

const BASELINE = `A baseline accepts findings that are there, so that only new ones are told of.

  jwtlint baseline create       accept all findings of the repository
    --reason TEXT               why; each entry keeps it
    --expires YYYY-MM-DD        the last day on which they are accepted
  jwtlint baseline prune        take out entries that fit nothing any more
  jwtlint baseline review       go through findings and entries, one by one

      --info                    findings of level info too
      --config FILE, --no-config
      --color, --no-color       also: FORCE_COLOR, NO_COLOR

It stands in jwtlint.baseline.jsonl at the top of the repository. Commit it. It
holds no secret and nothing that could be cracked; a merge joins its lines.
`;

const HISTORY = `Finds every secret that was ever committed, the most dangerous first.

  jwtlint history [RANGE]       what HEAD has; of A..B, or of another revision
      --all                     what any branch or tag has
      --no-cache                read again what is known to be clean

  -f, --format FORMAT[=FILE]    stylish, json, sarif, html and the others
      --quiet                   report errors only
      --info                    report findings of level info too
      --max-warnings N          fail when there are more than N warnings
      --exit-zero               exit 0 although there are findings
      --config FILE, --no-config
      --color, --no-color       also: FORCE_COLOR, NO_COLOR

Contents are looked at by themselves: imports are not followed, and only values
are told of, not calls. What is clean is noted in the git directory.
`;

const INIT = `Sets jwtlint up in a repository: shows what it would change, and asks.

  jwtlint init
  -y, --yes                     change it without asking
      --undo                    take back what it has changed

      --config FILE, --no-config
      --color, --no-color       also: FORCE_COLOR, NO_COLOR

Hooks go to husky, lefthook, simple-git-hooks, pre-commit or git itself, a step
in CI to GitHub or GitLab. Further: ESLint's configuration, .gitignore,
jwtlint.config.json, and a baseline of what is there. Lines are only ever added.
Nothing is installed or downloaded; what remains to do is said at the end.
`;

const DOCTOR = `Says whether the hooks of this repository really run jwtlint.

  jwtlint doctor

      --config FILE, --no-config
      --color, --no-color       also: FORCE_COLOR, NO_COLOR

It looks at what git would run, and then has git run the pre-commit hook on an
index of its own in which a made-up secret is staged: the hook must refuse it.
Your index, your files and your branches stay as they are.

Exit status: 0 the hook works, 1 it does not, 2 this could not be found out.
`;

const GENERATE = `Makes keys by the system's generator, and puts them where git sees nothing.

  jwtlint generate --env NAME…  a secret for each name, into .env; the names go
                                to .env.example, and .env to .gitignore
    --for development,test      one file for each, .env.test; no secret twice
  jwtlint generate --out FILE   the key into a file; of a key pair, the public
                                key goes to a .jwks.json beside it
  jwtlint generate --stdout     print it, for the command of a secret manager

      --algorithm ALG           HS256 (default), HS384, HS512; RS256 to PS512,
                                ES256, ES384, ES512, EdDSA for a key pair
      --format FORMAT           base64url (default), base64, hex, jwk or pem
      --bytes N                 of a secret, more than its algorithm needs
      --modulus-length BITS     of RSA: 2048, 3072 (default) or 4096
      --replace                 replace what is there
      --config FILE, --no-config
      --color, --no-color

Nothing secret is printed without --stdout. Restart what reads the file.
`;

const ROTATE = `Gives a new key the place of one in use; the old one stays good for a while.

  jwtlint rotate NAME           of .env: the old value becomes NAME_PREVIOUS
    --for production            of .env.production
  jwtlint rotate FILE           a private key: the old public key stays in the
                                JWK Set beside it; the new one has its own kid
      --finish                  end the grace period: the old key is gone
      --emergency               keep no old key, and say what has to follow

  -y, --yes                     although code does not know the old key
      --config FILE, --no-config
      --color, --no-color

First the code is asked: what verifies with NAME and does not know NAME_PREVIOUS
is listed, with the change to make. Nothing secret is printed.
`;

const FIX = `Mends what can be mended: shows the changes, and asks.

  jwtlint fix [RULE…]           what all rules find, or only these

  -y, --yes                     change it without asking
      --allow-dirty             although there are changes not committed yet
      --info                    what is of level info too
      --config FILE, --no-config
      --color, --no-color

A literal becomes a read of the environment that stops the program when there is
none; fallbacks go; verification names its algorithms where the file tells them;
Compose demands its variables. New variables get values drawn by the system's
generator in .env, which git ignores first, and their names in .env.example. The
old values count as leaked: none is kept. What has no sure change is listed.
`;

const AUDIT = `Says how this repository handles its keys, with evidence by file and line.

  jwtlint audit
      --history                 look for secrets in the history too (longer)
  -f, --format FORMAT           text (default), markdown, json or html
      --info                    tests and examples count too
      --config FILE, --no-config
      --color, --no-color

Where each key comes from, how strong it is, whether there is one for each
purpose, whether the service stops without it; algorithms, expiry, issuer and
audience; rotation, revocation, rate limits, logs, cookies; hook, CI, history.
Each answer is yes, no or cannot tell, with a reference and the next step.
`;

const MERGE = `Joins the reports of several runs, such as those of a CI matrix.

  jwtlint merge REPORT…         reports in JSON, or in SARIF

  -f, --format FORMAT[=FILE]    of JSON any format, of SARIF sarif
      --quiet                   report errors only
      --info                    report findings of level info too
      --max-warnings N          fail when there are more than N warnings
      --exit-zero               exit 0 although there are findings
      --config FILE, --no-config
      --color, --no-color

Exit status: that of one run that had found all of it.
`;

const EXPLAIN = `Says what a rule looks for, why, and what to do about it.

  jwtlint explain RULE
  jwtlint rules                 lists them all

      --config FILE, --no-config
      --color, --no-color
`;

const RULES = `Lists the rules.

  jwtlint rules
      --json                    all that they say of themselves, for programs
  jwtlint explain RULE          what one of them looks for, and what to do

      --config FILE, --no-config
      --color, --no-color
`;

/** By command. */
export const HELP_OF = {
  scan: SCAN,
  history: HISTORY,
  baseline: BASELINE,
  init: INIT,
  doctor: DOCTOR,
  generate: GENERATE,
  rotate: ROTATE,
  fix: FIX,
  audit: AUDIT,
  merge: MERGE,
  explain: EXPLAIN,
  rules: RULES,
};
