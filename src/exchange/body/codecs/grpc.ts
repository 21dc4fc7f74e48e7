import { defined } from '../../../base/defined.ts'
import { StoredBodyError } from '../stored-body-error.ts'
import {
  checkBase64,
  checkChoice,
  checkDelay,
  checkList,
  checkMapping,
  checkString,
  type Mapping,
} from '../stored-checks.ts'
import type { BodyCodec } from '../codec.ts'
import { grpcFrame, splitGrpc } from '../../wire/grpc-frame.ts'
import { decodeBase64, encodeBase64 } from '../payload.ts'
import type { GrpcBody, GrpcEntry } from '../stored-body.ts'
import { storedDelay, Timeline } from '../timeline.ts'

/** gRPC's length-prefixed messages: one entry for each. A message that was cut short is the last one. */
export const grpcCodec: BodyCodec<GrpcBody> = {
  form: 'grpc',

  encode(source) {
    const { frames, rest } = splitGrpc(source.bytes)
    if (frames.length === 0) return undefined
    const timeline = new Timeline(source.chunks)
    let end = 0
    const entries = frames.map(({ flag, message, bytes }): GrpcEntry => {
      end += bytes.length
      const delay = storedDelay(timeline.delayUntil(end))
      if (flag > 1) return { ...delay, raw: bytes.toString('base64') }
      const json = flag === 0 ? source.messageReader?.(message) : undefined
      return {
        ...delay,
        ...defined({ json }),
        base64: encodeBase64(message),
        ...(flag === 1 ? { compressed: true } : {}),
      }
    })
    if (rest.length > 0) {
      const delay = storedDelay(timeline.delayUntil(source.bytes.length))
      entries.push({ ...delay, raw: rest.toString('base64') })
    }
    return { grpc: entries }
  },

  *decode(stored) {
    for (const entry of stored.grpc) yield { data: renderEntry(entry), delayMs: entry.delay_ms ?? 0 }
  },

  check: checkGrpc,
}

function renderEntry(entry: GrpcEntry): Buffer {
  if ('raw' in entry) return Buffer.from(entry.raw, 'base64')
  return grpcFrame(Buffer.concat([...decodeBase64(entry.base64)]), entry.compressed === true ? 1 : 0)
}

/** @throws {StoredBodyError} if the list under `grpc` does not have its shape; `json` is only for people, so it is not checked */
function checkGrpc(stored: Mapping): void {
  checkList(stored['grpc'], ['grpc'], 'a list of messages').forEach((value, index) => {
    const path = ['grpc', index]
    const entry = checkMapping(value, path, 'a mapping with base64 or raw')
    checkDelay(entry, path)
    if (Object.hasOwn(entry, 'raw')) {
      checkString(entry['raw'], [...path, 'raw'])
      checkBase64(entry['raw'], [...path, 'raw'])
      return
    }
    if (!Object.hasOwn(entry, 'base64'))
      throw new StoredBodyError(path, 'a mapping with base64 or raw', entry)
    checkBase64(entry['base64'], [...path, 'base64'])
    checkChoice(entry, 'compressed', [true, false], path)
  })
}
