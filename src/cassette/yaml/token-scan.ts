/** A parser's stack ends soon after this depth. */
const MAX_DEPTH = 1000
const MAX_DIRECTIVES = 10
const ONCE = 'each key once'

const SCALARS = new Set(['scalar', 'single-quoted-scalar', 'double-quoted-scalar'])
const REFUSED: Readonly<Record<string, string>> = { anchor: 'anchors', alias: 'aliases', tag: 'tags' }
/** What may stand at the start of a line of the root mapping. */
const AT_ROOT = new Set([
  'seq-item-ind',
  'explicit-key-ind',
  'map-value-ind',
  'doc-start',
  'doc-end',
  'byte-order-mark',
])

const NO_CONTENT = new Set(['byte-order-mark', 'directive-line', 'doc-start'])

type MakeError = (at: number, expected: string, found: string | undefined) => Error

/** Finds errors in the tokens of a YAML lexer, one after the other. It only refuses what a parser, or the format, refuses too. */
export class TokenScan {
  readonly #root: 'mapping' | 'item'
  readonly #makeError: MakeError
  /** The closing brackets that are to come. */
  readonly #flow: string[] = []
  /** The token before, outside of white space and comments. */
  #last = ''
  #hasContent = false
  /** A value is complete: no other one can follow it. */
  #hasValue = false
  /** Inside of brackets: a colon has come, and no comma after it. */
  #isPair = false
  #isLineStart = true
  #lineAt = 0
  /** How many `-`, `?` and `:` outside of brackets this line has. */
  #indicators = 0
  #colons = 0
  #lineBeganWith = ''
  #documents = 0
  #ends = 0
  #directives = 0
  /** A scalar at the start of a line, until its colon comes. */
  #key: string | undefined
  readonly #keys = new Set<string>()
  /** How the value of the last root key began on the lines after it. */
  #rootValue: 'dash' | 'deeper' | undefined

  constructor(root: 'mapping' | 'item', makeError: MakeError) {
    this.#root = root
    this.#makeError = makeError
  }

  token(type: string, token: string, at: number): void {
    if (type === 'scalar' && this.#last === 'block-scalar-header') return this.#blockScalar(token, at)
    if (token === '') return
    const isFirst = this.#isLineStart
    this.#isLineStart = type === 'newline'
    if (type === 'newline') return this.#newline(at)
    if (type === 'space' || type === 'comment') return
    if (isFirst) this.#lineAt = at
    const problem = this.#problem(type, token, isFirst)
    if (problem) throw this.#makeError(problem[0] === ONCE ? this.#lineAt : at, ...problem)
    this.#last = type
  }

  /** It ends with its last line end. It is empty if the next line is not indented. */
  #blockScalar(token: string, at: number): void {
    this.#last = 'scalar'
    if (token === '') return
    this.#isLineStart = true
    this.#newline(at)
  }

  #newline(at: number): void {
    if (this.#key !== undefined && this.#keys.size > 0)
      throw this.#makeError(at, 'a colon after a key', undefined)
    this.#indicators = this.#colons = 0
    this.#lineBeganWith = ''
    if (this.#flow.length === 0) this.#hasValue = false
  }

  #problem(type: string, token: string, isFirst: boolean): [string, string | undefined] | undefined {
    const shown = JSON.stringify(token.slice(0, 40))
    const refused = REFUSED[type]
    if (refused !== undefined) return [`no ${refused}`, shown]
    if ((type === 'doc-start' && ++this.#documents > 1) || (type === 'doc-end' && ++this.#ends > 1))
      return ['one YAML document', 'another']
    if (type === 'directive-line' && ++this.#directives > MAX_DIRECTIVES) return ['few directives', shown]
    if (this.#flow.length === 0) {
      const problem = this.#inBlock(type, token, isFirst)
      if (problem) return problem
    } else if (!this.#fitsInFlow(type)) return ['YAML that can be read', shown]
    return this.#value(type) ? undefined : ['YAML that can be read', shown]
  }

  /** Follows values and brackets. @returns false if this token cannot stand here */
  #value(type: string): boolean {
    const isOpen = type === 'flow-map-start' || type === 'flow-seq-start'
    if ((isOpen || SCALARS.has(type)) && this.#hasValue) return false
    if (isOpen) this.#flow.push(type === 'flow-map-start' ? 'flow-map-end' : 'flow-seq-end')
    else if (type === 'flow-map-end' || type === 'flow-seq-end') {
      if (this.#flow.pop() !== type) return false
      this.#hasValue = true
    } else if (SCALARS.has(type)) this.#hasValue = true
    else if (type === 'map-value-ind' || (type === 'comma' && this.#flow.length > 0)) this.#hasValue = false
    this.#isPair = type === 'map-value-ind' || (this.#isPair && type !== 'comma' && !isOpen)
    return true
  }

  #fitsInFlow(type: string): boolean {
    if (this.#flow.length > MAX_DEPTH || type === 'seq-item-ind') return false
    if (type === 'explicit-key-ind') return this.#last !== type
    if (type === 'map-value-ind' && this.#isPair) return false
    if (type === 'comma') return this.#last !== 'comma' && !this.#last.endsWith('-start')
    // The format has no collections as keys.
    if (type.endsWith('-start') && this.#flow.at(-1) === 'flow-map-end') return this.#last === 'map-value-ind'
    return true
  }

  #inBlock(type: string, token: string, isFirst: boolean): [string, string | undefined] | undefined {
    const shown = JSON.stringify(token.slice(0, 40))
    if (this.#lineBeganWith === '') this.#lineBeganWith = type
    if (this.#root === 'mapping' && type === 'seq-item-ind' && !this.#hasContent)
      return ['a mapping with version and interactions', 'a list']
    this.#hasContent ||= !NO_CONTENT.has(type)
    const problem = isFirst && this.#documents === 0 ? this.#atLineStart(type, token) : undefined
    if (problem) return problem
    if (!isFirst && this.#indicators === 0 && this.#lineBeganWith === type) this.#rootValue ??= 'deeper'
    if (type === 'map-value-ind') {
      if (this.#key !== undefined && this.#root === 'mapping') {
        if (this.#keys.has(this.#key)) return [ONCE, `a second ${this.#key.slice(0, 80)}`]
        this.#keys.add(this.#key)
        this.#rootValue = undefined
      }
      this.#key = undefined
      // `: a: b` may follow an explicit key.
      if (++this.#colons > 2) return ['YAML that can be read', shown]
    }
    if (type === 'seq-item-ind' && this.#colons > 0 && this.#lineBeganWith !== 'map-value-ind')
      return ['YAML that can be read', shown]
    if (type.endsWith('-ind') && ++this.#indicators > MAX_DEPTH)
      return ['collections nested less deeply', undefined]
    return undefined
  }

  #atLineStart(type: string, token: string): [string, string | undefined] | undefined {
    if (this.#root === 'item') return undefined
    const shown = JSON.stringify(token.slice(0, 40))
    // A plain scalar of several lines is no key.
    const isText = type === 'block-scalar-header' || (type === 'scalar' && token.includes('\n'))
    if (this.#keys.size === 0 && isText) return ['a mapping with version and interactions', 'text']
    if (SCALARS.has(type)) this.#key = token
    else if (this.#keys.size > 0 && !AT_ROOT.has(type)) return ['a key', shown]
    if (type !== 'seq-item-ind') return undefined
    if (this.#rootValue === 'deeper') return ['YAML that can be read', shown]
    this.#rootValue = 'dash'
    return undefined
  }
}
