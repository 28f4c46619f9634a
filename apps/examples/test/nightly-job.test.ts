import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from '@jest/globals'
import { ScriptPlace } from './servers/script-place.js'

interface Webhook extends AsyncDisposable {
  readonly url: string
  /** What it was told. */
  readonly told: { readonly type: string | undefined; readonly report: unknown }[]
}

async function webhook(status = 204): Promise<Webhook> {
  const told: Webhook['told'] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      told.push({ type: request.headers['content-type'], report: JSON.parse(body) })
      response.writeHead(status).end()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`,
    told,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

async function home(): Promise<ScriptPlace> {
  const here = await ScriptPlace.make()
  await mkdir(here.path('photos'))
  await writeFile(here.path('photos', 'readme.txt'), 'holidays')
  return here
}

/** Makes it that night, for one process. */
function night(date: string): NodeJS.ProcessEnv {
  const clock = `
    const Real = Date
    const now = () => Real.now() + ${Date.parse(date) - Date.now()}
    globalThis.Date = class extends Real {
      constructor(...given) { super(...(given.length === 0 ? [now()] : given)) }
      static now() { return now() }
    }`
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(clock)}` }
}

describe('nightly-job', () => {
  it('backs up every night, removes what the rotation does not keep, and tells the webhook', async () => {
    await using here = await home()
    await using hook = await webhook()
    const expected = []
    for (const [date, removed] of [
      ['2026-03-01', 0],
      ['2026-03-02', 0],
      ['2026-03-03', 1],
    ] as const) {
      const env = { WEBHOOK_URL: hook.url, ...night(`${date}T02:00:00Z`) }
      const { status, stdout, stderr } = await here.run('nightly-job.js', [here.path('photos')], env)
      const stored = `stored photos.${date.replaceAll('-', '')}0200`
      expect(stdout).toMatch(
        new RegExp(`^${stored}\\d\\d\\.tgz \\(\\d+ bytes\\); removed ${removed}, could not remove 0\n$`),
      )
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expected.push({ type: 'application/json', report: { ok: true, text: stdout.trim() } })
    }
    expect(hook.told).toEqual(expected)
    expect(await here.backups()).toHaveLength(2)
  })

  it('tells the webhook what failed, and fails', async () => {
    await using here = await home()
    await using hook = await webhook()
    const { status } = await here.run('nightly-job.js', [here.path('absent')], { WEBHOOK_URL: hook.url })
    expect(hook.told).toMatchObject([{ report: { ok: false, text: expect.stringContaining('absent') } }])
    expect(status).toBe(1)
  })

  it('fails where the webhook takes nothing, and keeps the backup', async () => {
    await using here = await home()
    await using hook = await webhook(500)
    const { status, stderr } = await here.run('nightly-job.js', [here.path('photos')], { WEBHOOK_URL: hook.url })
    expect(stderr).toContain('the webhook answered with 500')
    expect(stderr).not.toContain(hook.url)
    expect(status).toBe(1)
    expect(await here.backups()).toHaveLength(1)
  })
})
