import { percentDecoded } from './location.ts'
import type { ParsedRequest, Route } from '../types.ts'

/** Vertex: project and location are deployment details. */
const withoutProject = (path: string): string =>
  path.replace(/\/projects\/[^/]+\/locations\/[^/]+(?=\/)/, '/projects/-/locations/-')

const GEMINI = /^(.*\/(?:models|tunedModels|endpoints)\/)([^/:]+):(\w+)$/
const AZURE = /^(.*\/openai\/deployments\/)([^/]+)(\/.+)$/
const BEDROCK =
  /^(.*\/model\/)(.+)(\/(?:converse|converse-stream|invoke|invoke-with-response-stream|count-tokens))$/
const HUGGING_FACE = /^(.*\/models\/)([^/]+\/[^/]+)(\/.*)?$/

const isHuggingFace = (host: string): boolean => /(?:^|\.)huggingface\.co$/.test(host)

/** As section 3 spells Google's paths; `/models/x:publish` of a service nobody knows is no such path. */
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
 * The path with the model taken out where the URL names it (CANONICAL section 3), so that a `matchOn` without `model` works
 * for these APIs. Other ids in paths stay, and so do the prefixes of gateways.
 */
export const modelRoute = ({ path, host }: ParsedRequest): Route =>
  templated(path, host) ?? { path: withoutProject(path) }

/** The same for a body nobody knows: of a path that names no model nothing is taken out. */
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
