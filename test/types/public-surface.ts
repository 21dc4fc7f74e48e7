// The compiler checks this file (`npm run types`). Nothing here runs.
import { expectTypeOf } from 'expect-type'
import type {
  CassetteError,
  CassetteFormatError,
  CassetteLockedError,
  CassetteMiss,
  CassetteOptions,
  CassetteSession,
  NestedCassetteError,
  RecordedErrorResponse,
  StaleCassetteError,
  UnusedInteractionsError,
} from '../../src/index.ts'
import { configure, openCassette, withCassette } from '../../src/index.ts'
import { canonicalize, differences, explainMatch, fingerprint, registerProvider } from '../../src/matching.ts'

// withCassette returns the result of its function, sync or async, with and without options.
expectTypeOf(withCassette('a.yaml', () => 1)).toEqualTypeOf<Promise<number>>()
expectTypeOf(withCassette('a.yaml', async () => 'text')).toEqualTypeOf<Promise<string>>()
expectTypeOf(withCassette('a.yaml', { mode: 'none' }, () => undefined)).toEqualTypeOf<Promise<undefined>>()
expectTypeOf<Parameters<typeof withCassette<void>>[2]>().toEqualTypeOf<
  (cassette: CassetteSession) => void | Promise<void>
>()
// @ts-expect-error the function is missing
void withCassette('a.yaml', { mode: 'none' })
// @ts-expect-error the path must be a string
void withCassette(1, () => 1)

expectTypeOf(openCassette).parameter(0).toEqualTypeOf<string>()
expectTypeOf(openCassette).parameter(1).toEqualTypeOf<CassetteOptions | undefined>()
expectTypeOf(openCassette).returns.resolves.toEqualTypeOf<CassetteSession>()
expectTypeOf(configure).toEqualTypeOf<(defaults: CassetteOptions) => void>()
expectTypeOf<CassetteSession>().toExtend<AsyncDisposable>()
expectTypeOf<CassetteSession['close']>().returns.toEqualTypeOf<Promise<void>>()
expectTypeOf<Pick<CassetteSession, 'interactions' | 'played' | 'recorded'>>().toEqualTypeOf<{
  readonly interactions: number
  readonly played: number
  readonly recorded: number
}>()
expectTypeOf<CassetteSession['misses']>().toEqualTypeOf<readonly CassetteMiss[]>()

expectTypeOf<NonNullable<CassetteOptions['mode']>>().toEqualTypeOf<
  'once' | 'none' | 'new_episodes' | 'all' | 'auto' | 'replay' | 'record' | 'rewrite'
>()
expectTypeOf<NonNullable<CassetteOptions['onMiss']>>().toEqualTypeOf<'throw' | 'passthrough' | 'rebase'>()
expectTypeOf<NonNullable<CassetteOptions['onRecordError']>>().toEqualTypeOf<'warn' | 'raise' | 'record'>()
expectTypeOf<NonNullable<CassetteOptions['timing']>>().toEqualTypeOf<'instant' | 'recorded' | number>()
expectTypeOf<NonNullable<CassetteOptions['onStale']>>().toEqualTypeOf<'warn' | 'fail' | 'rerecord'>()
// Every option is optional.
expectTypeOf<CassetteOptions>().toEqualTypeOf<Partial<CassetteOptions>>()

expectTypeOf<CassetteError['code']>().toEqualTypeOf<string>()
expectTypeOf<
  | CassetteMiss
  | CassetteFormatError
  | CassetteLockedError
  | NestedCassetteError
  | RecordedErrorResponse
  | StaleCassetteError
  | UnusedInteractionsError
>().toExtend<CassetteError>()
expectTypeOf<CassetteMiss['differences'][number]>().toEqualTypeOf<{
  readonly path: string
  readonly recorded: unknown
  readonly incoming: unknown
}>()
expectTypeOf<CassetteMiss>().toHaveProperty('request')
expectTypeOf<CassetteMiss>().toHaveProperty('cassettePath')
expectTypeOf<CassetteMiss>().toHaveProperty('mode')
expectTypeOf<CassetteMiss>().toHaveProperty('closest')

// cassette/matching: a body is raw text, bytes, or a JSON value.
const request = { method: 'POST', url: 'https://api.example.com/v1', headers: { accept: '*/*' } }
expectTypeOf(fingerprint({ ...request, body: '{}' })).toExtend<{
  matchKey: string
  semanticKey: string
  op: string
}>()
expectTypeOf(fingerprint({ ...request, body: new Uint8Array() }).matchKey).toEqualTypeOf<string>()
expectTypeOf(fingerprint({ ...request, body: { model: 'm', n: [1, null] } }).matchKey).toEqualTypeOf<string>()
expectTypeOf(differences(request, request)).items.toExtend<{
  path: string
  recorded: unknown
  incoming: unknown
}>()
expectTypeOf(canonicalize).parameter(0).toEqualTypeOf<Parameters<typeof fingerprint>[0]>()
expectTypeOf(explainMatch).parameter(0).toEqualTypeOf<Parameters<typeof fingerprint>[0]>()
expectTypeOf(registerProvider).toBeFunction()
