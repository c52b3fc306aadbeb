import { goJson } from './go-json.ts'

/**
 * The hash of a pod template that names a revision: the same as Argo Rollouts 1.9 and 1.10 give,
 * letter by letter. Takes `spec.template` as stored, without any defaults filled in.
 * Never throws; what Go could not read counts as not written.
 */
export function podTemplateHash(template: unknown, collisionCount?: number): string {
  const text = goJson('PodTemplateSpec', template) ?? ''
  const salt = collisionCount === undefined ? new Uint8Array() : littleEndian(collisionCount)
  return safe(fnv1a(new TextEncoder().encode(text), salt))
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

/** FNV-1a with 32 bits, over one part after the other. */
function fnv1a(...parts: readonly Uint8Array[]): number {
  let hash = 0x811c9dc5
  for (const part of parts) {
    for (const byte of part) hash = Math.imul(hash ^ byte, 0x01000193)
  }
  return hash >>> 0
}

/** Decimal digits turned into letters that make no words, as Kubernetes does in names. */
function safe(hash: number): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789'
  return Array.from(String(hash), (digit) =>
    letters.charAt(digit.charCodeAt(0) % letters.length),
  ).join('')
}
