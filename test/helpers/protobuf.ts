import { writeVarint } from '../../src/exchange/wire/protobuf-wire.ts'

/** Encodes a protobuf message by hand, so that a test states the exact bytes on the wire. */
export const message = (...fields: readonly Uint8Array[]): Buffer => Buffer.concat(fields)

export const varint = (number: number, value: number): Buffer =>
  Buffer.concat([writeVarint(number * 8), writeVarint(value)])

export const bytes = (number: number, value: Uint8Array): Buffer =>
  Buffer.concat([writeVarint(number * 8 + 2), writeVarint(value.byteLength), value])

export const text = (number: number, value: string): Buffer => bytes(number, Buffer.from(value))

export function fixed64(number: number, value: number): Buffer {
  const eight = Buffer.alloc(8)
  eight.writeDoubleLE(value)
  return Buffer.concat([writeVarint(number * 8 + 1), eight])
}

export function fixed32(number: number, value: number): Buffer {
  const four = Buffer.alloc(4)
  four.writeFloatLE(value)
  return Buffer.concat([writeVarint(number * 8 + 5), four])
}
