/** Two lists side by side: as much as possible in common, in order. */
export type Aligned = { readonly side: 'both' | 'argo' | 'ours'; readonly event: string }

export function alignment(argo: readonly string[], ours: readonly string[]): readonly Aligned[] {
  const common = commonLengths(argo, ours)
  const steps: Aligned[] = []
  let [i, j] = [0, 0]
  while (i < argo.length || j < ours.length) {
    const side = sideAt(argo[i], ours[j], at(common, i + 1, j) >= at(common, i, j + 1))
    steps.push({ side, event: (side === 'ours' ? ours[j] : argo[i]) ?? '' })
    if (side !== 'ours') i += 1
    if (side !== 'argo') j += 1
  }
  return steps
}

function sideAt(
  argo: string | undefined,
  ours: string | undefined,
  argoFirst: boolean,
): Aligned['side'] {
  if (argo === ours) return 'both'
  if (ours === undefined) return 'argo'
  return argo !== undefined && argoFirst ? 'argo' : 'ours'
}

/** `[i][j]`: how many the lists have in common from i and j on. */
function commonLengths(
  argo: readonly string[],
  ours: readonly string[],
): readonly (readonly number[])[] {
  const rows = Array.from({ length: argo.length + 1 }, () => Array<number>(ours.length + 1).fill(0))
  for (let i = argo.length - 1; i >= 0; i -= 1) {
    for (let j = ours.length - 1; j >= 0; j -= 1) {
      const row = rows[i] ?? []
      row[j] =
        argo[i] === ours[j]
          ? at(rows, i + 1, j + 1) + 1
          : Math.max(at(rows, i + 1, j), at(rows, i, j + 1))
    }
  }
  return rows
}

function at(rows: readonly (readonly number[])[], i: number, j: number): number {
  return rows[i]?.[j] ?? 0
}
