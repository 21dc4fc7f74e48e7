import assert from 'node:assert/strict'

import * as fc from 'fast-check'

import { hostOf, readAddress, tokenFor } from '../../src/registry/address.ts'
import { checkProject, checkRef, isKey, refKey, refOfKey } from '../../src/registry/names.ts'
import { checkPaths, pathProblem } from '../../src/registry/paths.ts'

describe('names in a registry', () => {
  const REFS = ['main', 'pr-42', 'feature/Search', 'a/B/c', 'v1.2.3', 'x_y', '7']
  const NO_REFS = [
    '',
    '../x',
    'a/../b',
    '/a',
    'a/',
    'a//b',
    '.a',
    'a/.b',
    '-a',
    'a b',
    'a\nb',
    'a\\b',
    'é',
    'a..b',
    'a.',
    'x'.repeat(121),
  ]

  it('takes refs as branches are named, and no ref that leaves its place', () => {
    for (const ref of REFS) assert.equal(checkRef(ref), ref)
    for (const ref of NO_REFS) assert.throws(() => checkRef(ref), { problem: 'name' }, ref)
    for (const project of ['', '..', 'A', 'a/b', '.a', 'a..b', 'x'.repeat(101)])
      assert.throws(() => checkProject(project), { problem: 'name' }, project)
  })

  it('gives each ref a key of its own, also where case is ignored', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,6}$/)
    const ref = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
    fc.assert(
      fc.property(ref, ref, (a, b) => {
        assert.equal(refOfKey(refKey('app', a)), a)
        assert.ok(isKey(refKey('app', a)), refKey('app', a))
        assert.equal(refKey('app', a).toLowerCase() === refKey('app', b).toLowerCase(), a === b)
      }),
    )
  })

  it('takes paths that every file system can hold', () => {
    for (const path of ['a.yaml', 'a/b/c.yml', 'Grüße/日本.yaml', 'a b.yaml', '.hidden/a.yaml'])
      assert.equal(pathProblem(path), undefined, path)
    const wrong = [
      '../a.yaml',
      '/a.yaml',
      'a/./b.yaml',
      'a//b.yaml',
      'a\\b.yaml',
      'c:/a.yaml',
      'aux.yaml',
      'a/nul/b.yaml',
      'a /b.yaml',
      'a./b.yaml',
      'a.txt',
      'a\0.yaml',
      'e\u0301.yaml',
      '.GIT/a.yaml',
      `${'x'.repeat(241)}.yaml`,
      '\ud800.yaml',
    ]
    for (const path of wrong) assert.ok(pathProblem(path), path)
  })

  it('refuses two paths that have one place where case is ignored', () => {
    for (const paths of [
      ['a.yaml', 'A.yaml'],
      ['x/a.yaml', 'X/b.yaml'],
      ['a.yaml', 'a.yaml/b.yaml'],
      ['a.yaml', 'a.yaml.d/b.yaml'],
      ['ß.yaml', 'ẞ.yaml'],
    ])
      assert.throws(() => checkPaths(paths), { problem: 'name' }, paths.join(' '))
    checkPaths(['a.yaml', 'a.yml', 'x/a.yaml', 'x/b.yaml'])
  })
})

describe('the address of a registry', () => {
  it('reads every kind', () => {
    const kinds = [
      'file:///srv/x',
      'http://h:1/',
      'https://h/x',
      's3://bucket/a/b?region=eu-1&endpoint=http://127.0.0.1:9',
      'redis://h:1/2?prefix=x',
      'rediss://user@h',
      'git+ssh://git@h/a/b.git',
      'git+https://h/a/b?branch=x',
      'git+file:///srv/a.git',
    ]
    assert.deepEqual(
      kinds.map((text) => readAddress(text).kind),
      ['folder', 'http', 'http', 's3', 'redis', 'redis', 'git', 'git', 'git'],
    )
    const s3 = readAddress('s3://bucket/a/b?region=eu-1&endpoint=http://127.0.0.1:9')
    assert.deepEqual(s3, {
      kind: 's3',
      name: 's3://bucket/a/b',
      bucket: 'bucket',
      prefix: 'a/b',
      endpoint: 'http://127.0.0.1:9',
      region: 'eu-1',
    })
    const git = readAddress('git+ssh://git@h/a/b.git?branch=tapes')
    assert.ok(git.kind === 'git' && git.remote === 'ssh://git@h/a/b.git' && git.branch === 'tapes')
  })

  it('refuses a credential, and does not print it', () => {
    for (const text of [
      'https://user:hunter2@h/',
      'https://hunter2@h/',
      'https://h/?token=hunter2',
      'https://h/#hunter2',
      'redis://:hunter2@h',
      'git+https://u:hunter2@h/a',
      's3://hunter2:x@bucket/',
      's3://bucket?endpoint=http://u:hunter2@h',
    ])
      assert.throws(
        () => readAddress(text),
        ({ problem, message }: { problem: string; message: string }) =>
          problem === 'name' && !message.includes('hunter2'),
        text,
      )
  })

  it('refuses what is no address', () => {
    for (const text of [
      '',
      'registry',
      '/srv/x',
      'ftp://h/x',
      'file://host/x',
      'file:///',
      's3:///x',
      'git+https://h/',
      'git+https://h/a?branch=--upload-pack=x',
    ])
      assert.throws(() => readAddress(text), { problem: 'name' }, text)
  })

  it('gives a token to the host it is for alone', () => {
    const address = readAddress('https://registry.example.com/x')
    assert.equal(hostOf(address), 'registry.example.com')
    assert.equal(tokenFor(address, 'abc', false), 'abc')
    assert.equal(tokenFor(address, 'abc@registry.example.com', true), 'abc')
    assert.equal(tokenFor(address, undefined, true), undefined)
    assert.throws(() => tokenFor(address, 'abc', true), {
      problem: 'name',
      message: /TOKEN@registry\.example\.com/,
    })
    assert.throws(() => tokenFor(address, 'abc@other.example.com', false), {
      problem: 'name',
      message: /The token was not sent/,
    })
    assert.throws(() => tokenFor(address, 'abc\n', false), { problem: 'name' })
    assert.equal(tokenFor(readAddress('file:///srv/x'), 'abc', true), undefined)
  })
})
