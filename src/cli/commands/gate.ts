import { defineCommand } from 'citty'

import { cassetteFolder, type CassetteSource } from '../../storage/sources/cassette-folder.ts'
import { gitRevision } from '../../storage/sources/git-revision.ts'
import { withExamples } from '../command.ts'
import { gateArgs, gateRun, isFolder } from '../gate-run.ts'
import { fetchedRefs, placeArgs } from '../registry/place.ts'
import type { CommandResult } from '../result.ts'

export const gate = withExamples(
  [
    'gate --base origin/main --head cassettes',
    'gate --base main:test/cassettes --head HEAD:test/cassettes --format github',
    'gate --base origin/main --head cassettes --accept 7d206bed48a0bc0c --reason "the tool was renamed"',
    'gate --base registry:blessed --head cassettes',
    'gate --base nightly/1 --head nightly/2 --runs 4',
  ],
  defineCommand({
    meta: {
      name: 'gate',
      description:
        'Compares the recorded answers of two folders of cassettes, of two revisions of git, or of refs of a registry, for a pull request. ' +
        'Nothing is checked out. The exit code is 0 without a regression, 1 with one, and 3 if something could not be ' +
        'compared.',
    },
    args: {
      base: {
        type: 'string',
        required: true,
        valueHint: 'DIR|REV|registry:REF',
        description: 'what to compare with; REV:DIR names a folder, registry:REF a ref of the registry',
      },
      head: {
        type: 'string',
        required: true,
        valueHint: 'DIR|REV|registry:REF',
        description: 'the new cassettes',
      },
      ...placeArgs,
      ...gateArgs,
      accept: {
        type: 'string',
        valueHint: 'IDS',
        description: 'accept the changes of these interactions, with commas; needs --reason',
      },
      reason: { type: 'string', valueHint: 'TEXT', description: 'why they are accepted' },
      accepted: {
        type: 'string',
        default: 'cassette-accepted.json',
        valueHint: 'FILE',
        description: 'the file of accepted changes, for review',
      },
    },
    async run({ args }): Promise<CommandResult> {
      const { base, head, accept, reason, accepted: file } = args
      const fetched = await fetchedRefs([base, head], args)
      const open = (name: string, other: string): CassetteSource => fetched.get(name) ?? sourceOf(name, other)
      return gateRun(() => [open(base, head), open(head, base)], args, { accept, reason, file })
    },
  }),
)

/** A revision without a folder has the cassettes where the other side has them. */
function sourceOf(name: string, other: string): CassetteSource {
  if (isFolder(name)) return cassetteFolder(name)
  return gitRevision(name, isFolder(other) ? other : undefined)
}
