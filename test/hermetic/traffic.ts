import tls from 'node:tls'

import { CLIENTS } from '../fidelity/clients/index.ts'
import { lackingOf } from '../fidelity/run.ts'
import type { Call, Exchange, FidelityClient } from '../fidelity/types.ts'
import { GRPC_TRAVELLERS } from './grpc-clients.ts'
import { HTTP2_TRAVELLERS } from './http2-clients.ts'
import { type Addresses, type Kind, KINDS, told, type Traveller } from './traveller.ts'
import { WEBSOCKET_TRAVELLERS } from './websocket-clients.ts'

const EXTRAS: Readonly<Record<Kind, Partial<Call>>> = {
  whole: {},
  secure: {},
  stream: { streaming: true },
  aborted: { streaming: true, abort: 'in-body' },
  abandoned: { abort: 'waiting' },
}

/** The exchanges of the fidelity suite that tell whether a client can do this kind. */
const NEEDS: Readonly<Partial<Record<Kind, Pick<Exchange, 'name' | 'needs'>>>> = {
  aborted: { name: 'aborted in the body', needs: ['abort-in-body', 'direct'] },
  abandoned: { name: 'aborted while waiting', needs: ['abort'] },
}

const slug = (name: string): string => name.replaceAll(/[^a-z0-9]+/gi, '-')

/** Each client requests its own path. */
const callOf = (kind: Kind, { name, dialect }: FidelityClient, { plain, secure }: Addresses): Call => ({
  url: `${kind === 'secure' ? secure : plain}/${dialect}/${kind}/${slug(name)}`,
  method: 'GET',
  headers: [],
  ...EXTRAS[kind],
})

function can(client: FidelityClient, kind: Kind): boolean {
  const exchange = NEEDS[kind]
  return !exchange || lackingOf(client, { ...exchange, serve: () => {} }) === undefined
}

const ofTheMatrix = (client: FidelityClient): Traveller => ({
  name: client.name,
  family: client.family === 'SDKs' ? client.name : client.family,
  kinds: KINDS.filter((kind) => can(client, kind)),
  ask: async (kind, addresses) => told(await client.send(callOf(kind, client, addresses))),
  ...(client.close ? { close: client.close } : {}),
})

export const TRAVELLERS: readonly Traveller[] = [
  ...CLIENTS.map(ofTheMatrix),
  ...HTTP2_TRAVELLERS,
  ...GRPC_TRAVELLERS,
  ...WEBSOCKET_TRAVELLERS,
]

/** @param part the number of the part; the travellers are spread over `parts` processes */
export const partOf = (part: number, parts: number): readonly Traveller[] =>
  TRAVELLERS.filter((_, i) => i % parts === part)

/** Makes every client of this process trust a server with this certificate. */
export const trust = (ca: string): void =>
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca])
