import { type BodyCodec, piecesOf } from '../codec.ts'
import { MAX_STRUCTURED_NODES } from '../json/text.ts'
import { looksBinary } from '../payload.ts'
import type { FormBody, FormField } from '../stored-body.ts'
import { checkChoice, checkDelay, checkMapping, checkString } from '../stored-checks.ts'
import { storedDelay } from '../timeline.ts'

/** `application/x-www-form-urlencoded` as the WHATWG URL standard serializes it. */
export const formCodec: BodyCodec<FormBody> = {
  form: 'form',

  encode(source) {
    const { text } = source
    if (text === undefined || !text.includes('=') || looksBinary(text)) return undefined
    const fields = [...new URLSearchParams(text)]
    if (fields.length > MAX_STRUCTURED_NODES) return undefined
    const space = text.includes('%20') ? ({ space: '%20' } as const) : {}
    const rest = { ...space, ...storedDelay(source.totalDelayMs) }
    // A map puts keys that look like whole numbers first, and has each name once. A list keeps the order then.
    const map = Object.fromEntries(fields)
    const asMap = serialize(Object.entries(map), space.space) === text
    return { form: asMap ? map : fields.map(([name, value]): FormField => ({ name, value })), ...rest }
  },

  decode(stored) {
    const { form } = stored
    const fields: (readonly [string, string])[] = isFieldList(form)
      ? form.map(({ name, value }) => [name, value] as const)
      : Object.entries(form)
    return piecesOf(Buffer.from(serialize(fields, stored.space)), stored.delay_ms ?? 0)
  },

  check(stored) {
    const form = stored['form']
    if (Array.isArray(form)) {
      form.forEach((entry: unknown, index) => {
        const field = checkMapping(entry, ['form', index], 'a mapping of name and value')
        checkString(field['name'], ['form', index, 'name'])
        checkString(field['value'], ['form', index, 'value'])
      })
    } else {
      const fields = checkMapping(form, ['form'], 'a mapping of names to values')
      for (const [name, value] of Object.entries(fields)) checkString(value, ['form', name])
    }
    checkChoice(stored, 'space', ['%20'])
    checkDelay(stored)
  },
}

function isFieldList(form: FormBody['form']): form is readonly FormField[] {
  return Array.isArray(form)
}

function serialize(fields: readonly (readonly [string, string])[], space: FormBody['space']): string {
  const text = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString()
  // A plus sign in the data has become %2B: each + is a space.
  return space === undefined ? text : text.replaceAll('+', space)
}
