import type { FixtureExchange } from '../../helpers/exchange-files.ts'
import type { Driver } from '../outcome.ts'
import { anthropic } from './anthropic.ts'
import { bedrock } from './bedrock.ts'
import { cohere } from './cohere.ts'
import { google } from './google.ts'
import { groq } from './groq.ts'
import { mistral } from './mistral.ts'
import { azure, openai } from './openai.ts'
import { plainFetch } from './plain.ts'

const DRIVERS: readonly Driver[] = [
  openai,
  azure,
  groq,
  anthropic,
  google,
  mistral,
  cohere,
  bedrock,
  plainFetch,
]

/** The real SDK for the API of an exchange if there is one; else fetch. */
export function driverFor(exchange: FixtureExchange): Driver {
  return DRIVERS.find((driver) => driver.accepts(exchange)) ?? plainFetch
}
