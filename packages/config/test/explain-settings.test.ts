import { describe, expect, it } from '@jest/globals'
import { explainSettings, readRotation, type LoadSettingsOptions } from '@bakthat/config'
import { failure, Place } from './place.js'

/** Key, value and where it comes from, the home shortened. */
async function explained(place: Place, options: LoadSettingsOptions = {}): Promise<readonly string[]> {
  const settings = await explainSettings({ ...options, env: { HOME: place.home, ...options.env } })
  return settings.map(({ key, value, source }) => {
    const from = Object.values(source).join(' ')
    return `${key}=${JSON.stringify(value)} ${from}`.replaceAll(place.home, '~')
  })
}

describe('what is in force', () => {
  it('is told with the line that it stands on, in the order of the documentation', async () => {
    using place = new Place()
    place.write('default:\n  rotation:\n    first_week_day: sunday\n    days: 7\n  s3_bucket: b\n  compression: zstd\n')
    expect(await explained(place)).toEqual([
      'default_destination="s3" default',
      'local_dir="~/.local/share/bakthat" default',
      'database="~/.bakthat.sqlite" default',
      'compression="zstd" file ~/.bakthat.yml default 6',
      'rotation.days=7 file ~/.bakthat.yml default 4',
      'rotation.first_week_day=6 file ~/.bakthat.yml default 3',
      's3_bucket="b" file ~/.bakthat.yml default 5',
    ])
  })

  it('comes from the anchor that a profile takes it over from', async () => {
    using place = new Place()
    place.write('default: &base\n  s3_bucket: b\nsql:\n  <<: *base\n  s3_prefix: sql/\n')
    const sql = await explained(place, { profile: 'sql' })
    expect(sql.slice(-2)).toEqual([
      's3_bucket="b" file ~/.bakthat.yml sql 2',
      's3_prefix="sql/" file ~/.bakthat.yml sql 5',
    ])
  })

  it('comes from the older switch, where that says what the compression is', async () => {
    using place = new Place()
    place.write('default:\n  local_dir: /d\n  compress: yes\n')
    expect((await explained(place)).slice(-2)).toEqual([
      'compression="gzip" file ~/.bakthat.yml default 3',
      'compress=true file ~/.bakthat.yml default 3',
    ])
  })

  it('comes from the environment before the file', async () => {
    using place = new Place()
    place.write('default:\n  database: here.sqlite\n')
    const [, , database] = await explained(place, { env: { BAKTHAT_DATABASE: '/there.sqlite' } })
    expect(database).toBe('database="/there.sqlite" environment BAKTHAT_DATABASE')
  })

  it('is there without any file, and for an object', async () => {
    using place = new Place()
    expect((await explained(place)).at(-1)).toBe('compression="zstd" default')
    expect(await explained(place, { conf: { compress: false, database: '/d' } })).toEqual([
      'default_destination="local" default',
      'local_dir="~/.local/share/bakthat" default',
      'database="/d" conf',
      'compression="none" conf',
      'compress=false conf',
    ])
  })

  it('never shows a secret, of ours or of a plugin', async () => {
    using place = new Place()
    const secrets = ['access_key', 'secret_key', 'session_token', 'bakmanager_token', 'mail_password']
    place.write(`default:\n  plugins: [mail.Mail]\n${secrets.map((key) => `  ${key}: hunter2\n`).join('')}`)
    const all = await explained(place)
    expect(all.filter((line) => line.includes('********'))).toHaveLength(secrets.length)
    expect(all.join()).not.toContain('hunter2')
  })

  it('never shows one in the maps and lists of a plugin, but the files that hold them', async () => {
    using place = new Place()
    place.write(
      [
        'default:',
        '  plugins: [npm:notify]',
        '  notify:',
        '    slack:',
        '      - url: https://hunter2',
        '        events: [failure, success]',
        '      - {url_file: /run/url, headers: {x-key: hunter2}}',
        '    mail: {password: hunter2, token_file: /run/token}',
        '    webhook: {json: {routing_key: hunter2}}',
        '',
      ].join('\n'),
    )
    expect((await explained(place)).filter((line) => line.startsWith('notify'))).toEqual([
      'notify.slack[0].url="********" file ~/.bakthat.yml default 5',
      'notify.slack[0].events=["failure","success"] file ~/.bakthat.yml default 6',
      'notify.slack[1].url_file="/run/url" file ~/.bakthat.yml default 7',
      'notify.slack[1].headers.x-key="********" file ~/.bakthat.yml default 7',
      'notify.mail.password="********" file ~/.bakthat.yml default 8',
      'notify.mail.token_file="/run/token" file ~/.bakthat.yml default 8',
      'notify.webhook.json.routing_key="********" file ~/.bakthat.yml default 9',
    ])
  })
})

describe('the rules of a call', () => {
  it('are brought into their one form', () => {
    expect(readRotation({ days: 7, first_week_day: 'Sun' })).toEqual({ days: 7, first_week_day: 6 })
  })

  it('are refused with all their mistakes', async () => {
    const call = async (): Promise<unknown> =>
      Promise.resolve(readRotation({ days: -1, within: '', months: 1.5, day: 7 } as object))
    const { code, message } = await failure(Promise.resolve().then(call))
    expect(code).toBe('INVALID_CONFIG')
    expect(message.split('\n  ').slice(1)).toEqual([
      'rotation.days must be a whole number from 0',
      'rotation.months must be a whole number from 0',
      'rotation.day is not a known key; did you mean days?',
    ])
  })
})
