/** Runs `fn` with these environment variables (`undefined` unsets one), then restores the old values. */
export async function withEnvironment<T>(
  variables: Readonly<Record<string, string | undefined>>,
  fn: () => Promise<T>,
): Promise<T> {
  const old = Object.keys(variables).map((name) => [name, process.env[name]] as const)
  set(Object.entries(variables))
  try {
    return await fn()
  } finally {
    set(old)
  }
}

function set(entries: ReadonlyArray<readonly [name: string, value: string | undefined]>): void {
  for (const [name, value] of entries) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}
