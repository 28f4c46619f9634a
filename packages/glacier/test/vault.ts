import { createCipheriv, randomUUID } from 'node:crypto'

import { settableClock } from '@bakthat/emulator/clock'
import { startGlacier, type GlacierEmulator, type GlacierEmulatorOptions, type Vault } from '@bakthat/emulator/glacier'
import { impatient } from '@bakthat/emulator/impatience'
import { openGlacier, type GlacierBackend, type GlacierOptions } from '@bakthat/glacier'
import type { Bytes, Locator, RetrieveOptions } from '@bakthat/storage'

export const mebibyte = 1024 ** 2

/** A vault of its own on an emulator of its own. */
export class TestVault implements AsyncDisposable {
  readonly name = `vault-${randomUUID()}`
  readonly emulator: GlacierEmulator
  readonly options: GlacierOptions
  readonly backend: GlacierBackend
  readonly vault: Vault

  private constructor(emulator: GlacierEmulator, more: Partial<GlacierOptions>) {
    this.emulator = emulator
    this.options = {
      vault: this.name,
      endpoint: emulator.endpoint,
      credentials: emulator.credential,
      now: () => emulator.clock.now(),
      pause: () => Promise.resolve(),
      client: { retryStrategy: impatient(10) },
      ...more,
    }
    this.vault = emulator.vault(this.name)
    this.backend = openGlacier(this.options)
  }

  static async make(more: Partial<GlacierOptions> = {}, server: GlacierEmulatorOptions = {}): Promise<TestVault> {
    const emulator = await startGlacier({ clock: settableClock(new Date('2026-03-14T09:00:00Z')), ...server })
    return new TestVault(emulator, more)
  }

  /** The bytes, brought back. */
  async read(locator: Locator, options: RetrieveOptions = {}): Promise<Buffer> {
    const first = await this.backend.retrieve(locator, options)
    if (first.state === 'ready') return joined(first.value)
    this.emulator.finishJobs()
    const second = await this.backend.retrieve(locator, { ...options, ticket: first.ticket })
    if (second.state === 'pending') throw new Error('still pending')
    return joined(second.value)
  }

  /** How often each operation was asked for. */
  count(operation: string): number {
    return this.emulator.requests.filter((one) => one.operation === operation).length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.backend.close()
    await this.emulator.stop()
  }
}

export async function joined(bytes: Bytes): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export async function* inChunks(content: Uint8Array, size = 64 * 1024): Bytes {
  for (let start = 0; start < content.length; start += size) yield Buffer.from(content.subarray(start, start + size))
}

/** Bytes that look random and are the same every time. */
export function noise(size: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16)).update(Buffer.alloc(size))
}
