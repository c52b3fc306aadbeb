import { instant } from '../../core/units.ts'
import type { Clock } from '../../ports.ts'

/** A timer runs on while the computer sleeps or its clock is set, so none is set for longer. */
const longestSleep = 60_000

/**
 * The time of this computer. A wake-up is work that waits, so it keeps the program alive until it comes or is stopped. It never
 * comes before its time, even when the clock is set back; when the clock is set forward it comes within a minute.
 */
export const realClock: Clock = {
  now: () => instant(Date.now()),
  wakeAt(at, wake) {
    let timer: NodeJS.Timeout
    const sleep = (): void => {
      const left = Math.max(0, at - Date.now())
      timer = setTimeout(() => (Date.now() < at ? sleep() : wake()), Math.min(left, longestSleep))
    }
    sleep()
    return () => clearTimeout(timer)
  },
}
