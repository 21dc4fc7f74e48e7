/** What JSON and YAML's core schema both can say. Key order is meaning here: whoever writes it must not sort. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }
