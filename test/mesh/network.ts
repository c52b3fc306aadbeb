/** The addresses of the mesh tests. They exist only inside the network namespace that `run.sh` makes. */
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Where requests come in. */
export const gatewayAddress = '10.0.0.1'

/** The ClusterIP of istiod's Service; nothing but loopback stands behind it. */
export const istiodAddress = '10.96.0.15'

/** Of the n-th pod, from 1. All of 10.244.0.0/16 is on loopback. */
export function podAddress(n: number): string {
  if (!Number.isInteger(n) || n < 1 || n > 65_000) throw new Error(`no address for pod ${n}`)
  return `10.244.${Math.floor(n / 250)}.${(n % 250) + 1}`
}

/** Rejects, and says what to do, when these addresses are not there. */
export async function requireOwnNetwork(): Promise<void> {
  for (const address of [gatewayAddress, istiodAddress, podAddress(1)]) {
    const server = createServer().listen(0, address)
    try {
      await once(server, 'listening')
    } catch (error) {
      throw new Error(
        `the mesh tests need a network namespace of their own, with ${address} on its loopback; run them with: npm run mesh`,
        { cause: error },
      )
    }
    await once(server.close(), 'close')
  }
}
