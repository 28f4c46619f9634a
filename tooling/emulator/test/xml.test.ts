import { describe, expect, it } from '@jest/globals'
import { readXml } from '@bakthat/emulator/s3/xml/read'
import { xml, xmlDocument } from '@bakthat/emulator/s3/xml/write'
import fc from 'fast-check'

/** Much of it what XML has a meaning for, or no form. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('&', '<', '>', '"', '\r', '\n', '\x01', ' ', 'amp;'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
})

describe('XML', () => {
  it('that was written is read as it was', () => {
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const root = readXml(
          xmlDocument(
            'All',
            texts.map((text) => xml('One', text)),
          ),
        )
        expect(root.children.map(({ text }) => text)).toEqual(texts)
      }),
    )
  })

  it('is read with comments, declarations and prefixes', () => {
    const source =
      '<?xml version="1.0"?>\n<!-- one --><a:Delete xmlns:a="x"><a:Quiet>&#x74;rue</a:Quiet><Empty/></a:Delete>\n'
    expect(readXml(source)).toEqual({
      name: 'Delete',
      text: '',
      children: [
        { name: 'Quiet', text: 'true', children: [] },
        { name: 'Empty', text: '', children: [] },
      ],
    })
  })

  it.each(['', 'text', '<a>', '<a></b>', '</a>', '<a/><b/>', '<a>&nbsp;</a>', '<!DOCTYPE a><a/>', '<a', '<a/>more'])(
    'is refused when it is %p',
    (source) => {
      expect(() => readXml(source)).toThrow(expect.objectContaining({ code: 'MalformedXML' }))
    },
  )
})
