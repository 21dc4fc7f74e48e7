/** A value that JSON and YAML's core schema can both express. The order of keys matters: never sort them. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }
