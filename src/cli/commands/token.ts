import { resolve } from 'node:path'

import { defineCommand } from 'citty'

import { isoAfter, isoNow } from '../../clock.ts'
import { checkProject } from '../../registry/names.ts'
import { columns } from '../../reports/library/words.ts'
import { createToken, readTokens, revokeToken, type Scope } from '../../server/tokens.ts'
import { withExamples } from '../command.ts'
import { type CommandResult, EXIT } from '../result.ts'
import { UsageError } from '../usage.ts'

const DAY_MS = 86_400_000

export const token = withExamples(
  [
    'token create --dir /srv/cassettes --project app --scope write --name ci',
    'token create --dir /srv/cassettes --project "*" --scope read --expires 90',
    'token list --dir /srv/cassettes',
    'token revoke 3f9a01c27b4e --dir /srv/cassettes',
  ],
  defineCommand({
    meta: {
      name: 'token',
      description:
        'Makes, lists and revokes the tokens of a registry that "cassette serve" serves. A token is printed once; the registry keeps only its ' +
        'digest. A running server knows a new token at once.',
    },
    args: {
      action: { type: 'positional', required: true, description: 'create, list or revoke' },
      id: { type: 'positional', required: false, description: 'the id of the token, to revoke it' },
      dir: { type: 'string', required: true, valueHint: 'DIR', description: 'the folder of the registry' },
      project: { type: 'string', valueHint: 'NAMES', description: 'the projects, with commas; *: all' },
      scope: {
        type: 'string',
        default: 'read',
        valueHint: 'SCOPE',
        description: 'read, or write, which includes read',
      },
      name: { type: 'string', default: '', valueHint: 'TEXT', description: 'what it is for' },
      expires: {
        type: 'string',
        valueHint: 'DAYS',
        description: 'after how many days it ends (default: never)',
      },
      json: { type: 'boolean', description: 'print the result as JSON' },
    },
    run({ args }): CommandResult {
      const folder = resolve(args.dir)
      switch (args.action) {
        case 'create':
          return create(folder, args)
        case 'list':
          return list(folder, args.json === true)
        case 'revoke': {
          if (args.id === undefined) throw new UsageError('which token? cassette token revoke ID --dir DIR')
          if (!revokeToken(folder, args.id))
            throw new UsageError(`there is no token ${JSON.stringify(args.id)} in ${folder}`)
          return {
            exitCode: EXIT.fine,
            text: args.json ? JSON.stringify({ revoked: args.id }) : `revoked ${args.id}`,
          }
        }
        default:
          throw new UsageError(
            `cassette token cannot ${JSON.stringify(args.action)}; use create, list or revoke`,
          )
      }
    },
  }),
)

interface CreateFlags {
  readonly project?: string | undefined
  readonly scope: string
  readonly name: string
  readonly expires?: string | undefined
  readonly json?: boolean | undefined
}

function create(folder: string, { project, scope, name, expires, json }: CreateFlags): CommandResult {
  if (project === undefined)
    throw new UsageError('for which project? --project app, or --project "*" for all')
  if (scope !== 'read' && scope !== 'write')
    throw new UsageError(`--scope is read or write, not ${JSON.stringify(scope)}`)
  if (expires !== undefined && !/^[1-9]\d{0,4}$/.test(expires))
    throw new UsageError(`--expires needs a number of days, not ${JSON.stringify(expires)}`)
  const projects = project.split(',').map((one) => (one.trim() === '*' ? '*' : checkProject(one.trim())))
  const made = createToken(folder, {
    name,
    projects,
    scope: scope satisfies Scope,
    created: isoNow(),
    ...(expires === undefined ? {} : { expires: isoAfter(Number(expires) * DAY_MS) }),
  })
  const { id } = made.record
  return {
    exitCode: EXIT.fine,
    text: json ? JSON.stringify({ id, token: made.token, projects, scope }, null, 2) : made.token,
    problems: json ? [] : [`This is the token ${id}. It is not kept, so it cannot be shown again.`],
  }
}

function list(folder: string, isJson: boolean): CommandResult {
  const tokens = readTokens(folder).map(({ sha256: _sha256, ...about }) => about)
  if (isJson) return { exitCode: EXIT.fine, text: JSON.stringify(tokens, null, 2) }
  if (tokens.length === 0) return { exitCode: EXIT.fine, text: `${folder} has no tokens` }
  const rows = tokens.map(({ id, projects, scope, created, expires, name }) => [
    id,
    projects.join(','),
    scope,
    created.slice(0, 10),
    expires?.slice(0, 10) ?? 'never',
    name,
  ])
  return {
    exitCode: EXIT.fine,
    text: columns([['id', 'projects', 'scope', 'created', 'expires', 'name'], ...rows]).join('\n'),
  }
}
