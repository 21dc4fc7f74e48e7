import { startCorpus } from '../helpers/corpus.ts'
import { readExchangeFiles } from '../helpers/exchange-files.ts'
import { shared } from '../helpers/shared.ts'
import { describeRecordAndReplay } from './record-and-replay.ts'

describe('the corpus of real provider traffic, sent through the real SDKs', () => {
  const [server, files] = [shared('corpus/serve.mjs'), shared('corpus/http')]
  if (server === undefined || files === undefined) {
    it('is skipped, because ../shared/corpus does not exist', function () {
      this.skip()
    })
    return
  }
  describeRecordAndReplay(readExchangeFiles(files), () => startCorpus(server, files))
})
