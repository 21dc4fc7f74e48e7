import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'

import { checkDocs, stale } from '../../scripts/docs/check.ts'
import { undocumentedCodes } from '../../scripts/docs/codes.ts'
import { brokenLinks, missingFiles } from '../../scripts/docs/links.ts'
import { readOptionTypes } from '../../scripts/docs/option-types.ts'
import { renderOptions, undocumentedOptions } from '../../scripts/docs/options-page.ts'
import { undocumentedVariables } from '../../scripts/docs/variables.ts'
import { fromRoot } from '../helpers/shared.ts'
import { useFolder } from '../storage/helpers.ts'

const texts = (files: Record<string, string>) => new Map(Object.entries(files))
const nothing = (): boolean => false

describe('the documentation', function () {
  this.timeout(60_000)

  it('agrees with the code and with itself', async () => assert.deepEqual(await checkDocs(), []))

  it('reports a link to no file or to no heading, and no link in code', () => {
    const pages = texts({
      'README.md':
        '# A\n\n[x](docs/a.md) [x](docs/gone.md) [x](docs/a.md#b-c) [x](docs/a.md#b) [x](#a) [x](#z)\n[x]: docs/lost.md\n',
      'docs/a.md':
        '# A\n\n## `B` C!\n\n[up](../README.md) [web](https://x.example/#y)\n\n```md\n[x](nowhere.md)\n```\n`[x](nowhere.md)`\n',
    })
    assert.deepEqual(brokenLinks(pages, nothing), [
      'README.md: the link docs/gone.md leads to no file',
      'README.md: the link docs/a.md#b leads to no heading of docs/a.md',
      'README.md: the link #z leads to no heading of README.md',
      'README.md: the link docs/lost.md leads to no file',
    ])
  })

  it('reports a file that a page names and that is not there', () => {
    const pages = texts({ 'docs/a.md': 'See `test/x.test.ts`, `src/NAME.ts` and `src/y.ts`.\n' })
    assert.deepEqual(
      missingFiles(pages, (path) => path === 'src/y.ts'),
      ['docs/a.md: the file test/x.test.ts does not exist'],
    )
  })

  it('reports a code without a heading, a heading without a code, and a name that is neither', () => {
    const sources = texts({
      'src/a.ts': "class A extends CassetteError { constructor() { super(\n'CASSETTE_NEW', 'x') } }\n",
      'src/b.ts':
        "emitWarning('x', { code: 'CASSETTE_WARN' })\nnew CassetteError('CASSETTE_MODE', env['CASSETTE_MODE'])\n",
      'src/c.ts': "const name = 'CASSETTE_ODD'\n",
    })
    assert.deepEqual(
      undocumentedCodes(sources, '# E\n\n## CASSETTE_WARN\n\n## CASSETTE_OLD\n', ['CASSETTE_MODE']),
      [
        'src/a.ts: the code CASSETTE_NEW has no heading in docs/errors.md',
        'src/b.ts: the code CASSETTE_MODE has no heading in docs/errors.md',
        'src/c.ts: CASSETTE_ODD is neither a variable of src/environment.ts nor a heading of docs/errors.md',
        'docs/errors.md: nothing in src has the code CASSETTE_OLD',
      ],
    )
  })

  it('reports a variable that is not documented, not listed, or not there', () => {
    const sources = texts({
      'src/a.ts':
        "process.env['SOME_CI'] ?? env.OTHER_CI ?? env['CASSETTE_X']\nconst { THIRD_CI } = process.env\n",
    })
    assert.deepEqual(
      undocumentedVariables(sources, '| variable |\n|---|\n| `OTHER_CI`, `CASSETTE_GONE` |\n', [
        'CASSETTE_A',
      ]),
      [
        'docs/environment.md: the variable CASSETTE_A of src/environment.ts is not documented',
        'docs/environment.md: CASSETTE_GONE is not a variable of src/environment.ts',
        'src/a.ts: the variable SOME_CI is not documented in docs/environment.md',
        'src/a.ts: the variable CASSETTE_X is not in src/environment.ts',
        'src/a.ts: the variable THIRD_CI is not documented in docs/environment.md',
      ],
    )
  })

  describe('of the options', () => {
    const at = useFolder()
    const read = (source: string) => {
      writeFileSync(at('options.ts'), source)
      return readOptionTypes([relative(fromRoot('.'), at('options.ts'))])
    }

    it('reports an option, or a key of one, without a docstring or a default', () => {
      const types = read(
        `export interface CassetteOptions {
           /** Fine. @defaultValue 1 */
           readonly a?: number
           readonly b?: string
           /** Has keys. @defaultValue none */
           readonly c?: KeyOptions
         }
         export interface KeyOptions {
           /** No default. */
           readonly d?: boolean
         }`,
      )
      assert.deepEqual(undocumentedOptions(types), [
        'the option b has no docstring',
        'the option c.d (boolean) has no @defaultValue',
      ])
    })

    it('is stale if a docstring has changed', () => {
      assert.deepEqual(stale('docs/options.md', renderOptions(readOptionTypes())), [])
      const types = read(
        'export interface CassetteOptions { /** New. @defaultValue 1 */ readonly a?: number }',
      )
      assert.deepEqual(stale('docs/options.md', renderOptions(types)), [
        'docs/options.md is stale: run npm run docs',
      ])
    })
  })
})
