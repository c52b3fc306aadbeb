/**
 * What one pass has decided and done that no status says yet. A change is often followed by another at once: the pods are up, so the Service
 * moves, so the weight moves, so the step is done, so a pause begins. The status is written at the end of that, and before the world is
 * touched on the strength of a decision that nobody could take again. A pass that dies loses it, and the next one comes to the same.
 */

import { objectAt, textEntries } from '../../core/json.ts'
import { rolloutStatusJson } from '../../core/manifest/rollout-status.ts'
import { type KubeObject, keyOf, refOf } from '../../core/object.ts'
import type { Action, Note } from '../../core/rollout/action.ts'
import type { Plan } from '../../core/rollout/plan.ts'
import type { RolloutStatus } from '../../core/rollout/status.ts'

export class Burst {
  #base: KubeObject | undefined
  #status: RolloutStatus | undefined
  #binds = false
  /** In the order in which things happened. */
  #notes: { readonly note: Note; readonly isDone: boolean }[] = []
  #patient: readonly Action[] = []
  /** What was written in this burst is not written again, whether or not the watches have brought it. */
  readonly #written = new Set<string>()

  get status(): RolloutStatus | undefined {
    return this.#status
  }

  /** Whether a decision has to be recorded before anything else is written. */
  get binds(): boolean {
    return this.#binds
  }

  get patient(): readonly Action[] {
    return this.#patient
  }

  /** Begins again, where somebody else has changed the Rollout since: what was not recorded was never decided. */
  meet(rollout: KubeObject): readonly Note[] {
    if (this.#base !== undefined && !isSame(this.#base, rollout)) return this.forget()
    this.#base = rollout
    return []
  }

  /** As it will stand once all of this is recorded. */
  over(rollout: KubeObject): KubeObject {
    if (this.#status === undefined) return rollout
    const { kind, metadata, json } = rollout
    return { kind, metadata, json: { ...json, status: rolloutStatusJson(this.#status) } }
  }

  /** A ReplicaSet with the journal that is to be written. */
  withJournal(replicaSet: KubeObject): KubeObject {
    const key = keyOf(refOf(replicaSet))
    const journal = this.#patient.find((each) => each.kind === 'merge' && keyOf(each.ref) === key)
    if (journal?.kind !== 'merge') return replicaSet
    const { kind, metadata, json } = replicaSet
    const changed = textEntries(objectAt(journal.body, 'metadata')['annotations'])
    const annotations = { ...metadata.annotations, ...changed }
    return { kind, json, metadata: { ...metadata, annotations } }
  }

  /** The writes of a plan that are not done yet and cannot wait. */
  urgent({ actions }: Plan): readonly Action[] {
    return actions.filter((action) => !isPatient(action) && !this.#written.has(textOf(action)))
  }

  wrote(action: Action): void {
    this.#written.add(textOf(action))
  }

  /** Notes that may be told at once; those after a decision that is not recorded yet wait for it, so that their order stays. */
  heard(notes: readonly Note[]): readonly Note[] {
    if (this.#notes.length === 0) return notes
    this.#notes.push(...notes.map((note) => ({ note, isDone: true })))
    return []
  }

  take({ status, binds, notes, actions }: Plan): void {
    this.#status = status
    this.#binds ||= binds
    this.#notes.push(...notes.map((note) => ({ note, isDone: false })))
    const journal = actions.filter(isPatient)
    if (journal.length > 0) this.#patient = journal
  }

  /** All is recorded: gives what is to be told of it. */
  saved(): readonly Note[] {
    const notes = this.#notes.map(({ note }) => note)
    this.#begin()
    return notes
  }

  /** Nothing is recorded: gives what has happened all the same. */
  forget(): readonly Note[] {
    const notes = this.#notes.flatMap(({ note, isDone }) => (isDone ? [note] : []))
    this.#begin()
    return notes
  }

  #begin(): void {
    this.#base = undefined
    this.#status = undefined
    this.#binds = false
    this.#notes = []
    this.#patient = []
  }
}

function isPatient(action: Action): boolean {
  return action.kind === 'merge' && action.patient === true
}

function textOf(action: Action): string {
  const { notes: _notes, ...write } = action
  return JSON.stringify(write)
}

/** Our own writes to its metadata change neither. */
function isSame(before: KubeObject, after: KubeObject): boolean {
  return (
    before.metadata.generation === after.metadata.generation &&
    JSON.stringify(before.json['status'] ?? {}) === JSON.stringify(after.json['status'] ?? {})
  )
}
