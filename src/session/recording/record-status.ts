import { RecordedErrorResponse } from '../../errors/recorded-error-response.ts'
import type { ResolvedOptions } from '../options/options.ts'

/** Applies `onRecordError` to the status of a response that is being recorded: returns an error to fail with, or warns. */
export function judgeStatus(
  request: { method: string; url: string },
  status: number,
  onRecordError: ResolvedOptions['onRecordError'],
  path: string,
): RecordedErrorResponse | undefined {
  if (status < 400 || onRecordError === 'record') return undefined
  if (onRecordError === 'raise') return new RecordedErrorResponse(request, status, path)
  process.emitWarning(
    `${request.method} ${request.url} was answered with status ${status}; it is recorded into ${path} as it is. ` +
      'If this run fails, the next one asks again.',
    { type: 'CassetteWarning', code: 'CASSETTE_RECORDED_ERROR' },
  )
  return undefined
}
