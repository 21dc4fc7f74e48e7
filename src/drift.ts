export type {
  Change,
  CompareOptions,
  Comparison,
  Digest,
  DigestCall,
  DigestChoice,
  DigestError,
  DigestMedia,
  DigestOptions,
  DriftResponse,
  Finish,
  Rule,
  Verdict,
} from './drift/types.ts'
export { digest } from './drift/digest.ts'
export { compareDigests, compareResponses } from './drift/compare.ts'
