import { defineCommand } from 'citty'

import { colorsFor } from '../../colors.ts'
import { IMPORTERS } from '../../importers/importers.ts'
import { type ImportedFile, renderImported } from '../../reports/library/imported.ts'
import { withExamples } from '../command.ts'
import { importOne, importerOf, plan } from '../import-run.ts'
import { type CommandResult, EXIT } from '../result.ts'
import { UsageError } from '../usage.ts'

/** Named so because `import` is a keyword. */
export const importCommand = withExamples(
  [
    'import auto tests/cassettes',
    'import vcrpy tests/cassettes/chat.yaml -o cassettes/chat.yaml',
    'import har session.har',
  ],
  defineCommand({
    meta: {
      name: 'import',
      description:
        'Imports recordings of other tools: redacted, with the keys of today, each into a cassette of its name. Says what could not ' +
        'be carried over. Importing the same file again changes nothing. The exit code is 3 if a file could not be read.',
    },
    args: {
      format: {
        type: 'positional',
        required: true,
        description: `auto, or ${IMPORTERS.map(({ format }) => format).join(', ')}`,
      },
      paths: { type: 'positional', required: true, description: 'files or folders' },
      out: {
        type: 'string',
        alias: 'o',
        valueHint: 'OUT',
        description: 'a cassette for all (.yaml), or a folder (default: CASSETTE_DIR, or cassettes)',
      },
      json: { type: 'boolean', description: 'print what was imported as JSON' },
    },
    async run({ args }): Promise<CommandResult> {
      const [format = '', ...paths] = args._
      const importer = importerOf(format)
      if (paths.length === 0) throw new UsageError('which files? cassette import FORMAT FILE...')
      const planned = plan(paths, args.out, process.env['CASSETTE_DIR'] || 'cassettes')
      const files: ImportedFile[] = []
      const problems: string[] = []
      for (const one of planned) {
        const { file, problem } = await importOne(one, importer)
        if (file) files.push(file)
        if (problem !== undefined) problems.push(problem)
      }
      const exitCode = problems.length > 0 ? EXIT.unreadable : EXIT.fine
      if (args.json) return { exitCode, text: JSON.stringify({ imported: files, problems }, null, 2) }
      const text = files.length === 0 ? 'nothing was imported' : renderImported(files, colorsFor(1))
      return { exitCode, text, problems }
    },
  }),
)
