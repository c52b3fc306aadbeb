import type { Command } from 'commander'
import type { Context } from './context.ts'
import { readPort, readPositive, readWhole } from './options.ts'

type Given = {
  readonly kubeconfig?: string
  readonly port: number
  readonly rps: number
  readonly seed: number
}

export function addSandbox(root: Command, { programs, io, done }: Context): void {
  root
    .command('sandbox')
    .description('play the mesh of a cluster that has no Istio: for tests and for trying')
    .option('--kubeconfig <file>', 'how to reach the cluster; else as kubectl')
    .option('--port <port>', 'where Prometheus finds its targets; 0 takes any', readPort, 15_090)
    .option('--rps <number>', 'requests a second at the gateway', readPositive, 50)
    .option('--seed <number>', 'chance of the traffic', readWhole, 1)
    .action(async ({ kubeconfig, port, rps, seed }: Given) =>
      done(await programs.sandbox({ kubeconfig, port, rps, seed }, io)),
    )
}
