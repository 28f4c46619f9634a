import { describe, expect, it } from '@jest/globals'
import { configurationKeys, loadSettings, whereabouts, type Conf } from '@bakthat/config'

const secrets = configurationKeys.filter(({ isSecret }) => isSecret).map(({ name }) => name)

describe('what another machine is told of a profile', () => {
  it('is where its backups are, and nothing that gives access to them', async () => {
    const place = {
      s3_bucket: 'bucket',
      s3_prefix: 'host/',
      endpoint: 'https://s3.example.org',
      object_lock: { mode: 'governance', days: 30 },
      glacier_vault: 'vault',
    } as const
    const others: Conf = {
      ...Object.fromEntries(secrets.map((key) => [key, 'secret'])),
      aws_profile: 'mine',
      database: '/catalog.sqlite',
      exclude: ['*.tmp'],
      password_file: '/password',
      identity: '/key',
      plugins: ['mine.Plugin'],
      ...{ my_token: 'a secret of a plugin' },
    }
    const settings = await loadSettings({ conf: { ...place, ...others } })
    expect(secrets).toContain('secret_key')
    expect(whereabouts(settings, 's3')).toEqual({ default_destination: 's3', ...place })
  })

  it('names the directory of a local destination, also where the profile does not', async () => {
    const settings = await loadSettings({ conf: {} })
    expect(whereabouts(settings, 'local')).toEqual({ default_destination: 'local', local_dir: settings.localDir })
  })
})
