/** One part of docs/trust.md: a promise that is measured. */
export interface Section {
  /** Its place in the page: `<!-- figures: NAME -->`. */
  readonly name: string
  /** The short form takes seconds, for CI. The long form takes minutes. */
  run(form: 'short' | 'long'): Promise<Findings>
}

export interface Findings {
  /** What was measured, as Markdown. No time, machine or path, so that a second run writes the same page. */
  readonly figures: string
  /** Every promise that does not hold, a line each. */
  readonly broken: readonly string[]
}
