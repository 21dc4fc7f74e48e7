// The soak's servers, in a process of their own: what they hold is no business of the clients'. Reads key and certificate
// from the environment variable KEYS, prints where they are.
import { startUpstream } from '../../test/hermetic/upstream.ts'

const keys = JSON.parse(process.env['KEYS'] ?? '{}') as { key: string; cert: string }
const { stop, ...addresses } = await startUpstream(keys)
process.stdout.write(`${JSON.stringify(addresses)}\n`)
process.on('disconnect', () => void stop().then(() => process.exit()))
