#!/usr/bin/env bash
# Builds the programs of the cluster tests from source, out of the Go module proxy.
#
#   bash test/cluster/tools/build.sh     into .tools/bin, or into $HALDANE_TOOLS/bin
#
# Builds what is missing and what was built from another go.mod or go.sum; a second run takes a
# fraction of a second. Needs Go 1.26.7, or 1.24 and newer where Go may fetch that toolchain itself
# (its default; GOTOOLCHAIN=local forbids it). Cold it takes about a quarter of an hour on two cores.
# $HALDANE_TOOLS_JOBS, 2 when it is not set, bounds how many packages are compiled at once.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=${HALDANE_TOOLS:-$here/../../../.tools}
jobs=${HALDANE_TOOLS_JOBS:-2}

# The programs learn their version when they are linked; without it the API server says v0.0.0.
kubernetes_flags="-s -w -X k8s.io/component-base/version.gitVersion=v1.34.5"
kubernetes_flags+=" -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34"

main() {
  check_go
  mkdir -p "$tools/bin" "$tools/stamps"
  tools=$(cd "$tools" && pwd)
  build etcd kubernetes go.etcd.io/etcd/server/v3
  build kube-apiserver kubernetes k8s.io/kubernetes/cmd/kube-apiserver -ldflags "$kubernetes_flags"
  build kube-controller-manager kubernetes k8s.io/kubernetes/cmd/kube-controller-manager -ldflags "$kubernetes_flags"
  build kube-scheduler kubernetes k8s.io/kubernetes/cmd/kube-scheduler -ldflags "$kubernetes_flags"
  build kubectl kubernetes k8s.io/kubernetes/cmd/kubectl -ldflags "$kubernetes_flags"
  build kubectl-argo-rollouts kubernetes github.com/argoproj/argo-rollouts/cmd/kubectl-argo-rollouts
  build rollouts-controller kubernetes github.com/argoproj/argo-rollouts/cmd/rollouts-controller
  build kwok kwok sigs.k8s.io/kwok/cmd/kwok
  build prometheus prometheus github.com/prometheus/prometheus/cmd/prometheus -tags remove_all_sd,netgo
  build pilot-discovery istio istio.io/istio/pilot/cmd/pilot-discovery -tags vtprotobuf
  keep istio-crds.yaml istio istio.io/istio manifests/charts/base/files/crd-all.gen.yaml
}

check_go() {
  command -v go >/dev/null || fail "go is not on the PATH; install Go 1.26.7 or newer"
  local version
  version=$(cd "$here" && GOTOOLCHAIN=local go env GOVERSION)
  if [[ ! $version =~ ^go([0-9]+)\.([0-9]+) ]]; then
    fail "cannot read Go's version from '$version'; install Go 1.26.7 or newer"
  fi
  if ((BASH_REMATCH[1] == 1 && BASH_REMATCH[2] < 24)); then
    fail "$version is too old; install Go 1.26.7 or newer"
  fi
}

# build NAME MODULE PACKAGE [FLAG...]: one program, unless it stands there already.
build() {
  local name=$1 module=$2 package=$3
  shift 3
  local stamp started=$SECONDS
  stamp="$(cksum <"$here/$module/go.mod") $(cksum <"$here/$module/go.sum") $package $*"
  if [[ -x $tools/bin/$name && -f $tools/stamps/$name && $(<"$tools/stamps/$name") == "$stamp" ]]; then
    printf '%-24s up to date\n' "$name"
    return
  fi
  # Into a name of its own first: a run that is cut off leaves no half program behind.
  if ! (cd "$here/$module" && CGO_ENABLED=0 go build -p "$jobs" -trimpath -ldflags "-s -w" "$@" \
    -o "$tools/bin/.$name.$$" "$package"); then
    fail "$name could not be built; what go said stands above. It needs the Go module proxy (go env GOPROXY) and Go 1.26.7"
  fi
  mv "$tools/bin/.$name.$$" "$tools/bin/$name"
  printf '%s\n' "$stamp" >"$tools/stamps/$name"
  printf '%-24s %d s\n' "$name" $((SECONDS - started))
}

# keep NAME MODULE DEPENDENCY PATH: a file that comes with one of the modules.
keep() {
  local name=$1 module=$2 dependency=$3 path=$4
  local stamp source
  stamp="$(cksum <"$here/$module/go.mod") $dependency $path"
  if [[ -f $tools/bin/$name && -f $tools/stamps/$name && $(<"$tools/stamps/$name") == "$stamp" ]]; then
    printf '%-24s up to date\n' "$name"
    return
  fi
  source=$(cd "$here/$module" && go list -m -f '{{.Dir}}' "$dependency")
  install -m 644 "$source/$path" "$tools/bin/$name"
  printf '%s\n' "$stamp" >"$tools/stamps/$name"
  printf '%-24s kept\n' "$name"
}

fail() {
  printf 'tools: %s\n' "$1" >&2
  exit 1
}

main
