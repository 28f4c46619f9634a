import { describe, expect, it } from '@jest/globals'
import {
  BakthatError,
  defineBackend,
  defineCommand,
  Plugin,
  sdkVersion,
  sdkVersionOf,
  type PluginHost,
  type StorageBackend,
} from '@bakthat/plugin-sdk'

class Timer extends Plugin {
  activate(): void {
    this.on('on_backup', () => undefined, { timeoutSeconds: 5 })
  }
}

describe('Plugin', () => {
  it('is known by the version of the SDK, and what does not extend it is not', () => {
    expect(sdkVersionOf(Timer)).toBe(sdkVersion())
    expect(sdkVersion()).toMatch(/^\d+\.\d+\.\d+$/)
    const others = [Map, () => undefined, {}, 'Plugin', undefined, null]
    expect(others.map(sdkVersionOf)).toEqual(others.map(() => undefined))
  })

  it('passes on what its host gives it', async () => {
    const calls: unknown[] = []
    const host = {
      conf: { key: 'value' },
      log: console,
      events: { on: (...given: unknown[]) => (calls.push(given), () => calls.push('off')) },
      backends: { add: () => undefined },
      commands: { add: () => undefined },
      compressions: { use: () => undefined },
      catalog: () => Promise.resolve({ find: () => [], newest: () => undefined }),
      extendCatalog: (make: unknown) => calls.push(make),
    } as unknown as PluginHost
    const timer = new Timer(host)
    timer.activate()
    expect(calls).toEqual([['on_backup', expect.any(Function), { timeoutSeconds: 5 }]])
    expect([timer.conf, timer.log, timer.events]).toEqual([host.conf, host.log, host.events])
    expect([timer.backends, timer.commands, timer.compressions]).toEqual([
      host.backends,
      host.commands,
      host.compressions,
    ])
    expect((await timer.catalog()).find()).toEqual([])
    timer.extendCatalog(Timer as never)
    expect(calls[1]).toBe(Timer)
  })
})

describe('defineBackend', () => {
  const backend = { scheme: 'shelf', container: 'one' } as StorageBackend
  const plan = {
    scheme: 'shelf',
    parse: ({ shelf_name: name }: Readonly<Record<string, unknown>>) => {
      if (name === 'hinted') throw new BakthatError('INVALID_CONFIG', 'the name is bad', { hint: 'take a good one' })
      if (typeof name !== 'string') throw new Error('shelf_name is missing')
      return { name }
    },
    open: ({ name }: { name: string }) => (name === 'foreign' ? { ...backend, scheme: 'other' } : backend),
    create: ({ name }: { name: string }) => Promise.resolve({ container: name, notices: [] }),
  }

  it('opens and makes with the settings that were parsed', async () => {
    const definition = defineBackend(plan)
    expect(await definition.open({ shelf_name: 'one' })).toBe(backend)
    expect(await definition.create?.({ shelf_name: 'two' })).toEqual({ container: 'two', notices: [] })
    const { scheme, parse, open } = plan
    expect('create' in defineBackend({ scheme, parse, open })).toBe(false)
  })

  it.each([
    [{}, 'shelf: shelf_name is missing', 'mend the keys of the destination shelf in the profile'],
    [{ shelf_name: 'hinted' }, 'shelf: the name is bad', 'take a good one'],
  ])('says whose settings cannot be right: %j', async (conf, message, hint) => {
    const definition = defineBackend(plan)
    await expect(definition.open(conf)).rejects.toMatchObject({ code: 'INVALID_CONFIG', message, hint })
    await expect(definition.create?.(conf)).rejects.toMatchObject({ code: 'INVALID_CONFIG', message, hint })
  })

  it('refuses a backend that goes by another name', async () => {
    await expect(defineBackend(plan).open({ shelf_name: 'foreign' })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })
})

describe('defineCommand', () => {
  it('types what was given by how it is defined', async () => {
    const command = defineCommand({
      name: 'greet',
      summary: 'Greet',
      arguments: [{ kind: 'required', name: 'who', description: 'Whom' }],
      options: {
        loud: { kind: 'flag', description: 'Loudly' },
        times: { kind: 'amount', description: 'How often' },
        in: { kind: 'value', description: 'Language', choices: ['en', 'fr'] },
      },
      run: ({ loud, times, in: language }, [who]) => {
        const hello: string = ({ en: 'hello', fr: 'salut' } as const)[language ?? 'en']
        const text = `${hello} ${who.trim()}`.repeat(times ?? 1)
        return { text: loud === true ? text.toUpperCase() : text }
      },
    })
    const { signal } = new AbortController()
    expect(await command.run({ loud: true, in: 'fr' } as never, [' you'], { signal })).toEqual({ text: 'SALUT YOU' })
  })
})
