export { joinRun, type RunFolder } from '../storage/run-folder.ts'
