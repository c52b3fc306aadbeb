/** `haldane sandbox`: the sandbox's mesh on a real cluster that has none, scraped by a real Prometheus. */
import { realClock } from '../adapters/clock/real.ts'
import { connect } from '../adapters/kubernetes/connect.ts'
import { createLog } from '../adapters/log/pino.ts'
import type { Io, SandboxOptions } from '../app/cli/programs.ts'
import { startMeshServer } from '../sandbox/http/mesh-server.ts'
import { startMesh } from '../sandbox/mesh/mesh.ts'
import { createRandom } from '../sandbox/random.ts'

/** Resolves when the process is asked to end. */
export async function runSandbox(
  { kubeconfig, port, rps, seed }: SandboxOptions,
  io: Io,
): Promise<number> {
  const ended = new Promise<void>((resolve) => io.onInterrupt(resolve))
  const cluster = connect({
    log: createLog('warn'),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  })
  const mesh = startMesh(
    { cluster, clock: realClock, random: createRandom(String(seed)) },
    { rps: () => rps },
  )
  const server = await startMeshServer({ mesh, port })
  io.out(`the mesh answers Prometheus' http_sd at ${server.url}/sd\n`)
  await ended
  mesh.stop()
  await server.stop()
  return 0
}
