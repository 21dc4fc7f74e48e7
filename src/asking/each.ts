/**
 * Runs a task for each item, some at once. An item is taken when a worker is free, so that a long list is never in memory.
 * @param concurrency how many tasks run at once
 * @throws the first error of a task; no further task begins then
 */
export async function each<T>(
  items: Iterable<T>,
  concurrency: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  let failed = false
  const worker = async (): Promise<void> => {
    while (!failed) {
      const next = iterator.next()
      if (next.done === true) return
      try {
        await task(next.value)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}
