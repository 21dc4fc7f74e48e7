import { deepStrictEqual, strictEqual } from 'node:assert/strict'

import { bufferOf, joinChunks } from '../../src/base/bytes.ts'

describe('bytes', () => {
  it('bufferOf is the same memory, and only the part that was given', () => {
    const all = new Uint8Array([1, 2, 3, 4])
    const buffer = bufferOf(all.subarray(1, 3))
    deepStrictEqual([...buffer], [2, 3])
    buffer[0] = 9
    strictEqual(all[1], 9)
  })

  it('joinChunks joins the data of chunks in their order', () => {
    const chunks = [
      { data: new Uint8Array([1]) },
      { data: new Uint8Array() },
      { data: new Uint8Array([2, 3]) },
    ]
    deepStrictEqual([...joinChunks(chunks)], [1, 2, 3])
    strictEqual(joinChunks([]).length, 0)
  })

  it('joinChunks does not copy a single chunk', () => {
    const data = new Uint8Array([1, 2])
    strictEqual(joinChunks([{ data }]).buffer, data.buffer)
  })
})
