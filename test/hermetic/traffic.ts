import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'

import { selfSigned } from '../helpers/tls-certificate.ts'
import { streamedAnswer, wholeAnswer } from '../fidelity/answers.ts'
import { CLIENTS } from '../fidelity/clients/index.ts'
import { proxy } from '../fidelity/clients/proxy.ts'
import { JSON_TYPE, say, sayChunks } from '../fidelity/say.ts'
import type { Call, Dialect, FidelityClient, View } from '../fidelity/types.ts'
import { startWireServer, type Wire } from '../fidelity/wire-server.ts'

/** What is asked of a client: one answer, a stream, one answer over TLS. */
export const KINDS = ['whole', 'stream', 'secure'] as const
export type Kind = (typeof KINDS)[number]

/** A client of the support matrix, asked for something; what it tells its program, as text. */
export interface Traveller {
  readonly name: string
  readonly ask: (kind: Kind, addresses: Addresses) => Promise<string>
  readonly close?: () => unknown
}

/** `http://127.0.0.1:PORT`, `https://localhost:PORT`; no slash at the end. */
export interface Addresses {
  readonly plain: string
  readonly secure: string
}

const textOf = (view: View): string => JSON.stringify(view)

function callOf(kind: Kind, { plain, secure }: Addresses): Call {
  const url = `${kind === 'secure' ? secure : plain}/${kind}`
  return { url, method: 'GET', headers: [], ...(kind === 'stream' ? { streaming: true } : {}) }
}

const traveller = (client: FidelityClient): Traveller => ({
  name: client.name,
  ask: async (kind, addresses) => textOf(await client.send(callOf(kind, addresses))),
  ...(client.close ? { close: client.close } : {}),
})

export const TRAVELLERS: readonly Traveller[] = CLIENTS.map(traveller)

/** @param part which of how many: the travellers are spread over processes */
export const partOf = (part: number, parts: number): readonly Traveller[] =>
  TRAVELLERS.filter((_, i) => i % parts === part)

const dialectOf = (name: string): Dialect =>
  CLIENTS.find((client) => client.name === name)?.dialect ?? 'plain'

/** Answers in the dialect of whoever `asks` at the moment. */
async function answer(wire: Wire, dialect: Dialect): Promise<void> {
  if (!wire.target.includes('/stream')) return say(wire, '200 OK', [JSON_TYPE], wholeAnswer(dialect))
  const { type, parts } = streamedAnswer(dialect)
  return sayChunks(wire, [['content-type', type]], parts)
}

export interface Upstream extends Addresses {
  /** From now on answers as the client of that name wants it. */
  speakTo(name: string): void
  readonly proxy: string
  stop(): Promise<void>
}

/** Real servers, plain and TLS, that every client of this process trusts, and the proxy some clients go through. */
export async function startUpstream(): Promise<Upstream> {
  const keys = selfSigned()
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), keys.cert])
  let dialect: Dialect = 'plain'
  const handler = (wire: Wire): Promise<void> => answer(wire, dialect)
  const plain = await startWireServer(handler)
  const secure = await startWireServer(handler, { tls: keys })
  await proxy.start()
  return {
    plain: `http://127.0.0.1:${plain.port}`,
    secure: `https://localhost:${secure.port}`,
    proxy: proxy.url(),
    speakTo(name) {
      dialect = dialectOf(name)
    },
    async stop() {
      await Promise.all([plain.close(), secure.close(), proxy.stop()])
    },
  }
}

/** What `run` gives, or `hangs`; what it throws as text. */
export async function within(ms: number, run: () => Promise<string>): Promise<string> {
  const stop = new AbortController()
  const hangs = sleep(ms, 'hangs', { signal: stop.signal }).catch(() => '')
  try {
    return await Promise.race([run(), hangs])
  } catch (error) {
    return `throws ${String(error)}`
  } finally {
    stop.abort()
  }
}
