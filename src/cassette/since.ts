import type { Chunk, ExchangeResponse, Frame, Since } from '../exchange/exchange.ts'
import { sinceOf } from '../exchange/since.ts'

/**
 * Which parts of a response came after the requests of other interactions. A part begins at the `head`, at a byte of the
 * body, or at an entry of a WebSocket. The place after the last one means the end.
 */
export type StoredSince = readonly (readonly [place: 'head' | number, ...interactions: string[]])[]

type Marked = Pick<ExchangeResponse, 'since' | 'chunks' | 'frames' | 'endSince'>

/** The marks of a response. `undefined`: it has none. */
export function sinceToStored({ since, chunks, frames, endSince }: Marked): StoredSince | undefined {
  const stored: ['head' | number, ...string[]][] = []
  const add = (place: 'head' | number, names: Since | undefined): void => {
    if (names === undefined || names.length === 0) return
    const last = stored.at(-1)
    if (last?.[0] === place) last.push(...names)
    else stored.push([place, ...names])
  }
  add('head', since)
  let place = 0
  for (const part of frames ?? chunks) {
    add(place, part.since)
    place += frames ? 1 : (part as Chunk).data.byteLength
  }
  add(place, endSince)
  return stored.length === 0 ? undefined : stored
}

/** The response with its marks, and its chunks cut at each mark. Marks after the body belong to the end. */
export function withSince<Response extends Marked>(
  response: Response,
  stored: StoredSince | undefined,
): Response {
  if (stored === undefined) return response
  const marks = new Marks(stored)
  const parts = response.frames
    ? { frames: response.frames.map((frame, index) => framed(frame, marks.until(index))) }
    : { chunks: cutAt(response.chunks, marks) }
  const end = marks.until(Infinity)
  return { ...response, ...parts, ...sinceOf(marks.head), ...(end.length === 0 ? {} : { endSince: end }) }
}

const framed = (frame: Frame, since: Since): Frame => ({ ...frame, ...sinceOf(since) })

function cutAt(chunks: readonly Chunk[], marks: Marks): Chunk[] {
  const cut: Chunk[] = []
  let byte = 0
  for (const chunk of chunks) {
    for (let start = 0; start < chunk.data.byteLength;) {
      const since = marks.until(byte)
      const end = Math.min(chunk.data.byteLength, start + marks.next - byte)
      const data = chunk.data.subarray(start, end)
      cut.push({ ...chunk, data, delayMs: start === 0 ? chunk.delayMs : 0, ...sinceOf(since) })
      byte += end - start
      start = end
    }
  }
  return cut
}

/** The marks of a response. Ask with rising places only. */
class Marks {
  readonly #head: Since
  readonly #rest: readonly { readonly place: number; readonly names: Since }[]
  #at = 0

  constructor(stored: StoredSince) {
    this.#head = stored.flatMap(([place, ...names]) => (place === 'head' ? names : []))
    this.#rest = stored
      .flatMap(([place, ...names]) => (place === 'head' ? [] : [{ place, names }]))
      .toSorted((a, b) => a.place - b.place)
  }

  get head(): Since {
    return this.#head
  }

  /** The place of the next mark. */
  get next(): number {
    return this.#rest[this.#at]?.place ?? Infinity
  }

  /** The names of the marks up to `place`, without those that were given before. */
  until(place: number): Since {
    const from = this.#at
    while (this.next <= place && this.#at < this.#rest.length) this.#at++
    return this.#rest.slice(from, this.#at).flatMap(({ names }) => names)
  }
}
