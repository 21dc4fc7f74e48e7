import { spawn } from 'node:child_process'

import { RegistryError } from '../errors/registry-error.ts'

const TIMEOUT_MS = 300_000
const MAX_STDERR = 4000

export interface GitRunnerOptions {
  /** The repository that it works in. */
  readonly folder: string
  /** The registry, in messages. */
  readonly name: string
  readonly remote: string
  readonly token: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Runs git, and gives what it prints. */
export type GitRunner = (args: readonly string[], more?: { readonly input?: Uint8Array }) => Promise<Buffer>

/** Makes what runs git. The token is in the environment of git alone, for this remote alone, and never in its arguments. */
export function gitRunner({ folder, name, remote, token, env }: GitRunnerOptions): GitRunner {
  const { GIT_DIR: _dir, GIT_INDEX_FILE: _index, GIT_WORK_TREE: _tree, ...inherited } = env
  const header =
    token === undefined
      ? []
      : [
          [
            'http.' + remote + '.extraHeader',
            `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`,
          ],
        ]
  const settings = [
    ['http.followRedirects', 'false'],
    ['protocol.ext.allow', 'never'],
    ['gc.auto', '0'],
    ...header,
  ]
  const own = {
    ...inherited,
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: inherited['GIT_SSH_COMMAND'] ?? 'ssh -oBatchMode=yes',
    GIT_AUTHOR_NAME: 'cassette',
    GIT_AUTHOR_EMAIL: 'cassette@localhost',
    GIT_COMMITTER_NAME: 'cassette',
    GIT_COMMITTER_EMAIL: 'cassette@localhost',
    LC_ALL: 'C',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], at) => [
        [`GIT_CONFIG_KEY_${at}`, key],
        [`GIT_CONFIG_VALUE_${at}`, value],
      ]),
    ),
  }
  return (args, { input } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn('git', args, { cwd: folder, env: own, stdio: 'pipe', timeout: TIMEOUT_MS })
      const chunks: Buffer[] = []
      let complaint = ''
      child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
      child.stderr.on(
        'data',
        (chunk: Buffer) => (complaint = (complaint + chunk.toString('utf8')).slice(0, MAX_STDERR)),
      )
      child.on('error', (error) =>
        reject(
          new RegistryError('unsupported', `The registry ${name} needs the program git: ${error.message}.`, {
            cause: error,
          }),
        ),
      )
      child.on('close', (code) =>
        code === 0 ? resolve(Buffer.concat(chunks)) : reject(problemOf(name, args[0] ?? '', complaint)),
      )
      // It may end without reading.
      child.stdin.on('error', () => {})
      child.stdin.end(input)
    })
}

function problemOf(name: string, command: string, complaint: string): RegistryError {
  const told = complaint.replaceAll(/\p{C}/gu, ' ').trim().slice(-600)
  if (
    command === 'push' &&
    /stale info|\[rejected\]|cannot lock ref|failed to update ref|fetch first/.test(complaint)
  )
    return new RegistryError('conflict', `Others changed ${name} first: ${told}`)
  if (/Authentication failed|Permission denied|could not read Username|403|401|not allowed/.test(complaint))
    return new RegistryError(
      'denied',
      `Git may not do this with ${name}: ${told}. Check CASSETTE_TOKEN, or the key of ssh.`,
    )
  if (/No space left|disk quota/i.test(complaint))
    return new RegistryError('full', `The registry ${name} is full: ${told}`)
  return new RegistryError(
    'unreachable',
    `Git cannot ${command} with ${name}: ${told || 'it gave no reason, or took too long'}`,
  )
}
