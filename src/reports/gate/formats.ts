import type { GateReport } from '../../gate/report.ts'
import { type Palette, PLAIN } from '../miss.ts'
import { renderCtrf } from './ctrf.ts'
import { renderGithub } from './github.ts'
import { renderHtml } from './html.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import { renderSarif } from './sarif.ts'
import { renderTerminal } from './terminal.ts'

export interface RenderOptions {
  readonly palette?: Palette
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Every format of `cassette diff` and `cassette gate`. */
export const FORMATS: Readonly<Record<string, (report: GateReport, options: RenderOptions) => string>> = {
  terminal: (report, { palette }) => renderTerminal(report, palette ?? PLAIN),
  markdown: renderMarkdown,
  github: renderGithub,
  json: (report) => JSON.stringify(report, null, 2),
  junit: renderJunit,
  ctrf: (report, { now }) => renderCtrf(report, now),
  sarif: renderSarif,
  html: renderHtml,
}
