import { mkdirSync, symlinkSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { loadSettings, type Conf } from '@bakthat/config'
import { failure, load, mistakesIn, Place } from './place.js'

describe('a file with many mistakes', () => {
  it('is told all of them at once, with their lines and what was meant', async () => {
    const text = `# nightly
default:
  access_key: [AKIDEXAMPLE]
  secrt_key: hunter2
  s3_bucket: one
  s3_bucket: two
  default_destination: S3
  compression: gzp
  compression_level: -3
  rotation: {days: 07, weks: 2, months: '6', first_week_day: Frday, within: 3X, time_zone: Mars/Base}
  object_lock: {mode: governence}
  local_dir: ~
  plugin_dir: x
  recipients:
  tags: {a: b}
work:
  storage_class: DEEP_ARCHVE
  path_style: maybe
  endpoint: localhost:9000
  password: hunter2
  region: eu-west-1
  exclude:
    - '*.tmp'
    -
  identity: [~bob/key, AGE-SECRET-KEY-1XYZ]
  compress: no
  compression: zstd
  bandwidth_limit: fast
  colour: blue
third: foo
fourth:
tags: nightly
`
    using place = new Place()
    const path = place.write(text)
    const { code, message, hint, cause } = await failure(place.load())
    expect({ code, hint, cause }).toEqual({
      code: 'INVALID_CONFIG',
      hint: 'mend what is listed; bakthat config keys tells of every key',
      cause: undefined,
    })
    expect(message.replaceAll(path, 'config')).toBe(
      `the configuration has 31 mistakes:
  config:3: default.access_key must be text without spaces; it is a list
  config:4: default.secrt_key is not a known key; did you mean secret_key?
  config:6: s3_bucket is given twice; the first is on line 5
  config:7: default.default_destination must be local, s3 or glacier; did you mean s3?
  config:8: default.compression must be zstd, gzip or none; did you mean gzip?
  config:9: default.compression_level must be a whole number from 1 to 19
  config:10: default.rotation.days must be a whole number from 0; write it without the leading zero
  config:10: default.rotation.weks is not a known key; did you mean weeks?
  config:10: default.rotation.first_week_day must be a day of the week, or its number from 0 (Monday) to 6 (Sunday); did you mean friday?
  config:10: default.rotation.within must be an interval such as 30D or 3M2D8h
  config:10: default.rotation.time_zone must be a time zone such as Europe/Paris
  config:11: default.object_lock needs days
  config:11: default.object_lock.mode must be governance or compliance; did you mean governance?
  config:12: default.local_dir is a lone ~, which means nothing in YAML: write '~' in quotes
  config:13: default.plugin_dir is not a known key; did you mean plugins_dir?
  config:14: default.recipients has no value: give it one, or take the key out
  config:15: default.tags must be words with spaces between them, or a list of words; it is a map
  config:17: work.storage_class must be one of Amazon's, in capitals; did you mean DEEP_ARCHIVE?
  config:18: work.path_style must be true or false
  config:19: work.endpoint must be an address that begins with http:// or https://
  config:20: work.password is not a known key; did you mean password_file?
  config:21: work.region is not a known key; did you mean region_name?
  config:24: work.exclude must be a pattern, or a list of patterns; it holds an empty item
  config:25: work.identity must be a file's path, or a list of paths; only your own home can be written with ~
  config:25: work.identity must be a file's path, or a list of paths; it holds an identity itself, which belongs in a file of its own
  config:26: work.compress contradicts compression: keep that one
  config:28: work.bandwidth_limit must be bytes in a second: a whole number, or one with K, M, G or KiB, MiB, GiB such as 10M
  config:29: work.colour is not a known key
  config:30: third must be a profile: a map of keys, indented under it
  config:31: fourth is a profile without keys: write some, or {} for none
  config:32: tags stands outside of a profile: indent it under default:`,
    )
  })

  it('is told the one mistake of a file with one on a single line', async () => {
    expect(await mistakesIn('default:\n  compresion: zstd\n')).toEqual([
      'config:2: default.compresion is not a known key; did you mean compression?',
    ])
  })

  it('is told what came before a slip of syntax, and nothing of what comes after', async () => {
    expect(await mistakesIn('default:\n  tagz: a\n\tdays: 1\n  databse: b\n')).toEqual([
      'config:2: default.tagz is not a known key; did you mean tags?',
      'config:3: the line is indented with a tab: YAML takes spaces only',
    ])
  })
})

describe('syntax', () => {
  const notClosed = 'the line opens a quote or bracket that is not closed, or whose lines are not indented'
  it.each([
    ['a tab', 'default:\n\ttags: a\n', '2: the line is indented with a tab: YAML takes spaces only'],
    ['a wrong indentation', 'default:\n  tags: a\n database: b\n', '3: the line is not indented as what surrounds it'],
    ['a quote that stays open', 'default:\n  tags: "a\n  database: b\n', `2: ${notClosed}`],
    ['a bracket that stays open', 'default:\n  tags: [a, b\n  database: b\n', `2: ${notClosed}`],
    ['a brace that stays open', 'default: {tags: a\n\nwork:\n  tags: b\n', `1: ${notClosed}`],
    [
      'no space after the colon',
      'default:\n  tags:a\n  database: b\n',
      '2: the line lacks a colon and space after the key',
    ],
    [
      'a colon in a value',
      'default:\n  tags: a: b\n',
      '2: the line has a second colon and space, or is indented too far: a value with a colon goes in quotes',
    ],
    [
      'an indentation below a value',
      'default:\n  tags: a\n    database: b\n',
      '2: the line has a second colon and space, or is indented too far: a value with a colon goes in quotes',
    ],
    [
      'a character that is kept for later',
      'default:\n  tags: @a\n',
      '2: the line has a value that begins with a character (@, % or `) that must stand in quotes',
    ],
    [
      'text after a quote',
      "default:\n  tags: 'a' b\n",
      '2: the line has something that does not belong there: a value with special characters goes in quotes',
    ],
    [
      'an unknown escape',
      'default:\n  local_dir: "C:\\qux"\n',
      '2: the line has a backslash in double quotes that begins nothing known: use single quotes',
    ],
    ['two anchors', 'default:\n  tags: &a &b c\n', '2: the line is not valid YAML'],
    [
      'two documents',
      'default: {}\n---\nwork: {}\n',
      '2: the line begins a second document (---), and a configuration is one',
    ],
  ])('with %s is explained', async (_, text, mistake) => {
    expect(await mistakesIn(text)).toEqual([`config:${mistake}`])
  })

  it.each([
    ['brackets', '['.repeat(50_000)],
    ['braces', '{a: '.repeat(50_000)],
    ['dashes', '- '.repeat(50_000)],
    ['question marks', '? '.repeat(50_000)],
  ])('nested too deeply in %s is refused, and nothing breaks', async (_, text) => {
    expect(await mistakesIn(text)).toEqual(['config:1: the file is nested too deeply for a configuration'])
  })

  it('counts lines that end in CRLF, and takes a byte order mark', async () => {
    expect(await mistakesIn('\ufeffdefault:\r\n  tags: a\r\n  tagz: b\r\n')).toEqual([
      'config:3: default.tagz is not a known key; did you mean tags?',
    ])
    expect((await load('\ufeffdefault:\r\n  tags: a\r\n')).tags).toEqual(['a'])
  })
})

describe('a file that is no configuration', () => {
  it.each([
    ['empty', '', '1: the file is empty: write a profile, such as default: {}'],
    ['only a comment', '# later\n', '1: the file is empty: write a profile, such as default: {}'],
    ['a list', '\n- a\n', '2: the file must be a map of profiles: default:, and its keys indented under it'],
    ['text', 'hello\n', '1: the file must be a map of profiles: default:, and its keys indented under it'],
    ['a profile without keys', 'default:\n', '1: default is a profile without keys: write some, or {} for none'],
    ['a profile that is text', 'default: local\n', '1: default must be a profile: a map of keys, indented under it'],
    ['a profile that is a list', 'default: [a]\n', '1: default must be a profile: a map of keys, indented under it'],
    ['a profile without a name', '? [a]\n: {tags: b}\n', '1: an entry has a key that is no name'],
    ['a profile with a tag', 'default: !secret {tags: b}\n', '1: default has a tag (!) that means nothing here'],
    ['a key without a profile', 's3_bucket: b\n', '1: s3_bucket stands outside of a profile: indent it under default:'],
    [
      'a group without a profile',
      'rotation: {days: 1}\n',
      '1: rotation stands outside of a profile: indent it under default:',
    ],
  ])('%s is told so', async (_, text, mistake) => {
    expect(await mistakesIn(text)).toEqual([`config:${mistake}`])
  })

  it('not in UTF-8 is told the first such line', async () => {
    expect(await mistakesIn(Buffer.from('default:\n  tags: caf\xe9\n', 'latin1'))).toEqual([
      'config:2: the line is not text in UTF-8',
    ])
    expect(await mistakesIn(Buffer.from('default: {}\n\xe9', 'latin1'))).toEqual([
      'config:2: the line is not text in UTF-8',
    ])
  })

  it('is too large', async () => {
    using place = new Place()
    const path = place.write('#'.repeat(2 ** 20 + 1))
    expect(await failure(place.load())).toMatchObject({
      code: 'INVALID_CONFIG',
      message: `${path} is too large for a configuration`,
    })
  })

  it('is a directory', async () => {
    using place = new Place()
    mkdirSync(place.in('.bakthat.yml'))
    expect(await failure(place.load())).toMatchObject({
      code: 'INVALID_CONFIG',
      message: `${place.in('.bakthat.yml')} is a directory, not a configuration file`,
    })
  })

  it('is a link that leads nowhere, or in a circle', async () => {
    using place = new Place()
    symlinkSync('nowhere', place.in('.bakthat.yml'))
    expect(await failure(place.load())).toMatchObject({
      code: 'INVALID_INPUT',
      message: `${place.in('.bakthat.yml')} is a link to a file that is not there`,
    })
    symlinkSync('circle', place.in('circle'))
    expect(await failure(place.load({ file: place.in('circle') }))).toMatchObject({ code: 'INVALID_CONFIG' })
  })
})

describe('keys', () => {
  it('given twice are told with the line of the first, whatever their value', async () => {
    expect(await mistakesIn('default:\n  tags: a\n  database: b\n  tags: a\ndefault: {}\n')).toEqual([
      'config:4: tags is given twice; the first is on line 2',
      'config:5: default is given twice; the first is on line 1',
    ])
  })

  it('that are no names are not repeated', async () => {
    const problem = 'default has an entry whose key is no name; a key is followed by a colon and a space'
    expect(await mistakesIn('default: {secret_key:hunter2}\n')).toEqual([`config:1: ${problem}`])
    expect(await mistakesIn('default:\n  ? [hunter2]\n  : a\n')).toEqual([`config:2: ${problem}`])
  })

  it.each([
    ['password', 'password_file'],
    ['bucket', 's3_bucket'],
    ['aws_secret_access_key', 'secret_key'],
    ['S3-Bucket', 's3_bucket'],
    ['tgas', 'tags'],
    ['recipent_file', 'recipients_file'],
  ])('called %s are told to be called %s', async (key, meant) => {
    expect(await mistakesIn(`default:\n  ${key}: x\n`)).toEqual([
      `config:2: default.${key} is not a known key; did you mean ${meant}?`,
    ])
  })

  it('far from every known one are told without a guess', async () => {
    expect(await mistakesIn('default:\n  colour: x\n')).toEqual(['config:2: default.colour is not a known key'])
  })

  it('near to a known one are mistakes even where plugins may have their own', async () => {
    expect(await mistakesIn('default:\n  plugins: [a.B]\n  recipient: x\n  notify_url: y\n')).toEqual([
      'config:3: default.recipient is not a known key; did you mean recipients?',
    ])
  })

  it('that a plugin may have are mistakes when they cannot be read', async () => {
    const text =
      'default:\n  plugins: [a.B]\n  first: !!python/object:a.B {}\n  second: *hunter2\n  third: {a: *hunter2}\n'
    expect(await mistakesIn(text)).toEqual([
      'config:3: default.first has a tag (!) that means nothing here',
      'config:4: default.second is an alias (*) without its anchor (&); a value that begins with * goes in quotes',
      'config:5: a value has aliases (*) that cannot be followed',
    ])
  })
})

describe('anchors, aliases and merge keys', () => {
  it('tell a mistake that profiles share once', async () => {
    expect(await mistakesIn('default: &base\n  compresion: zstd\nwork:\n  <<: *base\n')).toEqual([
      'config:2: default.compresion is not a known key; did you mean compression?',
    ])
  })

  it('cannot make a small file large', async () => {
    const levels = Array.from({ length: 20 }, (_, level) => {
      const below = `*a${level}`
      return `b${level}: &a${level + 1}\n  <<: [${below}, ${below}, ${below}, ${below}]\n`
    })
    const told = await mistakesIn(`default: &a0\n  tags: x\n${levels.join('')}`)
    expect(told.length).toBeGreaterThan(0)
    expect(told.every((mistake) => mistake.endsWith('<< is reached through more than 100 aliases (*)'))).toBe(true)
  })

  it('cannot make a small file large in the keys of a plugin either', async () => {
    const levels = Array.from(
      { length: 20 },
      (_, level) => `  x${level}: &a${level + 1} [*a${level}, *a${level}, *a${level}]\n`,
    )
    const told = await mistakesIn(`default:\n  plugins: [a.B]\n  bottom: &a0 [x]\n${levels.join('')}`)
    expect(told.at(-1)).toMatch(/a value has aliases \(\*\) that cannot be followed$/)
  })

  it('cannot go in circles', async () => {
    expect(await mistakesIn('default: &a\n  <<: *a\n  tags: x\n')).toEqual([
      'config:2: << is reached through more than 100 aliases (*)',
    ])
    expect(await mistakesIn('default: &a\n  rotation: *a\n')).toContain(
      'config:2: default.rotation.rotation is not a known key',
    )
  })

  it('merge maps only', async () => {
    expect(await mistakesIn('default:\n  <<: text\n  tags: x\n')).toEqual([
      'config:2: << must be followed by an alias (*) of a map',
    ])
  })
})

describe('values', () => {
  it.each([
    ['compress', 'nope', 'true or false'],
    ['compress', '0', 'true or false'],
    ['compression_level', '20', 'a whole number from 1 to 19'],
    ['compression_level', '1.5', 'a whole number from 1 to 19'],
    ['compression_level', '1e1', 'a whole number from 1 to 19'],
    ['rotation', '{days: -1}', 'a whole number from 0', 'rotation.days'],
    ['rotation', '{days: 0x10}', 'a whole number from 0', 'rotation.days'],
    ['rotation', '{days: 010}', 'a whole number from 0; write it without the leading zero', 'rotation.days'],
    ['rotation', '{days: true}', 'a whole number from 0', 'rotation.days'],
    ['rotation', '{days: 99999999999999999999}', 'a whole number from 0', 'rotation.days'],
    [
      'rotation',
      '{first_week_day: 7}',
      'a day of the week, or its number from 0 (Monday) to 6 (Sunday)',
      'rotation.first_week_day',
    ],
    ['rotation', '{within: 1D1D}', 'an interval such as 30D or 3M2D8h', 'rotation.within'],
    ['rotation', '{within: 0D}', 'an interval such as 30D or 3M2D8h', 'rotation.within'],
    ['rotation', '{policy: oldest}', 'newest or grandfatherson', 'rotation.policy'],
    ['object_lock', '{mode: governance, days: 0}', 'a whole number from 1 to 36500', 'object_lock.days'],
    ['endpoint', 'ftp://example.org', 'an address that begins with http:// or https://'],
    ['endpoint', 'https://exa mple.org', 'an address that begins with http:// or https://'],
    [
      'endpoint',
      'https://u:p@example.org',
      'an address that begins with http:// or https://; credentials go into access_key and secret_key',
    ],
    [
      'endpoint',
      'https://example.org?a',
      'an address that begins with http:// or https://; nothing can follow the path',
    ],
    ['bandwidth_limit', '0', 'bytes in a second: a whole number, or one with K, M, G or KiB, MiB, GiB such as 10M'],
    [
      'bandwidth_limit',
      '10 bits',
      'bytes in a second: a whole number, or one with K, M, G or KiB, MiB, GiB such as 10M',
    ],
    ['default_destination', 'a/b', 'the name of a destination'],
    ['s3_bucket', 'a b', 'text without spaces'],
    ['local_dir', '~bob/x', 'a path; only your own home can be written with ~'],
    ['local_dir', '"a\\0b"', 'a path; it holds a control character'],
    [
      'identity',
      'AGE-SECRET-KEY-1XYZ',
      "a file's path, or a list of paths; it holds an identity itself, which belongs in a file of its own",
    ],
    [
      'recipients',
      'AGE-SECRET-KEY-1XYZ',
      'an age recipient (age1…), or a list of them; it holds an identity, which is secret and does not belong here',
    ],
    ['recipients', 'ssh-ed25519 AAAA', 'an age recipient (age1…), or a list of them'],
    ['exclude', '{a: b}', 'a pattern, or a list of patterns; it is a map'],
    ['tags', '[a, [b]]', 'words with spaces between them, or a list of words; it is a list'],
    ['identity', "['']", "a file's path, or a list of paths; it holds an empty item"],
    ['plugins', '[~]', 'a name, or a list of names; it holds an empty item'],
    ['password_command', '{a: b}', 'a command for the shell, or a list of words; it is a map'],
    ['password_command', '[pass, ~]', 'a command for the shell, or a list of words; it holds an empty item'],
  ])('%s: %s is not %s', async (key, value, form, label = key) => {
    expect(await mistakesIn(`default:\n  ${key}: ${value}\n`)).toEqual([`config:2: default.${label} must be ${form}`])
  })

  it.each([
    [
      'rotation: 7',
      'rotation must be a map of last, hours, days, weeks, months, years, within, first_week_day, time_zone, policy',
    ],
    ['rotation: !x {}', 'rotation has a tag (!) that means nothing here'],
    ['object_lock: {days: 3}', 'object_lock needs mode'],
    ['object_lock: {}', 'object_lock needs mode and days'],
    ['compression_level: 10', 'compression_level must be a whole number from 1 to 9 for gzip'],
    ['{compression: none, compression_level: 1}', 'compression_level means nothing without compression'],
    ['{compression: zstd, compress: off}', 'compress contradicts compression: keep that one'],
    ['{storage_class: COLD, provider: aws}', "storage_class must be one of Amazon's, in capitals"],
    ['default_destination: tape', 'default_destination must be local, s3 or glacier'],
    ['local_dir: ~', "local_dir is a lone ~, which means nothing in YAML: write '~' in quotes"],
    ['password_file:', 'password_file has no value: give it one, or take the key out'],
    ["password_command: ''", 'password_command has no value: give it one, or take the key out'],
    ['recipients: []', 'recipients has no value: give it one, or take the key out'],
    ["recipients: ' '", 'recipients has no value: give it one, or take the key out'],
  ])('%s is a mistake', async (profile, mistake) => {
    const [text, line] = profile.startsWith('{') ? [`default: ${profile}`, 1] : [`default:\n  ${profile}\n`, 2]
    expect(await mistakesIn(text)).toEqual([`config:${line}: default.${mistake}`])
  })

  it('of a list are told with their own line', async () => {
    expect(await mistakesIn('default:\n  tags:\n    - a\n    - {b: c}\n')).toEqual([
      'config:4: default.tags must be words with spaces between them, or a list of words; it is a map',
    ])
  })
})

describe('an object', () => {
  const mistakes = async (conf: unknown): Promise<string> =>
    (await failure(loadSettings({ conf: conf as Conf }))).message

  it('is told all of its mistakes, by their keys', async () => {
    const conf = {
      s3_bukcet: 'b',
      rotation: { days: -1 },
      secret_key: 42,
      tags: [1],
      path_style: 'perhaps',
      endpoint: () => 1,
    }
    expect(await mistakes(conf)).toBe(`the configuration has 6 mistakes:
  conf.s3_bukcet is not a known key; did you mean s3_bucket?
  conf.rotation.days must be a whole number from 0
  conf.secret_key must be text without spaces
  conf.tags must be words with spaces between them, or a list of words
  conf.path_style must be true or false
  conf.endpoint cannot be a function`)
  })

  it.each([[[]], ['text'], [null]])('that is %j is told to be one', async (conf) => {
    expect(await mistakes(conf)).toBe('conf must be an object of keys')
  })

  it('may go in circles where nobody looks', async () => {
    const circle: Record<string, unknown> = { plugins: ['a.B'] }
    circle['mine'] = circle
    expect((await loadSettings({ conf: circle })).conf).toEqual(circle)
  })
})
