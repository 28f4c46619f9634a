/** The methods of a backend that can be made to fail. */
export type FaultyMethod = 'put' | 'stat' | 'retrieve' | 'remove' | 'list' | 'close'

interface Aim {
  /** Only calls whose name or locator contains this. Default: every call of the method. */
  readonly of?: string
  /** How many calls the fault lasts for. Default 1. */
  readonly times?: number
}

/** One thing that goes wrong. */
export type Fault = Aim &
  (
    | {
        /** Nothing goes wrong: lets calls through, to reach later ones. */
        readonly fault: 'pass'
        readonly method: FaultyMethod
      }
    | {
        /** Rejects and does nothing. */
        readonly fault: 'reject'
        readonly method: FaultyMethod
        readonly error: unknown
      }
    | {
        /** Does it, and then rejects: the answer was lost on its way. */
        readonly fault: 'lose answer'
        readonly method: FaultyMethod
        readonly error: unknown
      }
    | {
        /** Never answers; rejects with `INTERRUPTED` when the call's signal is aborted. */
        readonly fault: 'hang'
        readonly method: FaultyMethod
      }
    | {
        /** Lets so many bytes through (of a listing, so many blobs; all if there are fewer), then the stream throws. */
        readonly fault: 'cut'
        readonly method: 'put' | 'retrieve' | 'list'
        readonly after: number
        readonly error: unknown
      }
    | {
        /** Lets so many bytes through, then nothing more comes until the call's signal is aborted. */
        readonly fault: 'stall'
        readonly method: 'put' | 'retrieve'
        readonly after: number
      }
    | {
        /** The last byte is missing, or the byte at `at` (default 0) has its lowest bit flipped. */
        readonly fault: 'drop last byte' | 'flip bit'
        readonly method: 'put'
        readonly at?: number
        /**
         * What the answer tells of. `stored`: the size and hash of the bytes as stored, which is honest. `sent`: of the
         * bytes that were sent, which is a store that lies.
         */
        readonly answer: 'stored' | 'sent'
      }
    | {
        /** The same on the way back; the stream ends as if all were well. */
        readonly fault: 'drop last byte' | 'flip bit'
        readonly method: 'retrieve'
        readonly at?: number
      }
  )

interface Scripted {
  readonly fault: Fault
  left: number
}

/** Faults in the order in which they are to happen, each call taking the first that fits it. */
export class FaultScript {
  readonly #faults: readonly Scripted[]

  constructor(faults: readonly Fault[]) {
    this.#faults = faults.map((fault) => ({ fault, left: fault.times ?? 1 }))
  }

  take(method: FaultyMethod, subject: string): Fault | undefined {
    const found = this.#faults.find(
      ({ fault, left }) => left > 0 && fault.method === method && subject.includes(fault.of ?? ''),
    )
    if (found === undefined) return undefined
    found.left--
    return found.fault
  }

  /** What has not happened, or not as often as it should. */
  unhit(): readonly Fault[] {
    return this.#faults.filter(({ left }) => left > 0).map(({ fault }) => fault)
  }
}
