import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { parse, stringify } from 'yaml'
import { bodyCodecs, checkBody, decodeBody, encodeBody, formOf } from '../../src/exchange/body/body.ts'
import { MAX_PIECE_BYTES } from '../../src/exchange/body/codec.ts'
import { BODY_FORMS, type BodyForm } from '../../src/exchange/body/stored-body.ts'
import { StoredBodyError } from '../../src/exchange/body/stored-body-error.ts'
import { runs } from '../helpers/runs.ts'
import { cut, cuts, join, whole } from './chunks.ts'

export interface CodecCase {
  readonly form: BodyForm
  /** The content type under which this form is tried first. */
  readonly contentType: string
  /** Bodies that must be stored in this form. */
  readonly samples: readonly (string | Uint8Array)[]
  /** Bodies that are mostly of this form. */
  readonly arbitrary: fc.Arbitrary<Uint8Array>
  /** Stored bodies with a typing mistake, with the path of the mistake. */
  readonly malformed: readonly (readonly [stored: unknown, path: readonly (string | number)[]])[]
  /** Decodes to a chunk per event, not to pieces. */
  readonly events: boolean
}

/** What every form of body must do. */
export function describeBodyCodec(testCase: CodecCase): void {
  const { form, contentType, samples, arbitrary, malformed, events } = testCase
  const hint = { contentType }

  describe(`the ${form} form`, () => {
    for (const [index, sample] of samples.entries()) {
      it(`holds sample ${index + 1} and gives the same bytes back`, () => {
        const stored = encodeBody(whole(sample), hint)
        assert.equal(formOf(stored), form)
        assert.deepEqual(join(decodeBody(stored)), Buffer.from(sample as string))
      })
    }

    it('gives back any body of its kind, whatever form that took', () => {
      fc.assert(
        fc.property(arbitrary, (bytes) => assertRoundTrip(bytes, contentType)),
        { numRuns: runs(300) },
      )
    })

    it('gives back its samples after bytes were changed, removed and inserted', () => {
      const damage = fc.tuple(
        fc.constantFrom(...samples.filter(({ length }) => length < 5000)),
        fc.nat(),
        fc.nat({ max: 3 }),
        fc.uint8Array({ maxLength: 3 }),
      )
      fc.assert(
        fc.property(damage, ([sample, at, removed, added]) => {
          const bytes = Buffer.from(sample as string)
          const start = at % (bytes.length + 1)
          assertRoundTrip(
            Buffer.concat([bytes.subarray(0, start), added, bytes.subarray(start + removed)]),
            contentType,
          )
        }),
        { numRuns: runs(300) },
      )
    })

    it('gives back any bytes that only have its content type', () => {
      const bytes = fc.oneof(
        fc.uint8Array({ maxLength: 60 }),
        fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      )
      fc.assert(fc.property(bytes, (body) => assertRoundTrip(body, contentType)))
    })

    it('does not depend on how the body was cut into chunks', () => {
      fc.assert(
        fc.property(fc.constantFrom(...samples), cuts(), (sample, places) => {
          const bytes = Buffer.from(sample as string)
          assert.deepEqual(encodeBody(cut(bytes, places), hint), encodeBody(whole(bytes), hint))
        }),
      )
    })

    it('keeps the time from the head to the last byte', () => {
      fc.assert(
        fc.property(fc.constantFrom(...samples), cuts(), (sample, places) => {
          const chunks = cut(Buffer.from(sample as string), places).map(({ data }) => ({
            data,
            delayMs: data.byteLength && 100,
          }))
          const delays = decodeBody(encodeBody(chunks, hint)).map(({ delayMs }) => delayMs)
          const arrived = chunks.filter(({ data }) => data.byteLength > 0).length
          assert.equal(
            delays.reduce((sum, delay) => sum + delay, 0),
            arrived * 100,
          )
        }),
      )
    })

    it('accepts its own shape, and one form per body', () => {
      for (const sample of samples) {
        const stored = encodeBody(whole(sample), hint)
        assert.equal(checkBody(stored), stored)
        assert.equal(BODY_FORMS.filter((key) => Object.hasOwn(stored, key)).length, 1)
        assert.doesNotThrow(() => checkBody({ ...stored, a_key_of_tomorrow: 1 }))
      }
    })

    it('refuses other shapes and names the place', () => {
      for (const [stored, path] of [...malformed, [{ [form]: undefined }, [form]] as const]) {
        assert.throws(
          () => checkBody(stored),
          (error) => {
            assert.ok(error instanceof StoredBodyError, String(error))
            assert.deepEqual(error.path, path, error.message)
            return true
          },
        )
      }
    })

    if (!events) {
      it('comes in pieces of at most 64 KiB, with the delay before the first', () => {
        for (const sample of samples) {
          const chunks = decodeBody({ ...encodeBody(whole(sample), hint), delay_ms: 70 })
          assert.ok(chunks.every(({ data }) => data.byteLength <= MAX_PIECE_BYTES))
          assert.deepEqual(
            chunks.map(({ delayMs }) => delayMs).filter(Boolean),
            chunks.length > 0 ? [70] : [],
          )
        }
      })
    }
  })

  it(`is registered as ${form}`, () => assert.equal(bodyCodecs[form].form, form))
}

/** Encodes, writes YAML, reads, checks and decodes: the bytes must be the same. */
export function assertRoundTrip(bytes: Uint8Array, contentType?: string): void {
  const stored = encodeBody(whole(bytes), contentType === undefined ? {} : { contentType })
  assert.deepEqual(join(decodeBody(stored)), Buffer.from(bytes))
  const file = Buffer.from(
    stringify(stored, {
      lineWidth: 0,
      aliasDuplicateObjects: false,
      blockQuote: false,
      doubleQuotedMinMultiLineLength: Infinity,
    }),
  ).toString('utf8')
  const read = checkBody(parse(file))
  assert.deepEqual(join(decodeBody(read)), Buffer.from(bytes), file)
}
