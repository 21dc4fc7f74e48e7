import { anthropic, type Case, checkAll, converse, gemini, openai, paths, responses } from '../support.ts'
import assert from 'node:assert/strict'

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const user = (...content: unknown[]) => openai({ messages: [{ role: 'user', content }] })
const image = (url: string, more: object = {}) => user({ type: 'image_url', image_url: { url, ...more } })
const block = (...content: unknown[]) => anthropic({ messages: [{ role: 'user', content }] })
const source = (fields: object) => block({ type: 'image', source: fields })
const document = (fields: object, more: object = {}) => block({ type: 'document', source: fields, ...more })
const sound = (input_audio: unknown) => user({ type: 'input_audio', input_audio })
const S3 = 'https://b.s3.amazonaws.com/a.png'

describe('media: bytes', () => {
  checkAll([
    [
      'a data URL and base64',
      'semantic',
      image(`data:image/png;base64,${PNG}`),
      source({ type: 'base64', media_type: 'image/png', data: PNG }),
    ],
    [
      'the URL-safe alphabet, without padding',
      'same',
      image('data:image/png;base64,-_-_-w'),
      image('data:image/png;base64,+/+/+w=='),
    ],
    [
      'line breaks',
      'same',
      image(`data:image/png;base64,${PNG.slice(0, 20)}\n${PNG.slice(20)}`),
      image(`data:image/png;base64,${PNG}`),
    ],
    [
      'an escaped data URL',
      'same',
      image('data:image/png;base64,%2B%2F%2B%2F'),
      image('data:image/png;base64,+/+/'),
    ],
    [
      'a data URL that is not base64',
      'same',
      image('data:text/plain,a%20b'),
      image('data:text/plain;base64,YSBi'),
    ],
    [
      'two texts that are no base64',
      'different',
      image('data:image/png;base64,!!!'),
      image('data:image/png;base64,???'),
    ],
    [
      'base64 that ends in mid-character',
      'different',
      image('data:image/png;base64,QUJDR'),
      image('data:image/png;base64,QUJDS'),
    ],
    [
      'parameters of a media type',
      'same',
      image(`data:image/png;name=a.png;base64,${PNG}`),
      image(`DATA:IMAGE/PNG;base64,${PNG}`),
    ],
    [
      'another media type',
      'different',
      image('data:image/png;base64,AAAA'),
      image('data:image/gif;base64,AAAA'),
    ],
    [
      'audio/mp3 and mp3',
      'same',
      sound({ data: 'AAAA', format: 'mp3' }),
      user({ type: 'audio_url', audio_url: { url: 'data:audio/mp3;base64,AAAA' } }),
    ],
    [
      'audio/x-wav and wav',
      'same',
      sound({ data: 'AAAA', format: 'wav' }),
      user({ type: 'audio_url', audio_url: { url: 'data:audio/x-wav;base64,AAAA' } }),
    ],
    ['Mistral: sound as base64 or URL', 'different', sound('AAAA'), sound('https://example.com/a.mp3')],
    [
      'a video',
      'different',
      user({ type: 'video_url', video_url: { url: 'https://example.com/a.mp4' } }),
      user({ type: 'video_url', video_url: { url: 'https://example.com/b.mp4' } }),
    ],
    [
      'the same image on four APIs',
      'semantic',
      image('data:image/png;base64,AAAA'),
      gemini({ contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] }] }),
    ],
    [
      'the same image on Converse',
      'semantic',
      image('data:image/png;base64,AAAA'),
      converse({
        messages: [{ role: 'user', content: [{ image: { format: 'png', source: { bytes: 'AAAA' } } }] }],
      }),
    ],
    [
      'the same image on Responses',
      'semantic',
      image('data:image/png;base64,AAAA'),
      responses({
        input: [
          {
            role: 'user',
            content: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' }],
          },
        ],
      }),
    ],
    [
      'a document on OpenAI and Anthropic',
      'semantic',
      user({ type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } }),
      document({ type: 'base64', media_type: 'application/pdf', data: 'AAAA' }, { title: 'a.pdf' }),
    ],
    [
      'a title',
      'different',
      document({ type: 'text', media_type: 'text/plain', data: 'x' }, { title: 'a' }),
      document({ type: 'text', media_type: 'text/plain', data: 'x' }, { title: 'b' }),
    ],
    [
      'a context',
      'different',
      document({ type: 'text', data: 'x' }, { context: 'a' }),
      document({ type: 'text', data: 'x' }),
    ],
    [
      'citations switched on',
      'different',
      document({ type: 'text', data: 'x' }, { citations: { enabled: true } }),
      document({ type: 'text', data: 'x' }),
    ],
    [
      'citations switched off',
      'same',
      document({ type: 'text', data: 'x' }, { citations: { enabled: false } }),
      document({ type: 'text', data: 'x' }),
    ],
    [
      'the text of a document',
      'different',
      document({ type: 'text', data: 'x' }),
      document({ type: 'text', data: 'y' }),
    ],
    [
      'a document of blocks',
      'different',
      document({ type: 'content', content: [{ type: 'text', text: 'x' }] }),
      document({ type: 'content', content: [{ type: 'text', text: 'y' }] }),
    ],
    [
      'a file id',
      'different',
      document({ type: 'file', file_id: 'a' }),
      document({ type: 'file', file_id: 'b' }),
    ],
    [
      'input_file by URL',
      'different',
      responses({
        input: [{ role: 'user', content: [{ type: 'input_file', file_url: 'https://a.example/1' }] }],
      }),
      responses({
        input: [{ role: 'user', content: [{ type: 'input_file', file_url: 'https://a.example/2' }] }],
      }),
    ],
    [
      'a name of a Mistral document',
      'different',
      user({ type: 'document_url', document_url: 'https://a.example', document_name: 'a' }),
      user({ type: 'document_url', document_url: 'https://a.example' }),
    ],
    ['detail high', 'different', image('https://a.example', { detail: 'high' }), image('https://a.example')],
    [
      'an image and a document of one URL',
      'different',
      source({ type: 'url', url: 'https://a.example' }),
      document({ type: 'url', url: 'https://a.example' }),
    ],
  ] satisfies Case[])

  it('name the changed field of an image', () => {
    assert.deepEqual(paths(image('data:image/png;base64,AAAA'), image('data:image/gif;base64,BBBB')), [
      'messages[0].content[0].media_type',
      'messages[0].content[0].sha256',
    ])
  })
})

describe('media: URLs', () => {
  const signed: readonly (readonly [string, string, string])[] = [
    ['S3', `${S3}?X-Amz-Date=1&X-Amz-Signature=a`, `${S3}?x-amz-date=2&x-amz-signature=b`],
    ['Google', `${S3}?X-Goog-Expires=1&X-Goog-Signature=a`, `${S3}?X-Goog-Signature=b`],
    [
      'Azure SAS',
      `${S3}?sv=1&se=2&sr=b&sp=r&spr=https&sip=1&st=0&skoid=a&sktid=b&skt=c&ske=d&sks=e&skv=f&sig=a`,
      `${S3}?sv=2&sig=b`,
    ],
    [
      'CloudFront',
      `${S3}?Expires=1&Signature=a&Key-Pair-Id=k&Policy=p`,
      `${S3}?Expires=2&Signature=b&Key-Pair-Id=l`,
    ],
    ['S3 v2', `${S3}?AWSAccessKeyId=a&Expires=1&Signature=a`, `${S3}?AWSAccessKeyId=b&Expires=2&Signature=b`],
  ]
  checkAll([
    ...signed.map(([name, a, b]): Case => [`signed by ${name}`, 'same', image(a), image(b)]),
    ...signed.map(([name, a]): Case => [`signed by ${name} and unsigned`, 'same', image(a), image(S3)]),
    [
      'a parameter beside a signature',
      'different',
      image(`${S3}?id=1&X-Amz-Signature=a`),
      image(`${S3}?id=2&X-Amz-Signature=a`),
    ],
    ['SAS names without a signature are ordinary', 'different', image(`${S3}?sp=1`), image(`${S3}?sp=2`)],
    [
      'Expires without a signature is ordinary',
      'different',
      image(`${S3}?Expires=1`),
      image(`${S3}?Expires=2`),
    ],
    ['a fragment stays', 'different', image(`${S3}?X-Amz-Signature=a#1`), image(`${S3}?X-Amz-Signature=a#2`)],
    ['otherwise a URL is taken as it stands', 'different', image(`${S3}?a=1&b=2`), image(`${S3}?b=2&a=1`)],
  ])
})
