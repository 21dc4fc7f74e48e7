/** What a process ends with if it would have ended with 0 but a request of it could not be answered. */
export const MISS_EXIT_CODE = 97
