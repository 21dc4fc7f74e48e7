/** Resolves when the turn of the last caller ends. */
let last: Promise<void> = Promise.resolve()

/**
 * Waits for a turn. Recording is process-wide, so tests that a runner starts at once run one after the other, in the
 * order of their calls.
 * @returns a function that ends the turn; a second call does nothing
 */
export async function takeTurn(): Promise<() => void> {
  const before = last
  const { promise, resolve } = Promise.withResolvers<void>()
  last = promise
  await before
  return resolve
}
