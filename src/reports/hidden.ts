/** A request differs from a recording only in values that redaction hides. */
export interface HiddenDifferences {
  /** `credential`: the file has no trace of the value. `redacted`: it has a digest. */
  readonly kind: 'credential' | 'redacted'
  /** `?code`, `body.token`; of `redacted`, names of query parameters. */
  readonly names: readonly string[]
}

/** What a miss says about such a difference, on one line. */
export function hiddenLine({ kind, names }: HiddenDifferences): string {
  if (kind === 'credential') {
    const what = names.length === 1 ? 'a credential-like value' : 'credential-like values'
    return `this request differs from its recording only in ${what} (${names.join(', ')})`
  }
  const what = names.length === 1 ? 'a redacted query value differs' : 'redacted query values differ'
  const kept = names.map((name) => `'${name.replaceAll("'", "\\'")}'`).join(', ')
  return `only ${what}: redact: { keep: [${kept}] } records and shows the value as it is`
}
