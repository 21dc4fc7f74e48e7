import { StoredBodyError } from '../body/stored-body-error.ts'
import {
  checkBase64,
  checkChoice,
  checkDelay,
  checkList,
  checkMapping,
  checkString,
  type Mapping,
} from '../body/stored-checks.ts'

/** Throws {@link StoredBodyError} where the list under `grpc` is not of that form. `json` is there to be read: it is not looked at. */
export function checkGrpc(stored: Mapping): void {
  checkList(stored['grpc'], ['grpc'], 'a list of messages').forEach((value, index) => {
    const path = ['grpc', index]
    const entry = checkMapping(value, path, 'a mapping with base64 or raw')
    checkDelay(entry, path)
    if (Object.hasOwn(entry, 'raw')) {
      checkString(entry['raw'], [...path, 'raw'])
      checkBase64(entry['raw'], [...path, 'raw'])
      return
    }
    if (!Object.hasOwn(entry, 'base64'))
      throw new StoredBodyError(path, 'a mapping with base64 or raw', entry)
    checkBase64(entry['base64'], [...path, 'base64'])
    checkChoice(entry, 'compressed', [true, false], path)
  })
}
