import { compileMatcher } from './byte-matcher.ts'
import type { ByteText } from '../byte-text.ts'
import type { Edit } from '../edits.ts'
import { mergeEdits, placeholderEdit } from '../edits.ts'
import { keyEdits } from './key-shapes.ts'

/** A secret that is recognised by the text before it. An anchor finds it, then the shape reads it. */
interface Shape {
  readonly anchors: readonly string[]
  /** Whether the shape starts at the start or at the end of the anchor. */
  readonly at: 'start' | 'end'
  /** Sticky. The named group `secret` is replaced. */
  readonly shape: RegExp
}

const EQUALS = ['=', '%3D', '%3d', '\\u003d', '\\u003D']

/** The part of each name whose letter case does not vary. */
const SIGNED_NAMES =
  'ignature redential ecurity-Token ecurity-token AccessKeyId ?sig &sig 0026sig %26sig api_key apikey apiKey api-key access_token cription-key'.split(
    ' ',
  )

const SHAPES: readonly Shape[] = [
  {
    anchors: ['Bearer', 'bearer', 'BEARER'],
    at: 'start',
    shape: /(?<![\w-])bearer(?:[ \t]|%20|\+)+(?=[\w.~+/-]{0,200}\d)(?<secret>[\w.~+/-]{20,}=*)/diy,
  },
  {
    // Signed URLs, and keys in URLs. `&` may be escaped as in Go's JSON, in a URL inside a URL, or in HTML.
    anchors: SIGNED_NAMES.flatMap((name) => EQUALS.map((equals) => name + equals)),
    at: 'end',
    shape:
      /(?<=(?:[?&;]|\\u0026|%26|%3F)(?:x-(?:amz|goog)-(?:signature|credential|security-token)|sig(?:nature)?|awsaccesskeyid|api[_-]?key|access_token|subscription-key)(?:=|%3D|\\u003d))(?<secret>[\w.~+/%-]{8,}=*)/diy,
  },
  {
    // OAuth fields of JSON that is inside a JSON string: the result of a tool, an error message.
    anchors: [
      'access_token',
      'refresh_token',
      'id_token',
      'client_secret',
      'client_assertion',
      'code_verifier',
    ].map((name) => `${name}\\`),
    at: 'end',
    shape: /\\*"[ \t]*:[ \t]*\\+"(?<secret>[^"\\]{8,})\\+"/dy,
  },
  {
    anchors: ['hooks.slack.com/services/', 'discord.com/api/webhooks/', 'discordapp.com/api/webhooks/'],
    at: 'end',
    shape: /(?<secret>[\w/-]{20,})/dy,
  },
  {
    // Up to the end marker, or to the end of a text that was cut off. Line ends may be escaped.
    anchors: ['-----BEGIN '],
    at: 'start',
    shape:
      /(?<secret>-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END )[\w+/=:.,()@<> \t\r\n\\-]){0,32000}(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?)/dy,
  },
]

const ANCHORS = SHAPES.flatMap((shape) =>
  shape.anchors.map((anchor) => ({ shape, bytes: Buffer.from(anchor) })),
)
const MATCHER = compileMatcher(ANCHORS.map(({ bytes }) => bytes))

/** Finds text that looks like a key, a bearer token, a signature in a URL or a private key. */
export function shapeEdits(bytes: Uint8Array, text: ByteText): Edit[] {
  const edits: Edit[] = []
  for (const match of MATCHER.find(bytes)) {
    const found = ANCHORS[match.pattern]?.shape
    // An earlier hit covers this one.
    if (found === undefined || match.start < (edits.at(-1)?.end ?? 0)) continue
    found.shape.lastIndex = found.at === 'start' ? match.start : match.end
    const place = found.shape.exec(text)?.indices?.groups?.['secret']
    if (place !== undefined && !text.startsWith('REDACTED', place[0])) edits.push(placeholderEdit(...place))
  }
  return mergeEdits([...edits, ...keyEdits(bytes, text)])
}
