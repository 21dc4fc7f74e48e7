import { percentDecoded } from './location.ts'
import type { ParsedRequest, Route } from '../types.ts'

/** Vertex: project and location describe the deployment, so they are removed. */
const withoutProject = (path: string): string =>
  path.replace(/\/projects\/[^/]+\/locations\/[^/]+(?=\/)/, '/projects/-/locations/-')

const GEMINI = /^(.*\/(?:models|tunedModels|endpoints)\/)([^/:]+):(\w+)$/
const AZURE = /^(.*\/openai\/deployments\/)([^/]+)(\/.+)$/
const BEDROCK =
  /^(.*\/model\/)(.+)(\/(?:converse|converse-stream|invoke|invoke-with-response-stream|count-tokens))$/
const HUGGING_FACE = /^(.*\/models\/)([^/]+\/[^/]+)(\/.*)?$/

const isHuggingFace = (host: string): boolean => /(?:^|\.)huggingface\.co$/.test(host)

/** Google's paths. `/models/x:publish` of an unknown service is not such a path. */
const GOOGLE =
  /\/v\d\w*\/(?:projects\/[^/]+\/locations\/[^/]+\/)?(?:publishers\/[^/]+\/)?(?:models|tunedModels|endpoints)\/[^/:]+:\w+$/

function templated(path: string, host: string): Required<Route> | undefined {
  const google = GEMINI.exec(path)
  if (google !== null) {
    const [, before = '', model = '', verb] = google
    return { path: `${withoutProject(before)}{model}:${verb}`, model }
  }
  for (const pattern of isHuggingFace(host) ? [AZURE, BEDROCK, HUGGING_FACE] : [AZURE, BEDROCK]) {
    const found = pattern.exec(path)
    if (found === null) continue
    const [, before, model = '', after = ''] = found
    return { path: `${before}{model}${after}`, model }
  }
  return undefined
}

/**
 * The path without the model, if the URL names it (see docs/matching.md), so that a `matchOn` list without `model` works for these
 * APIs. Vertex's project and location are removed too. Other ids and the path prefixes of gateways stay.
 */
export const modelRoute = ({ path, host }: ParsedRequest): Route =>
  templated(path, host) ?? { path: withoutProject(path) }

/** The same for an unknown body. Any other path stays unchanged. */
export function plainRoute({ plainPath, host }: ParsedRequest): Route {
  const route = GEMINI.test(plainPath) && !GOOGLE.test(plainPath) ? undefined : templated(plainPath, host)
  return route === undefined ? { path: plainPath } : { path: route.path, model: percentDecoded(route.model) }
}

/** Google's `:verb` at the end of the path. */
export const verbOf = (path: string): string | undefined => GEMINI.exec(path)?.[3]

export const isHuggingFaceModel = ({ path, host }: ParsedRequest): boolean =>
  isHuggingFace(host) && HUGGING_FACE.test(path)

/** The part of a Bedrock runtime path after the model. */
export const bedrockAction = (path: string): string | undefined => BEDROCK.exec(path)?.[3]?.slice(1)
