#!/usr/bin/env bash
# Inside the network namespace: gives its loopback the addresses that network.ts names, then runs the tests.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
ip link set lo up
ip address add 10.244.0.0/16 dev lo # the pods
ip address add 10.0.0.1/32 dev lo   # the gateway
ip address add 10.96.0.15/32 dev lo # istiod's Service
exec npx vitest run --project mesh "$@"
