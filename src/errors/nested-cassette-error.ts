import { CassetteError } from './cassette-error.ts'

/** Who has the process's one place for a cassette. */
interface Holder {
  readonly path: string
  /** ISO 8601. */
  readonly since: string
  /** The advice at the end of the message. Absent: `withCassette` opened the cassette. */
  readonly choose?: string | undefined
}

/**
 * A second cassette was opened while one is open. Recording is process-wide, so neither cassette could know which
 * requests are its own. Code `CASSETTE_NESTED`.
 */
export class NestedCassetteError extends CassetteError {
  readonly openPath: string
  readonly refusedPath: string

  /** When the open cassette was opened, ISO 8601. */
  readonly openSince: string

  constructor(refusedPath: string, { path, since, choose }: Holder) {
    super(
      'CASSETTE_NESTED',
      `${refusedPath} cannot be opened while ${path} is, since ${since}: a process has one cassette at a time. ` +
        (choose ??
          'Await the first withCassette (or close() its session) before the second, or use one cassette for both.'),
    )
    this.openPath = path
    this.refusedPath = refusedPath
    this.openSince = since
  }
}
