import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { ChatOpenAI } from '@langchain/openai'
import { generateText } from 'ai'
import axios from 'axios'
import got from 'got'
import nodeFetch from 'node-fetch'
import http from 'node:http'
import https from 'node:https'
import { text } from 'node:stream/consumers'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { Agent, fetch as undiciFetch, Pool, request as undiciRequest } from 'undici'
import { KEYS } from './keys.ts'

/** An HTTP client with its default settings and default retries. */
export interface Client {
  readonly name: string
  /** Sends the question to the provider at `url`. @returns the client's result */
  readonly ask: (url: string, question: string) => Promise<string>
}

const PATH = '/v1/chat/completions'
const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEYS.openai}` }

function bodyFor(question: string): { model: string; messages: Array<{ role: 'user'; content: string }> } {
  return { model: 'gpt-5-mini', messages: [{ role: 'user', content: question }] }
}

const postInit = (question: string) =>
  ({ method: 'POST', headers, body: JSON.stringify(bodyFor(question)) }) as const

/** The agents are made once and keep their connections, like those of a program. */
const httpAgent = new http.Agent({ keepAlive: true })
const undiciAgent = new Agent({ connect: { rejectUnauthorized: false } })
const httpsAgent = new https.Agent({ rejectUnauthorized: false })

async function viaNode(url: string, question: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>()
  const request = url.startsWith('https:')
    ? https.request(`${url}${PATH}`, { method: 'POST', headers, agent: httpsAgent }, resolve)
    : http.request(`${url}${PATH}`, { method: 'POST', headers, agent: httpAgent }, resolve)
  request.on('error', reject)
  request.end(JSON.stringify(bodyFor(question)))
  return text(await promise)
}

/** Clients that can also talk to a server with a self-signed certificate. */
export const TLS_CLIENTS: readonly Client[] = [
  { name: 'https', ask: viaNode },
  {
    name: 'undici.fetch with an Agent of its own',
    ask: async (url, question) =>
      (await undiciFetch(`${url}${PATH}`, { ...postInit(question), dispatcher: undiciAgent })).text(),
  },
  {
    name: 'axios with an https.Agent',
    ask: async (url, question) =>
      JSON.stringify((await axios.post(`${url}${PATH}`, bodyFor(question), { headers, httpsAgent })).data),
  },
]

export const CLIENTS: readonly Client[] = [
  { name: 'fetch', ask: async (url, question) => (await fetch(`${url}${PATH}`, postInit(question))).text() },
  { name: 'http', ask: viaNode },
  {
    name: 'undici.fetch',
    ask: async (url, question) => (await undiciFetch(`${url}${PATH}`, postInit(question))).text(),
  },
  {
    name: 'undici.request',
    ask: async (url, question) => (await undiciRequest(`${url}${PATH}`, postInit(question))).body.text(),
  },
  {
    name: 'undici.Agent',
    ask: async (url, question) =>
      (await undiciRequest(`${url}${PATH}`, { ...postInit(question), dispatcher: undiciAgent })).body.text(),
  },
  {
    name: 'undici.Pool',
    ask: async (url, question) => {
      const pool = new Pool(url)
      const { body } = await pool.request({ path: PATH, ...postInit(question) })
      return body.text().finally(() => void pool.destroy())
    },
  },
  {
    name: 'axios',
    ask: async (url, question) =>
      JSON.stringify((await axios.post(`${url}${PATH}`, bodyFor(question), { headers })).data),
  },
  {
    name: 'axios with its fetch adapter',
    ask: async (url, question) =>
      JSON.stringify(
        (await axios.post(`${url}${PATH}`, bodyFor(question), { headers, adapter: 'fetch' })).data,
      ),
  },
  { name: 'got', ask: (url, question) => got(`${url}${PATH}`, postInit(question)).text() },
  {
    name: 'node-fetch',
    ask: async (url, question) => (await nodeFetch(`${url}${PATH}`, postInit(question))).text(),
  },
  {
    name: 'openai',
    ask: async (url, question) => {
      const client = new OpenAI({ apiKey: KEYS.openai, baseURL: `${url}/v1` })
      const completion = await client.chat.completions.create(bodyFor(question))
      return completion.choices[0]?.message.content ?? ''
    },
  },
  {
    name: '@anthropic-ai/sdk',
    ask: async (url, question) => {
      const client = new Anthropic({ apiKey: KEYS.anthropic, baseURL: url })
      const message = await client.messages.create({ ...bodyFor(question), max_tokens: 8 })
      return JSON.stringify(message.content)
    },
  },
  {
    name: 'ai',
    ask: async (url, question) => {
      const provider = createOpenAI({ apiKey: KEYS.openai, baseURL: `${url}/v1` })
      return (await generateText({ model: provider.chat('gpt-5-mini'), prompt: question })).text
    },
  },
  {
    name: 'ai with @ai-sdk/anthropic',
    ask: async (url, question) => {
      const provider = createAnthropic({ apiKey: KEYS.anthropic, baseURL: `${url}/v1` })
      return (await generateText({ model: provider('claude-sonnet-5'), prompt: question })).text
    },
  },
  {
    name: 'ollama',
    ask: async (url, question) => {
      const answer = await new Ollama({ host: url }).chat(bodyFor(question))
      return answer.message.content
    },
  },
  {
    name: '@langchain/openai',
    ask: async (url, question) => {
      const model = new ChatOpenAI({
        model: 'gpt-5-mini',
        apiKey: KEYS.openai,
        configuration: { baseURL: `${url}/v1` },
      })
      return (await model.invoke(question)).text
    },
  },
]
