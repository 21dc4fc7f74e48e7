import type { Chunk, ExchangeResponse } from '../exchange/exchange.ts'

/**
 * How much of the request the client had sent when the bytes of the response came: units of the request (`RequestUnits`), or
 * `all`. An entry is valid from its byte of the response body on. The byte after the last one means the end.
 */
export type Turns = readonly (readonly [byte: number, units: number | 'all'])[]

/** The turns of a conversation. `undefined`: the response does not belong to one. */
export function turnsOf({
  after,
  chunks,
  endAfter,
}: Pick<ExchangeResponse, 'after' | 'chunks' | 'endAfter'>): Turns | undefined {
  if (after === undefined) return undefined
  const turns: [number, number | 'all'][] = []
  let byte = 0
  const from = (units: number | 'all'): void => {
    if (turns.at(-1)?.[1] !== units) turns.push([byte, units])
  }
  for (const chunk of chunks) {
    from(chunk.after ?? 'all')
    byte += chunk.data.byteLength
  }
  from(endAfter ?? 'all')
  return turns
}

/** The chunks, cut at the beginning of each turn, each with its turn. */
export function withTurns(
  chunks: readonly Chunk[],
  turns: Turns,
): { readonly chunks: Chunk[]; readonly endAfter?: number } {
  const cut: Chunk[] = []
  let byte = 0
  let next = 0
  let units: number | 'all' = 'all'
  const advance = (): void => {
    for (let turn = turns[next]; turn !== undefined && turn[0] <= byte; turn = turns[++next]) units = turn[1]
  }
  const tag = (): { after?: number } => (units === 'all' ? {} : { after: units })
  for (const { data, delayMs } of chunks) {
    for (let start = 0; start < data.byteLength;) {
      advance()
      const end = Math.min(data.byteLength, start + (turns[next]?.[0] ?? Infinity) - byte)
      cut.push({ data: data.subarray(start, end), delayMs: start === 0 ? delayMs : 0, ...tag() })
      byte += end - start
      start = end
    }
  }
  // A body that a hand edit made shorter still ends with the last turn.
  byte = Infinity
  advance()
  return { chunks: cut, ...(units === 'all' ? {} : { endAfter: units }) }
}
