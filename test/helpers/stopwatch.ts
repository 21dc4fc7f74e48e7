/** How often the watch looks at the clock, ms. */
const STEP_MS = 10

/**
 * Measures how long this process works or waits for a timer, for tests that say "at once" or "within a second".
 * It leaves out the time in which other processes had the processor, so the test also holds on a busy machine. On an idle
 * machine it is the time that has passed.
 * @returns a function that gives the time since the start, ms
 */
export function stopwatch(): () => number {
  const start = performance.now()
  const cpu = process.cpuUsage()
  let [waited, last] = [0, start]
  const look = (): void => {
    const now = performance.now()
    // A late look means that this process was working, which `cpu` counts, or that it did not get the processor.
    waited += Math.min(now - last, 2 * STEP_MS)
    last = now
  }
  const timer = setInterval(look, STEP_MS).unref()
  return () => {
    clearInterval(timer)
    look()
    const { user, system } = process.cpuUsage(cpu)
    return Math.min(performance.now() - start, waited + (user + system) / 1000)
  }
}
