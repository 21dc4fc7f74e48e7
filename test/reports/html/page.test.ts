import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { Digest } from '../../../src/drift/types.ts'
import { withAxis } from '../../../src/gate/judge.ts'
import type { GateReport, GateRow } from '../../../src/gate/report.ts'
import { renderHtml } from '../../../src/reports/gate/html.ts'
import { axeScript, type Browser, chromiumPath, launchChromium, type Page } from '../../helpers/chromium.ts'
import { useFolder } from '../../storage/helpers.ts'

const HOSTILE =
  '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1"><a href="javascript:window.hacked=1">x</a><!--<script>'

const answer = (text: string, city?: string): Digest => ({
  ok: true,
  status: 200,
  choices: [
    {
      text,
      tool_calls:
        city === undefined ? [] : [{ name: 'get_weather', arguments: { place: { city }, days: [1, 2] } }],
      finish: city === undefined ? 'stop' : 'tool_calls',
      refusal: null,
      truncated: false,
      reasoning: '',
      media: [],
    },
  ],
  usage: { input: 1, output: text.length },
})

const row = (more: Partial<GateRow>): GateRow => ({
  cassette: 'a.yaml',
  id: '7d206bed48a0bc0c',
  title: 'POST api.openai.com/v1/chat/completions',
  verdict: 'identical',
  changes: [],
  notes: [],
  ...more,
})

const reworded = row({
  verdict: 'benign',
  model: 'gpt-5',
  line: 3,
  changes: [
    withAxis({
      path: 'choices[0].text',
      rule: 'text',
      verdict: 'benign',
      before: 'Paris.',
      after: 'It is Paris.',
    }),
  ],
  answers: { base: answer('The capital is Paris.'), head: answer('Its capital is Paris.') },
  notes: ['characters 6 → 12'],
})
const regressed = row({
  verdict: 'regression',
  model: HOSTILE,
  cassette: `${HOSTILE}.yaml`,
  title: HOSTILE,
  changes: [
    withAxis({ path: HOSTILE, rule: 'tool_calls', verdict: 'regression', before: HOSTILE, after: undefined }),
  ],
  answers: { base: answer(HOSTILE, HOSTILE), head: answer(`${HOSTILE} more`, 'Bergen') },
})
const reportOf = (rows: readonly GateRow[]): GateReport => ({
  verdict: 'regression',
  base: HOSTILE,
  head: 'cassettes',
  root: 'cassettes',
  counts: { identical: 1, benign: 1, regression: 1, accepted: 0, added: 0, missing: 0, notCompared: 0 },
  rows,
  problems: [{ side: 'base', cassette: HOSTILE, message: HOSTILE }],
})

describe('the HTML page of diff and gate', () => {
  it('names no address that a browser would ask, and leaves no recorded markup', () => {
    const html = renderHtml(reportOf([row({}), reworded, regressed]))
    const markup = html.replaceAll(/<script[^]*?<\/script>|<style>[^]*?<\/style>/g, '')
    assert.doesNotMatch(markup, /<(?:img|a|link|iframe|object|embed)\b|<[^>]*\b(?:src|href)=/)
    assert.equal(html.match(/<\/script>/g)?.length, 2)
    assert.match(html, /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-/)
  })
})

const executablePath = chromiumPath()
const described = executablePath === undefined ? describe.skip : describe
described(`the HTML page in ${executablePath ?? 'Chromium, which is not installed'}`, function () {
  this.timeout(120_000)
  const at = useFolder()
  let browser: Browser
  let page: Page
  let asked: string[]
  let logged: string[]

  before(async () => {
    browser = await launchChromium(executablePath ?? '')
  })
  after(() => browser.close())
  beforeEach(async () => {
    page = await browser.newPage()
    ;[asked, logged] = [[], []]
    page.on('request', (request) => void asked.push(request.url()))
    page.on('console', (message) => void logged.push(message.text()))
    page.on('pageerror', (error) => void logged.push(error.message))
  })
  afterEach(() => page.close())

  async function open(rows: readonly GateRow[]): Promise<string> {
    const file = join(at(), 'page.html')
    writeFileSync(file, renderHtml(reportOf(rows)))
    const url = pathToFileURL(file).href
    await page.goto(url)
    return url
  }
  // A browser tells of an opened row in a later task, so a panel is waited for.
  async function openRow(index: number): Promise<void> {
    const details = page.locator('li.row').nth(index)
    await details.locator('summary').click()
    await details.locator('.panel').waitFor()
  }
  async function openRows(): Promise<void> {
    for (let index = await page.locator('summary').count(); index > 0; index--) await openRow(index - 1)
  }
  const visible = (): Promise<number> => page.locator('li.row:visible').count()
  const isHacked = (): Promise<boolean> => page.evaluate('"hacked" in window') as Promise<boolean>

  it('runs nothing that was recorded, and asks for nothing', async () => {
    const url = await open([row({}), reworded, regressed])
    await openRows()
    assert.ok((await page.locator('.panel').last().textContent())?.includes(HOSTILE))
    assert.equal(await isHacked(), false)
    assert.deepEqual([asked, logged], [[url], []])
  })

  it('shows answers side by side with the words that differ, and calls as trees', async () => {
    await open([row({}), reworded, regressed])
    await openRow(1)
    const panel = page.locator('.panel')
    assert.deepEqual(await panel.locator('del').allTextContents(), ['The'])
    assert.deepEqual(await panel.locator('ins').allTextContents(), ['Its'])
    await openRow(2)
    const tree = page.locator('section[aria-label="head"] .tree').last()
    assert.match((await tree.textContent()) ?? '', /calls get_weather.*place: .*city: "Bergen"/)
    assert.equal(await tree.locator('ul ul').count(), 2)
  })

  it('filters by verdict, model, cassette and words, and says how many are left', async () => {
    await open([row({}), reworded, regressed])
    assert.equal(await visible(), 3)
    await page.getByLabel('identical (1)').uncheck()
    assert.equal(await visible(), 2)
    await page.getByLabel('Model').selectOption('gpt-5')
    assert.equal(await visible(), 1)
    assert.equal(await page.getByRole('status').textContent(), '1 of 3 interactions shown')
    await page.getByLabel('Model').selectOption('')
    await page.getByLabel('Cassette').selectOption(`${HOSTILE}.yaml`)
    assert.equal(await visible(), 1)
    await page.getByLabel('Search').fill('nothing like this')
    assert.equal(await visible(), 0)
  })

  it('is usable with the keyboard alone', async () => {
    await open([reworded])
    await page.locator('input[type=search]').focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('.panel').waitFor()
  })

  it('has nothing serious for axe, in light and dark, and fits a phone', async () => {
    const axe = await axeScript()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width: 360, height: 640 })
      await open([row({}), reworded, regressed])
      await openRows()
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'))
      assert.ok(width <= 360, `${width} px`)
      // The policy of the page applies to its own scripts, not to those of the debugger.
      await page.evaluate(axe)
      const found = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as {
        id: string
        impact: string
        nodes: { html: string }[]
      }[]
      const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      assert.deepEqual(
        serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
        [],
        colorScheme,
      )
    }
  })

  it('scrolls and filters 5,000 rows', async () => {
    const rows = Array.from({ length: 5000 }, (_, index) =>
      index % 2 === 0 ? row({ id: String(index).padStart(16, '0') }) : { ...reworded, id: `r${index}` },
    )
    await open(rows)
    await page.getByLabel('identical (2500)').uncheck()
    assert.equal(await page.getByRole('status').textContent(), '2500 of 5000 interactions shown')
    await page.keyboard.press('End')
    const last = page.locator('li.row').last()
    await last.scrollIntoViewIfNeeded()
    await last.locator('summary').click()
    await last.locator('.panel').waitFor()
  })
})
