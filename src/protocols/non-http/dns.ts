import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { isIP } from 'node:net'

import { nextMicrotask } from '../../clock.ts'
import type { Gate } from '../../exchange/gate.ts'
import { isCalledByNet } from '../internals/node-http2.ts'
import { type Method, replaceMethod } from './replace-method.ts'

/** One made-up address a host; all of them are loopback, so that what would dial one by mistake stays on this machine. */
const addresses = new Map<string, string>()
/** Hosts by their addresses: made up, or as a host that may be dialled was looked up. */
const madeUp = new Map<string, string>()
const lookedUp = new Map<string, string>()

function madeUpAddress(host: string): string {
  const known = addresses.get(host)
  if (known !== undefined) return known
  const n = addresses.size + 1
  const address = `127.80.${(n >> 8) & 255}.${n & 255}`
  addresses.set(host, address)
  madeUp.set(address, host)
  return address
}

const bare = (address: string): string => address.replace(/^::ffff:/i, '')

/** The host that a made-up address stands for; any other address or name as it is. */
export const dialledHost = (address: string): string => madeUp.get(bare(address)) ?? address

/** The host behind an address, where it is known. */
export const namedHost = (address: string): string =>
  madeUp.get(bare(address)) ?? lookedUp.get(address) ?? address

/** Whether a call of `connect` dials an address that was made up for a host while a cassette was open. */
export function namesMadeUpAddress(args: readonly unknown[]): boolean {
  if (madeUp.size === 0) return false
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as readonly unknown[]
  const host: unknown =
    first instanceof Object ? (Reflect.get(first, 'host') ?? Reflect.get(first, 'hostname')) : second
  return [first, host].some((one) => typeof one === 'string' && madeUp.has(bare(hostOf(one))))
}

/** The host of an authority such as `http://127.80.0.1:443`; any other text as it is. */
const hostOf = (text: string): string => URL.parse(text)?.hostname ?? text

/** Whether a host is one whose server must not be asked for, so that its address is of no use to anybody. */
function isHidden(gate: Gate, host: unknown): host is string {
  if (typeof host !== 'string' || host === '' || isIP(host) !== 0) return false
  if (/^(?:.*\.)?localhost\.?$/i.test(host) || !gate.active()) return false
  return gate.connect({ host, port: 0, protocol: 'http2' }) !== 'open'
}

interface LookupOptions {
  readonly family?: unknown
  readonly all?: unknown
}

const optionsOf = (given: unknown): LookupOptions =>
  typeof given === 'object' && given !== null ? given : { family: given }

function looked(host: string, given: unknown): { address: string; family: number } {
  const { family } = optionsOf(given)
  const isSix = family === 6 || family === 'IPv6'
  return { address: isSix ? `::ffff:${madeUpAddress(host)}` : madeUpAddress(host), family: isSix ? 6 : 4 }
}

const noData = (syscall: string, hostname: string): Error =>
  Object.assign(new Error(`${syscall} ENODATA ${hostname}`), {
    errno: undefined,
    code: 'ENODATA',
    syscall,
    hostname,
  })

/** What a query is answered with; an `Error`: there is no such record. */
const ANSWERS: Readonly<Record<string, (host: string, options: unknown) => unknown>> = {
  resolve4: (host, options) =>
    typeof options === 'object' && options !== null && Reflect.get(options, 'ttl') === true
      ? [{ address: madeUpAddress(host), ttl: 60 }]
      : [madeUpAddress(host)],
  resolveAny: (host) => [{ type: 'A', address: madeUpAddress(host), ttl: 60 }],
  resolve6: (host) => noData('queryAaaa', host),
  resolveTxt: (host) => noData('queryTxt', host),
  resolveSrv: (host) => noData('querySrv', host),
  resolve(host, type) {
    const name = { A: 'resolve4', ANY: 'resolveAny' }[typeof type === 'string' ? type.toUpperCase() : 'A']
    return name ? ANSWERS[name]?.(host, undefined) : noData(`query${String(type)}`, host)
  },
}

/**
 * Answers DNS where a host may not be dialled: no query leaves the process for what is replayed. A made-up address leads
 * back to its host when it is dialled later, by whoever has kept it.
 * @remarks Node's own look-up of a plain connection passes: what is connected is asked for elsewhere.
 */
export function answerDns(gate: Gate): void {
  replaceMethod(dns, 'lookup', (original) => {
    return function lookup(this: unknown, ...args) {
      const [host, options] = args
      const callback = args.at(-1)
      if (typeof callback !== 'function' || isCalledByNet() || !isHidden(gate, host))
        return Reflect.apply(original, this, args)
      const { address, family } = looked(host, options === callback ? undefined : options)
      const answer = optionsOf(options).all ? [null, [{ address, family }]] : [null, address, family]
      nextMicrotask(() => Reflect.apply(callback, undefined, answer) as void)
      return {}
    }
  })
  replaceMethod(dns.promises, 'lookup', (original) => {
    return async function lookup(this: unknown, ...args) {
      const [host, options] = args
      if (isHidden(gate, host)) {
        const answer = looked(host, options)
        return optionsOf(options).all ? [answer] : answer
      }
      const answer = await Reflect.apply(original, this, args)
      if (gate.active() && typeof host === 'string') remember(host, answer)
      return answer
    }
  })
  for (const [name, answer] of Object.entries(ANSWERS)) {
    for (const owner of [dns, dns.Resolver.prototype])
      replaceMethod(owner, name, (original) => calledBack(gate, original, answer))
    for (const owner of [dns.promises, dns.promises.Resolver.prototype])
      replaceMethod(owner, name, (original) => promised(gate, original, answer))
  }
  syncBuiltinESMExports()
}

function calledBack(
  gate: Gate,
  original: Method,
  answer: (host: string, options: unknown) => unknown,
): Method {
  return function (this: unknown, ...args) {
    const [host, options] = args
    const callback = args.at(-1)
    if (typeof callback !== 'function' || !isHidden(gate, host)) return Reflect.apply(original, this, args)
    const result = answer(host, options === callback ? undefined : options)
    nextMicrotask(() => {
      Reflect.apply(callback, undefined, result instanceof Error ? [result] : [null, result])
    })
    return {}
  }
}

function promised(gate: Gate, original: Method, answer: (host: string, options: unknown) => unknown): Method {
  return async function (this: unknown, ...args) {
    const [host, options] = args
    if (!isHidden(gate, host)) return Reflect.apply(original, this, args)
    const result = answer(host, options)
    if (result instanceof Error) throw result
    return result
  }
}

/** For rules that name a host, whose address is dialled. */
function remember(host: string, answer: unknown): void {
  for (const one of Array.isArray(answer) ? (answer as unknown[]) : [answer]) {
    const address: unknown = one instanceof Object ? Reflect.get(one, 'address') : undefined
    if (typeof address === 'string' && host !== address && !/localhost/i.test(host))
      lookedUp.set(address, host)
  }
}
