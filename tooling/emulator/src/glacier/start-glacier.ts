import { settableClock, type Clock } from '../clock.js'
import { testCredential, type Credential } from '../credentials.js'
import { Faults } from '../faults.js'
import type { Logged } from '../http/exchange.js'
import { serveHttp } from '../http/server.js'
import { glacierService } from './service.js'
import { Vault, type Archive } from './vault.js'

/** A Glacier of one's own, in one region. */
export interface GlacierEmulator extends AsyncDisposable {
  readonly endpoint: string
  readonly credential: Credential
  /** What time it is for jobs, inventories and uploads. */
  readonly clock: Clock
  readonly faults: Faults
  /** Every request, in the order in which they began. */
  readonly requests: readonly Logged[]
  /** Whether every call is answered as to a customer who came too late for vaults. */
  isClosed: boolean
  /** The vault of that name, made where there is none. */
  vault(name: string): Vault
  /** Puts an archive into a vault behind the clients' backs. */
  store(vault: string, content: Uint8Array, description: string): Archive
  /** Takes the inventory of every vault now, as the service does at some moment of every day. */
  takeInventory(): void
  /** Lets hours pass until every job under way is done. */
  finishJobs(): void
  /** Every job under way fails. */
  failJobs(reason: string): void
  stop(): Promise<void>
}

export interface GlacierEmulatorOptions {
  /** Default: one that runs with the machine's. */
  readonly clock?: Clock
  /** The one region that it is in (`us-east-1`). */
  readonly region?: string
  /** Who may sign requests (`testCredential`). */
  readonly credentials?: readonly Credential[]
  /** What time it is for signatures. Default: the machine's. */
  readonly wallClock?: Clock
  readonly port?: number
}

/** Starts a strict emulator of Amazon Glacier on a free port of this machine. */
export async function startGlacier({
  clock = settableClock(),
  region = 'us-east-1',
  credentials = [testCredential],
  wallClock = settableClock(),
  port,
}: GlacierEmulatorOptions = {}): Promise<GlacierEmulator> {
  const vaults = new Map<string, Vault>()
  const faults = new Faults()
  const service = glacierService({
    vaults,
    clock,
    wallClock,
    credentials,
    region,
    isClosed: () => emulator.isClosed,
  })
  const server = await serveHttp({ service, faults, wallClock, ...(port === undefined ? {} : { port }) })
  const jobs = () => [...vaults.values()].flatMap((vault) => [...vault.jobs.values()])
  const emulator: GlacierEmulator = {
    endpoint: server.endpoint,
    credential: credentials[0]!,
    clock,
    faults,
    requests: server.requests,
    isClosed: false,
    vault(name) {
      const vault = vaults.get(name) ?? new Vault(name, clock.now(), region)
      vaults.set(name, vault)
      return vault
    },
    store(name, content, description) {
      return emulator.vault(name).add(Buffer.from(content), description, clock.now())
    },
    takeInventory() {
      for (const vault of vaults.values()) vault.takeInventory(clock.now())
    },
    finishJobs() {
      const last = Math.max(...jobs().map(({ completesAt }) => completesAt.getTime()))
      if (last > clock.now().getTime()) clock.set(new Date(last))
    },
    failJobs(reason) {
      for (const job of jobs()) if (job.completesAt > clock.now()) job.failure = reason
    },
    stop: () => server.stop(),
    [Symbol.asyncDispose]: () => server.stop(),
  }
  return emulator
}
