#!/usr/bin/env bash
# Builds the programs of the cluster tests from source, out of the Go module proxy.
#
#   bash test/cluster/tools/build.sh        into .tools/bin, or $HALDANE_TOOLS/bin when that is set
#
# A program is built when it is missing or when its module's go.mod or go.sum has changed; a second
# run takes a fraction of a second. Needs Go 1.26.7 or newer, or 1.24 and newer when Go may fetch the
# toolchain that the modules ask for (its default; GOTOOLCHAIN=local forbids it).
# Cold it takes about a quarter of an hour on two cores. HALDANE_TOOLS_JOBS bounds what runs at once.
set -euo pipefail
shopt -s lastpipe

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=${HALDANE_TOOLS:-$here/../../../.tools}
jobs=${HALDANE_TOOLS_JOBS:-2}

kubernetes_version=v1.34.5
stamp_version="-X k8s.io/component-base/version.gitVersion=$kubernetes_version"

# name | module folder | package | more flags of `go build`
programs="
etcd                  | kubernetes | go.etcd.io/etcd/server/v3 |
kube-apiserver        | kubernetes | k8s.io/kubernetes/cmd/kube-apiserver |
kube-controller-manager | kubernetes | k8s.io/kubernetes/cmd/kube-controller-manager |
kube-scheduler        | kubernetes | k8s.io/kubernetes/cmd/kube-scheduler |
kubectl               | kubernetes | k8s.io/kubernetes/cmd/kubectl |
kubectl-argo-rollouts | kubernetes | github.com/argoproj/argo-rollouts/cmd/kubectl-argo-rollouts |
rollouts-controller   | kubernetes | github.com/argoproj/argo-rollouts/cmd/rollouts-controller |
kwok                  | kwok       | sigs.k8s.io/kwok/cmd/kwok |
prometheus            | prometheus | github.com/prometheus/prometheus/cmd/prometheus | -tags=remove_all_sd,netgo
"

fail() {
  printf 'tools: %s\n' "$1" >&2
  exit 1
}
