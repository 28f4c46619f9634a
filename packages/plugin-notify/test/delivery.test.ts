import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { activated, fail } from './support/plugin.js'
import { startReceiver } from './support/receiver.js'

describe('a target', () => {
  it('that is busy for a moment is tried again, and nothing is logged', async () => {
    await using receiver = await startReceiver(503, 429, 200)
    const plugin = activated({ slack: { url: receiver.url } })
    await fail(plugin)
    expect([receiver.received.length, plugin.pauses.length, plugin.warnings]).toEqual([3, 2, []])
  })

  it('that stays busy is given up after some attempts, and logged', async () => {
    await using receiver = await startReceiver(500)
    const plugin = activated({ slack: { url: `${receiver.url}/hidden` } })
    await fail(plugin)
    const message = `the plugin notify failed in on_error: slack at ${receiver.host} answered with status 500`
    expect([receiver.received.length, plugin.pauses.length, plugin.warnings]).toEqual([6, 5, [message]])
  })

  it.each([302, 400, 401, 404])('that answers %d is not tried again', async (status) => {
    await using receiver = await startReceiver(status)
    const plugin = activated({ webhook: { url: `${receiver.url}/hidden`, token: 'hidden' } })
    await fail(plugin)
    expect([receiver.received.length, plugin.pauses]).toEqual([1, []])
    expect(plugin.warnings).toEqual([expect.stringMatching(new RegExp(`answered with status ${status}$`))])
    expect(plugin.warnings.join()).not.toContain('hidden')
  })

  it('that hangs is given up, is not tried again, and keeps no other from being told', async () => {
    await using hanging = await startReceiver('hang')
    await using receiver = await startReceiver(200)
    const plugin = activated({ slack: [{ url: hanging.url }, { url: receiver.url }] })
    const telling = fail(plugin)
    await Promise.all([hanging.first, receiver.first])
    plugin.patience[0]!.abort()
    await telling
    const message = `the plugin notify failed in on_error: slack[0] at ${hanging.host} gave no answer within 20 s`
    expect([plugin.warnings, hanging.received.length]).toEqual([[message], 1])
  })

  it('that is not there is logged, with all others that could not be told, and without their addresses', async () => {
    const free = createServer()
    await new Promise<void>((resolve) => void free.listen(0, '127.0.0.1', resolve))
    const { port } = free.address() as AddressInfo
    await new Promise((resolve) => free.close(resolve))
    await using receiver = await startReceiver(404)
    const plugin = activated({
      ntfy: { url: `http://127.0.0.1:${port}/hidden` },
      mail: { host: '127.0.0.1', port, security: 'none', from: 'a@example.org', to: 'b@example.org' },
      webhook: { url: `${receiver.url}/hidden` },
    })
    await fail(plugin)
    expect(plugin.warnings).toEqual([
      `the plugin notify failed in on_error: ntfy at 127.0.0.1:${port} cannot be reached: ECONNREFUSED; ` +
        `mail at 127.0.0.1:${port} cannot be reached: ECONNREFUSED; webhook at ${receiver.host} answered with status 404`,
    ])
  })
})
