import { CassetteError } from './cassette-error.ts'

/**
 * A server answered with an error status while recording with `onRecordError: 'raise'`. Nothing was written.
 * Code `CASSETTE_RECORDED_ERROR`.
 */
export class RecordedErrorResponse extends CassetteError {
  readonly request: { readonly method: string; readonly url: string }
  readonly status: number

  constructor(request: { method: string; url: string }, status: number, cassettePath: string) {
    super(
      'CASSETTE_RECORDED_ERROR',
      `${request.method} ${request.url} was answered with status ${status} while recording ${cassettePath}. ` +
        "Nothing was written. To keep error responses, record with onRecordError: 'record'.",
    )
    this.request = request
    this.status = status
  }
}
