import { bufferOf } from '../../base/bytes.ts'
import type { CassetteEntry } from '../entry.ts'
import { textOf } from './file-encoding.ts'
import { FIRST_BYTES, isWhole, readSummary, type Summary, SUMMARY_BYTES, readMatchLine } from './summary.ts'
import type { Interaction, StoredMatch } from '../interaction.ts'
import { type SidecarFiles, withSidecars } from '../sidecars.ts'
import { readItemText } from './read-item.ts'
import type { Segment } from './segments.ts'
import { formatError, type SourceText, sourceText } from '../yaml/source-text.ts'

/** An entry that is a range of bytes of a file. */
export class SegmentEntry implements CassetteEntry {
  readonly text: Uint8Array
  readonly #path: string
  readonly #segment: Segment
  readonly #files: SidecarFiles | undefined
  readonly #matchLine: string | undefined
  #summary: Summary | undefined
  #plainMatch: { readonly value: StoredMatch | undefined } | undefined
  #interaction: Interaction | undefined

  constructor(file: Buffer, path: string, segment: Segment, files?: SidecarFiles) {
    this.text = file.subarray(segment.start, segment.end)
    this.#path = path
    this.#segment = segment
    this.#files = files
    this.#matchLine = segment.match && file.toString('utf8', ...segment.match)
  }

  get id(): string {
    return this.#seen().id ?? this.read().id
  }

  get recordedAt(): string {
    return this.#seen().recordedAt ?? this.read().recorded_at
  }

  get method(): string {
    return this.#seen().method ?? this.read().request.method
  }

  get url(): string {
    return this.#seen().url ?? this.read().request.url
  }

  get match(): StoredMatch | undefined {
    return this.#matchOfLine ?? this.read().match
  }

  /** Whether `id` and `match` are known without reading the item. */
  get isPlain(): boolean {
    return this.#seen().id !== undefined && this.#matchOfLine !== undefined
  }

  read(): Interaction {
    this.#interaction ??= this.#read()
    return this.#interaction
  }

  #read(): Interaction {
    const read = readItemText(this.#source())
    if (this.#files === undefined) return read
    return withSidecars(read, this.#files, (name, ...problem) => {
      const source = this.#source()
      return formatError(source, source.text.indexOf(name), ...problem)
    })
  }

  get #matchOfLine(): StoredMatch | undefined {
    this.#plainMatch ??= { value: readMatchLine(this.#matchLine) }
    return this.#plainMatch.value
  }

  #source(): SourceText {
    const { line } = this.#segment
    return sourceText(this.#path, textOf(this.text, this.#path, line), line)
  }

  #seen(): Summary {
    this.#summary ??= this.#topOf(FIRST_BYTES)
    return this.#summary
  }

  #topOf(bytes: number): Summary {
    const { start, dash, column } = this.#segment
    const from = dash - start
    const summary = readSummary(bufferOf(this.text).toString('utf8', from, from + bytes), column)
    return isWhole(summary) || bytes >= SUMMARY_BYTES ? summary : this.#topOf(SUMMARY_BYTES)
  }
}
