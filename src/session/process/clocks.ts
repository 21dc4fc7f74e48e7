/** The real clock, also if the program replaces `Date` later. */
const realNow = Date.now.bind(Date)

/** What the real clock and the program's clock show, ms since 1970. */
export function clocks(): readonly number[] {
  const real = realNow()
  const own = Date.now()
  return Math.abs(own - real) < 1000 ? [real] : [real, own]
}
