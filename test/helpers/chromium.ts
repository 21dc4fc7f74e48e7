import { existsSync } from 'node:fs'

/** The parts of `playwright-core` that tests use. It is loaded only where a Chromium is installed. */
export interface Locator {
  allTextContents(): Promise<string[]>
  click(): Promise<void>
  count(): Promise<number>
  fill(text: string): Promise<void>
  focus(): Promise<void>
  last(): Locator
  locator(selector: string): Locator
  nth(index: number): Locator
  scrollIntoViewIfNeeded(): Promise<void>
  selectOption(value: string): Promise<unknown>
  textContent(): Promise<string | null>
  uncheck(): Promise<void>
  /** Waits until the element is there and visible. */
  waitFor(): Promise<void>
}

export interface Page {
  readonly keyboard: { press(key: string): Promise<void> }
  close(): Promise<void>
  emulateMedia(media: { readonly colorScheme: 'light' | 'dark' }): Promise<void>
  evaluate(script: string): Promise<unknown>
  getByLabel(label: string): Locator
  getByRole(role: string): Locator
  goto(url: string): Promise<unknown>
  locator(selector: string): Locator
  /** Answers every request from an HTTP Archive. */
  routeFromHAR(path: string, options: { readonly notFound: 'abort' }): Promise<void>
  on(event: 'request', listener: (request: { url(): string }) => void): unknown
  on(event: 'console', listener: (message: { text(): string }) => void): unknown
  on(event: 'pageerror', listener: (error: Error) => void): unknown
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>
}

export interface Browser {
  newPage(): Promise<Page>
  close(): Promise<void>
}

interface Playwright {
  readonly chromium: {
    launch(options: { readonly executablePath: string; readonly args: string[] }): Promise<Browser>
  }
}

/** Where systems have a Chromium that Playwright can drive. `CHROMIUM` names another. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const DRIVER: string = 'playwright-core'
const AXE: string = 'axe-core'

/** The path of an installed Chromium; `undefined`: there is none, and its tests are skipped by name. */
export const chromiumPath = (): string | undefined =>
  [process.env['CHROMIUM'] ?? '', ...PLACES].find((path) => path !== '' && existsSync(path))

export async function launchChromium(executablePath: string): Promise<Browser> {
  const { chromium } = (await import(DRIVER)) as Playwright
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** The script of axe, which defines `axe` in a page. */
export const axeScript = async (): Promise<string> =>
  ((await import(AXE)) as { readonly default: { readonly source: string } }).default.source
