import assert from 'node:assert/strict'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import * as fc from 'fast-check'
import { parseSse, parseSseBytes } from '../../../src/exchange/wire/sse.ts'

const data = (text: string): (string | undefined)[] => [...parseSse(text)].map((event) => event.data)

describe('the event stream parser', () => {
  it('ends lines at LF, CRLF and CR, also if they are mixed', () => {
    assert.deepEqual(data('data: a\n\ndata: b\r\n\r\ndata: c\r\rdata: d\r\n\n'), ['a', 'b', 'c', 'd'])
  })

  it('drops only one space after the colon', () => {
    assert.deepEqual(data('data:a\n\ndata: a\n\ndata:  a\n\ndata: \n\ndata\n\n'), ['a', 'a', ' a', '', ''])
  })

  it('joins data lines with LF, even with other fields between them', () => {
    const [event] = parseSse('data: a\nevent: x\nid: 1\ndata:\ndata: b\nretry: 250\n\n')
    assert.equal(event?.data, 'a\n\nb')
    assert.equal(event?.event, 'x')
    assert.equal(event?.id, '1')
    assert.equal(event?.retry, 250)
  })

  it('keeps the last event name, but no id with NUL and no retry that is not a number', () => {
    const [event] = parseSse('event: x\nevent: y\nid: 1\nid: \u0000\nretry: 5\nretry: 5s\ndata\n\n')
    assert.equal(event?.event, 'y')
    assert.equal(event?.id, '1')
    assert.equal(event?.retry, 5)
  })

  it('gives blocks of comments, and an event that is cut short without a terminator', () => {
    const events = [...parseSse(': hello\n\ndata: {"a":')]
    assert.deepEqual(
      events.map(({ data: text, terminator }) => [text, terminator]),
      [
        [undefined, '\n'],
        ['{"a":', ''],
      ],
    )
    assert.equal(events[0]?.lines[0]?.value, 'hello')
  })

  it('does not change the letter case of field names', () => {
    assert.deepEqual(data('Data: a\ndata : b\n data: c\n\n'), [undefined])
  })

  it('skips one BOM at the start', () => {
    assert.deepEqual(data('\uFEFFdata: a\n\n'), ['a'])
    assert.deepEqual(data('\uFEFF\uFEFFdata: a\n\n'), [undefined])
    assert.deepEqual(
      [...parseSseBytes(Buffer.from('\uFEFFdata: é\n\n'))].map((event) => event.data),
      ['é'],
    )
  })

  it('gives offsets with which values can be cut out and replaced', () => {
    const text = '\uFEFFevent: ä\r\ndata: 😀 key\r\ndata:two\r\n\r\n: c\n\ndata: end'
    const pieces = [...parseSse(text)].flatMap(({ lines }) =>
      lines.map(({ valueStart, end }) => text.slice(valueStart, end)),
    )
    assert.deepEqual(pieces, ['ä', '😀 key', 'two', 'c', 'end'])
    const bytes = Buffer.from(text)
    const fromBytes = [...parseSseBytes(bytes)].flatMap(({ lines }) =>
      lines.map(({ valueStart, end }) => bytes.toString('utf8', valueStart, end)),
    )
    assert.deepEqual(fromBytes, pieces)
  })

  it('covers the text without gaps', () => {
    fc.assert(
      fc.property(stream(), (text) => {
        let at = text.startsWith('\uFEFF') ? 1 : 0
        for (const event of parseSse(text)) {
          assert.equal(event.start, at)
          let line = event.start
          for (const { start, end, terminator, value, valueStart } of event.lines) {
            assert.equal(start, line)
            assert.equal(text.slice(valueStart, end), value)
            assert.equal(text.slice(end, end + terminator.length), terminator)
            line = end + terminator.length
          }
          assert.equal(text.slice(line, event.end), event.terminator)
          at = event.end
        }
        assert.equal(at, text.length)
      }),
    )
  })

  it('reads bytes as it reads text', () => {
    fc.assert(
      fc.property(stream(), (text) => {
        const strip = ({
          data: value,
          event,
          id,
          retry,
        }: Partial<EventSourceMessage> & { retry?: number }): unknown => [value, event, id, retry]
        assert.deepEqual([...parseSseBytes(Buffer.from(text))].map(strip), [...parseSse(text)].map(strip))
      }),
    )
  })

  it('dispatches what eventsource-parser dispatches', () => {
    fc.assert(
      fc.property(stream(), (text) => {
        const theirs: [string, string][] = []
        const parser = createParser({
          onEvent: (event) => theirs.push([event.event ?? '', event.data]),
        })
        // It expects text without a BOM, and after a final CR it waits for more.
        const fed = text.replace(/^\uFEFF/, '')
        parser.feed(fed.endsWith('\r') ? `${fed}\n` : fed)
        const ours = [...parseSse(text)]
          .filter((event) => event.terminator !== '' && event.data !== undefined)
          .map((event) => [event.event ?? '', event.data ?? ''])
        assert.deepEqual(ours, theirs)
      }),
    )
  })
})

function stream(): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    'data', 'event', 'id', ':', ': ', ' ', 'x', '{"a":1}', 'é😀', '\n', '\n\n', '\r\n', '\r\n\r\n', '\r', 'data: y\n', 'event: z\n', ': c\n',
  ) // prettier-ignore
  return fc
    .tuple(fc.constantFrom('', '\uFEFF'), fc.array(piece, { maxLength: 40 }))
    .map(([bom, parts]) => bom + parts.join(''))
}
