import { causalSuite } from './causal-suite.ts'

describe('no event comes before what brought it about, in many schedules', () => {
  causalSuite({ programs: Number(process.env['CAUSAL_PROGRAMS'] ?? 10), replays: 200, thinkMs: 20 })
})
