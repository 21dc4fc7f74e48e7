/** A workflow command of GitHub Actions, which becomes an annotation at a file and line. */
export function workflowCommand(
  name: string,
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${property(String(value))}`)
  return `::${name} ${list.join(',')}::${data(message)}`
}

/** As `@actions/core` escapes them. */
const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** The place of a SARIF result. */
export const sarifLocation = (uri: string, startLine: number): object => ({
  physicalLocation: {
    artifactLocation: { uri: uri.split('/').map(encodeURIComponent).join('/') },
    region: { startLine },
  },
})

/** A SARIF 2.1.0 log of one run, as code scanning reads it. */
export const sarifLog = (
  descriptions: Readonly<Record<string, string>>,
  results: readonly object[],
  properties?: object,
): string => {
  const rules = Object.entries(descriptions).map(([id, text]) => ({ id, shortDescription: { text } }))
  const run = { tool: { driver: { name: 'cassette', rules } }, results, ...(properties && { properties }) }
  return JSON.stringify(
    { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] },
    null,
    2,
  )
}
