/** Which releases are played. Whoever reads the plans reads what the calibration covers. */
import type { Size } from './asked.ts'
import type { Cell } from './cell.ts'
import {
  beyondReach,
  falsePasses,
  falseRollbacks,
  passes,
  slowFalseRollbacks,
} from './plan-good.ts'
import {
  detections,
  detectionsInBadWorlds,
  lateOnsets,
  otherWeights,
  slowDetections,
} from './plan-worse.ts'

/** `only` keeps the cells whose id has it. */
export type Wanted = { readonly size: Size; readonly only: string }

export function cellsOf({ size, only }: Wanted): readonly Cell[] {
  return everyCell(size).filter(({ id }) => id.includes(only))
}

function everyCell(size: Size): readonly Cell[] {
  return [
    ...falseRollbacks(size),
    ...slowFalseRollbacks(size),
    ...beyondReach(size),
    ...detections(size),
    ...otherWeights(size),
    ...detectionsInBadWorlds(size),
    ...lateOnsets(size),
    ...slowDetections(size),
    ...passes(size),
    ...falsePasses(size),
  ]
}
