import { causalSuite } from './causal-suite.ts'

describe('no event comes before what brought it about', () => {
  causalSuite({ programs: 8, replays: 5, thinkMs: 30 })
})
