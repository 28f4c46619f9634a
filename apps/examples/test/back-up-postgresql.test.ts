import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { hasPostgresql, Postgresql } from './servers/postgresql.js'
import { ScriptPlace } from './servers/script-place.js'
import { run } from './servers/server.js'

const shop = `
CREATE TABLE customers (id SERIAL PRIMARY KEY, name TEXT, photo BYTEA);
INSERT INTO customers (name, photo) VALUES ('Zoë 🐘', '\\x00ff27'), (E'O''Neil;\\n', NULL);
CREATE VIEW names AS SELECT name FROM customers;
CREATE FUNCTION doubled (n INT) RETURNS INT IMMUTABLE LANGUAGE SQL AS 'SELECT 2 * n';
CREATE ROLE backup LOGIN PASSWORD 'k33p-me-out-of-ps' IN ROLE pg_read_all_data;
`
const rows = `
SELECT id, encode(convert_to(name, 'UTF8'), 'hex'), encode(photo, 'hex'), doubled(id) FROM customers ORDER BY id;
SELECT COUNT(*) FROM names`

const withPostgresql = hasPostgresql ? describe : describe.skip
withPostgresql('back-up-postgresql, on a PostgreSQL server', () => {
  let server: Postgresql | undefined
  beforeAll(async () => {
    server = await Postgresql.start()
    await server.sql('CREATE DATABASE shop')
    await server.sql('CREATE DATABASE copy')
    await server.sql(shop, 'shop')
  })
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
  })

  /** The one that is found without our own. */
  const pgDump = 'PATH=${PATH#*:} exec pg_dump "$@"'

  it('makes a backup whose dump fills another database with the same rows', async () => {
    await using here = await ScriptPlace.make()
    const password = await here.secret('password', 'k33p-me-out-of-ps\n')
    expect(await here.run('back-up-postgresql.js', ['shop', password], { PGHOST: server!.env.PGHOST })).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^stored shop\.\d{14}\.tgz; removed 0\n$/),
      stderr: '',
    })
    expect(await here.backups()).toMatchObject([{ filename: 'shop', tags: ['postgresql'] }])
    const dump = await here.restored('shop', 'dump.pgdump')
    await run('pg_restore', ['--exit-on-error', '--dbname=copy', dump], { env: server!.env })
    const copied = await server!.sql(rows, 'copy')
    expect(copied).toBe(await server!.sql(rows, 'shop'))
    expect(copied).toBe('1|5a6fc3ab20f09f9098|00ff27|2\n2|4f274e65696c3b0a||4\n2\n')
  })

  it('does not show the password in the list of processes', async () => {
    await using here = await ScriptPlace.make()
    const dump = await here.program('pg_dump', pgDump)
    const password = await here.secret('password', 'k33p-me-out-of-ps')
    await here.run('back-up-postgresql.js', ['shop', password], { PGHOST: server!.env.PGHOST })
    expect(await dump.arguments()).toContain('--username=backup\n')
    expect(await dump.arguments()).not.toContain('k33p')
    expect(await here.backups()).toHaveLength(1)
  })

  it('stores nothing where the dump fails', async () => {
    await using here = await ScriptPlace.make()
    const password = await here.secret('password', 'wrong')
    const { status, stderr } = await here.run('back-up-postgresql.js', ['shop', password], {
      PGHOST: server!.env.PGHOST,
    })
    expect(stderr).toMatch(/password authentication failed[^]*COMMAND_FAILED/)
    expect(status).toBe(1)
    expect(await here.backups()).toEqual([])
  })
})
