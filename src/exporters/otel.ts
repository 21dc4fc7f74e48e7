import { createHash } from 'node:crypto'

import type { Digest } from '../drift/types.ts'
import { UnsayableError } from '../errors/unsayable-error.ts'
import { type Facts, factsOf, saidBy, type Said } from '../library/facts.ts'
import { askingOf } from '../migration/entry-asking.ts'
import { latencyOf } from '../migration/questions.ts'
import type { JsonValue } from '../providers/json/json.ts'
import type { ExportedEntry, Exporter } from './exporter.ts'
import { inputMessages, outputMessages, systemInstructions, toolDefinitions } from './otel-messages.ts'

/** The semantic conventions of OpenTelemetry that the names of attributes are from. */
const SEMANTIC_CONVENTIONS = '1.38.0'
const SCHEMA = `https://opentelemetry.io/schemas/${SEMANTIC_CONVENTIONS}`
/** A span of a client, in OTLP. */
const CLIENT = 3
const ERROR = 2

/**
 * A span for each call of a model, in the JSON of OTLP, a line each, as the file exporter of OpenTelemetry writes them. The spans of
 * one cassette are one trace. The same cassette gives the same ids.
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans
 * @see https://opentelemetry.io/docs/specs/otel/protocol/file-exporter
 */
export const otel: Exporter = {
  summary: `spans of OpenTelemetry for generative AI (semantic conventions ${SEMANTIC_CONVENTIONS}), in OTLP, a line each`,
  *text(entries) {
    for (const one of entries) {
      const said = saidBy(one.entry)
      const operation = OPERATIONS[said.canonical.op]
      if (operation === undefined) continue
      const span = spanOf(one, said, operation)
      const scope = { name: 'cassette' }
      const resource = { attributes: attributesOf({ 'service.name': 'cassette' }) }
      const scopeSpans = [{ scope, spans: [span], schemaUrl: SCHEMA }]
      yield `${JSON.stringify({ resourceSpans: [{ resource, scopeSpans, schemaUrl: SCHEMA }] })}\n`
    }
  },
}

const OPERATIONS: Readonly<Record<string, string>> = {
  chat: 'chat',
  completion: 'text_completion',
  embeddings: 'embeddings',
}

function spanOf(one: ExportedEntry, said: Said, operation: string): JsonValue {
  const { cassette, entry } = one
  const facts = factsOf(entry, said)
  const start = BigInt(Date.parse(facts.recordedAt) || 0) * 1_000_000n
  const end = start + BigInt(Math.round(latencyOf(said.interaction))) * 1_000_000n
  const error = errorOf(said)
  return {
    traceId: idOf(32, cassette),
    spanId: idOf(16, cassette, entry.id),
    name: facts.model === undefined ? operation : `${operation} ${facts.model}`,
    kind: CLIENT,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(end),
    attributes: attributesOf({
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': providerName(facts.api, entry.url),
      'gen_ai.request.model': facts.model,
      ...settings(said),
      'gen_ai.response.finish_reasons': finishes(said.digest),
      'gen_ai.usage.input_tokens': facts.usage?.input,
      'gen_ai.usage.output_tokens': facts.usage?.output,
      ...server(entry.url),
      ...messages(one, said),
      'error.type': error,
      'cassette.path': cassette,
      'cassette.interaction.id': entry.id,
    }),
    status: error === undefined ? {} : { code: ERROR, message: said.digest?.error?.message ?? error },
  }
}

const idOf = (length: number, ...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, length)

function providerName(api: Facts['api'], url: string): string {
  const host = URL.parse(url)?.hostname ?? ''
  const known: readonly (readonly [RegExp, string])[] = [
    [/mistral/, 'mistral_ai'],
    [/groq/, 'groq'],
    [/deepseek/, 'deepseek'],
    [/(?:^|\.)x\.ai$/, 'x_ai'],
    [/perplexity/, 'perplexity'],
    [/azure/, 'azure.ai.openai'],
    [/aiplatform/, 'gcp.vertex_ai'],
  ]
  const found = known.find(([pattern]) => pattern.test(host))?.[1]
  if (found !== undefined) return found
  if (api.startsWith('anthropic')) return 'anthropic'
  if (api.startsWith('gemini')) return 'gcp.gemini'
  if (api.startsWith('bedrock')) return 'aws.bedrock'
  if (api.startsWith('cohere')) return 'cohere'
  return api.startsWith('ollama') ? 'ollama' : 'openai'
}

/** Settings of the request, by the names of the canonical request. */
const SETTINGS: Readonly<Record<string, string>> = {
  temperature: 'gen_ai.request.temperature',
  top_p: 'gen_ai.request.top_p',
  top_k: 'gen_ai.request.top_k',
  max_tokens: 'gen_ai.request.max_tokens',
  seed: 'gen_ai.request.seed',
  stop: 'gen_ai.request.stop_sequences',
  frequency_penalty: 'gen_ai.request.frequency_penalty',
  presence_penalty: 'gen_ai.request.presence_penalty',
  n: 'gen_ai.request.choice.count',
}

function settings({ canonical }: Said): Readonly<Record<string, unknown>> {
  const format = canonical['response_format']
  return {
    ...Object.fromEntries(Object.entries(SETTINGS).map(([name, attribute]) => [attribute, canonical[name]])),
    'gen_ai.output.type': format === undefined ? undefined : 'json',
  }
}

function finishes(digest: Digest | undefined): readonly string[] | undefined {
  const all = (digest?.choices ?? []).flatMap(({ finish }) => finish ?? [])
  return all.length === 0 ? undefined : all
}

function server(url: string): Readonly<Record<string, unknown>> {
  const parsed = URL.parse(url)
  if (parsed === null) return {}
  const port = parsed.port === '' ? (parsed.protocol === 'http:' ? 80 : 443) : Number(parsed.port)
  return { 'server.address': parsed.hostname, 'server.port': port }
}

function errorOf({ digest, interaction }: Said): string | undefined {
  if (interaction.failure !== undefined) return interaction.failure.code ?? interaction.failure.name
  return digest?.ok === false ? (digest.error?.type ?? String(digest.status)) : undefined
}

function messages({ earlier }: ExportedEntry, said: Said): Readonly<Record<string, unknown>> {
  if (said.canonical.op !== 'chat') return {}
  const output = said.digest?.ok === true ? { 'gen_ai.output.messages': outputMessages(said.digest) } : {}
  try {
    const asking = askingOf(said, earlier)
    return {
      'gen_ai.system_instructions': systemInstructions(asking),
      'gen_ai.input.messages': inputMessages(asking),
      'gen_ai.tool.definitions': toolDefinitions(asking),
      ...output,
    }
  } catch (error) {
    // What no other API can say has no place in the conventions either.
    if (error instanceof UnsayableError) return output
    throw error
  }
}

/** Attributes as OTLP writes them. Absent ones are left out. */
function attributesOf(values: Readonly<Record<string, unknown>>): JsonValue {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  )
}

function anyValue(value: unknown): JsonValue {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  return { stringValue: JSON.stringify(value) }
}
