import { readdirSync, statSync } from 'node:fs'
import { STATUS_CODES } from 'node:http'
import { basename, join, relative, resolve } from 'node:path'

import type { Source } from '../base/foreign-source.ts'
import { isoNow } from '../clock.ts'
import type { Cassette } from '../cassette/cassette.ts'
import { CassetteError } from '../errors/cassette-error.ts'
import { ImportError } from '../errors/import-error.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Importer } from '../importers/importer.ts'
import { IMPORTERS, importerNamed } from '../importers/importers.ts'
import { highestNumberIn, type ImportedTexts, Importing } from '../library/imported.ts'
import type { ImportedFile, LostPart } from '../reports/library/imported.ts'
import { addInteractions } from '../storage/edit-interactions.ts'
import { importSource } from '../storage/sources/import-source.ts'
import { thisRun } from '../storage/lock/identity.ts'
import { UsageError } from './usage.ts'

/** A source, and where it goes. */
export interface Planned {
  readonly path: string
  readonly out: string
}

/** What became of one source. */
export interface Outcome {
  readonly file?: ImportedFile
  readonly problem?: string
}

/** @throws {UsageError} if no importer has this name */
export function importerOf(format: string): Importer | undefined {
  const importer = importerNamed(format)
  if (importer === undefined && format !== 'auto')
    throw new UsageError(
      `unknown format ${JSON.stringify(format)}; use auto, or one of ${IMPORTERS.map((one) => one.format).join(', ')}`,
    )
  return importer
}

/**
 * The sources that names stand for, and a cassette for each. A folder that is no recording itself stands for what is in it.
 * @param out a file for all; or a folder, which keeps the folders of the sources
 */
export function plan(names: readonly string[], out: string | undefined, folder: string): Planned[] {
  const sources = names.flatMap((name) => sourcesIn(name))
  const isFile = out !== undefined && /\.ya?ml$/i.test(out)
  const into = out ?? folder
  return sources.map(({ path, within }) => ({
    path,
    out: isFile
      ? into
      : join(into, within.replace(/(?:\.(?:xai|json|ya?ml|har|flow|mitm|jsonl|bin))*$/i, '') + '.yaml'),
  }))
}

function sourcesIn(name: string): { path: string; within: string }[] {
  const found = statSync(name, { throwIfNoEntry: false })
  if (found?.isDirectory() !== true) return [{ path: name, within: basename(name) }]
  const inside = (folder: string): { path: string; within: string }[] => {
    const whole = IMPORTERS.some((one) => one.fits(importSource(folder)))
    if (whole) return [{ path: folder, within: relative(name, folder) || basename(resolve(name)) }]
    return readdirSync(folder, { withFileTypes: true })
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const path = join(folder, entry.name)
        if (entry.isDirectory()) return ['node_modules', '.git'].includes(entry.name) ? [] : inside(path)
        return entry.isFile() ? [{ path, within: relative(name, path) }] : []
      })
  }
  return inside(name)
}

/** Imports one source. What came before an error is kept. */
export async function importOne({ path, out }: Planned, given: Importer | undefined): Promise<Outcome> {
  try {
    const source = importSource(path)
    if (resolve(path) === resolve(out))
      throw new ImportError(path, '', 'would be overwritten by its own cassette: name another one with -o')
    const importer = given ?? IMPORTERS.find((one) => one.fits(source))
    if (!importer) return { problem: new ImportError(path, '', UNKNOWN).message }
    return await run(source, importer, out)
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error
    return { problem: error.message }
  }
}

/** The standard phrase of a status is not stored. */
function withoutStandardReason(exchange: Exchange): Exchange {
  const { response } = exchange
  if (response?.reason === undefined || response.reason !== STATUS_CODES[response.status]) return exchange
  const { reason: _, ...kept } = response
  return { ...exchange, response: kept }
}

const UNKNOWN = 'is no recording that cassette knows: name the format in place of auto'

async function run(source: Source, importer: Importer, out: string): Promise<Outcome> {
  const lost = new Map<string, { count: number; first: string }>()
  let problem: string | undefined
  const read = async (cassette: Cassette | undefined, numbersFrom: number): Promise<ImportedTexts> => {
    const importing = new Importing(process.env, cassette, numbersFrom)
    lost.clear()
    problem = undefined
    try {
      const exchanges = importer.read(source, (what, place) => {
        const { count, first } = lost.get(what) ?? { count: 0, first: place }
        lost.set(what, { count: count + 1, first })
      })
      for (const exchange of exchanges) await importing.add(withoutStandardReason(exchange))
    } catch (error) {
      if (!(error instanceof ImportError)) throw error
      problem = error.message
    }
    return importing.result
  }
  let result: ImportedTexts = { texts: [], known: 0 }
  await addInteractions(out, thisRun(isoNow()), async (cassette) => {
    result = await read(cassette, 0)
    const numbers = cassette && result.texts.length > 0 ? highestNumberIn(cassette) : 0
    // Stand-ins of the file must stay apart from new ones.
    if (numbers > 0) result = await read(cassette, numbers)
    return result.texts
  })
  const parts = [...lost].map(([what, { count, first }]): LostPart => ({ what, count, first }))
  const { format } = importer
  const file = {
    source: source.path,
    format,
    out,
    interactions: result.texts.length,
    known: result.known,
    lost: parts,
  }
  return { file, ...(problem !== undefined && { problem }) }
}
