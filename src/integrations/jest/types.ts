/** The parts of Jest's environment and of jest-circus that this package uses. */
export type JestFunction = (this: unknown, ...args: unknown[]) => unknown

export interface JestTest {
  readonly name: string
  readonly type: 'test'
  readonly parent: JestBlock
  fn?: JestFunction | null
  readonly errors: unknown[]
}

export interface JestBlock {
  readonly name: string
  readonly type: 'describeBlock'
  readonly parent?: JestBlock
  readonly children: readonly (JestBlock | JestTest)[]
}

export interface JestEvent {
  readonly name: string
  readonly test?: JestTest
  /** In the event `setup`. */
  readonly runtimeGlobals?: { readonly expect: { extend(matchers: object): void } }
}

export interface JestState {
  readonly rootDescribeBlock: JestBlock
  readonly unhandledErrors: unknown[]
}

export interface JestConfig {
  readonly projectConfig?: { readonly testEnvironmentOptions?: Readonly<Record<string, unknown>> }
}

export interface JestEnvironment {
  readonly global: object
  setup(): Promise<void>
  teardown(): Promise<void>
  handleTestEvent?(event: JestEvent, state: JestState): void | Promise<void>
}

export type JestEnvironmentClass = new (
  config: JestConfig,
  context: { readonly testPath: string },
) => JestEnvironment
