import type { Asking, CallPart, MediaPart, ResultPart, Said, TextPart } from '../asking.ts'
import type { AnyPart } from './parts.ts'

/**
 * Collects messages. The system messages at the beginning become the system prompt. Results of tools get a message of their own,
 * whichever message they came in.
 */
export class Talk {
  readonly #system: string[] = []
  readonly #messages: Said[] = []

  say(role: string, parts: readonly AnyPart[]): void {
    if (parts.length === 0) return
    if (role === 'system' || role === 'developer') {
      const texts = parts.filter((part): part is TextPart => part.kind === 'text')
      if (this.#messages.length === 0) this.#system.push(...texts.map(({ text }) => text))
      else this.#messages.push({ role: 'system', parts: texts })
      return
    }
    const results = parts.filter((part): part is ResultPart => part.kind === 'result')
    const others = parts.filter((part): part is TextPart | MediaPart | CallPart => part.kind !== 'result')
    if (results.length > 0) this.#results(results)
    if (others.length > 0) this.#said(role, others)
  }

  asking(): Pick<Asking, 'system' | 'messages'> {
    return { system: this.#system, messages: this.#messages }
  }

  /** In the order of the calls: some APIs have no ids, so the order tells which call a result answers. */
  #results(results: readonly ResultPart[]): void {
    const last = this.#messages.at(-1)
    const before = last?.role === 'tool' ? last.parts : []
    if (last?.role === 'tool') this.#messages.pop()
    const parts = [...before, ...results].toSorted((a, b) => numberOf(a) - numberOf(b))
    this.#messages.push({ role: 'tool', parts })
  }

  #said(role: string, parts: readonly (TextPart | MediaPart | CallPart)[]): void {
    if (role === 'assistant') this.#messages.push({ role, parts })
    else
      this.#messages.push({
        role: 'user',
        parts: parts.filter((part): part is TextPart | MediaPart => part.kind !== 'call'),
      })
  }
}

const numberOf = ({ id }: ResultPart): number => Number(id.replace('call_', ''))
