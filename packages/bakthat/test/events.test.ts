import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { BakthatError } from '@bakthat/errors'
import { AbortAction, backup, events, open, remove, restore, type Log } from 'bakthat'
import { place } from './place.js'

describe('the events of the guide', () => {
  it('are told of the actions of every call, with one session id on both sides', async () => {
    await using here = await place()
    const told: string[] = []
    const offs = [
      events.on('before_backup', ({ sessionId }) => told.push(`${sessionId} before_backup`)),
      events.on('on_backup', ({ sessionId, result }) => told.push(`${sessionId} on_backup ${result.filename}`)),
      events.on('on_restore', ({ result }) => told.push(`on_restore ${String(result?.filename)}`)),
      events.on('on_delete', ({ result }) => told.push(`on_delete ${result.filename}`)),
    ]
    const { conf } = here
    await backup(here.tree, { conf })
    await restore('bak', { conf, to: here.directory, overwrite: true })
    await remove('bak', { conf })
    for (const off of offs) off()
    await backup(here.tree, { conf })
    const sessionId = told[0]?.split(' ')[0]
    expect(told).toEqual([
      `${sessionId} before_backup`,
      `${sessionId} on_backup bak`,
      'on_restore bak',
      'on_delete bak',
    ])
  })
})

describe('the events of an instance', () => {
  it('are told of its own actions only', async () => {
    await using here = await place()
    await using one = await open({ conf: here.conf })
    await using other = await open({ conf: here.conf })
    const told: string[] = []
    one.events.on('on_backup', ({ result }) => told.push(result.filename))
    await one.backup(here.tree, { name: 'one' })
    await other.backup(here.tree, { name: 'other' })
    expect(told).toEqual(['one'])
  })

  it('can stop an action, and can break none', async () => {
    await using here = await place()
    const warnings: string[] = []
    const log: Log = { ...console, warn: (message: string) => warnings.push(message) }
    await using bakthat = await open({ conf: here.conf, log })
    bakthat.events.on('before_backup', ({ name }) => {
      throw name === 'secret' ? new AbortAction('it is secret') : new Error('a bug')
    })
    await bakthat.backup(here.tree)
    await expect(bakthat.backup(here.tree, { name: 'secret' })).rejects.toMatchObject({ code: 'REFUSED' })
    expect((await bakthat.show()).map(({ filename }) => filename)).toEqual(['bak'])
    expect(warnings).toEqual(['a handler failed in before_backup: a bug'])
  })
})

it('tells of actions that cannot even begin, and nobody of a dry run', async () => {
  await using here = await place()
  const database = join(here.directory, 'no catalog')
  await writeFile(database, 'This is not a database.'.repeat(100))
  await using bakthat = await open({ conf: { ...here.conf, database } })
  const told: string[] = []
  bakthat.events.on('on_error', ({ action, name, error }) => told.push(`${action} ${name ?? 'all'} ${error.code}`))
  const rules = { rotation: { last: 1 } }
  for (const call of [
    bakthat.backup(here.tree),
    bakthat.restore('bak'),
    bakthat.remove('bak'),
    bakthat.deleteOlderThan('bak', '3D'),
    bakthat.rotate('bak', rules),
    bakthat.rotateAll(rules),
    bakthat.rotate('bak', { ...rules, dryRun: true }),
    bakthat.deleteOlderThan('bak', '3D', { dryRun: true }),
  ])
    await expect(call).rejects.toMatchObject({ code: 'CATALOG' })
  expect(told.sort()).toEqual([
    'backup bak CATALOG',
    'delete bak CATALOG',
    'delete_older_than bak CATALOG',
    'restore bak CATALOG',
    'rotate_backups all CATALOG',
    'rotate_backups bak CATALOG',
  ])
})

it('tells of rules and intervals that are none, and nobody of a dry run', async () => {
  await using here = await place()
  await using bakthat = await open({ conf: here.conf })
  await bakthat.backup(here.tree)
  const told: string[] = []
  bakthat.events.on('on_error', ({ action, name, error }) => told.push(`${action} ${name ?? 'all'} ${error.code}`))
  for (const call of [
    bakthat.rotate('bak'),
    bakthat.rotateAll(),
    bakthat.rotate('bak', { rotation: { last: -1 } }),
    bakthat.deleteOlderThan('bak', '3 days'),
    bakthat.rotate('bak', { dryRun: true }),
    bakthat.deleteOlderThan('bak', '3 days', { dryRun: true }),
  ])
    await expect(call).rejects.toMatchObject({ code: expect.stringMatching(/^INVALID_(INPUT|CONFIG)$/) })
  expect(told.sort()).toEqual([
    'delete_older_than bak INVALID_INPUT',
    'rotate_backups all INVALID_INPUT',
    expect.stringMatching(/^rotate_backups bak INVALID_/),
    expect.stringMatching(/^rotate_backups bak INVALID_/),
  ])
  expect(await bakthat.show()).toHaveLength(1)
})

it('tells of keys that are not found once an action has begun', async () => {
  await using here = await place()
  await using bakthat = await open({ conf: here.conf })
  await bakthat.backup(here.tree)
  const told: string[] = []
  bakthat.events.on('on_error', ({ action, name, error }) => told.push(`${action} ${name ?? 'a file'} ${error.code}`))
  const keys = (): Promise<never> => Promise.reject(new BakthatError('UNAVAILABLE', 'the vault of secrets is sealed'))
  const to = join(here.directory, 'to')
  for (const call of [
    bakthat.backup(here.tree, { keys }),
    bakthat.restore('bak', { to, keys }),
    bakthat.restoreFile(join(here.directory, 'a.tgz'), { to, keys }),
  ])
    await expect(call).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(told.sort()).toEqual(['backup bak UNAVAILABLE', 'restore a file UNAVAILABLE', 'restore bak UNAVAILABLE'])
  expect(await bakthat.show()).toHaveLength(1)
})

it('encrypts and decrypts with keys that are found then, whatever else is given', async () => {
  await using here = await place()
  await using bakthat = await open({ conf: here.conf })
  const keys = (): Promise<{ password: string }> => Promise.resolve({ password: 'found' })
  const { storedFilename } = await bakthat.backup(here.tree, { password: 'given', keys })
  expect(storedFilename).toMatch(/\.age$/)
  const to = join(here.directory, 'to')
  await expect(bakthat.restore('bak', { to, password: 'given' })).rejects.toMatchObject({ code: 'WRONG_KEY' })
  await bakthat.restore('bak', { to, password: 'given', keys })
})
