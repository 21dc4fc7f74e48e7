import { readFileSync } from 'node:fs'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { parse } from 'yaml'

import { fromRoot } from '../helpers/shared.ts'

const SCHEMA = JSON.parse(readFileSync(fromRoot('schema/cassette.schema.json'), 'utf8')) as object

/** Strict but for what the schema does on purpose: `if` over keys that a `properties` beside it describes. */
const validate = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allErrors: true,
}).compile(SCHEMA)

/** What the JSON Schema says against the text of a cassette, read as an editor reads it. */
export function problemsOf(text: string): string[] {
  if (validate(parse(text, { version: '1.2', logLevel: 'silent' }))) return []
  return (validate.errors ?? []).map(({ instancePath, message }: ErrorObject) => `${instancePath} ${message}`)
}
