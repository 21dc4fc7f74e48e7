/** What one made-up interaction asks, and what it is answered. */
export interface Asked {
  readonly question: string
  readonly answer: string
  readonly model?: string
  readonly finish?: string
  /** The name of a tool that is called with `{city: answer}`, in place of a text. */
  readonly tool?: string
  readonly id?: string
}

/** A cassette of Chat Completions, as a person may write one: without keys. */
export const chatCassette = (interactions: readonly Asked[]): string =>
  `version: 1\ninteractions:${interactions.length === 0 ? ' []' : ''}\n${interactions.map(item).join('')}`

function item({ question, answer, model = 'gpt-5', finish, tool, id }: Asked, at: number): string {
  const message =
    tool === undefined
      ? { content: answer }
      : { tool_calls: [{ id: 'c', function: { name: tool, arguments: JSON.stringify({ city: answer }) } }] }
  const reason = finish ?? (tool === undefined ? 'stop' : 'tool_calls')
  const request = { model, messages: [{ role: 'user', content: question }] }
  const response = { choices: [{ index: 0, message, finish_reason: reason }] }
  return [
    `  - id: ${id ?? String(at).padStart(16, 'a')}`,
    '    recorded_at: 2026-11-21T08:00:00.000Z',
    '    request:',
    '      method: POST',
    '      url: https://api.openai.com/v1/chat/completions',
    '      headers: {content-type: application/json}',
    `      body: {json: ${JSON.stringify(request)}}`,
    '    response:',
    '      status: 200',
    '      headers: {content-type: application/json}',
    `      body: {json: ${JSON.stringify(response)}}`,
    '',
  ].join('\n')
}
