import { fuzz } from './fuzz-run.ts'

describe('odd heads and odd calls of sockets', () => {
  it('do between cassettes what they do without cassette, and crash nothing while recording', () =>
    fuzz(60)).timeout(100_000)
})
