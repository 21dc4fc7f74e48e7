import { CassetteError } from '../../errors/cassette-error.ts'

/** A place in a stored body: `['sse', 3, 'data']`. */
export type BodyPath = readonly (string | number)[]

/** A stored body, perhaps edited by hand, does not have the shape of a body. Code `CASSETTE_BODY_FORMAT`. */
export class StoredBodyError extends CassetteError {
  /** The keys from the body's own mapping to the place. */
  readonly path: BodyPath
  /** What should be there, as a noun phrase. */
  readonly expected: string
  /** The kind of value that is there. */
  readonly found: string

  constructor(path: BodyPath, expected: string, value: unknown) {
    const found = describe(value)
    super('CASSETTE_BODY_FORMAT', `body${path.map(segment).join('')}: expected ${expected}, found ${found}.`)
    this.path = path
    this.expected = expected
    this.found = found
  }
}

function segment(key: string | number): string {
  return typeof key === 'number' ? `[${key}]` : `.${key}`
}

/** Names the kind of a value, not the value: a body may hold a secret, which must not be printed. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`
}
