/** The program that gives back what Rollouts have let go of. */
import { lettingGo, managerOf } from '../../core/manifest/let-go.ts'
import type { ObjectRef } from '../../core/object.ts'
import type { Log } from '../../ports.ts'
import type { Writer } from './apply.ts'
import type { Cache } from './cache.ts'

export type StraysOptions = {
  readonly cache: Cache
  readonly writer: Writer
  readonly log: Log
}

export class Strays {
  readonly #with: StraysOptions

  constructor(options: StraysOptions) {
    this.#with = options
  }

  async pass(ref: ObjectRef): Promise<undefined> {
    const { cache, writer, log } = this.#with
    const object = cache.get(ref)
    const name = object && managerOf(object)
    if (object === undefined || name === undefined) return
    const { kind, namespace } = ref
    const manager = cache.get({ kind: 'Rollout', namespace, name })
    await writer.apply(lettingGo(object, manager), () =>
      log.info(`${kind} '${ref.name}' is no longer managed`, { namespace, rollout: name }),
    )
  }
}
