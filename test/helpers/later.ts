const DAY = 86_400_000
const days = Number(process.env['REPLAY_DAYS_LATER'] ?? 0)

export const isLater = days > 0

/**
 * Runs `task` with a clock that is ahead by the days of the variable REPLAY_DAYS_LATER (absent: 0), and goes on from there. `.ci/run`
 * replays the end-to-end suites so.
 */
export async function later<T>(task: () => Promise<T>): Promise<T> {
  const Real = globalThis.Date
  const ahead = days * DAY
  globalThis.Date = new Proxy(Real, {
    construct: (target, given, own) =>
      Reflect.construct(target, given.length === 0 ? [target.now() + ahead] : given, own) as Date,
    apply: (target) => new target(target.now() + ahead).toString(),
    get: (target, name) => (name === 'now' ? () => target.now() + ahead : Reflect.get(target, name)),
  })
  try {
    return await task()
  } finally {
    globalThis.Date = Real
  }
}
