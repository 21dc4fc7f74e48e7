import type { CassetteEntry } from '../../../cassette/cassette.ts'
import type { Replay } from '../../../exchange/gate.ts'
import { playedError } from '../../../reports/played-error.ts'
import type { SessionContext } from '../../context.ts'

/** Statuses that say more of the moment of recording (no key, too many requests) than of the request. */
const OF_THE_MOMENT: ReadonlySet<number> = new Set([401, 403, 408, 429])

/** Warns, once a cassette, of a recorded error that is played. */
export class PlayedErrors {
  readonly #context: Pick<SessionContext, 'path' | 'opened'>
  #isSaid: boolean

  constructor(context: Pick<SessionContext, 'path' | 'opened'>) {
    this.#context = context
    this.#isSaid = context.opened.options.onRecordError === 'record'
  }

  note(entry: CassetteEntry, answer: Replay): void {
    const what = this.#isSaid ? undefined : errorIn(answer)
    if (what === undefined) return
    this.#isSaid = true
    process.emitWarning(playedError(entry, what, this.#context.path), {
      type: 'CassetteWarning',
      code: 'CASSETTE_PLAYED_ERROR',
    })
  }
}

function errorIn({ response, failure }: Replay): string | undefined {
  if (failure) return `the failure ${failure.code ?? failure.name}`
  const { status = 200 } = response ?? {}
  return OF_THE_MOMENT.has(status) || status >= 500 ? `status ${status}` : undefined
}
