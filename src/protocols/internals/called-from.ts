/**
 * Tests the stack trace of the current call.
 * @param test gets one line a frame, for the innermost `depth` frames, innermost first; this function is one of them
 */
export function calledFrom(test: (frames: readonly string[]) => boolean, depth: number): boolean {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = depth
  const { stack = '' } = new Error('where')
  Error.stackTraceLimit = limit
  return test(stack.split('\n').slice(1))
}
