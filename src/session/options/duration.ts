import { CassetteOptionError } from '../../errors/cassette-option-error.ts'

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/**
 * The milliseconds of a text such as `90d`, `12h`, `30m`, `10s`, `2w`, or of a number of milliseconds.
 * @throws CassetteOptionError with the name of `option`
 */
export function parseDuration(option: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/.exec(value.trim()) : null
  const unit = match && UNITS[match[2] ?? '']
  if (!match || unit === null || unit === undefined)
    throw new CassetteOptionError(
      option,
      "milliseconds, or a text such as '90d', '12h' or '30m'",
      String(value),
    )
  return Number(match[1]) * unit
}
