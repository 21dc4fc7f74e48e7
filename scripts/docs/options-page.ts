import type { OptionDoc, OptionTypes } from './option-types.ts'

const INTRO = `<!-- Made by \`npm run docs\` from the type CassetteOptions and its docstrings. Do not edit. -->

# Options

Options go to \`withCassette(path, options, fn)\`, \`openCassette(path, options)\`, \`configure(options)\` (defaults for all
cassettes that are opened later) and \`useCassette(options)\` of the [runner integrations](runners/mocha.md).
[Environment variables](environment.md) beat options, and options beat \`configure()\`. An unknown option, or a value that an
option cannot have, is a [\`CassetteOptionError\`](errors.md#cassette_option) before anything runs.`

const flat = (options: readonly OptionDoc[]): OptionDoc[] =>
  options.flatMap((option) => [option, ...flat(option.keys)])

/** Options without a docstring, or without a default, a line each. */
export const undocumentedOptions = ({ options }: OptionTypes): string[] =>
  flat(options).flatMap(({ name, text, defaultValue, type }) => {
    if (text === '') return [`the option ${name} has no docstring`]
    // The one key that has to be given.
    if (defaultValue === '' && name !== 'grpc.protos')
      return [`the option ${name} (${type}) has no @defaultValue`]
    return []
  })

/** `docs/options.md`. */
export function renderOptions({ options, types }: OptionTypes): string {
  return [
    INTRO,
    '',
    '| option | default |',
    '|---|---|',
    ...options.map(
      ({ name, defaultValue }) => `| [\`${name}\`](#${name.toLowerCase()}) | ${cell(defaultValue)} |`,
    ),
    '',
    ...options.flatMap((option) => section(option, '##')),
    '## Types',
    '',
    'The types that the options name, as the package exports them.',
    '',
    '```ts',
    types.map(({ source }) => source).join('\n\n'),
    '```',
    '',
  ].join('\n')
}

function section(option: OptionDoc, marks: string): string[] {
  const { name, type, text, defaultValue, examples, see, keys } = option
  return [
    `${marks} ${name}`,
    '',
    `Type: \`${type}\`  `,
    ...(defaultValue === '' ? [] : [`Default: ${defaultValue}`]),
    '',
    text,
    '',
    ...examples.flatMap((example) => ['```ts', example, '```', '']),
    ...see.flatMap((page) => [`More: [${page}](${page.replace(/^docs\//, '')})`, '']),
    ...keys.flatMap((key) => section(key, `${marks}#`)),
  ]
}

const cell = (text: string): string => text.replaceAll('|', '\\|')
