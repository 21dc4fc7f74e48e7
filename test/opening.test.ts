import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

import { fromRoot } from './helpers/shared.ts'

describe("import 'cassette'", () => {
  it('loads neither http nor the interceptors: these come with the first cassette', async () => {
    const program = `
      import { configure, withCassette } from ${JSON.stringify(pathToFileURL(fromRoot('src/index.ts')).href)}
      const isLoaded = () => [
        process.moduleLoadList.includes('NativeModule http'),
        Reflect.has(globalThis, '__MSW_INTERCEPTORS_REGISTRY'),
      ]
      configure({ strict: false })
      const before = isLoaded()
      await withCassette('not-written.yaml', { mode: 'none' }, () => {})
      console.log(JSON.stringify([before, isLoaded()]))`
    const args = ['--input-type=module', '--eval', program]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    assert.deepEqual(JSON.parse(stdout), [
      [false, false],
      [true, true],
    ])
  })
})
