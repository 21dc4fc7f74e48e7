import assert from 'node:assert/strict'
import { join } from 'node:path'

import { exportCommand } from '../../src/cli/commands/export.ts'
import { importOne } from '../../src/cli/import-run.ts'
import { chromiumPath, launchChromium } from '../helpers/chromium.ts'
import { runHere } from '../helpers/cli.ts'
import { fromRoot } from '../helpers/shared.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

const BASE = 'http://127.0.0.1:8765'

describe('an exported HAR in a real Chromium', () => {
  it('answers a page and its requests, byte for byte', async function () {
    const path = chromiumPath()
    if (path === undefined) this.skip()
    this.timeout(60_000)
    const folder = tempFolder()
    const browser = await launchChromium(path)
    try {
      const source = fromRoot('test/fixtures/imports/undici.json')
      await importOne({ path: source, out: join(folder.path, 'a.yaml') }, undefined)
      await runHere(folder.path, exportCommand, ['har', 'a.yaml', '-o', 'out.har'])
      const page = await browser.newPage()
      await page.routeFromHAR(join(folder.path, 'out.har'), { notFound: 'abort' })
      await page.goto(`${BASE}/missing`)
      assert.equal(await page.evaluate('document.body.innerText'), 'not here')
      const bytes = await page.evaluate(
        `fetch('/image').then((r) => r.arrayBuffer()).then((b) => [...new Uint8Array(b)])`,
      )
      assert.deepEqual(bytes, [...Buffer.from('89504e4700fffe', 'hex')])
    } finally {
      await browser.close()
      folder.remove()
    }
  })
})
