import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { hasMariadb, Mariadb } from './servers/mariadb.js'
import { Page } from './servers/page.js'
import { hasPostgresql, Postgresql } from './servers/postgresql.js'
import { ReaderPlace } from './servers/reader-place.js'

const cookbook = new Page('cookbook.md')
const shop = `CREATE TABLE customers (id INT PRIMARY KEY, name TEXT); INSERT INTO customers VALUES (1, 'Zoë');`
const rows = 'SELECT name FROM customers'

const withPostgresql = hasPostgresql ? describe : describe.skip
withPostgresql('the recipe for PostgreSQL', () => {
  let server: Postgresql | undefined
  beforeAll(async () => {
    server = await Postgresql.start()
    await server.sql('CREATE DATABASE shop')
    await server.sql(shop, 'shop')
  })
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
  })

  it('brings back what was there', async () => {
    await using here = await ReaderPlace.make()
    await here.says(cookbook.line(`--command 'pg_dump --format=custom shop' --name shop.pgdump  `), server!.env)
    await server!.sql(`UPDATE customers SET name = 'nobody'`, 'shop')
    await here.says(cookbook.line('pg_restore'), server!.env)
    expect(await server!.sql(rows, 'shop')).toBe('Zoë\n')
  })

  it('keeps nothing of a dump that fails', async () => {
    await using here = await ReaderPlace.make()
    const line = cookbook.line(`--command 'pg_dump --format=custom shop' --name shop.pgdump  `)
    expect(await here.run(line, { ...server!.env, PGPASSWORD: 'wrong' })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('password authentication failed'),
    })
    expect((await here.run('bakthat show --quiet')).stdout).not.toContain('shop')
  })
})

const withMariadb = hasMariadb ? describe : describe.skip
withMariadb('the recipe for MySQL and MariaDB', () => {
  it('brings back what was there, with what ~/.my.cnf says', async () => {
    await using server = await Mariadb.start()
    await server.sql('CREATE DATABASE shop')
    await server.sql(shop, 'shop')
    await using here = await ReaderPlace.make()
    await here.write('.my.cnf', `[client]\nuser=root\nsocket=${server.socket}\ndefault-character-set=utf8mb4\n`)
    await here.says(cookbook.line('mysqldump'))
    await server.sql('DROP TABLE customers', 'shop')
    await here.says(cookbook.line('| mysql shop'))
    expect(await server.sql(rows, 'shop')).toBe('Zoë\n')
  })
})

describe('the recipe for MongoDB, with programs in the place of its own', () => {
  it('gives mongorestore what mongodump wrote', async () => {
    await using here = await ReaderPlace.make()
    await here.program('mongodump', `[ "$*" = '--archive --db=shop' ] && printf 'an archive\\0of shop'`)
    await here.program('mongorestore', `[ "$*" = '--archive --drop' ] && cat >'${here.path('restored')}'`)
    await here.says(cookbook.line('mongodump'))
    await here.says(cookbook.line('mongorestore'))
    expect(await readFile(here.path('restored'), 'utf8')).toBe('an archive\0of shop')
  })
})

describe('the recipe for every night', () => {
  it('writes the rotation, and a schedule that rotates by it', async () => {
    await using here = await ReaderPlace.make()
    await here.says(cookbook.line('configure-rotation'))
    const line = cookbook.line('schedule add shop').replace('schedule add', 'schedule add --scheduler cron --print')
    const crontab = await here.says(line)
    expect(crontab).toMatch(/^15 2 \* \* \* .*--rotate/m)
    expect(crontab).toContain('pg_dump --format=custom shop')
  })
})
