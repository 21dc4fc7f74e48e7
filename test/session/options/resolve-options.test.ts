import assert from 'node:assert/strict'

import { CassetteOptionError } from '../../../src/errors/cassette-option-error.ts'
import type { CassetteOptions } from '../../../src/session/options/options.ts'
import { resolveOptions } from '../../../src/session/options/resolve-options.ts'

const mode = (options: CassetteOptions, env: Record<string, string> = {}, defaults: CassetteOptions = {}) =>
  resolveOptions(options, defaults, env).mode

describe('resolving options', () => {
  it('lets the environment override options, options override configured defaults, and those the built-in ones', () => {
    assert.equal(mode({}), 'once')
    assert.equal(mode({}, {}, { mode: 'none' }), 'none')
    assert.equal(mode({ mode: 'all' }, {}, { mode: 'none' }), 'all')
    assert.equal(mode({ mode: 'all' }, { CASSETTE_MODE: 'new_episodes' }, { mode: 'none' }), 'new_episodes')
    assert.equal(mode({ mode: undefined } as never, {}, { mode: 'none' }), 'none')
  })

  it('turns an alias into its mode', () => {
    const modes = ['auto', 'replay', 'record', 'rewrite'] as const
    assert.deepEqual(
      modes.map((alias) => mode({ mode: alias })),
      ['new_episodes', 'none', 'all', 'all'],
    )
    assert.equal(mode({}, { CASSETTE_MODE: 'replay' }), 'none')
  })

  it('makes none the default mode in CI, but overrides no given mode', () => {
    assert.equal(mode({}, { CI: 'true' }), 'none')
    assert.equal(mode({}, { CI: '1' }), 'none')
    assert.equal(mode({}, { CI: 'false' }), 'once')
    assert.equal(mode({}, { CI: '0' }), 'once')
    assert.equal(mode({}, { CI: '' }), 'once')
    assert.equal(mode({ mode: 'once' }, { CI: 'true' }), 'once')
    assert.equal(mode({}, { CI: 'true' }, { mode: 'new_episodes' }), 'new_episodes')
  })

  it('turns timing into a factor for recorded delays', () => {
    const factor = (timing: CassetteOptions['timing']) =>
      resolveOptions({ timing } as never, {}, {}).delayFactor
    assert.equal(factor('instant'), 0)
    assert.equal(factor('recorded'), 1)
    assert.equal(factor(4), 0.25)
    assert.equal(factor(undefined), 0)
  })

  it('reads durations as milliseconds or as a number with a unit', () => {
    const age = (maxAge: number | string) => resolveOptions({ maxAge }, {}, {}).maxAge
    assert.equal(age(5), 5)
    assert.equal(age('2d'), 2 * 86_400_000)
    assert.equal(age('1.5h'), 5_400_000)
    assert.equal(age('30m'), 1_800_000)
  })

  it('splits lists in the environment at commas', () => {
    const { matchOn, ignore } = resolveOptions(
      {},
      {},
      {
        CASSETTE_MATCH_ON: 'model, messages',
        CASSETTE_IGNORE: 'localhost, *.internal',
      },
    )
    assert.deepEqual(matchOn, ['model', 'messages'])
    assert.deepEqual(ignore, ['localhost', '*.internal'])
  })

  const wrong: [string, unknown, RegExp][] = [
    ['mode', 'onec', /mode: expected one of 'once', 'none'.*got "onec"/],
    ['mode', 7, /mode: expected one of.*got 7/],
    ['onMiss', 'ignore', /onMiss: expected one of 'throw', 'passthrough', 'rebase'/],
    ['onRecordError', true, /onRecordError: expected one of 'warn', 'raise', 'record', got true/],
    ['allowPlaybackRepeats', 'yes', /allowPlaybackRepeats: expected true or false, got "yes"/],
    ['matchOn', [], /matchOn: expected a list of canonical field names/],
    ['matchOn', 'model', /matchOn: expected a list/],
    ['ignore', 3, /ignore: expected host names, URL patterns/],
    ['ignore', [''], /ignore: expected host names/],
    ['network', 'off', /network: expected one of 'allow', 'deny', got "off"/],
    ['network', false, /network: expected one of/],
    ['beforeRecord', {}, /beforeRecord: expected a function/],
    ['timing', 0, /timing: expected 'instant', 'recorded' or a speed factor/],
    ['timing', 'slow', /timing: expected/],
    ['maxAge', 'a year', /maxAge: expected milliseconds, or a text such as '90d'/],
    ['onStale', 'delete', /onStale: expected one of/],
    ['strict', 1, /strict: expected true or false, got 1/],
    ['redact', null, /redact: expected an object/],
    ['recordMode', 'once', /recordMode: expected an option, one of 'mode', 'matchOn'.*got an unknown name/],
  ]
  for (const [option, value, message] of wrong)
    it(`refuses ${option}: ${JSON.stringify(value)}, and says what is allowed`, () => {
      assert.throws(
        () => resolveOptions({ [option]: value }, {}, {}),
        (error) =>
          error instanceof CassetteOptionError && error.option === option && message.test(error.message),
      )
    })

  it('refuses an unknown mode in the environment, and names the variable', () => {
    assert.throws(() => mode({}, { CASSETTE_MODE: 'constructor' }), /CASSETTE_MODE: expected one of 'once'/)
  })
})
