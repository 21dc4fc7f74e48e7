/** The same memory as a Buffer. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The bytes of all chunks in one Buffer. A single chunk is not copied. */
export function joinChunks(chunks: readonly { readonly data: Uint8Array }[]): Buffer {
  const [first] = chunks
  return chunks.length === 1 && first ? bufferOf(first.data) : Buffer.concat(chunks.map(({ data }) => data))
}
