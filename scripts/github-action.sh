#!/usr/bin/env bash
# The step of action.yml: runs jwtlint on what the event brings, with annotations, a summary and SARIF if it is wanted.
set -euo pipefail

scope=()
base=''
case "${JWTLINT_SCOPE:-change}" in
  change)
    case "${JWTLINT_EVENT:-}" in
      pull_request | pull_request_target) base="${JWTLINT_PULL_REQUEST_BASE:-}" ;;
      push) base="${JWTLINT_PUSH_BEFORE:-}" ;;
    esac
    ;;
  tree) ;;
  *)
    echo "jwtlint: scope is change or tree, not \"${JWTLINT_SCOPE}\"" >&2
    exit 2
    ;;
esac
# A new branch has no commit before it, and a shallow clone may not have the one that is named.
if [[ "$base" =~ ^[0-9a-f]{40,64}$ && ! "$base" =~ ^0+$ ]]; then
  if git cat-file -e "${base}^{commit}" 2>/dev/null; then
    scope=(--range "${base}...HEAD")
  else
    echo "jwtlint: ${base} is not in this clone (fetch-depth: 0 brings it), so the whole tree is scanned"
  fi
fi

formats=(-f github)
if [[ -n "${GITHUB_STEP_SUMMARY:-}" ]]; then formats+=(-f "markdown=${GITHUB_STEP_SUMMARY}"); fi
if [[ -n "${JWTLINT_SARIF:-}" ]]; then formats+=(-f "sarif=${JWTLINT_SARIF}"); fi
# Split at blanks, without any expansion.
read -r -a further <<< "${JWTLINT_ARGUMENTS:-}" || true

if [[ -x node_modules/.bin/jwtlint ]]; then
  run=(node_modules/.bin/jwtlint)
else
  run=(npx --yes "jwtlint@${JWTLINT_VERSION:?}")
fi
exec "${run[@]}" ${scope[@]+"${scope[@]}"} "${formats[@]}" ${further[@]+"${further[@]}"}
