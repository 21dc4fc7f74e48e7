// Replays the cassette its first argument names, through every client of late-senders.ts, asking the URL of its
// second. Prints, as JSON, what each was answered, and first what a request meets that no cassette answers.
import { withCassette } from '../../../src/index.ts'
import { SENDERS } from '../late-senders.ts'

const [, , path = '', url = ''] = process.argv
const answers: [client: string, answer: string][] = []

async function outcome(run: () => Promise<string>): Promise<string> {
  try {
    return await run()
  } catch (error) {
    const { cause, code, message } = error as Error & { code?: string; cause?: { code?: string } }
    return cause?.code ?? code ?? message
  }
}

answers.push(['without cassette', await outcome(async () => (await fetch(url)).text())])
await withCassette(path, { mode: 'none' }, async () => {
  for (const [name, send] of Object.entries(SENDERS)) answers.push([name, await outcome(() => send(url))])
})
process.stdout.write(JSON.stringify(answers))
