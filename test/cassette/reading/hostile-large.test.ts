import { hostileFiles } from './hostile-files.ts'

hostileFiles(10)
