import { createHash } from 'node:crypto'

/** Letters and digits that look random and are the same in every run. Never a real credential. */
function noise(seed: string, length: number): string {
  let text = ''
  for (let n = 0; text.length < length; n++) {
    text += createHash('sha256')
      .update(`${seed} ${n}`)
      .digest('base64')
      .replaceAll(/[^A-Za-z0-9]/g, '')
  }
  return text.slice(0, length)
}

/** The keys that the SDKs get, in the shape of each provider's keys. None of them may reach a cassette. */
export const KEYS = {
  openai: `sk-proj-${noise('openai', 120)}`,
  openaiOrganization: `org-${noise('organization', 24)}`,
  openaiProject: `proj_${noise('project', 24)}`,
  azure: noise('azure', 84),
  anthropic: `sk-ant-api03-${noise('anthropic', 95)}`,
  google: `AIza${noise('google', 35)}`,
  googleToken: `ya29.${noise('google-token', 180)}`,
  groq: `gsk_${noise('groq', 52)}`,
  mistral: noise('mistral', 32),
  cohere: noise('cohere', 40),
  awsAccessKeyId: `AKIA${noise('aws-id', 16).toUpperCase()}`,
  awsSecret: noise('aws-secret', 40),
  awsSession: noise('aws-session', 300),
  bearer: `tok-${noise('bearer', 48)}`,
} as const
