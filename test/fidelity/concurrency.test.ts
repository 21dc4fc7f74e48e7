import { parallelRequests } from './parallel-requests.ts'

parallelRequests('few')
