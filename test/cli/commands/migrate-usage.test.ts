import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { migrate } from '../../../src/cli/commands/migrate.ts'
import { chatCassette } from '../../helpers/cassette-texts.ts'
import { runHere } from '../../helpers/cli.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

describe('a wrong command line of cassette migrate', () => {
  const folder = tempFolder()
  before(() => {
    mkdirSync(join(folder.path, 'tapes'))
    mkdirSync(join(folder.path, 'empty'))
    writeFileSync(
      join(folder.path, 'tapes/a.yaml'),
      chatCassette([{ question: 'The capital?', answer: 'Paris.' }]),
    )
  })
  after(() => folder.remove())

  const REFUSED = [
    [
      'a model that nobody is known to serve',
      ['--target', 'unknown-7b'],
      2,
      /who serves the model unknown-7b\? Name it with --provider/,
    ],
    [
      'an unknown provider',
      ['--target', 'claude-x', '--provider', 'acme'],
      2,
      /--provider cannot be "acme"; use one of openai/,
    ],
    [
      'an unknown comparator',
      ['--target', 'claude-x', '--compare', 'magic'],
      2,
      /--compare cannot be "magic"/,
    ],
    [
      'a corpus that is not there',
      ['--target', 'claude-x', '--corpus', 'nowhere'],
      3,
      /"nowhere" does not exist/,
    ],
    [
      'a corpus without cassettes',
      ['--target', 'claude-x', '--corpus', 'empty'],
      3,
      /empty has no cassettes/,
    ],
    [
      'a base URL that is none',
      ['--target', 'claude-x', '--base-url', 'localhost:80'],
      2,
      /must begin with http/,
    ],
    [
      'a budget that is no number',
      ['--target', 'claude-x', '--budget-tokens', 'much'],
      2,
      /--budget-tokens needs a number/,
    ],
  ] as const
  const refuses = ([title, args, code, message]: (typeof REFUSED)[number]): void => {
    it(`refuses ${title}`, async () => {
      const own = args.some((arg) => arg === '--corpus') ? [] : ['--corpus', 'tapes']
      const ended = await runHere(folder.path, migrate, [...own, ...args])
      assert.equal(ended.code, code, ended.stderr)
      assert.match(ended.stderr, message)
    })
  }
  REFUSED.forEach(refuses)
})
