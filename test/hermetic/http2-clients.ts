import http2 from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'

import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { Agent, request as undiciRequest } from 'undici'

import { type Addresses, errorIn, type Kind, KINDS, told, type Traveller } from './traveller.ts'

/** How long a client waits before it aborts, if it does not want the answer, ms. */
const WAIT_MS = 40
const FAMILY = 'HTTP/2'

function overStream(session: http2.ClientHttp2Session, kind: Kind, who: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const seen: { head?: string[]; body: string; error?: string[] } = { body: '' }
  const stream = session.request({ ':path': `/plain/${kind}/${who}` })
  stream.setEncoding('utf8')
  stream.on('response', (_, __, raw) => {
    seen.head = raw as unknown as string[]
  })
  stream.on('data', (text: string) => {
    seen.body += text
    if (kind === 'aborted') stream.close(http2.constants.NGHTTP2_CANCEL)
  })
  stream.on('error', (error) => Object.assign(seen, errorIn(error)))
  stream.on('close', () => resolve(told(seen)))
  if (kind === 'abandoned') setTimeout(() => stream.close(http2.constants.NGHTTP2_CANCEL), WAIT_MS)
  stream.end()
  return promise
}

const connect = (kind: Kind, { h2c, h2, ca }: Addresses): http2.ClientHttp2Session => {
  const session = kind === 'secure' ? http2.connect(h2, { ca }) : http2.connect(h2c)
  session.on('error', () => {})
  return session
}

const pooled = new Map<string, http2.ClientHttp2Session>()

/** One session for all requests. Opens a new one if it has ended. */
function pooledSession(kind: Kind, addresses: Addresses): http2.ClientHttp2Session {
  const key = kind === 'secure' ? addresses.h2 : addresses.h2c
  const former = pooled.get(key)
  if (former && !former.closed && !former.destroyed) return former
  const session = connect(kind, addresses)
  session.unref()
  pooled.set(key, session)
  return session
}

const agents = new Map<string, Agent>()
const agentFor = ({ ca }: Addresses): Agent => {
  const agent = agents.get(ca) ?? new Agent({ allowH2: true, connect: { ca } })
  agents.set(ca, agent)
  return agent
}

async function viaUndici(kind: Kind, addresses: Addresses): Promise<string> {
  const controller = new AbortController()
  if (kind === 'abandoned') void sleep(WAIT_MS).then(() => controller.abort())
  try {
    const url = `${addresses.h2}/plain/${kind}/undici`
    const { statusCode, headers, body } = await undiciRequest(url, {
      dispatcher: agentFor(addresses),
      signal: controller.signal,
    })
    let text = ''
    for await (const part of body) {
      text += String(part)
      if (kind === 'aborted') controller.abort()
    }
    return told({ statusCode, headers, text })
  } catch (error) {
    return told(errorIn(error))
  }
}

async function viaBedrock(kind: Kind, addresses: Addresses): Promise<string> {
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: `${addresses.h2c}/bedrock/${kind}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  const controller = new AbortController()
  const options = { abortSignal: controller.signal }
  if (kind === 'abandoned') void sleep(WAIT_MS).then(() => controller.abort())
  const input = {
    modelId: 'anthropic.claude',
    messages: [{ role: 'user' as const, content: [{ text: 'Say hello.' }] }],
  }
  try {
    if (kind === 'whole' || kind === 'abandoned') {
      const { output } = await client.send(new ConverseCommand(input), options)
      return told(output)
    }
    const { stream } = await client.send(new ConverseStreamCommand(input), options)
    const events: unknown[] = []
    for await (const event of stream ?? []) {
      events.push(event)
      if (kind === 'aborted') controller.abort()
    }
    return told(events)
  } catch (error) {
    return told(errorIn(error))
  } finally {
    client.destroy()
  }
}

export const HTTP2_TRAVELLERS: readonly Traveller[] = [
  {
    name: 'http2.connect, a session each',
    family: FAMILY,
    kinds: KINDS,
    async ask(kind, addresses) {
      const session = connect(kind, addresses)
      try {
        return await overStream(session, kind, 'each')
      } finally {
        session.close()
      }
    },
  },
  {
    name: 'http2.connect, one session',
    family: FAMILY,
    kinds: KINDS,
    ask: (kind, addresses) => overStream(pooledSession(kind, addresses), kind, 'one'),
    close() {
      for (const session of pooled.values()) session.destroy()
      pooled.clear()
    },
  },
  {
    name: 'undici 8, allowH2',
    family: FAMILY,
    kinds: KINDS,
    ask: viaUndici,
    async close() {
      const all = [...agents.values()]
      agents.clear()
      await Promise.all(all.map((agent) => agent.destroy()))
    },
  },
  {
    name: '@aws-sdk/client-bedrock-runtime, HTTP/2',
    family: FAMILY,
    kinds: KINDS.filter((kind) => kind !== 'secure'),
    ask: viaBedrock,
  },
]
