/** All scenarios on one real control plane, one controller after the other. */
import { mkdirSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import type { Child, Program } from '../cluster/children.ts'
import { Children } from '../cluster/children.ts'
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts'
import { argosController, haldane, install } from '../cluster/rig.ts'
import { ArgoLog } from './argo-log.ts'
import { KubeApi } from './kube-api.ts'
import { Picture, PlaneFace } from './plane-face.ts'
import { type Expected, type Patience, play } from './player.ts'
import type { Scenario } from './scenario.ts'
import type { Trace } from './trace.ts'

/** On a busy machine everything takes longer: so does the quiet that counts as rest. */
function patience(): Patience {
  const busy = Math.min(4, Math.max(1, (loadavg()[0] ?? 1) / (2 * availableParallelism())))
  return { arrival: 90_000, quiet: 3000 * busy, longer: 12_000 * busy }
}

export type Whose = 'argo' | 'haldane'

/** A play that could not be finished at all is an error, and the others go on. */
export type Played =
  | { readonly scenario: string; readonly trace: Trace }
  | { readonly scenario: string; readonly error: string }

export type Plane = {
  readonly run: (
    whose: Whose,
    scenarios: readonly Scenario[],
    options: {
      readonly parallel: number
      readonly expected: (scenario: string) => Expected | undefined
      readonly told: (played: Played) => void
    },
  ) => Promise<readonly Played[]>
  readonly stop: () => Promise<void>
}

export async function startPlane(): Promise<Plane> {
  const plane = await startControlPlane()
  const logs = join(plane.folder, 'controllers')
  mkdirSync(logs)
  const children = new Children(logs)
  const api = new KubeApi(plane.kubeconfig)
  const picture = new Picture()
  try {
    await install(plane)
    await picture.follow(api)
  } catch (error) {
    api.close()
    await plane.stop()
    throw error
  }
  return {
    run: async (whose, scenarios, { parallel, expected, told }) => {
      const argoLog = new ArgoLog(join(logs, 'argo.log'))
      const eventsOf = (namespace: string): readonly string[] =>
        whose === 'argo' ? argoLog.eventsOf(namespace) : picture.events(namespace)
      const controller = new Restartable(children, await programOf(whose, plane))
      await controller.start()
      const one = (scenario: Scenario, restart: () => Promise<void>): Promise<Played> =>
        playOne(scenario, { api, picture, eventsOf, restart, whose }, expected(scenario.name)).then(
          (played) => {
            told(played)
            return played
          },
        )
      const restarting = scenarios.filter(restarts)
      const barrier = new Barrier(restarting.length, () => controller.restart())
      const calm = await pool(
        scenarios.filter((scenario) => !restarts(scenario)),
        parallel,
        (scenario) => one(scenario, () => controller.restart()),
      )
      const restarted = await Promise.all(
        restarting.map((scenario) =>
          one(scenario, () => barrier.arrive()).finally(() => barrier.leave()),
        ),
      )
      await controller.stop()
      return [...calm, ...restarted]
    },
    stop: async () => {
      api.close()
      await children.stop()
      await plane.stop()
    },
  }
}

function restarts({ play: acts }: Scenario): boolean {
  return acts.some(({ act }) => act === 'restart-controller')
}

async function playOne(
  scenario: Scenario,
  with_: ConstructorParameters<typeof PlaneFace>[1] & { readonly whose: Whose },
  expected: Expected | undefined,
): Promise<Played> {
  const face = new PlaneFace(`${with_.whose}-${scenario.name}`, with_)
  try {
    await face.open()
    return { scenario: scenario.name, trace: await play(scenario, face, patience(), expected) }
  } catch (error) {
    return {
      scenario: scenario.name,
      error: error instanceof Error ? error.message : String(error),
    }
  } finally {
    await face.close().catch(() => undefined)
  }
}

/** So many at a time. */
async function pool<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const left = [...items]
  const done: R[] = []
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      done.push(await work(next))
  }
  await Promise.all(Array.from({ length: width }, worker))
  return done
}

async function programOf(whose: Whose, plane: ControlPlane): Promise<Program> {
  if (whose === 'argo') {
    const { args, ...program } = await argosController(plane)
    // As many calls as it likes: the scenarios share one controller, and none should wait for another.
    return {
      ...program,
      args: [...args, '--qps', '1000', '--burst', '2000', '--rollout-threads', '20'],
    }
  }
  const kubeconfig = await plane.serviceAccountKubeconfig('haldane-system', 'haldane')
  return haldane('controller', ['controller', '--kubeconfig', kubeconfig])
}

class Restartable {
  readonly #children: Children
  readonly #program: Program
  #child: Child | undefined

  constructor(children: Children, program: Program) {
    this.#children = children
    this.#program = program
  }

  async start(): Promise<void> {
    this.#child = await this.#children.start(this.#program)
  }

  async stop(): Promise<void> {
    await this.#child?.stop()
  }

  async restart(): Promise<void> {
    this.#child?.kill()
    await this.stop()
    await this.start()
  }
}

/** Everybody who is still there waits for all others, then it happens once. */
class Barrier {
  readonly #then: () => Promise<void>
  #present: number
  #waiting: (() => void)[] = []

  constructor(present: number, then: () => Promise<void>) {
    this.#present = present
    this.#then = then
  }

  async arrive(): Promise<void> {
    const opened = new Promise<void>((resolve) => this.#waiting.push(resolve))
    await this.#openWhenComplete()
    return opened
  }

  leave(): void {
    this.#present -= 1
    void this.#openWhenComplete()
  }

  async #openWhenComplete(): Promise<void> {
    if (this.#waiting.length === 0 || this.#waiting.length < this.#present) return
    const through = this.#waiting
    this.#waiting = []
    await this.#then()
    for (const go of through) go()
  }
}
