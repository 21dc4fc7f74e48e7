import { checkInterceptors } from './protocols/internals/foreign.ts'
import { installProtocols } from './protocols/install.ts'
import type { CassetteOptions } from './session/options/options.ts'
import { ensurePatched, refreshed } from './session/process/current.ts'
import { warnOfUnknownVariables } from './session/process/unknown-variables.ts'
import { Session } from './session/session.ts'

/**
 * Patches the process and opens a cassette, which the process closes if the program does not.
 * @throws what `openCassette` throws
 */
export async function openSession(path: string, options: CassetteOptions): Promise<Session> {
  patchProcess()
  const onExit = (): void => session.exit()
  const session = Session.open(path, options, { onEnd: () => process.off('exit', onExit) })
  process.on('exit', onExit)
  await refreshed()
  return session
}

/**
 * Patches the process if that has not happened yet, and updates the patches. An integration that opens its own sessions
 * calls this first.
 * @throws ForeignInterceptorsError
 */
export function patchProcess(): void {
  warnOfUnknownVariables()
  checkInterceptors()
  ensurePatched(installProtocols)
}
