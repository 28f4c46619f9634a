import type { Subject } from './http/exchange.js'

/** What goes wrong with one request. */
export type Fault =
  /** Refused with this status and code; nothing is done. */
  | { readonly refuse: number; readonly code: string }
  /** The connection is reset: at once, or when so many bytes of the request's body have come. Nothing is done. */
  | { readonly reset: 'at once' | { readonly afterBytes: number } }
  /** There is never an answer, and nothing is done. */
  | { readonly stall: 'at once' }
  /** It is done, and the connection is reset instead of the answer. */
  | { readonly lose: 'answer' }
  /** The answer stops after so many bytes of its body: the connection is reset, or falls silent. */
  | { readonly cutAnswer: number }
  | { readonly stallAnswer: number }
  /** Answers 200 with an error in the body, as S3 may once it has begun to answer. Nothing is done unless `done`. */
  | { readonly errorIn200: string; readonly done?: boolean }
  /** It is done, but what is stored is not what came. */
  | { readonly damage: Damage }

export type Damage = 'drop the last byte' | 'change a byte'

export const slowDown: Fault = { refuse: 503, code: 'SlowDown' }
export const internalError: Fault = { refuse: 500, code: 'InternalError' }
export const expiredToken: Fault = { refuse: 400, code: 'ExpiredToken' }

/** Which requests a fault befalls. */
export interface Occasion {
  readonly operation?: string
  readonly key?: string | RegExp
  /** The first of the requests that match to be befallen, counted from 1 (1). */
  readonly nth?: number
  /** How many in a row are befallen (1). */
  readonly times?: number
}

interface Scripted {
  readonly occasion: Occasion
  readonly fault: Fault
  seen: number
  hit: number
}

/** A script of what goes wrong, in the order in which it was written. One request meets one fault at most. */
export class Faults {
  readonly #script: Scripted[] = []

  add(occasion: Occasion, fault: Fault): void {
    this.#script.push({ occasion, fault, seen: 0, hit: 0 })
  }

  clear(): void {
    this.#script.length = 0
  }

  /** Faults that have not befallen as many requests as they were to. */
  get outstanding(): readonly { readonly occasion: Occasion; readonly fault: Fault; readonly hit: number }[] {
    return this.#script.filter(({ occasion, hit }) => hit < (occasion.times ?? 1))
  }

  /** Throws, naming them, if some faults never happened: a test that scripts a fault means to see it. */
  assertAllHit(): void {
    const missing = this.outstanding.map((scripted) => JSON.stringify(scripted))
    if (missing.length > 0) throw new Error(`faults that did not happen: ${missing.join(', ')}`)
  }

  /** The fault that befalls this request, which counts as seen by every occasion that it matches. */
  meet(subject: Subject): Fault | undefined {
    let met: Fault | undefined
    for (const scripted of this.#script.filter(({ occasion }) => matches(occasion, subject))) {
      const { nth = 1, times = 1 } = scripted.occasion
      scripted.seen += 1
      if (met !== undefined || scripted.seen < nth || scripted.hit >= times) continue
      scripted.hit += 1
      met = scripted.fault
    }
    return met
  }
}

function matches({ operation, key }: Occasion, subject: Subject): boolean {
  if (operation !== undefined && operation !== subject.operation) return false
  if (key === undefined) return true
  return typeof key === 'string' ? key === subject.key : key.test(subject.key ?? '')
}
