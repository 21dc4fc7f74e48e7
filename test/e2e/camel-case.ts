/**
 * JSON as sent, with its keys as an SDK with camelCase parameters takes them. What a user named
 * (a tool's JSON schema) keeps its keys.
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
