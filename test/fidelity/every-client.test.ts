import { parallelRequests } from './parallel-requests.ts'

parallelRequests('others')
