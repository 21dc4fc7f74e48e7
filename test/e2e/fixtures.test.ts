import { readExchangeFiles } from '../helpers/exchange-files.ts'
import { startFixtureUpstream } from '../helpers/fixture-upstream.ts'
import { fromRoot } from '../helpers/shared.ts'
import { describeRecordAndReplay } from './record-and-replay.ts'

describe('ten representative exchanges, sent through the real SDKs', () => {
  const files = readExchangeFiles(fromRoot('test/fixtures/exchanges'))
  describeRecordAndReplay(files, () => startFixtureUpstream(files.flatMap(({ exchanges }) => exchanges)))
})
