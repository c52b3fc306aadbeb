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

export function cellsOf(size: Size): readonly Cell[] {
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
