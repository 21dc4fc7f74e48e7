import assert from 'node:assert/strict'

import { compileIgnore } from '../../../src/session/options/ignore.ts'
import type { IgnoreRule } from '../../../src/session/options/options.ts'

const ignores = (rule: IgnoreRule, url: string, method = 'GET') => compileIgnore([rule])(method, url)

describe('ignore rules', () => {
  it('match a host name on any port', () => {
    assert.ok(ignores('localhost', 'http://localhost:3000/x'))
    assert.ok(ignores('LOCALHOST', 'https://localhost/x'))
    assert.ok(!ignores('localhost', 'http://localhost.evil.com/'))
    assert.ok(!ignores('local.host', 'http://localxhost/'))
    assert.ok(ignores('::1', 'http://[::1]:8080/'))
  })

  it('match a host with a port only on that port', () => {
    assert.ok(ignores('localhost:3000', 'http://localhost:3000/x'))
    assert.ok(!ignores('localhost:3000', 'http://localhost:3001/x'))
  })

  it('match any part of a host with a star', () => {
    assert.ok(ignores('*.internal', 'http://db.internal/'))
    assert.ok(!ignores('*.internal', 'http://internal.com/'))
  })

  it('match a text with a slash as a URL pattern', () => {
    assert.ok(ignores('https://api.x.com/health*', 'https://api.x.com/health?deep=1'))
    assert.ok(!ignores('https://api.x.com/health*', 'https://api.x.com/v1'))
    assert.ok(ignores('*/metrics', 'http://a:1/metrics'))
  })

  it('know that all names of this machine are one host', () => {
    const names = ['localhost', '127.0.0.1', '127.1.2.3', '0.0.0.0', '[::1]', 'app.localhost']
    for (const rule of names)
      for (const name of names) {
        const at = `${rule} and ${name}`
        assert.ok(ignores(rule.replace(/^\[|\]$/g, ''), `http://${name}:3000/x`), at)
        assert.ok(ignores(`${rule}:3000`, `http://${name}:3000/x`), at)
        assert.ok(!ignores(`${rule}:3000`, `http://${name}:3001/x`), at)
        assert.ok(ignores(`http://${rule}:3000/x*`, `http://${name}:3000/x?y`), at)
        assert.ok(!ignores(`http://${rule}:3000/x`, `http://${name}:3000/y/x`), at)
        assert.ok(!ignores(rule, 'http://example.com/localhost'), at)
      }
  })

  it('test an expression from its start for each request', () => {
    const test = compileIgnore([/health/g])
    assert.deepEqual(
      [1, 2, 3].map(() => test('GET', 'http://a/health')),
      [true, true, true],
    )
  })

  it('call a function with method and URL', () => {
    assert.ok(ignores(({ method, url }) => method === 'PUT' && url.endsWith('/x'), 'http://a/x', 'PUT'))
    assert.ok(!ignores(({ method }) => method === 'PUT', 'http://a/x', 'GET'))
  })

  it('ignore nothing if there are none', () => {
    assert.ok(!compileIgnore([])('GET', 'http://localhost/'))
  })
})
