import type { ServerResponse } from 'node:http'

import { isoNow } from '../clock.ts'
import { RegistryError, type RegistryProblem } from '../errors/registry-error.ts'

const STATUSES: Readonly<Partial<Record<RegistryProblem, number>>> = {
  name: 400,
  denied: 500,
  full: 507,
  corrupt: 422,
  newer: 422,
  conflict: 409,
}

/** Ends a request with a status. */
export class Refused extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Answers with what is wrong. The client learns nothing about the store. */
export function refuse(response: ServerResponse, error: unknown, log: (line: string) => void): void {
  const isKnown = error instanceof Refused
  const status = isKnown
    ? error.status
    : error instanceof RegistryError
      ? (STATUSES[error.problem] ?? 500)
      : error instanceof URIError
        ? 400
        : 500
  if (status === 500)
    log(JSON.stringify({ time: isoNow(), error: error instanceof Error ? error.message : String(error) }))
  if (response.destroyed) return
  // What has begun cannot become an error: the client must see that it broke off.
  if (response.headersSent) {
    response.destroy()
    return
  }
  // A body that nobody reads must not keep the connection.
  if (status === 413) response.setHeader('connection', 'close')
  const isTold = isKnown || status !== 500
  json(response, status, {
    error:
      isTold && error instanceof Error
        ? (error.message.split('\n')[0] ?? '')
        : 'The store of this registry has a problem. Its log says which.',
  })
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  response.statusCode = status
  response.setHeader('content-type', 'application/json')
  response.end(`${JSON.stringify(value)}\n`)
}
