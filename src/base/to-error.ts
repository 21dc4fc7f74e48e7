/** `thrown` itself if it is an Error, else an Error whose message is its text. */
export const toError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown))
