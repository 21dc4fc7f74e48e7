import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { Digest } from '../../../src/drift/types.ts'
import { withAxis } from '../../../src/gate/judge.ts'
import type { GateReport, GateRow } from '../../../src/gate/report.ts'
import { reportOf as migrationReportOf } from '../../../src/migration/report.ts'
import { plainRow } from '../../../src/migration/rows.ts'
import { renderHtml } from '../../../src/reports/gate/html.ts'
import { conversationPage } from '../../../src/reports/library/conversation-page.ts'
import type { ShownInteraction } from '../../../src/reports/library/conversation.ts'
import { REPORT_FORMATS } from '../../../src/reports/migration/formats.ts'
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

const source = { cassette: 'a.yaml', id: '7d206bed48a0bc0c', title: HOSTILE }
const migrationReport = migrationReportOf(
  [
    {
      ...plainRow({ ...source, category: 'chats' }, 'passed'),
      scores: { structure: 'benign', fuzzy: 0.8 },
      answers: { base: answer('The capital is Paris.'), head: answer('Its capital is Paris.') },
      recorded: { model: 'gpt-5', latencyMs: 800, tokens: { input: 1, output: 20 } },
      target: { model: 'claude-x', latencyMs: 900, tokens: { input: 1, output: 30 } },
    },
    plainRow({ ...source, category: HOSTILE }, 'skipped', HOSTILE),
  ],
  {
    corpus: HOSTILE,
    target: HOSTILE,
    comparators: ['fuzzy', 'structure'],
    problems: [HOSTILE],
    pricesOf: 'today',
  },
)
const shownInteractions: readonly ShownInteraction[] = [
  {
    facts: {
      id: '7d206bed48a0bc0c',
      title: HOSTILE,
      api: 'openai-chat',
      model: HOSTILE,
      streaming: false,
      status: 200,
      recordedAt: '2026-11-21T08:00:00.000Z',
      usage: { input: 3, output: 4 },
      delayMs: 500,
      incomplete: false,
      failed: false,
    },
    turns: [
      { role: 'user', text: HOSTILE, calls: [] },
      { role: 'assistant', text: '', calls: [{ name: 'get_weather', arguments: { city: 'Oslo' } }] },
    ],
  },
]

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

  const open = (rows: readonly GateRow[]): Promise<string> => openPage(renderHtml(reportOf(rows)))
  async function openPage(html: string): Promise<string> {
    const file = join(at(), 'page.html')
    writeFileSync(file, html)
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

  const PAGES: Readonly<Record<string, () => string>> = {
    'the page of diff and gate': () => renderHtml(reportOf([row({}), reworded, regressed])),
    'the page of report': () => REPORT_FORMATS['html']?.(migrationReport) ?? '',
    'the page of show': () => conversationPage(`${HOSTILE}.yaml`, shownInteractions),
  }
  const itIsFine = (name: string, render: () => string): void => {
    it(`has nothing serious for axe on ${name}, in light and dark, and fits a phone`, async () => {
      const axe = await axeScript()
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width: 360, height: 640 })
        await openPage(render())
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

    it(`runs nothing that was recorded on ${name}`, async () => {
      const url = await openPage(render())
      await openRows()
      assert.equal(await isHacked(), false)
      assert.deepEqual([asked, logged], [[url], []])
    })
  }
  for (const [name, render] of Object.entries(PAGES)) itIsFine(name, render)

  it('filters a migration by category, and names the sides of an answer', async () => {
    await openPage(PAGES['the page of report']?.() ?? '')
    assert.equal(await visible(), 2)
    await page.getByLabel('Category').selectOption('chats')
    assert.equal(await visible(), 1)
    await openRow(0)
    assert.equal(await page.locator('section[aria-label="recorded"]').count(), 1)
    assert.deepEqual(await page.locator('.panel ins').allTextContents(), ['Its'])
  })

  it('shows the turns of a conversation', async () => {
    await openPage(PAGES['the page of show']?.() ?? '')
    await openRow(0)
    assert.match((await page.locator('section[aria-label="user"]').textContent()) ?? '', /window\.hacked/)
    assert.match(
      (await page.locator('section[aria-label="assistant"] .tree').textContent()) ?? '',
      /calls get_weather.*"Oslo"/,
    )
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
