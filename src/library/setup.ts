/** A project that is about to use cassette, as far as its set-up depends on it. */
export interface ProjectFiles {
  /** The parsed package.json; `undefined`: there is none. */
  readonly manifest: Manifest | undefined
  /** The names of the files in the project's folder. */
  readonly names: readonly string[]
  /** The text of a file in the project's folder; `undefined`: there is none. */
  read(name: string): string | undefined
}

export interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

/** A file that gets a new text. */
export interface Write {
  readonly path: string
  readonly text: string
  /** Whether the file exists already. */
  readonly isChange: boolean
}

export interface Setup {
  /** Test runners that the project has. */
  readonly runners: readonly string[]
  readonly writes: readonly Write[]
  /** What only a person can do, a line each. */
  readonly todo: readonly string[]
}

type Step = Write | string | undefined

/** What makes cassette work in a project: the line of each runner, and lines for git, prettier and editors. */
export function planSetup(project: ProjectFiles): Setup {
  const runners = Object.keys(RUNNERS).filter((name) => hasRunner(project, name))
  const steps: Step[] = [
    ...runners.map((name) => RUNNERS[name]?.(project)),
    line(project, '.gitattributes', 'cassettes/** linguist-generated=true'),
    line(project, '.gitignore', '*.recording'),
    has(project, 'prettier') || project.names.includes('.prettierignore')
      ? line(project, '.prettierignore', 'cassettes/')
      : undefined,
    project.names.includes('.editorconfig') ? editorConfig(project) : undefined,
    ...(runners.length === 0
      ? ['no test runner was found: npx cassette run -- node app.js records any program']
      : []),
  ]
  return {
    runners,
    writes: steps.flatMap((step) => (typeof step === 'object' ? step : [])),
    todo: steps.flatMap((step) => (typeof step === 'string' ? step : [])),
  }
}

const has = ({ manifest }: ProjectFiles, name: string): boolean =>
  [manifest?.dependencies, manifest?.devDependencies].some(
    (list) => list !== undefined && Object.hasOwn(list, name),
  )

function hasRunner(project: ProjectFiles, name: string): boolean {
  if (name !== 'node:test') return has(project, name)
  return Object.values(project.manifest?.scripts ?? {}).some((script) => /\bnode\b.* --test\b/.test(script))
}

const RUNNERS: Readonly<Record<string, (project: ProjectFiles) => Step>> = {
  vitest(project) {
    const [config] = project.names
      .filter((name) => /^vitest\.config\.|^vite\.config\./.test(name))
      .toSorted()
      .toReversed()
    if (config === undefined)
      return {
        path: 'vitest.config.mjs',
        text: "import { defineConfig } from 'vitest/config'\n\nexport default defineConfig({ test: { setupFiles: ['cassette/vitest'] } })\n",
        isChange: false,
      }
    if (project.read(config)?.includes('cassette/vitest') === true) return undefined
    return `${config}: add setupFiles: ['cassette/vitest'] to its test section`
  },
  jest: (project) =>
    ofRunner(project, {
      config: 'jest.config.',
      key: 'jest',
      module: 'cassette/jest',
      write: { path: 'jest.config.json', text: '{ "testEnvironment": "cassette/jest" }\n', isChange: false },
      todo: 'set "testEnvironment" of Jest to "cassette/jest"',
    }),
  mocha: (project) =>
    ofRunner(project, {
      config: '.mocharc.',
      key: 'mocha',
      module: 'cassette/mocha',
      write: { path: '.mocharc.json', text: '{ "require": ["cassette/mocha"] }\n', isChange: false },
      todo: 'add "cassette/mocha" to "require" of mocha',
    }),
  'node:test'({ manifest }) {
    const scripts = Object.entries(manifest?.scripts ?? {})
    const found = scripts.find(([, script]) => /\bnode\b.* --test\b/.test(script))
    if (found === undefined || found[1].includes('cassette/node-test')) return undefined
    return `package.json: let the script ${JSON.stringify(found[0])} run node --import cassette/node-test --test`
  },
}

/** A runner that is configured in a file of its own, or under a key of package.json. */
interface Configured {
  /** How the name of the file begins. */
  readonly config: string
  readonly key: string
  /** What the configuration names if it is complete. */
  readonly module: string
  readonly write: Write
  readonly todo: string
}

function ofRunner(project: ProjectFiles, { config: start, key, module, write, todo }: Configured): Step {
  const config = project.names.find((name) => name.startsWith(start))
  const own = project.manifest?.[key]
  const text = config === undefined ? JSON.stringify(own ?? '') : (project.read(config) ?? '')
  if (text.includes(module)) return undefined
  return config === undefined && own === undefined ? write : `${config ?? 'package.json'}: ${todo}`
}

/** Adds a line to a file, unless it has it. The file's line ends stay as they are. */
function line(project: ProjectFiles, path: string, wanted: string): Write | undefined {
  const before = project.read(path)
  const lines = (before ?? '').split(/\r?\n/).map((one) => one.trim())
  if (lines.includes(wanted)) return undefined
  const end = before?.includes('\r\n') === true ? '\r\n' : '\n'
  const start = before === undefined || before === '' || before.endsWith('\n') ? (before ?? '') : before + end
  return { path, text: `${start}${wanted}${end}`, isChange: before !== undefined }
}

/** An editor that trims the ends of lines would change recorded texts. */
function editorConfig(project: ProjectFiles): Write | undefined {
  const path = '.editorconfig'
  const before = project.read(path) ?? ''
  if (before.includes('[cassettes/**]')) return undefined
  const end = before.includes('\r\n') ? '\r\n' : '\n'
  const section = ['[cassettes/**]', 'trim_trailing_whitespace = false', 'max_line_length = off', '']
  return { path, text: `${before.trimEnd()}${end}${end}${section.join(end)}`, isChange: true }
}
