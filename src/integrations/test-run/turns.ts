/** The turn of the test that asked last. */
let last: Promise<void> = Promise.resolve()

/**
 * Recording is process-wide, so tests that a runner starts at once take turns, in the order in which they ask.
 * @returns what ends the turn; a second call does nothing
 */
export async function takeTurn(): Promise<() => void> {
  const before = last
  const { promise, resolve } = Promise.withResolvers<void>()
  last = promise
  await before
  return resolve
}
