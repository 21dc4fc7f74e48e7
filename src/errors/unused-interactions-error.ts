import { CassetteError } from './cassette-error.ts'

/** With `strict`, the run did not play all recorded interactions. Code `CASSETTE_UNUSED`. */
export class UnusedInteractionsError extends CassetteError {
  readonly path: string
  readonly unused: readonly { readonly id: string; readonly method: string; readonly url: string }[]

  constructor(path: string, unused: readonly { id: string; method: string; url: string }[]) {
    const shown = unused.slice(0, 10).map(({ id, method, url }) => `  ${id}  ${method} ${url}`)
    if (unused.length > shown.length) shown.push(`  ... and ${unused.length - shown.length} more`)
    super(
      'CASSETTE_UNUSED',
      `${unused.length} of the interactions in ${path} ${unused.length === 1 ? 'was' : 'were'} not played:\n` +
        `${shown.join('\n')}\nRecord again with CASSETTE_MODE=all, or open the cassette without strict.`,
    )
    this.path = path
    this.unused = unused
  }
}
