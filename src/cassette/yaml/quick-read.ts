import { emitItem } from './emit.ts'
import { setOwn } from './own-keys.ts'

const PLAIN_KEY = /[A-Za-z_$][\w$./-]*/y
const FLOW_PLAIN = /[^,[\]{}\n]+/y
const LITERAL_HEADER = /\|2?([-+]?)\n/y
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[-+]?\d+)?$/

/** {@link emitItem} did not write this text. */
const DECLINED = new Error('declined')

/**
 * Reads a text of {@link emitItem}, about fifty times as fast as a YAML parser. `undefined`: it is not such a text. The result is
 * used only if writing it gives the same text again. The tests of the writer prove that YAML reads each of its texts as the value
 * that was written, so this reader never reads a text differently from YAML.
 */
export function quickRead(text: string): Record<string, unknown> | undefined {
  const value = readItem(text)
  return value !== undefined && emitItem(value, 'readable') === text ? value : undefined
}

/** {@link quickRead} without that proof: for a text that was just written, to compare it with its value. */
export function readItem(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('  - ')) return undefined
  try {
    return new QuickReader(text).item()
  } catch (error) {
    // RangeError: nested too deep for the stack.
    if (error === DECLINED || error instanceof RangeError || error instanceof SyntaxError) return undefined
    throw error
  }
}

class QuickReader {
  readonly #text: string
  #at = 4

  constructor(text: string) {
    this.#text = text
  }

  item(): Record<string, unknown> {
    const value = this.#map(4)
    if (this.#at !== this.#text.length) throw DECLINED
    return value
  }

  #block(column: number): unknown {
    return this.#text.startsWith('- ', this.#at) ? this.#list(column) : this.#map(column)
  }

  #map(column: number): Record<string, unknown> {
    const map: Record<string, unknown> = {}
    do {
      const key = this.#key()
      if (key === undefined) throw DECLINED
      setOwn(map, key, this.#value(column))
    } while (this.#continues(column) && !this.#text.startsWith('- ', this.#at + column) && this.#skip(column))
    return map
  }

  #list(column: number): unknown[] {
    const list: unknown[] = []
    do {
      this.#at += 2
      list.push(this.#item(column + 2))
    } while (this.#continues(column) && this.#text.startsWith('- ', this.#at + column) && this.#skip(column))
    return list
  }

  #item(column: number): unknown {
    if (this.#text.startsWith('- ', this.#at)) return this.#list(column)
    const start = this.#at
    const isMap = this.#key() !== undefined
    this.#at = start
    return isMap ? this.#map(column) : this.#inline(column)
  }

  #value(column: number): unknown {
    const separator = this.#text[this.#at++]
    if (separator === ' ') return this.#inline(column + 2)
    if (separator !== '\n' || !this.#continues(column + 2)) throw DECLINED
    this.#at += column + 2
    return this.#block(column + 2)
  }

  /** A value that begins on this line, and the line end after it. */
  #inline(column: number): unknown {
    const first = this.#text[this.#at]
    if (first === '|') return this.#literal(column)
    const value =
      first === '{' || first === '[' || first === '"' || first === "'"
        ? this.#flow()
        : plainValue(this.#restOfLine())
    if (this.#text[this.#at++] !== '\n') throw DECLINED
    return value
  }

  #flow(): unknown {
    const first = this.#text[this.#at]
    if (first === '{') return this.#flowMap()
    if (first === '[') return this.#flowList()
    if (first === '"' || first === "'") return this.#quoted(first)
    return plainValue(this.#match(FLOW_PLAIN))
  }

  #flowMap(): Record<string, unknown> {
    const map: Record<string, unknown> = {}
    for (let separator = this.#open('}'); separator !== '}'; separator = this.#separator('}')) {
      const key = this.#key()
      if (key === undefined) throw DECLINED
      this.#expect(' ')
      setOwn(map, key, this.#flow())
    }
    return map
  }

  #flowList(): unknown[] {
    const list: unknown[] = []
    for (let separator = this.#open(']'); separator !== ']'; separator = this.#separator(']')) {
      list.push(this.#flow())
    }
    return list
  }

  /** Skips the opening bracket, and the closing one if it follows. */
  #open(close: string): string {
    this.#at++
    if (this.#text[this.#at] !== close) return ''
    this.#at++
    return close
  }

  #separator(close: string): string {
    const found = this.#text[this.#at++]
    if (found === close) return close
    if (found !== ',') throw DECLINED
    this.#expect(' ')
    return found
  }

  #expect(character: string): void {
    if (this.#text[this.#at++] !== character) throw DECLINED
  }

  /** Reads the key that begins here, and its colon. `undefined`: there is none. */
  #key(): string | undefined {
    const first = this.#text[this.#at]
    const key = first === '"' || first === "'" ? this.#quoted(first) : this.#plainKey()
    if (key === undefined || this.#text[this.#at++] !== ':') return undefined
    const next = this.#text[this.#at]
    return next === ' ' || next === '\n' ? key : undefined
  }

  #plainKey(): string | undefined {
    PLAIN_KEY.lastIndex = this.#at
    return PLAIN_KEY.test(this.#text) ? this.#slice(PLAIN_KEY.lastIndex) : undefined
  }

  // Not by a regular expression: for a string of megabytes, its backtracking would need as much memory again.
  #quoted(quote: '"' | "'"): string {
    const text = this.#text
    let end = this.#at
    for (;;) {
      end = text.indexOf(quote, end + 1)
      if (end === -1) throw DECLINED
      if (quote === "'" && text[end + 1] === "'") end++
      else if (quote === "'" || !isEscaped(text, end)) break
    }
    const token = this.#slice(end + 1)
    return quote === '"' ? (JSON.parse(token) as string) : token.slice(1, -1).replaceAll("''", "'")
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    if (!pattern.test(this.#text)) throw DECLINED
    return this.#slice(pattern.lastIndex)
  }

  #slice(end: number): string {
    const found = this.#text.slice(this.#at, end)
    this.#at = end
    return found
  }

  #literal(column: number): string {
    LITERAL_HEADER.lastIndex = this.#at
    const chomping = LITERAL_HEADER.exec(this.#text)?.[1]
    if (chomping === undefined) throw DECLINED
    this.#at = LITERAL_HEADER.lastIndex
    const text = this.#text
    const start = this.#at
    while (text[this.#at] === '\n' || this.#indented(column)) {
      const end = text.indexOf('\n', this.#at)
      if (end === -1) throw DECLINED
      this.#at = end + 1
    }
    // One pass over the whole block, so that a million lines do not become a million strings.
    const lines = text.slice(start, this.#at).replace(new RegExp(`\n {${column}}`, 'g'), '\n')
    const value = lines.startsWith('\n') ? lines : lines.slice(column)
    return chomping === '-' ? value.slice(0, -1) : value
  }

  #restOfLine(): string {
    const end = this.#text.indexOf('\n', this.#at)
    if (end === -1) throw DECLINED
    return this.#slice(end)
  }

  #indented(column: number): boolean {
    for (let offset = 0; offset < column; offset++) {
      if (this.#text[this.#at + offset] !== ' ') return false
    }
    return true
  }

  /** Whether the text of the next line begins exactly at that column. */
  #continues(column: number): boolean {
    const first = this.#text[this.#at + column]
    return this.#indented(column) && first !== undefined && first !== ' ' && first !== '\n'
  }

  #skip(column: number): true {
    this.#at += column
    return true
  }
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}

function plainValue(text: string): unknown {
  if (text === 'null') return null
  if (text === 'true') return true
  if (text === 'false') return false
  if (NUMBER.test(text)) return Number(text)
  if (text === '.nan') return Number.NaN
  if (text === '.inf') return Number.POSITIVE_INFINITY
  return text === '-.inf' ? Number.NEGATIVE_INFINITY : text
}
