import assert from 'node:assert/strict'

import { NetworkDeniedError } from '../../src/errors/network-denied-error.ts'
import type { NonHttpUse } from '../../src/exchange/gate.ts'
import type { SessionContext } from '../../src/session/context.ts'
import { compileIgnore } from '../../src/session/options/ignore.ts'
import { Telemetry } from '../../src/session/telemetry.ts'
import { NonHttpUses } from '../../src/session/unrecorded.ts'

const TCP: NonHttpUse = { kind: 'tcp', host: 'db.example', port: 5432 }
const LOOKUP: NonHttpUse = { kind: 'dns', by: 'lookup', host: 'db.example' }

interface Settings {
  readonly network?: 'allow' | 'deny'
  readonly isLive?: boolean
  readonly ignore?: string[]
}

const usesWith = ({ network = 'deny', isLive = false, ignore = [] }: Settings = {}): NonHttpUses =>
  new NonHttpUses({
    path: 'a.yaml',
    opened: { options: { mode: 'none', network } },
    playback: { has: () => false },
    isLive,
    telemetry: new Telemetry({ telemetry: [] }, isLive),
    ignored: compileIgnore(ignore),
    latch: (error: Error) => error,
  } as unknown as SessionContext)

describe('the network option', () => {
  it('stops nothing unless it is deny, and nothing while requests may go live', () => {
    assert.equal(usesWith({ network: 'allow' }).errorFor(TCP), undefined)
    assert.equal(usesWith({ isLive: true }).errorFor(TCP), undefined)
    assert.ok(usesWith().errorFor(TCP) instanceof NetworkDeniedError)
  })

  const ways: [NonHttpUse, rule: string][] = [
    [TCP, 'db.example:5432'],
    [TCP, 'db.example'],
    [TCP, 'tcp://db.example*'],
    [{ kind: 'tls', host: '::1', port: 443 }, '[::1]:443'],
    [{ kind: 'udp', host: '10.0.0.1', port: 53 }, '10.0.0.1:53'],
    [LOOKUP, '*.example'],
    [{ kind: 'unix', path: '/run/db.sock' }, 'unix:///run/db.sock'],
    [{ kind: 'unix', path: 'db.sock' }, 'unix://db.sock'],
  ]
  for (const [use, rule] of ways)
    it(`${JSON.stringify(use)} is let through with ignore: '${rule}'`, () => {
      assert.equal(usesWith({ ignore: [rule] }).errorFor(use), undefined)
      assert.ok(usesWith({ ignore: ['other.example:1'] }).errorFor(use) instanceof NetworkDeniedError)
    })

  it('names a rule in the message that lets the traffic through', () => {
    for (const [use] of ways) {
      const rule = /ignore: '(.*)'/.exec(usesWith().errorFor(use)?.message ?? '')?.[1]
      assert.equal(usesWith({ ignore: [rule ?? ''] }).errorFor(use), undefined, rule)
    }
  })

  it('lets through the look-up of a name that needs no DNS server, but no query for it', () => {
    const hosts = ['localhost', 'a.localhost', 'LOCALHOST.', '127.0.0.1', '::1']
    for (const host of hosts) {
      assert.equal(usesWith().errorFor({ kind: 'dns', by: 'lookup', host }), undefined, host)
      assert.ok(usesWith().errorFor({ kind: 'dns', by: 'query', host }), host)
    }
    assert.ok(usesWith().errorFor({ kind: 'dns', by: 'lookup', host: 'notlocalhost' }))
  })

  it('lets through the look-up of a host that ignore names with a port', () => {
    const uses = usesWith({ ignore: ['db.example:5432', 'https://web.example/health'] })
    assert.ok(uses.errorFor(LOOKUP), 'not dialled yet')
    assert.equal(uses.errorFor(TCP), undefined)
    assert.equal(uses.errorFor(LOOKUP), undefined)
    assert.ok(uses.errorFor({ ...TCP, port: 1 }))
    assert.ok(uses.ignored('GET', 'https://web.example/health'))
    assert.equal(uses.errorFor({ kind: 'dns', by: 'lookup', host: 'web.example' }), undefined)
  })
})
