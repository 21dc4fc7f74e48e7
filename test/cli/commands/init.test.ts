import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { init } from '../../../src/cli/commands/init.ts'
import { type CliEnded, runHere } from '../../helpers/cli.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

describe('cassette init', () => {
  let folder: ReturnType<typeof tempFolder>
  beforeEach(() => {
    folder = tempFolder()
  })
  afterEach(() => folder.remove())

  const write = (name: string, text: string): void => writeFileSync(join(folder.path, name), text)
  const read = (name: string): string => readFileSync(join(folder.path, name), 'utf8')
  const manifest = (content: object): void => write('package.json', JSON.stringify(content))
  const run = (...args: string[]): Promise<CliEnded> => runHere(folder.path, init, args)
  const uses = (...names: string[]): void =>
    manifest({ devDependencies: Object.fromEntries(names.map((name) => [name, '*'])) })

  it('writes the configuration of each runner that has none, as the docs show it', async () => {
    uses('vitest', 'jest', 'mocha')
    const ended = await run()
    assert.equal(ended.code, 0, ended.stdout)
    assert.match(ended.stdout, /^test runners: vitest, jest, mocha\nwrote vitest\.config\.mjs\n/)
    assert.match(read('vitest.config.mjs'), /setupFiles: \['cassette\/vitest'\]/)
    assert.deepEqual(JSON.parse(read('jest.config.json')), { testEnvironment: 'cassette/jest' })
    assert.deepEqual(JSON.parse(read('.mocharc.json')), { require: ['cassette/mocha'] })
    assert.deepEqual(read('.gitattributes').split('\n'), ['cassettes/** linguist-generated=true', ''])
  })

  it('changes nothing when it is called again', async () => {
    uses('vitest', 'prettier')
    write('.editorconfig', 'root = true\n')
    await run()
    const before = readdirSync(folder.path).map((name) => [name, read(name)])
    assert.deepEqual((await run()).stdout, 'test runners: vitest\neverything is set up already\n')
    assert.deepEqual(
      readdirSync(folder.path).map((name) => [name, read(name)]),
      before,
    )
    assert.match(read('.prettierignore'), /^cassettes\/$/m)
    assert.match(
      read('.editorconfig'),
      /^root = true\n\n\[cassettes\/\*\*\]\ntrim_trailing_whitespace = false$/m,
    )
  })

  it('leaves configurations that it cannot edit safely, and says what to add', async () => {
    manifest({
      devDependencies: { vitest: '*', mocha: '*' },
      jest: {},
      dependencies: { jest: '*' },
      scripts: { test: 'node --test' },
    })
    write('vite.config.ts', 'export default {}\n')
    write('.mocharc.yml', 'spec: test\n')
    const { code, stdout } = await run()
    assert.equal(code, 1)
    assert.match(stdout, /^to do vite\.config\.ts: add setupFiles: \['cassette\/vitest'\]/m)
    assert.match(stdout, /^to do package\.json: set "testEnvironment" of Jest to "cassette\/jest"$/m)
    assert.match(stdout, /^to do \.mocharc\.yml: add "cassette\/mocha" to "require" of mocha$/m)
    assert.match(
      stdout,
      /^to do package\.json: let the script "test" run node --import cassette\/node-test --test$/m,
    )
    assert.equal(read('vite.config.ts'), 'export default {}\n')
  })

  it('adds lines, keeps the others and their line ends, and writes nothing with --dry-run', async () => {
    uses('vitest')
    write('.gitattributes', '*.png binary\r\n*.yaml text')
    const dry = await run('--dry-run')
    assert.match(dry.stdout, /^would change \.gitattributes$/m)
    assert.equal(read('.gitattributes'), '*.png binary\r\n*.yaml text')
    await run()
    assert.equal(
      read('.gitattributes'),
      '*.png binary\r\n*.yaml text\r\ncassettes/** linguist-generated=true\r\n',
    )
  })

  it('refuses a folder without a package.json, and one that is broken', async () => {
    const none = await run()
    assert.equal(none.code, 2)
    assert.match(none.stderr, /package\.json cannot be read/)
    write('package.json', '{')
    assert.match((await run()).stderr, /package\.json is no JSON object/)
    assert.equal((await run('nowhere')).code, 2)
  })
})
