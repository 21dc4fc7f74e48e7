import { execFileSync } from 'node:child_process'

import { UnmeasuredError } from '../../errors/unmeasured-error.ts'
import { type CassetteSource, isYamlName, looksLikeCassette, sourceOf } from './cassette-folder.ts'
import { codeOf } from '../fs-problem.ts'

/** A cassette in a revision may be as large as one on the disk. */
const MAX_BYTES = 1024 * 1024 * 1024

/**
 * The cassettes of a revision, read by `git show`: nothing is checked out.
 * @param revision a branch, tag or commit, or `REVISION:FOLDER` with the folder from the root of the repository
 * @param like a folder on the disk: if it is in a repository, the cassettes are in the same folder of the revision.
 *   Otherwise they are anywhere in the revision of the current folder's repository
 * @throws {UnmeasuredError} git is not installed, there is no repository, no such revision or no such folder
 */
export function gitRevision(revision: string, like?: string): CassetteSource {
  const [rev, inside] = splitOnce(revision)
  const prefix = like === undefined ? undefined : tryGit(like, 'rev-parse', '--show-prefix')
  const cwd = prefix === undefined || like === undefined ? process.cwd() : like
  checkRepository(cwd, revision)
  const commit = commitOf(rev, cwd)
  const root = (inside ?? prefix?.toString('utf8').trim() ?? '').replaceAll(/^(?:\.?\/)+|^\.$|\/+$/g, '')
  const listed = tryGit(
    cwd,
    'ls-tree',
    '-r',
    '-z',
    '--full-tree',
    '--name-only',
    root === '' ? commit : `${commit}:${root}`,
  )
  if (listed === undefined)
    throw new UnmeasuredError(
      `The revision ${rev} has no folder ${root}. Name the folder as REVISION:FOLDER.`,
    )
  const full = (name: string): string => (root === '' ? name : `${root}/${name}`)
  const read = (name: string): Buffer => git(cwd, 'show', '--no-textconv', `${commit}:${full(name)}`)
  const cassettes = listed
    .toString('utf8')
    .split('\0')
    .filter((name) => isYamlName(name) && looksLikeCassette(read(name).toString('latin1')))
  return sourceOf({ name: revision, root, cassettes, read, shown: (name) => `${rev}:${full(name)}` })
}

function splitOnce(text: string): [string, string?] {
  const at = text.indexOf(':')
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function checkRepository(cwd: string, revision: string): void {
  if (tryGit(cwd, 'rev-parse', '--is-inside-work-tree') === undefined)
    throw new UnmeasuredError(
      `${JSON.stringify(revision)} is neither a folder nor, as this is no repository of git, a revision. Check the path.`,
    )
}

function commitOf(rev: string, cwd: string): string {
  const found = rev.startsWith('-')
    ? undefined
    : tryGit(cwd, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${rev}^{commit}`)
  if (found !== undefined) return found.toString('utf8').trim()
  const isShallow = tryGit(cwd, 'rev-parse', '--is-shallow-repository')?.toString('utf8').trim() === 'true'
  throw new UnmeasuredError(
    isShallow
      ? `The revision ${rev} is not in this clone, which is shallow. Fetch it first: "git fetch --unshallow", or ` +
          '"fetch-depth: 0" of actions/checkout.'
      : `${JSON.stringify(rev)} is neither a folder nor a revision of this repository. "git fetch" gets those of a remote.`,
  )
}

function tryGit(cwd: string, ...args: readonly string[]): Buffer | undefined {
  try {
    return git(cwd, ...args)
  } catch (error) {
    if (error instanceof UnmeasuredError) throw error
    return undefined
  }
}

function git(cwd: string, ...args: readonly string[]): Buffer {
  try {
    // In hooks of git these variables name another repository or index.
    const { GIT_DIR: _dir, GIT_INDEX_FILE: _index, GIT_WORK_TREE: _tree, ...env } = process.env
    return execFileSync('git', ['-c', 'core.quotePath=false', ...args], {
      cwd,
      env,
      maxBuffer: MAX_BYTES,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      throw new UnmeasuredError('git is not installed, or not in PATH. Install it, or name two folders.', {
        cause: error,
      })
    throw error
  }
}
