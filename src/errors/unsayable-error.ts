/** An API cannot say what a request asks. The message is the reason, without a dot at its end. */
export class UnsayableError extends Error {
  override readonly name = 'UnsayableError'
}
