export interface Difference {
  /** A path of the canonical request: `messages[2].content`, `tools[get_weather].strict`, `query.page`. */
  readonly path: string
  /** `undefined`: not in the recorded request. */
  readonly recorded: unknown
  /** `undefined`: not in the incoming request. */
  readonly incoming: unknown
}
