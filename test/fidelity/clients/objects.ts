import type { Call } from '../types.ts'

/** The classes of the objects that a client accepts as bodies: its own classes, if it has any. */
export interface BodyClasses {
  readonly FormData: new () => { append(name: string, value: unknown, filename?: string): void }
  readonly Blob: new (parts: string[], options: { type: string }) => unknown
}

/** Makes the body of a call an object of the client's classes. @returns `undefined` if the call has no form and no blob */
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

/** The body of a call if it is not a stream: an object, bytes, or `undefined`. */
export const wholeBody = (call: Call, classes?: BodyClasses): unknown =>
  bodyObject(call, classes) ?? call.body
