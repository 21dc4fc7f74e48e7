/** Of a close frame's reason, bytes of UTF-8 (RFC 6455, section 5.5). */
export const MAX_REASON_BYTES = 123

/** The text, cut to what a close frame can hold; no character is cut in two. */
export const closeReason = (text: string): string =>
  new TextDecoder().decode(Buffer.from(text).subarray(0, MAX_REASON_BYTES), { stream: true })
