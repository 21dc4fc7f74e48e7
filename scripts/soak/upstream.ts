// The servers of the soak. They have their own process, so that their memory does not count for the clients. Reads key and
// certificate from the environment variable KEYS, and prints the addresses.
import { startUpstream } from '../../test/hermetic/upstream.ts'

const keys = JSON.parse(process.env['KEYS'] ?? '{}') as { key: string; cert: string }
const { stop, ...addresses } = await startUpstream(keys)
process.stdout.write(`${JSON.stringify(addresses)}\n`)
process.on('disconnect', () => void stop().then(() => process.exit()))
