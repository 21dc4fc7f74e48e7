/**
 * Converts the keys of sent JSON to camelCase, as the parameters of some SDKs need them. Keys that a user chose
 * (a tool's JSON schema) stay unchanged.
 */
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      key === 'parameters' || key === 'schema' ? item : camelCased(item),
    ]),
  )
}
