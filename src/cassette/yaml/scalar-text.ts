/** Not printable in YAML 1.2, or a line end for some YAML readers. Only an escape is safe. */
const NEEDS_ESCAPE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/

/** Cannot start a plain scalar, or some YAML readers would read it as something else. */
const INDICATOR_FIRST = /^[-?:,[\]{}#&*!|>'"%@`=<~\s]/

/** Words of the core schema, and of YAML 1.1, which many readers still follow. */
const NOT_A_STRING = /^(?:null|true|false|yes|no|on|off|y|n)$/i
/** `on` stays plain as a key: the format has such a key. */
const NOT_A_KEY = /^(?:null|true|false|yes|no|off)$/i
const NUMBER_LIKE =
  /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[\da-f_]+|\d[\d_]*(?::\d+)+(?:\.[\d_]*)?|\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?|\.\d[\d_]*(?:e[-+]?\d+)?|\.(?:inf|nan))$/i

const PLAIN_KEY = /^[A-Za-z_$][\w$./-]*$/

/** Shorter multi-line text is easier to read on one line, with `\n`. */
const MIN_LITERAL_CHARACTERS = 32
/** A longer single line becomes a literal block too, so that its quotes need no escapes. */
const MIN_LITERAL_LINE_CHARACTERS = 1000

/** A scalar on one line: plain if that is safe, else quoted. */
export function scalarText(value: string | number | boolean | null, inFlow: boolean): string {
  if (typeof value === 'string') return isPlain(value, inFlow) ? value : quoted(value)
  if (typeof value === 'number') return numberText(value)
  return String(value)
}

/** A mapping's key. Never longer than its JSON text. */
export function keyText(key: string): string {
  return PLAIN_KEY.test(key) && !NOT_A_KEY.test(key) ? key : quoted(key)
}

/** Text that a literal block (`|`) can hold and that is long enough for one. */
export function isLiteral(value: string): boolean {
  if (value.length < MIN_LITERAL_CHARACTERS) return false
  const lineEnd = value.indexOf('\n')
  const isLine = lineEnd === -1 || !/[^\n]/.test(value.slice(lineEnd))
  if (isLine && (value.length < MIN_LITERAL_LINE_CHARACTERS || isPlain(value, false))) return false
  // YAML readers do not agree on a last line that is only blanks.
  if (/^[ \t]+$/.test(lastLine(value))) return false
  return !NEEDS_ESCAPE.test(value) && value.isWellFormed()
}

/** `|` with its indicators, and the lines, each after `indent`. Ends with a line end. */
export function literalText(value: string, indent: string): string {
  // Without the indicator, a blank at the start of the first line would count as indentation.
  const indentation = /^[ \t\n]/.test(value) ? '2' : ''
  const body = (value.startsWith('\n') ? '' : indent) + value.replace(/\n(?=[^\n])/g, `\n${indent}`)
  if (!value.endsWith('\n')) return `|${indentation}-\n${body}\n`
  return `|${indentation}${value.endsWith('\n\n') ? '+' : ''}\n${body}`
}

/** In double quotes, as JSON (a part of YAML 1.2). Characters that YAML or an editor could change are escaped. */
export function doubleQuoted(value: string): string {
  const json = JSON.stringify(value)
  return NEEDS_ESCAPE.test(json)
    ? json.replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, unicodeEscape)
    : json
}

/** The last line that is not empty. */
function lastLine(value: string): string {
  let end = value.length
  while (value[end - 1] === '\n') end--
  return value.slice(value.lastIndexOf('\n', end - 1) + 1, end)
}

function quoted(value: string): string {
  if (/[\t\n]/.test(value) || NEEDS_ESCAPE.test(value) || !value.isWellFormed()) return doubleQuoted(value)
  if (!value.includes("'")) return `'${value}'`
  return /["\\]/.test(value) ? `'${value.replaceAll("'", "''")}'` : `"${value}"`
}

function isPlain(value: string, inFlow: boolean): boolean {
  if (value === '' || INDICATOR_FIRST.test(value) || NOT_A_STRING.test(value)) return false
  if (/[\s:]$/.test(value.slice(-1)) || value.includes(': ') || value.includes(' #')) return false
  if (/^[-+.\d]/.test(value) && NUMBER_LIKE.test(value)) return false
  if (/[\t\n]/.test(value) || NEEDS_ESCAPE.test(value) || !value.isWellFormed()) return false
  // Readers of YAML 1.1 (PyYAML, yamllint) fail at `?` in flow style.
  return !inFlow || !/[,[\]{}?]/.test(value)
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : JSON.stringify(value)
  if (Number.isNaN(value)) return '.nan'
  return value > 0 ? '.inf' : '-.inf'
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
