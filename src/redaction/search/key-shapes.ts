import type { ByteText } from '../byte-text.ts'
import type { Edit } from '../edits.ts'
import { placeholderEdit } from '../edits.ts'

/** The length of the shortest key. */
const SHORTEST = 20

/**
 * Keys with a known form: prefix and length as their issuers or secret scanners document them. Each shape is long enough not to
 * match prose, slugs or ids.
 */
const SHAPES = [
  // OpenAI, Anthropic, OpenRouter, Langfuse; then every other key with that prefix (DeepSeek, Moonshot, LiteLLM ...)
  'sk-(?:proj|svcacct|admin|ant|or|lf)-[\\w-]{20,}',
  'sk-(?=[\\w-]*\\d)(?:\\w+-)?[A-Za-z0-9]{20,}[\\w-]*',
  // OpenAI's ephemeral keys for realtime clients
  'ek_[A-Za-z0-9_-]{20,}',
  // Google: API key, OAuth access token, client secret
  'AIza[\\w-]{35}(?![\\w-])',
  'ya29\\.[\\w-]{20,}',
  'GOCSPX-[\\w-]{28}',
  // AWS access key ids (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html)
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])',
  // GitHub, GitLab
  'gh[opusr]_[A-Za-z0-9]{36,}',
  'github_pat_[A-Za-z0-9_]{40,}',
  'glpat-[\\w-]{20,}',
  // Slack
  'xox[abeoprs]-(?=[\\w-]*\\d)[A-Za-z0-9-]{20,}',
  'xapp-\\d-[A-Za-z0-9-]{20,}',
  // Hugging Face, Groq, Replicate, xAI, Perplexity, Cerebras, NVIDIA, Tavily, LangSmith, Databricks, Fireworks
  'hf_[A-Za-z0-9]{30,}',
  'gsk_[A-Za-z0-9]{40,}',
  'r8_[A-Za-z0-9]{37}',
  'xai-[A-Za-z0-9]{60,}',
  'pplx-[A-Za-z0-9]{40,}',
  'csk-[a-z0-9]{40,}',
  'nvapi-[\\w-]{60,}',
  'tvly-(?=[\\w-]*\\d)[A-Za-z0-9-]{24,}',
  'lsv2_[a-z]{2}_[0-9a-f]{32}_[0-9a-f]{10}',
  'dapi[0-9a-f]{32}',
  'fw_[A-Za-z0-9]{22,}',
  // Stripe, npm, PyPI, SendGrid, DigitalOcean, Supabase, Telegram
  '(?:[rs]k_(?:live|test)|whsec)_[A-Za-z0-9]{20,}',
  'npm_[A-Za-z0-9]{36}',
  'pypi-[\\w-]{60,}',
  'SG\\.[\\w-]{22}\\.[\\w-]{43}',
  'dop_v1_[0-9a-f]{64}',
  'sbp_[0-9a-f]{40}',
  '(?<=\\d{8,10}:)AA[\\w-]{33}(?![\\w-])',
  // JSON Web Tokens: header and payload are JSON objects
  'eyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.[\\w-]{10,}',
]

const KEY = new RegExp(SHAPES.join('|'), 'y')
/** The first two characters of every shape. Most words need no other test. */
const STARTS = new Set(
  'sk ek AI ya GO AK AS AB AC gh gi gl xo xa hf gs r8 pp cs nv tv ls da fw rk wh np py SG do sb AA ey'
    .split(' ')
    .map((start) => start.charCodeAt(0) * 256 + start.charCodeAt(1)),
)
const RUN_BYTES = tableOfRunBytes()

/** The keys in a text: in ascending order, without overlaps. */
export function keyEdits(bytes: Uint8Array, text: ByteText): Edit[] {
  const edits: Edit[] = []
  for (const { start, end } of runsOf(bytes)) {
    for (const at of keyStarts(text, start, end)) {
      if (!STARTS.has(text.charCodeAt(at) * 256 + text.charCodeAt(at + 1))) continue
      if (at < (edits.at(-1)?.end ?? 0)) continue
      KEY.lastIndex = at
      const key = KEY.exec(text)?.[0]
      if (key !== undefined) edits.push(placeholderEdit(at, at + key.length))
    }
  }
  return edits
}

/** A key starts where a word starts. The end of an escape (`\n`, `\u0026`, `%3D`) does not belong to the word. */
function keyStarts(text: ByteText, start: number, end: number): number[] {
  const starts = [start]
  const before = text[start - 1]
  if (before === '\\') starts.push(start + 1, start + 5)
  else if (before === '%') starts.push(start + 2)
  for (let at = start; at < end; at += 1) {
    if (text.charCodeAt(at) === 0x2e) starts.push(at + 1)
  }
  return starts
}

/** Every run of letters, digits, `_`, `-` and `.` that is long enough for a key. Looks first at every twentieth byte only. */
function* runsOf(bytes: Uint8Array): Generator<{ readonly start: number; readonly end: number }> {
  const { length } = bytes
  let floor = 0
  for (let at = SHORTEST - 1; at < length; at += SHORTEST) {
    if (RUN_BYTES[bytes[at] as number] === 0) continue
    let start = at
    while (start > floor && RUN_BYTES[bytes[start - 1] as number] === 1) start -= 1
    let end = at + 1
    while (end < length && RUN_BYTES[bytes[end] as number] === 1) end += 1
    if (end - start >= SHORTEST) yield { start, end }
    floor = end
    at = Math.max(at, end - 1)
  }
}

function tableOfRunBytes(): Uint8Array {
  const table = new Uint8Array(256)
  for (const byte of Buffer.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.'))
    table[byte] = 1
  return table
}
