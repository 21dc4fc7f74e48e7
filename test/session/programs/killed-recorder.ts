import { writeSync } from 'node:fs'

import { withCassette } from '../../../src/index.ts'

/** Records until it is killed. Prints the number of each exchange whose end it has seen. Arguments: cassette, address. */
const [path = '', url = ''] = process.argv.slice(2)

await withCassette(path, { mode: 'new_episodes' }, async () => {
  for (let number = 0; ; number++) {
    await (await fetch(`${url}/${number}`)).arrayBuffer()
    writeSync(1, `${number}\n`)
  }
})
