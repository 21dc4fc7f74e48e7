import { SSE_FIELDS } from '../sse-render.ts'
import { StoredBodyError } from '../body/stored-body-error.ts'
import {
  type Mapping,
  checkBase64,
  checkChoice,
  checkDelay,
  checkJson,
  checkLayout,
  checkList,
  checkMapping,
  checkString,
  isMapping,
  own,
} from '../body/stored-checks.ts'

/** Throws {@link StoredBodyError} where the mapping under `sse` and its siblings is not of that form. */
export function checkSse(stored: Mapping): void {
  checkList(stored['sse'], ['sse'], 'a list of events').forEach((entry, index) => checkEntry(entry, index))
  if (stored['layout'] !== undefined) checkLayout(checkMapping(stored['layout'], ['layout']), ['layout'])
  checkChoice(stored, 'eol', ['crlf', 'cr'])
  checkChoice(stored, 'tight', [true, false])
  checkChoice(stored, 'bom', [true, false])
}

function checkEntry(value: unknown, index: number): void {
  const path = ['sse', index]
  const entry = checkMapping(value, path, 'a mapping of event fields')
  checkDelay(entry, path)
  const kinds = ['raw', 'base64'].filter((key) => Object.hasOwn(entry, key))
  const fields = SSE_FIELDS.filter((key) => Object.hasOwn(entry, key))
  if (kinds.length + Math.min(fields.length, 1) !== 1) {
    throw new StoredBodyError(
      path,
      'event fields (data, event, id, retry, comment), or raw, or base64',
      value,
    )
  }
  if (kinds[0] === 'raw') checkString(entry['raw'], [...path, 'raw'])
  else if (kinds[0] === 'base64') checkBase64(entry['base64'], [...path, 'base64'])
  for (const field of fields) checkField(field, own(entry, field), [...path, field])
}

function checkField(field: string, value: unknown, path: (string | number)[]): void {
  if (field === 'data' && isMapping(value)) {
    if (!Object.hasOwn(value, 'json'))
      throw new StoredBodyError(path, 'a string, or a mapping with json', value)
    checkJson(value['json'], [...path, 'json'])
    checkLayout(value, path)
    return
  }
  if (field === 'retry' && typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return
  const text = checkString(value, path)
  // A CR ends a line too: the event would fall apart.
  if (text.includes('\r')) throw new StoredBodyError(path, 'a string without carriage returns', value)
}
