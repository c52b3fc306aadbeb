#!/usr/bin/env bash
# Runs the mesh tests in a network namespace of their own, where pods can have addresses: `npm run mesh`.
#
#   bash test/mesh/run.sh [ARGUMENT OF VITEST...]
#
# Needs Linux with util-linux (unshare) and iproute2 (ip), and root or user namespaces that anybody may make.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

main() {
  local tool
  for tool in unshare ip; do
    command -v "$tool" >/dev/null || fail "$tool is not on the PATH; install util-linux and iproute2"
  done
  local apart=(unshare --net)
  if ((EUID != 0)); then apart=(unshare --user --map-root-user --net); fi
  if ! "${apart[@]}" true; then
    fail "'${apart[*]}' is refused here. The mesh tests need a network namespace of their own: run them as root, or allow user namespaces (kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0)"
  fi
  bash "$here/../cluster/tools/build.sh"
  bash "$here/../cluster/tools/envoy.sh"
  exec "${apart[@]}" bash "$here/inside.sh" "$@"
}

fail() {
  printf 'mesh: %s\n' "$1" >&2
  exit 1
}

main "$@"
