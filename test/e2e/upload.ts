import { bodyOf, headerOf, type FixtureExchange } from '../helpers/exchange-files.ts'

export interface FormPart {
  readonly filename: string
  readonly type: string
  readonly content: Buffer
}

/** Reads the parts of a recorded multipart form, by field name. */
export function formParts({ request }: FixtureExchange): Map<string, FormPart> {
  const boundary = /boundary="?([^";]+)/.exec(headerOf(request.headers, 'content-type'))?.[1] ?? ''
  const parts = bodyOf(request).toString('latin1').split(`--${boundary}`).slice(1, -1)
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\r\n\r\n')
      const head = part.slice(0, end)
      const content = Buffer.from(part.slice(end + 4, -2), 'latin1')
      const find = (pattern: RegExp): string => pattern.exec(head)?.[1] ?? ''
      return [
        find(/ name="([^"]*)"/),
        { filename: find(/filename="([^"]*)"/), type: find(/content-type: *(.*)/i), content },
      ]
    }),
  )
}
