import { Agent } from 'undici'

import { toError } from '../base/to-error.ts'
import { monotonicNow, realNow, sleep } from '../clock.ts'
import { ownConnector } from '../protocols/internals/own-connector.ts'
import { mayPass, waitBefore } from './retry.ts'

/** A model may think for minutes, ms. */
const TIMEOUT_MS = 600_000
const CONNECT_MS = 15_000

export interface Reply {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** From the request to the end of the answer, ms. Of the last attempt. */
  readonly ms: number
}

/** What sends the requests of cassette's own commands. Cassette does not record them. */
export interface Sender {
  /**
   * Posts JSON. Tries again after a failure that may pass.
   * @returns the last answer, whatever its status
   * @throws the network's error, if no attempt was answered
   */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Reply>
  close(): Promise<void>
}

/** @param retries how often a request is sent again */
export function openSender(retries: number): Sender {
  const agent = new Agent({
    connect: ownConnector({ timeout: CONNECT_MS }),
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  })
  const once = async (
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<Reply> => {
    const { origin, pathname, search } = new URL(url)
    const start = monotonicNow()
    const answer = await agent.request({ origin, path: pathname + search, method: 'POST', headers, body })
    const bytes = Buffer.from(await answer.body.arrayBuffer())
    const pairs = Object.entries(answer.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().join(', ')] as const],
    )
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(pairs),
      body: bytes,
      ms: Math.round(monotonicNow() - start),
    }
  }
  const closed = new AbortController()
  return {
    async post(url, headers, body) {
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await once(url, headers, body).catch(toError)
        const isError = outcome instanceof Error
        if (!isError && !mayPass(outcome.status)) return outcome
        const clock = { now: realNow(), random: Math.random() }
        const wait =
          attempt > retries ? undefined : waitBefore(attempt, isError ? {} : outcome.headers, clock)
        if (wait === undefined) {
          if (isError) throw outcome
          return outcome
        }
        await sleep(wait, { signal: closed.signal })
      }
    },
    close() {
      closed.abort()
      return agent.destroy()
    },
  }
}
