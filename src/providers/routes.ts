import type { ParsedRequest, Route } from './types.ts'

/** Vertex: project and location are deployment details. */
const withoutProject = (path: string): string =>
  path.replace(/\/projects\/[^/]+\/locations\/[^/]+(?=\/)/, '/projects/-/locations/-')

const GEMINI = /^(.*\/(?:models|tunedModels|endpoints)\/)([^/:]+):(\w+)$/
const AZURE = /^(.*\/openai\/deployments\/)([^/]+)(\/.+)$/
const BEDROCK =
  /^(.*\/model\/)(.+)(\/(?:converse|converse-stream|invoke|invoke-with-response-stream|count-tokens))$/
const HUGGING_FACE = /^(.*\/models\/)([^/]+\/[^/]+)(\/.*)?$/

const isHuggingFace = (host: string): boolean => /(?:^|\.)huggingface\.co$/.test(host)

/**
 * The path with the model taken out where the URL names it (CANONICAL section 3), so that a `matchOn` without `model` works
 * for these APIs. Other ids in paths stay, and so do the prefixes of gateways.
 */
export function modelRoute({ path, host }: ParsedRequest): Route {
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
  return { path: withoutProject(path) }
}

/** Google's `:verb` at the end of the path. */
export const verbOf = (path: string): string | undefined => GEMINI.exec(path)?.[3]

export const isHuggingFaceModel = ({ path, host }: ParsedRequest): boolean =>
  isHuggingFace(host) && HUGGING_FACE.test(path)

/** The part of a Bedrock runtime path after the model. */
export const bedrockAction = (path: string): string | undefined => BEDROCK.exec(path)?.[3]?.slice(1)
