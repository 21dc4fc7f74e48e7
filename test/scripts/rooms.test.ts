import assert from 'node:assert/strict'

import { checkRooms } from '../../scripts/rooms/rooms.ts'
import { crowdedFolders, forbiddenImports, importCycles, type RoomTable } from '../../scripts/rooms/rules.ts'

const TABLE: RoomTable = {
  entriesPerFolder: 2,
  flatFamilies: ['b/many'],
  rooms: {
    a: { pure: true, imports: ['b'], packages: ['yaml'] },
    b: { imports: [], typesFrom: ['a'], packages: [] },
  },
}

const forbidden = (files: Record<string, string>): string[] =>
  forbiddenImports(TABLE, new Map(Object.entries(files)))

describe('the rooms of src', () => {
  it('follow src/rooms.json', () => {
    assert.deepEqual(checkRooms(), [])
  })

  it('may import everything that the table allows', () => {
    const found = forbidden({
      'a/x.ts':
        "import { b } from '../b/y.ts'\nimport { parse } from 'yaml'\nimport { createHash } from 'node:crypto'\n",
      'b/y.ts': "import type { X } from '../a/x.ts'\nimport fs from 'node:fs'\n",
    })
    assert.deepEqual(found, [])
  })

  it('report a forbidden room, package or builtin, a missing file and an unknown room with file and line', () => {
    const found = forbidden({
      'a/x.ts':
        "import {\n  one,\n} from 'undici'\nimport fs from 'node:fs'\nconst lazy = import('../c/z.ts')\n",
      'b/y.ts': "import { x } from '../a/x.ts'\nexport * from './gone.ts'\nimport '../a/x.ts'\n",
      'c/z.ts': '',
    })
    assert.deepEqual(found, [
      'src/a/x.ts:1: a may not import the package undici',
      'src/a/x.ts:4: a is pure and may not import node:fs',
      'src/a/x.ts:5: a may not import c (../c/z.ts)',
      'src/b/y.ts:1: b may not import a (../a/x.ts)',
      'src/b/y.ts:2: ./gone.ts does not exist',
      'src/b/y.ts:3: b may not import a (../a/x.ts)',
      'src/c/z.ts: the room c is not in src/rooms.json',
    ])
  })

  it('report a cycle of imports, including type imports', () => {
    const files = {
      'a/x.ts': "import type { Y } from './y.ts'\n",
      'a/y.ts': "import { z } from './z.ts'\n",
      'a/z.ts': "export { x } from './x.ts'\n",
    }
    assert.deepEqual(importCycles(new Map(Object.entries(files))), [
      'src: a circle of imports: a/x.ts → a/y.ts → a/z.ts → a/x.ts',
    ])
  })

  it('report a folder with too many entries, except for the flat families', () => {
    const paths = ['a/1.ts', 'a/2.ts', 'a/sub/3.ts', 'b/many/1.ts', 'b/many/2.ts', 'b/many/3.ts']
    assert.deepEqual(crowdedFolders(TABLE, paths), [
      'src/a: 3 entries, 2 are allowed: make a sub-folder of what belongs together',
    ])
  })
})
