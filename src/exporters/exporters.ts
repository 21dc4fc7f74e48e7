import type { Exporter } from './exporter.ts'
import { har } from './har.ts'
import { jsonl } from './jsonl.ts'
import { otel } from './otel.ts'

/** The formats of `cassette export`, by name. */
export const EXPORTERS: Readonly<Record<string, Exporter>> = { har, jsonl, otel }
