import type { CassetteEntry } from '../entry.ts'
import type { Interaction, StoredMatch } from '../interaction.ts'
import { interactionText } from '../interaction-text.ts'

/** An entry of a file that had to be parsed whole. Its text is written anew. */
export class ParsedEntry implements CassetteEntry {
  readonly #interaction: Interaction
  #text: string | undefined

  constructor(interaction: Interaction) {
    this.#interaction = interaction
  }

  get id(): string {
    return this.#interaction.id
  }

  get recordedAt(): string {
    return this.#interaction.recorded_at
  }

  get method(): string {
    return this.#interaction.request.method
  }

  get url(): string {
    return this.#interaction.request.url
  }

  get match(): StoredMatch | undefined {
    return this.#interaction.match
  }

  get text(): string {
    this.#text ??= interactionText(this.#interaction)
    return this.#text
  }

  read(): Interaction {
    return this.#interaction
  }
}
