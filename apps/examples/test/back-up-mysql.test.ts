import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { hasMariadb, Mariadb } from './servers/mariadb.js'
import { ScriptPlace } from './servers/script-place.js'

const shop = `
CREATE DATABASE shop CHARACTER SET utf8mb4; CREATE DATABASE copy;
USE shop;
CREATE TABLE customers (id INT PRIMARY KEY AUTO_INCREMENT, name TEXT, photo BLOB);
INSERT INTO customers (name, photo) VALUES ('Zoë 🐘', X'00ff27'), ('O''Neil;\\n', NULL);
CREATE VIEW names AS SELECT name FROM customers;
CREATE FUNCTION doubled (n INT) RETURNS INT DETERMINISTIC RETURN 2 * n;
CREATE USER backup@localhost IDENTIFIED BY 'k33p-me-out-of-ps';
GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON shop.* TO backup@localhost; GRANT SELECT ON mysql.proc TO backup@localhost;
`
const rows = 'SELECT id, HEX(name), HEX(photo), doubled(id) FROM customers ORDER BY id; SELECT COUNT(*) FROM names'

const withMariadb = hasMariadb ? describe : describe.skip
withMariadb('back-up-mysql, on a MariaDB server', () => {
  let server: Mariadb | undefined
  beforeAll(async () => {
    server = await Mariadb.start()
    await server.sql(shop)
  })
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
  })

  async function place(): Promise<ScriptPlace> {
    const made = await ScriptPlace.make()
    await made.secret('.my.cnf', `[client]\nsocket=${server!.socket}\n`)
    return made
  }

  /** Under whichever name the machine has it. */
  const mysqldump = 'exec mariadb-dump "$@"'

  it('makes a backup whose dump fills another database with the same rows', async () => {
    await using here = await place()
    await here.program('mysqldump', mysqldump)
    const password = await here.secret('password', 'k33p-me-out-of-ps\n')
    expect(await here.run('back-up-mysql.js', ['shop', password])).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^stored shop\.\d{14}\.tgz; removed 0\n$/),
      stderr: '',
    })
    expect(await here.backups()).toMatchObject([{ filename: 'shop', tags: ['mysql'] }])
    await server!.sql(await readFile(await here.restored('shop', 'dump.sql'), 'utf8'), 'copy')
    const copied = await server!.sql(rows, 'copy')
    expect(copied).toBe(await server!.sql(rows, 'shop'))
    expect(copied).toBe('1\t5A6FC3AB20F09F9098\t00FF27\t2\n2\t4F274E65696C3B0A\tNULL\t4\n2\n')
  })

  it('does not show the password in the list of processes', async () => {
    await using here = await place()
    const dump = await here.program('mysqldump', mysqldump)
    const password = await here.secret('password', 'k33p-me-out-of-ps')
    await here.run('back-up-mysql.js', ['shop', password])
    expect(await dump.arguments()).toContain('--user=backup\n')
    expect(await dump.arguments()).not.toContain('k33p')
  })

  it('stores nothing where the dump fails', async () => {
    await using here = await place()
    await here.program('mysqldump', mysqldump)
    const { status, stderr } = await here.run('back-up-mysql.js', ['shop', await here.secret('password', 'wrong')])
    expect(stderr).toMatch(/Access denied[^]*COMMAND_FAILED/)
    expect(status).toBe(1)
    expect(await here.backups()).toEqual([])
  })
})
