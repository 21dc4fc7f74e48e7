import { createRequire } from 'node:module'

import type * as Re2 from 're2js'

import { isBounded } from './bounded-pattern.ts'

/** A regular expression of the user. Its time is linear in the text. */
export interface LinearPattern {
  /** The matches, in order, in UTF-16 code units. */
  find(text: string): Iterable<{ readonly start: number; readonly end: number }>
}

const SPACE =
  '\\t\\n\\v\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}'

/**
 * Makes a regular expression linear: as it is if it is bounded, else by RE2's automaton.
 * @returns `undefined` if neither is possible
 */
export function linearPattern(pattern: RegExp): LinearPattern | undefined {
  return isBounded(pattern) ? native(pattern) : automaton(pattern)
}

function native(pattern: RegExp): LinearPattern {
  const global = new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`)
  return {
    *find(text) {
      for (const { 0: found, index } of text.matchAll(global))
        yield { start: index, end: index + found.length }
    },
  }
}

const require = createRequire(import.meta.url)

/** `re2js` would take a reference by name for letters. */
const BACK_REFERENCE = /(?<!\\)(?:\\\\)*\\(?:k<|[1-9])/

/** @remarks The package is loaded only if somebody needs it. */
function automaton(pattern: RegExp): LinearPattern | undefined {
  if (pattern.flags.includes('v') || BACK_REFERENCE.test(pattern.source)) return undefined
  const { RE2JS } = require('re2js') as typeof Re2
  try {
    const { ignoreCase, multiline, dotAll } = pattern
    const flags =
      (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) |
      (multiline ? RE2JS.MULTILINE : 0) |
      (dotAll ? RE2JS.DOTALL : 0)
    const compiled = RE2JS.compile(RE2JS.translateRegExp(withSpaces(pattern.source)), flags)
    return {
      *find(text) {
        const matcher = compiled.matcher(text)
        while (matcher.find()) yield { start: matcher.start(), end: matcher.end() }
      },
    }
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('RE2JS')) return undefined
    throw error
  }
}

/** In RE2 `\s` is ASCII, and in JavaScript it is not. */
function withSpaces(source: string): string {
  let inClass = false
  return source.replace(/\\[^]|[[\]]/g, (token) => {
    if (token === '[') inClass = true
    if (token === ']') inClass = false
    if (token === '\\s') return inClass ? SPACE : `[${SPACE}]`
    return token === '\\S' && !inClass ? `[^${SPACE}]` : token
  })
}
