/** The limit of a close frame's reason, in bytes of UTF-8 (RFC 6455, section 5.5). */
export const MAX_REASON_BYTES = 123

/** The text, cut to what a close frame can hold. Never cuts a character in two. */
export const closeReason = (text: string): string =>
  new TextDecoder().decode(Buffer.from(text).subarray(0, MAX_REASON_BYTES), { stream: true })
