import { describe, expect, it } from '@jest/globals'
import { load, mistakesIn } from './place.js'

describe('a file written for the Python tool', () => {
  it('by its configure and configure_backups_rotation is read as it is', async () => {
    const text = `default:
  access_key: AKIDEXAMPLE
  default_destination: s3
  glacier_vault: ''
  region_name: eu-west-1
  rotation:
    days: 7
    first_week_day: 5
    months: 6
    weeks: 6
  s3_bucket: mybucket
  secret_key: 0123/abc+x=
`
    expect(await load(text)).toMatchObject({
      defaultDestination: 's3',
      compression: { format: 'gzip' },
      notices: [],
      conf: {
        access_key: 'AKIDEXAMPLE',
        default_destination: 's3',
        region_name: 'eu-west-1',
        rotation: { days: 7, first_week_day: 5, months: 6, weeks: 6 },
        s3_bucket: 'mybucket',
        secret_key: '0123/abc+x=',
      },
    })
  })

  it('with several profiles and no destination goes to S3, or to the vault of one without a bucket', async () => {
    const text = `
default:
  access_key: YOUR_ACCESS_KEY
  secret_key: YOUR_SECRET_KEY
  region_name: us-east-1
  glacier_vault: myvault
  s3_bucket: mybucket
myprofile:
  access_key: YOUR_ACCESS_KEY
  secret_key: YOUR_SECRET_KEY
  glacier_vault: myvault
`
    expect((await load(text)).defaultDestination).toBe('s3')
    expect((await load(text, { profile: 'myprofile' })).defaultDestination).toBe('glacier')
  })

  it('with plugins has them where it says', async () => {
    const text = 'default:\n  plugins_dir: /opt/plugins/\n  plugins: [test_plugin.TestPlugin, filename.MyPlugin]\n'
    expect((await load(text)).conf).toEqual({
      plugins_dir: '/opt/plugins',
      plugins: ['test_plugin.TestPlugin', 'filename.MyPlugin'],
    })
  })

  it('without compression stores plain archives', async () => {
    expect((await load('default:\n  compress: false\n')).compression).toEqual({ format: 'none' })
  })

  it('with OpenStack Swift and BakManager is read, and told what has no effect', async () => {
    const text = `
default:
  s3_bucket: mybucket
  bakmanager_token: TOKEN
temp_auth:
  access_key: ACCOUNT:USER
  secret_key: YOUR_SECRET_KEY
  region_name:
  glacier_vault:
  s3_bucket: mybucket
  default_destination: swift
  auth_url: https://swift.example/auth/v1.0
  auth_version: '1'
`
    expect((await load(text)).notices).toEqual([
      'bakmanager_token has no effect: it is for BakManager, which Bakthat does not report to',
    ])
    const swift = await load(text, { profile: 'temp_auth' })
    expect(swift).toMatchObject({ defaultDestination: 'swift', conf: { access_key: 'ACCOUNT:USER' } })
    expect(swift.notices).toEqual([
      'auth_url has no effect: it is for OpenStack Swift, which Bakthat does not store to',
      'auth_version has no effect: it is for OpenStack Swift, which Bakthat does not store to',
    ])
  })
})

describe('what YAML 1.1 reads otherwise than YAML 1.2', () => {
  it.each([
    ...['yes', 'Yes', 'YES', 'on', 'On', 'true', 'True', 'TRUE', "'yes'"].map((text) => [text, true] as const),
    ...['no', 'No', 'NO', 'off', 'Off', 'false', 'False', 'FALSE', '"off"'].map((text) => [text, false] as const),
  ])('the switch %s is %s', async (text, value) => {
    expect((await load(`default:\n  path_style: ${text}\n`)).conf.path_style).toBe(value)
  })

  it.each(['0600', '0o17', '0x1f', '1_000', '12e3', '1:30', 'yes', 'null1', '2026-03-18', '.inf', '+1'])(
    'the text %s stays what was written',
    async (text) => {
      expect((await load(`default:\n  secret_key: ${text}\n`)).conf.secret_key).toBe(text)
    },
  )

  it.each(['010', '0o10', '0x10', '1_000', '1:30', '+7', '7.0', '1e1'])('the number %s is refused', async (text) => {
    const [mistake] = await mistakesIn(`default:\n  rotation:\n    days: ${text}\n`)
    expect(mistake).toMatch(/^config:3: default\.rotation\.days must be a whole number from 0/)
  })

  it.each(['7', "'7'", '"7"', '!!int 7'])('the number %s is 7', async (text) => {
    expect((await load(`default:\n  rotation:\n    days: ${text}\n`)).conf.rotation).toEqual({ days: 7 })
  })

  it.each(['', '~', 'null', 'Null', 'NULL', "''"])('the value %j is none', async (text) => {
    expect((await load(`default:\n  region_name: ${text}\n`)).conf).toEqual({})
  })

  it('text of Python 2 in its own tag is text', async () => {
    const { conf } = await load("default:\n  s3_bucket: !!python/unicode 'bucket'\n  region_name: !!python/str eu\n")
    expect(conf).toEqual({ s3_bucket: 'bucket', region_name: 'eu' })
  })

  it('a directive for YAML 1.1 changes nothing', async () => {
    const text = '%YAML 1.1\n---\ndefault:\n  compress: off\n  secret_key: 0600\n'
    expect((await load(text)).conf).toEqual({ compress: false, secret_key: '0600' })
  })
})
