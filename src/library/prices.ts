/** US dollars for a million tokens. */
export interface Price {
  readonly input: number
  readonly output: number
}

/** Prices by the beginning of a model's name. */
export interface PriceList {
  /** The day of the prices, as `2026-11-28`. */
  readonly date: string
  readonly models: Readonly<Record<string, Price>>
}

const price = (input: number, output: number): Price => ({ input, output })

/**
 * List prices for text, without discounts for caches and batches, as far as they were known at that date. They change, and
 * were not compared with the providers' pages: `--prices FILE` takes others.
 */
export const PRICES: PriceList = {
  date: '2025-11-30',
  models: {
    'gpt-5-mini': price(0.25, 2),
    'gpt-5-nano': price(0.05, 0.4),
    'gpt-5': price(1.25, 10),
    'gpt-4.1-mini': price(0.4, 1.6),
    'gpt-4.1-nano': price(0.1, 0.4),
    'gpt-4.1': price(2, 8),
    'gpt-4o-mini': price(0.15, 0.6),
    'gpt-4o': price(2.5, 10),
    'o4-mini': price(1.1, 4.4),
    'o3-mini': price(1.1, 4.4),
    o3: price(2, 8),
    'text-embedding-3-small': price(0.02, 0),
    'text-embedding-3-large': price(0.13, 0),
    'claude-opus-4-5': price(5, 25),
    'claude-opus-4': price(15, 75),
    'claude-sonnet-4': price(3, 15),
    'claude-haiku-4-5': price(1, 5),
    'claude-3-7-sonnet': price(3, 15),
    'claude-3-5-sonnet': price(3, 15),
    'claude-3-5-haiku': price(0.8, 4),
    'gemini-2.5-pro': price(1.25, 10),
    'gemini-2.5-flash-lite': price(0.1, 0.4),
    'gemini-2.5-flash': price(0.3, 2.5),
    'gemini-2.0-flash': price(0.1, 0.4),
    'mistral-large': price(2, 6),
    'mistral-small': price(0.1, 0.3),
    'command-a': price(2.5, 10),
    'command-r-plus': price(2.5, 10),
  },
}

/** The price of a model: that of the longest name with which it begins, at a `-`, `:`, `@` or the end. Clouds write `vendor.model` or `vendor/model`. */
function priceOf(model: string, { models }: PriceList): Price | undefined {
  const plain = model
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/^(?:[a-z]+\.)*(?=[a-z]+-)/, '')
  const names = Object.keys(models).filter(
    (name) => plain === name || (plain.startsWith(name) && /[-:@]/.test(plain.charAt(name.length))),
  )
  const longest = names.toSorted((a, b) => b.length - a.length)[0]
  return longest === undefined ? undefined : models[longest]
}

/** US dollars for these tokens; `undefined`: the list does not have the model. */
export function costOf(
  model: string | undefined,
  { input, output }: { readonly input: number; readonly output: number },
  prices: PriceList,
): number | undefined {
  const found = model === undefined ? undefined : priceOf(model, prices)
  return found && (input * found.input + output * found.output) / 1_000_000
}

/**
 * Reads a price list: `{"date": "2026-11-28", "models": {"gpt-5": {"input": 1.25, "output": 10}}}`.
 * @throws {SyntaxError} if the text is not such a list; the message says what was expected
 */
export function parsePrices(text: string): PriceList {
  const list = JSON.parse(text) as { date?: unknown; models?: unknown } | null
  const { date, models } = list ?? {}
  if (typeof date !== 'string' || typeof models !== 'object' || models === null)
    throw new SyntaxError('expected {"date": "...", "models": {...}}')
  for (const [name, one] of Object.entries(models as Record<string, Partial<Price> | null>))
    if (!isAmount(one?.input) || !isAmount(one.output))
      throw new SyntaxError(`expected models.${name} to be {"input": dollars, "output": dollars}`)
  return { date, models: models as Record<string, Price> }
}

const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0
