/** How far a long run is, for the people who wait for it. */

type Screen = { readonly isTTY?: boolean; write(text: string): unknown }

const everyMs = 10_000

/** A line that moves on a terminal; elsewhere a line every ten seconds. */
export function progressTo(screen: Screen): (played: number, all: number) => void {
  const startedAt = performance.now()
  let saidAt = -Infinity
  return (played, all) => {
    const now = performance.now()
    const isLast = played === all
    if (now - saidAt < (screen.isTTY ? everyMs / 40 : everyMs) && !isLast) return
    saidAt = now
    const passed = (now - startedAt) / 1000
    const left = (passed * (all - played)) / Math.max(1, played)
    const text = `${played} of ${all} releases, ${clock(passed)} passed, about ${clock(left)} left`
    screen.write(screen.isTTY ? `\r${text}  ${isLast ? '\n' : ''}` : `${text}\n`)
  }
}

function clock(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
