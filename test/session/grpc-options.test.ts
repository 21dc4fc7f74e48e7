import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { CassetteOptionError, openCassette } from '../../src/index.ts'
import { readersFrom } from '../../src/session/opening/message-readers.ts'
import { loadProtos } from '../../src/session/opening/grpc-protos.ts'
import { message, text, varint } from '../helpers/protobuf.ts'
import { fromRoot } from '../helpers/shared.ts'

const CHAT = `syntax = "proto3";
package acme;
import "types/turn.proto";
message Ask { Turn turn = 1; int64 some_count = 2; bytes image = 3; }
service Chat { rpc Tell(Ask) returns (Turn); }
`
const TURN = 'syntax = "proto3";\npackage acme;\nmessage Turn { string text = 2; }\n'

describe('the grpc option', () => {
  let folder = ''
  const at = (name: string): string => join(folder, name)
  const write = (name: string, content: string): string => {
    writeFileSync(at(name), content)
    return at(name)
  }
  const refused = (grpc: object, expected: RegExp) =>
    assert.rejects(openCassette(at('x.yaml'), { grpc: grpc as never }), (error) => {
      assert.ok(error instanceof CassetteOptionError, String(error))
      assert.match(error.message, expected)
      return true
    })

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'grpc-option-'))
    mkdirSync(at('types'))
    write('chat.proto', CHAT)
    write('types/turn.proto', TURN)
  })

  after(() => rmSync(folder, { recursive: true }))

  it('is refused by name if it is mistyped', async () => {
    await refused({ protos: 'x.proto' }, /^grpc\.protos: expected a list of paths, got "x\.proto"/)
    await refused({ protos: [] }, /^grpc\.protos: expected a list of paths/)
    await refused({}, /^grpc\.protos/)
    await refused(
      { protos: ['a'], include: ['b'] },
      /^grpc\.include: expected one of 'protos', 'includeDirs'/,
    )
    await refused({ protos: ['a'], includeDirs: [1] }, /^grpc\.includeDirs/)
    await refused([], /^grpc: expected an object/)
  })

  it('names the file that is missing or does not parse, with the line', async () => {
    await refused({ protos: [at('none.proto')] }, /none\.proto", which is not there/)
    await refused(
      { protos: [write('bad.proto', 'syntax = "proto3";\nmessage A {\n  string = 1;\n}\n')] },
      /bad\.proto, line 3\)/,
    )
    await refused({ protos: [write('text.proto', 'hello world')] }, /text\.proto, line 1\)/)
    await refused(
      { protos: [write('type.proto', 'syntax = "proto3";\nmessage A {\n  Nope a = 1;\n}')] },
      /'Nope'.*type\.proto, line 3\)/,
    )
  })

  it('reads messages with the names of their .proto file and its imports', () => {
    const methods = loadProtos({ protos: ['chat.proto'], includeDirs: [folder] })
    assert.deepEqual([...methods.keys()], ['/acme.Chat/Tell'])
    const ask = message(Buffer.from([0x0a, 3, 0x12, 1, 0x68]), varint(2, 7), text(3, 'hi'))
    assert.deepEqual(methods.get('/acme.Chat/Tell')?.request?.(ask), {
      turn: { text: 'h' },
      some_count: '7',
      image: 'aGk=',
    })
    assert.equal(loadProtos({ protos: [at('chat.proto')], includeDirs: [folder] }), methods)
  })

  it("is preferred to the client's own definitions, and warns once if it does not fit", async () => {
    const readersFor = readersFrom(loadProtos({ protos: [at('chat.proto')] }))
    const call = (url: string) => ({ url, headers: [['content-type', 'application/grpc']] as const })
    const warnings: Error[] = []
    const hear = (warning: Error): void => void warnings.push(warning)
    process.on('warning', hear)
    try {
      const known = readersFor({ ...call('http://a/acme.Chat/Tell'), readers: { request: () => 'client' } })
      assert.deepEqual(known?.request?.(varint(2, 7)), { some_count: '7' })
      assert.equal(known?.request?.(text(2, 'no number')), undefined)
      assert.equal(known?.response?.(Buffer.from('garbage')), undefined)
      const other = readersFor({ ...call('http://a/other.Service/Do'), readers: { request: () => 'client' } })
      assert.equal(other?.request?.(Buffer.alloc(0)), 'client')
      assert.equal(readersFor(call('http://a/third.Service/Do')), undefined)
      assert.equal(readersFor({ url: 'http://a/', headers: [] }), undefined)
      await new Promise(setImmediate)
      assert.deepEqual(
        warnings.map(({ message: said }) => said.replace(/:.*/, '')),
        [
          'grpc.protos does not fit the messages of /acme.Chat/Tell',
          'grpc.protos does not describe /third.Service/Do',
        ],
      )
    } finally {
      process.off('warning', hear)
    }
  })

  it('says which package is missing', () => {
    // A copy of the sources with only the packages that they need: no folder above it has a node_modules.
    symlinkSync(fromRoot('src'), at('src'))
    mkdirSync(at('node_modules'))
    for (const name of ['yaml', '@mswjs'])
      symlinkSync(fromRoot(`node_modules/${name}`), at(`node_modules/${name}`))
    const script = `
      const { loadProtos } = await import('./src/session/opening/grpc-protos.ts')
      try { loadProtos({ protos: ['chat.proto'] }) } catch (error) { console.log(error.code, error.message) }
    `
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--preserve-symlinks', '--input-type=module', '--eval', script],
      { cwd: folder, encoding: 'utf8', timeout: 50_000 },
    )
    assert.match(stdout, /^CASSETTE_OPTION grpc\.protos: expected the package @grpc\/proto-loader/, stderr)
  })
})
