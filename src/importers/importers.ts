import { agentrec } from './agentrec.ts'
import { cassetter } from './cassetter.ts'
import { claudeVcr } from './claude-vcr.ts'
import { har } from './har.ts'
import type { Importer } from './importer.ts'
import { mastra } from './mastra.ts'
import { mitmproxy } from './mitmproxy.ts'
import { nock } from './nock.ts'
import { promptecho } from './promptecho.ts'
import { undiciSnapshot } from './undici-snapshot.ts'
import { vcrpy } from './vcrpy.ts'
import { xai } from './xai.ts'

/** The importers, in the order in which `auto` asks them. */
export const IMPORTERS: readonly Importer[] = [
  agentrec,
  claudeVcr,
  xai,
  promptecho,
  cassetter,
  vcrpy,
  har,
  undiciSnapshot,
  nock,
  mastra,
  mitmproxy,
]

/** Names that mean an importer of another name. */
const ALIASES: Readonly<Record<string, string>> = {
  polly: 'har',
  vcr: 'vcrpy',
  'pydantic-ai': 'vcrpy',
  snapshotagent: 'undici',
}

export const importerNamed = (format: string): Importer | undefined =>
  IMPORTERS.find((one) => one.format === (ALIASES[format.toLowerCase()] ?? format.toLowerCase()))
