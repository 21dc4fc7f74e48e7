/** `npm run rooms`: who may import whom (src/rooms.json), no circles, no crowded folder. */
import { checkRooms } from './rooms/rooms.ts'

const problems = checkRooms()
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length === 0 ? 0 : 1
