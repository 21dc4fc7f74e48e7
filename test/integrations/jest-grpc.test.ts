import assert from 'node:assert/strict'

import * as grpc from '@grpc/grpc-js'

import { makeProject, type Project } from './project.ts'

const same = (bytes: Buffer): Buffer => bytes

/** Starts a real gRPC server that greets. */
async function startGreeter(): Promise<{ readonly port: number; readonly stop: () => void }> {
  const server = new grpc.Server()
  const serialization = {
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  }
  const Greet = { path: '/test.Greeter/Greet', requestStream: false, responseStream: false, ...serialization }
  server.addService(
    { Greet },
    {
      Greet: (call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) =>
        done(null, Buffer.concat([call.request, Buffer.from(' yourself')])),
    },
  )
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  return { port, stop: () => server.forceShutdown() }
}

describe('gRPC in Jest, which has its own module loader', () => {
  let project: Project | undefined
  afterEach(() => project?.remove())

  it('is recorded, and replays without a server and without a DNS lookup', async () => {
    project = makeProject('test/fixtures/runners/jest-grpc')
    const { port, stop } = await startGreeter()
    const jest = ['../node_modules/jest/bin/jest.js']
    const recorded = await project.run(jest, { env: { ADDRESS: `localhost:${port}` } })
    stop()
    assert.equal(recorded.code, 0, recorded.output)
    const [file = ''] = project.cassettes()
    assert.match(project.read(`cassettes/${file}`), /test\.Greeter\/Greet/)
    // A cassette treats all loopback names as the same host, and this name does not resolve.
    const replayed = await project.run(jest, { env: { CI: 'true', ADDRESS: 'no-such-name.localhost:1' } })
    assert.equal(replayed.code, 0, replayed.output)
  }).timeout(60_000)
})
