export interface Difference {
  /** A path of the canonical request: `messages[2].content`, `tools[get_weather].strict`, `query.page`. */
  readonly path: string
  /** `undefined` if the recorded request does not have it. */
  readonly recorded: unknown
  /** `undefined` if the incoming request does not have it. */
  readonly incoming: unknown
}
