import { RegistryError, type RegistryProblem } from '../errors/registry-error.ts'
import type { Answer } from './http-client.ts'

const textOf = ({ bytes }: Answer): string => Buffer.from(bytes).toString('utf8')

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const plain = (text: string): string =>
  text.replaceAll(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (all, decimal?: string, hex?: string, name?: string) => {
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
      return ENTITIES[name ?? ''] ?? all
    },
  )

/** The text of an element that has no others in it. */
function elementIn(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  return found === undefined ? undefined : plain(found)
}

/** The code of an error. */
export const codeIn = (answer: Answer): string | undefined =>
  answer.status === 200 ? undefined : elementIn(textOf(answer), 'Code')

export interface S3Page {
  readonly objects: readonly { readonly key: string; readonly modified: number; readonly bytes: number }[]
  /** Absent: this was the last page. */
  readonly next: string | undefined
}

/** @throws {RegistryError} if it is no whole answer of ListObjectsV2 */
export function listIn(answer: Answer, name: string): S3Page {
  const xml = textOf(answer)
  if (answer.status !== 200 || !xml.trimEnd().endsWith('</ListBucketResult>'))
    throw new RegistryError(
      'unreachable',
      `The registry ${name} answered no list, or half of one. Call it again.`,
    )
  const objects = [...xml.matchAll(/<Contents>([^]*?)<\/Contents>/g)].map(([, one = '']) => ({
    key: elementIn(one, 'Key') ?? '',
    modified: Date.parse(elementIn(one, 'LastModified') ?? '') || 0,
    bytes: Number(elementIn(one, 'Size')),
  }))
  const isCut = elementIn(xml, 'IsTruncated') === 'true'
  return { objects, next: isCut ? elementIn(xml, 'NextContinuationToken') : undefined }
}

const CODES: Readonly<Record<string, readonly [RegistryProblem, string]>> = {
  NoSuchBucket: ['missing', 'Make the bucket, or correct its name.'],
  AccessDenied: ['denied', 'The key needs s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket.'],
  InvalidAccessKeyId: ['denied', 'AWS_ACCESS_KEY_ID is wrong.'],
  SignatureDoesNotMatch: ['denied', 'AWS_SECRET_ACCESS_KEY is wrong.'],
  ExpiredToken: ['denied', 'AWS_SESSION_TOKEN has expired.'],
  RequestTimeTooSkewed: ['denied', 'The clock of this machine is off by more than the store allows: set it.'],
  PermanentRedirect: ['name', 'The bucket is in another region: set AWS_REGION.'],
  AuthorizationHeaderMalformed: ['name', 'The bucket is in another region: set AWS_REGION.'],
  QuotaExceeded: ['full', 'Remove refs and call "cassette gc".'],
  XMinioStorageFull: ['full', 'Remove refs and call "cassette gc".'],
  NotImplemented: ['unsupported', 'It lacks conditional writes.'],
}

/** The error for an answer that no method expects. */
export function problemOf(answer: Answer, name: string): RegistryError {
  const code = codeIn(answer)
  const status = answer.status === 507 ? 'QuotaExceeded' : answer.status === 403 ? 'AccessDenied' : ''
  const [problem, way] =
    CODES[code ?? status] ?? (['unreachable', 'Check the address, and call it again.'] as const)
  return new RegistryError(
    problem,
    `The registry ${name} refuses this (status ${answer.status}${code === undefined ? '' : `, ${code.replaceAll(/\W/g, '')}`}). ${way}`,
  )
}
