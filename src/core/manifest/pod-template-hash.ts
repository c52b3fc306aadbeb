import { fnv1a } from '../rollout/fnv.ts'
import { goJson } from './go-json.ts'

/**
 * The hash of a pod template that names a revision: the same as Argo Rollouts 1.9 and 1.10 give,
 * letter by letter. Takes `spec.template` as stored, without any defaults filled in.
 * Never throws; what Go could not read counts as not written.
 */
export function podTemplateHash(template: unknown, collisionCount?: number): string {
  return templateHashes(template).hash(collisionCount)
}

export type TemplateHashes = {
  /** As above: the name with no collision, or after so many. */
  readonly hash: (collisionCount?: number) => string
  /** Tells templates apart that have one hash: the length, and a hash of another family. */
  readonly digest: string
}

export function templateHashes(template: unknown): TemplateHashes {
  const bytes = new TextEncoder().encode(goJson('PodTemplateSpec', template) ?? '')
  const unsalted = fnv1a(bytes)
  return {
    hash: (count) => safe(count === undefined ? unsalted : fnv1a(littleEndian(count), unsalted)),
    digest: `${bytes.length}.${djb2(bytes).toString(16)}`,
  }
}

/** The hash of `canary.steps`, as Argo Rollouts gives it; no list and an empty one differ. */
export function stepHash(steps: unknown): string {
  return safe(fnv1a(new TextEncoder().encode(goJson('[]CanaryStep', steps) ?? '')))
}

/** Eight bytes, of which the count fills the first four. */
function littleEndian(count: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setUint32(0, count, true)
  return bytes
}

/** Bernstein's hash with xor, 32 bits. */
function djb2(bytes: Uint8Array): number {
  let hash = 5381
  for (const byte of bytes) hash = Math.imul(hash, 33) ^ byte
  return hash >>> 0
}

/** Decimal digits turned into letters that make no words, as Kubernetes does in names. */
function safe(hash: number): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789'
  return Array.from(String(hash), (digit) =>
    letters.charAt(digit.charCodeAt(0) % letters.length),
  ).join('')
}
