const WORDS = new Map([
  ['EACCES', 'permission is denied'],
  ['EPERM', 'permission is denied'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'no space is left on the device'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'the file would be larger than allowed'],
  ['EIO', 'the device reported an input/output error'],
  ['EMFILE', 'this process has too many files open'],
  ['ENFILE', 'the system has too many files open'],
  ['EISDIR', 'a folder stands there'],
  ['ENOTDIR', 'a part of the path that should be a folder is a file'],
  ['ENOENT', 'the folder is gone'],
  ['ELOOP', 'symbolic links lead in a circle'],
  ['ENAMETOOLONG', 'the name is too long for the file system'],
])

/** The `code` of a file system error. In a VM context (Jest, vitest) `instanceof Error` fails for such an error. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : undefined
}

/** Describes a file system error in words: "no space is left on the device (ENOSPC)". */
export function problemOf(error: unknown): string {
  const code = codeOf(error)
  const words = code === undefined ? undefined : WORDS.get(code)
  if (words !== undefined) return `${words} (${code})`
  return error instanceof Error ? error.message : String(error)
}

/** Whether a file system error says that the disk is full or broken. */
export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'].includes(codeOf(error) ?? '')
}
