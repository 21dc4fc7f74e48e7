interface Named {
  readonly id: string
  readonly method: string
  readonly url: string
}

const nameOf = ({ id, method, url }: Named): string => `${method} ${url} (interaction ${id})`

/** The warning if a part of a response was held back for a request that did not come. */
export const sentTooLate = (held: Named, missing: Named, path: string): string =>
  `The response of ${nameOf(held)} waited 5 s for ${nameOf(missing)}, ` +
  `because the program had sent that request before the response went on when ${path} was recorded. ` +
  'It goes on without that request. If the program sends it later now, or no more, record the cassette again: CASSETTE_MODE=all.'

/** The warning if a mark names an interaction that the file does not have. */
export const unknownMark = (marked: Named, id: string, path: string): string =>
  `${path}: "since" of ${nameOf(marked)} names the interaction ${id}, which is not in the file. ` +
  'The response is not held back for it. Take the name out of "since", or record the cassette again: CASSETTE_MODE=all.'
