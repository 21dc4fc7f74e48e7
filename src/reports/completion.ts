/** A command or an option, and what it does. */
interface Word {
  readonly name: string
  readonly summary: string
}

/** A command with its options. */
export interface Described extends Word {
  readonly flags: readonly Word[]
}

/** A text in single quotes, for a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** What a shell shows beside a word stays on one line. */
const short = (text: string): string => (text.split(/[\n(:]/, 1)[0] ?? '').trim()

function bash(commands: readonly Described[]): string {
  const cases = commands.map(
    ({ name, flags }) => `    ${name}) words=${quoted(flags.map((flag) => flag.name).join(' '))} ;;`,
  )
  return [
    '# bash completion for cassette',
    '_cassette() {',
    '  local current=${COMP_WORDS[COMP_CWORD]} words=',
    '  COMPREPLY=()',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    mapfile -t COMPREPLY < <(compgen -W ${quoted([...commands.map(({ name }) => name), '--help', '--version'].join(' '))} -- "$current")`,
    '    return',
    '  fi',
    '  case ${COMP_WORDS[1]} in',
    ...cases,
    '  esac',
    '  case $current in',
    '    -*) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;',
    '    *) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;',
    '  esac',
    '}',
    'complete -o filenames -F _cassette cassette',
    '',
  ].join('\n')
}

const described = ({ name, summary }: Word): string => quoted(`${name}:${short(summary)}`)

function zsh(commands: readonly Described[]): string {
  const cases = commands.map(
    ({ name, flags }) => `    ${name}) words_of=(${flags.map(described).join(' ')}) ;;`,
  )
  return [
    '#compdef cassette',
    '_cassette() {',
    '  local -a commands words_of',
    `  commands=(${commands.map(described).join(' ')})`,
    '  if (( CURRENT == 2 )); then',
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  case $words[2] in',
    ...cases,
    '  esac',
    '  if [[ $PREFIX == -* ]]; then',
    "    _describe -o 'option' words_of",
    '  else',
    '    _files',
    '  fi',
    '}',
    'compdef _cassette cassette',
    '',
  ].join('\n')
}

function fish(commands: readonly Described[]): string {
  const lines = commands.flatMap(({ name, summary, flags }) => [
    `complete -c cassette -n __fish_use_subcommand -f -a ${name} -d ${quoted(short(summary))}`,
    ...flags.map((flag) => {
      const long = flag.name.startsWith('--')
      const option = long ? `-l ${flag.name.slice(2)}` : `-s ${flag.name.slice(1)}`
      return `complete -c cassette -n '__fish_seen_subcommand_from ${name}' ${option} -d ${quoted(short(flag.summary))}`
    }),
  ])
  return ['# fish completion for cassette', ...lines, ''].join('\n')
}

/** The completion script of each shell. */
export const SHELLS: Readonly<Record<string, (commands: readonly Described[]) => string>> = {
  bash,
  fish,
  zsh,
}
