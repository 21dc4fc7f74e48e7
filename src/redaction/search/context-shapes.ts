import { looksLikeCredential } from '../../base/value-shapes.ts'

/** A secret that the text around it shows. An anchor finds it, then the shape reads it. */
export interface Shape {
  readonly anchors: readonly string[]
  /** Whether the shape starts at the start or at the end of the anchor, or that many characters before it. */
  readonly at: 'start' | 'end' | number
  /** Sticky. The named group `secret` is replaced. */
  readonly shape: RegExp
  /** Only if this stands within {@link NEAR} characters before or after the secret. */
  readonly near?: RegExp
  /** Only if the secret is one. */
  readonly isSecret?: (secret: string) => boolean
}

export const NEAR = 200

const EQUALS = ['=', '%3D', '%3d', '\\u003d', '\\u003D']
const OAUTH_FIELDS = 'access_token refresh_token id_token client_secret client_assertion code_verifier'
const words = (text: string): string[] => text.trim().split(/\s+/)

/** The part of each name whose letter case does not vary. */
const SIGNED_NAMES = words(
  `ignature redential ecurity-Token ecurity-token AccessKeyId ?sig &sig ;sig 0026sig %26sig api_key apikey apiKey api-key
  access_token cription-key`,
)

/** Other fields of a connection string. */
const CONNECTION =
  /(?:^|[\s;?&"'{])(?:server|data source|host(?:name)?|addr(?:ess)?|user(?:name)?(?: id)?|uid|dbname|database|driver|provider|initial catalog|port|dsn)\s?=/i

/** Where the path of a URL is the secret: addresses that take messages or start work, and keys in the path of an API. */
const SECRET_PATHS = words(`
  hooks.slack.com/ discord.com/api/webhooks/ discordapp.com/api/webhooks/ discord.com/api/v9/webhooks/ discord.com/api/v10/webhooks/ .webhook.office.com/ outlook.office.com/webhook/
  outlook.office365.com/webhook/ hooks.zapier.com/ hook.eu1.make.com/ hook.eu2.make.com/ hook.us1.make.com/ hook.us2.make.com/ maker.ifttt.com/ /open-apis/bot/
  webexapis.com/v1/webhooks/incoming/ api.ciscospark.com/v1/webhooks/incoming/ events.pagerduty.com/integration/
  alert.victorops.com/integrations/ hc-ping.com/ webhook.site/ smee.io/ infura.io/v3/ .alchemy.com/v2/ .quiknode.pro/
  api.netlify.com/build_hooks/ /deploy_hooks/ api.vercel.com/v1/integrations/deploy/ .m.pipedream.net/ hooks.nabu.casa/
`)

const SECRET_HOSTS = SECRET_PATHS.map((path) => path.split('/', 1)[0] ?? '').filter((host) => host !== '')

/** Whether paths of a host can be secrets: then host and path are searched together. */
export const hasSecretPaths = (host: string): boolean => {
  const name = host.toLowerCase().replace(/:\d+$/, '')
  return SECRET_HOSTS.some((one) => name.endsWith(one))
}

/** `user:password` in base64. */
function isBasic(secret: string): boolean {
  const decoded = Buffer.from(secret.replace(/%3D/gi, ''), 'base64').toString('latin1')
  return /^[\x20-\x7E]*:[\x20-\x7E]*$/.test(decoded) && decoded.length > 3
}

export const CONTEXT_SHAPES: readonly Shape[] = [
  {
    anchors: ['Bearer', 'bearer', 'BEARER'],
    at: 'start',
    shape: /(?<![\w-])bearer(?:[ \t]|%20|\+){1,20}(?=[\w.~+/-]{0,200}\d)(?<secret>[\w.~+/-]{20,}=*)/diy,
  },
  {
    anchors: ['Basic', 'basic', 'BASIC'],
    at: 'start',
    shape: /(?<![\w-])basic(?:[ \t]|%20|\+){1,20}(?<secret>[\w+/-]{6,8000}(?:=|%3D){0,2})/diy,
    isSecret: isBasic,
  },
  {
    // Signed URLs, and keys in URLs. `&` may be escaped as in Go's JSON, in a URL inside a URL, or in HTML.
    anchors: SIGNED_NAMES.flatMap((name) => EQUALS.map((equals) => name + equals)),
    at: 'end',
    shape:
      /(?<=(?:[?&;]|\\u0026|%26|%3F)(?:x-(?:amz|goog)-(?:signature|credential|security-token)|sig(?:nature)?|awsaccesskeyid|api[_-]?key|access_token|subscription-key)(?:=|%3D|\\u003d))(?<secret>[\w.~+/%-]{8,}=*)/diy,
  },
  {
    // Google Chat: a webhook has its token in the query.
    anchors: words('&token= ;token= 0026token= %26token%3D'),
    at: 'end',
    shape:
      /(?<=chat\.googleapis\.com\/v1\/spaces\/[\w-]{1,40}\/messages\?[^\s"'<>]{0,200}token(?:=|%3D))(?<secret>[\w.~%-]{8,200})/diy,
  },
  {
    // The settings of npm.
    anchors: words(':_auth= :_authToken= :_password='),
    at: 'end',
    shape: /["']?(?<secret>[\w+/.~-]{6,2000}={0,2})/dy,
  },
  {
    // Header lines in text: a command with curl, a log.
    anchors: words('-key: -Key: -KEY: -token: -Token: -TOKEN: -secret: -Secret:').flatMap((name) => [
      name,
      name.replace(':', '%3A'),
    ]),
    at: 'end',
    shape:
      /(?<=(?:\bx-[\w-]{0,40}|\b(?:api|auth|access|private|subscription))-(?:key|token|secret)(?::|%3A))(?:[ \t+]|%20){0,4}(?<secret>[\w.~+/-]{16,512}={0,2})/diy,
    isSecret: looksLikeCredential,
  },
  // OpenAI: the mark in the middle of a key tells it, also after a word.
  {
    anchors: ['T3BlbkFJ'],
    at: 23,
    shape: /(?<secret>sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20,})/dy,
  },
  {
    // OAuth fields of JSON that is inside a JSON string: the result of a tool, an error message.
    anchors: words(OAUTH_FIELDS).map((name) => `${name}\\`),
    at: 'end',
    shape: /\\{0,16}"[ \t]{0,20}:[ \t]{0,20}\\{1,16}"(?<secret>[^"\\]{8,})\\+"/dy,
  },
  {
    anchors: SECRET_PATHS,
    at: 'end',
    shape:
      /(?:(?:services|workflows|triggers|hooks|catch|trigger|use|webhooks|webhookb2|v\d{1,2}|hook|(?:[\w-]{1,80}\/)?(?:json\/)?with\/key|generic)\/){0,4}(?:(?:file\/)?bot(?=\d))?(?<secret>(?=[\w/@:.-]{0,200}\d)[\w/@:.-]{14,}[\w/-])/dy,
  },
  {
    // User and password of a URI, of any scheme. The user alone is a secret if it looks like one.
    anchors: ['://'],
    at: 'start',
    shape:
      /:\/\/(?:(?<secret>[^\s/?#@"'<>\\:]{0,256}:(?!REDACTED@)[^\s/?#"'<>\\]{1,512})|(?<user>(?=[\w-]{0,200}\d)[\w-]{20,200}))@(?=[\w.[-])/dy,
  },
  {
    anchors: words('assword= ASSWORD= wd= WD= assword\u0020= wd\u0020='),
    at: 'end',
    shape:
      /(?<=(?:^|[\s;?&"'{])(?:user\s?)?(?:password|passwd|pwd)\s?=)\s?(?<secret>\{[^{}"\\]{1,256}\}|[^\s;&"'<>\\{}]{3,256})/diy,
    near: CONNECTION,
  },
  {
    // Azure's connection strings.
    anchors: words(
      'AccountKey= AccessKey= accesskey= AccessSecret= PrimaryKey= SecondaryKey= SharedSecretValue=',
    ),
    at: 'end',
    shape: /(?<secret>[\w+/%-]{20,}={0,2})/dy,
  },
  {
    // Settings and programs. A value that is a name, a word or a path is no secret.
    anchors: words('KEY= TOKEN= SECRET= PASSWORD= _key= _token= _secret= _authToken= _auth= _password='),
    at: 'end',
    shape:
      /(?<=(?:api|secret|access|private|auth|client|account|admin|bot|webhook|signing|encryption|master|app|bearer|refresh|session|npm|_)[_-]?(?:key|token|secret|password|auth)=)["']?(?<secret>(?=[A-Za-z+/._=-]{0,120}\d)[\w+/.=-]{20,200})(?![\w+/.=-])/diy,
    isSecret: (secret) => !/^(?:https?:|\.{0,2}\/)/.test(secret) && /[A-Za-z]/.test(secret),
  },
  // Google: a refresh token and an authorization code.
  {
    anchors: ['1//0', '4/0A'],
    at: 'start',
    shape: /(?:(?<![A-Za-z0-9+]|\w-)|(?<=\\[nrtbf]))(?<secret>(?:1\/\/0|4\/0A)[\w-]{30,})/dy,
  },
  // AWS: session tokens.
  {
    anchors: words('FwoGZXIvYXdz FQoGZXIvYXdz IQoJb3JpZ2lu FwoDYXdz FQoDYXdz'),
    at: 'start',
    shape: /(?<secret>[A-Za-z0-9+/]{60,}={0,2})/dy,
  },
  // Fly.io
  {
    anchors: ['fm1r_', 'fm1a_', 'fm2_'],
    at: 'start',
    shape: /(?<secret>fm(?:1[ar]|2)_[A-Za-z0-9+/]{60,}={0,3})/dy,
  },
  // HashiCorp Terraform
  { anchors: ['.atlasv1.'], at: 14, shape: /(?<secret>[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,})/dy },
  // Microsoft Entra
  {
    anchors: words('0Q~ 1Q~ 2Q~ 3Q~ 4Q~ 5Q~ 6Q~ 7Q~ 8Q~ 9Q~'),
    at: 3,
    shape:
      /(?:(?<![A-Za-z0-9~])|(?<=\\[nrtbf]))(?<secret>[\w~.]{3}\dQ~[\w~.-]{30,33}[\w~])(?![\w~]|[.-]\w)/dy,
  },
  // A Telegram bot: what stands after its id.
  {
    anchors: [':AA', '%3AAA'],
    at: 'start',
    shape: /(?<=\d{8,10})(?::|%3A)(?<secret>AA[\w-]{33})(?![\w-])/dy,
  },
  // Mailchimp: the data centre is at the end.
  {
    anchors: ['-us'],
    at: 32,
    shape: /(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf]))(?<secret>[0-9a-f]{32}-us\d{1,2})(?!\d)/dy,
  },
  // MaxMind
  {
    anchors: ['_mmk'],
    at: 36,
    shape: /(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf]))(?<secret>[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)(?!\w)/dy,
  },
  {
    // Up to the end marker, or to the end of a text that was cut off. Line ends may be escaped.
    anchors: ['-----BEGIN ', '-----BEGIN+', '-----BEGIN%20'],
    at: 'start',
    shape:
      /(?<secret>-----BEGIN(?:[ +]|%20)(?:[A-Z0-9 +]|%20){0,30}PRIVATE(?:[ +]|%20)KEY(?:(?:[ +]|%20)BLOCK)?-----(?:(?!-----END(?:[ +]|%20))[\w+/=:.,()@<> \t\r\n\\%-]){0,48000}(?:-----END(?:[ +]|%20)(?:[A-Z0-9 +]|%20){0,30}PRIVATE(?:[ +]|%20)KEY(?:(?:[ +]|%20)BLOCK)?-----)?)/dy,
  },
  {
    // PuTTY
    anchors: ['Private-Lines: '],
    at: 'end',
    shape: /\d{1,3}(?:\r?\n|\\r\\n|\\n)(?<secret>(?:[A-Za-z0-9+/=]{1,64}(?:\r?\n|\\r\\n|\\n)){1,100})/dy,
  },
]
