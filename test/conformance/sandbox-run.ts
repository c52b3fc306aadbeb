/** One scenario with our controller in the sandbox. */
import type { Played } from './plane-run.ts'
import { type Expected, type Patience, play } from './player.ts'
import { SandboxFace } from './sandbox-face.ts'
import type { Scenario } from './scenario.ts'

const patience: Patience = { arrival: 60_000, quiet: 3000, longer: 10_000 }

export async function playInSandbox(scenario: Scenario, expected?: Expected): Promise<Played> {
  const face = await new SandboxFace(`sandbox-${scenario.name}`).open()
  try {
    const trace = await play(scenario, face, patience, expected)
    if (face.errors.length > 0) return { scenario: scenario.name, error: face.errors.join('; ') }
    return { scenario: scenario.name, trace }
  } catch (error) {
    return {
      scenario: scenario.name,
      error: error instanceof Error ? error.message : String(error),
    }
  } finally {
    await face.close()
  }
}
