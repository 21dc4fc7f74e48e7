import type { MigrationReport } from '../../migration/report.ts'
import type { Palette } from '../miss.ts'
import { renderHtml } from './html.ts'
import { renderMarkdown } from './markdown.ts'
import { renderTerminal } from './terminal.ts'

/** Every format of `cassette report`. */
export const REPORT_FORMATS: Readonly<
  Record<string, (report: MigrationReport, palette?: Palette) => string>
> = {
  terminal: renderTerminal,
  markdown: renderMarkdown,
  json: (report) => JSON.stringify(report, null, 2),
  html: renderHtml,
}
