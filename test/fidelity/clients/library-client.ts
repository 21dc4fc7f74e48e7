import type { Feature, FidelityClient } from '../types.ts'

const LIBRARY_LACKS: FidelityClient['lacks'] = {
  duplex: 'the response is handed over when the request is done',
  expect: 'no way to wait for 100 Continue',
  'raw-path': 'the URL class normalises paths',
}

/** The features that a client lacks if it delivers a response only when it is complete. */
export const WHOLE: FidelityClient['lacks'] = {
  'abort-at-head': 'the program sees nothing before the end',
  'abort-in-body': 'the program sees nothing before the end',
}

export const libraryClient = (
  name: string,
  send: FidelityClient['send'],
  lacks: Partial<Record<Feature, string>> = {},
  { family = name, never = {} }: { family?: string; never?: FidelityClient['never'] } = {},
): FidelityClient => ({
  name,
  family,
  lacks: { ...LIBRARY_LACKS, ...lacks },
  never,
  dialect: 'plain',
  send,
})
