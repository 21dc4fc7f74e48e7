interface Payload {
  readonly path: string
  readonly type: string
  readonly chunks: readonly string[]
}

/** The answers of the upstream, by path. Every tool gives the same bytes. */
export const PAYLOADS = {
  '1 KB': { path: '/1kb', type: 'application/json', chunks: [JSON.stringify({ text: 'x'.repeat(1000) })] },
  '1 MB': {
    path: '/1mb',
    type: 'application/json',
    chunks: [JSON.stringify({ text: 'x'.repeat(1024 * 1024) })],
  },
  SSE: {
    path: '/sse',
    type: 'text/event-stream',
    chunks: Array.from({ length: 1000 }, (_, i) => `data: {"index":${i},"delta":"word "}\n\n`),
  },
} as const satisfies Record<string, Payload>

export type PayloadName = keyof typeof PAYLOADS

export const bytesOf = (name: PayloadName): number =>
  (PAYLOADS[name] as Payload).chunks.reduce((sum, chunk) => sum + chunk.length, 0)
