/** `npm run rooms`: checks who imports whom (src/rooms.json), import cycles, and the size of folders. */
import { checkRooms } from './rooms/rooms.ts'

const problems = checkRooms()
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length === 0 ? 0 : 1
