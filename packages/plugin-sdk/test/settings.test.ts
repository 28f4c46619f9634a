import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { readSettings, sendRequest, settingGroup, settingKinds } from '@bakthat/plugin-sdk'

const { choice, flag, list, longText, path, text, webAddress, wholeNumber } = settingKinds
const table = {
  name: text,
  body: longText,
  on: flag,
  port: wholeNumber,
  url: webAddress,
  dir: path,
  size: choice('small', 'large'),
  to: list(text),
  inner: settingGroup({ deep: text }),
  many: list(settingGroup({ deep: text })),
}

describe('readSettings', () => {
  it('gives what is set in its one form, and nothing of what is not', () => {
    const set = {
      name: 'a',
      body: 'b\nc',
      on: false,
      port: 25,
      url: 'HTTPS://example.org/x',
      dir: '~/metrics',
      size: 'large',
      to: 'me',
      inner: { deep: 'd' },
    }
    expect(readSettings({ mine: set }, 'mine', table)).toEqual({
      ...set,
      url: new URL('https://example.org/x'),
      dir: join(homedir(), 'metrics'),
      to: ['me'],
    })
    expect(readSettings({ mine: { to: ['me', 'you'], name: null } }, 'mine', table)).toEqual({ to: ['me', 'you'] })
    expect(readSettings({}, 'mine', table)).toEqual({})
  })

  it.each([
    [{ name: 'hid\nden' }, 'mine.name must be text on one line'],
    [{ name: 1234 }, 'mine.name must be text on one line, in quotes where it is only digits'],
    [{ body: '' }, 'mine.body must be text'],
    [{ on: 'hidden' }, 'mine.on must be true or false'],
    [{ port: -1 }, 'mine.port must be a whole number'],
    [{ url: 'ftp://hidden' }, 'mine.url must be an address'],
    [{ url: 'http://hidden@example.org' }, 'mine.url must be an address'],
    [{ dir: 'hidden' }, 'mine.dir must be a path'],
    [{ size: 'hidden' }, 'mine.size must be one of small, large'],
    [{ to: [] }, 'mine.to must be text on one line'],
    [{ to: ['a', { hidden: 1 }] }, 'mine.to must be text on one line'],
    [{ many: [{ deep: 'd' }, { deep: ['hidden'] }] }, 'mine.many[1].deep must be text'],
    [{ inner: { deep: ['hidden'] } }, 'mine.inner.deep must be text'],
    [{ inner: 'hidden' }, 'mine.inner must be a map of keys'],
    [{ hidden: 1 }, 'mine has a key that is not known'],
    [{ toString: 'hidden' }, 'mine has a key that is not known'],
    [['hidden'], 'mine must be a map of keys'],
  ])('refuses %j, and does not repeat it', (mine, message) => {
    let error: unknown
    try {
      readSettings({ mine }, 'mine', table)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'INVALID_CONFIG', hint: expect.any(String) })
    expect((error as Error).message).toContain(message)
    expect((error as Error).message).not.toContain('hidden')
  })
})

describe('sendRequest', () => {
  it('gives the text of a success; other answers, redirects too, are errors that name the host alone', async () => {
    const server = createServer((request, response) => {
      const status = Number(request.url!.slice(1, 4))
      response.writeHead(status, { location: '/200', connection: 'close' }).end('hidden')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const host = `127.0.0.1:${port}`
    const send = (status: number) => sendRequest('the monitor', new URL(`http://${host}/${status}?token=hidden`), {})
    expect(await send(200)).toBe('hidden')
    for (const [status, code] of [
      [302, 'INVALID_CONFIG'],
      [401, 'PERMISSION_DENIED'],
      [404, 'INVALID_CONFIG'],
      [429, 'UNAVAILABLE'],
      [500, 'UNAVAILABLE'],
    ] as const)
      await expect(send(status)).rejects.toMatchObject({
        code,
        message: `the monitor at ${host} answered with status ${status}`,
      })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await expect(send(200)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `the monitor at ${host} cannot be reached: ECONNREFUSED`,
    })
  })
})
