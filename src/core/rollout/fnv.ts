/** FNV-1a with 32 bits; goes on from the hash of what came before. */
export function fnv1a(bytes: Uint8Array, before = 0x811c9dc5): number {
  let hash = before
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
