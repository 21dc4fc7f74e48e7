import type { Call } from '../types.ts'

/** The classes whose objects a client takes for bodies: its own, where it has any. */
export interface BodyClasses {
  readonly FormData: new () => { append(name: string, value: unknown, filename?: string): void }
  readonly Blob: new (parts: string[], options: { type: string }) => unknown
}

/** The body of a call as an object of the client's kind; `undefined`: it is bytes, a stream, or none. */
function bodyObject(call: Call, classes: BodyClasses = globalThis): unknown {
  if (call.blob) return new classes.Blob([call.blob.text], { type: call.blob.type })
  if (!call.form) return undefined
  const form = new classes.FormData()
  for (const { name, value, filename } of call.form) {
    if (filename === undefined) form.append(name, value)
    else form.append(name, new classes.Blob([value], { type: 'text/csv' }), filename)
  }
  return form
}

/** The body of a call that is there at once: an object, bytes, or none. */
export const wholeBody = (call: Call, classes?: BodyClasses): unknown =>
  bodyObject(call, classes) ?? call.body
