import { Fields, present } from '../requests/fields.ts'
import { camelKeys, readContent } from './google/parts.ts'
import { byCodeUnit, isAbsent, isList, isObject, type JsonObject, type JsonValue, own } from '../json/json.ts'
import { modelRoute, verbOf } from '../requests/routes.ts'
import { modelName } from '../chat/settings.ts'
import { content } from '../chat/transcript.ts'
import type { Canonical, ParsedRequest, Provider } from '../types.ts'
import { GEMINI_TOP, OPENAI_TOP, SCHEDULING_TOP } from '../requests/volatile.ts'

const VOLATILE: ReadonlyMap<string, string> = new Map([...OPENAI_TOP, ...SCHEDULING_TOP])
const INPUTS = ['input', 'inputs', 'texts', 'inputText', 'prompt'] as const

export const hasInput = (body: JsonObject): boolean =>
  [...INPUTS, 'images', 'image'].some((name) => own(body, name) !== undefined && own(body, name) !== null)

/** OpenAI's embeddings, the compatible APIs (Mistral, Voyage, Jina, Azure ...), and Cohere's. */
export const embeddings: Provider = {
  api: 'embeddings',
  detect: ({ path, body }) =>
    hasInput(body) && (path.endsWith('/embeddings') || /\/v[12]\/embed$/.test(path)),
  operation: () => 'embeddings',
  route: modelRoute,
  canonicalize: (request) => embeddingsBody(request.body, request),
}

/** Every field except the volatile ones. One input becomes a list of one. A list of tokens becomes a list that contains it. */
export function embeddingsBody(body: JsonObject, request: ParsedRequest): Canonical {
  const fields = new Fields(body)
  const input = fields.take(...INPUTS)
  const model = fields.take('model')
  const types = fields.take('embedding_types', 'embeddingTypes')
  const inputType = fields.take('input_type', 'inputType', 'task_type', 'taskType')
  const canonical = {
    model: modelRoute(request).model ?? modelName(model),
    input: input === undefined ? undefined : inputList(input),
    input_type: inputType,
    dimensions: fields.take(
      'dimensions',
      'output_dimension',
      'output_dimensionality',
      'outputDimensionality',
    ),
    embedding_types: isList(types) ? types.map(String).toSorted(byCodeUnit) : types,
  }
  return { fields: present({ ...fields.rest(VOLATILE, request.keep), ...present(canonical) }) }
}

function inputList(input: JsonValue): JsonValue {
  if (!isList(input)) return [input]
  return input.length > 0 && input.every((item) => typeof item === 'number') ? [input] : input
}

const isEmbeddingModel = (model: string | undefined): boolean => /embed|gecko/i.test(model ?? '')

/** `:embedContent`, `:batchEmbedContents`, and Vertex's `:predict` with an embedding model. */
export const googleEmbeddings: Provider = {
  api: 'embeddings',
  detect: (request) => {
    const verb = verbOf(request.path)
    if (!isObject(request.json)) return false
    if (verb === 'embedContent' || verb === 'batchEmbedContents') return true
    return (
      verb === 'predict' && isList(request.body['instances']) && isEmbeddingModel(modelRoute(request).model)
    )
  },
  operation: () => 'embeddings',
  route: modelRoute,
  canonicalize: google,
}

interface Item {
  readonly content: unknown
  readonly fields: Record<string, unknown>
}

function google(request: ParsedRequest): Canonical {
  const fields = new Fields(camelKeys(request.body))
  const requests = fields.take('requests')
  const instances = fields.take('instances')
  const parameters = fields.take('parameters')
  fields.take('model')
  const single = requests === undefined && instances === undefined
  const items = single
    ? [readItem(Object.fromEntries(ITEM.map((name) => [name, fields.take(name)])))]
    : [...asList(requests), ...asList(instances)].map((item) =>
        readItem(isObject(item) ? camelKeys(item) : { content: item }),
      )
  const shared = hoisted(items)
  const lifted = isObject(parameters) ? new Fields(camelKeys(parameters)) : undefined
  const dimensions = lifted?.take('outputDimensionality')
  return {
    fields: present({
      ...fields.rest(GEMINI_TOP, request.keep),
      ...lifted?.rest(new Map(), new Set()),
      ...present({ dimensions }),
      model: modelRoute(request).model,
      input: items.map(({ content: value, fields: particular }) => {
        const rest = Object.entries(particular).filter(([name]) => !(name in shared))
        return rest.length === 0 ? (value ?? '') : { content: value ?? '', ...Object.fromEntries(rest) }
      }),
      ...shared,
    }),
  }
}

const ITEM = ['content', 'taskType', 'title', 'outputDimensionality']
const asList = (value: JsonValue | undefined): readonly JsonValue[] =>
  isList(value) ? value : value === undefined ? [] : [value]

function readItem(item: JsonObject): Item {
  const fields = new Fields(item)
  const given = fields.take('content')
  const task = fields.take('taskType')
  fields.take('model')
  const parts = isAbsent(given) ? [] : readContent(given).parts
  return {
    content: content(
      parts.flatMap((block) => (block.kind === 'part' || block.kind === 'opaque' ? [block.part] : [])),
    ),
    fields: present({
      input_type: typeof task === 'string' ? task.toLowerCase() : task,
      dimensions: fields.take('outputDimensionality'),
      ...fields.rest(new Map(), new Set()),
    }),
  }
}

/** The fields that have the same value in every item of a batch. */
function hoisted(items: readonly Item[]): Record<string, unknown> {
  const first = items[0]?.fields ?? {}
  const same = (name: string): boolean => items.every(({ fields }) => fields[name] === first[name])
  return Object.fromEntries(
    ['input_type', 'dimensions']
      .filter((name) => first[name] !== undefined && same(name))
      .map((name) => [name, first[name]]),
  )
}
