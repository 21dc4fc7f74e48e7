import type { CanonicalRequest, MatchRequest } from './types.ts'

export interface Provider {
  readonly name: string
  detect(request: MatchRequest): boolean
  canonicalize(request: MatchRequest): CanonicalRequest
}

const registered: Provider[] = []

/** Asks `provider` before the built-in ones; the first registered is asked first. Returns the function that takes it back. */
export function registerProvider(provider: Provider): () => void {
  registered.push(provider)
  return () => {
    const at = registered.indexOf(provider)
    if (at >= 0) registered.splice(at, 1)
  }
}
