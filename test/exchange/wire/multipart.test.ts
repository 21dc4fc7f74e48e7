import { deepEqual, equal } from 'node:assert/strict'

import { scanMultipart, type MultipartTolerance } from '../../../src/exchange/wire/multipart.ts'

const STRICT: MultipartTolerance = { lineEnd: 'crlf', longerLine: 'delimiter' }

/** What the scanner finds, as texts: the preamble, each part with the rest of its delimiter line, the epilogue. */
function scan(body: string, tolerance: Partial<MultipartTolerance> = {}, boundary = 'b'): unknown {
  const bytes = Buffer.from(body, 'latin1')
  const layout = scanMultipart(bytes, boundary, { ...STRICT, ...tolerance })
  if (layout === undefined) return undefined
  const text = (start: number, end?: number): string => bytes.toString('latin1', start, end)
  return [
    text(0, layout.first),
    ...layout.parts.map(({ start, end }) => text(start, end)),
    layout.epilogue === undefined ? undefined : text(layout.epilogue),
  ]
}

describe('the scanner of multipart bodies', () => {
  it('finds the preamble, the parts and the epilogue', () => {
    deepEqual(scan('before\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\nafter'), [
      'before\r\n',
      '\r\n\r\none',
      '\r\n\r\ntwo',
      '\r\nafter',
    ])
    deepEqual(scan('--b\r\n\r\none\r\n--b--'), ['', '\r\n\r\none', ''])
  })

  it('finds nothing in a body without a delimiter at the beginning of a line', () => {
    equal(scan(''), undefined)
    equal(scan('text --b\r\n\r\none\r\n'), undefined)
  })

  it('ends a part that is cut short with the body', () => {
    deepEqual(scan('--b\r\n\r\none\r\n--'), ['', '\r\n\r\none\r\n--', undefined])
  })

  it('takes the line end of a delimiter for the one before the next delimiter', () => {
    deepEqual(scan('--b\r\n--b\r\n--b--'), ['', '', '', ''])
  })

  it('reads lines that end with LF alone only if it is told to', () => {
    const body = 'x\n--b\n\none\n--b--\n'
    equal(scan(body), undefined)
    deepEqual(scan(body, { lineEnd: 'crlf or lf' }), ['x\n', '\n\none', '\n'])
    deepEqual(scan('--b\r\n\r\none\r\n--b--', { lineEnd: 'crlf or lf' }), ['', '\r\n\r\none', ''])
  })

  it('takes a longer line for a delimiter or for content, as it is told', () => {
    const body = '--b \t\r\n\r\none\r\n--bc\r\n\r\ntwo\r\n--b--'
    deepEqual(scan(body), ['', ' \t\r\n\r\none', 'c\r\n\r\ntwo', ''])
    deepEqual(scan(body, { longerLine: 'content' }), ['', ' \t\r\n\r\none\r\n--bc\r\n\r\ntwo', ''])
    deepEqual(scan('--bc\r\n\r\none\r\n--b--', { longerLine: 'content' }), ['', 'c\r\n\r\none', ''])
  })

  it('finds a boundary that is not ASCII in Latin-1 and in UTF-8', () => {
    deepEqual(scan('--\u00e9\r\n\r\none\r\n--\u00e9--', {}, '\u00e9'), ['', '\r\n\r\none', ''])
    const utf8 = Buffer.from('--\u00e9\r\n\r\none\r\n--\u00e9--').toString('latin1')
    deepEqual(scan(utf8, {}, '\u00e9'), ['', '\r\n\r\none', ''])
  })
})
