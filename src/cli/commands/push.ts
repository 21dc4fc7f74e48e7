import { defineCommand } from 'citty'

import { isoNow } from '../../clock.ts'
import { colorsFor } from '../../colors.ts'
import type { Finding } from '../../library/findings.ts'
import { createRedactor } from '../../redaction/redactor.ts'
import { FINDING_FORMATS } from '../../reports/library/findings.ts'
import { plural, sizeOf } from '../../reports/library/words.ts'
import { changesInWords } from '../../reports/registry.ts'
import { checkRef } from '../../registry/names.ts'
import { push as pushFolder, type PushPlan } from '../../transfer/push.ts'
import { checkSource } from '../../transfer/project-record.ts'
import { inspectCassette } from '../registry/inspect.ts'
import { withExamples } from '../command.ts'
import { registryArgs, sourceHere, whoPushes, withPlace } from '../registry/place.ts'
import { type CommandResult, EXIT } from '../result.ts'
import { progressOf, say } from '../registry/progress.ts'

export const push = withExamples(
  ['push --ref pr-42', 'push --ref pr-42 --dir test/cassettes --replace', 'push --ref pr-42 --dry-run'],
  defineCommand({
    meta: {
      name: 'push',
      description:
        'Sends a folder of cassettes to a registry, under the name of a ref. It adds and updates, so that parts of a test run may push ' +
        'to one ref. Only what the registry does not have is looked through for secrets and sent; with a secret nothing is sent, and ' +
        'the exit code is 1.',
    },
    args: {
      ref: { type: 'string', required: true, valueHint: 'REF', description: 'the ref, such as pr-42' },
      dir: {
        type: 'string',
        valueHint: 'DIR',
        description: 'the folder (default: CASSETTE_DIR, or cassettes)',
      },
      ...registryArgs,
      replace: {
        type: 'boolean',
        description: 'make the ref exactly this folder, also without what others pushed to it',
      },
      keep: {
        type: 'string',
        valueHint: 'NAMES',
        description: 'names whose values may stay, with commas, as redact.keep',
      },
      base: {
        type: 'string',
        default: 'blessed',
        valueHint: 'REF',
        description: 'for a new ref: the ref that has most of its recordings',
      },
      resend: {
        type: 'boolean',
        description: 'send also what the registry says it has: it may be damaged there',
      },
      'same-project': {
        type: 'boolean',
        description: 'this repository and the one that pushed before are one project',
      },
      'dry-run': { type: 'boolean', description: 'only say what would be sent' },
    },
    async run({ args }): Promise<CommandResult> {
      const ref = checkRef(args.ref)
      const folder = args.dir ?? (process.env['CASSETTE_DIR'] || 'cassettes')
      const isDry = args['dry-run'] === true
      const kept = (args.keep ?? '').split(',').flatMap((name) => name.trim() || [])
      const redactor = createRedactor({
        env: process.env,
        ...(kept.length > 0 ? { redact: { keep: kept } } : {}),
      })
      const findings: Finding[] = []
      const progress = progressOf('sent')
      let plan: PushPlan | undefined
      return withPlace(args, async (place) => {
        if (!isDry) await checkSource(place, sourceHere(), args['same-project'] === true)
        const pushed = await pushFolder({
          place,
          ref,
          folder,
          replace: args.replace === true,
          resend: args.resend === true,
          base: checkRef(args.base),
          who: whoPushes(),
          now: isoNow,
          inspect: (file, bytes) =>
            inspectCassette(file, bytes, redactor, (finding) => findings.push(finding)),
          onPlan(found) {
            plan = found
            say(`${toSendInWords(found)} to ${place.store.name}, project ${place.project}, ref ${ref}`)
            progress.start(found.bytes)
            return !isDry
          },
          onPiece: (bytes) => progress.add(bytes),
        })
        progress.end()
        if (findings.length > 0) return refused(findings, args.json === true)
        if (!pushed)
          return {
            exitCode: EXIT.fine,
            text: args.json
              ? JSON.stringify({ ref, ...plan, dryRun: true }, null, 2)
              : 'nothing was sent (--dry-run)',
          }
        return {
          exitCode: EXIT.fine,
          text: args.json
            ? JSON.stringify({ ref, project: place.project, ...plan, ...pushed }, null, 2)
            : `${ref} is ${pushed.digest.slice(0, 12)}: ${changesInWords(pushed.changes)}`,
        }
      })
    },
  }),
)

const toSendInWords = ({ cassettes, toSend, bytes }: PushPlan): string =>
  toSend === 0
    ? `${plural(cassettes, 'cassette')}, nothing to send`
    : `${plural(cassettes, 'cassette')}, ${toSend} to send (${sizeOf(bytes)})`

const refused = (findings: readonly Finding[], isJson: boolean): CommandResult => ({
  exitCode: EXIT.found,
  text:
    FINDING_FORMATS[isJson ? 'json' : 'terminal']?.(
      { findings, cassettes: new Set(findings.map(({ file }) => file)).size, problems: [] },
      colorsFor(1),
    ) ?? '',
  problems: [
    'Nothing was sent: a cassette has a secret. "cassette scan --fix" removes it; "--keep NAMES" says which values are none.',
  ],
})
