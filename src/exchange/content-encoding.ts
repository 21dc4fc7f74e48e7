import type { Exchange } from './types.ts'

export async function decodeContent(exchange: Exchange): Promise<Exchange> {
  return exchange
}

export async function encodeContent(exchange: Exchange): Promise<Exchange> {
  return exchange
}
